//! A mailbox on another server, over IMAP (RFC 9051, as RFC 3501 had it).
//!
//! Each visit is a connection of its own: unread mails above the last number looked at are fetched without marking
//! them, taken in, and put aside. Numbers hold while UIDVALIDITY does; when it changes, every unread mail is looked
//! at again, and those taken in before count no more. The protocol is our own code: a handful of commands, with
//! limits on what a server may send.

mod access;
mod session;
mod wire;

use std::time::Duration;

use chrono::TimeDelta;

use self::access::{Access, Credentials};
use self::session::Session;
use super::error::{MailboxError, VisitError};
use super::{Intake, Taken, Visit};
use crate::clock::{Clock, random_hex};
use crate::config::{Config, ImapSettings, ImapTls, SecretPlace, is_loopback};
use crate::delivery::{TokenSource, trusting};
use crate::store::MailboxRow;

/// How long connecting, TLS and log-in may take together.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a process has a mailbox to itself after each mail or visit (real time).
const HELD_FOR: TimeDelta = TimeDelta::minutes(5);

/// A mailbox.
pub struct ImapMailbox {
    access: Access,
    folder: String,
    move_to: Option<String>,
    every: Duration,
    /// Names this process while it has the mailbox.
    holder: String,
    /// What was read, once this process has it.
    read: Option<MailboxRow>,
}

impl std::fmt::Debug for ImapMailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Access { host, port, protection, .. } = &self.access;
        write!(f, "ImapMailbox({host}:{port}, {protection:?})")
    }
}

impl ImapMailbox {
    /// The mailbox that the settings, under `section`, describe; secrets must be readable now.
    pub fn open(
        settings: &ImapSettings,
        section: &'static str,
        config: &Config,
        clock: &Clock,
    ) -> Result<ImapMailbox, MailboxError> {
        let wrong = |told| Err(MailboxError::Settings { section, told });
        if settings.tls == ImapTls::None && !is_loopback(&settings.host) {
            return wrong(
                "tls = \"none\" is for a server on this machine only; write \"implicit\" or \"starttls\"",
            );
        }
        let is_folder = |name: &String| !name.is_empty() && wire::quote(name).is_some();
        if !is_folder(&settings.folder) || !settings.move_to.iter().all(is_folder) {
            return wrong(
                "folder and move_to take names of ASCII letters; make such a folder in the mailbox",
            );
        }
        if settings.move_to.as_ref() == Some(&settings.folder) {
            return wrong("move_to is the folder that mail arrives in; name another, or take it away");
        }
        if settings.user.is_empty() || settings.every_seconds == 0 {
            return wrong("user must be named, and every_seconds be 1 or more");
        }
        let file = settings.password_file.as_ref().map(|file| config.folder.join(file));
        let password = SecretPlace::find(file, settings.password_env.clone());
        let credentials = match (password, &settings.oauth2) {
            (Some(place), None) => {
                place.read(&config.environment)?;
                Credentials::Password(place)
            }
            (None, Some(oauth2)) => {
                Credentials::Tokens(TokenSource::open(oauth2, &oauth2_section(section), config, clock)?)
            }
            _ => return wrong("set one of password_file, password_env and oauth2"),
        };
        let trust_file = settings.trust_file.as_ref().map(|file| config.folder.join(file));
        let tls = trusting(trust_file.as_deref()).map_err(|told| MailboxError::Trust { section, told })?;
        let access = Access {
            host: settings.host.clone(),
            port: settings.port(),
            protection: settings.tls,
            tls,
            user: settings.user.clone(),
            credentials,
            environment: config.environment.clone(),
        };
        Ok(ImapMailbox {
            access,
            folder: settings.folder.clone(),
            move_to: settings.move_to.clone(),
            every: Duration::from_secs(settings.every_seconds),
            holder: random_hex::<8>(),
            read: None,
        })
    }

    /// Where it is, for who runs the server.
    pub fn name(&self) -> String {
        format!("the mailbox on {}:{}", self.access.host, self.access.port)
    }

    /// How often it is looked into.
    pub(super) fn every(&self) -> Duration {
        self.every
    }

    /// Logs in and looks at the folder, changing nothing; answers how many unread mails wait.
    pub async fn try_out(&self) -> Result<usize, MailboxError> {
        let mut session = self.enter().await?;
        session.examine(&self.folder).await?;
        let unread = session.find_unread(0).await?;
        session.log_out().await;
        Ok(unread.len())
    }

    async fn enter(&self) -> Result<Session, MailboxError> {
        tokio::time::timeout(PATIENCE, Session::open(&self.access)).await.map_err(|_| MailboxError::Silent)?
    }

    /// Takes in what is unread and was not looked at yet, if no other process has the mailbox.
    pub(super) async fn visit(&mut self, intake: &Intake) -> Result<Visit, VisitError> {
        let mut visit = Visit::default();
        let (place, holder) = (self.place(), self.holder(intake));
        let now = intake.clock.now();
        let Some(read) = intake.store.claim_mailbox(&place, &holder, now, now + HELD_FOR).await? else {
            self.read = None;
            return Ok(visit);
        };
        self.read = Some(read.clone());
        let mut session = self.enter().await?;
        let uid_validity = session.select(&self.folder).await?;
        let mut last_uid = if uid_validity == read.uid_validity { read.last_uid } else { 0 };
        for uid in session.find_unread(last_uid).await? {
            match self.take(&mut session, uid, intake).await {
                Ok(taken) => taken.into_iter().for_each(|taken| visit.count(taken)),
                Err(VisitError::Mailbox(MailboxError::Refused { told, .. })) => {
                    tracing::warn!(mail.uid = uid, error = %told, "a returned mail stays where it is");
                    visit.failed += 1;
                }
                Err(error) => return Err(error),
            }
            // One that failed is looked at again next time, and with it those behind it.
            if visit.failed == 0 {
                last_uid = uid;
            }
            let read = MailboxRow { uid_validity, last_uid };
            let until = intake.clock.now() + HELD_FOR;
            self.read = Some(read.clone());
            if !intake.store.note_mailbox(&place, &holder, &read, until).await? {
                break;
            }
        }
        session.log_out().await;
        Ok(visit)
    }

    async fn take(
        &self,
        session: &mut Session,
        uid: i64,
        intake: &Intake,
    ) -> Result<Option<Taken>, VisitError> {
        let at_most = intake.read_at_most();
        let Some(mail) = session.fetch(uid, at_most).await? else { return Ok(None) };
        if mail.is_cut {
            tracing::warn!(mail.uid = uid, at_most, "of a mail only the beginning is read");
        }
        let taken = intake.take(&mail.raw).await?;
        if taken == Taken::Understood {
            session.put_aside(uid, self.move_to.as_deref()).await?;
        }
        Ok(Some(taken))
    }

    /// Lets other processes have it at once.
    pub(super) async fn let_go(&mut self, intake: &Intake) {
        if let Some(read) = self.read.take() {
            let past = chrono::DateTime::UNIX_EPOCH;
            let done = intake.store.note_mailbox(&self.place(), &self.holder(intake), &read, past).await;
            if let Err(error) = done {
                tracing::debug!(error = %error, "the mailbox is let go when its time has passed");
            }
        }
    }

    fn place(&self) -> String {
        let Access { user, host, port, .. } = &self.access;
        format!("{user}@{host}:{port}/{}", self.folder)
    }

    /// On SQLite one process works at a time, so that the next has the mailbox at once.
    fn holder(&self, intake: &Intake) -> String {
        match intake.store.has_many_workers() {
            true => self.holder.clone(),
            false => "the one process".to_owned(),
        }
    }
}

/// The table of OAuth 2.0 settings in `[returned.imap]` is `[returned.imap.oauth2]`.
fn oauth2_section(section: &str) -> String {
    format!("{}.oauth2]", section.trim_end_matches(']'))
}
