//! The words of short mails in three languages: `templates/locale/notice.{nb,nn,en}.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::forum::Language;
use crate::letter::built_in::{TemplateError, parse_built_in};

/// What a kind says. Texts hold `{placeholders}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeWords {
    /// The subject.
    pub subject: String,
    /// Paragraphs before the button.
    pub before: Vec<String>,
    /// What the button says; empty if there is none.
    #[serde(default)]
    pub button: String,
    /// Paragraphs behind the button, quieter.
    pub after: Vec<String>,
}

/// One language's words, by kind.
pub(super) type Words = BTreeMap<String, NoticeWords>;

/// The words of `language`.
pub(super) fn load(language: Language) -> Result<Words, TemplateError> {
    parse_built_in(&format!("locale/notice.{language}.toml"))
}
