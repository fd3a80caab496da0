//! The forum file (DESIGN, section 9), read into what it says.
//!
//! Pure: a text in, a [`ForumFile`] or every error with file and line out. What it means for the forum
//! that is there already is `forum_apply`'s to say.

mod edit;
mod file;
mod house;
mod present;
mod settings;
mod table;
mod terms;
mod text;

use unicode_normalization::UnicodeNormalization as _;

pub use edit::{EditFault, TermEdit};
pub use file::{FileTerm, ForumFile};

/// Reads `text`, the content of the file that errors call `name`. The errors are all there are, in
/// the order of their lines, each as `name:line: message`. What it says is in normalisation form C, as the names of a
/// people file are.
pub fn read_forum_file(name: &str, text: &str) -> Result<ForumFile, Vec<String>> {
    let text: String = text.strip_prefix('\u{feff}').unwrap_or(text).nfc().collect();
    let mut problems = table::Problems::new(name, &text);
    let Some(root) = table::parse(&text, &mut problems) else { return Err(problems.into_lines()) };
    root.refuse_unknown_keys(&settings::KEYS, &mut problems);
    let settings = settings::read(&root, &mut problems);
    let terms = terms::read(&root, &mut problems);
    match (settings, problems.is_empty()) {
        (Some((settings, slug_given, warnings)), true) => {
            Ok(ForumFile { settings, slug_given, terms, warnings })
        }
        _ => Err(problems.into_lines()),
    }
}
