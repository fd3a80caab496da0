//! The sections of a letter, and which item stands where.

use super::locale::Locale;
use super::view::{DigestItem, DigestView};
use crate::content::Fields;
use crate::matching::Because;

/// A section, in the order in which letters hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Section {
    /// What comes with a seat taken over.
    Handover,
    /// What needs an answer: requests, and calls with a deadline.
    Answer,
    /// What is sent whatever the topic and needs no answer.
    MustRead,
    /// New since last time.
    News,
    /// Dates to set aside.
    Dates,
}

impl Section {
    /// Of what does not come with a seat taken over.
    fn of(digest_item: &DigestItem<'_>) -> Section {
        match &digest_item.item.fields {
            Fields::Request { .. } | Fields::Call { deadline: Some(_) } => Section::Answer,
            Fields::Event { starts_at: Some(_), .. } => Section::Dates,
            _ if digest_item.because == Because::Required => Section::MustRead,
            _ => Section::News,
        }
    }

    /// The word that templates know it by.
    pub(super) fn word(self) -> &'static str {
        match self {
            Section::Handover => "handover",
            Section::Answer => "answer",
            Section::MustRead => "must_read",
            Section::News => "news",
            Section::Dates => "dates",
        }
    }

    pub(super) fn heading(self, locale: &Locale) -> &str {
        match self {
            Section::Handover => &locale.handover.heading,
            Section::Answer => &locale.letter.answer,
            Section::MustRead => &locale.letter.must_read,
            Section::News => &locale.letter.news,
            Section::Dates => &locale.letter.dates,
        }
    }
}

/// What becomes of a title over the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Later {
    /// It comes in the next letter.
    Comes,
    /// Unless more happens, it is closed before.
    MayClose,
}

/// The items by section, what comes with a seat beside what else comes with that group's; else in the order given.
pub(super) fn in_sections<'v, 'a>(view: &'v DigestView<'a>) -> Vec<(Section, &'v DigestItem<'a>)> {
    let handover_of =
        |item: &DigestItem<'_>| view.handovers.iter().position(|one| Some(one.group) == item.handover);
    let placed = view.items.iter().map(|item| match handover_of(item) {
        Some(nth) => ((Section::Handover, nth), item),
        None => ((Section::of(item), 0), item),
    });
    let mut sorted: Vec<_> = placed.collect();
    sorted.sort_by_key(|(place, _)| *place);
    sorted.into_iter().map(|((section, _), item)| (section, item)).collect()
}
