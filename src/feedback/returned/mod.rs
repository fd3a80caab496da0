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

use std::sync::Arc;

use super::bounce::{BounceKind, Leaving, find_leaver, read_mail, take_in};
use crate::clock::Clock;
use crate::delivery::ReturnPaths;
use crate::store::{Store, StoreError};
use crate::token::Keys;

/// Of a larger mail only the beginning is read: no report of a failure needs more.
pub(crate) const READ_AT_MOST: usize = 10 * 1024 * 1024;

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
}

impl Intake {
    async fn take(&self, raw: &[u8]) -> Result<Taken, StoreError> {
        let mut mail = read_mail(raw);
        find_leaver(&self.store, &self.keys, &mut mail).await?;
        take_in(&self.store, &self.return_paths, self.clock.now(), &mail, raw).await?;
        let is_unknown = !matches!(mail.leaving, Leaving::By(_))
            && mail.reports.iter().all(|report| report.kind == BounceKind::Unknown);
        Ok(if is_unknown { Taken::Unknown } else { Taken::Understood })
    }
}
