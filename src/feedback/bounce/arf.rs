//! Complaints in the Abuse Reporting Format (RFC 5965), and the bare copies that some providers send instead.

use std::net::IpAddr;

use super::address::read_address;
use super::fields::{Fields, read_blocks};
use super::{BounceKind, BounceReport};

/// The reports of a message/feedback-report part, one for each recipient that it names. `copied` are the headers of
/// the mail complained about: some senders of reports leave the address out of the part itself.
pub(super) fn read_feedback(text: &str, copied: Option<&Fields>) -> Vec<BounceReport> {
    // Some programs forget that the part is one block.
    let blocks = read_blocks(text);
    let all = |name: &'static str| blocks.iter().flat_map(move |block| block.all(name));
    let feedback = all("feedback-type").next().unwrap_or_default().to_ascii_lowercase();
    let kind = match feedback.split([' ', ';']).next().unwrap_or_default() {
        "abuse" | "fraud" | "virus" | "other" | "opt-out" | "opt-out-list" | "complaint" | "spam"
        | "miscategorized" => BounceKind::Complaint,
        // "not-spam" takes a complaint back, "auth-failure" (RFC 6591) is about our DNS: a human reads them.
        _ => BounceKind::Unknown,
    };
    let told = ["original-rcpt-to", "removal-recipient", "redacted-address", "x-original-rcpt-to"];
    let mut named: Vec<String> = told.into_iter().flat_map(all).filter_map(read_open).collect();
    if named.is_empty() {
        named.extend(copied.and_then(recipient_of_copy));
    }
    let reason = match all("user-agent").next() {
        Some(agent) => format!("{feedback} report by {agent}"),
        None => format!("{feedback} report"),
    };
    named.sort();
    named.dedup();
    if named.is_empty() || kind == BounceKind::Unknown {
        return vec![BounceReport::of(kind, named, None, &reason)];
    }
    named.into_iter().map(|address| BounceReport::of(kind, vec![address], None, &reason)).collect()
}

/// The return path that the report names: it tells the letter even where the address was blacked out.
pub(super) fn return_paths_of(feedback: &str) -> Vec<String> {
    let names = ["original-mail-from", "original-rcpt-to"];
    let blocks = read_blocks(feedback);
    blocks.iter().flat_map(|b| names.iter().flat_map(|name| b.all(name))).filter_map(read_address).collect()
}

/// A complaint that is nothing but a copy of the mail, as Microsoft's junk mail reporting sends it: with a header of its own, or
/// under a subject that ends in our machine's address. People complain about messages too.
pub(super) fn read_bare_copy(
    headers: &Fields,
    subject: &str,
    copied: Option<&Fields>,
) -> Option<BounceReport> {
    let lower = subject.trim().to_lowercase();
    let says_so = lower
        .strip_prefix("complaint about message from")
        .is_some_and(|machine| machine.trim().trim_matches(['[', ']']).parse::<IpAddr>().is_ok());
    let recipient = copied?.find("x-hmxmroriginalrecipient").or(headers.find("x-hmxmroriginalrecipient"));
    if !says_so && recipient.is_none() {
        return None;
    }
    let named = recipient.and_then(read_open).or_else(|| recipient_of_copy(copied?)).into_iter().collect();
    Some(BounceReport::of(BounceKind::Complaint, named, None, subject))
}

fn recipient_of_copy(copied: &Fields) -> Option<String> {
    ["x-hmxmroriginalrecipient", "delivered-to", "x-original-to", "envelope-to", "to"]
        .iter()
        .find_map(|name| copied.find(name).and_then(read_open))
}

/// An address that was not blacked out (RFC 6590).
fn read_open(value: &str) -> Option<String> {
    let is_hidden =
        ["redacted", "xxxx", "****", "[hidden]"].iter().any(|mark| value.to_ascii_lowercase().contains(mark));
    if is_hidden { None } else { read_address(value) }
}
