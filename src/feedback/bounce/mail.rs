//! A whole returned mail: which reader understands it.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::auto_reply::is_automatic;
use super::fields::{Fields, read_address, read_blocks};
use super::{BounceKind, BounceReport, ReturnedMail, arf, dsn, one_line, plain};

/// What a mail's parts hold.
#[derive(Default)]
struct Parts {
    status: Option<String>,
    feedback: Option<String>,
    receipt: Option<String>,
    /// Headers of the letter that came back.
    copied: Option<Fields>,
    text: String,
}

/// Reads one returned mail. Whatever it is, there is at least one report.
pub fn read_mail(raw: &[u8]) -> ReturnedMail {
    let Some(message) = MessageParser::default().parse(raw) else {
        return ReturnedMail { reports: vec![unknown("")], sent_to: vec![], message_ids: vec![] };
    };
    let headers = Fields::of(message.headers_raw());
    let subject = message.subject().unwrap_or_default().to_owned();
    let parts = take_apart(&message);
    let reports = read_reports(&message, &headers, &subject, &parts);
    ReturnedMail {
        reports,
        sent_to: addresses_sent_to(&headers, parts.copied.as_ref()),
        message_ids: letter_ids(&headers, &parts),
    }
}

fn read_reports(message: &Message<'_>, headers: &Fields, subject: &str, parts: &Parts) -> Vec<BounceReport> {
    if let Some(feedback) = &parts.feedback {
        return vec![arf::read_feedback(feedback, parts.copied.as_ref())];
    }
    if let Some(status) = &parts.status {
        let reports = dsn::read_status(status);
        if !reports.is_empty() {
            return reports;
        }
    }
    let from = message.from().and_then(|a| a.first()).and_then(|a| a.address()).map(str::to_lowercase);
    if let Some(receipt) = &parts.receipt {
        return vec![read_receipt(receipt, from, subject)];
    }
    let is_returned = plain::is_returned(headers, subject);
    if is_returned {
        let reports = plain::read_text(headers, subject, &parts.text);
        if !reports.is_empty() {
            return reports;
        }
    }
    if is_automatic(headers, subject) && !is_returned {
        let reason = one_line(subject);
        let named = from.iter().cloned().collect();
        return vec![BounceReport {
            kind: BounceKind::AutoReply,
            recipient: from,
            status: None,
            reason,
            named,
        }];
    }
    vec![unknown(subject)]
}

/// A read receipt: it was displayed, so it arrived.
fn read_receipt(receipt: &str, from: Option<String>, subject: &str) -> BounceReport {
    let block = read_blocks(receipt).into_iter().next().unwrap_or_default();
    let named: Vec<String> = ["original-recipient", "final-recipient"]
        .iter()
        .filter_map(|name| block.find(name).and_then(read_address))
        .collect();
    let disposition = block.find("disposition").unwrap_or_default();
    BounceReport {
        kind: BounceKind::Delivered,
        recipient: named.first().cloned().or(from),
        status: None,
        reason: one_line(if disposition.is_empty() { subject } else { disposition }),
        named,
    }
}

fn unknown(subject: &str) -> BounceReport {
    BounceReport {
        kind: BounceKind::Unknown,
        recipient: None,
        status: None,
        reason: one_line(subject),
        named: Vec::new(),
    }
}

fn take_apart(message: &Message<'_>) -> Parts {
    let mut parts = Parts::default();
    for part in &message.parts {
        let kind = kind_of(part);
        let words = || String::from_utf8_lossy(part.contents()).into_owned();
        match kind.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => parts.status = Some(words()),
            "message/feedback-report" => parts.feedback = Some(words()),
            "message/disposition-notification" | "message/global-disposition-notification" => {
                parts.receipt = Some(words());
            }
            "text/rfc822-headers" | "message/global-headers" => {
                parts.copied = read_blocks(&words()).into_iter().next();
            }
            _ => match &part.body {
                PartType::Message(copied) => parts.copied = Some(Fields::of(copied.headers_raw())),
                PartType::Text(text) if parts.text.is_empty() => parts.text = text.clone().into_owned(),
                _ => {}
            },
        }
    }
    if parts.text.is_empty() {
        parts.text = message.body_text(0).unwrap_or_default().into_owned();
    }
    parts
}

fn kind_of(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

/// Where the returned mail was sent, and the return path that the copied letter names.
fn addresses_sent_to(headers: &Fields, copied: Option<&Fields>) -> Vec<String> {
    let own = ["delivered-to", "x-original-to", "envelope-to", "to"];
    let theirs = ["return-path", "errors-to"];
    let mut all: Vec<String> =
        own.iter().flat_map(|name| headers.all(name)).filter_map(read_address).collect();
    if let Some(copied) = copied {
        all.extend(theirs.iter().flat_map(|name| copied.all(name)).filter_map(read_address));
    }
    all
}

/// The Message-IDs of the letter that came back: of the copied headers, of what is answered, and of the
/// letter copied into a plain text.
fn letter_ids(headers: &Fields, parts: &Parts) -> Vec<String> {
    let mut ids = Vec::new();
    let mut add = |value: &str| {
        for word in value.split_whitespace() {
            if let Some(id) = word.trim_matches(',').strip_prefix('<').and_then(|w| w.strip_suffix('>')) {
                ids.push(id.to_owned());
            }
        }
    };
    if let Some(copied) = &parts.copied {
        copied.all("message-id").for_each(&mut add);
    }
    headers.all("in-reply-to").for_each(&mut add);
    headers.all("references").for_each(&mut add);
    for line in parts.text.lines() {
        if let Some((name, value)) = line.split_once(':')
            && name.trim_start_matches(['>', ' ']).eq_ignore_ascii_case("message-id")
        {
            add(value);
        }
    }
    if let Some(receipt) = &parts.receipt {
        read_blocks(receipt).iter().flat_map(|b| b.all("original-message-id")).for_each(&mut add);
    }
    ids
}
