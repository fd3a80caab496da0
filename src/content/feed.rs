//! Items as an Atom feed (RFC 4287); events as a calendar are [`super::ics`]'s.

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Link, Person, Text, TextType};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::Item;
use crate::forum::{Forum, ForumSettings, Language};

/// What a feed says of itself.
#[derive(Debug, Clone)]
pub struct FeedHead<'a> {
    /// The forum, which is the author of what names no organisation.
    pub forum: &'a Forum,
    /// The reader's language.
    pub language: Language,
    /// The feed's name.
    pub title: &'a str,
    /// What the feed is of, the same for ever: `sector:health`.
    pub subject: &'a str,
    /// Where it lies.
    pub own_url: &'a str,
    /// The page that shows the same.
    pub page_url: &'a str,
    /// When it last changed: of no items, when there came to be a feed at all (RFC 4287, 4.2.15: a feed must say).
    pub changed_at: DateTime<Utc>,
}

/// An item and where it is read.
#[derive(Debug, Clone, Copy)]
pub struct FeedItem<'a> {
    /// The item.
    pub item: &'a Item,
    /// Its page.
    pub url: &'a str,
    /// What its kind is called.
    pub kind: &'a str,
    /// What it says in short, in the language of its text; may be empty.
    pub summary: &'a str,
    /// All that it says in that language, as HTML.
    pub html: &'a str,
}

/// When what readers see of the item last changed: its release, or whatever changed it later. Its number does not count: it
/// tells readers nothing.
pub fn updated_at(item: &Item) -> DateTime<Utc> {
    item.changed_at.max(item.release_at)
}

/// The newest change among `items`.
pub fn last_change<'a>(items: impl IntoIterator<Item = &'a Item>) -> Option<DateTime<Utc>> {
    items.into_iter().map(updated_at).max()
}

/// An Atom feed of `items`, in their order.
pub fn write_atom(head: &FeedHead, items: &[FeedItem]) -> String {
    let mut own = link(head.own_url, "self");
    own.mime_type = Some("application/atom+xml".to_owned());
    let feed = Feed {
        title: Text::plain(clean(head.title)),
        id: feed_id(&head.forum.settings, head.subject),
        updated: fixed(head.changed_at),
        authors: vec![person(&head.forum.settings.name)],
        links: vec![own, link(head.page_url, "alternate")],
        lang: Some(head.language.tag().to_owned()),
        entries: items.iter().map(|item| entry_of(head, item)).collect(),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry_of(head: &FeedHead, FeedItem { item, url, kind, summary, html }: &FeedItem) -> Entry {
    let (language, text) = item.text_for(head.language);
    let lang = Some(language.tag().to_owned());
    let source = item.source.map(|source| person(head.forum.name_of(source, head.language)));
    Entry {
        title: Text { lang: lang.clone(), ..Text::plain(clean(&text.title)) },
        id: entry_id(&item.public_id),
        updated: fixed(updated_at(item)),
        published: Some(fixed(item.release_at)),
        authors: source.into_iter().collect(),
        categories: vec![Category {
            term: item.kind.word().to_owned(),
            label: Some((*kind).to_owned()),
            ..Category::default()
        }],
        links: vec![link(url, "alternate")],
        summary: (!summary.is_empty()).then(|| Text {
            lang: lang.clone(),
            r#type: TextType::Text,
            ..Text::plain(clean(summary))
        }),
        content: Some(Content {
            value: Some(clean(html)),
            content_type: Some("html".to_owned()),
            lang,
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// A public id is 128 random bits: just what a UUID holds (RFC 9562, 5.8: bits of one's own).
fn entry_id(public_id: &str) -> String {
    uuid_of(
        &public_id.bytes().filter_map(|b| char::from(b).to_digit(16)).map(|d| d as u8).collect::<Vec<_>>(),
    )
}

/// A feed keeps its id wherever the forum moves: it is made of the forum's slug and what the feed is of.
fn feed_id(settings: &ForumSettings, subject: &str) -> String {
    let hash = Sha256::digest(format!("treff feed\0{}\0{subject}", settings.slug));
    uuid_of(&hash.iter().flat_map(|b| [b >> 4, b & 15]).collect::<Vec<_>>())
}

/// `urn:uuid:` of 32 hex digits; a list that is shorter is filled up with zeros.
fn uuid_of(digits: &[u8]) -> String {
    let mut uuid = String::from("urn:uuid:");
    for place in 0..32 {
        if matches!(place, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        let digit = digits.get(place).copied().unwrap_or_default();
        uuid.extend(char::from_digit(u32::from(digit), 16));
    }
    uuid
}

fn person(name: &str) -> Person {
    Person { name: clean(name), ..Person::default() }
}

fn link(href: &str, rel: &str) -> Link {
    Link { href: href.to_owned(), rel: rel.to_owned(), ..Link::default() }
}

/// Whole seconds: all that feeds tell, and all that HTTP compares.
fn fixed(at: DateTime<Utc>) -> FixedDateTime {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or_default().fixed_offset()
}

/// XML has no place for control characters (XML 1.0, 2.2).
fn clean(text: &str) -> String {
    let fits = |c: char| c == '\t' || c == '\n' || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().map(|c| if fits(c) { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_stay() {
        assert_eq!(
            entry_id("0123456789abcdef0123456789abcdef"),
            "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"
        );
        assert_eq!(entry_id("ff").len(), "urn:uuid:".len() + 36);
    }

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(clean("a\u{b}b\u{0}c\u{ffff}d\ne"), "a b c d\ne");
    }
}
