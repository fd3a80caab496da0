//! A list of items: the form, the entries, and the way to the next page.

use chrono::Datelike as _;
use serde::Serialize;

use super::asked::Asked;
use super::feeds::{FeedLink, list_links};
use crate::content::Item;
use crate::forum::{Facet, Forum, Kind, Language};
use crate::matching::Sight;
use crate::web::choice::Choice;
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::words::fill;

/// Items of a page.
pub(in crate::web) const PAGE_ITEMS: usize = 25;

/// How much of an item stands in a list.
const LEAD_CHARACTERS: usize = 200;

/// Years back that can be chosen.
const YEARS: i32 = 10;

/// Which of the lists it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Face {
    /// What everyone may read.
    Public,
    /// What the forum's person who is signed in may read; the names of its groups are for its people.
    Mine,
}

impl Face {
    /// Where the list lies.
    fn path(self) -> &'static str {
        match self {
            Face::Public => "/public",
            Face::Mine => "/me/items",
        }
    }

    /// What an item's path begins with.
    fn item_path(self) -> &'static str {
        match self {
            Face::Public => "/i/",
            Face::Mine => "/items/",
        }
    }
}

/// An item in a list.
#[derive(Serialize)]
pub(in crate::web) struct Entry {
    href: String,
    #[serde(rename = "lang")]
    language: Language,
    foreign: Option<String>,
    title: String,
    kicker: String,
    date: String,
    due: Option<String>,
    lead: String,
}

/// A page of a list.
#[derive(Serialize)]
pub(super) struct ListPage {
    title: String,
    path: &'static str,
    q: String,
    told: Option<String>,
    narrowed: bool,
    kinds: Vec<Choice>,
    sectors: Vec<Choice>,
    groups: Vec<Choice>,
    years: Vec<Choice>,
    months: Vec<Choice>,
    items: Vec<Entry>,
    empty: Option<Vec<String>>,
    next: Option<String>,
    first: Option<String>,
    clear: bool,
    mine: bool,
    /// Whether organisations have pages of their own.
    organisations: bool,
    feeds: Vec<FeedLink>,
    /// A page of effects is published, and stands beside what everybody may read.
    effects: bool,
}

impl Content for ListPage {
    const TEMPLATE: &'static str = "items.html";
}

/// The page that `asked` asks for, of what `sight` includes.
pub(super) async fn list_page(
    reading: &Reading,
    forum: &Forum,
    language: Language,
    sight: &Sight,
    asked: &Asked,
    face: Face,
) -> Result<ListPage, Refusal> {
    let pen = reading.0.pen(forum, language);
    let words = &pen.words.archive.list;
    let wanted = asked.wanted(forum);
    let only_common_words = wanted.query.is_empty() && !asked.q.trim().is_empty();
    let shelf = if only_common_words {
        Default::default()
    } else {
        reading.shelf(forum, sight, &wanted, PAGE_ITEMS).await?
    };
    let asks = !asked.q.trim().is_empty() || asked.is_narrowed();
    let empty = shelf.items.is_empty().then(|| match (only_common_words, asks) {
        (true, _) => vec![words.only_common.clone()],
        (false, true) => vec![words.none.clone(), words.none_hint.clone()],
        (false, false) => vec![words.none_at_all.clone()],
    });
    let href = |query: String| {
        if query.is_empty() { face.path().to_owned() } else { format!("{}?{query}", face.path()) }
    };
    let is_mine = face == Face::Mine;
    let title = if is_mine { &words.mine } else { &words.public };
    Ok(ListPage {
        title: title.clone(),
        path: face.path(),
        told: (!asked.q.trim().is_empty()).then(|| fill(&words.told, &[("question", asked.q.trim())])),
        q: asked.q.clone(),
        narrowed: asked.is_narrowed(),
        kinds: list_kinds(&pen, asked),
        sectors: list_terms(&pen, Facet::Sector, &asked.sector),
        groups: if is_mine { list_terms(&pen, Facet::Group, &asked.group) } else { Vec::new() },
        years: list_years(&pen, asked),
        months: list_months(&pen, asked),
        items: shelf.items.iter().map(|item| entry_of(&pen, item, face)).collect(),
        empty,
        next: shelf.next.map(|place| href(asked.written(Some(&place)))),
        first: wanted.after.is_some().then(|| href(asked.written(None))),
        clear: asks,
        mine: is_mine,
        organisations: !is_mine && reading.has_represented().await?,
        feeds: list_links(forum, language, &wanted, &pen.words.archive.feeds.of),
        effects: !is_mine && reading.has_effects().await?,
    })
}

/// The item as a list shows it.
pub(in crate::web) fn entry_of(pen: &Pen, item: &Item, face: Face) -> Entry {
    let (language, text) = item.text_for(pen.language);
    Entry {
        href: format!("{}{}", face.item_path(), item.slug),
        language,
        foreign: pen.mark_foreign(language),
        title: text.title.clone(),
        kicker: pen.kicker(item),
        date: pen.day(item.release_at),
        due: pen.due_line(item),
        lead: text.gist(LEAD_CHARACTERS),
    }
}

fn list_kinds(pen: &Pen, asked: &Asked) -> Vec<Choice> {
    let choice = |kind: Kind| choice_of(kind.word(), pen.words.kind_of(kind), &asked.kind);
    Kind::ALL.into_iter().map(choice).collect()
}

fn list_terms(pen: &Pen, facet: Facet, chosen: &str) -> Vec<Choice> {
    let tree = pen.forum.list_tree(facet, pen.language);
    let choice = |(ix, depth)| {
        let slug = &pen.forum.terms.term(ix).slug;
        Choice { depth, ..choice_of(slug, pen.forum.name_of(ix, pen.language), chosen) }
    };
    tree.into_iter().map(choice).collect()
}

fn list_years(pen: &Pen, asked: &Asked) -> Vec<Choice> {
    let this = pen.today.year();
    (0..YEARS)
        .map(|back| (this - back).to_string())
        .map(|year| choice_of(&year, &year, &asked.year))
        .collect()
}

fn list_months(pen: &Pen, asked: &Asked) -> Vec<Choice> {
    let choice = |(name, number): (&String, usize)| choice_of(&number.to_string(), name, &asked.month);
    pen.locale.months().iter().zip(1..).map(choice).collect()
}

fn choice_of(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), depth: 0, chosen: value == chosen }
}
