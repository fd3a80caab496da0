//! Complaints in the Abuse Reporting Format (RFC 5965).

use super::fields::{Fields, read_address, read_blocks};
use super::{BounceKind, BounceReport, one_line};

/// The report of a message/feedback-report part. `copied` are the headers of the mail complained about:
/// some senders of reports leave the address out of the part itself.
pub(super) fn read_feedback(text: &str, copied: Option<&Fields>) -> BounceReport {
    let block = read_blocks(text).into_iter().next().unwrap_or_default();
    let feedback = block.find("feedback-type").unwrap_or_default().to_ascii_lowercase();
    let kind = match feedback.as_str() {
        "abuse" | "fraud" | "virus" | "other" | "opt-out" | "opt-out-list" => BounceKind::Complaint,
        // "not-spam" takes a complaint back, "auth-failure" (RFC 6591) is about our DNS: a human reads them.
        _ => BounceKind::Unknown,
    };
    let mut named: Vec<String> = ["original-rcpt-to", "removal-recipient"]
        .iter()
        .flat_map(|name| block.all(name))
        .filter_map(read_address)
        .collect();
    if named.is_empty() {
        named.extend(copied.and_then(|headers| headers.find("to")).and_then(read_address));
    }
    let reason = match block.find("user-agent") {
        Some(agent) => format!("{feedback} report by {agent}"),
        None => format!("{feedback} report"),
    };
    BounceReport { kind, recipient: named.first().cloned(), status: None, reason: one_line(&reason), named }
}
