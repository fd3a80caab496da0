//! The effects of a forum's work, as they are shown to whoever pays for it: over which days, what groups wanted and gained,
//! sums that need nobody's name, and where groups' work touches. Pure: items, the forum and counts come in.

mod connections;
mod figures;

use chrono::{Datelike as _, Days as Count, Months, NaiveDate};
use serde::{Deserialize, Serialize};

pub use connections::{Connection, MOST_CONNECTIONS, MOST_ITEMS, list_connections};
pub use figures::{
    Counted, Figures, GoalsCount, are_answers_kept, count_figures, list_gatherings, round_people, tell_sum,
};

use super::progress::Meeting;
use crate::content::{Item, ItemText, Visibility, markdown};
use crate::forum::Language;
use crate::ids::ItemId;

/// Characters of what minutes say of one gain, or of how it came, at most.
pub const LONGEST_GAIN: usize = 600;

/// The days that a page tells of, the first and the last among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
}

impl Days {
    /// Whether the day is one of them.
    pub fn include(self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// How the days are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Span {
    /// From the first of January until today.
    #[default]
    ThisYear,
    /// The whole of the last year.
    LastYear,
    /// The last twelve months until today.
    TwelveMonths,
    /// Two days of one's own.
    Own,
}

impl Span {
    /// All of them, with their words, in the order in which pages offer them.
    pub const ALL: [(Span, &'static str); 4] = [
        (Span::ThisYear, Span::ThisYear.word()),
        (Span::LastYear, Span::LastYear.word()),
        (Span::TwelveMonths, Span::TwelveMonths.word()),
        (Span::Own, Span::Own.word()),
    ];

    /// The one that `word` names; this year, if it names none.
    pub fn of(word: &str) -> Span {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(span, _)| *span).unwrap_or_default()
    }

    /// The word that forms and rows use.
    pub const fn word(self) -> &'static str {
        match self {
            Span::ThisYear => "this_year",
            Span::LastYear => "last_year",
            Span::TwelveMonths => "twelve_months",
            Span::Own => "own",
        }
    }

    /// Its days, seen `today`; `own` are those that were given. None without them, or if they end before they begin.
    pub fn days(self, today: NaiveDate, own: (Option<NaiveDate>, Option<NaiveDate>)) -> Option<Days> {
        let year =
            |year| Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?));
        let (first, last) = match self {
            Span::ThisYear => (year(today.year())?.0, today),
            Span::LastYear => year(today.year() - 1)?,
            Span::TwelveMonths => {
                (today.checked_sub_months(Months::new(12))?.checked_add_days(Count::new(1))?, today)
            }
            Span::Own => (own.0?, own.1?),
        };
        (first <= last).then_some(Days { first, last })
    }
}

/// What a line of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// What a group wants to reach.
    Goal,
    /// What it gained.
    Gain,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The slug of the group.
    pub group: String,
    /// What it is.
    pub kind: LineKind,
    /// What it says.
    pub words: String,
    /// Of a goal its sign, of a gain how it was done; may be empty.
    pub beside: String,
    /// The day on which a goal was reached, or that of the meeting.
    pub happened_on: Option<NaiveDate>,
    /// The language of what it says.
    pub language: Language,
    /// The minutes behind a gain, and their version as it was read.
    pub minutes: Option<(ItemId, i64)>,
}

/// All that a page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effects {
    /// The days.
    pub days: Days,
    /// The lead's words; paragraphs.
    pub introduction: String,
    /// Their language.
    pub language: Language,
    /// In order, those of one group together.
    pub lines: Vec<Line>,
    /// Sums.
    pub figures: Figures,
    /// Where groups' work touches.
    pub connections: Vec<Connection>,
}

/// Who may read the minutes behind a gain today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Openness {
    /// Everybody.
    Public,
    /// Whoever is in the forum.
    Forum,
    /// The group alone.
    Group,
}

impl Openness {
    /// Of an item.
    pub fn of(item: &Item) -> Openness {
        match item.visibility {
            Visibility::Public => Openness::Public,
            Visibility::Forum => Openness::Forum,
            Visibility::Group(_) | Visibility::Only(_) => Openness::Group,
        }
    }
}

/// What minutes say was gained, in their own words and on one line each: what, how (may be empty), in which language. None if
/// they say no gain.
pub fn own_words(item: &Item) -> Option<(String, String, Language)> {
    let (language, ItemText { minutes, .. }) = item.text_for(item.language);
    let told = |answer: &Option<String>| {
        answer.as_deref().map(|answer| markdown::in_sentences(answer, LONGEST_GAIN)).unwrap_or_default()
    };
    let achieved = told(&minutes.achieved);
    (!achieved.is_empty()).then(|| (achieved, told(&minutes.how), language))
}

/// The meetings of these days whose minutes say what was gained, the newest first as they came.
pub fn list_gains<'m, 'i>(
    of_group: &'m [Meeting<'i>],
    days: Days,
) -> impl Iterator<Item = &'m Meeting<'i>> + use<'m, 'i> {
    of_group.iter().filter(move |meeting| days.include(meeting.met_on) && own_words(meeting.item).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_days_are_this_year_the_last_twelve_months_or_ones_own() {
        let days = |span: Span, own| {
            span.days(day("2027-03-08"), own).map(|d| (d.first.to_string(), d.last.to_string()))
        };
        let told = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        let none = (None, None);
        assert_eq!(days(Span::ThisYear, none), told("2027-01-01", "2027-03-08"));
        assert_eq!(days(Span::LastYear, none), told("2026-01-01", "2026-12-31"));
        assert_eq!(days(Span::TwelveMonths, none), told("2026-03-09", "2027-03-08"));
        assert_eq!(days(Span::Own, none), None);
        let own = |first, last| (Some(day(first)), Some(day(last)));
        assert_eq!(days(Span::Own, own("2026-08-01", "2026-08-01")), told("2026-08-01", "2026-08-01"));
        assert_eq!(days(Span::Own, own("2026-08-02", "2026-08-01")), None);
    }

    #[test]
    fn every_way_to_choose_days_has_a_word_and_what_is_none_is_this_year() {
        for (span, word) in Span::ALL {
            assert_eq!((Span::of(word), span.word()), (span, word));
        }
        assert_eq!(Span::of("x"), Span::ThisYear);
    }
}
