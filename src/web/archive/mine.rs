//! The items of who is signed in: all that they may read, not only what was sent to them.

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::around::{Around, AskedLanguage, look_around};
use super::asked::Asked;
use super::files::file_of;
use super::list::{Face, list_page};
use crate::content::{Item, Visibility};
use crate::matching::{Profile, Sight};
use crate::web::item_view::{ItemView, has_day};
use crate::web::part::{AnsweringView, HelpView};
use crate::web::refusal::Refusal;
use crate::web::site::{Participant, Reading};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

/// What the visitor may read now.
fn sight_of(reading: &Reading, visitor: &Visitor) -> Sight {
    let profile = Profile::new(&visitor.forum, &visitor.recipient.standing, reading.0.now());
    Sight::of(&visitor.forum, &profile)
}

/// GET: the list of them.
pub(super) async fn show_list(
    reading: Reading,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let language = visitor.recipient.language;
    let sight = sight_of(&reading, &visitor);
    let page = list_page(&reading, &visitor.forum, language, &sight, &asked, Face::MINE).await?;
    visitor.page(&reading.0, &page)
}

#[derive(Serialize)]
struct ItemPage {
    item: ItemView,
    around: Around,
    answering: Option<AnsweringView>,
    help: Option<HelpView>,
    calendar: Option<String>,
    share: Option<String>,
}

impl Content for ItemPage {
    const TEMPLATE: &'static str = "my_item.html";
}

/// The item that the visitor may read; what they may not is not there.
async fn item_of(reading: &Reading, visitor: &Visitor, slug: &str) -> Result<(Sight, Item), Refusal> {
    let sight = sight_of(reading, visitor);
    let item = reading.readable_item(&visitor.forum, &sight, slug).await;
    Ok((sight, item.map_err(|refusal| refusal.in_language(visitor.recipient.language))?))
}

/// GET: one item.
pub(super) async fn show_item(
    reading: Reading,
    visitor: Visitor,
    Path(slug): Path<String>,
    Query(asked): Query<AskedLanguage>,
) -> Result<Response, Refusal> {
    let (sight, item) = item_of(&reading, &visitor, &slug).await?;
    let pen = reading.0.pen(&visitor.forum, asked.language().unwrap_or(visitor.recipient.language));
    let who = Participant {
        forum: visitor.forum.clone(),
        recipient: visitor.recipient.clone(),
        base: format!("/items/{}", item.slug),
        item: item.clone(),
        letter: None,
    };
    let page = ItemPage {
        answering: AnsweringView::of(&reading, &who).await?,
        help: HelpView::of(&reading, &who).await?,
        around: look_around(&reading, &pen, &sight, &item, "/items/").await?,
        calendar: has_day(&item).then(|| format!("/items/{}/event.ics", item.slug)),
        share: (item.visibility == Visibility::Public).then(|| format!("/i/{}", item.slug)),
        item: pen.view(&item),
    };
    visitor.page(&reading.0, &page)
}

/// GET: an event's calendar file.
pub(super) async fn show_calendar(
    reading: Reading,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Refusal> {
    let (_, item) = item_of(&reading, &visitor, &slug).await?;
    reading.calendar_of(&visitor.forum, &item, visitor.recipient.language)
}

/// GET: a file of an item.
pub(super) async fn show_file(
    reading: Reading,
    visitor: Visitor,
    headers: HeaderMap,
    Path((slug, position)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let (_, item) = item_of(&reading, &visitor, &slug).await?;
    file_of(&reading, &headers, &item, position).await
}
