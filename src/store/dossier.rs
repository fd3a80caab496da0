//! Everything held about one person, row by row, for their own copy (GDPR art. 15 and 20).

mod statements;
mod taken_part;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{Tx, args, record};
use super::error::StoreError;
use super::feeds::FeedRow;
use super::held::HeldByDoors;
use super::open::Store;
use super::union_grounds::GroundHeldRow;
use crate::ids::{DeliveryId, RecipientId, SeatId};
use statements::{
    BASES, CARRIED, CHANGES, FEEDS, ITEMS, LETTERS, MARKS, PASSED_ON, PERSON, REPORTS, SEATS, TAPS,
};
pub use taken_part::TakenPart;

record! {
    /// The recipient's own row.
    #[derive(Serialize)]
    pub struct PersonRow {
        /// 128 random bits in lower-case hex.
        pub public_id: String,
        /// Where letters go.
        pub email: Option<String>,
        /// As it stands in greetings.
        pub name: String,
        /// Where they work: its slug.
        pub organisation: Option<String>,
        /// And its name.
        pub organisation_name: Option<String>,
        /// Where they work, in their own words.
        pub said_organisation: Option<String>,
        /// Since when letters about urgent items are off.
        pub urgent_off_at: Option<DateTime<Utc>>,
        /// The language's tag.
        pub language: String,
        /// How often.
        pub cadence: String,
        /// Their own greatest number of items.
        pub cap: Option<i64>,
        /// Whether letters go out.
        pub status: String,
        /// Why not.
        pub status_cause: Option<String>,
        /// No letters before this day.
        pub paused_until: Option<String>,
        /// Admitted without a seat.
        pub admitted: bool,
        /// Whether they came by an import.
        pub imported: bool,
        /// When a letter told source, purpose and rights.
        pub introduced_at: Option<DateTime<Utc>>,
        /// What they chose themselves, as JSON.
        pub chosen: String,
        /// Whether their taps are kept and rank their letters.
        pub learning: bool,
        /// Raised by every change.
        pub revision: i64,
        /// What was considered already.
        pub watermark: i64,
        /// The now of the last edition planned.
        pub last_planned_at: Option<DateTime<Utc>>,
        /// When they came.
        pub created_at: DateTime<Utc>,
    }
}

record! {
    /// A role, a term followed or muted, or a kind muted.
    #[derive(Serialize)]
    pub struct MarkRow {
        /// `role`, `follow`, `mute`.
        pub mark: String,
        /// The term, or the kind.
        pub what: String,
        /// import, person, lead.
        pub source: String,
        /// From when.
        pub started_at: DateTime<Utc>,
        /// Until when.
        pub ended_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A seat held now, before or later.
    #[derive(Serialize)]
    pub struct HeldRow {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// leader, member ...
        pub position: String,
        /// The represented organisation's slug.
        pub represents: String,
        /// From when they hold it; none: since ever.
        pub starts_at: Option<DateTime<Utc>>,
        /// Until when.
        pub ends_at: Option<DateTime<Utc>>,
        /// Who seated them.
        pub source: String,
        /// When they were asked whether they still have it.
        pub asked_at: Option<DateTime<Utc>>,
        /// When they last said that they have.
        pub confirmed_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// What entitles the forum to keep their data.
    #[derive(Serialize)]
    pub struct BasisRow {
        /// public_task, consent, legitimate_interest or legal_obligation.
        pub basis: String,
        /// Where the data came from; of an import that was told no source, the file's name.
        pub source: String,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// When it ended.
        pub ended_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A letter.
    #[derive(Serialize)]
    pub struct SentRow {
        /// Its ledger row.
        pub delivery: DeliveryId,
        /// The edition's cadence.
        pub cadence: String,
        /// The edition's occurrence.
        pub occurs_at: DateTime<Utc>,
        /// What became of it.
        pub state: String,
        /// How often it was tried.
        pub attempts: i64,
        /// Its Message-ID.
        pub message_id: String,
        /// Its Date.
        pub dated_at: DateTime<Utc>,
        /// The relay's last reply.
        pub reply: Option<String>,
        /// When that was known.
        pub settled_at: Option<DateTime<Utc>>,
        /// Its pieces and slots, as JSON.
        pub letter: String,
    }
}

record! {
    /// An item of a letter.
    #[derive(Serialize)]
    pub struct GivenRow {
        /// The letter.
        pub delivery: DeliveryId,
        /// The item's slug.
        pub item: String,
        /// Its title, in the language that letters choose for them; none of what was returned: they never got it.
        pub title: Option<String>,
        /// Which version.
        pub version: i64,
        /// The line of the rule.
        pub because: String,
        /// The reasons, as JSON.
        pub reasons: String,
        /// Its rank.
        pub points: i64,
        /// Whether it corrected an earlier version.
        pub correction: bool,
        /// Whether it came back undelivered.
        pub returned: bool,
    }
}

record! {
    /// An item that waits for the next letter, or waited.
    #[derive(Serialize)]
    pub struct OwedRow {
        /// The item's slug.
        pub item: String,
        /// How many editions it was carried.
        pub times: i64,
        /// When that ended.
        pub ended_at: Option<DateTime<Utc>>,
        /// Why.
        pub ended_because: Option<String>,
    }
}

record! {
    /// An answer given by a link.
    #[derive(Serialize)]
    pub struct TapRow {
        /// hit, miss, not_for_me.
        pub answer: String,
        /// From which letter.
        pub delivery: Option<DeliveryId>,
        /// To which item.
        pub item: Option<String>,
        /// When.
        pub tapped_at: DateTime<Utc>,
    }
}

record! {
    /// An item that they would rather see at a colleague.
    #[derive(Serialize)]
    pub struct PassedOnRow {
        /// The item's slug.
        pub item: String,
        /// Whom they named.
        pub colleague: Option<String>,
        /// When.
        pub said_at: DateTime<Utc>,
    }
}

record! {
    /// A returned mail.
    #[derive(Serialize)]
    pub struct ReturnRow {
        /// hard, soft, complaint ...
        pub kind: String,
        /// The status code.
        pub status: Option<String>,
        /// What it said.
        pub reason: String,
        /// When it came.
        pub received_at: DateTime<Utc>,
    }
}

record! {
    /// A change to their data.
    #[derive(Serialize)]
    pub struct ChangeRow {
        /// When.
        pub changed_at: DateTime<Utc>,
        /// By which door.
        pub actor: String,
        /// What was done.
        pub action: String,
        /// What it was, as JSON.
        pub before: Option<String>,
        /// What it became, as JSON.
        pub after: Option<String>,
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dossier {
    /// The person.
    pub recipient: PersonRow,
    /// Roles, follows, mutes, muted kinds, ended ones too.
    pub marks: Vec<MarkRow>,
    /// Seats, ended ones too.
    pub seats: Vec<HeldRow>,
    /// Legal bases.
    pub legal_basis: Vec<BasisRow>,
    /// On what ground they sit for unions, ended ones too.
    pub union_grounds: Vec<GroundHeldRow>,
    /// Letters.
    pub letters: Vec<SentRow>,
    /// What the letters held.
    pub items: Vec<GivenRow>,
    /// What waits for the next.
    pub carried: Vec<OwedRow>,
    /// Answers.
    pub taps: Vec<TapRow>,
    /// How they took part.
    #[serde(flatten)]
    pub taken_part: TakenPart,
    /// Items for a colleague.
    pub passed_on: Vec<PassedOnRow>,
    /// Returned mail.
    pub reports: Vec<ReturnRow>,
    /// Consents, former addresses, short mails, links, devices.
    pub doors: HeldByDoors,
    /// Personal feeds, switched off ones too.
    pub feeds: Vec<FeedRow>,
    /// The audit log's rows about them.
    pub changes: Vec<ChangeRow>,
}

impl Store {
    /// Begins a transaction that only reads, as [`super::Db::begin_reading`].
    pub async fn begin_reading(&self) -> Result<Tx, StoreError> {
        Ok(self.db.begin_reading().await?)
    }

    /// Everything held about a recipient, as it stood at one instant, after the audit row that it was
    /// looked at. `now` is real time.
    pub async fn export_recipient(
        &self,
        id: RecipientId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Dossier, StoreError> {
        let mut tx = self.begin().await?;
        tx.record_change(now, Change::of_recipient(actor, "recipient.exported", id)).await?;
        tx.commit().await?;
        self.read_dossier(id, now).await
    }

    /// The same for the person's own eyes: their look at it is not recorded, and nothing is written.
    pub async fn read_dossier(&self, id: RecipientId, now: DateTime<Utc>) -> Result<Dossier, StoreError> {
        let mut tx = self.begin_reading().await?;
        let dossier = tx.read_dossier(id, now).await?;
        tx.undo().await?;
        Ok(dossier)
    }
}

impl Tx {
    async fn read_dossier(&mut self, id: RecipientId, now: DateTime<Utc>) -> Result<Dossier, StoreError> {
        let tx = self;
        Ok(Dossier {
            recipient: tx.get(PERSON, args![id]).await?,
            marks: tx.all(MARKS, args![id]).await?,
            seats: tx.all(SEATS, args![id]).await?,
            legal_basis: tx.all(BASES, args![id]).await?,
            union_grounds: tx.list_union_grounds_held(id).await?,
            letters: tx.all(LETTERS, args![id]).await?,
            items: tx.all(ITEMS, args![id]).await?,
            carried: tx.all(CARRIED, args![id]).await?,
            taps: tx.all(TAPS, args![id]).await?,
            taken_part: tx.read_taken_part(id, now).await?,
            passed_on: tx.all(PASSED_ON, args![id]).await?,
            reports: tx.all(REPORTS, args![id]).await?,
            doors: tx.read_held_by_doors(id).await?,
            feeds: tx.all(FEEDS, args![id]).await?,
            changes: tx.all(CHANGES, args![id]).await?,
        })
    }
}
