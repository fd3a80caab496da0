//! What is wrong with a cell: what kind of slip it is, for pages that say it in their own words, and the whole sentence.

use crate::forum::Facet;

/// A kind of slip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// The row has no address.
    NoAddress,
    /// What stands for an address is none.
    Address(String),
    /// A role, group or sector that the forum does not have; the one that is most like it.
    Unknown(Facet, String, Option<String>),
    /// A name that several have; their slugs.
    Several(String, Vec<String>),
    /// No position in a group.
    Position(String),
    /// No kind of organisation.
    Kind(String),
    /// No language of ours.
    Language(String),
    /// No ground on which somebody may be stored as sitting for a union.
    UnionGround(String),
    /// Neither yes nor no.
    YesNo(String),
    /// Nothing that letters go by.
    Cadence(String),
    /// An earlier row of the same address says something else: this, and that.
    Contradiction(String, String),
    /// The person asked to be forgotten.
    Erased,
    /// What a formula left that failed.
    Formula(String),
    /// A date or a time where text is asked for.
    Date(String),
    /// A formula whose value the file does not hold.
    Unvalued,
    /// Text to the right of the last heading.
    Surplus(String),
    /// A name of more characters than names have.
    TooLong,
    /// Something else: the sentence alone says it.
    Other,
}

/// A slip with its sentence: what is wrong, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which slip.
    pub slip: Slip,
    /// In English, as commands say it.
    pub sentence: String,
}

impl Slip {
    /// With its sentence.
    pub(super) fn told(self, sentence: impl Into<String>) -> Fault {
        Fault { slip: self, sentence: sentence.into() }
    }
}

impl From<String> for Fault {
    fn from(sentence: String) -> Fault {
        Slip::Other.told(sentence)
    }
}
