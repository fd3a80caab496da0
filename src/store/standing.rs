//! What recipients hold, follow and mute, in bulk: a thousand entries per result row, since a driver's
//! hop per row costs more than the row itself. `world` turns it into values.

use chrono::{DateTime, Utc};

use super::db::{Db, One, Record, Sql, args, record};
use super::error::StoreError;
use super::forum::OrganisationRow;
use super::open::Store;
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};

record! {
    /// A recipient who is not erased.
    pub struct RecipientRow {
        /// The key.
        pub id: RecipientId,
        /// In its one spelling.
        pub email: String,
        /// May be empty.
        pub name: String,
        /// Where they work.
        pub organisation: Option<OrganisationId>,
        /// The language's tag.
        pub language: String,
        /// The cadence's word.
        pub cadence: String,
        /// Their own cap.
        pub cap: Option<i64>,
        /// The status's word.
        pub status: String,
        /// A day.
        pub paused_until: Option<String>,
        /// Admitted without a seat.
        pub admitted: bool,
        /// Whether letters about urgent items are off.
        pub urgent_off: bool,
        /// Raised by every change that planning must notice.
        pub revision: i64,
        /// What was considered already.
        pub watermark: i64,
        /// The now of the last edition planned.
        pub last_planned_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A seat as its holder has it, spans not yet intersected.
    pub struct HeldSeatRow {
        /// The holder.
        pub recipient: RecipientId,
        /// The seat.
        pub seat: SeatId,
        /// Its group.
        pub group: TermId,
        /// The `represents:` term of what it represents.
        pub represents: TermId,
        /// The position's word.
        pub position: String,
        /// The seat's start.
        pub seat_starts_at: Option<DateTime<Utc>>,
        /// The seat's end.
        pub seat_ends_at: Option<DateTime<Utc>>,
        /// The holder's start.
        pub holder_starts_at: Option<DateTime<Utc>>,
        /// The holder's end.
        pub holder_ends_at: Option<DateTime<Utc>>,
    }
}

/// What the rule reads of recipients, each list by recipient.
#[derive(Debug, Clone, Default)]
pub struct StandingRows {
    /// By key.
    pub recipients: Vec<RecipientRow>,
    /// Roles.
    pub roles: Vec<(RecipientId, TermId)>,
    /// Terms followed.
    pub follows: Vec<(RecipientId, TermId)>,
    /// Terms muted.
    pub mutes: Vec<(RecipientId, TermId)>,
    /// Kinds muted, by their words.
    pub muted_kinds: Vec<(RecipientId, String)>,
    /// Seats, whether running or not.
    pub seats: Vec<HeldSeatRow>,
    /// The seats' own topics.
    pub topics: Vec<(SeatId, TermId)>,
    /// Where they work: every organisation, or those of the ones among `only`.
    pub organisations: Vec<OrganisationRow>,
}

/// A statement over everyone, and the same over the recipients whose keys are a JSON list in `$1`.
struct Scoped {
    all: &'static str,
    some: Sql,
}

macro_rules! scoped {
    ($head:literal, $column:literal, $tail:literal) => {
        scoped!($head, $column, "", $tail)
    };
    // `$close` ends what `$column` opened: a question that leads from a recipient to the row.
    ($head:literal, $column:literal, $close:literal, $tail:literal) => {
        Scoped {
            all: concat!($head, $tail),
            some: Sql {
                sqlite: concat!(
                    $head,
                    " AND ",
                    $column,
                    " IN (SELECT value FROM json_each($1))",
                    $close,
                    $tail
                ),
                postgres: concat!(
                    $head,
                    " AND ",
                    $column,
                    " IN (SELECT value::bigint FROM json_array_elements_text($1::json))",
                    $close,
                    $tail
                ),
            },
        }
    };
}

const RECIPIENTS: Scoped = scoped!(
    "SELECT id, email, name, organisation_id, language, cadence, cap, status, paused_until, admitted,
            urgent_off_at IS NOT NULL, revision, watermark, last_planned_at
     FROM recipient WHERE email IS NOT NULL",
    "id",
    " ORDER BY id"
);
const ROLES: Scoped = scoped!(
    "SELECT string_agg(CAST(recipient_id AS TEXT) || ' ' || CAST(role_id AS TEXT), ';')
     FROM recipient_role WHERE ended_at IS NULL",
    "recipient_id",
    " GROUP BY recipient_id / 500"
);
const FOLLOWS: Scoped = scoped!(
    "SELECT string_agg(CAST(recipient_id AS TEXT) || ' ' || CAST(term_id AS TEXT), ';')
     FROM interest WHERE ended_at IS NULL AND mark = 'follow'",
    "recipient_id",
    " GROUP BY recipient_id / 500"
);
const MUTES: Scoped = scoped!(
    "SELECT string_agg(CAST(recipient_id AS TEXT) || ' ' || CAST(term_id AS TEXT), ';')
     FROM interest WHERE ended_at IS NULL AND mark = 'mute'",
    "recipient_id",
    " GROUP BY recipient_id / 500"
);
const MUTED_KINDS: Scoped = scoped!(
    "SELECT string_agg(CAST(recipient_id AS TEXT) || ' ' || kind, ';')
     FROM muted_kind WHERE ended_at IS NULL",
    "recipient_id",
    " GROUP BY recipient_id / 500"
);
const SEATS: Scoped = scoped!(
    "SELECT h.recipient_id, s.id, s.group_id, o.represents_id, s.position,
            s.starts_at, s.ends_at, h.starts_at, h.ends_at
     FROM seat_holder h JOIN seat s ON s.id = h.seat_id JOIN organisation o ON o.id = s.organisation_id
     WHERE TRUE",
    "h.recipient_id",
    " ORDER BY h.recipient_id, s.id, h.id"
);

const TOPICS: Scoped = scoped!(
    "SELECT string_agg(CAST(t.seat_id AS TEXT) || ' ' || CAST(t.sector_id AS TEXT), ';')
     FROM seat_topic t WHERE TRUE",
    "t.seat_id IN (SELECT h.seat_id FROM seat_holder h WHERE h.recipient_id",
    ")",
    " GROUP BY t.seat_id / 500"
);
const ORGANISATIONS: Scoped = scoped!(
    "SELECT o.id, o.slug, o.name, o.kind, o.org_id, o.represents_id FROM organisation o WHERE TRUE",
    "o.id IN (SELECT r.organisation_id FROM recipient r WHERE r.id",
    ")",
    " ORDER BY o.slug"
);

impl Store {
    /// The standing of everyone who is not erased, or of those among `only`.
    pub async fn read_standings(&self, only: Option<&[RecipientId]>) -> Result<StandingRows, StoreError> {
        let ids = only.map(serde_json::to_string).transpose()?;
        let ids = ids.as_deref();
        Ok(StandingRows {
            recipients: list(&self.db, &RECIPIENTS, ids).await?,
            roles: pairs(&self.db, &ROLES, ids).await?.into_iter().map(|(r, t)| (r, TermId(t))).collect(),
            follows: pairs(&self.db, &FOLLOWS, ids).await?.into_iter().map(|(r, t)| (r, TermId(t))).collect(),
            mutes: pairs(&self.db, &MUTES, ids).await?.into_iter().map(|(r, t)| (r, TermId(t))).collect(),
            muted_kinds: pairs(&self.db, &MUTED_KINDS, ids).await?,
            seats: list(&self.db, &SEATS, ids).await?,
            topics: unpack(&list::<One<String>>(&self.db, &TOPICS, ids).await?)
                .map(|pair| pair.map(|(seat, sector)| (SeatId(seat), TermId(sector))))
                .collect::<Result<_, _>>()?,
            organisations: list(&self.db, &ORGANISATIONS, ids).await?,
        })
    }

    /// The key of the recipient with that address, in its one spelling.
    pub async fn find_recipient_id(&self, email: &str) -> Result<Option<RecipientId>, StoreError> {
        let row: Option<One<RecipientId>> =
            self.db.find("SELECT id FROM recipient WHERE email = $1", args![email]).await?;
        Ok(row.map(|One(id)| id))
    }
}

async fn list<T: Record>(db: &Db, sql: &Scoped, ids: Option<&str>) -> Result<Vec<T>, StoreError> {
    Ok(match ids {
        None => db.all(sql.all, vec![]).await?,
        Some(ids) => db.all(sql.some, args![ids]).await?,
    })
}

async fn pairs<T>(db: &Db, sql: &Scoped, ids: Option<&str>) -> Result<Vec<(RecipientId, T)>, StoreError>
where
    T: std::str::FromStr,
{
    let rows: Vec<One<String>> = list(db, sql, ids).await?;
    unpack(&rows).map(|pair| pair.map(|(id, what)| (RecipientId(id), what))).collect()
}

/// `1 17;1 18;2 17` as pairs.
fn unpack<T: std::str::FromStr>(rows: &[One<String>]) -> impl Iterator<Item = Result<(i64, T), StoreError>> {
    rows.iter().flat_map(|One(packed)| packed.split(';')).map(|pair| {
        pair.split_once(' ')
            .and_then(|(id, what)| Some((id.parse().ok()?, what.parse().ok()?)))
            .ok_or_else(|| StoreError::Corrupt { what: "packed pair", value: pair.to_owned() })
    })
}
