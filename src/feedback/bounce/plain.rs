//! Bounces in plain text: qmail, Exim, Sendmail, Postfix, Exchange and their like.

use super::fields::{Fields, read_address};
use super::phrases::is_still_tried;
use super::{BounceKind, BounceReport, one_line};
use crate::delivery::{Enhanced, Refusal, best_status, classify_failure};

/// Behind these the returned letter itself is copied.
const COPY_BEGINS: &[&str] = &[
    "--- below this line is a copy",
    "------ this is a copy of",
    "----- original message",
    "-----original message",
    "--- original message",
    "----- message header follows",
    "----- unsent message follows",
    "original message headers",
    "original message follows",
    "reporting-mta:",
];

/// How subjects of bounces read, in lower case.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "failure notice",
    "delivery status notification",
    "delivery failure",
    "delivery notification",
    "delivery problem",
    "delivery has failed",
    "mail delivery",
    "message delivery",
    "message not delivered",
    "returned mail",
    "returned to sender",
    "mail failure",
    "mail system error",
    "could not be delivered",
    "warning: message",
    "ikke levert",
    "kan ikke leveres",
    "kunne ikke leveres",
    "kunne ikkje leverast",
    "uleverbar",
];

/// Names of programs that return mail, as local parts.
const DAEMONS: &[&str] = &["mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "microsoftexchange"];

/// Whether a mail looks as if a program returned it.
pub(super) fn is_returned(headers: &Fields, subject: &str) -> bool {
    let from = headers.find("from").unwrap_or_default().to_lowercase();
    let is_daemon = DAEMONS.iter().any(|name| from.contains(name));
    let has_null_path = headers.all("return-path").any(|path| path.trim() == "<>");
    let subject = subject.to_lowercase();
    let says_so = SUBJECTS.iter().any(|words| subject.contains(words));
    is_daemon || headers.has("x-failed-recipients") || (says_so && has_null_path)
}

/// The reports that a returned mail's text makes; none if it names no failure.
pub(super) fn read_text(headers: &Fields, subject: &str, text: &str) -> Vec<BounceReport> {
    let told = before_copy(text);
    let mut found = addresses_with_reasons(told, headers);
    if found.is_empty() && speaks_of_failure(told) {
        found.push((None, told.to_owned()));
    }
    let is_delayed = is_still_tried(told) || is_still_tried(subject);
    found.into_iter().map(|(address, reason)| report(address, &reason, is_delayed)).collect()
}

fn report(address: Option<String>, reason: &str, is_delayed: bool) -> BounceReport {
    let status = best_status(None, reason);
    let kind = if is_delayed { BounceKind::Delayed } else { classify_failure(status, reason).into() };
    BounceReport {
        kind,
        status: status.map(|s| s.to_string()),
        reason: one_line(reason),
        named: address.iter().cloned().collect(),
        recipient: address,
    }
}

fn speaks_of_failure(text: &str) -> bool {
    Enhanced::find(text).is_some_and(|status| status.class != 2)
        || classify_failure(None, text) != Refusal::Soft
        || is_still_tried(text)
}

fn before_copy(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let end = COPY_BEGINS.iter().filter_map(|mark| lower.find(mark)).min();
    &text[..end.unwrap_or(text.len())]
}

/// Each failed address with the text that stands behind it, up to the next one.
fn addresses_with_reasons(text: &str, headers: &Fields) -> Vec<(Option<String>, String)> {
    let known: Vec<String> = headers
        .all("x-failed-recipients")
        .flat_map(|list| list.split(','))
        .filter_map(read_address)
        .collect();
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let named = address_of_line(line).filter(|a| known.is_empty() || known.contains(a));
        match named {
            // A program may name an address twice: in a list, and again with what happened.
            Some(address) => match found.iter().position(|(a, _)| *a == address) {
                Some(at) => {
                    let mut again = found.remove(at);
                    again.1.push_str(behind_address(line));
                    again.1.push('\n');
                    found.push(again);
                }
                None => found.push((address, format!("{}\n", behind_address(line)))),
            },
            None => {
                if let Some((_, reason)) = found.last_mut() {
                    reason.push_str(line);
                    reason.push('\n');
                }
            }
        }
    }
    let missing = known.into_iter().filter(|a| !found.iter().any(|(f, _)| f == a)).collect::<Vec<_>>();
    let everything = text.to_owned();
    let mut all: Vec<(Option<String>, String)> = found.into_iter().map(|(a, r)| (Some(a), r)).collect();
    all.extend(missing.into_iter().map(|a| (Some(a), everything.clone())));
    all
}

/// The address that a line tells of: one that begins it, or that a verb of failure is said of.
fn address_of_line(line: &str) -> Option<String> {
    let trimmed = line.trim().trim_start_matches(['*', '-', '>', '\u{2022}']).trim_start();
    let first = trimmed.split([' ', '\t']).next().unwrap_or_default();
    let first = first.trim_end_matches([':', ',', ';', '.']);
    let bare = first.trim_start_matches("mailto:");
    if looks_like_address(bare) {
        return read_address(bare);
    }
    if let Some(rest) = trimmed.to_lowercase().strip_prefix("rcpt to:") {
        return read_address(rest);
    }
    let lower = trimmed.to_lowercase();
    let is_said_of =
        ["your message to ", "message to ", "meldingen din til ", "meldinga di til ", "delivery to "]
            .iter()
            .find_map(|words| lower.find(words).map(|at| at + words.len()));
    let rest = lower.get(is_said_of?..)?;
    let word = rest.split([' ', '\t']).next()?.trim_end_matches([',', ':', ';', '.']);
    looks_like_address(word).then(|| read_address(word)).flatten()
}

/// What a line says behind the address that begins it.
fn behind_address(line: &str) -> &str {
    let trimmed = line.trim();
    trimmed.split_once([' ', '\t']).map_or("", |(_, rest)| rest)
}

fn looks_like_address(word: &str) -> bool {
    let bare = word.trim_matches(['<', '>', '"', '\'', '(', ')']);
    let Some((local, domain)) = bare.rsplit_once('@') else { return false };
    let is_daemon = DAEMONS.iter().any(|name| local.to_lowercase().starts_with(name));
    !local.is_empty()
        && domain.contains('.')
        && !is_daemon
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-' || !b.is_ascii())
}
