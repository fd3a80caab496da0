//! What becomes of promises: made and changed by minutes, settled by their owner or by the next minutes.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::change::Change;
use super::db::{Tx, args, record};
use super::error::StoreError;
use crate::ids::{ItemId, RecipientId, SeatId};

record! {
    /// A promise of minutes that are to say something new.
    #[derive(Eq)]
    pub struct StandingPromise {
        /// Its key.
        pub id: i64,
        /// The slug of the group that met.
        pub group: String,
        /// Among those of the minutes, from 1.
        pub position: i64,
        /// What will be done.
        pub what: String,
        /// The place that owns it.
        pub seat: Option<SeatId>,
        /// The day that the minutes name.
        pub said_on: Option<String>,
        /// The day that stands now.
        pub by_on: Option<String>,
    }
}

/// A promise as minutes say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidPromise<'a> {
    /// The slug of the group that met.
    pub group: &'a str,
    /// Among those of the minutes, from 1.
    pub position: i64,
    /// What will be done.
    pub what: &'a str,
    /// The place that owns it.
    pub seat: Option<SeatId>,
    /// The last day, `2027-03-08`.
    pub on: Option<&'a str>,
}

/// What is said of a promise that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseWord<'a> {
    /// Which.
    pub id: i64,
    /// The day that stood when it was shown; empty: none.
    pub seen: &'a str,
    /// open, done, dropped.
    pub state: &'a str,
    /// The day from now on; empty: none.
    pub by_on: &'a str,
    /// Its owner's words, and who that is; none: minutes say it.
    pub owner: Option<(RecipientId, &'a str)>,
    /// The minutes that say it.
    pub minutes: Option<ItemId>,
}

impl Tx {
    /// The promises of minutes, in their order, whatever became of them.
    pub async fn list_promises_of_item(&mut self, item: ItemId) -> Result<Vec<StandingPromise>, StoreError> {
        let own = "SELECT p.id, g.slug, p.position, p.what, p.seat_id, p.said_on, p.by_on
             FROM promise p JOIN term g ON g.id = p.group_id WHERE p.item_id = $1 ORDER BY p.position";
        Ok(self.all(own, args![item]).await?)
    }

    /// Adds a promise to minutes. `now` is real time.
    pub async fn add_promise(
        &mut self,
        item: ItemId,
        said: &SaidPromise<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO promise (item_id, group_id, position, what, seat_id, said_on, by_on, state, changed_at)
             VALUES ($1, (SELECT id FROM term WHERE facet = 'group' AND slug = $2), $3, $4, $5, $6, $6, 'open', $7)",
            args![item, said.group, said.position, said.what, said.seat, said.on, now],
        )
        .await?;
        self.record_promise((actor, "promise.made"), item, None, None, Some(told(said)), now).await
    }

    /// Lets a promise stand as the minutes say it now, in the state that it has; the day that somebody gave it since stays,
    /// unless the minutes name another than before. What its owner told, and was reminded of, goes once another place owns it.
    /// `now` is real time.
    pub async fn change_promise(
        &mut self,
        item: ItemId,
        row: &StandingPromise,
        said: &SaidPromise<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let on = if row.said_on.as_deref() == said.on { row.by_on.as_deref() } else { said.on };
        self.run(
            "UPDATE promise SET group_id = (SELECT id FROM term WHERE facet = 'group' AND slug = $2), position = $3,
                    what = $4, seat_id = $5, said_on = $6, by_on = $7, changed_at = $8,
                    told = CASE WHEN COALESCE(seat_id, 0) = COALESCE($5, 0) THEN told END,
                    told_by = CASE WHEN COALESCE(seat_id, 0) = COALESCE($5, 0) THEN told_by END,
                    reminded_of = CASE WHEN COALESCE(seat_id, 0) = COALESCE($5, 0) THEN reminded_of END
             WHERE id = $1",
            args![row.id, said.group, said.position, said.what, said.seat, said.on, on, now],
        )
        .await?;
        let (before, after) = (Some(told(&row.said())), Some(told(said)));
        self.record_promise((actor, "promise.changed"), item, None, before, after, now).await
    }

    /// Takes a promise away that minutes do not say any more. `now` is real time.
    pub async fn remove_promise(
        &mut self,
        item: ItemId,
        row: &StandingPromise,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run("DELETE FROM promise WHERE id = $1", args![row.id]).await?;
        let before = Some(told(&row.said()));
        self.record_promise((actor, "promise.removed"), item, None, before, None, now).await
    }

    /// Says something of an open promise; false, and nothing done, if somebody settled or moved it since it was shown, or if
    /// its new day is the one that was shown. `now` is real time.
    pub async fn say_of_promise(
        &mut self,
        word: &PromiseWord<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if word.state == "open" && word.by_on == word.seen {
            return Ok(false);
        }
        let settled_at = (word.state != "open").then_some(now);
        let (who, words) = word.owner.map_or((None, None), |(who, words)| (Some(who), Some(words)));
        let rows: Vec<Settled> = self
            .all(
                "UPDATE promise SET state = $3, by_on = NULLIF($4, ''), changed_at = $5, settled_at = $6,
                        settled_by = CASE WHEN $3 = 'open' THEN NULL ELSE $7 END, settled_in = $8,
                        told = COALESCE(NULLIF($9, ''), told),
                        told_by = CASE WHEN NULLIF($9, '') IS NULL THEN told_by ELSE $10 END
                 WHERE id = $1 AND state = 'open' AND COALESCE(by_on, '') = $2 RETURNING item_id, id",
                args![
                    word.id,
                    word.seen,
                    word.state,
                    word.by_on,
                    now,
                    settled_at,
                    actor,
                    word.minutes,
                    words,
                    who
                ],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let action = match word.state {
            "done" => "promise.kept",
            "dropped" => "promise.dropped",
            _ => "promise.moved",
        };
        let (before, after) = (json!({ "by_on": word.seen }), json!({ "id": row.id, "by_on": word.by_on }));
        self.record_promise((actor, action), row.item, who, Some(before), Some(after), now).await?;
        Ok(true)
    }

    /// Withdrawn minutes promise nothing, and what they said of earlier promises is unsaid: those are open again.
    pub(super) async fn forget_promises_of(
        &mut self,
        slug: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(item) = self.find_item_id(slug).await? else { return Ok(()) };
        for row in self.list_promises_of_item(item).await? {
            self.remove_promise(item, &row, actor, now).await?;
        }
        let reopened: Vec<Settled> = self
            .all(
                "UPDATE promise SET state = 'open', settled_at = NULL, settled_by = NULL, settled_in = NULL,
                        changed_at = $2 WHERE settled_in = $1 RETURNING item_id, id",
                args![item, now],
            )
            .await?;
        for row in reopened {
            let after = Some(json!({ "id": row.id }));
            self.record_promise((actor, "promise.reopened"), row.item, None, None, after, now).await?;
        }
        Ok(())
    }

    /// What somebody said of promises goes; the promises stay.
    pub(super) async fn forget_words_of_promises(&mut self, id: RecipientId) -> Result<u64, StoreError> {
        Ok(self.run("UPDATE promise SET told = NULL, told_by = NULL WHERE told_by = $1", args![id]).await?)
    }

    /// Notes that a promise's owner is reminded of its day; false if they were, or it has another by now. `now` is real time.
    pub async fn record_promise_reminded(
        &mut self,
        (id, recipient): (i64, RecipientId),
        by_on: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows: Vec<Settled> = self
            .all(
                "UPDATE promise SET reminded_of = by_on
                 WHERE id = $1 AND state = 'open' AND by_on = $2 AND (reminded_of IS NULL OR reminded_of <> by_on)
                 RETURNING item_id, id",
                args![id, by_on],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let (whose, after) = (Some(recipient), Some(json!({ "id": row.id, "by_on": by_on })));
        self.record_promise(("worker", "promise.reminded"), row.item, whose, None, after, now).await?;
        Ok(true)
    }

    async fn record_promise(
        &mut self,
        (actor, action): (&str, &str),
        item: ItemId,
        recipient: Option<RecipientId>,
        before: Option<serde_json::Value>,
        after: Option<serde_json::Value>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let subject = format!("item:{item}");
        self.record_change(now, Change { actor, action, subject, recipient, before, after }).await
    }
}

record! {
    struct Settled {
        item: ItemId,
        id: i64,
    }
}

impl StandingPromise {
    /// As the minutes said it.
    pub fn said(&self) -> SaidPromise<'_> {
        SaidPromise {
            group: &self.group,
            position: self.position,
            what: &self.what,
            seat: self.seat,
            on: self.said_on.as_deref(),
        }
    }
}

fn told(said: &SaidPromise<'_>) -> serde_json::Value {
    json!({ "what": said.what, "seat": said.seat, "on": said.on })
}
