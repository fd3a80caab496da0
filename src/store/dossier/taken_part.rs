//! How a person took part: what they said to events and samples, help offered, reminders, what they sent in.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::RecipientId;
use crate::store::db::{Tx, args, record};
use crate::store::error::StoreError;

record! {
    /// What they said to an event, now or before.
    #[derive(Serialize)]
    pub struct SaidRow {
        /// The event's slug.
        pub item: String,
        /// coming, not_coming, sending.
        pub answer: String,
        /// Who comes instead.
        pub sent_name: Option<String>,
        /// Where that person is reached.
        pub sent_email: Option<String>,
        /// Their word to the organiser.
        pub note: Option<String>,
        /// By which door.
        pub source: String,
        /// When.
        pub answered_at: DateTime<Utc>,
        /// When they said something else.
        pub ended_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// An offer of help.
    #[derive(Serialize)]
    pub struct OfferedRow {
        /// The request's slug.
        pub item: String,
        /// What they wrote.
        pub message: String,
        /// By which door.
        pub source: String,
        /// When first.
        pub offered_at: DateTime<Utc>,
        /// When last.
        pub changed_at: DateTime<Utc>,
        /// How often.
        pub times: i64,
    }
}

record! {
    /// A reminder.
    #[derive(Serialize)]
    pub struct RemindedRow {
        /// The item's slug.
        pub item: String,
        /// coming, unanswered, help.
        pub kind: String,
        /// When.
        pub reminded_at: DateTime<Utc>,
    }
}

record! {
    /// Something they sent in.
    #[derive(Serialize)]
    pub struct SentInRow {
        /// new, taken, declined.
        pub state: String,
        /// Its title.
        pub title: String,
        /// What it says.
        pub body: String,
        /// What else was said, as JSON.
        pub fields: String,
        /// For whom.
        pub audience_words: String,
        /// The topics chosen, as JSON.
        pub about: String,
        /// Who sent it: the name.
        pub sender_name: Option<String>,
        /// And the address.
        pub sender_email: Option<String>,
        /// And the organisation.
        pub sender_organisation: Option<String>,
        /// When.
        pub received_at: DateTime<Utc>,
        /// What it became.
        pub item: Option<String>,
    }
}

record! {
    /// A promise of a place that they have, or of which they said something.
    #[derive(Serialize)]
    pub struct PromisedRow {
        /// The minutes' slug.
        pub item: String,
        /// What was promised.
        pub what: String,
        /// The last day.
        pub by_on: Option<String>,
        /// open, done, dropped.
        pub state: String,
        /// What they said of it.
        pub told: Option<String>,
        /// When somebody last said something of it.
        pub changed_at: DateTime<Utc>,
    }
}

record! {
    /// What they said of an item that they did not get.
    #[derive(Serialize)]
    pub struct ProbeRow {
        /// The item's slug.
        pub item: String,
        /// yes, no, skipped.
        pub answer: String,
        /// When.
        pub answered_at: DateTime<Utc>,
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TakenPart {
    /// What they said to events.
    pub answers: Vec<SaidRow>,
    /// Help that they offered.
    pub offers: Vec<OfferedRow>,
    /// What they were reminded of.
    pub reminders: Vec<RemindedRow>,
    /// What they sent in.
    pub drafts: Vec<SentInRow>,
    /// What they promised.
    pub promises: Vec<PromisedRow>,
    /// What they said to samples.
    pub probes: Vec<ProbeRow>,
}

const ANSWERS: &str =
    "SELECT i.slug, a.answer, a.sent_name, a.sent_email, a.note, a.source, a.answered_at, a.ended_at
 FROM answer a JOIN item i ON i.id = a.item_id WHERE a.recipient_id = $1 ORDER BY a.id";
const OFFERS: &str = "SELECT i.slug, f.message, f.source, f.offered_at, f.changed_at, f.times
 FROM offer f JOIN item i ON i.id = f.item_id WHERE f.recipient_id = $1 ORDER BY f.id";
const REMINDERS: &str = "SELECT i.slug, m.kind, m.reminded_at
 FROM reminder m JOIN item i ON i.id = m.item_id WHERE m.recipient_id = $1 ORDER BY m.reminded_at, i.slug, m.kind";
const DRAFTS: &str = "SELECT d.state, d.title, d.body, d.fields, d.audience_words, d.about, d.sender_name,
        d.sender_email, d.sender_organisation, d.received_at, i.slug
 FROM draft d LEFT JOIN item i ON i.id = d.item_id
 WHERE d.sender_id = $1 OR d.sender_email = (SELECT email FROM recipient WHERE id = $1) ORDER BY d.id";

/// Of places that they have at `$2`, those of minutes that are out; the words of who had the place before are not theirs.
const PROMISES: &str =
    "SELECT i.slug, p.what, p.by_on, p.state, CASE WHEN p.told_by = $1 THEN p.told END, p.changed_at
 FROM promise p JOIN item i ON i.id = p.item_id
 WHERE p.told_by = $1 OR (i.withdrawn_at IS NULL AND i.held_at IS NULL AND i.release_at <= $2
        AND p.seat_id IN (SELECT h.seat_id FROM seat_holder h
             WHERE h.recipient_id = $1 AND (h.starts_at IS NULL OR h.starts_at <= $2)
               AND (h.ends_at IS NULL OR h.ends_at > $2)))
 ORDER BY p.id";
const PROBES: &str = "SELECT i.slug, p.answer, p.answered_at
 FROM probe p JOIN item i ON i.id = p.item_id WHERE p.recipient_id = $1 ORDER BY p.id";

impl Tx {
    /// How the recipient took part, with what their places have promised at `now`.
    pub(super) async fn read_taken_part(
        &mut self,
        id: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<TakenPart, StoreError> {
        Ok(TakenPart {
            answers: self.all(ANSWERS, args![id]).await?,
            offers: self.all(OFFERS, args![id]).await?,
            reminders: self.all(REMINDERS, args![id]).await?,
            drafts: self.all(DRAFTS, args![id]).await?,
            promises: self.all(PROMISES, args![id, now]).await?,
            probes: self.all(PROBES, args![id]).await?,
        })
    }
}
