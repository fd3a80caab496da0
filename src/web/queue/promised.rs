//! What the group promised in its last minutes, above the questions that its next minutes answer.

use chrono::NaiveDate;
use serde::Serialize;

use super::effective::Draft;
use super::rights::may_see;
use crate::content::{Item, markdown};
use crate::forum::{Facet, Language, Term};
use crate::insight::progress::{find_meeting_before, gather_meetings};
use crate::intake::item_form::ItemForm;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::fill;

/// What the form says of it.
#[derive(Debug, Serialize)]
pub(super) struct PromisedView {
    /// "Referatet fra 8. mars".
    from: String,
    path: String,
    lang: Language,
    /// What they were to do, as HTML; may be empty.
    next: String,
    /// Why that matters, as HTML; may be empty.
    why: String,
}

/// What the group of `form` promised in its last minutes before these, if it has promised something and the account may
/// see those minutes.
pub(super) async fn look(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    form: &ItemForm,
) -> Result<Option<PromisedView>, Refusal> {
    if form.get("group").is_empty() {
        return Ok(None);
    }
    let library = reading.library().await?;
    let (forum, staff) = (&library.forum, staff.among(&library.forum));
    let Some(group) = forum.terms.find(&Term::new(Facet::Group, form.get("group"))) else { return Ok(None) };
    let seen = library.items.iter().filter(|item| may_see(&staff, item));
    let meetings = gather_meetings(seen, forum.settings.zone, reading.0.now());
    let of_group = meetings.get(&group).map_or(&[][..], Vec::as_slice);
    let own = |item: &&Item| Some(item.slug.as_str()) == draft.corrects();
    let own = library.items.iter().find(own);
    let typed: Option<NaiveDate> = form.get("met_on").parse().ok();
    // Minutes that were handed in without a day are corrected without one: their meeting has a day all the same.
    let on = typed.or_else(|| own?.meeting(forum.settings.zone).map(|(_, day)| day));
    let Some(before) = find_meeting_before(of_group, on, own.map(|item| item.id)) else { return Ok(None) };
    let (lang, text) = before.item.text_for(staff.language);
    let html = |answer: &Option<String>| answer.as_deref().map(markdown::to_html).unwrap_or_default();
    let (next, why) = (html(&text.minutes.next), html(&text.minutes.why));
    let pen = reading.0.pen(forum, staff.language);
    let day = pen.locale.day(before.met_on, pen.today);
    let words = &reading.0.words(staff.language).queue.kinds;
    Ok((!next.is_empty() || !why.is_empty()).then(|| PromisedView {
        from: fill(&words.promised_from, &[("day", &day)]),
        path: format!("/desk/items/{}", before.item.slug),
        lang,
        next,
        why,
    }))
}
