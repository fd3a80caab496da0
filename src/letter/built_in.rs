//! Templates and words that are built into the program, and what can be wrong with a template.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

/// What `read` makes of built-in files: those never change, so that it is made once in a process, however many ask for it.
///
/// # Errors
/// Those of `read`; it is asked again the next time.
pub fn load_once<T: Clone, E>(kept: &OnceLock<T>, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    match kept.get() {
        Some(value) => Ok(value.clone()),
        None => read().map(|value| kept.get_or_init(|| value).clone()),
    }
}

#[derive(RustEmbed)]
#[folder = "templates/letter/"]
struct BuiltInLetters;

#[derive(RustEmbed)]
#[folder = "templates/locale/"]
struct BuiltInLocales;

/// What is wrong with a template, and where. Nothing is sent while it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// The file: a path for an operator's own, the name alone for a built-in one.
    pub file: String,
    /// Line and column, from 1, where the mistake has a place.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl TemplateError {
    pub(super) fn new(file: impl Into<String>, message: impl Into<String>) -> TemplateError {
        TemplateError { file: file.into(), place: None, message: message.into() }
    }

    pub(super) fn at_byte(file: &str, text: &str, byte: usize, message: String) -> TemplateError {
        let before = &text[..byte.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        TemplateError { file: file.to_owned(), place: Some((line, column)), message }
    }
}

/// A file that is built into the program, such as `locale/nb.toml`.
pub(super) fn built_in_text(name: &str) -> Result<String, TemplateError> {
    let file = match name.split_once('/') {
        Some(("locale", file)) => BuiltInLocales::get(file),
        Some(("letter", file)) => BuiltInLetters::get(file),
        _ => None,
    };
    let bytes = file.map(|f| f.data).unwrap_or(Cow::Borrowed(b""));
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(TemplateError::new(name, "is missing from this build of treff; install it again")),
    }
}

/// The same, read as TOML.
pub(super) fn parse_built_in<T: DeserializeOwned>(name: &str) -> Result<T, TemplateError> {
    let text = built_in_text(name)?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        TemplateError::at_byte(name, &text, start, error.message().to_owned())
    })
}

/// The names of the letters' templates, such as `letter/card.html`.
pub(super) fn list_built_in_letters() -> impl Iterator<Item = String> {
    BuiltInLetters::iter().map(|file| format!("letter/{file}"))
}
