//! What a letter is written from. Plain borrowed values: `pipeline` gathers them, nothing here asks a store.

use chrono::{DateTime, NaiveDate, Utc};

use crate::content::Item;
use crate::forum::{Basis, Cadence, EmailAddress, Language, Seat, TermIx};
use crate::matching::{Because, Reason};

/// Who the letter goes to.
#[derive(Debug, Clone)]
pub struct Addressee<'a> {
    /// Where.
    pub email: &'a EmailAddress,
    /// As it stands in the greeting and in To; may be empty.
    pub name: &'a str,
    /// The language of the letter.
    pub language: Language,
    /// Their places, running or not: a *why* line says only of groups where they have one that they sit there.
    pub seats: &'a [Seat],
    /// The topics that they chose to follow: it says of no other that they follow it.
    pub follows: &'a [TermIx],
    /// What the first letter to an imported person tells (GDPR art. 14); `None` for later letters.
    pub introduction: Option<Introduction<'a>>,
    /// What they have promised and not settled, as far as this letter reminds of it.
    pub promises: &'a [OwnPromise<'a>],
    /// Keep groups and positions out of subject, *why* lines and hand-over too: for who holds a seat for a union, whose
    /// groups could tell of a membership (GDPR art. 9).
    pub discreet: bool,
    /// The key that will sign the letter's tokens.
    pub key_id: u8,
    /// The recipient's token version.
    pub token_version: i64,
    /// Their [birth mark](crate::token::birth_mark).
    pub birth_mark: u16,
}

impl<'a> Addressee<'a> {
    /// Somebody of whom nothing else is known: no place, nothing to introduce, tokens that open nothing.
    pub fn new(email: &'a EmailAddress, name: &'a str, language: Language) -> Addressee<'a> {
        Addressee {
            email,
            name,
            language,
            seats: &[],
            follows: &[],
            introduction: None,
            promises: &[],
            discreet: false,
            key_id: 0,
            token_version: 0,
            birth_mark: 0,
        }
    }
}

/// A promise of the reader's place in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPromise<'a> {
    /// Its key.
    pub id: i64,
    /// What will be done, on one line.
    pub what: &'a str,
    /// The last day.
    pub by: Option<NaiveDate>,
    /// The group that it was given in.
    pub group: TermIx,
    /// Whether somebody gave it who had the place before.
    pub inherited: bool,
}

/// Where we have a person's data from and why we may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Introduction<'a> {
    /// Where the data came from, as it fits "Source: ..."; none: the project lead entered them.
    pub source: Option<&'a str>,
    /// Whether they hold a seat, and so represent an organisation.
    pub is_seated: bool,
    /// Why we may use it.
    pub basis: Basis,
    /// The day it was recorded, in the forum's zone.
    pub recorded_on: NaiveDate,
}

/// Which edition the letters belong to: fixed for a whole [`super::Press`].
#[derive(Debug, Clone, Copy)]
pub struct EditionFacts {
    /// Which cadence.
    pub cadence: Cadence,
    /// Which occurrence.
    pub occurs_at: DateTime<Utc>,
    /// The letters' Date, and the day that "today" means in them.
    pub dated_at: DateTime<Utc>,
}

/// What one recipient gets in one edition.
#[derive(Debug, Clone)]
pub struct DigestView<'a> {
    /// The Message-ID without angle brackets. Fixed at planning, new for each revision.
    pub message_id: &'a str,
    /// In sending order (required first, then by rank).
    pub items: Vec<DigestItem<'a>>,
    /// What is over the cap, named as coming next time.
    pub carried_over: Vec<&'a Item>,
    /// What is over the cap and closed before the reader's next letter, as things stand: named, and not as coming.
    pub closing: Vec<&'a Item>,
    /// What a successor takes over, at the letter's head: each group once.
    pub handovers: Vec<Handover<'a>>,
}

/// One item of a digest.
#[derive(Debug, Clone, Copy)]
pub struct DigestItem<'a> {
    /// The version that goes out.
    pub item: &'a Item,
    /// Why, as the rule gave them.
    pub reasons: &'a [Reason],
    /// Which line of the rule delivers it.
    pub because: Because,
    /// Whether the recipient got an earlier version.
    pub correction: bool,
    /// The group of [`DigestView::handovers`] with whose seat it comes.
    pub handover: Option<TermIx>,
}

/// A seat taken over, or several in one group.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The seat's group.
    pub group: TermIx,
    /// What the group promised: `next` of its latest minutes.
    pub promised: Option<&'a str>,
}
