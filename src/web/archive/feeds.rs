//! Feeds of what everyone may read: all of it, of a sector, of a group; as Atom and as a calendar. And the page that names them.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::asked::Asked;
use super::conditional::{Document, answer};
use super::entry::{EntryText, tell_entries};
use crate::content::Item;
use crate::content::feed::{FeedHead, FeedItem, last_change, write_atom};
use crate::content::ics;
use crate::forum::{Facet, Forum, Kind, Language, Term, TermIx};
use crate::letter::name_in_sentence;
use crate::matching::Sight;
use crate::web::headers::preferred_language;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::site::archive::Wanted;
use crate::web::templates::Content;
use crate::web::words::fill;

/// Entries of a feed: who asks once a month misses nothing.
const ENTRIES: usize = 50;

/// Events of a calendar.
const EVENTS: usize = 300;

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Form {
    /// RFC 4287.
    Atom,
    /// RFC 5545.
    Calendar,
}

impl Form {
    /// The ending of its address.
    pub(in crate::web) fn ending(self) -> &'static str {
        match self {
            Form::Atom => "atom",
            Form::Calendar => "ics",
        }
    }

    /// `health` and the form of `health.atom`.
    pub(in crate::web) fn split(name: &str) -> Option<(&str, Form)> {
        [Form::Atom, Form::Calendar]
            .into_iter()
            .find_map(|form| Some((name.strip_suffix(form.ending())?.strip_suffix('.')?, form)))
    }

    /// What of `wanted` it holds, and how much at most: a calendar has events alone.
    pub(in crate::web) fn of(self, wanted: Wanted) -> (Wanted, usize) {
        match self {
            Form::Atom => (wanted, ENTRIES),
            Form::Calendar => (Wanted { kind: Some(Kind::Event), ..wanted }, EVENTS),
        }
    }
}

/// What a feed says of itself.
pub(in crate::web) struct Head {
    /// How it is written.
    pub(in crate::web) form: Form,
    /// What it is of, for its id: `sector:health`.
    pub(in crate::web) subject: String,
    /// What it is called.
    pub(in crate::web) title: String,
    /// Its own path.
    pub(in crate::web) path: String,
    /// The path of the page that shows the same.
    pub(in crate::web) page: String,
    /// Whether items and the forum's names are all that people change in it, so that the last change of these is its own. What
    /// is for a reader, or concerns an organisation, changes with places too: who has such a feed is told apart by its tag
    /// alone. The operator's changes (`base_url`, where replies go, a new program) move the tag of any feed, and no date.
    pub(in crate::web) dated: bool,
}

/// Which feed it is.
pub(super) struct Wish<'a> {
    /// What it says of itself.
    pub(super) head: Head,
    /// Who reads.
    pub(super) sight: &'a Sight,
    /// Which items.
    pub(super) wanted: Wanted,
}

/// GET: everything that is public.
pub(super) async fn show_all(
    reading: Reading,
    headers: HeaderMap,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let ("all", form) = Form::split(&file).ok_or(Why::NotFound)? else { return Err(Why::NotFound.into()) };
    let forum = reading.forum().await?;
    let language = asked.language().unwrap_or(forum.settings.language);
    let sight = Sight::of_everyone(reading.0.now());
    let head = Head {
        form,
        subject: format!("public.{}", form.ending()),
        title: forum.settings.name.clone(),
        path: format!("/feeds/{file}"),
        page: "/public".to_owned(),
        dated: true,
    };
    let wish = Wish { head, sight: &sight, wanted: Wanted::default() };
    show(&reading, &forum, language, &headers, wish).await
}

/// GET: what is public of a sector or a group, and of all under it. A group of which nothing is public is not told of.
pub(super) async fn show_one(
    reading: Reading,
    headers: HeaderMap,
    Path((facet, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (slug, form) = Form::split(&file).ok_or(Why::NotFound)?;
    let facet = Facet::from_word(&facet)
        .filter(|f| matches!(f, Facet::Sector | Facet::Group))
        .ok_or(Why::NotFound)?;
    let forum = reading.forum().await?;
    let term = forum.terms.find(&Term::new(facet, slug)).ok_or(Why::NotFound)?;
    let language = asked.language().unwrap_or(forum.settings.language);
    let sight = Sight::of_everyone(reading.0.now());
    let wanted = wanted_of(facet, term);
    if facet == Facet::Group && reading.shelf(&forum, &sight, &wanted, 1).await?.items.is_empty() {
        return Err(Why::NotFound.into());
    }
    let name = forum.name_of(term, language);
    let head = Head {
        form,
        subject: format!("public.{}.{}", forum.terms.term(term), form.ending()),
        title: format!("{}: {name}", forum.settings.name),
        path: format!("/feeds/{}/{file}", facet.word()),
        page: format!("/public?{}={slug}", facet.word()),
        dated: true,
    };
    let wish = Wish { head, sight: &sight, wanted };
    show(&reading, &forum, language, &headers, wish).await
}

fn wanted_of(facet: Facet, term: TermIx) -> Wanted {
    match facet {
        Facet::Group => Wanted { group: Some(term), ..Wanted::default() },
        _ => Wanted { sector: Some(term), ..Wanted::default() },
    }
}

/// The feed as an answer.
pub(super) async fn show(
    reading: &Reading,
    forum: &Forum,
    language: Language,
    asked: &HeaderMap,
    wish: Wish<'_>,
) -> Result<Response, Refusal> {
    let (wanted, at_most) = wish.head.form.of(wish.wanted);
    let items = reading.shelf(forum, wish.sight, &wanted, at_most).await?.items;
    answer_with(reading, (forum, language), asked, (&wish.head, &items)).await
}

/// A feed of these items, as an answer to who asked.
pub(in crate::web) async fn answer_with(
    reading: &Reading,
    (forum, language): (&Forum, Language),
    asked: &HeaderMap,
    (told, items): (&Head, &[Item]),
) -> Result<Response, Refusal> {
    let site = &reading.0;
    let base = &site.config().base_url;
    let urls: Vec<String> = items.iter().map(|item| format!("{base}{}", page_of(item))).collect();
    let changed_at = match last_change(items) {
        Some(at) => at,
        None => reading.founded_at().await?,
    };
    let head = FeedHead {
        forum,
        language,
        title: &told.title,
        subject: &told.subject,
        own_url: &format!("{base}{}", told.path),
        page_url: &format!("{base}{}", told.page),
        changed_at,
    };
    let (media_type, body) = match told.form {
        Form::Atom => {
            let words = site.words(language);
            let texts = tell_entries(reading, (forum, language), items, &urls).await?;
            let entries: Vec<FeedItem> = items
                .iter()
                .zip(&urls)
                .zip(&texts)
                .map(|((item, url), EntryText { summary, html })| FeedItem {
                    item,
                    url,
                    kind: words.kind_of(item.kind),
                    summary,
                    html,
                })
                .collect();
            ("application/atom+xml; charset=utf-8", write_atom(&head, &entries))
        }
        Form::Calendar => {
            let masthead = site.masthead(forum)?;
            let publisher = site.publisher(forum, &masthead, language);
            let events: Vec<_> = items.iter().zip(urls.iter().cloned().map(Some)).collect();
            ("text/calendar; charset=utf-8", ics::write_calendar(&events, publisher, language, &told.title))
        }
    };
    // What has left the feed is in no entry; of what was for groups alone it tells nothing.
    let changed_at = match told.dated {
        true => Some(reading.last_open_change().await?.map_or(changed_at, |any| any.max(changed_at))),
        false => None,
    };
    let document = Document { media_type, body: body.into_bytes(), changed_at };
    Ok(answer(asked, site.now(), document))
}

/// A name for the feed behind a secret address that tells nothing of it.
pub(super) fn name_of_secret(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// Where an item is read: by everyone, or by who is signed in.
fn page_of(item: &Item) -> String {
    match item.visibility {
        crate::content::Visibility::Public => format!("/i/{}", item.slug),
        _ => format!("/items/{}", item.slug),
    }
}

/// A feed in a list: its name and its two addresses.
#[derive(Serialize)]
struct Row {
    name: String,
    depth: usize,
    atom: String,
    calendar: String,
}

#[derive(Serialize)]
struct FeedsPage {
    rows: Vec<Row>,
}

impl Content for FeedsPage {
    const TEMPLATE: &'static str = "feeds.html";
}

/// GET: which feeds there are.
pub(super) async fn show_page(
    reading: Reading,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = asked.language().unwrap_or_else(|| preferred_language(&headers, &forum));
    let words = &reading.0.words(language).archive.feeds;
    let row = |name: &str, depth: usize, path: String| Row {
        name: name.to_owned(),
        depth: depth.min(3),
        atom: format!("/feeds/{path}.atom"),
        calendar: format!("/feeds/{path}.ics"),
    };
    let sectors = forum.list_tree(Facet::Sector, language).into_iter();
    let sectors = sectors.map(|(ix, depth)| {
        row(forum.name_of(ix, language), depth, format!("sector/{}", forum.terms.term(ix).slug))
    });
    let rows = std::iter::once(row(&words.everything, 0, "all".to_owned())).chain(sectors).collect();
    reading.0.page(&forum, language, &FeedsPage { rows })
}

/// A feed that a page names to programs.
#[derive(Serialize)]
pub(super) struct FeedLink {
    title: String,
    href: String,
}

/// The feeds of what a list shows: everything, and the sector or group that was chosen.
pub(super) fn list_links(forum: &Forum, language: Language, wanted: &Wanted, pattern: &str) -> Vec<FeedLink> {
    let chosen = wanted.sector.or(wanted.group).map(|ix| {
        let term = forum.terms.term(ix);
        let title = fill(pattern, &[("name", &name_in_sentence(forum, ix, language))]);
        FeedLink { title, href: format!("/feeds/{}/{}.atom", term.facet.word(), term.slug) }
    });
    let all = FeedLink { title: forum.settings.name.clone(), href: "/feeds/all.atom".to_owned() };
    [all].into_iter().chain(chosen).collect()
}
