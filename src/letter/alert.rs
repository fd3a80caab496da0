//! A short letter to the lead: an edition is paused, or waits for approval, whole or for a change. Plain text, in the forum's language.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;

use super::built_in::{TemplateError, parse_built_in};
use super::encode::encode_lines;
use super::header::{field, mailbox, text};
use super::locale::fill;
use super::masthead::Masthead;
use crate::forum::{Cadence, EmailAddress, Language};

/// An edition that is paused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PausedEdition {
    /// Its cadence.
    pub cadence: Cadence,
    /// Its occurrence.
    pub occurs_at: DateTime<Utc>,
    /// So many of its first letters were refused by policy ...
    pub refused: u32,
    /// ... of so many.
    pub of: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    subject: String,
    /// As `strftime` writes it.
    time: String,
    body: String,
    unapproved: Unapproved,
    changed: Unapproved,
    editions: BTreeMap<Cadence, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unapproved {
    subject: String,
    body: String,
}

impl PausedEdition {
    /// The letter to `to`, dated `at`; `message_id` without angle brackets.
    pub fn write_letter(
        &self,
        language: Language,
        masthead: &Masthead,
        to: &EmailAddress,
        at: DateTime<Utc>,
        message_id: &str,
    ) -> Result<Vec<u8>, TemplateError> {
        let words = load_words(language)?;
        let (refused, of) = (self.refused.to_string(), self.of.to_string());
        let body = fill(
            words.body.trim_start(),
            &[
                ("edition", words.editions.get(&self.cadence).map_or("", String::as_str)),
                ("time", &self.occurs_at.with_timezone(&masthead.zone).format(&words.time).to_string()),
                ("forum", &masthead.forum_name),
                ("refused", &refused),
                ("of", &of),
                ("cadence", self.cadence.word()),
                ("occurs_at", &self.occurs_at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            ],
        );
        Ok(write_mail(masthead, to, at, message_id, (&words.subject, &body)))
    }
}

/// An edition that is due and waits for approval, or letters of it that wait for the approval of a change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UnapprovedEdition {
    /// Its cadence.
    pub cadence: Cadence,
    /// Its occurrence.
    pub occurs_at: DateTime<Utc>,
    /// Whether it was approved, and something was changed since.
    #[serde(default)]
    pub is_change: bool,
}

impl UnapprovedEdition {
    /// The letter to `to`, dated `at`; `message_id` without angle brackets.
    pub fn write_letter(
        &self,
        language: Language,
        masthead: &Masthead,
        to: &EmailAddress,
        at: DateTime<Utc>,
        message_id: &str,
    ) -> Result<Vec<u8>, TemplateError> {
        let words = load_words(language)?;
        let (told, page) = match self.is_change {
            true => (&words.changed, "changed".to_owned()),
            false => (&words.unapproved, format!("next/{}", self.cadence.word())),
        };
        let body = fill(
            told.body.trim_start(),
            &[
                ("edition", words.editions.get(&self.cadence).map_or("", String::as_str)),
                ("time", &self.occurs_at.with_timezone(&masthead.zone).format(&words.time).to_string()),
                ("forum", &masthead.forum_name),
                ("page", &format!("{}/desk/mailing/{page}", masthead.base_url)),
            ],
        );
        Ok(write_mail(masthead, to, at, message_id, (&told.subject, &body)))
    }
}

fn write_mail(
    masthead: &Masthead,
    to: &EmailAddress,
    at: DateTime<Utc>,
    message_id: &str,
    (subject, body): (&str, &str),
) -> Vec<u8> {
    let mut letter = String::new();
    letter.push_str(&field("From", &mailbox(&masthead.forum_name, masthead.sender.as_str())));
    letter.push_str(&field("To", to.as_str()));
    letter.push_str(&field("Subject", &text(&format!("{}: {subject}", masthead.forum_name))));
    letter.push_str(&field("Date", &at.with_timezone(&masthead.zone).to_rfc2822()));
    letter.push_str(&field("Message-ID", &format!("<{message_id}>")));
    letter.push_str(
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    );
    let mut bytes = letter.into_bytes();
    encode_lines(body, &mut bytes);
    bytes
}

fn load_words(language: Language) -> Result<Words, TemplateError> {
    parse_built_in(&format!("locale/alert.{language}.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(language: Language) -> String {
        let paused = PausedEdition {
            cadence: Cadence::Weekly,
            occurs_at: "2027-03-08T06:30:00Z".parse().unwrap(),
            refused: 11,
            of: 23,
        };
        let to = "kari@example.test".parse().unwrap();
        let at = "2027-03-08T06:31:00Z".parse().unwrap();
        let letter = paused.write_letter(language, &Masthead::sample(), &to, at, "1@forum.example");
        String::from_utf8(letter.unwrap()).unwrap()
    }

    #[test]
    fn it_says_what_happened_and_what_to_do_in_every_language() {
        for language in Language::ALL {
            let letter = letter(language);
            let (head, body) = letter.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("Date: Mon, 8 Mar 2027 07:31:00 +0100\r\n"), "{head}");
            assert!(body.contains("treff edition resume weekly --at 2027-03-08T06:30:00Z\r\n"), "{body}");
            assert!(body.contains("11 ") && body.contains("23 "), "{body}");
            assert!(!body.contains('{'), "{body}");
            assert!(letter.split("\r\n").all(|line| line.len() <= 76 && !line.contains('\n')), "{letter}");
        }
    }
}
