//! A mail that a person wrote to the forum: its words, and the files that lie with it. Not what programs send by
//! themselves, and nothing that a filter has called spam.

use mail_parser::decoders::html::text_to_html;
use mail_parser::{Message, MessagePart, MimeHeaders as _, PartType};

use super::fields::Fields;
use super::html::words_of_html;
use super::mail::content_of;
use super::origin::{has_null_path, is_by_daemon, is_by_postmaster};
use super::parts::sender_of;
use super::report::one_line;
use super::tame::{tame_to, with_message};
use crate::forum::EmailAddress;

/// Mails within mails are looked into so deep: who forwards as an attachment encloses one.
const DEPTH: usize = 2;

/// No program that people write mail with nests elements deeper.
const DEEPEST: usize = 300;

/// What a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonMail {
    /// The hash of what it says: the same mail has the same, on whatever ways it comes.
    pub content: String,
    /// The writer's address.
    pub from: EmailAddress,
    /// How the writer is called, if the mail says it.
    pub name: Option<String>,
    /// What they wrote, and what lay with it.
    pub message: Written,
    /// Only the beginning of the mail was read: of its files some may be missing.
    pub is_cut: bool,
}

impl PersonMail {
    /// The public id of the draft that it becomes: the same mail is the same draft.
    pub fn draft_id(&self) -> &str {
        self.content.get(..32).unwrap_or(&self.content)
    }
}

/// The words of one mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// From, as the mail has it: name and address; may be empty.
    pub from: String,
    /// Decoded, in one line; may be empty.
    pub subject: String,
    /// Its HTML, if it has any and that is no deeper than people write it.
    pub html: Option<String>,
    /// Its plain text otherwise, with LF line ends; may be empty.
    pub text: String,
    /// Its files.
    pub files: Vec<MailedFile>,
    /// A mail that lies within it.
    pub enclosed: Option<Box<Written>>,
}

/// A file that lies with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedFile {
    /// As the mail calls it; may be empty.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Reads what a person wrote, up to `at_most` bytes; none if a program wrote it by itself, if it is a list's or called
/// spam, or if nobody can be told to have written it.
pub fn read_person_mail(raw: &[u8], at_most: usize) -> Option<PersonMail> {
    let tamed = tame_to(raw, at_most);
    let is_cut = raw.len() >= at_most;
    with_message(&tamed, |message| read_parsed(message, &tamed, is_cut)).flatten()
}

fn read_parsed(message: &Message<'_>, tamed: &[u8], is_cut: bool) -> Option<PersonMail> {
    let headers = Fields::of(message.headers_raw());
    if is_sent_by_itself(&headers) || is_called_spam(&headers) {
        return None;
    }
    let writer = message.from()?.first()?;
    Some(PersonMail {
        content: content_of(tamed, &headers),
        from: writer.address()?.parse().ok()?,
        name: writer.name().map(one_line).filter(|name| !name.is_empty()),
        message: read_words(message, DEPTH),
        is_cut,
    })
}

/// Whether a program sent it by itself, or to many (RFC 3834, 5; RFC 2919; RFC 2369).
fn is_sent_by_itself(headers: &Fields) -> bool {
    let says = |name: &str, word: &str| {
        headers.all(name).any(|value| value.trim().to_ascii_lowercase().starts_with(word))
    };
    let is_auto = headers.has("auto-submitted") && !says("auto-submitted", "no");
    let is_for_many = ["bulk", "junk", "list", "auto_reply"].iter().any(|word| says("precedence", word));
    is_auto
        || is_for_many
        || headers.has("list-id")
        || headers.has("list-unsubscribe")
        || has_null_path(headers)
        || is_by_daemon(headers)
        || is_by_postmaster(headers)
}

/// Whether a filter on the way called it spam: SpamAssassin's flag, or Microsoft's level of confidence from 5.
fn is_called_spam(headers: &Fields) -> bool {
    let level = |name: &str| headers.all(name).filter_map(|value| value.trim().parse::<i32>().ok()).max();
    headers.all("x-spam-flag").any(|value| value.trim().eq_ignore_ascii_case("yes"))
        || level("x-ms-exchange-organization-scl").is_some_and(|level| level >= 5)
        || headers.all("x-forefront-antispam-report").any(|value| value.contains("SFV:SPM"))
}

fn read_words(message: &Message<'_>, depth: usize) -> Written {
    let html = read_html(message);
    let text = match &html {
        Some(html) if is_deep(html) => words_of_html(html),
        Some(_) => String::new(),
        None => message.text_bodies().filter_map(MessagePart::text_contents).collect::<Vec<_>>().join("\n\n"),
    };
    let mut written = Written {
        from: one_line(&sender_of(message)),
        subject: one_line(message.subject().unwrap_or_default()),
        html: html.filter(|_| text.is_empty()),
        text,
        ..Written::default()
    };
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) if depth > 0 && written.enclosed.is_none() => {
                written.enclosed = Some(Box::new(read_words(inner, depth - 1)));
            }
            PartType::Message(_) | PartType::Multipart(_) => {}
            _ if is_part_of_the_text(part) => {}
            _ => written.files.push(MailedFile {
                name: one_line(part.attachment_name().unwrap_or_default()),
                bytes: part.contents().to_vec(),
            }),
        }
    }
    written
}

/// The HTML of a mail, with plain text that stands beside it: a gateway may put a footer of the one below the other.
fn read_html(message: &Message<'_>) -> Option<String> {
    let parts: Vec<&MessagePart<'_>> = message.html_bodies().collect();
    if !parts.iter().any(|part| part.is_text_html()) {
        return None;
    }
    let html = parts.into_iter().filter_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        PartType::Text(text) => Some(text_to_html(text)),
        _ => None,
    });
    Some(html.collect::<String>()).filter(|html| !html.trim().is_empty())
}

/// Whether elements lie in each other so deep that reading them as a tree would cost more than the mail is worth.
fn is_deep(html: &str) -> bool {
    let (mut depth, mut deepest) = (0usize, 0);
    for tag in html.split('<').skip(1) {
        match tag.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(first) if first.is_ascii_alphabetic() && !is_void(tag) => depth += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest > DEEPEST
}

/// Whether an element has no end (HTML, 13.1.2): or may go without one, as paragraphs do.
fn is_void(tag: &str) -> bool {
    const NAMES: [&str; 12] =
        ["br", "img", "hr", "meta", "link", "input", "col", "wbr", "area", "base", "p", "li"];
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    NAMES.iter().any(|name| tag[..end].eq_ignore_ascii_case(name))
        || tag[..tag.find('>').unwrap_or(0)].ends_with('/')
}

/// Whether it is a picture that the HTML shows, such as a signature's, or one more text.
fn is_part_of_the_text(part: &MessagePart<'_>) -> bool {
    let is_attached = part.content_disposition().is_some_and(|how| how.is_attachment());
    let is_picture = part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
    let is_nameless_text = part.is_text() && part.attachment_name().is_none();
    !is_attached && ((is_picture && part.content_id().is_some()) || is_nameless_text)
}
