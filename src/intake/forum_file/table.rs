//! TOML tables whose values know their line; every problem is gathered, none stops the reading.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::intake::toml_faults::{described, tell_fault};

/// What is wrong with a file so far.
pub(super) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    list: Vec<(usize, String)>,
}

impl<'a> Problems<'a> {
    /// None so far.
    pub fn new(file: &'a str, text: &'a str) -> Problems<'a> {
        Problems { file, text, list: Vec::new() }
    }

    /// Notes what is wrong at a span of the text.
    pub fn add(&mut self, at: &Range<usize>, message: impl ToString) {
        self.list.push((self.line(at), message.to_string()));
    }

    /// The line on which a span begins, from 1.
    pub fn line(&self, at: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..at.start.min(self.text.len())];
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// `file:line: message` in the order of the lines.
    pub fn into_lines(mut self) -> Vec<String> {
        self.list.sort_by_key(|(line, _)| *line);
        self.list.iter().map(|(line, message)| format!("{}:{line}: {message}", self.file)).collect()
    }
}

/// A table of the file.
pub(super) struct Table<'a> {
    /// As errors call it: `[[role]]`.
    pub what: &'static str,
    /// Where it begins.
    pub at: Range<usize>,
    entries: DeTable<'a>,
}

/// A text with its place.
pub(super) struct Text {
    /// Without blanks around it; never empty.
    pub value: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// The whole file as a table; none if it is no TOML.
pub(super) fn parse<'a>(text: &'a str, problems: &mut Problems<'_>) -> Option<Table<'a>> {
    let (entries, errors) = DeTable::parse_recoverable(text);
    let entries = entries.into_inner();
    for error in &errors {
        let fault = tell_fault(text, &entries, error, |at| problems.line(&(at..at)));
        problems.add(&error.span().unwrap_or_default(), fault);
    }
    errors.is_empty().then_some(Table { what: "the file", at: 0..0, entries })
}

impl<'a> Table<'a> {
    /// Objects to every key that is none of `known`.
    pub fn refuse_unknown_keys(&self, known: &[&'static str], problems: &mut Problems<'_>) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let message = unknown(&format!("key in {}", self.what), key.get_ref(), "keys", known);
            problems.add(&key.span(), message);
        }
    }

    /// The value of `key`, if it stands there.
    pub fn value(&self, key: &str) -> Option<&Spanned<DeValue<'a>>> {
        self.entries.iter().find(|(k, _)| k.get_ref() == key).map(|(_, value)| value)
    }

    /// Every key and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Range<usize>, &Spanned<DeValue<'a>>)> {
        self.entries.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// The one-line text of `key`, if it stands there; an empty one is a problem.
    pub fn text(&self, key: &str, problems: &mut Problems<'_>) -> Option<Text> {
        read_text(key, self.value(key)?, problems)
    }

    /// The one-line text of `key`; that it is missing is a problem.
    pub fn needed_text(&self, key: &str, example: &str, problems: &mut Problems<'_>) -> Option<Text> {
        if self.value(key).is_none() {
            problems.add(&self.at, format!("{} needs {key}, such as {key} = {example}", self.what));
        }
        self.text(key, problems)
    }

    /// The texts of the list `key`; none if it does not stand there.
    pub fn texts(&self, key: &str, example: &str, problems: &mut Problems<'_>) -> Vec<Text> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(list) => list.iter().filter_map(|entry| read_text(key, entry, problems)).collect(),
            None => {
                problems.add(&value.span(), wrong(key, &format!("a list such as {example}"), value));
                Vec::new()
            }
        }
    }

    /// The table `key`, called `what`, if it stands there.
    pub fn table(&self, key: &str, what: &'static str, problems: &mut Problems<'_>) -> Option<Table<'a>> {
        read_table(what, self.value(key)?, problems)
    }

    /// The tables `[[key]]`, called `what`.
    pub fn tables(&self, key: &str, what: &'static str, problems: &mut Problems<'_>) -> Vec<Table<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(list) => list.iter().filter_map(|entry| read_table(what, entry, problems)).collect(),
            None => {
                problems.add(&value.span(), format!("{key} must be written {what}, once for each"));
                Vec::new()
            }
        }
    }
}

/// The sentence about a word that is none of `known`, with the nearest of them.
pub(super) fn unknown(kind: &str, word: &str, plural: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(&word.to_lowercase(), k), k))
        .min_by(|a, b| b.0.total_cmp(&a.0));
    match nearest {
        None => format!("unknown {kind} \"{word}\"; there are no {plural}"),
        Some((likeness, nearest)) if likeness >= 0.4 || known.len() > 15 => {
            format!("unknown {kind} \"{word}\"; the nearest is \"{nearest}\"")
        }
        Some((_, nearest)) => format!(
            "unknown {kind} \"{word}\"; the nearest is \"{nearest}\", the {plural} are {}",
            known.join(", ")
        ),
    }
}

fn read_text(key: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<Text> {
    let Some(text) = value.get_ref().as_str() else {
        problems.add(&value.span(), wrong(key, "a text in quotes", value));
        return None;
    };
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_control) {
        problems.add(&value.span(), format!("{key} must be one line of text, not empty"));
        return None;
    }
    Some(Text { value: text.to_owned(), at: value.span() })
}

fn read_table<'a>(
    what: &'static str,
    value: &Spanned<DeValue<'a>>,
    problems: &mut Problems<'_>,
) -> Option<Table<'a>> {
    match value.get_ref().as_table() {
        Some(entries) => Some(Table { what, at: value.span(), entries: entries.clone() }),
        None => {
            problems.add(&value.span(), wrong(what, "a table", value));
            None
        }
    }
}

/// The sentence about a value of the wrong type.
pub(super) fn wrong(what: &str, wanted: &str, value: &Spanned<DeValue<'_>>) -> String {
    format!("{what} must be {wanted}, not {}", described(value.get_ref()))
}
