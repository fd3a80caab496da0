//! Recipients, their addresses, and where they stand.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Cadence;
use super::kind::KindSet;
use super::names::Language;
use super::seat::Seat;
use super::term::TermIx;
use crate::ids::RecipientId;

/// A deliverable address: local part as given but folded to lower case, domain in lower-case
/// A-label form (RFC 5890), so that two spellings of one address are equal.
///
/// Invariant: ASCII only, at most 254 bytes (RFC 5321, 4.5.3.1.3), no control characters, no spaces.
/// An address whose local part is not ASCII (SMTPUTF8) is refused for now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an e-mail address: {why}")]
pub struct EmailError {
    text: String,
    why: &'static str,
}

impl EmailAddress {
    /// The address in its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the at sign.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with all but its first letter hidden: `k***@nav.no`.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or('?');
        format!("{first}***@{}", self.domain())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let fail = |why| EmailError { text: trimmed.to_owned(), why };
        let (local, domain) = trimmed.rsplit_once('@').ok_or_else(|| fail("the @ is missing"))?;
        if local.is_empty() || local.len() > 64 {
            return Err(fail("the part before @ must have 1 to 64 characters"));
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
        if !local.bytes().all(allowed) {
            return Err(fail("the part before @ has a character that is not allowed there"));
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(fail("a dot stands wrongly in the part before @"));
        }
        let domain = idna::domain_to_ascii(domain)
            .ok()
            .filter(|d| is_domain(d))
            .ok_or_else(|| fail("the part after @ is not a domain name"))?;
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        if address.len() > 254 {
            return Err(fail("it is longer than 254 characters"));
        }
        Ok(EmailAddress(address))
    }
}

/// Dot-separated labels of letters, digits and inner hyphens (RFC 1035, 2.3.1); at least two labels, or localhost.
fn is_domain(domain: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    domain == "localhost" || (domain.contains('.') && domain.split('.').all(label))
}

/// Whether letters may go to a recipient at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Signed up, not yet confirmed.
    Unconfirmed,
    /// Receives.
    Active,
    /// Has said no.
    Unsubscribed,
    /// Does not get through (bounces) or has complained.
    Suspended,
    /// Asked to be forgotten; only an empty row is left.
    Erased,
}

impl Status {
    /// All, with the words that rows and files use.
    pub const ALL: [(Status, &'static str); 5] = [
        (Status::Unconfirmed, "unconfirmed"),
        (Status::Active, "active"),
        (Status::Unsubscribed, "unsubscribed"),
        (Status::Suspended, "suspended"),
        (Status::Erased, "erased"),
    ];

    /// The word that rows and files use.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(s, _)| *s == self).map_or("erased", |(_, word)| word)
    }

    /// The status that a row's word names.
    pub fn from_word(word: &str) -> Option<Status> {
        Self::ALL.iter().find(|(_, w)| *w == word).map(|(s, _)| *s)
    }
}

/// What the rule reads of a recipient: nothing that only *when* or *how* depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether letters may go out at all.
    pub status: Status,
    /// Own roles.
    pub roles: Vec<TermIx>,
    /// The `org:` and `kind-of-org:` terms of the organisation where they work.
    pub workplace: Vec<TermIx>,
    /// Seats held, whether running or not.
    pub seats: Vec<Seat>,
    /// Admitted to the forum without a seat.
    pub admitted: bool,
    /// Terms chosen to follow.
    pub follows: Vec<TermIx>,
    /// Terms muted.
    pub mutes: Vec<TermIx>,
    /// Kinds muted.
    pub muted_kinds: KindSet,
}

/// A person who receives, as everything above `store` sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The stored row.
    pub id: RecipientId,
    /// Where letters go.
    pub email: EmailAddress,
    /// As it stands in greetings; may be empty.
    pub name: String,
    /// What the rule reads.
    pub standing: Standing,
    /// How often.
    pub cadence: Cadence,
    /// The recipient's own greatest number of items in a digest, if chosen.
    pub cap: Option<u32>,
    /// The language of letters and pages.
    pub language: Language,
    /// No letters on days before this one, in the forum's zone.
    pub paused_until: Option<NaiveDate>,
    /// Raised by every change that planning must notice.
    pub revision: i64,
    /// Everything released at or below this number was considered already.
    pub watermark: i64,
    /// The `now` of the last edition that was planned for them.
    pub last_planned_at: Option<DateTime<Utc>>,
}
