//! What a forum says in its own words where Treff has words too, or none. Plain text on one line: data, never markup.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::line::one_line;
use super::names::{Language, Names};

/// A place where a forum may speak for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPlace {
    /// At the head of the page where people sign up.
    SignUp,
    /// What who signs up agrees to.
    Consent,
    /// At the head of what somebody's first letter tells, if others put them on a list.
    Welcome,
    /// At the head of the privacy statement.
    Privacy,
}

impl TextPlace {
    /// All of them.
    pub const ALL: [TextPlace; 4] =
        [TextPlace::SignUp, TextPlace::Consent, TextPlace::Welcome, TextPlace::Privacy];

    /// As files and forms write it.
    pub fn word(self) -> &'static str {
        match self {
            TextPlace::SignUp => "sign_up",
            TextPlace::Consent => "consent",
            TextPlace::Welcome => "welcome",
            TextPlace::Privacy => "privacy",
        }
    }

    /// The longest text, in characters.
    pub fn longest(self) -> usize {
        match self {
            TextPlace::SignUp | TextPlace::Welcome => 500,
            TextPlace::Consent | TextPlace::Privacy => 1000,
        }
    }

    /// Whether Treff has words of its own there, which stand where the forum has none in a language.
    pub fn has_words(self) -> bool {
        matches!(self, TextPlace::SignUp | TextPlace::Consent)
    }
}

/// The forum's own texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<TextPlace, Names>);

impl Texts {
    /// Whether the forum says nothing itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the forum says in a place, in every language that it says it in.
    pub fn all(&self, place: TextPlace) -> Names {
        self.0.get(&place).cloned().unwrap_or_default()
    }

    /// What the forum says to a reader of `language`: where Treff has words of its own in that very language, else in the
    /// nearest.
    pub fn said(&self, place: TextPlace, language: Language) -> Option<&str> {
        let names = self.0.get(&place)?;
        let exact = names.0.get(&language).map(String::as_str);
        let nearest = names.in_language(language, "");
        exact.or_else(|| (!place.has_words() && !nearest.is_empty()).then_some(nearest))
    }

    /// Says this in a place, each text on one line and cut where it is too long; where nothing is left Treff's words stand.
    pub fn set(&mut self, place: TextPlace, names: &Names) {
        let lines = names.0.iter().map(|(language, text)| (*language, one_line(text, place.longest())));
        let lines: BTreeMap<Language, String> = lines.filter(|(_, line)| !line.is_empty()).collect();
        if lines.is_empty() {
            self.0.remove(&place);
        } else {
            self.0.insert(place, Names(lines));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_treff_has_words_another_language_does_not_stand_for_the_readers() {
        let mut texts = Texts::default();
        for place in TextPlace::ALL {
            texts.set(place, &Names::one(Language::Nb, " Hei \n "));
            assert_eq!(texts.said(place, Language::Nb), Some("Hei"));
            assert_eq!(texts.said(place, Language::Nn).is_some(), !place.has_words(), "{place:?}");
            assert_eq!(serde_json::to_value(place).expect("a place is a word"), place.word());
        }
        TextPlace::ALL.iter().for_each(|place| texts.set(*place, &Names::one(Language::Nb, " ")));
        assert!(texts.is_empty());
    }
}
