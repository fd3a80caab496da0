//! The front matter as a table whose values know their line; every error is collected.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::error::FileError;
use super::split::Parts;
use super::times::{Given, read_datetime, read_text_as_time};
use crate::forum::turns_direction;
use crate::intake::toml_faults::{described, tell_fault};

/// The front matter while it is read: values are taken by key, errors gathered on the way.
pub(super) struct FrontMatter<'a> {
    /// What errors call the file.
    pub file: &'a str,
    parts: &'a Parts,
    table: DeTable<'a>,
    /// Where each key that was asked for stands.
    pub lines: BTreeMap<&'static str, usize>,
    /// What is wrong so far.
    pub errors: Vec<FileError>,
}

impl<'a> FrontMatter<'a> {
    /// Parses the TOML; the errors are all of its syntax.
    pub fn parse(file: &'a str, parts: &'a Parts) -> Result<FrontMatter<'a>, Vec<FileError>> {
        let (table, errors) = DeTable::parse_recoverable(&parts.toml);
        let mut front = FrontMatter {
            file,
            parts,
            table: table.into_inner(),
            lines: BTreeMap::new(),
            errors: Vec::new(),
        };
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let fault = tell_fault(&parts.toml, &front.table, &error, |at| front.line_at(at));
            front.fail(front.line_at(at), fault);
        }
        if front.errors.is_empty() { Ok(front) } else { Err(front.errors) }
    }

    /// Every key with its line, in the order of the alphabet.
    pub fn keys(&self) -> Vec<(String, usize)> {
        self.table
            .iter()
            .map(|(key, _)| (key.get_ref().to_string(), self.line_at(key.span().start)))
            .collect()
    }

    /// Notes an error on a line of the file.
    pub fn fail(&mut self, line: usize, message: impl ToString) {
        self.errors.push(FileError::new(self.file, line, message));
    }

    /// Notes an error where `key` stands; on line 1 if it does not stand anywhere.
    pub fn fail_at(&mut self, key: &str, message: impl ToString) {
        let line = self.lines.get(key).copied().unwrap_or(1);
        self.fail(line, message);
    }

    /// A text; blanks around it are cut. Empty counts as absent.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        let text = match value.as_str() {
            Some(text) => text.trim().to_owned(),
            None => return self.wrong_type(key, "text in quotes", &value),
        };
        (!text.is_empty()).then_some(text)
    }

    /// A text of one line, without marks that turn the direction of writing.
    pub fn one_line(&mut self, key: &'static str) -> Option<String> {
        let text = self.text(key)?;
        if text.contains(char::is_control) {
            self.fail_at(key, format!("{key} must be one line of text"));
            return None;
        }
        let straight: String = text.chars().filter(|c| !turns_direction(*c)).collect();
        let line = straight.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    /// A text of one line that must be there; `remedy` says what to write.
    pub fn required(&mut self, key: &'static str, remedy: &str) -> Option<String> {
        let errors_before = self.errors.len();
        let text = self.one_line(key);
        if text.is_none() && self.errors.len() == errors_before {
            let line = self.lines.get(key).copied().unwrap_or(1);
            let error = FileError::new(self.file, line, format!("{key} is missing; {remedy}"));
            self.errors.push(FileError { missing: Some(key), ..error });
        }
        text
    }

    /// A text as it stands, empty or not.
    pub fn raw_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.wrong_type(key, "text in quotes", &value),
        }
    }

    /// true or false.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        match value.as_bool() {
            Some(flag) => Some(flag),
            None => self.wrong_type(key, "true or false, without quotes", &value),
        }
    }

    /// A list of texts, each with its line.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<(String, usize)>> {
        let value = self.take(key)?;
        let Some(list) = value.as_array() else {
            let example = if key == "attachments" { "referat.pdf" } else { "sector:health" };
            return self.wrong_type(key, &format!("a list such as [\"{example}\"]"), &value);
        };
        let mut texts = Vec::new();
        for entry in list.iter() {
            let line = self.line_at(entry.span().start);
            match entry.get_ref().as_str() {
                Some(text) => texts.push((text.trim().to_owned(), line)),
                None => {
                    let message = format!(
                        "{key} must be a list of texts in quotes, but holds {}",
                        described(entry.get_ref())
                    );
                    self.fail(line, message);
                }
            }
        }
        Some(texts)
    }

    /// A day or an instant: an RFC 3339 text or a TOML date.
    pub fn time(&mut self, key: &'static str) -> Option<Given> {
        let value = self.take(key)?;
        let given = match &value {
            DeValue::Datetime(datetime) => read_datetime(datetime, &datetime.to_string()),
            DeValue::String(text) => read_text_as_time(text),
            _ => {
                return self.wrong_type(
                    key,
                    "a date such as 2027-03-13T08:00:00+01:00 or 2027-03-13",
                    &value,
                );
            }
        };
        given.map_err(|message| self.fail_at(key, format!("{key}: {message}"))).ok()
    }

    /// Takes `key` out of the table and notes its line.
    pub(super) fn take(&mut self, key: &'static str) -> Option<DeValue<'a>> {
        let (found, value) = self.table.remove_entry(key)?;
        self.lines.insert(key, self.line_at(found.span().start));
        Some(value.into_inner())
    }

    pub(super) fn wrong_type<T>(&mut self, key: &str, wanted: &str, value: &DeValue<'_>) -> Option<T> {
        self.fail_at(key, format!("{key} must be {wanted}, not {}", described(value)));
        None
    }

    /// The file's line at a byte of the TOML.
    pub(super) fn line_at(&self, at: usize) -> usize {
        let toml = self.parts.toml.as_bytes();
        self.parts.toml_line + toml[..at.min(toml.len())].iter().filter(|b| **b == b'\n').count()
    }
}
