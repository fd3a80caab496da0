//! The frame: headers, masthead and foot, once per language and reading time.

use super::assemble::BOUNDARY;
use super::built_in::TemplateError;
use super::card::letter_link;
use super::context::{Frame, FrameLinks, FrameLogo, FrameSlots};
use super::dates::Today;
use super::encode::{encode_html, encode_lines};
use super::header::{field, mailbox};
use super::locale::fill;
use super::masthead::Masthead;
use super::piece::{SEGMENT_END, Slot};
use super::related;
use super::templates::Letters;
use super::view::EditionFacts;
use super::wrap::wrap_text;
use crate::forum::{Language, Logo};

/// The frame as a piece of [`super::assemble::FRAME_SEGMENTS`] segments.
pub(super) fn frame_piece(
    letters: &Letters,
    masthead: &Masthead,
    language: Language,
    edition: EditionFacts,
    today: Today,
    minutes: usize,
) -> Result<Vec<u8>, TemplateError> {
    let mut frame = context(letters, masthead, language, today, minutes);
    let html = letters.render("letter/frame.html", &frame)?;
    frame.slots.greeting = Slot::GreetingText.mark();
    let plain = letters.render("letter/frame.txt", &frame)?;
    let (plain_head, plain_foot) = plain.split_once(Frame::CARDS).unwrap_or((&plain, ""));
    let (html_head, html_foot) = html.split_once(Frame::CARDS).unwrap_or((&html, ""));
    let mut out = Vec::with_capacity(16 * 1024);
    out.extend_from_slice(headers(masthead, language, edition).as_bytes());
    open_part(BOUNDARY, "text/plain", language, &mut out);
    encode_lines(&wrap_text(plain_head), &mut out);
    out.push(SEGMENT_END);
    encode_lines(&wrap_text(plain_foot), &mut out);
    if masthead.logo.is_some() {
        related::open(BOUNDARY, &mut out);
    }
    let boundary = if masthead.logo.is_some() { related::BOUNDARY } else { BOUNDARY };
    open_part(boundary, "text/html", language, &mut out);
    encode_html(html_head, &mut out);
    out.push(SEGMENT_END);
    encode_html(html_foot, &mut out);
    if let Some(logo) = &masthead.logo {
        related::close(logo, &mut out);
    }
    out.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    out.push(SEGMENT_END);
    Ok(out)
}

fn frame_logo(logo: &Logo) -> FrameLogo {
    let (width, height) = logo.shown_size();
    FrameLogo { url: related::LOGO_URL, width, height }
}

fn open_part(boundary: &str, content_type: &str, language: Language, out: &mut Vec<u8>) {
    let part = format!(
        "\r\n--{boundary}\r\nContent-Type: {content_type}; charset=utf-8\r\n\
         Content-Language: {language}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    );
    out.extend_from_slice(part.as_bytes());
}

fn context<'a>(
    letters: &'a Letters,
    masthead: &'a Masthead,
    language: Language,
    today: Today,
    minutes: usize,
) -> Frame<'a> {
    let locale = letters.locale(language);
    let words = &locale.letter;
    let reading_time = locale.reading_time(minutes);
    let facts = [("forum", &*masthead.forum_name), ("reading_time", &reading_time)];
    let link = |rest| letter_link(masthead, rest);
    Frame {
        language: language.tag(),
        words,
        forum_name: &masthead.forum_name,
        postal_address: masthead.postal_address.as_deref(),
        about: Some(masthead.about.in_language(language, "")).filter(|about| !about.is_empty()),
        logo: masthead.logo.as_deref().map(frame_logo),
        date: locale.weekday_and_day(today.day, today.day),
        preheader: fill(&words.preheader, &facts),
        reading_time,
        reply: match &masthead.reply_name {
            Some(name) => fill(&words.reply, &[("name", name)]),
            None => words.reply_without_name.clone(),
        },
        slots: FrameSlots { greeting: Slot::GreetingHtml.mark(), cards: Frame::CARDS },
        links: FrameLinks {
            unsubscribe: masthead.unsubscribe_link(&Slot::UnsubscribeToken.mark()),
            preferences: link("/preferences"),
            own_pages: link("/link"),
            send_in: link("/send-in"),
            privacy: link("/privacy"),
            accessibility: format!("{}/accessibility?lang={language}", masthead.base_url),
            hit: link("/hit"),
            miss: link("/miss"),
        },
    }
}

/// Everything above the body. The order is that of RFC 5322, 3.6, then what a bulk sender adds:
/// RFC 2369 and 2919 (List-*), RFC 8058 (one click), RFC 3834 (it is automatic), [MS-OXCMAIL] 2.1.3.2.20 (no receipts; what
/// says that a letter failed, or that its reader is away or has left, is wanted).
fn headers(masthead: &Masthead, language: Language, edition: EditionFacts) -> String {
    let reply_to = masthead.reply_address.as_str();
    let occurrence = edition.occurs_at.format("%Y%m%dT%H%MZ");
    [
        field("From", &mailbox(&masthead.forum_name, masthead.sender.as_str())),
        field("Reply-To", &mailbox(masthead.reply_name.as_deref().unwrap_or(&masthead.forum_name), reply_to)),
        format!("To: {}\r\n", Slot::To.mark()),
        format!("Subject: {}\r\n", Slot::Subject.mark()),
        field("Date", &edition.dated_at.with_timezone(&masthead.zone).to_rfc2822()),
        format!("Message-ID: <{}>\r\n", Slot::MessageId.mark()),
        field("Content-Language", language.tag()),
        masthead.list_fields(&Slot::UnsubscribeToken.mark()),
        format!("Feedback-ID: {}-{occurrence}:{}:digest:treff\r\n", edition.cadence, masthead.slug),
        "Auto-Submitted: auto-generated\r\n".to_owned(),
        "Precedence: bulk\r\n".to_owned(),
        "X-Auto-Response-Suppress: DR, RN, NRN\r\n".to_owned(),
        "MIME-Version: 1.0\r\n".to_owned(),
        format!("Content-Type: multipart/alternative;\r\n boundary=\"{BOUNDARY}\"\r\n"),
    ]
    .concat()
}
