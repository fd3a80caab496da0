//! Words to find items by: what an item's words come down to, and what a reader's words ask for.
//!
//! Both sides go through the same three steps, so that both databases find the same: [`fold`] (case, accents, ä and ö),
//! splitting into words without the most common ones, and the Snowball stemmer of the text's language. The decision is
//! told in `docs/decisions/2026-11-28-how-items-are-searched.md`.

mod fold;
mod index;
mod query;

use std::collections::BTreeMap;

use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::{Item, ItemText, markdown};
use crate::forum::Language;
pub use fold::list_words;
pub use index::{Entry, FoundWord, Hit, Index};
pub use query::{Compound, Query, QueryWord};

/// Raised whenever the same item would come down to other stems: what was indexed before is indexed anew.
pub const ANALYSIS: i64 = 1;

/// A stem longer than this many characters is cut: no word that a person looks for.
const LONGEST_STEM: usize = 40;

/// Which stemmer a text goes through. Bokmål and nynorsk share one: it knows the endings of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Bokmål and nynorsk.
    Norwegian,
    /// English.
    English,
}

impl Family {
    /// Both.
    pub const ALL: [Family; 2] = [Family::Norwegian, Family::English];

    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            Family::Norwegian => "no",
            Family::English => "en",
        }
    }

    /// The family of a text's language.
    pub fn of(language: Language) -> Family {
        match language {
            Language::Nb | Language::Nn => Family::Norwegian,
            Language::En => Family::English,
        }
    }

    /// What a folded word comes down to: `læreplassene` to `læreplass`.
    pub fn stem(self, word: &str) -> String {
        let algorithm = match self {
            Family::Norwegian => Algorithm::Norwegian,
            Family::English => Algorithm::English,
        };
        Stemmer::create(algorithm).stem(word).chars().take(LONGEST_STEM).collect()
    }
}

/// Where in an item a word stands, as the points of a hit: one in the title outweighs any in the ingress, and that any
/// in the text, whether the whole word is found or a part of a compound (at most 4 to 1, [`query`]).
const TITLE: i64 = 100;
const INGRESS: i64 = 10;
const BODY: i64 = 1;

/// Characters of the ingress: what lists show of an item.
const INGRESS_CHARACTERS: usize = 300;

/// A stem of an item with the points of its best place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexedStem {
    /// Of which language family.
    pub family: Family,
    /// The stem.
    pub stem: String,
    /// 100 in the title, 10 in the ingress, 1 in the text.
    pub weight: i64,
}

/// Every stem of an item, of all its languages: title, ingress, text, the four answers, the place. Ordered, each once.
pub fn list_stems(item: &Item) -> Vec<IndexedStem> {
    let mut best: BTreeMap<(Family, String), i64> = BTreeMap::new();
    for (language, text) in &item.texts {
        let family = Family::of(*language);
        for (part, weight) in list_parts(text) {
            for word in list_words(&part) {
                let points = best.entry((family, family.stem(&word))).or_default();
                *points = weight.max(*points);
            }
        }
    }
    best.into_iter().map(|((family, stem), weight)| IndexedStem { family, stem, weight }).collect()
}

fn list_parts(text: &ItemText) -> Vec<(String, i64)> {
    let minutes = &text.minutes;
    let ingress = markdown::lead(minutes.achieved.as_deref().unwrap_or(&text.body), INGRESS_CHARACTERS);
    let answers = minutes.in_order().into_iter().flatten().chain([text.body.as_str()]);
    let rest = answers.map(|part| (markdown::to_text(part), BODY));
    let place = text.place.iter().map(|place| (place.clone(), INGRESS));
    [(text.title.clone(), TITLE), (ingress, INGRESS)].into_iter().chain(place).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem_in_both_norwegian_languages() {
        for (forms, stem) in [
            ("læreplass læreplassen læreplasser læreplassene læreplassane læreplassar", "læreplass"),
            ("kompetansegruppe kompetansegruppen kompetansegrupper", "kompetansegrupp"),
            ("kommune kommunen kommuner kommunene kommunar kommunane", "kommun"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(Family::Norwegian.stem(form), stem, "{form}");
            }
        }
        assert_eq!(Family::English.stem("meetings"), Family::English.stem("meeting"));
    }
}
