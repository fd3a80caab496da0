//! Recipients, their addresses, and where they stand.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::calendar::Cadence;
use super::kind::KindSet;
use super::names::Language;
use super::percent::percent_encode;
use super::seat::Seat;
use super::term::TermIx;
use crate::ids::RecipientId;

/// A deliverable address: local part in lower case and normalisation form C (RFC 6532, 3.1), domain in lower-case
/// A-label form (RFC 5890), so that two spellings of one address are equal.
///
/// Invariant: at most 254 bytes (RFC 5321, 4.5.3.1.3), at most 64 of them before the at sign, no control, format or
/// private characters, no spaces. Only the local part may be beyond ASCII: letters to such an address go over
/// relays that offer SMTPUTF8 (RFC 6531).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
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

    /// The link that writes to it (RFC 6068, 2): what would mean something there as `%XX`.
    pub fn mailto(&self) -> String {
        format!("mailto:{}", percent_encode(&self.0, b"@.+-_"))
    }

    /// The address with all but its first letter hidden: `k***@nav.test`.
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

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let fail = |why| EmailError { text: trimmed.to_owned(), why };
        let (local, domain) = trimmed.rsplit_once('@').ok_or_else(|| fail("the @ is missing"))?;
        let local = fold_local_part(&unquote(local));
        if local.is_empty() || local.len() > 64 {
            return Err(fail(
                "the part before @ must have 1 to 64 bytes (a letter beyond a to z takes two or more)",
            ));
        }
        if !local.chars().all(is_of_local_part) {
            return Err(fail("the part before @ has a character that is not allowed there"));
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(fail("a dot stands wrongly in the part before @"));
        }
        let domain = idna::domain_to_ascii(domain)
            .ok()
            .filter(|d| is_domain(d))
            .ok_or_else(|| fail("the part after @ is not a domain name"))?;
        let address = format!("{local}@{domain}");
        if address.len() > 254 {
            return Err(fail("it is longer than 254 characters"));
        }
        Ok(EmailAddress(address))
    }
}

/// `"kari.nes"` is `kari.nes`: quotes and backslashes that a local part can do without say nothing (RFC 5321, 4.1.2). What
/// needs them has characters that no address of ours may have.
fn unquote(local: &str) -> Cow<'_, str> {
    let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(local);
    };
    let mut bare = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(c) = characters.next() {
        bare.push(if c == '\\' { characters.next().unwrap_or(c) } else { c });
    }
    Cow::Owned(bare)
}

/// Lower case, in normalisation form C: `Kåre` typed with one character or with two is one local part.
fn fold_local_part(local: &str) -> String {
    if local.is_ascii() { local.to_ascii_lowercase() } else { local.to_lowercase().nfc().collect() }
}

/// An atom's characters (RFC 5322, 3.2.3, with RFC 6532, 3.2), or a dot. Of what is not ASCII neither what nobody
/// sees (controls, spaces, marks of direction, joiners, variation selectors) nor what means nothing to others.
fn is_of_local_part(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' => false,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => false,
        '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'.. => false,
        _ => !c.is_control() && !c.is_whitespace(),
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
    /// All five.
    pub const ALL: [Status; 5] =
        [Status::Unconfirmed, Status::Active, Status::Unsubscribed, Status::Suspended, Status::Erased];

    /// The word that rows and files use.
    pub const fn word(self) -> &'static str {
        match self {
            Status::Unconfirmed => "unconfirmed",
            Status::Active => "active",
            Status::Unsubscribed => "unsubscribed",
            Status::Suspended => "suspended",
            Status::Erased => "erased",
        }
    }

    /// The status that a row's word names.
    pub fn from_word(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.word() == word)
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
    /// No urgent editions: what is urgent waits for the ordinary one.
    pub urgent_off: bool,
    /// Raised by every change that planning must notice.
    pub revision: i64,
    /// Everything released at or below this number was considered already.
    pub watermark: i64,
    /// The `now` of the last edition that was planned for them.
    pub last_planned_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse::<EmailAddress>().map(|address| address.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_local_part_beyond_ascii_has_one_spelling() {
        let composed = read("K\u{e5}re.\u{c6}rlig@Fj\u{f8}s.example").unwrap();
        assert_eq!(composed, "k\u{e5}re.\u{e6}rlig@xn--fjs-1na.example");
        assert_eq!(
            read("KA\u{30a}RE.\u{e6}rlig@xn--fjs-1na.example").unwrap(),
            composed,
            "an a and a ring make one letter"
        );
        assert_eq!("k\u{e5}re@x.test".parse::<EmailAddress>().unwrap().masked(), "k***@x.test");
        assert_eq!("\u{c5}se@x.test".parse::<EmailAddress>().unwrap().masked(), "\u{e5}***@x.test");
    }

    #[test]
    fn a_link_that_writes_to_an_address_says_nothing_but_the_address() {
        for (address, link) in [
            ("kari.nes+treff@x.test", "mailto:kari.nes+treff@x.test"),
            ("salg%25?subject=x#y&z@x.test", "mailto:salg%2525%3Fsubject%3Dx%23y%26z@x.test"),
            ("k\u{e5}re@x.test", "mailto:k%C3%A5re@x.test"),
        ] {
            assert_eq!(address.parse::<EmailAddress>().unwrap().mailto(), link);
        }
    }

    #[test]
    fn quotes_that_a_local_part_can_do_without_are_none_of_it() {
        for (text, address) in
            [("\"Kari.Nes\"@x.test", "kari.nes@x.test"), (r#""ka\ri"@x.test"#, "kari@x.test")]
        {
            assert_eq!(read(text).as_deref(), Ok(address), "{text}");
        }
        for text in
            ["\"a b\"@x.test", "\"a@b\"@x.test", "\"\"@x.test", "\"@x.test", "\"a..b\"@x.test", "\"a@x.test"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_nobody_sees_stands_in_no_address() {
        for hidden in [
            "\u{ad}", "\u{200b}", "\u{200f}", "\u{202e}", "\u{2066}", "\u{a0}", "\u{85}", "\u{e000}",
            "\u{feff}",
        ] {
            assert!(read(&format!("ka{hidden}ri@x.test")).is_err(), "{hidden:?}");
        }
    }

    #[test]
    fn a_local_part_is_measured_in_bytes() {
        assert!(read(&format!("{}@x.test", "\u{e5}".repeat(32))).is_ok());
        assert!(read(&format!("{}@x.test", "\u{e5}".repeat(33))).is_err());
    }

    proptest! {
        /// The one spelling is its own spelling: what is stored is found again.
        #[test]
        fn an_address_written_out_is_the_same_address(local in "\\PC{1,12}") {
            if let Ok(address) = format!("{local}@x.test").parse::<EmailAddress>() {
                prop_assert_eq!(address.to_string().parse::<EmailAddress>().unwrap(), address);
            }
        }
    }
}
