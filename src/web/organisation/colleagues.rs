//! For a representative: what is theirs to pass on, ready made. The organisation's addresses with an invitation, and their
//! newest letter without what is not for everyone and without a link of their own.

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::invitation::{feed_path, page_path, sign_up_path, write, write_for_any};
use crate::content::{Item, Visibility};
use crate::forum::{Language, Represented};
use crate::matching::Sight;
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;
use crate::web::words::{counted, fill};

/// How much of an item is told, in characters.
const TOLD_CHARACTERS: usize = 240;

/// What somebody passes on in one organisation.
#[derive(Serialize)]
struct Own {
    /// Its slug, for the ids of fields; of the whole forum `forum`.
    id: String,
    title: String,
    page: Option<String>,
    feed: Option<String>,
    text: String,
    /// What is not kept of who comes by a union's invitation.
    hint: Option<String>,
}

/// An item as it is passed on.
#[derive(Serialize)]
struct Passed {
    #[serde(rename = "lang")]
    language: Language,
    title: String,
    due: Option<String>,
    told: String,
    url: String,
}

/// What is pasted elsewhere, as HTML: a page of its own, for it stands in a field of the other, too.
#[derive(Serialize)]
struct Paste {
    title: String,
    items: Vec<Passed>,
    sign_up: String,
}

impl Content for Paste {
    const TEMPLATE: &'static str = "colleagues_paste.html";
}

/// The letter for colleagues.
#[derive(Serialize)]
struct ForColleagues {
    from: String,
    left_out: Option<String>,
    text: String,
    html: String,
    paste: Paste,
}

#[derive(Serialize)]
struct Page {
    own: Vec<Own>,
    letter: Option<ForColleagues>,
    /// Why there is no letter to pass on.
    missing: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "colleagues.html";
}

/// GET: all of it.
pub(super) async fn show(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let (forum, person) = (&visitor.forum, &visitor.recipient);
    let (site, pen) = (&reading.0, reading.0.pen(forum, person.language));
    let organisations = reading.represented_by(forum, person).await?;
    let words = &pen.words.organisation.colleagues;
    let mut page =
        Page { own: list_own(site, &pen, &organisations), letter: None, missing: words.no_letter.clone() };
    if let Some((dated_at, items)) = reading.letter_to_pass_on(forum, person.id).await? {
        let day = pen.day(dated_at);
        page.missing = fill(&words.nothing, &[("day", &day)]);
        page.letter = letter_of(site, &pen, (dated_at, &items), sign_up_for(site, &organisations))?;
    }
    visitor.page(site, &page)
}

fn list_own(site: &Site, pen: &Pen, organisations: &[Represented]) -> Vec<Own> {
    let words = &pen.words.organisation.colleagues;
    let base = &site.config().base_url;
    let own = |of: &Represented| {
        let named = |text: &str| fill(text, &[("organisation", &of.organisation.name)]);
        Own {
            id: of.organisation.slug.clone(),
            title: named(&words.heading),
            page: Some(format!("{base}{}", page_path(of))),
            feed: Some(format!("{base}{}", feed_path(of))),
            text: write(site, pen.forum, pen.language, of),
            hint: of.is_union().then(|| named(&words.union_hint)),
        }
    };
    if organisations.is_empty() {
        let text = write_for_any(site, pen.forum, pen.language);
        let (id, title) = ("forum".to_owned(), words.heading_any.clone());
        return vec![Own { id, title, page: None, feed: None, text, hint: None }];
    }
    organisations.iter().map(own).collect()
}

/// Where colleagues sign up: by the invitation of the organisation, if there is one and no other. A union's would tell of whoever
/// passes the letter on that they are with it (GDPR, art. 9).
fn sign_up_for(site: &Site, organisations: &[Represented]) -> String {
    let path = match organisations {
        [only] if !only.is_union() => sign_up_path(only),
        _ => "/sign-up".to_owned(),
    };
    format!("{}{path}", site.config().base_url)
}

/// What of the letter is for everyone now; none if nothing is.
fn letter_of(
    site: &Site,
    pen: &Pen,
    (dated_at, items): (DateTime<Utc>, &[Item]),
    sign_up: String,
) -> Result<Option<ForColleagues>, Refusal> {
    let words = &pen.words.organisation.colleagues;
    let sight = Sight::of_everyone(site.now());
    let open: Vec<Passed> =
        items.iter().filter(|item| sight.includes(item)).map(|item| pass(site, pen, item)).collect();
    if open.is_empty() {
        return Ok(None);
    }
    let closed = items.iter().filter(|item| !item.withdrawn && item.visibility != Visibility::Public).count();
    let title = fill(&words.paste_title, &[("forum", &pen.forum.settings.name)]);
    let paste = Paste { title, items: open, sign_up };
    Ok(Some(ForColleagues {
        from: fill(&words.letter_from, &[("day", &pen.day(dated_at))]),
        left_out: (closed > 0).then(|| counted(&words.left_out_one, &words.left_out, closed)),
        text: write_text(&paste, &words.paste_end),
        html: site.render(Some(pen.forum), pen.language, None, &paste)?.trim().to_owned(),
        paste,
    }))
}

fn pass(site: &Site, pen: &Pen, item: &Item) -> Passed {
    let (language, text) = item.text_for(pen.language);
    Passed {
        language,
        title: text.title.clone(),
        due: pen.due_line(item),
        told: text.gist(TOLD_CHARACTERS),
        url: format!("{}/i/{}", site.config().base_url, item.slug),
    }
}

/// The same as plain text.
fn write_text(paste: &Paste, end: &str) -> String {
    let mut lines = vec![paste.title.clone(), String::new()];
    for item in &paste.items {
        lines.push(item.title.clone());
        lines.extend(item.due.clone());
        lines.extend(Some(item.told.clone()).filter(|told| !told.is_empty()));
        lines.extend([item.url.clone(), String::new()]);
    }
    lines.push(format!("{end} {}", paste.sign_up));
    lines.join("\n")
}
