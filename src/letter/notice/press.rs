//! A short mail as bytes: plain text and simple HTML in the letters' look, with the headers of a mail that no person wrote.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera};

use super::words::{NoticeWords, Words, load};
use super::{CalendarFile, Notice};
use crate::forum::{Colour, EmailAddress, Language, plain_line};
use crate::ids::RecipientId;
use crate::letter::built_in::{TemplateError, load_once};
use crate::letter::encode::encode_lines;
use crate::letter::header::{field, mailbox, text};
use crate::letter::locale::{Locales, fill};
use crate::letter::masthead::Masthead;
use crate::letter::templates::dye;
use crate::letter::wrap::wrap_text;
use crate::token::{Claim, Keys, Purpose};

#[derive(RustEmbed)]
#[folder = "templates/notice/"]
struct Files;

/// Never within the parts: quoted-printable has no `=_`.
const BOUNDARY: &str = "=_treff_notice";
/// The same, around those parts and a file.
const OUTER_BOUNDARY: &str = "=_treff_notice_and_file";

/// The templates and words of short mails, parsed once at start.
#[derive(Clone)]
pub struct NoticePress {
    tera: Arc<Tera>,
    sources: Arc<Vec<(String, String)>>,
    words: Arc<BTreeMap<Language, Words>>,
    locales: Locales,
}

/// To whom, and when.
#[derive(Debug, Clone)]
pub struct NoticeTo<'a> {
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// Who reads it, if they are a recipient, and their [birth mark](crate::token::birth_mark).
    pub recipient: Option<(RecipientId, u16)>,
    /// The [mark](crate::token::link_mark) of the link that it brings; 0 if it brings none.
    pub link_mark: u16,
    /// The reader's language.
    pub language: Language,
    /// Its Date.
    pub at: DateTime<Utc>,
    /// Without angle brackets.
    pub message_id: &'a str,
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'a str,
    forum: &'a str,
    subject: String,
    before: Vec<String>,
    button: &'a str,
    url: Option<String>,
    after: Vec<String>,
    postal_address: Option<&'a str>,
    accessibility: &'a str,
    accessibility_url: String,
}

impl NoticePress {
    /// Parses templates and words, and proves for one of each kind in each language that it fills all its words' placeholders;
    /// once in a process.
    ///
    /// # Errors
    /// A kind that has no words in a language, or a placeholder that it cannot fill.
    pub fn load() -> Result<NoticePress, TemplateError> {
        static BUILT_IN: OnceLock<NoticePress> = OnceLock::new();
        load_once(&BUILT_IN, NoticePress::parse)
    }

    fn parse() -> Result<NoticePress, TemplateError> {
        let files = Files::iter().filter_map(|name| {
            Some((name.to_string(), String::from_utf8(Files::get(&name)?.data.into_owned()).ok()?))
        });
        let sources: Vec<(String, String)> = files.collect();
        let mut words = BTreeMap::new();
        for language in Language::ALL {
            words.insert(language, load(language)?);
        }
        let press = NoticePress {
            tera: parse(&sources)?,
            sources: Arc::new(sources),
            words: Arc::new(words),
            locales: Locales::load()?,
        };
        for language in Language::ALL {
            for notice in Notice::samples() {
                press.prove(language, &notice)?;
            }
        }
        Ok(press)
    }

    /// The same in a forum's colour.
    ///
    /// # Errors
    /// None that [`NoticePress::load`] did not have.
    pub fn dyed(&self, colour: Colour) -> Result<NoticePress, TemplateError> {
        let sources: Vec<(String, String)> =
            self.sources.iter().map(|(name, text)| (name.clone(), dye(text, colour))).collect();
        Ok(NoticePress { tera: parse(&sources)?, sources: Arc::new(sources), ..self.clone() })
    }

    fn prove(&self, language: Language, notice: &Notice) -> Result<(), TemplateError> {
        let words = self.words_of(language, notice)?;
        let values = notice.values();
        let known = |name: &str| name == "forum" || values.iter().any(|(n, _)| *n == name);
        let texts = [&words.subject].into_iter().chain(&words.before).chain(&words.after);
        for named in texts.flat_map(|text| text.split('{').skip(1)).filter_map(|part| part.split_once('}')) {
            if !known(named.0) {
                return Err(fail(format!(
                    "{}: {} has no {{{}}}; name one of its values",
                    language,
                    notice.stored().0,
                    named.0
                )));
            }
        }
        Ok(())
    }

    fn words_of(&self, language: Language, notice: &Notice) -> Result<&NoticeWords, TemplateError> {
        let (kind, _) = notice.stored();
        self.words[&language].get(&kind).ok_or_else(|| fail(format!("{language} has no words of {kind}")))
    }

    /// The mail.
    pub fn write(
        &self,
        notice: &Notice,
        masthead: &Masthead,
        keys: &Keys,
        to: &NoticeTo<'_>,
    ) -> Result<Vec<u8>, TemplateError> {
        let words = self.words_of(to.language, notice)?;
        let values = notice.values();
        let mut filling: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        filling.push(("forum", &masthead.forum_name));
        let filled = |text: &String| fill(text, &filling);
        let says_nothing = |text: &str| {
            filling.iter().any(|(name, value)| value.is_empty() && text.contains(&format!("{{{name}}}")))
        };
        let paragraphs = |texts: &[String]| {
            texts.iter().filter(|text| !says_nothing(text)).map(filled).collect::<Vec<_>>()
        };
        let page = Page {
            lang: to.language.tag(),
            forum: &masthead.forum_name,
            subject: plain_line(&filled(&words.subject)),
            before: paragraphs(&words.before),
            button: &words.button,
            url: notice.path(keys, to.link_mark).map(|path| format!("{}{path}", masthead.base_url)),
            after: paragraphs(&words.after),
            postal_address: masthead.postal_address.as_deref(),
            accessibility: &self.locales.get(to.language).letter.accessibility,
            accessibility_url: format!("{}/accessibility?lang={}", masthead.base_url, to.language),
        };
        let list = list_fields(notice, masthead, keys, to);
        let file = notice.called_off().and_then(|event| event.file.as_ref());
        let mut mail = head(masthead, to, &page.subject, notice.reply_to(), &list).into_bytes();
        open_parts(file.is_some(), &mut mail);
        for (media_type, template) in [("text/plain", "notice.txt"), ("text/html", "notice.html")] {
            mail.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Type: {media_type}; charset=utf-8\r\n\
                     Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                )
                .as_bytes(),
            );
            let body = self.render(template, &page)?;
            let body = if template.ends_with(".txt") { wrap_text(&body) } else { body };
            encode_lines(&body, &mut mail);
        }
        mail.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        if let Some(file) = file {
            attach(file, &mut mail);
        }
        Ok(mail)
    }

    fn render(&self, template: &str, page: &Page<'_>) -> Result<String, TemplateError> {
        let context = Context::from_serialize(page).map_err(|error| fail(error.to_string()))?;
        self.tera.render(template, &context).map_err(|error| fail(error.to_string()))
    }
}

fn parse(sources: &[(String, String)]) -> Result<Arc<Tera>, TemplateError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    let sources = sources.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    tera.add_raw_templates(sources).map_err(|error| fail(error.to_string()))?;
    Ok(Arc::new(tera))
}

/// The list and the way out of it, of what a recipient gets as one of the list.
fn list_fields(notice: &Notice, masthead: &Masthead, keys: &Keys, to: &NoticeTo<'_>) -> String {
    let token = to.recipient.filter(|_| notice.is_of_list()).and_then(|(reader, version)| {
        keys.sign(keys.newest(), Claim { purpose: Purpose::Unsubscribe, version, subject: reader.0 })
    });
    token.map_or_else(String::new, |token| masthead.list_fields(&token))
}

/// The end of the head: text and HTML, and around them what carries a file beside.
fn open_parts(has_file: bool, mail: &mut Vec<u8>) {
    let alternative = field("Content-Type", &format!("multipart/alternative; boundary=\"{BOUNDARY}\""));
    let opened = match has_file {
        true => {
            let mixed = field("Content-Type", &format!("multipart/mixed; boundary=\"{OUTER_BOUNDARY}\""));
            format!("{mixed}\r\n--{OUTER_BOUNDARY}\r\n{alternative}\r\n")
        }
        false => format!("{alternative}\r\n"),
    };
    mail.extend_from_slice(opened.as_bytes());
}

/// A calendar file behind the parts, as a file: whoever has the event in a calendar opens it, nobody else is asked anything.
fn attach(file: &CalendarFile, mail: &mut Vec<u8>) {
    let CalendarFile { name, method, content } = file;
    mail.extend_from_slice(
        format!(
            "\r\n--{OUTER_BOUNDARY}\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        )
        .as_bytes(),
    );
    encode_lines(&content.replace("\r\n", "\n"), mail);
    // The line end before a boundary is the boundary's, and the file ends with one of its own.
    mail.extend_from_slice(format!("\r\n--{OUTER_BOUNDARY}--\r\n").as_bytes());
}

fn head(
    masthead: &Masthead,
    to: &NoticeTo<'_>,
    subject: &str,
    reply_to: Option<&str>,
    list_fields: &str,
) -> String {
    let reply_name = masthead.reply_name.as_deref().unwrap_or(&masthead.forum_name);
    let somebody = reply_to.and_then(|address| address.parse::<EmailAddress>().ok());
    let reply_to = match &somebody {
        Some(address) => address.as_str().to_owned(),
        None => mailbox(reply_name, masthead.reply_address.as_str()),
    };
    [
        field("From", &mailbox(&masthead.forum_name, masthead.sender.as_str())),
        field("To", to.address.as_str()),
        field("Reply-To", &reply_to),
        field("Subject", &text(subject)),
        field("Date", &to.at.with_timezone(&masthead.zone).to_rfc2822()),
        field("Message-ID", &format!("<{}>", to.message_id)),
        list_fields.to_owned(),
        field("Auto-Submitted", "auto-generated"),
        field("MIME-Version", "1.0"),
    ]
    .concat()
}

fn fail(message: String) -> TemplateError {
    TemplateError { file: "a short mail".to_owned(), place: None, message }
}

#[cfg(test)]
mod tests {
    use super::super::Responded;
    use super::*;

    fn masthead() -> Masthead {
        Masthead {
            forum_name: "Nordfjella & omegn".into(),
            reply_name: Some("Kari Nes".into()),
            reply_address: "kari@nordfjella.example".parse().unwrap(),
            unsubscribe_address: "kari@nordfjella.example".parse().unwrap(),
            postal_address: Some("Storgata 1, 9999 Nordfjella".into()),
            ..Masthead::sample()
        }
    }

    fn write(notice: &Notice, language: Language) -> String {
        let address = "kari@example.test".parse().unwrap();
        let at = "2027-03-08T06:31:00Z".parse().unwrap();
        let recipient = Some((RecipientId(1), 0xc0ff));
        let message_id = "notice.1@forum.example";
        let to = NoticeTo { address: &address, recipient, link_mark: 0xbeef, language, at, message_id };
        let keys = Keys::new(vec![(1, [7; 32])]);
        let mail = NoticePress::load().unwrap().write(notice, &masthead(), &keys, &to).unwrap();
        String::from_utf8(mail).unwrap()
    }

    #[test]
    fn every_kind_is_a_sound_mail_in_every_language() {
        for language in Language::ALL {
            for notice in Notice::samples() {
                let mail = write(&notice, language);
                let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
                let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
                assert!(!text.contains('{') && !text.contains('}'), "{text}");
                assert!(html.contains("Nordfjella &amp; omegn"), "{html}");
                let statement = format!("https://forum.example/accessibility?lang={language}");
                assert!(text.contains(&statement) && html.contains(&statement), "{text}");
                assert!(mail.contains("Auto-Submitted: auto-generated\r\n"), "{mail}");
                assert!(mail.contains("Date: Mon, 8 Mar 2027 07:31:00 +0100\r\n"), "{mail}");
                let fits =
                    |line: &str| line.len() <= 76 || line.contains("/u/") || line.contains("unsubscribe%20");
                assert!(mail.split("\r\n").all(|line| fits(line) && !line.contains('\n')), "{mail}");
                assert_eq!(
                    mail.contains("\r\nList-Unsubscribe: <https://forum.example/u/"),
                    notice.is_of_list(),
                    "{mail}"
                );
                if let Some(path) = notice.path(&Keys::new(vec![(1, [7; 32])]), 0xbeef) {
                    let url = format!("https://forum.example{path}");
                    assert!(text.contains(&url) && html.contains(&url), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_somebody_writes_keeps_its_lines() {
        let response = Responded {
            title: "Lærling".into(),
            helper: "Åse Nes".into(),
            address: "ase@example.test".into(),
            message: "Ring meg.\nHelst <i dag>.".into(),
        };
        let mail = write(&Notice::Offer(response), Language::Nb);
        let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
        let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        assert!(html.contains("Ring meg.<br>Helst &lt;i dag&gt;."), "{html}");
        assert!(text.replace('\r', "").contains("Ring meg.\nHelst <i dag>."), "{text}");
    }

    #[test]
    fn who_leaves_a_place_is_named_and_reached_and_the_place_is_one_press_away() {
        let notice = Notice::PlaceLeft {
            person: "ase@example.test".into(),
            address: "ase@example.test".into(),
            group: "kompetansegruppe helse".into(),
            successor: "Per".into(),
            seat: 7,
        };
        let mail = write(&notice, Language::Nb);
        let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
        let text = parsed.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(parsed.subject(), Some("Har en annen plassen i kompetansegruppe helse nå?"));
        let told = "ase@example.test sier fra seg plassen i kompetansegruppe helse.";
        assert!(text.contains(told), "{text}");
        assert!(text.contains("Se plassen: https://forum.example/desk/places/7"), "{text}");
        assert_eq!(parsed.reply_to().and_then(|to| to.first()?.address()), Some("ase@example.test"));
    }

    #[test]
    fn what_is_stored_is_read_again() {
        for notice in Notice::samples() {
            let (kind, details) = notice.stored();
            assert_eq!(Notice::read(&kind, &details.to_string()).unwrap(), notice);
        }
    }
}
