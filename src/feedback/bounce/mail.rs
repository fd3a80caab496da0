//! A whole returned mail: which reader understands it.

use mail_parser::Message;
use sha2::{Digest as _, Sha256};

use super::address::{read_address, scan};
use super::auto_reply::{answers_by_itself, read_answer, read_own_word, replies};
use super::fields::{Fields, read_blocks};
use super::leaving::{find_token, is_report};
use super::named::is_daemon_s;
use super::notice::Notice;
use super::origin::{has_null_path, is_a_person_s, is_by_daemon, is_by_machine, unquoted};
use super::parts::{Parts, take_apart};
use super::plain::Told;
use super::receipt::read_receipt;
use super::report::REPORTS;
use super::spelling::spell_recipients;
use super::tame::{tame, with_message};
use super::{BounceKind, BounceReport, Leaving, ReturnedMail, arf, dsn};
use crate::delivery::flatten_words;

/// A bounce within a bounce is looked for so deep.
const DEPTH: usize = 2;

/// Reads one returned mail. Whatever it is, there is at least one report.
pub fn read_mail(raw: &[u8]) -> ReturnedMail {
    let tamed = tame(raw);
    with_message(&tamed, |message| read_parsed(message, &tamed)).unwrap_or_else(|| ReturnedMail {
        reports: vec![BounceReport::unknown("")],
        sent_to: vec![],
        returned_ids: vec![],
        answered_ids: vec![],
        content: content_of(&tamed, &Fields::default()),
        leaving: Leaving::No,
    })
}

fn read_parsed(message: &Message<'_>, tamed: &[u8]) -> ReturnedMail {
    let headers = Fields::of(message.headers_raw());
    let parts = take_apart(message);
    let token = find_token(message, &headers, &parts);
    let mut reports = match &token {
        Some(_) => Vec::new(),
        None => read_message(message, &headers, &parts, DEPTH),
    };
    if reports.is_empty() {
        reports.push(BounceReport::unknown(message.subject().unwrap_or_default()));
    }
    ReturnedMail {
        reports,
        sent_to: addresses_sent_to(&headers, &parts),
        returned_ids: returned_ids(&parts),
        answered_ids: answered_ids(&headers, &parts),
        content: content_of(tamed, &headers),
        leaving: token.map_or(Leaving::No, Leaving::Asked),
    }
}

/// The hash of the headers that no transport changes, and of the body. To is among them, for two short notices that a program
/// writes in one second may differ in nothing but the return path that they went to.
pub(super) fn content_of(tamed: &[u8], headers: &Fields) -> String {
    let mut hash = Sha256::new();
    for name in ["message-id", "date", "from", "to", "subject"] {
        hash.update(headers.find(name).unwrap_or_default().as_bytes());
        hash.update([0]);
    }
    let body = memchr::memmem::find(tamed, b"\n\n").map_or(tamed, |at| &tamed[at..]);
    hash.update(body.trim_ascii());
    hex::encode(hash.finalize())
}

/// What the first reader that understands it says, each recipient spelled as the mail has it; empty if none does.
fn read_message(
    message: &Message<'_>,
    headers: &Fields,
    parts: &Parts<'_>,
    depth: usize,
) -> Vec<BounceReport> {
    let mut reports = ask_readers(message, headers, parts, depth);
    reports.truncate(REPORTS);
    spell_recipients(&mut reports, headers, message.subject().unwrap_or_default(), parts);
    reports
}

fn ask_readers(
    message: &Message<'_>,
    headers: &Fields,
    parts: &Parts<'_>,
    depth: usize,
) -> Vec<BounceReport> {
    let subject = message.subject().unwrap_or_default();
    if let Some(feedback) = &parts.feedback {
        return arf::read_feedback(feedback, parts.copied.as_ref());
    }
    if let Some(complaint) = arf::read_bare_copy(headers, subject, parts.copied.as_ref()) {
        return vec![complaint];
    }
    if let Some(notice) = &parts.notice {
        return notice.reports();
    }
    let text = unquoted(&parts.text);
    let told = Told::of(headers, subject, &text, parts.copied.as_ref());
    let by_status = read_statuses(&told, parts);
    if !by_status.is_empty() && are_its_own(message, &told, parts) {
        return by_status;
    }
    let from = message.from().and_then(|a| a.first()).and_then(|a| a.address()).and_then(read_address);
    if let Some(receipt) = &parts.receipt
        && let Some(report) = read_receipt(receipt, from.clone(), subject)
    {
        return vec![report];
    }
    read_told(&told, parts, depth, from)
}

/// What the words say, or those of a mail enclosed, or who answers by themselves.
fn read_told(told: &Told<'_>, parts: &Parts<'_>, depth: usize, from: Option<String>) -> Vec<BounceReport> {
    let (headers, subject) = (told.headers(), told.subject());
    let is_answer = answers_by_itself(headers, subject, parts);
    if !told.names_somebody()
        && let Some(reports) = read_enclosed(headers, subject, parts, depth)
    {
        return reports;
    }
    let is_returned = parts.receipt.is_some() || told.is_returned();
    if (is_returned || has_null_path(headers)) && !is_answer {
        let reports = told.read();
        if from.as_deref().is_some_and(|from| is_own_word(from, headers, parts, &reports)) {
            return read_own_word(headers, subject, &parts.text, from).into_iter().collect();
        }
        if is_returned && !reports.is_empty() && (is_by_machine(headers, subject) || told.is_telling()) {
            return reports;
        }
    }
    if let Some(reports) = read_enclosed(headers, subject, parts, depth) {
        return reports;
    }
    if is_by_daemon(headers) {
        return Vec::new();
    }
    read_answer(headers, subject, &parts.text, from).into_iter().collect()
}

/// Whether it is the word of the very address that is told to have failed. A program may refuse in its user's name, with a
/// receipt (RFC 5429).
fn is_own_word(from: &str, headers: &Fields, parts: &Parts<'_>, reports: &[BounceReport]) -> bool {
    !is_by_daemon(headers)
        && parts.receipt.is_none()
        && !reports.is_empty()
        && reports.iter().all(|report| report.named.iter().any(|address| address == from))
}

/// What the delivery status parts say; without any, the fields that stand among the words.
fn read_statuses(told: &Told<'_>, parts: &Parts<'_>) -> Vec<BounceReport> {
    let words = told.words();
    let lower = flatten_words(words);
    let named = told.list_named();
    let around = dsn::Around { told: &lower, named: &named, own: told.own_addresses() };
    let mut reports: Vec<BounceReport> = Vec::new();
    for report in parts.status.iter().flat_map(|status| dsn::read_status(status, &around)) {
        if reports.len() == REPORTS {
            break;
        }
        if !reports.contains(&report) {
            reports.push(report);
        }
    }
    let has_fields = |text: &str| text.to_ascii_lowercase().contains("final-recipient:");
    if reports.is_empty() && parts.status.is_empty() && has_fields(&parts.text) {
        let from = parts.text.to_ascii_lowercase().find("reporting-mta:").unwrap_or(0);
        reports = dsn::read_status(parts.text.get(from..).unwrap_or(&parts.text), &around);
    }
    reports
}

/// Whether the fields of a delivery status are the mail's own: they are in a report (RFC 6522). People and ticket systems
/// show them in their words and attach them, so there they count from programs that return mail only, and what a part's type
/// declares from anybody who neither answers nor forwards.
fn are_its_own(message: &Message<'_>, told: &Told<'_>, parts: &Parts<'_>) -> bool {
    let (headers, subject) = (told.headers(), told.subject());
    if is_report(message) {
        return true;
    }
    let is_by_program = || has_null_path(headers) || is_by_machine(headers, subject) || told.is_returned();
    (has_null_path(headers) || !is_a_person_s(headers, subject))
        && (parts.declares_status || is_by_program())
        && !replies(headers, subject)
}

/// A bounce that a program passes on whole.
fn read_enclosed(
    headers: &Fields,
    subject: &str,
    parts: &Parts<'_>,
    depth: usize,
) -> Option<Vec<BounceReport>> {
    let enclosed = parts.enclosed.filter(|_| depth > 0)?;
    if !is_by_machine(headers, subject) || replies(headers, subject) {
        return None;
    }
    let inner = Fields::of(enclosed.headers_raw());
    let found = read_message(enclosed, &inner, &take_apart(enclosed), depth - 1);
    let is_failure =
        |report: &BounceReport| report.kind.final_failure().is_some() || report.kind == BounceKind::Delayed;
    (!found.is_empty() && found.iter().all(is_failure)).then_some(found)
}

/// Where the returned mail was sent, and the return path that the copied letter or a complaint names.
fn addresses_sent_to(headers: &Fields, parts: &Parts<'_>) -> Vec<String> {
    let own = ["delivered-to", "x-original-to", "envelope-to", "to"];
    let theirs = ["return-path", "errors-to"];
    let mut all: Vec<String> =
        own.iter().flat_map(|name| headers.all(name)).flat_map(scan).map(|f| f.address).collect();
    if let Some(copied) = &parts.copied {
        all.extend(theirs.iter().flat_map(|name| copied.all(name)).filter_map(read_address));
    }
    all.extend(parts.feedback.iter().flat_map(|feedback| arf::return_paths_of(feedback)));
    all.extend(parts.notice.as_ref().and_then(Notice::return_path));
    all.retain(|address| !is_daemon_s(address));
    all
}

/// The Message-IDs of the mail that came back, of its copied headers and of what a report says.
fn returned_ids(parts: &Parts<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    if let Some(copied) = &parts.copied {
        copied.all("message-id").for_each(|value| add_ids(&mut ids, value));
    }
    if let Some(notice) = &parts.notice {
        notice.message_ids().for_each(|value| add_ids(&mut ids, value));
    }
    for fields in parts.receipt.iter().chain(&parts.status) {
        read_blocks(fields)
            .iter()
            .flat_map(|block| block.all("original-message-id"))
            .for_each(|value| add_ids(&mut ids, value));
    }
    ids
}

/// The Message-IDs of what is answered, and of a letter copied into a plain text.
fn answered_ids(headers: &Fields, parts: &Parts<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    headers.all("in-reply-to").for_each(|value| add_ids(&mut ids, value));
    headers.all("references").for_each(|value| add_ids(&mut ids, value));
    for line in parts.text.lines() {
        if let Some((name, value)) = line.split_once(':')
            && name.trim_start_matches(['>', ' ']).eq_ignore_ascii_case("message-id")
        {
            add_ids(&mut ids, value);
        }
    }
    ids
}

/// Adds the ids in angle brackets that a header field holds, while they are few.
fn add_ids(ids: &mut Vec<String>, value: &str) {
    for word in value.split_whitespace() {
        if ids.len() < REPORTS
            && let Some(id) = word.trim_matches(',').strip_prefix('<').and_then(|w| w.strip_suffix('>'))
            && !ids.iter().any(|known| known == id)
        {
            ids.push(id.to_owned());
        }
    }
}
