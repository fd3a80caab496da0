//! The items of who is signed in: all that they may read, not only what was sent to them.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::around::{Around, AskedLanguage, look_around};
use super::asked::Asked;
use super::files::file_of;
use super::list::{Face, list_page};
use crate::forum::{Forum, Recipient};
use crate::matching::{Profile, Sight};
use crate::web::item_view::{ItemView, has_day};
use crate::web::part::{AnsweringView, HelpView, share_path};
use crate::web::paths::Path;
use crate::web::received::Participant;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

/// What the person may read now.
fn sight_of(reading: &Reading, forum: &Forum, person: &Recipient) -> Sight {
    Sight::of(forum, &Profile::new(forum, &person.standing, reading.0.now()))
}

/// GET: the list of them.
pub(super) async fn show_list(
    reading: Reading,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let language = visitor.recipient.language;
    let sight = sight_of(&reading, &visitor.forum, &visitor.recipient);
    let page = list_page(&reading, &visitor.forum, language, &sight, &asked, Face::Mine).await?;
    visitor.page(&reading.0, &page)
}

#[derive(Serialize)]
struct ItemPage {
    item: ItemView,
    around: Around,
    answering: Option<AnsweringView>,
    help: Option<HelpView>,
    calendar: Option<String>,
    share: String,
    /// Where one says so, of what a letter brought.
    not_for_me: Option<String>,
}

impl Content for ItemPage {
    const TEMPLATE: &'static str = "my_item.html";
}

/// GET: one item.
pub(super) async fn show_item(
    reading: Reading,
    who: Participant,
    Query(asked): Query<AskedLanguage>,
) -> Result<Response, Refusal> {
    let language = asked.language().unwrap_or(who.recipient.language);
    let pen = reading.0.pen(&who.forum, language);
    let sight = sight_of(&reading, &who.forum, &who.recipient);
    let by_letter = reading.came_by_letter(&who.recipient, who.item.id).await?;
    let page = ItemPage {
        answering: AnsweringView::of(&reading, &who).await?,
        help: HelpView::of(&reading, &who).await?,
        around: look_around(&reading, &pen, &sight, &who.item, "/items/").await?,
        calendar: has_day(&who.item).then(|| format!("{}/event.ics", who.base)),
        share: share_path(&who.item, &who.base),
        not_for_me: by_letter.then(|| format!("{}/not-for-me", who.base)),
        item: pen.view(&who.item),
    };
    who.page(&reading.0, &page)
}

/// GET: an event's calendar file.
pub(super) async fn show_calendar(reading: Reading, who: Participant) -> Result<Response, Refusal> {
    reading.calendar_of(&who.forum, &who.item, who.recipient.language)
}

/// GET: a file of an item.
pub(super) async fn show_file(
    reading: Reading,
    who: Participant,
    headers: HeaderMap,
    Path((_, position)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    file_of(&reading, &headers, &who.item, position).await
}
