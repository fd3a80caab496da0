//! The subject: the one thing that matters, plus how many more.

use super::dates::{Nearness, Today};
use super::locale::{Locale, capitalised, fill};
use super::section::Section;
use super::view::DigestItem;
use super::wrap::shorten;
use crate::forum::{Language, plain_line};

/// The longest title in a subject, in characters; telephones show some 40, mail programs some 70.
const TITLE_MAX: usize = 90;

/// The subject of a letter that is led by `first` and holds `more` items besides.
pub(super) fn subject(
    locale: &Locale,
    language: Language,
    first: (Section, &DigestItem<'_>),
    more: usize,
    today: Today,
) -> String {
    with_more(locale, headline(locale, language, first, today), more)
}

/// The subject of a letter with a hand-over at its head; it names a `group` where that is one.
pub(super) fn handover_subject(locale: &Locale, group: Option<&str>, items: usize) -> String {
    let subject = match group {
        Some(group) => fill(&locale.subject.handover, &[("group", group)]),
        None => locale.handover.heading.clone(),
    };
    with_more(locale, subject, items)
}

fn with_more(locale: &Locale, subject: String, more: usize) -> String {
    if more == 0 {
        return subject;
    }
    fill(locale.subject.more.for_count(more), &[("subject", &subject), ("count", &more.to_string())])
}

/// The first item's title with what is near about it; of a correction, with the word that says so before it all.
fn headline(locale: &Locale, language: Language, first: (Section, &DigestItem<'_>), today: Today) -> String {
    let headline = plain_headline(locale, language, first, today);
    if first.1.correction { fill(&locale.letter.correction, &[("title", &headline)]) } else { headline }
}

fn plain_headline(
    locale: &Locale,
    language: Language,
    (section, digest_item): (Section, &DigestItem<'_>),
    today: Today,
) -> String {
    let words = &locale.subject;
    let item = digest_item.item;
    let title = shorten(&plain_line(&item.text_for(language).1.title), TITLE_MAX);
    let Some(due) = item.due() else { return title };
    match section {
        Section::Answer => match locale.nearness(due, today.zone, today.day) {
            Nearness::Today => fill(&words.due_today, &[("title", &title)]),
            Nearness::Tomorrow => fill(&words.due_tomorrow, &[("title", &title)]),
            Nearness::On(date) => fill(&words.due, &[("date", &date), ("title", &title)]),
        },
        Section::Dates => {
            let date = capitalised(&locale.day(due.local_day(today.zone), today.day));
            fill(&words.event, &[("date", &date), ("title", &title)])
        }
        Section::Handover | Section::MustRead | Section::News => title,
    }
}
