//! What an item says now, beside the draft that is to correct it: shown when somebody else changed the item after the draft
//! was made from it. Whoever saw it and goes on replaces it. An item that was taken back meanwhile cannot be corrected: whoever
//! was told and goes on makes a new one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::effective::Draft;
use crate::content::Item;
use crate::intake::item_form::ItemForm;
use crate::web::item_view::ItemView;
use crate::web::site::Reading;
use crate::web::staff::Staff;

/// The field that says of which state of the item the form was made, or which was shown beside it.
const FIELD: &str = "of_version";
/// It says that the item was shown as taken back.
const TAKEN_BACK: &str = "withdrawn";

/// What the form says of it.
#[derive(Debug, Serialize)]
pub(super) struct StandsView {
    item: ItemView,
}

/// The state of the item that the draft corrects: none if it corrects nothing, and none that there is if nobody knows.
pub(super) fn made_from(draft: &Draft) -> Option<&str> {
    draft.corrects().map(|_| draft.form.get(FIELD))
}

/// The draft without the item that it corrects, if that was taken back: what it is by now.
pub(super) fn part(draft: &Draft, corrected: Option<&Item>) -> Option<Draft> {
    corrected.is_some_and(|item| item.withdrawn).then(|| draft.apart())
}

/// Whether the form was shown with its item taken back.
pub(super) fn knows_of_taking_back(draft: &Draft) -> bool {
    draft.form.get(FIELD) == TAKEN_BACK
}

/// The form, by its fields, knows from now on that its item was taken back.
pub(super) fn note_taking_back(fields: &mut BTreeMap<String, String>) {
    fields.insert(FIELD.to_owned(), TAKEN_BACK.to_owned());
}

/// The item as it stands, if the draft was made from another version of it; the form knows from now on which was shown.
pub(super) fn look(
    reading: &Reading,
    staff: &Staff,
    (draft, corrected): (&Draft, Option<&Item>),
    form: &mut ItemForm,
) -> Option<StandsView> {
    let item = corrected?;
    let stands = item.state_name();
    form.set(FIELD, &stands);
    let pen = reading.0.pen(&staff.forum, staff.language);
    (made_from(draft) != Some(&*stands)).then(|| StandsView { item: pen.view(item) })
}
