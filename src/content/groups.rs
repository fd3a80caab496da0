//! The groups that an item is of.

use super::item::{Fields, Visibility};
use crate::forum::TermIx;

impl Visibility {
    /// The group that alone may read it, if one.
    pub fn group(self) -> Option<TermIx> {
        match self {
            Visibility::Group(group) | Visibility::Only(group) => Some(group),
            Visibility::Public | Visibility::Forum => None,
        }
    }
}

impl Fields {
    /// The group whose meeting minutes tell of, if one.
    pub fn group_met(&self) -> Option<TermIx> {
        match self {
            Fields::Minutes { group, .. } => *group,
            _ => None,
        }
    }
}
