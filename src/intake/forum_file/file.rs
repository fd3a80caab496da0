//! What a forum file says.

use crate::forum::{ForumSettings, GroupKind, Names, Term};

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
