//! How often, how many, in which language, which kinds: choices with what follows from each.

use serde::Serialize;

use super::owner::Owner;
use crate::feedback::preferences as choices;
use crate::forum::{Cadence, Kind, Language, Recipient};
use crate::pipeline::next_letter_at;
use crate::web::site::Reading;
use crate::web::words::{Words, fill};

/// One of several values of a field.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    /// What choosing it means: the next date.
    pub(super) hint: String,
    pub(super) checked: bool,
    /// What is saved now, whatever the form says.
    pub(super) had: bool,
}

fn choice(value: String, label: String, checked: bool) -> Choice {
    Choice { value, label, hint: String::new(), checked, had: false }
}

/// The cadences, each with the day of its next letter.
pub(super) fn list_cadences(reading: &Reading, owner: &Owner, shown: &Recipient) -> Vec<Choice> {
    let words = owner.words(reading);
    let mut cadences = choices::list_cadences(owner.forum());
    if !cadences.contains(&owner.recipient.cadence) {
        cadences.push(owner.recipient.cadence);
    }
    let choice = |cadence: Cadence| Choice {
        value: cadence.to_string(),
        label: words.cadence.get(&cadence).cloned().unwrap_or_else(|| cadence.to_string()),
        hint: tell_next(reading, owner, shown, cadence),
        checked: cadence == shown.cadence,
        had: false,
    };
    cadences.into_iter().map(choice).collect()
}

fn tell_next(reading: &Reading, owner: &Owner, shown: &Recipient, cadence: Cadence) -> String {
    let words = &owner.words(reading).prefs.often;
    let next = next_letter_at(owner.forum(), &owner.library.items, cadence, shown, reading.0.now());
    match next {
        Some(at) => {
            let day = reading.0.pen(owner.forum(), owner.language()).weekday_and_day(at);
            fill(&words.next, &[("day", &day)])
        }
        None if cadence == Cadence::Gathering => words.next_gathering.clone(),
        None => words.next_unknown.clone(),
    }
}

/// How many items at most.
pub(super) fn list_caps(owner: &Owner, shown: &Recipient, words: &Words) -> Vec<Choice> {
    let count = owner.forum().settings.cap.to_string();
    let own = choice(
        String::new(),
        fill(&words.preferences.cap_default, &[("count", &count)]),
        shown.cap.is_none(),
    );
    let mut caps: Vec<u32> = choices::CAPS.into_iter().chain(shown.cap).collect();
    caps.sort_unstable();
    caps.dedup();
    let some = caps.into_iter().map(|cap| {
        let label = fill(&words.preferences.cap_some, &[("count", &cap.to_string())]);
        choice(cap.to_string(), label, shown.cap == Some(cap))
    });
    std::iter::once(own).chain(some).collect()
}

/// The languages, each by its name in the reader's own.
pub(super) fn list_languages(shown: &Recipient, words: &Words) -> Vec<Choice> {
    let of = |language: Language| {
        let label = words.language.get(&language).cloned().unwrap_or_else(|| language.tag().to_owned());
        choice(language.tag().to_owned(), label, language == shown.language)
    };
    Language::ALL.into_iter().map(of).collect()
}

/// The kinds that one may hide.
pub(super) fn list_kinds(owner: &Owner, shown: &Recipient, words: &Words) -> Vec<Choice> {
    let (had, muted) = (owner.recipient.standing.muted_kinds, shown.standing.muted_kinds);
    let of = |kind: Kind| Choice {
        had: had.contains(kind),
        ..choice(kind.word().to_owned(), words.kind_of(kind).to_owned(), muted.contains(kind))
    };
    Kind::ALL.into_iter().map(of).collect()
}
