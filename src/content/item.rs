//! An item as the rule, the ranking and the letter see it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize};

use super::audience::Audience;
use super::moment::Moment;
use super::promise::Promised;
use crate::forum::{EmailAddress, Kind, Language, TermIx};
use crate::ids::ItemId;

/// Days from the release number to the close of an item that names no expiry and has no date of its own.
pub const OPEN_DAYS: i64 = 60;

/// How much the item matters to who gets it. Independent of the [`Lane`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// Goes to the whole audience whatever they mute, and is never cut.
    Required,
    /// The usual.
    Normal,
    /// Ranks lower.
    Background,
}

/// What a request asks of its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Help, from who can and will.
    Help,
    /// An answer, from each whom it is sent to.
    Answer,
}

/// When the item goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// With the recipient's next digest.
    Digest,
    /// In the next minute, whatever the recipient's cadence.
    Urgent,
}

/// Who may have the item. Security, not targeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everyone.
    Public,
    /// The insiders: who holds a running seat or an admission.
    Forum,
    /// Who holds the group; nested groups too.
    Group(TermIx),
    /// Who has a seat in that very group.
    Only(TermIx),
}

/// A person to call about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The person's name, or all that was given if it could not be taken apart.
    pub name: String,
    /// Their address, if given.
    pub email: Option<String>,
    /// Their telephone, as given.
    pub phone: Option<String>,
}

impl Contact {
    /// The address, if one was given and is deliverable.
    pub fn address(&self) -> Option<EmailAddress> {
        self.email.as_deref()?.parse().ok()
    }
}

/// The fixed form of minutes: two questions in four short answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// What has happened, what have we achieved since last time?
    pub achieved: Option<String>,
    /// How did we do it?
    pub how: Option<String>,
    /// What shall we do before the next meeting?
    pub next: Option<String>,
    /// Why does it matter?
    pub why: Option<String>,
}

/// What the corrections of an event have changed since its first version: all of them, for who missed one
/// of several in a week must hear of it by the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventChange {
    /// When it begins or ends.
    pub time: bool,
    /// Where it is: the languages in which its text tells another place.
    #[serde(deserialize_with = "read_languages")]
    pub place: BTreeSet<Language>,
}

/// Languages; of versions from when they were not kept apart, all or none.
fn read_languages<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<Language>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Alike(bool),
        Apart(BTreeSet<Language>),
    }
    Ok(match Kept::deserialize(from)? {
        Kept::Alike(true) => Language::ALL.into_iter().collect(),
        Kept::Alike(false) => BTreeSet::new(),
        Kept::Apart(languages) => languages,
    })
}

/// What only some kinds have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fields {
    /// Research, article, experience, tip.
    Plain,
    /// Minutes: whose, and of when.
    Minutes {
        /// The group that met.
        group: Option<TermIx>,
        /// The day of the meeting.
        met_on: Option<NaiveDate>,
        /// What they promise, in their order.
        promises: Vec<Promised>,
    },
    /// An event with its times.
    Event {
        /// When it begins.
        starts_at: Option<Moment>,
        /// When it is over.
        ends_at: Option<Moment>,
        /// Where to register.
        registration_url: Option<String>,
        /// Whether the `gathering` cadence is bound to it.
        gathering: bool,
        /// What its corrections have changed.
        changed: EventChange,
    },
    /// A request for help, or for an answer.
    Request {
        /// Until when it is wanted.
        wanted_by: Option<Moment>,
    },
    /// Funding or another offer.
    Call {
        /// The last moment to answer.
        deadline: Option<Moment>,
    },
}

/// What an item says in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemText {
    /// The headline.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The four answers of minutes; empty for other kinds.
    pub minutes: Minutes,
    /// An event's place.
    pub place: Option<String>,
}

/// The newest version of an item with what is settled over all versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The stored item.
    pub id: ItemId,
    /// Stable, unique.
    pub slug: String,
    /// What links call it: 128 random bits in lower-case hex.
    pub public_id: String,
    /// The newest version, from 1.
    pub version: i64,
    /// What it is.
    pub kind: Kind,
    /// Who the lead sends it to; `None`: no one by choice.
    pub audience: Option<Audience>,
    /// What it is about.
    pub about: Vec<TermIx>,
    /// Whether who follows what it is about gets it too.
    pub interested: bool,
    /// Who may have it.
    pub visibility: Visibility,
    /// How much it matters.
    pub importance: Importance,
    /// When it goes out.
    pub lane: Lane,
    /// From when it may go out.
    pub release_at: DateTime<Utc>,
    /// When it closes, if the lead said so.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its place in the order of release, once released.
    pub number: Option<i64>,
    /// When it got that number.
    pub numbered_at: Option<DateTime<Utc>>,
    /// When this version was written, in real time.
    pub written_at: DateTime<Utc>,
    /// When what it says last changed, in real time; its release apart.
    pub changed_at: DateTime<Utc>,
    /// Held back by the lead: not released until let go. What has a number is never held.
    pub held: bool,
    /// Taken back by the lead.
    pub withdrawn: bool,
    /// What only its kind has.
    pub fields: Fields,
    /// The `org:` term of the contributing organisation.
    pub source: Option<TermIx>,
    /// Whom to call.
    pub contact: Option<Contact>,
    /// Title and text by language; at least one.
    pub texts: BTreeMap<Language, ItemText>,
    /// The language it was first written in: read by who has none of theirs.
    pub language: Language,
    /// How many files it carries.
    pub files: usize,
}

impl Item {
    /// The instant from which it is closed: `expires_at` if given; else an event's end, a call's
    /// deadline, a request's `wanted_by`; else [`OPEN_DAYS`] after its number was given.
    /// `None` while it has neither a date nor a number.
    pub fn closes_at(&self) -> Option<DateTime<Utc>> {
        self.date_of_close().or_else(|| self.numbered_at.map(|at| at + TimeDelta::days(OPEN_DAYS)))
    }

    /// The close that does not hang on its number: its expiry, else its kind's own date.
    pub fn date_of_close(&self) -> Option<DateTime<Utc>> {
        self.expires_at.or_else(|| self.own_close().map(|moment| moment.at))
    }

    /// The end that its kind has by itself: an event's end, a call's deadline, a request's `wanted_by`.
    pub fn own_close(&self) -> Option<Moment> {
        match &self.fields {
            Fields::Event { starts_at, ends_at, .. } => ends_at.or_else(|| starts_at.map(end_of_start)),
            Fields::Request { wanted_by } => *wanted_by,
            Fields::Call { deadline } => *deadline,
            Fields::Plain | Fields::Minutes { .. } => None,
        }
    }

    /// Whether a later last day of its own would be of use: not once what it is about is past.
    pub fn can_close_later(&self) -> bool {
        self.own_close().is_none_or(|own| self.expires_at.is_some_and(|expires_at| expires_at < own.at))
    }

    /// The deadline or date that a recipient must act on or turn up at: an event's start, a call's
    /// deadline, a request's `wanted_by`.
    pub fn due(&self) -> Option<Moment> {
        match &self.fields {
            Fields::Event { starts_at, .. } => *starts_at,
            Fields::Request { wanted_by } => *wanted_by,
            Fields::Call { deadline } => *deadline,
            Fields::Plain | Fields::Minutes { .. } => None,
        }
    }

    /// When what it says was changed after its release, if it was.
    pub fn corrected_at(&self) -> Option<DateTime<Utc>> {
        (self.version > 1 && self.written_at > self.release_at).then_some(self.written_at)
    }

    /// Names the version and, as those may change alone, whose its promises are: `3`, `3:7,,12`. Who was shown another state
    /// was overtaken.
    pub fn state_name(&self) -> String {
        let seats: Vec<String> = self
            .promises()
            .iter()
            .map(|promise| promise.seat.map(|seat| seat.to_string()).unwrap_or_default())
            .collect();
        match seats.iter().all(String::is_empty) {
            true => self.version.to_string(),
            false => format!("{}:{}", self.version, seats.join(",")),
        }
    }

    /// The first instant of what [`Item::due`] names: of an event its start, of a deadline's day 24 hours before its
    /// end, also where a clock change makes it 23 or 25.
    pub fn due_from(&self) -> Option<DateTime<Utc>> {
        let due = self.due()?;
        match (&self.fields, due.day) {
            (Fields::Event { .. }, _) | (_, None) => Some(due.at),
            (_, Some(_)) => Some(due.at - TimeDelta::days(1)),
        }
    }

    /// What a request wants; `None` of other kinds. Nobody is required to help: a required request asks for an answer.
    pub fn wanted(&self) -> Option<Wanted> {
        match (&self.fields, self.importance) {
            (Fields::Request { .. }, Importance::Required) => Some(Wanted::Answer),
            (Fields::Request { .. }, Importance::Normal | Importance::Background) => Some(Wanted::Help),
            _ => None,
        }
    }

    /// Of minutes whose they are: the group that met, and the day; without one it is the day of their release, and no
    /// later one ever, for nobody hands in minutes of a meeting that is yet to come.
    pub fn meeting(&self, zone: Tz) -> Option<(TermIx, NaiveDate)> {
        let released_on = self.release_at.with_timezone(&zone).date_naive();
        match self.fields {
            Fields::Minutes { group: Some(group), met_on, .. } => {
                Some((group, met_on.map_or(released_on, |day| day.min(released_on))))
            }
            _ => None,
        }
    }

    /// Of minutes the day of the meeting if it is still to come on `today`: few hand in minutes of what was not held yet.
    pub fn meeting_to_come(&self, today: NaiveDate) -> Option<NaiveDate> {
        match self.fields {
            Fields::Minutes { met_on, .. } => met_on.filter(|day| *day > today),
            _ => None,
        }
    }

    /// What minutes promise; nothing of other kinds.
    pub fn promises(&self) -> &[Promised] {
        match &self.fields {
            Fields::Minutes { promises, .. } => promises,
            _ => &[],
        }
    }

    /// Whether its time has come at `now`, by the clock: its release is due, and nobody holds it back.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        !self.held && self.release_at <= now
    }

    /// Whether it is out at `now`: it has a number, or its time has come.
    pub fn is_out(&self, now: DateTime<Utc>) -> bool {
        self.number.is_some() || self.is_due(now)
    }

    /// Whether those who may read it can at `now`: its time has come, and it was not taken back.
    pub fn is_readable(&self, now: DateTime<Utc>) -> bool {
        self.is_due(now) && !self.withdrawn
    }

    /// Whether it is closed or withdrawn at `now`, released or not.
    pub fn is_closed(&self, now: DateTime<Utc>) -> bool {
        self.withdrawn || self.closes_at().is_some_and(|close| close <= now)
    }

    /// Whether it is closed already when it may first go out, seen at `now`: nobody gets it.
    pub fn is_over_at_release(&self, now: DateTime<Utc>) -> bool {
        self.date_of_close().is_some_and(|close| close <= self.release_at.max(now))
    }

    /// What it says for a reader of `language`, and in which language that is.
    pub fn text_for(&self, language: Language) -> (Language, &ItemText) {
        language
            .preferences()
            .into_iter()
            .find_map(|l| self.texts.get(&l).map(|text| (l, text)))
            .expect("an item has at least one text")
    }
}

/// The end of an event that names none: its start, or the end of its day if it has no time. The day counts as 24 hours,
/// also where a clock change makes it 23 or 25.
fn end_of_start(start: Moment) -> Moment {
    match start.day {
        Some(_) => Moment { at: start.at + TimeDelta::days(1), day: start.day },
        None => start,
    }
}
