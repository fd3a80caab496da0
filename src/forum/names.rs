//! Languages, names per language, and slugs.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The three written languages that letters and pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Norwegian bokmål.
    Nb,
    /// Norwegian nynorsk.
    Nn,
    /// English.
    En,
}

impl Language {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Language; 3] = [Language::Nb, Language::Nn, Language::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Nb => "nb",
            Language::Nn => "nn",
            Language::En => "en",
        }
    }

    /// The order in which a reader of `self` takes what is not written in it: nb and nn readers
    /// read each other before English.
    pub fn preferences(self) -> [Language; 3] {
        match self {
            Language::Nb => [Language::Nb, Language::Nn, Language::En],
            Language::Nn => [Language::Nn, Language::Nb, Language::En],
            Language::En => [Language::En, Language::Nb, Language::Nn],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_lowercase().as_str() {
            "nb" | "no" | "nb-no" | "bokmål" | "norsk" => Ok(Language::Nb),
            "nn" | "nn-no" | "nynorsk" => Ok(Language::Nn),
            "en" | "en-gb" | "en-us" | "english" | "engelsk" => Ok(Language::En),
            _ => Err(format!("unknown language \"{text}\"; the languages are nb, nn and en")),
        }
    }
}

/// The longest name of anybody or anything, and the longest title of an item, in characters: as long as forms take them.
pub const LONGEST_NAME: usize = 200;

/// What is wrong with a name or a title that is too long, and the remedy; `what` calls it.
pub fn tell_too_long(what: &str, text: &str) -> Option<String> {
    let length = text.chars().count();
    (length > LONGEST_NAME).then(|| format!("{what} has {length} characters; write at most {LONGEST_NAME}"))
}

/// A name in one or more languages; one suffices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(pub BTreeMap<Language, String>);

impl Names {
    /// One name for all languages.
    pub fn one(language: Language, name: impl Into<String>) -> Names {
        Names(BTreeMap::from([(language, name.into())]))
    }

    /// Whether there is none in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name for a reader of `language`, by [`Language::preferences`]; `fallback` if there is none at all.
    pub fn in_language<'a>(&'a self, language: Language, fallback: &'a str) -> &'a str {
        language.preferences().iter().find_map(|l| self.0.get(l)).map_or(fallback, String::as_str)
    }
}

/// Whether `text` is a slug: lower-case ASCII letters, digits, hyphen, underscore; begins with a letter or digit.
pub fn is_slug(text: &str) -> bool {
    let mut bytes = text.bytes();
    matches!(bytes.next(), Some(b'a'..=b'z' | b'0'..=b'9'))
        && bytes.all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// The slug that a name makes: `Østfold fylkeskommune` is `ostfold-fylkeskommune`. Empty if no letter is left.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in deunicode::deunicode(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// As much of a slug as `most` bytes hold: whole words of it, if its first has room.
pub fn cut_slug(slug: &str, most: usize) -> &str {
    let Some(cut) = slug.get(..most).filter(|cut| cut.len() < slug.len()) else { return slug };
    let whole = if slug[most..].starts_with('-') { Some(most) } else { cut.rfind('-') };
    cut[..whole.unwrap_or(most)].trim_end_matches('-')
}

/// A text in ASCII letters: `Årsmøte` is `Arsmote`.
pub fn to_ascii(text: &str) -> String {
    deunicode::deunicode(text)
}

/// What to sort names by, so that they stand as Norwegians expect: æ, ø and å after z, in this order; ä as æ, ö as ø,
/// aa as å; capitals, accents and marks count for nothing unless all else is equal.
pub fn sort_key(name: &str) -> (String, String) {
    let lower = name.to_lowercase().replace("aa", "å");
    let mut key = String::with_capacity(lower.len());
    for c in lower.chars() {
        match c {
            'æ' | 'ä' => key.push('{'),
            'ø' | 'ö' => key.push('|'),
            'å' => key.push('}'),
            'a'..='z' | '0'..='9' => key.push(c),
            c if c.is_alphanumeric() => key.extend(deunicode::deunicode_char(c).map(str::to_lowercase)),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    (key, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_norwegian_name_makes_an_ascii_slug() {
        assert_eq!(slug_of("Østfold fylkeskommune"), "ostfold-fylkeskommune");
        assert_eq!(slug_of("  Åsnes & Vik (KF) "), "asnes-vik-kf");
        assert_eq!(slug_of("–"), "");
    }

    #[test]
    fn a_slug_is_cut_between_words() {
        let cut = |most| cut_slug("helse-og-industri", most);
        assert_eq!([17, 16, 9, 8].map(cut), ["helse-og-industri", "helse-og", "helse-og", "helse-og"]);
        assert_eq!([7, 6, 5, 3].map(cut), ["helse", "helse", "helse", "hel"]);
    }

    #[test]
    fn names_are_sorted_as_norwegians_expect() {
        let mut names = [
            "Åsnes", "Zulu", "Ørland", "aure", "Æres", "Aasen", "Ärt", "École", "Eidet", "Öst", "ad hoc",
            "Adel",
        ];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            [
                "ad hoc", "Adel", "aure", "École", "Eidet", "Zulu", "Æres", "Ärt", "Ørland", "Öst", "Aasen",
                "Åsnes"
            ]
        );
    }
}
