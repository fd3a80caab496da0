//! What planning reads of the ledger and the one conditional write that it ends in.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{One, Sql, Tx, args, in_json_keys};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId, SeatId};

mod reading;

use reading::LetterState;
pub use reading::{HeldItem, LedgerView, OwedItem, TakenSeat, TapRow};

/// One recipient's share of the conditional write.
#[derive(Debug, Clone)]
pub struct PlannedDigest {
    /// Whose.
    pub recipient: RecipientId,
    /// The revision that was read: the write holds only if it still stands.
    pub revision: i64,
    /// The new watermark.
    pub watermark: i64,
    /// Letters that this digest supersedes; all must still be queued or deferred.
    pub supersedes: Vec<DeliveryId>,
    /// What becomes of owed items: (item, times, why it ended).
    pub carries: Vec<(ItemId, i64, Option<&'static str>)>,
    /// Items over the cap, in order.
    pub carried_over: Vec<ItemId>,
    /// The letter, if there is one.
    pub letter: Option<PlannedLetter>,
    /// Seats that this digest hands over.
    pub welcomes: Vec<SeatId>,
}

/// A letter to be queued.
#[derive(Debug, Clone)]
pub struct PlannedLetter {
    /// Without angle brackets.
    pub message_id: String,
    /// The letter's Date.
    pub dated_at: DateTime<Utc>,
    /// Pieces and slots, as JSON.
    pub letter: String,
    /// What it holds, in order.
    pub items: Vec<PlannedItem>,
}

/// A ledger row to be.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedItem {
    /// Which item.
    pub item: ItemId,
    /// Which version.
    pub version: i64,
    /// The decision's word.
    pub because: &'static str,
    /// Its reasons as JSON.
    pub reasons: String,
    /// Its rank.
    pub points: i64,
    /// How many editions had carried it.
    pub carried: i64,
    /// Whether an earlier version was got.
    pub correction: bool,
    /// The seat that handed it over.
    pub seat: Option<SeatId>,
}

/// On PostgreSQL a row that another transaction holds is left to it (it may be planned there): planners
/// neither wait for each other nor meet in a deadlock.
const CLAIM_RECIPIENTS: Sql = Sql {
    sqlite: "UPDATE recipient SET revision = recipient.revision + 1, watermark = p.watermark,
                    last_planned_at = CASE WHEN $4 THEN recipient.last_planned_at ELSE $2 END
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS revision,
                          json_extract(value, '$[2]') AS watermark FROM json_each($1)) AS p
             WHERE recipient.id = p.id AND recipient.revision = p.revision
               AND NOT EXISTS (SELECT 1 FROM delivery d
                               WHERE d.recipient_id = recipient.id AND d.state = 'attempting')
               AND NOT EXISTS (SELECT 1 FROM digest g
                               WHERE g.edition_id = $3 AND g.recipient_id = recipient.id)
             RETURNING recipient.id",
    postgres: "UPDATE recipient SET revision = recipient.revision + 1, watermark = p.watermark,
                    last_planned_at = CASE WHEN $4 THEN recipient.last_planned_at ELSE $2 END
             FROM (SELECT r.id, v.watermark FROM recipient r
                   JOIN (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS revision,
                                (value->>2)::bigint AS watermark FROM json_array_elements($1::json)) AS v
                     ON v.id = r.id AND v.revision = r.revision
                   WHERE NOT EXISTS (SELECT 1 FROM delivery d
                                     WHERE d.recipient_id = r.id AND d.state = 'attempting')
                     AND NOT EXISTS (SELECT 1 FROM digest g
                                     WHERE g.edition_id = $3 AND g.recipient_id = r.id)
                   FOR NO KEY UPDATE OF r SKIP LOCKED) AS p
             WHERE recipient.id = p.id
             RETURNING recipient.id",
};

const SUPERSEDE: Sql = in_json_keys!(
    "UPDATE delivery SET state = 'superseded', settled_at = $2, claimed_by = NULL, claimed_until = NULL
     WHERE state IN ('queued', 'deferred') AND id",
    ""
);
const RETURN_ITEMS: Sql = in_json_keys!("UPDATE delivery_item SET returned = TRUE WHERE delivery_id", "");

const INSERT_DIGESTS: Sql = Sql {
    sqlite: "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter)
             SELECT $2, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
             FROM json_each($1)",
    postgres: "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter)
             SELECT $2, (value->>0)::bigint, value->>1, (value->>2)::boolean
             FROM json_array_elements($1::json)",
};
const INSERT_DELIVERIES: Sql = Sql {
    sqlite: "INSERT INTO delivery (edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                                   message_id, dated_at)
             SELECT $2, json_extract(value, '$[0]'), 'queued', 0, $3, $3, 0, json_extract(value, '$[1]'),
                    json_extract(value, '$[2]')
             FROM json_each($1) RETURNING recipient_id, id, state",
    postgres: "INSERT INTO delivery (edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                                   message_id, dated_at)
             SELECT $2, (value->>0)::bigint, 'queued', 0, $3, $3, 0, value->>1, (value->>2)::bigint
             FROM json_array_elements($1::json) RETURNING recipient_id, id, state",
};
/// `{"id": "content"}`.
const INSERT_CONTENTS: Sql = Sql {
    sqlite: "INSERT INTO letter (delivery_id, content) SELECT CAST(key AS INTEGER), value FROM json_each($1)",
    postgres: "INSERT INTO letter (delivery_id, content) SELECT key::bigint, value FROM json_each_text($1::json)",
};
const INSERT_ITEMS: Sql = Sql {
    sqlite:
        "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons,
                                        points, carried, correction, seat_id, returned)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                    json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'),
                    json_extract(value, '$[6]'), json_extract(value, '$[7]'), json_extract(value, '$[8]'),
                    json_extract(value, '$[9]'), json_extract(value, '$[10]'), FALSE
             FROM json_each($1)",
    postgres:
        "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons,
                                        points, carried, correction, seat_id, returned)
             SELECT (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint,
                    (value->>4)::bigint, value->>5, value->>6, (value->>7)::bigint, (value->>8)::bigint,
                    (value->>9)::boolean, (value->>10)::bigint, FALSE
             FROM json_array_elements($1::json)",
};
const WRITE_CARRIES: Sql = Sql {
    sqlite: "INSERT INTO carry (recipient_id, item_id, times, ended_because, ended_at)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                    json_extract(value, '$[3]'),
                    CASE WHEN json_extract(value, '$[3]') IS NULL THEN NULL ELSE $2 END
             FROM json_each($1) WHERE TRUE
             ON CONFLICT (recipient_id, item_id) DO UPDATE SET times = excluded.times,
                ended_because = excluded.ended_because, ended_at = excluded.ended_at",
    postgres: "INSERT INTO carry (recipient_id, item_id, times, ended_because, ended_at)
             SELECT (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, value->>3,
                    CASE WHEN value->>3 IS NULL THEN NULL ELSE $2::bigint END
             FROM json_array_elements($1::json)
             ON CONFLICT (recipient_id, item_id) DO UPDATE SET times = excluded.times,
                ended_because = excluded.ended_because, ended_at = excluded.ended_at",
};
const WELCOME: Sql = Sql {
    sqlite: "UPDATE seat_holder SET welcomed_in = $2
             FROM (SELECT json_extract(value, '$[0]') AS recipient_id, json_extract(value, '$[1]') AS seat_id
                   FROM json_each($1)) AS p
             WHERE seat_holder.recipient_id = p.recipient_id AND seat_holder.seat_id = p.seat_id",
    postgres: "UPDATE seat_holder SET welcomed_in = $2
             FROM (SELECT (value->>0)::bigint AS recipient_id, (value->>1)::bigint AS seat_id
                   FROM json_array_elements($1::json)) AS p
             WHERE seat_holder.recipient_id = p.recipient_id AND seat_holder.seat_id = p.seat_id",
};

impl Store {
    /// Writes a batch of digests in one transaction. Answers who was written; who is missing had
    /// changed, had a letter whose fate is open, or was planned by another: read them again.
    ///
    /// Nothing is written once the edition's planning has ended: it is planned for everyone, a later occurrence of its
    /// cadence covers it, or somebody cancelled it.
    ///
    /// If one of the letters to be superseded was taken up meanwhile, nothing of the batch is written, and the answer is empty.
    /// The pieces that letters name are kept before.
    pub async fn write_plans(
        &self,
        edition: EditionId,
        urgent: bool,
        edition_now: DateTime<Utc>,
        batch: &[PlannedDigest],
        now: DateTime<Utc>,
    ) -> Result<HashSet<RecipientId>, StoreError> {
        let mut tx = self.begin().await?;
        if !tx.is_planning(edition).await? {
            tx.undo().await?;
            return Ok(HashSet::new());
        }
        let claims: Vec<(i64, i64, i64)> =
            batch.iter().map(|p| (p.recipient.0, p.revision, p.watermark)).collect();
        let won: Vec<One<RecipientId>> = tx
            .all(CLAIM_RECIPIENTS, args![serde_json::to_string(&claims)?, edition_now, edition, urgent])
            .await?;
        let won: HashSet<RecipientId> = won.into_iter().map(|One(id)| id).collect();
        if won.is_empty() {
            tx.undo().await?;
            return Ok(won);
        }
        let plans: Vec<&PlannedDigest> = batch.iter().filter(|p| won.contains(&p.recipient)).collect();
        if !tx.supersede_for(&plans, now).await? {
            // At once: whoever plans one of these next would take its row for another planner's.
            tx.undo().await?;
            return Ok(HashSet::new());
        }
        tx.insert_digests(edition, &plans, now).await?;
        tx.record_change(
            now,
            Change {
                actor: "edition",
                action: "edition.planned",
                subject: format!("edition:{edition}"),
                after: Some(serde_json::json!({ "recipients": plans.len() })),
                ..Change::default()
            },
        )
        .await?;
        tx.commit().await?;
        Ok(won)
    }
}

impl Tx {
    /// Supersedes every letter that the plans name; false if one of them could not be.
    async fn supersede_for(
        &mut self,
        plans: &[&PlannedDigest],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let letters: Vec<DeliveryId> = plans.iter().flat_map(|p| p.supersedes.iter().copied()).collect();
        if letters.is_empty() {
            return Ok(true);
        }
        let ids = serde_json::to_string(&letters)?;
        let done = self.run(SUPERSEDE, args![&ids, now]).await?;
        self.run(RETURN_ITEMS, args![&ids]).await?;
        Ok(done == letters.len() as u64)
    }

    async fn insert_digests(
        &mut self,
        edition: EditionId,
        plans: &[&PlannedDigest],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let digests = plans
            .iter()
            .map(|p| Ok((p.recipient.0, serde_json::to_string(&p.carried_over)?, p.letter.is_some())))
            .collect::<Result<Vec<_>, StoreError>>()?;
        self.run(INSERT_DIGESTS, args![serde_json::to_string(&digests)?, edition]).await?;
        self.insert_letters(edition, plans, now).await?;
        let carries: Vec<_> = plans
            .iter()
            .flat_map(|p| p.carries.iter().map(|(item, times, ended)| (p.recipient.0, item.0, times, ended)))
            .collect();
        if !carries.is_empty() {
            self.run(WRITE_CARRIES, args![serde_json::to_string(&carries)?, now]).await?;
        }
        let welcomes: Vec<_> =
            plans.iter().flat_map(|p| p.welcomes.iter().map(|seat| (p.recipient.0, seat.0))).collect();
        if !welcomes.is_empty() {
            self.run(WELCOME, args![serde_json::to_string(&welcomes)?, edition]).await?;
        }
        Ok(())
    }

    async fn insert_letters(
        &mut self,
        edition: EditionId,
        plans: &[&PlannedDigest],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let letters: Vec<_> = plans
            .iter()
            .filter_map(|p| {
                let l = p.letter.as_ref()?;
                Some((p.recipient.0, &l.message_id, l.dated_at.timestamp_micros()))
            })
            .collect();
        if letters.is_empty() {
            return Ok(());
        }
        let rows: Vec<LetterState> =
            self.all(INSERT_DELIVERIES, args![serde_json::to_string(&letters)?, edition, now]).await?;
        let ids: HashMap<RecipientId, DeliveryId> =
            rows.into_iter().map(|r| (r.recipient, r.delivery)).collect();
        let (mut contents, mut items) = (BTreeMap::new(), Vec::new());
        for plan in plans {
            let (Some(letter), Some(delivery)) = (&plan.letter, ids.get(&plan.recipient)) else { continue };
            contents.insert(delivery.0, &letter.letter);
            for (position, i) in letter.items.iter().enumerate() {
                items.push((
                    delivery.0,
                    plan.recipient.0,
                    i.item.0,
                    i.version,
                    position,
                    i.because,
                    &i.reasons,
                    i.points,
                    i.carried,
                    i.correction,
                    i.seat,
                ));
            }
        }
        self.run(INSERT_CONTENTS, args![serde_json::to_string(&contents)?]).await?;
        self.run(INSERT_ITEMS, args![serde_json::to_string(&items)?]).await?;
        Ok(())
    }
}
