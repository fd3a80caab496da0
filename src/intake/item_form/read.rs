//! Reading a form: what the files that it makes say, or what is wrong, each with its field.

use super::form::{FieldError, ItemForm};
use super::write::{FormFile, write_files};
use crate::content::{Kind, is_web_address};
use crate::forum::{Forum, tell_too_long};
use crate::intake::item_file::{FileError, ItemFile, SlugFrom, read_item_file};

impl ItemForm {
    /// The item files that the form makes under `slug`, one for each language; or what is wrong, field by field.
    pub fn read(&self, slug: &str, forum: &Forum) -> Result<Vec<ItemFile>, Vec<FieldError>> {
        let (mut files, mut errors) = (Vec::new(), self.object(forum));
        for FormFile { text, lines, .. } in write_files(self, &[], forum) {
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
}

/// The field that an error of a file speaks of, by its line. What stands on no line of a field is told by the form
/// itself (a title that is missing) or speaks of who gets it.
fn tell_field(error: FileError, lines: &[String]) -> Option<FieldError> {
    let field = error.line.checked_sub(2).and_then(|at| lines.get(at)).cloned();
    let is_told = field.is_none() && error.missing == Some("title");
    let field = field.unwrap_or_else(|| "audience".to_owned());
    (!is_told).then_some(FieldError { field, message: error.message, missing: false })
}
