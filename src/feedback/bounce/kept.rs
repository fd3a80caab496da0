//! What a mail that was not understood shows of itself.

use mail_parser::{Message, PartType};
use serde::Serialize;

use super::fields::Fields;
use super::origin::{has_null_path, is_by_daemon, is_by_postmaster};
use super::parts::{sender_of, take_apart};
use super::read_mail;
use super::report::one_line;
use super::tame::{tame, with_message};
use crate::forum::mentions;

/// Why a mail was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyKept {
    /// It seems to be from a person, or from a program that returns no mail.
    NoReport,
    /// A program that returns mail wrote it, but its words name no failure.
    NoFailure,
    /// It is a feedback report of a kind that a human reads: about our own DNS, or a complaint taken back.
    OtherFeedback,
    /// It names several people, and shows no letter of ours.
    Several,
}

impl WhyKept {
    /// In a few words, for people.
    pub fn words(self) -> &'static str {
        match self {
            WhyKept::NoReport => "no report; perhaps a person's own words",
            WhyKept::NoFailure => "from a mail program, but it names no failure",
            WhyKept::OtherFeedback => "a feedback report that is no complaint",
            WhyKept::Several => "it names several people, and no letter of ours",
        }
    }
}

/// A kept mail, at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// As the mail has it; may be empty.
    pub from: String,
    /// Decoded; may be empty.
    pub subject: String,
    /// Why it was not understood.
    pub why: WhyKept,
}

/// Mails within mails are looked through so deep.
const DEPTH: usize = 5;

/// Whether a mail names an address (lower case), in any case and however its parts are encoded.
pub fn names(raw: &[u8], address: &str) -> bool {
    let is_named = |bytes: &[u8]| mentions(bytes, address);
    is_named(raw)
        || with_message(&tame(raw), |message| any_part(message, &is_named, DEPTH)).unwrap_or_default()
}

fn any_part(message: &Message<'_>, is_named: &impl Fn(&[u8]) -> bool, depth: usize) -> bool {
    message.parts.iter().any(|part| match &part.body {
        PartType::Message(inner) => depth > 0 && any_part(inner, is_named, depth - 1),
        PartType::Multipart(_) => false,
        _ => is_named(part.contents()),
    })
}

/// Looks at a kept mail, or at its beginning.
pub fn glance_at(raw: &[u8]) -> Glance {
    // What is not understood is one report.
    let is_of_several = read_mail(raw).reports.len() > 1;
    with_message(&tame(raw), |message| look_at(message, is_of_several)).unwrap_or_else(|| Glance {
        from: String::new(),
        subject: String::new(),
        why: WhyKept::NoReport,
    })
}

fn look_at(message: &Message<'_>, is_of_several: bool) -> Glance {
    let headers = Fields::of(message.headers_raw());
    let is_program_s = is_by_daemon(&headers) || is_by_postmaster(&headers) || has_null_path(&headers);
    let why = match (take_apart(message).feedback, is_program_s) {
        _ if is_of_several => WhyKept::Several,
        (Some(_), _) => WhyKept::OtherFeedback,
        (None, true) => WhyKept::NoFailure,
        (None, false) => WhyKept::NoReport,
    };
    Glance {
        from: one_line(&sender_of(message)),
        subject: one_line(message.subject().unwrap_or_default()),
        why,
    }
}

/// A subject as people read it, from a header's value: folded, in encoded words (RFC 2047).
pub fn read_subject(folded: &str) -> String {
    let head = format!("Subject: {folded}\r\n\r\n");
    with_message(head.as_bytes(), |message| one_line(message.subject().unwrap_or(folded)))
        .unwrap_or_else(|| one_line(folded))
}

/// The text of a kept mail, decoded; may be empty.
pub fn text_of(raw: &[u8]) -> String {
    let read = |message: &Message<'_>| message.body_text(0).map(|text| text.trim().to_owned());
    with_message(&tame(raw), read).flatten().unwrap_or_default()
}
