//! An item as somebody fills it in on a page: every field as it was typed, so that nothing is lost however wrong it is.
//!
//! It is read by being written as item files ([`mod@write`]) and read as those are: one way in for what is queued by hand
//! and by file, and one set of rules.

mod of_item;
mod promises;
mod walled;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use promises::is_promise_field;

use crate::content::{Kind, is_web_address};
use crate::forum::{Forum, Language, tell_too_long};
use crate::intake::item_file::{FileError, ItemFile, SlugFrom, read_item_file};
use write::{FormFile, write_files};

/// The fields that an item has once.
const SHARED: [&str; 35] = [
    "title",
    "link",
    "body",
    "kind",
    "language",
    "topics",
    "audience",
    "interested",
    "visibility",
    "importance",
    "lane",
    "release_on",
    "release_time",
    "expires_on",
    "source",
    "contact_name",
    "contact_email",
    "contact_phone",
    "group",
    "met_on",
    "starts_on",
    "starts_time",
    "ends_on",
    "ends_time",
    "registration_url",
    "gathering",
    "wanted_by",
    "deadline",
    "looked_over",
    "over",
    "at_once",
    "walled",
    "keep",
    "of_version",
    "late",
];

/// Those that only confirm something: they say nothing of the item.
const CONFIRMED: [&str; 7] = ["looked_over", "over", "at_once", "walled", "keep", "of_version", "late"];

/// The fields that each language has; those of the item's first language stand without its tag, the others as `title_nn`.
const TEXTS: [&str; 7] = ["title", "body", "place", "achieved", "how", "next", "why"];

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
        let names = SHARED.iter().chain(&TEXTS).map(|name| (*name).to_owned()).chain(tagged);
        names.map(|name| (self.get(&name).to_owned(), name)).map(|(value, name)| (name, value)).collect()
    }

    /// The item files that the form makes under `slug`, one for each language; or what is wrong, field by field.
    pub fn read(&self, slug: &str, forum: &Forum) -> Result<Vec<ItemFile>, Vec<FieldError>> {
        let (mut files, mut errors) = (Vec::new(), self.object(forum));
        for FormFile { text, lines, .. } in write_files(self, forum) {
            match read_item_file("form", SlugFrom::Stem(slug), text.as_bytes(), forum) {
                Ok(file) => files.push(file),
                Err(of_file) => {
                    errors.extend(of_file.into_iter().filter_map(|error| tell_field(error, &lines)));
                }
            }
        }
        let mut told: Vec<String> = Vec::new();
        errors.retain(|error| {
            let is_new = !told.contains(&error.field);
            told.push(error.field.clone());
            is_new
        });
        if errors.is_empty() { Ok(files) } else { Err(errors) }
    }

    /// What a page asks for beyond what a file must have, what is wrong with a title whether or not it stands already, and
    /// with the link, which becomes part of the text.
    fn object(&self, forum: &Forum) -> Vec<FieldError> {
        let mut missing = Vec::new();
        if self.get("title").trim().is_empty() {
            missing.push("title".to_owned());
        }
        for language in self.other_languages(forum) {
            if self.get(&format!("title_{language}")).trim().is_empty() {
                missing.push(format!("title_{language}"));
            }
        }
        if self.get("audience").trim().is_empty() && self.about.is_empty() {
            missing.push("audience".to_owned());
        }
        if self.kind() == Some(Kind::Event) && self.get("starts_on").is_empty() {
            missing.push("starts_on".to_owned());
        }
        let error =
            |field: String| FieldError { message: format!("{field} is missing"), field, missing: true };
        let mut errors: Vec<FieldError> = missing.into_iter().map(error).collect();
        let others = self.other_languages(forum).into_iter().map(|language| format!("title_{language}"));
        errors.extend(std::iter::once("title".to_owned()).chain(others).filter_map(|field| {
            let message = tell_too_long("title", self.get(&field).trim())?;
            Some(FieldError { field, message, missing: false })
        }));
        errors.extend(self.object_to_promises());
        let link = self.get("link").trim();
        if !link.is_empty() && !is_web_address(link) {
            let message =
                format!("link \"{link}\" is no web address; write such as https://forum.example/samling");
            errors.push(FieldError { field: "link".to_owned(), message, missing: false });
        }
        errors
    }

    /// The languages besides the first in which something stands.
    fn other_languages(&self, forum: &Forum) -> Vec<Language> {
        let first = self.language().unwrap_or(forum.settings.language);
        let has_text = |language: &Language| {
            TEXTS.iter().any(|field| !self.get(&format!("{field}_{language}")).trim().is_empty())
        };
        Language::ALL.into_iter().filter(|language| *language != first && has_text(language)).collect()
    }
}

/// The field that an error of a file speaks of, by its line. What stands on no line of a field is told by the form
/// itself (a title that is missing) or speaks of who gets it.
fn tell_field(error: FileError, lines: &[String]) -> Option<FieldError> {
    let field = error.line.checked_sub(2).and_then(|at| lines.get(at)).cloned();
    let is_told = field.is_none() && error.message.starts_with("title is missing");
    let field = field.unwrap_or_else(|| "audience".to_owned());
    (!is_told).then_some(FieldError { field, message: error.message, missing: false })
}

fn is_field(name: &str) -> bool {
    let is_text = |name: &str| TEXTS.contains(&name);
    let tagged = || {
        name.rsplit_once('_').is_some_and(|(field, tag)| {
            is_text(field) && Language::ALL.iter().any(|language| language.tag() == tag)
        })
    };
    SHARED.contains(&name) || is_text(name) || tagged() || promises::is_promise_field(name)
}
