//! An entry of a list to choose from, as templates show one.

use serde::Serialize;

/// A value of a field, what it is called, and whether it is chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    /// How deep it lies in its tree; 0 in a list that is none.
    pub(super) depth: usize,
    pub(super) chosen: bool,
}
