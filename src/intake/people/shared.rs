//! Two people behind one address: rows with one address add up, to one recipient, who has one name.

use crate::forum::EmailAddress;

/// A row that names somebody else at an address than a row before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The file's line.
    pub line: usize,
    /// Whose letters go there.
    pub address: EmailAddress,
    /// The name that the first row gives, which is the recipient's.
    pub kept: String,
    /// The name that this row gives, which is stored nowhere.
    pub other: String,
}

impl Shared {
    /// For who reads what a command says.
    pub(super) fn told(&self) -> String {
        let Shared { line, address, kept, other } = self;
        format!(
            "line {line} names \"{other}\" at {address}, which is \"{kept}\" by a line before; one address is one recipient: \
             what the line says counts for \"{kept}\", and the name \"{other}\" is not stored"
        )
    }
}
