//! Personal feeds: made on a page of who is signed in, read by programs that only have the address.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Form as Fields;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::feeds::{Form, Head, Wish, name_of_secret, show};
use crate::matching::{Profile, Sight};
use crate::web::once::{new_token, token_of};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::archive::Wanted;
use crate::web::site::{BRIEFLY, Reading, Writing, name_press};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

/// The two kinds: the word of rows, the file of addresses, the form.
const KINDS: [(&str, &str, Form); 2] =
    [("news", "news.atom", Form::Atom), ("calendar", "calendar.ics", Form::Calendar)];

/// GET: the feed behind an address. Groups' items are never in it: an address may be passed on.
pub(super) async fn show_feed(
    reading: Reading,
    headers: HeaderMap,
    Path((token, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (kind, _, form) = KINDS.into_iter().find(|(_, name, _)| *name == file).ok_or(Why::NotFound)?;
    let forum = reading.forum().await?;
    let recipient = reading.feed_reader(&forum, &token, kind).await?;
    let language = asked.language().unwrap_or(recipient.language);
    let profile = Profile::new(&forum, &recipient.standing, reading.0.now());
    let sight = Sight::of(&forum, &profile).without_groups();
    let head = Head {
        form,
        subject: format!("personal.{kind}.{}", name_of_secret(&token)),
        title: forum.settings.name.clone(),
        path: format!("/f/{token}/{file}"),
        page: "/me/items".to_owned(),
        dated: false,
    };
    let wish = Wish { head, sight: &sight, wanted: Wanted::default() };
    show(&reading, &forum, language, &headers, wish).await
}

/// A feed of the person's.
#[derive(Serialize)]
struct Row {
    label: String,
    since: String,
    revoke: String,
}

/// A kind that can be made.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    made: Option<String>,
    note: Option<String>,
    rows: Vec<Row>,
    choices: Vec<Choice>,
    /// Tells this page from others: pressed twice, it makes one feed.
    token: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "my_feeds.html";
}

/// GET: the person's feeds.
pub(super) async fn show_mine(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    answer(&reading, &visitor, None, None).await
}

/// The kind of feed that is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Made {
    kind: String,
    token: String,
}

/// POST: makes a feed, one for each page; its address is shown this once.
pub(super) async fn make(
    writing: Writing,
    visitor: Visitor,
    Fields(made): Fields<Made>,
) -> Result<Response, Refusal> {
    let (kind, file, _) = KINDS.into_iter().find(|(kind, _, _)| *kind == made.kind).ok_or(Why::BadForm)?;
    let reading = writing.reading();
    let words = &reading.0.words(visitor.recipient.language).archive.feeds;
    let id = visitor.recipient.id;
    let name = name_press(&["feed", &id.to_string(), &token_of(&made.token), kind]);
    let make = move |writing: Writing| async move {
        writing.make_feed(id, kind).await.map_err(Some)?.ok_or(None::<Refusal>)
    };
    match writing.press_once((name, BRIEFLY), make).await? {
        Ok(token) => {
            let url = format!("{}/f/{token}/{file}", reading.0.config().base_url);
            answer(&reading, &visitor, Some(url), None).await
        }
        Err(None) => answer(&reading, &visitor, None, Some(words.too_many.clone())).await,
        Err(Some(refusal)) => Err(refusal),
    }
}

/// POST: switches a feed off; pressed twice, it is off.
pub(super) async fn revoke(
    writing: Writing,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let recipient = visitor.recipient.id;
    let name = name_press(&["feed off", &recipient.to_string(), &id.to_string()]);
    let revoke = move |writing: Writing| async move {
        let is_off = writing.revoke_feed(recipient, id).await.map_err(Some)?;
        is_off.then(String::new).ok_or(None::<Refusal>)
    };
    let off = writing.press_once((name, BRIEFLY), revoke).await?;
    let not_there = || Refusal::from(Why::NotFound).in_language(visitor.recipient.language);
    off.map_err(|refusal| refusal.unwrap_or_else(not_there))?;
    let words = &reading.0.words(visitor.recipient.language).archive.feeds;
    answer(&reading, &visitor, None, Some(words.revoked.clone())).await
}

async fn answer(
    reading: &Reading,
    visitor: &Visitor,
    made: Option<String>,
    note: Option<String>,
) -> Result<Response, Refusal> {
    let language = visitor.recipient.language;
    let pen = reading.0.pen(&visitor.forum, language);
    let words = &pen.words.archive.feeds;
    let label = |kind: &str| if kind == "news" { words.my_news.clone() } else { words.my_calendar.clone() };
    let rows = reading.open_feeds(visitor.recipient.id).await?;
    let row = |row: crate::store::FeedRow| Row {
        label: label(&row.kind),
        since: pen.day(row.created_at),
        revoke: format!("/me/feeds/{}/off", row.id),
    };
    let page = Page {
        masked: visitor.recipient.email.masked(),
        made,
        note,
        rows: rows.into_iter().map(row).collect(),
        choices: KINDS.into_iter().map(|(value, _, _)| Choice { value, label: label(value) }).collect(),
        token: new_token(),
    };
    visitor.page(&reading.0, &page)
}
