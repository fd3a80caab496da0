//! The words that files and rows use for importance, lane and visibility.

use super::item::{Importance, Lane, Visibility};
use crate::forum::{Facet, Term, TermIx, Terms};

impl Importance {
    /// All three.
    pub const ALL: [Importance; 3] = [Importance::Required, Importance::Normal, Importance::Background];

    /// The word that files and rows use.
    pub const fn word(self) -> &'static str {
        match self {
            Importance::Required => "required",
            Importance::Normal => "normal",
            Importance::Background => "background",
        }
    }

    /// The reverse of [`Importance::word`].
    pub fn from_word(word: &str) -> Option<Importance> {
        Importance::ALL.into_iter().find(|importance| importance.word() == word)
    }
}

impl Lane {
    /// Both.
    pub const ALL: [Lane; 2] = [Lane::Digest, Lane::Urgent];

    /// The word that files and rows use.
    pub const fn word(self) -> &'static str {
        match self {
            Lane::Digest => "digest",
            Lane::Urgent => "urgent",
        }
    }

    /// The reverse of [`Lane::word`].
    pub fn from_word(word: &str) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.word() == word)
    }
}

/// Why a text is no visibility.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VisibilityError {
    /// None of the four forms.
    #[error(
        "unknown visibility \"{text}\"; it is public, forum, group:<slug> or only:<slug>{}",
        .nearest.map_or(String::new(), |word| format!("; the nearest is {word}"))
    )]
    Shape {
        /// What was written.
        text: String,
        /// The word most like it.
        nearest: Option<&'static str>,
    },
    /// A group that the forum does not have.
    #[error(
        "visibility \"{text}\" names an unknown group{}",
        .nearest.as_ref().map_or(String::new(), |slug| format!("; the nearest is {slug}"))
    )]
    Group {
        /// What was written.
        text: String,
        /// The known group most like it.
        nearest: Option<String>,
    },
}

impl Visibility {
    /// As files and rows write it: `public`, `forum`, `group:<slug>`, `only:<slug>`.
    pub fn written(self, terms: &Terms) -> String {
        match self {
            Visibility::Public => "public".to_owned(),
            Visibility::Forum => "forum".to_owned(),
            Visibility::Group(group) => format!("group:{}", terms.term(group).slug),
            Visibility::Only(group) => format!("only:{}", terms.term(group).slug),
        }
    }

    /// The reverse of [`Visibility::written`].
    pub fn parse(text: &str, terms: &Terms) -> Result<Visibility, VisibilityError> {
        let group = |slug: &str| -> Result<TermIx, VisibilityError> {
            terms.find(&Term::new(Facet::Group, slug)).ok_or_else(|| VisibilityError::Group {
                text: text.to_owned(),
                nearest: terms.nearest_in(Facet::Group, slug).map(str::to_owned),
            })
        };
        match text.split_once(':') {
            None if text == "public" => Ok(Visibility::Public),
            None if text == "forum" => Ok(Visibility::Forum),
            Some(("group", slug)) => group(slug).map(Visibility::Group),
            Some(("only", slug)) => group(slug).map(Visibility::Only),
            _ => Err(VisibilityError::Shape {
                text: text.to_owned(),
                nearest: nearest_word(text, ["public", "forum", "group:<slug>", "only:<slug>"]),
            }),
        }
    }
}

/// How like a known word a misspelt one is at the least (1: equal), to be worth naming.
pub const LEAST_LIKENESS: f64 = 0.4;

/// The word most like `text`, if any is near enough to be worth naming in an error.
pub fn nearest_word<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    words
        .into_iter()
        .map(|word| (strsim::normalized_damerau_levenshtein(&wanted, word), word))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}
