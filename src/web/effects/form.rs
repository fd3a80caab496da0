//! What the form of the page of effects says: days, an introduction, which goals and gains, in which words.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::content::Item;
use crate::forum::{Language, one_line};
use crate::insight::effects::{LONGEST_GAIN, Span, own_words};
use crate::intake::effects::{Draft, GainDraft, LONGEST_INTRODUCTION};

/// Goals and gains that one form is read for.
const MOST_LINES: usize = 1_000;

/// What came with the form: the fields of one gain stand at one place of each list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    /// What the button asks for: `days`, `save`, `look`.
    #[serde(rename = "do")]
    pub(super) wish: String,
    /// Names what the form was filled from.
    pub(super) seen: String,
    span: String,
    first: String,
    last: String,
    introduction: String,
    language: String,
    connections: String,
    /// Keys of the goals that stood in the form, and of those that were ticked.
    offered: Vec<i64>,
    goal: Vec<i64>,
    /// Keys of the minutes whose gains stood in the form, and of those that were ticked.
    gain: Vec<i64>,
    shown: Vec<i64>,
    words: Vec<String>,
    how: Vec<String>,
    version: Vec<i64>,
}

/// What is wrong with what was said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Faults {
    /// The days of one's own are none.
    pub(super) days: bool,
    /// The introduction is too long.
    pub(super) introduction: bool,
    /// Ticked gains without a word, by the keys of their minutes.
    pub(super) gains: Vec<i64>,
}

impl Said {
    /// The draft that it makes of the one that stands: what did not stand in the form stays.
    pub(super) fn draft(&self, standing: &Draft, items: &[Item]) -> Draft {
        let day = |text: &str| text.trim().parse().ok();
        let offered = self.offered.iter().take(MOST_LINES);
        let goals: BTreeMap<i64, bool> = offered.map(|id| (*id, self.goal.contains(id))).collect();
        let language: Option<Language> = self.language.parse().ok();
        let mut draft = Draft {
            span: Span::of(&self.span).word().to_owned(),
            first: day(&self.first),
            last: day(&self.last),
            introduction: clean(&self.introduction),
            language: language.map(|language| language.tag().to_owned()).unwrap_or_default(),
            connections: self.connections == "yes",
            goals: standing.goals.clone(),
            gains: standing.gains.clone(),
        };
        draft.goals.extend(goals);
        for (at, id) in self.gain.iter().enumerate().take(MOST_LINES) {
            if let Some(gain) = self.read_gain(at, *id, items) {
                draft.gains.insert(*id, gain);
            }
        }
        draft
    }

    /// What was said of the gain at a place of the form; none, if its minutes are not there.
    fn read_gain(&self, at: usize, id: i64, items: &[Item]) -> Option<GainDraft> {
        let item = items.iter().find(|item| item.id.0 == id)?;
        let (achieved, how, _) = own_words(item)?;
        let said = |list: &[String]| list.get(at).map(|text| one_line(text, LONGEST_GAIN));
        let other = |said: Option<String>, own: String| said.filter(|said| *said != own);
        Some(GainDraft {
            shown: self.shown.contains(&id),
            words: other(said(&self.words), achieved),
            how: other(said(&self.how), how),
            version: self.version.get(at).copied().unwrap_or_default(),
        })
    }

    /// What is wrong with `draft`, which came of it.
    pub(super) fn find_faults(&self, draft: &Draft) -> Faults {
        let is_own = Span::of(&draft.span) == Span::Own;
        let is_none = draft.first.zip(draft.last).is_none_or(|(first, last)| last < first);
        let is_empty = |id: &&i64| {
            draft.gains.get(id).is_some_and(|gain| gain.shown && gain.words.as_deref() == Some(""))
        };
        Faults {
            days: is_own && is_none,
            introduction: draft.introduction.chars().count() > LONGEST_INTRODUCTION,
            gains: self.gain.iter().filter(is_empty).copied().collect(),
        }
    }
}

/// The text line by line, without what is no text.
fn clean(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| one_line(line, usize::MAX)).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_stand_in_the_form_stays_as_it_was() {
        let standing = Draft { goals: BTreeMap::from([(1, false), (2, true)]), ..Draft::default() };
        let said = Said { offered: vec![2, 3], goal: vec![3], ..Said::default() };
        let draft = said.draft(&standing, &[]);
        assert_eq!(draft.goals, BTreeMap::from([(1, false), (2, false), (3, true)]));
        assert!(!draft.connections, "a box that was not ticked says no");
    }

    #[test]
    fn days_of_ones_own_are_two_the_first_before_the_last() {
        let faults = |first: &str, last: &str| {
            let (first, last) = (first.to_owned(), last.to_owned());
            let said = Said { span: "own".to_owned(), first, last, ..Said::default() };
            said.find_faults(&said.draft(&Draft::default(), &[])).days
        };
        assert!(faults("", "2027-01-01") && faults("2027-01-02", "2027-01-01") && faults("x", "2027-01-01"));
        assert!(!faults("2027-01-01", "2027-01-01"));
        let long = Said { introduction: "å".repeat(LONGEST_INTRODUCTION + 1), ..Said::default() };
        let faults = long.find_faults(&long.draft(&Draft::default(), &[]));
        assert_eq!(faults, Faults { introduction: true, ..Faults::default() });
    }

    #[test]
    fn an_introduction_keeps_its_paragraphs_and_nothing_that_cannot_be_seen() {
        assert_eq!(clean(" Første.\r\n\r\nAndre\u{202e}.\t "), "Første.\n\nAndre.");
    }
}
