//! Delivery status notifications (RFC 3464).

use super::fields::{Fields, read_address, read_blocks};
use super::{BounceKind, BounceReport, one_line};
use crate::delivery::{Enhanced, best_status, classify_failure};

/// The reports of a message/delivery-status part, one for each recipient that it tells of.
pub(super) fn read_status(text: &str) -> Vec<BounceReport> {
    // Some programs forget the empty line before the first recipient: any block that names one counts.
    read_blocks(text).iter().filter_map(read_recipient).collect()
}

/// One recipient of the part; none if the block is about the message as a whole.
fn read_recipient(block: &Fields) -> Option<BounceReport> {
    let original = block.find("original-recipient").and_then(read_address);
    let last = block.find("final-recipient").and_then(read_address);
    if original.is_none() && last.is_none() && !block.has("action") {
        return None;
    }
    let diagnostic = block.find("diagnostic-code").unwrap_or_default();
    let field = block.find("status").and_then(|value| Enhanced::parse(value.split([' ', '(']).next()?));
    let status = best_status(field, diagnostic);
    let action = block.find("action").unwrap_or_default().split([' ', '(']).next().unwrap_or_default();
    let kind = match action.to_ascii_lowercase().as_str() {
        "delayed" => BounceKind::Delayed,
        "delivered" | "relayed" | "expanded" => BounceKind::Delivered,
        "failed" => classify_failure(status, diagnostic).into(),
        _ => match status.map(|s| s.class) {
            Some(2) => BounceKind::Delivered,
            Some(4) => BounceKind::Delayed,
            Some(_) => classify_failure(status, diagnostic).into(),
            None => BounceKind::Unknown,
        },
    };
    let words = diagnostic
        .split_once(';')
        .map_or(diagnostic, |(kind, words)| if kind.contains(' ') { diagnostic } else { words });
    let mut named: Vec<String> = original.iter().chain(&last).cloned().collect();
    named.dedup();
    Some(BounceReport {
        kind,
        recipient: original.or(last),
        status: status.map(|s| s.to_string()),
        reason: one_line(words),
        named,
    })
}
