//! What a reader asks for. Each word of theirs must be found, whole or as the beginning or end of a compound:
//! `plass` finds `læreplasser`, `helse` finds `helsefagarbeider`. Norwegian writes compounds as one word, so
//! whole words alone would miss most of what is meant.

use super::{Family, list_words};

/// Words beyond these are not asked for.
const MOST_WORDS: usize = 8;

/// Characters that are read of a question.
const MOST_CHARACTERS: usize = 200;

/// The shortest beginning and the shortest end of a compound that are looked for, in characters.
const SHORTEST_BEGINNING: usize = 3;
const SHORTEST_END: usize = 4;

/// A stem this long begins a compound no matter how it is joined (`arbeid`, `arbeidsgiver`); a shorter one would
/// take in strangers (`hels` of `helse`, and `helsing`), so the word itself is asked for.
const LONG_STEM: usize = 5;

/// Part of a compound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compound {
    /// Stems that begin so.
    Beginning(String),
    /// Stems that end so.
    End(String),
}

/// One word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// The stem that it has in each family.
    pub stems: Vec<(Family, String)>,
    /// The compounds that it stands in.
    pub compounds: Vec<Compound>,
}

/// A question: every word must be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(pub Vec<QueryWord>);

impl Query {
    /// Points of a hit are multiplied by this if the word itself is found,
    pub const WHOLE: i64 = 4;
    /// if it begins a compound,
    pub const BEGINNING: i64 = 2;
    /// and if it ends one.
    pub const END: i64 = 1;

    /// What `text` asks for; nothing if only common words stand in it.
    pub fn read(text: &str) -> Query {
        let text: String = text.chars().take(MOST_CHARACTERS).collect();
        let mut words = list_asked(&text);
        words.truncate(MOST_WORDS);
        Query(words.iter().map(|word| QueryWord::of(word)).collect())
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl QueryWord {
    fn of(word: &str) -> QueryWord {
        let stems: Vec<_> = Family::ALL.into_iter().map(|family| (family, family.stem(word))).collect();
        let own = stems[0].1.as_str();
        let length = own.chars().count();
        let beginning = if length >= LONG_STEM { own } else { word };
        let mut compounds = Vec::new();
        if beginning.chars().count() >= SHORTEST_BEGINNING {
            compounds.push(Compound::Beginning(beginning.to_owned()));
        }
        if length >= SHORTEST_END {
            compounds.push(Compound::End(own.to_owned()));
        }
        QueryWord { stems, compounds }
    }
}

/// The words of a question, each once. A word with a hyphen is asked for as its parts: the joined form is among the
/// compounds anyway.
fn list_asked(text: &str) -> Vec<String> {
    let parted: String = text.chars().map(|c| if c == '-' { ' ' } else { c }).collect();
    let mut words = Vec::new();
    for word in list_words(&parted) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_its_words_each_once() {
        assert_eq!(Query::read("Læreplasser og læreplasser i «helse»").0.len(), 2);
        assert!(Query::read("og i på  !").is_empty());
        assert_eq!(Query::read(&"ord".repeat(300)).0.len(), 1);
        assert_eq!(Query::read("a1 b2 c3 d4 e5 f6 g7 h8 i9 j10").0.len(), MOST_WORDS);
    }

    #[test]
    fn a_short_stem_begins_no_strangers() {
        let word = &Query::read("helse").0[0];
        assert_eq!(word.stems[0], (Family::Norwegian, "hels".to_owned()));
        assert_eq!(word.compounds, [Compound::Beginning("helse".into()), Compound::End("hels".into())]);
        let word = &Query::read("arbeidet").0[0];
        assert_eq!(word.compounds[0], Compound::Beginning("arbeid".into()));
        assert_eq!(Query::read("kl").0[0].compounds, []);
    }
}
