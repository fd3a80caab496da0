//! What is wrong with a text that is no TOML, so that whoever wrote it knows what to do: the key's name, and where it stands
//! already; and what a value is that should be another.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The sentence for one of the errors; `table` is what could be read all the same, `line_at` gives the line of a byte.
pub(super) fn tell_fault(
    text: &str,
    table: &DeTable<'_>,
    error: &toml::de::Error,
    line_at: impl Fn(usize) -> usize,
) -> String {
    let message = error.message();
    let span = error.span().unwrap_or_default();
    if message == "duplicate key" {
        // Of a key that was never closed only what stands on its line: the sentence is one line.
        let key = text.get(span.clone()).and_then(|key| key.lines().next()).unwrap_or_default();
        let first = find_key(table, text, &span).or_else(|| find_same_line(text, span.start));
        return match first {
            Some(first) => format!("{key} stands on line {} already; keep one of them", line_at(first)),
            None => format!("{key} stands there twice; keep one of them"),
        };
    }
    // A word that begins as `true` or `false` does is taken for one that is cut short.
    if message.starts_with("invalid boolean") || message.starts_with("string values must be quoted") {
        return "a text stands in quotation marks, such as kind = \"tip\"; true and false stand without"
            .to_owned();
    }
    let quote = message.rsplit_once("string, expected `").and_then(|(_, quote)| quote.strip_suffix('`'));
    match quote.filter(|quote| quote.chars().all(|c| matches!(c, '"' | '\''))) {
        Some(quote) => format!("a text in quotation marks is not closed; write {quote} at its end"),
        None => message.to_owned(),
    }
}

/// What a value is, in a sentence.
pub(super) fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Where the key of that span stood last before it, in whichever table.
fn find_key(table: &DeTable<'_>, text: &str, span: &Range<usize>) -> Option<usize> {
    let here = table.iter().filter_map(|(key, value)| {
        let at = key.span();
        let is_it = at.start < span.start && text.get(at.clone()) == text.get(span.clone());
        is_it.then_some(at.start).max(find_within(value, text, span))
    });
    here.max()
}

fn find_within(value: &Spanned<DeValue<'_>>, text: &str, span: &Range<usize>) -> Option<usize> {
    match value.get_ref() {
        DeValue::Table(table) => find_key(table, text, span),
        DeValue::Array(list) => list.iter().filter_map(|entry| find_within(entry, text, span)).max(),
        _ => None,
    }
}

/// Where a line like that of byte `at` stands before it: the head of a table.
fn find_same_line(text: &str, at: usize) -> Option<usize> {
    let mut start = 0;
    let lines: Vec<(usize, &str)> = text
        .split_inclusive('\n')
        .map(|line| {
            start += line.len();
            (start - line.len(), line.trim())
        })
        .collect();
    let (own, line) = *lines.iter().rfind(|(start, _)| *start <= at)?;
    lines.iter().find(|(start, other)| *start < own && *other == line).map(|(start, _)| *start)
}
