//! What was filled in, field by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::{CONFIRMED, SHARED, TEXTS, is_field};
use crate::content::Kind;
use crate::forum::{Forum, Language};

/// No field is longer, in characters: what is more is cut.
const LONGEST: usize = 100_000;

/// An item as it was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    /// Every field by its name, as it was typed.
    pub fields: BTreeMap<String, String>,
    /// The terms that it is about, as they are written.
    pub about: Vec<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Which; of another language with its tag.
    pub field: String,
    /// What, in the words of item files.
    pub message: String,
    /// Nothing stands in it.
    pub missing: bool,
}

impl ItemForm {
    /// The form that these pairs fill in; what is no field of it is passed over.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> ItemForm {
        let mut form = ItemForm::default();
        for (name, value) in pairs {
            if name == "about" {
                if !value.is_empty() && !form.about.iter().any(|term| term == value) {
                    form.about.push(value.to_owned());
                }
            } else if is_field(name) {
                form.set(name, value);
            }
        }
        form
    }

    /// What stands in a field; empty if nothing does.
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.as_str())
    }

    /// Fills a field in; line ends become line feeds, control characters go.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = value.replace("\r\n", "\n").replace('\r', "\n");
        let value: String =
            value.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).take(LONGEST).collect();
        if value.is_empty() {
            self.fields.remove(name);
        } else {
            self.fields.insert(name.to_owned(), value);
        }
    }

    /// Whether nothing was filled in that somebody would miss.
    pub fn is_empty(&self) -> bool {
        self.about.is_empty()
            && ["title", "body", "link", "audience"].iter().all(|field| self.get(field).trim().is_empty())
    }

    /// Whether the item says or is something else than by `before`.
    pub fn rewords(&self, before: &ItemForm) -> bool {
        let says = |form: &ItemForm| -> Vec<(String, String)> {
            let fields = form.fields.iter().filter(|(name, _)| !CONFIRMED.contains(&name.as_str()));
            fields.map(|(name, value)| (name.clone(), value.trim().to_owned())).collect()
        };
        self.about != before.about || says(self) != says(before)
    }

    /// The kind that was chosen.
    pub fn kind(&self) -> Option<Kind> {
        self.get("kind").parse().ok()
    }

    /// The language that was chosen.
    pub fn language(&self) -> Option<Language> {
        self.get("language").parse().ok()
    }

    /// All fields, those without anything too: for templates.
    pub fn list_fields(&self) -> BTreeMap<String, String> {
        let tagged = Language::ALL.iter().flat_map(|l| TEXTS.iter().map(move |field| format!("{field}_{l}")));
        let names =
            SHARED.iter().chain(&CONFIRMED).chain(&TEXTS).map(|name| (*name).to_owned()).chain(tagged);
        names.map(|name| (self.get(&name).to_owned(), name)).map(|(value, name)| (name, value)).collect()
    }

    /// The languages besides the first in which something stands.
    pub(super) fn other_languages(&self, forum: &Forum) -> Vec<Language> {
        let first = self.language().unwrap_or(forum.settings.language);
        let has_text = |language: &Language| {
            TEXTS.iter().any(|field| !self.get(&format!("{field}_{language}")).trim().is_empty())
        };
        Language::ALL.into_iter().filter(|language| *language != first && has_text(language)).collect()
    }
}
