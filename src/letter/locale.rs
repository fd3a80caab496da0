//! The words of letters in three languages. Parsed at start; a key that one language lacks or has in
//! excess is an error there, not a hole in a letter.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::built_in::{TemplateError, load_once, parse_built_in};
use crate::forum::Language;

/// One language's words. Values hold `{placeholders}` that [`fill`] replaces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    pub(super) dates: DateWords,
    pub(super) lists: ListWords,
    pub(super) letter: LetterWords,
    pub(super) why: WhyWords,
    pub(super) subject: SubjectWords,
    pub(super) handover: HandoverWords,
    pub(super) promised: PromisedWords,
    pub(super) introduction: IntroductionWords,
}

/// One thing, or several.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    pub one: String,
    pub other: String,
}

impl Counted {
    pub(super) fn for_count(&self, count: usize) -> &str {
        if count == 1 { &self.one } else { &self.other }
    }
}

macro_rules! words {
    ($($name:ident { $($key:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $(pub $key: $type),* }
    )*};
}

words! {
    DateWords {
        weekdays: [String; 7], months: [String; 12], weekday_and_day: String, day: String,
        with_year: String, day_in_block: String, from_to: String,
        whole_hour: String, hour_and_minute: String, at: String, at_from_to: String, date_and_time: String,
    }
    ListWords { and: String }
    LetterWords {
        cancelled: String, greeting: String, greeting_without_name: String, preheader: String, reading_time: String,
        minutes: Vec<String>, more_minutes: String, answer: String, must_read: String, news: String,
        dates: String, due_request: String, due_call: String, contact: String, from: String,
        minutes_from: String, research_from: String, experience_from: String, tip_from: String,
        how: String, next: String, correction: String, files: Counted, in_language: BTreeMap<Language, String>,
        help: String, respond: String, register: String, new_time: String, new_place: String, new_time_and_place: String, coming: String, not_coming: String, sending: String, calendar: String, read_call: String,
        read: String, not_for_me: String, share: String, carried: String, closing: String, open_until: String, read_now: Counted,
        hit: String, yes: String, no: String, reply: String, reply_without_name: String,
        preferences: String, own_pages: String, send_in: String, unsubscribe: String, privacy: String, accessibility: String,
    }
    WhyWords {
        because: String, follows: String, and_follows: String, sits_in: String, leader: String, member: String,
        deputy: String, secretary: String, observer: String, for_group: String, for_leaders: String, for_members: String,
        for_deputies: String, for_secretaries: String, for_observers: String, is_about: String, chosen_by: String,
        chosen: String, fits: String, required: String, corrected: String,
    }
    SubjectWords {
        more: Counted, due_today: String, due_tomorrow: String, due: String, event: String, handover: String,
    }
    HandoverWords {
        heading: String, place: String, place_discreet: String, items: String, promised: String, older: String,
        archive: String,
    }
    PromisedWords {
        heading: String, by: String, late: String, of: String, inherited: String, tell: String, link: String,
        minutes: String, in_minutes: String, more: Counted,
    }
    IntroductionWords {
        heading: String, source: String, source_without_name: String, project_lead: String, purpose: String,
        purpose_without_name: String, public_task: String,
        public_task_without_seat: String, legitimate_interest: String, legal_obligation: String, contract: String,
        consent: String,
        rights: String, controller: String, contact: String,
    }
}

/// The words of all languages.
#[derive(Debug, Clone)]
pub struct Locales(Arc<BTreeMap<Language, Locale>>);

impl Locales {
    /// Parses the built-in files, once in a process.
    pub fn load() -> Result<Locales, TemplateError> {
        static BUILT_IN: OnceLock<Locales> = OnceLock::new();
        load_once(&BUILT_IN, Locales::parse)
    }

    fn parse() -> Result<Locales, TemplateError> {
        let mut locales = BTreeMap::new();
        for language in Language::ALL {
            locales.insert(language, parse_built_in(&format!("locale/{language}.toml"))?);
        }
        Ok(Locales(Arc::new(locales)))
    }

    /// The words of `language`.
    pub fn get(&self, language: Language) -> &Locale {
        &self.0[&language]
    }
}

/// `pattern` with each `{name}` replaced by its value. Values are not looked through again.
pub(super) fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => out.push_str(value),
            None => debug_assert!(false, "no value for {{{name}}} in \"{pattern}\""),
        }
        rest = behind;
    }
    out + rest
}

impl Locale {
    /// `a`, `a og b`, `a, b og c`.
    pub fn list(&self, things: &[String]) -> String {
        match things {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => fill(&self.lists.and, &[("first", &first.join(", ")), ("last", last)]),
        }
    }

    /// What stands instead of the title of an event that was taken back, in a calendar.
    pub fn cancelled(&self) -> &str {
        &self.letter.cancelled
    }

    /// `Lesetid ett minutt`.
    pub(super) fn reading_time(&self, minutes: usize) -> String {
        let words = &self.letter;
        let shown = match words.minutes.get(minutes.saturating_sub(1)) {
            Some(shown) => shown.clone(),
            None => fill(&words.more_minutes, &[("count", &minutes.to_string())]),
        };
        fill(&words.reading_time, &[("minutes", &shown)])
    }
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::built_in::built_in_text;

    fn braces(value: &toml::Value, path: &str, found: &mut BTreeMap<String, Vec<String>>) {
        match value {
            toml::Value::Table(table) => {
                table.iter().for_each(|(key, v)| braces(v, &format!("{path}.{key}"), found));
            }
            toml::Value::Array(list) => {
                found.insert(path.to_owned(), vec![list.len().to_string()]);
            }
            toml::Value::String(text) => {
                let mut names: Vec<_> = text
                    .split('{')
                    .skip(1)
                    .map(|rest| rest.split('}').next().unwrap_or("").to_owned())
                    .collect();
                names.sort();
                found.insert(path.to_owned(), names);
            }
            _ => panic!("{path} is neither text nor list"),
        }
    }

    #[test]
    fn the_three_languages_have_the_same_keys_and_placeholders() {
        let of = |language: Language| {
            let text = built_in_text(&format!("locale/{language}.toml")).unwrap();
            let mut found = BTreeMap::new();
            braces(&text.parse::<toml::Table>().unwrap().into(), "", &mut found);
            found
        };
        assert_eq!(of(Language::Nb), of(Language::Nn));
        assert_eq!(of(Language::Nb), of(Language::En));
    }

    #[test]
    fn lists_end_with_and() {
        let locales = Locales::load().unwrap();
        let things: Vec<_> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(locales.get(Language::Nn).list(&things), "a, b og c");
        assert_eq!(locales.get(Language::En).list(&things[..2]), "a and b");
        assert_eq!(locales.get(Language::Nb).list(&things[..1]), "a");
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(fill("{a} {b}", &[("a", "{b}"), ("b", "x")]), "{b} x");
    }
}
