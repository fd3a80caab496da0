//! What a person's own taps teach about items like those they tapped on.
//!
//! It moves items up or down in that person's own digest and decides nothing: who gets what stays
//! the rule's. A tap counts for items of the same kind and for items that share a term with it.

use crate::content::Item;
use crate::forum::{Kind, TermIx};

/// "Not for me" at an item.
pub const NOT_FOR_ME: i64 = -5;
/// "Yes" to "did this hit?", for each item of that letter.
pub const HIT: i64 = 1;
/// "No" to it.
pub const MISS: i64 = -1;

/// One tap, spread over the items that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    /// The kind of the item tapped on.
    pub kind: Kind,
    /// What that item is about.
    pub about: Vec<TermIx>,
    /// [`NOT_FOR_ME`], [`HIT`] or [`MISS`].
    pub weight: i64,
}

/// What `taps` add to the points of `item`; ranking cuts it to its bounds.
pub fn learned_points(item: &Item, taps: &[Tap]) -> i64 {
    taps.iter()
        .map(|tap| {
            let same_kind = i64::from(tap.kind == item.kind);
            let shared_term = i64::from(tap.about.iter().any(|term| item.about.contains(term)));
            tap.weight * (same_kind + shared_term)
        })
        .sum()
}
