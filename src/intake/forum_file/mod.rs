//! The forum file (DESIGN, section 9), read into what it says.
//!
//! Pure: a text in, a [`ForumFile`] or every error with file and line out. What it means for the forum
//! that is there already is `forum_apply`'s to say.

mod edit;
mod house;
mod present;
mod settings;
mod table;
mod terms;
mod text;

use unicode_normalization::UnicodeNormalization as _;

use crate::forum::{ForumSettings, GroupKind, Names, Term};

pub use edit::{EditFault, TermEdit};

/// What a forum file says.
#[derive(Debug, Clone, PartialEq)]
pub struct ForumFile {
    /// Name, zone, language, cadences and the rest. Its slug comes from the name unless `slug_given`.
    pub settings: ForumSettings,
    /// Whether the file itself says the forum's slug.
    pub slug_given: bool,
    /// Roles, groups and sectors, each facet in the order of the file.
    pub terms: Vec<FileTerm>,
    /// What is allowed but seldom meant.
    pub warnings: Vec<String>,
}

/// A role, group or sector of the file. Parents and sectors stand in the file too, without circles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTerm {
    /// What it is called in audiences.
    pub term: Term,
    /// What it is called on screens.
    pub names: Names,
    /// The slug of the term of the same facet directly above.
    pub parent: Option<String>,
    /// A group's kind; none for roles and sectors.
    pub kind: Option<GroupKind>,
    /// The slugs of a group's sectors, in the order of the alphabet, each once.
    pub sectors: Vec<String>,
}

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
