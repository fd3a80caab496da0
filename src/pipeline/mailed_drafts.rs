//! What people mail to the forum, kept as drafts for whoever chooses who gets it.
//!
//! Nothing that a mail says decides anything: its writer may be anybody, so it is never taken for a recipient's own word.

use std::pin::Pin;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;

use super::{Pipeline, PipelineError};
use crate::content::markdown;
use crate::feedback::bounce::{MailedFile, PersonMail, Written};
use crate::feedback::notices::{NoticeReader, language_of, write_notice};
use crate::feedback::returned::Letterbox;
use crate::forum::{EmailAddress, Forum, find_line, plain_line};
use crate::intake::attachment::{MAX_FILES, read_attachment};
use crate::intake::forwarded::{Forwarded, plain_subject, unwrap_mail};
use crate::intake::suggest::suggest_language;
use crate::letter::Notice;
use crate::staff::{Right, list_draft_readers};
use crate::store::{DraftLimits, NewAttachment, NewDraft, NewNotice, SentIn, StoreError};
use crate::world::{WorldError, load_forum};

/// How much is kept: of people whose address no account has.
const OF_ANYONE: DraftLimits = DraftLimits { all_in_an_hour: 60, one_in_a_day: 10 };
/// And of those who work at the desk, who may have a mailbox full of minutes.
const OF_STAFF: DraftLimits = DraftLimits { all_in_an_hour: 200, one_in_a_day: 200 };

/// How long a mail that something came in makes sense.
const TOLD_WITHIN: TimeDelta = TimeDelta::days(3);

/// The longest title, text and remark, in characters: as forms take them.
const LONGEST_TITLE: usize = 150;
const LONGEST_BODY: usize = 100_000;
const LONGEST_NOTE: usize = 2_000;

/// What a mail comes to.
#[derive(Debug, Default)]
struct Drafted {
    title: String,
    text: Forwarded,
    files: Vec<NewAttachment>,
    /// Names of files that could not be taken along, with the reason.
    left_out: Vec<(String, LeftOut)>,
}

/// Why a file could not be taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum LeftOut {
    /// It is empty or too large, or the mail was too large to be read to its end.
    TooLarge,
    /// There are more than an item takes.
    TooMany,
}

impl Letterbox for Pipeline {
    fn take(&self, mail: PersonMail) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + '_>> {
        Box::pin(async move {
            match self.keep_mailed(mail).await {
                Ok(SentIn::Kept | SentIn::Another) => Ok(true),
                Ok(SentIn::TooMuch) => {
                    tracing::warn!(
                        "more was mailed than is made drafts of in a day; it stays in the mailbox"
                    );
                    Ok(false)
                }
                Err(PipelineError::Store(error) | PipelineError::World(WorldError::Store(error))) => {
                    Err(error)
                }
                Err(error) => {
                    tracing::error!(error = %error, "what was mailed becomes no draft; it stays in the mailbox");
                    Ok(false)
                }
            }
        })
    }
}

impl Pipeline {
    /// Keeps what a person mailed as a draft, once however often it comes, and tells those to whom drafts open, at most
    /// once an hour.
    pub async fn keep_mailed(&self, mail: PersonMail) -> Result<SentIn, PipelineError> {
        let now = self.clock.now();
        let forum = load_forum(&self.store).await?;
        let (mail, drafted) = read_beside(mail).await?;
        let said = format!("{}\n{}", drafted.title, drafted.text.body);
        let language = suggest_language(&said).unwrap_or(forum.settings.language);
        let new = NewDraft {
            public_id: mail.draft_id().to_owned(),
            source: "mail",
            language: language.tag(),
            kind: None,
            title: drafted.title,
            body: drafted.text.body,
            fields: json!({ "forwarded_from": drafted.text.from, "left_out": drafted.left_out }),
            audience_words: drafted.text.note,
            about: Vec::new(),
            sender: None,
            sender_name: mail.name.as_deref().and_then(find_line),
            sender_email: Some(mail.from.as_str().to_owned()),
            sender_organisation: None,
            files: drafted.files,
        };
        let told = self.tell_of_drafts(&forum, None, now).await?;
        let limits = if self.is_staff(&mail.from).await? { OF_STAFF } else { OF_ANYONE };
        Ok(self.store.add_draft(&new, limits, &told, now).await?)
    }

    async fn is_staff(&self, address: &EmailAddress) -> Result<bool, StoreError> {
        let accounts = self.store.list_accounts().await?;
        let is_theirs = |email: &str| email.eq_ignore_ascii_case(address.as_str());
        Ok(accounts.iter().any(|account| account.organisation.is_none() && is_theirs(&account.email)))
    }

    /// The short mails that tell, each in its reader's language, that a draft came in: to those to whom every draft opens
    /// at the desk now, of them those who have the right `also`, who write for the whole forum. Without any, to whoever
    /// reads replies to letters.
    pub async fn tell_of_drafts(
        &self,
        forum: &Forum,
        also: Option<Right>,
        now: DateTime<Utc>,
    ) -> Result<Vec<NewNotice>, PipelineError> {
        let mut readers = list_draft_readers(&self.store, also, now).await?;
        if readers.is_empty() {
            readers.push(self.masthead(&forum.settings)?.reply_address);
        }
        let mut told = Vec::with_capacity(readers.len());
        for address in &readers {
            let language = language_of(&self.store, forum, address.as_str()).await?;
            let to = NoticeReader { recipient: None, address, language };
            told.push(write_notice(&Notice::SentIn {}, to, now, TOLD_WITHIN));
        }
        Ok(told)
    }
}

/// Reads a mail on a thread of its own: it is anybody's, and may be long. One that makes the reading fail is left for a human.
async fn read_beside(mail: PersonMail) -> Result<(PersonMail, Drafted), PipelineError> {
    let read = tokio::task::spawn_blocking(move || {
        let drafted = draft_of(&mail);
        (mail, drafted)
    });
    read.await.map_err(|_| PipelineError::Stored("a mail that came in".to_owned()))
}

/// What a mail says, without what mail programs put around it. Who forwards as an attachment says their own words in the
/// mail around it.
fn draft_of(mail: &PersonMail) -> Drafted {
    let message = &mail.message;
    let mut drafted = Drafted::default();
    let inner = message.enclosed.as_deref().unwrap_or(message);
    drafted.text = unwrap_mail(&inner.subject, &words_of(inner));
    if message.enclosed.is_some() {
        drafted.text.note = words_of(message);
        drafted.text.from = inner.from.clone();
    }
    let subject = Some(plain_subject(&message.subject)).filter(|subject| !subject.is_empty());
    let title = plain_line(subject.unwrap_or_else(|| plain_subject(&inner.subject)));
    drafted.title = cut(&title, LONGEST_TITLE);
    drafted.text.from = plain_line(&drafted.text.from);
    drafted.text.body = cut(&drafted.text.body, LONGEST_BODY);
    drafted.text.note = cut(&drafted.text.note, LONGEST_NOTE);
    let outer = message.enclosed.iter().flat_map(|_| &message.files);
    let files: Vec<&MailedFile> = outer.chain(&inner.files).collect();
    // Of a mail that was cut the last file is not whole.
    let whole = files.len() - usize::from(mail.is_cut && !files.is_empty());
    for (at, file) in files.into_iter().enumerate() {
        let read = match at {
            at if at >= whole => Err(LeftOut::TooLarge),
            at if at >= MAX_FILES => Err(LeftOut::TooMany),
            _ => read_attachment(&file.name, file.bytes.clone()).map_err(|_| LeftOut::TooLarge),
        };
        match read {
            Ok(file) => drafted.files.push(file),
            Err(why) => drafted.left_out.push((file.name.clone(), why)),
        }
    }
    drafted
}

fn words_of(written: &Written) -> String {
    match &written.html {
        Some(html) => markdown::from_html(html),
        None => without_signature(&written.text).trim().to_owned(),
    }
}

/// Plain text up to the line that begins a signature (RFC 3676, 4.3), unless that is all there is.
fn without_signature(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches(['\r', '\n']) == "-- " && !text[..at].trim().is_empty() {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

fn cut(text: &str, at_most: usize) -> String {
    match text.char_indices().nth(at_most - 1) {
        Some((at, _)) if text[at..].chars().nth(1).is_some() => format!("{}…", &text[..at]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(message: Written) -> PersonMail {
        PersonMail {
            content: "0".repeat(64),
            from: "lise@forum.example".parse().unwrap(),
            name: None,
            message,
            is_cut: false,
        }
    }

    fn file(name: &str) -> MailedFile {
        MailedFile { name: name.to_owned(), bytes: b"%PDF-1.7".to_vec() }
    }

    #[test]
    fn a_mail_forwarded_as_an_attachment_is_what_lies_within() {
        let inner = Written {
            from: "Per <per@vik.example>".to_owned(),
            subject: "Referat".to_owned(),
            text: "Åtte har fått læreplass.\n".to_owned(),
            files: vec![file("referat.pdf")],
            ..Written::default()
        };
        let outer = Written {
            subject: "VS: Referat fra helse".to_owned(),
            text: "Til helse, takk.\n-- \nLise\nforumet".to_owned(),
            files: vec![file("mer.pdf")],
            enclosed: Some(Box::new(inner)),
            ..Written::default()
        };
        let drafted = draft_of(&mail(outer));
        assert_eq!(
            (drafted.title.as_str(), drafted.text.body.as_str()),
            ("Referat fra helse", "Åtte har fått læreplass.")
        );
        assert_eq!(
            (drafted.text.note.as_str(), drafted.text.from.as_str()),
            ("Til helse, takk.", "Per <per@vik.example>")
        );
        assert_eq!(
            drafted.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
            ["mer.pdf", "referat.pdf"]
        );
    }

    #[test]
    fn what_cannot_come_along_is_told() {
        let files = (1..=22).map(|n| file(&format!("{n}.pdf"))).collect();
        let whole = mail(Written { files, ..Written::default() });
        let drafted = draft_of(&PersonMail { is_cut: true, ..whole.clone() });
        assert_eq!(drafted.files.len(), 20);
        let left = |name: &str, why| (name.to_owned(), why);
        assert_eq!(drafted.left_out, [left("21.pdf", LeftOut::TooMany), left("22.pdf", LeftOut::TooLarge)]);
        let empty = MailedFile { name: "tom.pdf".to_owned(), bytes: Vec::new() };
        let drafted = draft_of(&mail(Written { files: vec![empty], ..Written::default() }));
        assert_eq!(drafted.left_out, [left("tom.pdf", LeftOut::TooLarge)]);
    }

    #[test]
    fn a_signature_goes_whatever_ends_its_lines() {
        assert_eq!(
            without_signature("Hei,\r\n\r\nHilsen Bjørn\r\n-- \r\nBjørn Aas"),
            "Hei,\r\n\r\nHilsen Bjørn\r\n"
        );
        assert_eq!(without_signature("Se side 12345678\n-- \nPer"), "Se side 12345678\n");
        assert_eq!(without_signature("-- \nBare dette"), "-- \nBare dette");
    }

    #[test]
    fn a_long_text_is_cut_and_shows_it() {
        assert_eq!(cut("æøå", 3), "æøå");
        assert_eq!(cut("æøåx", 3), "æø…");
    }
}
