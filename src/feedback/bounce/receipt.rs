//! Read receipts (RFC 8098).

use super::address::read_address;
use super::fields::read_blocks;
use super::{BounceKind, BounceReport};

/// It was displayed, so it arrived. `from` is who sent the receipt. None if the fields say that a program refused
/// or threw the letter away by itself: then the words tell why.
pub(super) fn read_receipt(receipt: &str, from: Option<String>, subject: &str) -> Option<BounceReport> {
    let block = read_blocks(receipt).into_iter().next().unwrap_or_default();
    let disposition = block.find("disposition").unwrap_or_default();
    let lower = disposition.to_ascii_lowercase();
    let is_refused = lower.contains("automatic-action")
        && ["deleted", "denied", "failed"].iter().any(|w| lower.contains(w));
    if is_refused {
        return None;
    }
    let mut named: Vec<String> = ["original-recipient", "final-recipient"]
        .iter()
        .filter_map(|name| block.find(name).and_then(read_address))
        .collect();
    named.dedup();
    if named.is_empty() {
        named.extend(from);
    }
    let reason = if disposition.is_empty() { subject } else { disposition };
    Some(BounceReport::of(BounceKind::Delivered, named, None, reason))
}
