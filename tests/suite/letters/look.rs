//! A forum's own colour, logo and sentence in its letters.

use std::sync::Arc;

use mail_parser::{MessageParser, MimeHeaders as _, PartType};
use treff::forum::{Colour, Language, Logo, Names};
use treff::letter::{Letters, Masthead, Press};

use super::scene::*;

/// A PNG of one pixel, drawn 480 by 96, with bytes behind that no decoder reads: enough for lines of base64.
fn picture() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\xe0\0\0\0\x60".to_vec();
    bytes.extend((0..1000u16).map(|n| (n % 251) as u8));
    bytes
}

fn bytes_of(masthead: &Masthead, letters: &Letters) -> Vec<u8> {
    let forum = forum();
    let items = items(&forum);
    let reasons = [reason(&forum, "all", treff::matching::Match::Audience)];
    let view = view(items.iter().map(|item| chosen(item, &reasons)).collect());
    let email = "anne@example.test".parse().unwrap();
    let mut press = Press::new(letters, &forum, masthead, edition());
    let letter = press.write(&addressee(&email, "Anne Ås", Language::Nb), &view).unwrap();
    assemble(&letter, &parse_pieces(&mut press))
}

#[test]
fn a_logo_travels_inside_the_letter_beside_the_part_that_shows_it() {
    let letters = Letters::load(None).unwrap();
    let logo = Logo::read(picture()).unwrap();
    let with = Masthead { logo: Some(Arc::new(logo)), ..masthead() };
    let bytes = bytes_of(&with, &letters);
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let kinds: Vec<String> = mail
        .parts
        .iter()
        .map(|part| {
            part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")))
        })
        .map(Option::unwrap_or_default)
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]);
    let picture_part = mail.parts.last().unwrap();
    assert_eq!(picture_part.content_id(), Some("logo@treff.invalid"));
    assert!(
        matches!(&picture_part.body, PartType::Binary(sent) | PartType::InlineBinary(sent) if **sent == *picture())
    );
    let html = mail.body_html(0).unwrap();
    assert!(html.contains(r#"<img src="cid:logo@treff.invalid" width="240" height="48" alt="""#), "{html}");
    assert!(html.contains("Nattvaktprosjektet") && html.trim_end().ends_with("</html>"), "the part is whole");
    assert!(mail.body_text(0).unwrap().contains("Nattvaktprosjektet"));
    let text = String::from_utf8(bytes).unwrap();
    let (_, picture_lines) = text.split_once("Content-ID: ").unwrap();
    assert!(picture_lines.split("\r\n").all(|line| line.len() <= 76 && !line.contains('\n')), "{text}");
    assert!(text.ends_with("\r\n--=_treff_alternative--\r\n"));
}

#[test]
fn a_letter_without_a_logo_has_two_parts_and_no_picture() {
    let bytes = bytes_of(&masthead(), &Letters::load(None).unwrap());
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(mail.parts.len(), 3);
    assert!(!mail.body_html(0).unwrap().contains("<img"));
}

#[test]
fn the_forums_colour_stands_wherever_ours_stood() {
    let letters = Letters::load(None).unwrap();
    let colour = Colour::readable("#7a0019").unwrap();
    let dyed = letters.dyed(colour).unwrap();
    let html = |letters: &Letters| {
        let bytes = bytes_of(&masthead(), letters);
        MessageParser::default().parse(&bytes).unwrap().body_html(0).unwrap().into_owned()
    };
    let (ours, theirs) = (html(&letters), html(&dyed));
    let count = |text: &str, colour: Colour| text.matches(&colour.to_string()).count();
    assert!(count(&ours, Colour::OURS) > 10 && count(&ours, Colour::OURS_ON_DARK) > 4);
    assert_eq!(count(&theirs, Colour::OURS) + count(&theirs, Colour::OURS_ON_DARK), 0);
    assert_eq!(count(&theirs, colour), count(&ours, Colour::OURS));
    assert_eq!(count(&theirs, colour.on_dark()), count(&ours, Colour::OURS_ON_DARK));
    assert_eq!(Letters::read_set(&dyed.written_set()).unwrap().written_set(), dyed.written_set());
}

#[test]
fn a_sentence_about_the_forum_stands_at_the_foot_in_the_readers_language() {
    let about = Names([(Language::Nb, "Et samarbeid <i>på tvers</i>.".to_owned())].into());
    let bytes = bytes_of(&Masthead { about, ..masthead() }, &Letters::load(None).unwrap());
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let (text, html) = (mail.body_text(0).unwrap().replace("\r\n", "\n"), mail.body_html(0).unwrap());
    assert!(
        text.contains("Et samarbeid <i>på tvers</i>.\nKompetanseforum Nordfjella, Fylkeshuset"),
        "{text}"
    );
    assert!(html.contains("Et samarbeid &lt;i&gt;på tvers&lt;"), "{html}");
}

#[test]
fn a_long_slug_stands_in_headers_as_it_is() {
    let letters = Letters::load(None).unwrap();
    let slug = "kompetanseforumet-for-helse-og-oppvekst-i-nordfjella";
    let bytes = bytes_of(&Masthead { slug: slug.into(), ..masthead() }, &letters);
    let text = String::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let feedback = head.split("\r\n").find(|line| line.starts_with("Feedback-ID:")).unwrap();
    assert_eq!(feedback, format!("Feedback-ID: weekly-20270308T0630Z:{slug}:digest:treff"));
}
