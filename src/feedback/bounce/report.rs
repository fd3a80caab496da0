//! What a returned mail says, read.

use serde::Serialize;

use crate::delivery::{Enhanced, Refusal};
use crate::forum;
use crate::ids::RecipientId;

/// One mail tells of at most so many recipients, and names so many addresses and letters.
pub(super) const REPORTS: usize = 100;

/// What a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceKind {
    /// The address does not exist: 5.1.1, 5.1.3, 5.1.6, 5.1.10 (RFC 3463), or words that say so.
    Hard,
    /// It failed for another reason: mailbox full, host unreachable, too large.
    Soft,
    /// The receiving side does not want this mail from us (5.7.x): never held against the recipient.
    Policy,
    /// The recipient called it unwanted.
    Complaint,
    /// An automatic answer: the letter arrived.
    AutoReply,
    /// Not yet delivered, still being tried.
    Delayed,
    /// Delivered, as a notification confirms.
    Delivered,
    /// Not understood.
    Unknown,
}

impl BounceKind {
    /// The word that rows and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            BounceKind::Hard => "hard",
            BounceKind::Soft => "soft",
            BounceKind::Policy => "policy",
            BounceKind::Complaint => "complaint",
            BounceKind::AutoReply => "auto_reply",
            BounceKind::Delayed => "delayed",
            BounceKind::Delivered => "delivered",
            BounceKind::Unknown => "unknown",
        }
    }

    /// Of a letter that did not and will not arrive: what kind of failure it is.
    pub fn final_failure(self) -> Option<Refusal> {
        match self {
            BounceKind::Hard => Some(Refusal::Hard),
            BounceKind::Soft => Some(Refusal::Soft),
            BounceKind::Policy => Some(Refusal::Policy),
            _ => None,
        }
    }

    /// Whether the letter is past the relay: of one whose fate was unknown, that it went.
    pub fn shows_that_it_went(self) -> bool {
        matches!(
            self,
            BounceKind::Complaint | BounceKind::AutoReply | BounceKind::Delayed | BounceKind::Delivered
        )
    }
}

impl From<Refusal> for BounceKind {
    fn from(refusal: Refusal) -> BounceKind {
        match refusal {
            Refusal::Hard => BounceKind::Hard,
            Refusal::Soft => BounceKind::Soft,
            Refusal::Policy => BounceKind::Policy,
        }
    }
}

/// One report about one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BounceReport {
    /// What it is.
    pub kind: BounceKind,
    /// The address that it names, spelled as there: the one first written to if it tells several.
    pub recipient: Option<String>,
    /// The enhanced status code, such as 5.1.1.
    pub status: Option<String>,
    /// What the other side said, in one line.
    pub reason: String,
    /// Whom an automatic answer names as the one to write to instead, because the recipient has left.
    pub suggests: Option<Suggestion>,
    /// Every address that the report names for this recipient, lower-case: first written to, and final.
    #[serde(skip)]
    pub named: Vec<String>,
}

/// A successor, as an automatic answer names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Their address, lower-case.
    pub email: String,
    /// Their name, if it stands before the address.
    pub name: Option<String>,
}

/// Whether a mail is somebody's way to unsubscribe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// It is not.
    No,
    /// It asks, with this word for a token, which nobody has checked yet.
    Asked(String),
    /// It asks with a good token: this recipient's.
    By(RecipientId),
}

/// A returned mail, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedMail {
    /// At least one.
    pub reports: Vec<BounceReport>,
    /// Addresses that the mail was sent to: one of them may be a return path that names the letter.
    pub sent_to: Vec<String>,
    /// Message-IDs of the mail that came back, as its copied headers or a report tell them, without angle brackets.
    pub returned_ids: Vec<String>,
    /// Other Message-IDs that may be the letter's: of what is answered, and what stands among the words.
    pub answered_ids: Vec<String>,
    /// SHA-256 of what the mail says, in lower-case hex: the same for every copy of it, whatever trace lines it
    /// gathered on its way.
    pub content: String,
    /// Whether it asks to unsubscribe somebody.
    pub leaving: Leaving,
}

impl BounceReport {
    /// A report of that kind about those addresses; the first of them is its recipient.
    pub(super) fn of(
        kind: BounceKind,
        named: Vec<String>,
        status: Option<Enhanced>,
        reason: &str,
    ) -> BounceReport {
        BounceReport {
            kind,
            recipient: named.first().cloned(),
            status: status.map(|s| s.to_string()),
            reason: one_line(reason),
            suggests: None,
            named,
        }
    }

    /// A mail that no reader understands.
    pub(super) fn unknown(subject: &str) -> BounceReport {
        BounceReport::of(BounceKind::Unknown, Vec::new(), None, subject)
    }
}

/// What a mail says, as one line of at most 300 characters.
pub(super) fn one_line(text: &str) -> String {
    forum::one_line(text, 300)
}
