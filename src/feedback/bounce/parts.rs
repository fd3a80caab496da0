//! What the parts of a mail hold, told by their types and, where a program sets wrong ones, by what stands in them.

use std::borrow::Cow;

use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders as _, PartType};

use super::copy;
use super::fields::{Fields, read_blocks};
use super::html::words_of_html;
use super::notice::{Notice, find_notice};

/// Words for humans are read up to this size.
const READ_TEXT: usize = 64 * 1024;

/// A part of another type is looked into up to this size.
const READ_OTHER: usize = 64 * 1024;

/// The fields that begin a delivery status part (RFC 3464, 2.2 and 2.3).
const STATUS_FIELDS: &[&str] = &[
    "reporting-mta",
    "final-recipient",
    "original-recipient",
    "original-envelope-id",
    "x-actual-recipient",
    "dsn-gateway",
    "received-from-mta",
    "x-postfix-queue-id",
];

/// What a mail's parts hold.
#[derive(Default)]
pub(super) struct Parts<'m> {
    /// Delivery status, one for each part of that kind.
    pub status: Vec<String>,
    /// Whether a part says by its type that it is one.
    pub declares_status: bool,
    /// A complaint's fields.
    pub feedback: Option<String>,
    /// A read receipt's fields.
    pub receipt: Option<String>,
    /// Headers of the letter that came back.
    pub copied: Option<Fields>,
    /// The whole enclosed mail, if there is one.
    pub enclosed: Option<&'m Message<'m>>,
    /// Words for humans, before any copy of the letter.
    pub text: String,
    /// A sending service's notice, if they are one.
    pub notice: Option<Notice>,
}

/// Takes a mail apart.
pub(super) fn take_apart<'m>(message: &'m Message<'m>) -> Parts<'m> {
    let mut parts = Parts::default();
    let mut html = String::new();
    for (at, part) in message.parts.iter().enumerate() {
        if at > 0 {
            read_fields_in_headers(part, &mut parts);
        }
        read_part(part, &message.raw_message, &mut parts, &mut html);
    }
    if parts.text.trim().len() < html.trim().len().min(20) {
        parts.text = html;
    }
    parts.text.truncate(parts.text.floor_char_boundary(READ_TEXT));
    parts.notice = find_notice(&parts.text);
    if parts.copied.is_none() {
        parts.copied = copy::read_copied_headers(copy::part_from_copy(&parts.text).1);
    }
    parts
}

/// Who sent a mail, as its From has it: the first one's name and address; may be empty.
pub(super) fn sender_of(message: &Message<'_>) -> String {
    let Some(first) = message.from().and_then(|from| from.first()) else { return String::new() };
    match (first.name(), first.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (one, other) => one.or(other).unwrap_or_default().to_owned(),
    }
}

fn read_part<'m>(part: &'m MessagePart<'m>, raw: &[u8], parts: &mut Parts<'m>, html: &mut String) {
    let kind = kind_of(part);
    match kind.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => {
            parts.declares_status = true;
            parts.status.push(words_of(part, raw));
        }
        "message/feedback-report" => parts.feedback = Some(words_of(part, raw)),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            parts.receipt = Some(words_of(part, raw));
        }
        "text/rfc822-headers" | "message/global-headers" | "message/rfc822-headers" => {
            parts.copied =
                parts.copied.take().or_else(|| read_blocks(&words_of(part, raw)).into_iter().next());
        }
        _ => match &part.body {
            PartType::Message(enclosed) if parts.copied.is_none() => {
                parts.copied = Some(Fields::of(enclosed.headers_raw()));
                parts.enclosed = Some(enclosed);
            }
            PartType::Text(_) => read_text(words_of(part, raw), parts),
            PartType::Html(_) if html.is_empty() => {
                *html = words_of_html(&words_of(part, raw));
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if bytes.len() <= READ_OTHER => {
                let words = words_of(part, raw);
                if begins_as_status(&words) {
                    parts.status.push(words);
                }
            }
            _ => {}
        },
    }
}

/// A text that is no prose may be a delivery status or the letter's headers in disguise.
fn read_text(words: String, parts: &mut Parts<'_>) {
    if begins_as_status(&words) {
        parts.status.push(words);
    } else if parts.text.is_empty() {
        parts.text = words;
    } else if let Some(copied) = copy::read_copied_headers(&words) {
        parts.copied.get_or_insert(copied);
    } else if parts.copied.is_none() && parts.text.len() < READ_TEXT {
        parts.text.push('\n');
        parts.text.push_str(&words);
    }
}

/// Without the empty line between them, a delivery status stands among its part's headers.
fn read_fields_in_headers(part: &MessagePart<'_>, parts: &mut Parts<'_>) {
    let has_recipient = |h: &mail_parser::Header<'_>| {
        let name = h.name.as_str();
        name.eq_ignore_ascii_case("final-recipient") || name.eq_ignore_ascii_case("original-recipient")
    };
    if !matches!(part.body, PartType::Message(_)) && part.headers.iter().any(has_recipient) {
        let lines = part.headers.iter().filter_map(|header| {
            let value = header.value.as_text().map(str::to_owned).or_else(|| {
                let address = header.value.as_address()?.first()?;
                Some(address.address()?.to_owned())
            })?;
            Some(format!("{}: {value}\n", header.name.as_str()))
        });
        parts.status.push(lines.collect());
    }
}

/// Whether the first field of a text is one of a delivery status.
fn begins_as_status(words: &str) -> bool {
    let first =
        words.trim_start().split([':', '\n']).next().unwrap_or_default().trim_end().to_ascii_lowercase();
    STATUS_FIELDS.contains(&first.as_str())
}

fn kind_of(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

/// A part as text; where its bytes are not what its charset says, as Western European.
fn words_of(part: &MessagePart<'_>, raw: &[u8]) -> String {
    let declared = match &part.body {
        PartType::Text(text) | PartType::Html(text) if !text.contains(char::REPLACEMENT_CHARACTER) => {
            return Cow::clone(text).into_owned();
        }
        PartType::Text(_) | PartType::Html(_) => bytes_of(part, raw),
        _ => Cow::Borrowed(part.contents()),
    };
    match std::str::from_utf8(&declared) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&declared).0.into_owned(),
    }
}

/// The bytes of a text before its charset was applied.
fn bytes_of<'m>(part: &'m MessagePart<'_>, raw: &'m [u8]) -> Cow<'m, [u8]> {
    let body = raw.get(part.raw_body_offset() as usize..part.raw_end_offset() as usize);
    let body = body.unwrap_or_else(|| part.contents());
    let decoded = match part.encoding {
        Encoding::QuotedPrintable => quoted_printable_decode(body),
        Encoding::Base64 => base64_decode(body),
        Encoding::None => None,
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}
