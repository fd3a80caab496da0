//! Where returned mail comes in by itself: a Maildir, a mailbox on another server (IMAP).
//!
//! Each mail found is read and taken in by [`bounce`](super::bounce), as the one that `treff bounce` gets; a refusal in
//! the SMTP dialogue ends in the same classifier (`delivery::refusal`). Then it is put aside: understood ones are marked
//! as read (or moved); **what was not understood is recorded for the lead and stays unread**, since it may be a person's.
//! Nothing is ever deleted.
//!
//! A crash between taking in and putting aside repeats nothing: a mail counts once by its content, in the
//! transaction that takes it in. A mail that cannot be read stays where it is and stops no other.

mod error;
mod imap;
mod maildir;
mod watch;

pub use error::{FolderError, MailboxError, ReturnedError};
pub use imap::ImapMailbox;
pub use maildir::WatchedFolder;
pub use watch::Returned;

use std::pin::Pin;
use std::sync::Arc;

use super::bounce::{
    BounceKind, Leaving, PersonMail, READ_BYTES, ReturnedMail, asks_to_leave, find_leaver, read_mail,
    read_person_mail, take_in,
};
use crate::clock::Clock;
use crate::delivery::ReturnPaths;
use crate::store::{Store, StoreError};
use crate::token::Keys;

/// Where people's mail is taken in too, more is read: files of 20 MB fit in, as mail encodes them.
pub const READ_OF_PEOPLE: usize = 40 * 1024 * 1024;

/// Takes in what a person wrote to the forum.
pub trait Letterbox: Send + Sync {
    /// Takes it in, once whatever comes; false: it is to be left for a human.
    fn take(&self, mail: PersonMail) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + '_>>;
}

/// What a mail turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// A report about letters, or somebody unsubscribed.
    Understood,
    /// Something else, perhaps a person's mail: recorded for the lead.
    Unknown,
}

/// What one visit came to, in mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Visit {
    /// Reports about letters, and those by which somebody unsubscribed.
    pub understood: usize,
    /// Left unread for a person.
    pub unknown: usize,
    /// Could not be read or put aside; they stay, and are tried again.
    pub failed: usize,
}

impl Visit {
    fn count(&mut self, taken: Taken) {
        match taken {
            Taken::Understood => self.understood += 1,
            Taken::Unknown => self.unknown += 1,
        }
    }
}

/// Takes mails in.
#[derive(Clone)]
struct Intake {
    store: Store,
    clock: Clock,
    keys: Keys,
    return_paths: Arc<ReturnPaths>,
    /// Where people's mail goes that comes here.
    letterbox: Option<Arc<dyn Letterbox>>,
}

impl Intake {
    /// So much of a mail is read, in bytes: of what only programs send, no more than its reader looks at.
    fn read_at_most(&self) -> usize {
        if self.letterbox.is_some() { READ_OF_PEOPLE } else { READ_BYTES }
    }

    async fn take(&self, raw: &[u8]) -> Result<Taken, StoreError> {
        let mut mail = read_mail(raw);
        find_leaver(&self.store, &self.keys, &mut mail).await?;
        let is_unknown = !matches!(mail.leaving, Leaving::By(_))
            && mail.reports.iter().all(|report| report.kind == BounceKind::Unknown);
        if is_unknown && self.is_put_into_the_letterbox(&mail, raw).await? {
            return Ok(Taken::Understood);
        }
        let done = take_in(&self.store, &self.return_paths, self.clock.now(), &mail, raw).await?;
        let is_kept = is_unknown || done.iter().any(|report| report.kept);
        Ok(if is_kept { Taken::Unknown } else { Taken::Understood })
    }

    /// What a person wrote by themselves: a reply to a letter or to a short mail, and the wish to get no more, are for a human.
    async fn is_put_into_the_letterbox(&self, mail: &ReturnedMail, raw: &[u8]) -> Result<bool, StoreError> {
        let Some(letterbox) = &self.letterbox else { return Ok(false) };
        let Some(written) = read_person_mail(raw, self.read_at_most()) else { return Ok(false) };
        if mail.leaving != Leaving::No || asks_to_leave(&written.message.subject) {
            return Ok(false);
        }
        for id in &mail.answered_ids {
            if is_of_a_notice(id) {
                return Ok(false);
            }
            if self.store.find_delivery_by_message_id(id).await?.is_some() {
                return Ok(false);
            }
        }
        letterbox.take(written).await
    }
}

/// Whether a Message-ID is of the shape that short mails have, `nordfjella.notice.7.61f3@forum.example`, or of the one that
/// they had before they named their forum, `notice.7.61f3@forum.example`.
fn is_of_a_notice(id: &str) -> bool {
    let parts: Vec<&str> = id.split('@').next().unwrap_or_default().split('.').collect();
    let ([_, "notice", number, at] | ["notice", number, at]) = parts.as_slice() else { return false };
    number.bytes().all(|b| b.is_ascii_digit()) && at.bytes().all(|b| b.is_ascii_hexdigit())
}
