//! Sums in words.

use serde::Serialize;

use crate::insight::coverage::{LEAST_ANSWERS, Missed};
use crate::insight::precision::{Aim, Aims, Band, Split, is_telling};
use crate::web::words::{HitsWords, counted, fill};

/// A line of a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// Where it can be mended; empty: nowhere that the reader may go.
    pub(super) path: String,
    pub(super) label: String,
    /// What is told beside the label; may be empty.
    pub(super) hint: String,
    pub(super) told: String,
}

/// A list, and what stands under it.
#[derive(Debug, Serialize)]
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    /// How many more there are that are not told; may be empty.
    pub(super) rest: String,
}

/// `text` with numbers.
pub(super) fn say(text: &str, numbers: &[(&str, usize)]) -> String {
    let told: Vec<(&str, String)> =
        numbers.iter().map(|(name, number)| (*name, number.to_string())).collect();
    fill(text, &told.iter().map(|(name, number)| (*name, number.as_str())).collect::<Vec<_>>())
}

/// A number of letters.
pub(super) fn tell_letters(words: &HitsWords, letters: i64) -> String {
    match usize::try_from(letters) {
        Ok(letters) if is_telling(letters) => say(&words.row_letters, &[("count", letters)]),
        _ => words.row_letters_few.clone(),
    }
}

/// What a mailing's readers say.
pub(super) fn tell_split(words: &HitsWords, said: Split) -> String {
    match said {
        Split::Told { yes, no } => say(&words.row_told, &[("yes", yes), ("all", yes + no)]),
        Split::NearlyAll => words.row_nearly_all.clone(),
        Split::HardlyAny => words.row_hardly_any.clone(),
        Split::Few => words.row_few.clone(),
    }
}

/// How much missed; `name` tells what it is and where it can be mended.
pub(super) fn tell_aims<K: Copy>(
    words: &HitsWords,
    aims: &Aims<K>,
    most: usize,
    name: impl Fn(K) -> (String, String),
) -> List {
    let row = |aim: &Aim<K>| {
        let (label, path) = name(aim.what);
        Row {
            path,
            label,
            hint: say(&words.sent, &[("count", aim.sent)]),
            told: tell_band(words, aim.missed),
        }
    };
    let rest = match aims.untold {
        _ if aims.told.is_empty() => words.aims_none.clone(),
        0 => String::new(),
        some => counted(&words.untold_one, &words.untold, some),
    };
    List { rows: aims.told.iter().take(most).map(row).collect(), rest }
}

fn tell_band(words: &HitsWords, Band { from, to }: Band) -> String {
    let pattern = match (from, to) {
        (0, _) => &words.band_under,
        (_, 100) => &words.band_over,
        _ => &words.band,
    };
    say(pattern, &[("from", from.into()), ("to", to.into())])
}

/// What all samples tell.
pub(super) fn tell_missed(words: &HitsWords, missed: Missed) -> String {
    match missed {
        Missed::TooEarly => say(&words.missed_early, &[("least", LEAST_ANSWERS)]),
        Missed::AtMost(to) => say(&words.missed_at_most, &[("to", to.into())]),
        Missed::AtLeast(from) => say(&words.missed_at_least, &[("from", from.into())]),
        Missed::Between(from, to) => say(&words.missed_between, &[("from", from.into()), ("to", to.into())]),
    }
}

/// What samples tell of a topic.
pub(super) fn tell_topic(words: &HitsWords, missed: Missed) -> String {
    match missed {
        Missed::TooEarly => String::new(),
        Missed::AtMost(to) => say(&words.row_at_most, &[("to", to.into())]),
        Missed::AtLeast(from) => say(&words.row_at_least, &[("from", from.into())]),
        Missed::Between(from, to) => say(&words.row_between, &[("from", from.into()), ("to", to.into())]),
    }
}
