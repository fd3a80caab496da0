//! Editions as the desk follows them: what became of their letters, counted and listed in pages.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::editions::{EditionRow, editions};
use super::error::StoreError;
use super::open::Store;
use super::settling::Ending;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};

record! {
    /// So many letters of an edition are in a state.
    pub struct StateCount {
        /// The state's word.
        pub state: String,
        /// How many.
        pub count: i64,
    }
}

record! {
    /// A letter of an edition as a list names it.
    pub struct MailedRow {
        /// The letter.
        pub delivery: DeliveryId,
        /// Whose.
        pub recipient: RecipientId,
        /// May be empty.
        pub name: String,
        /// None once they were erased.
        pub email: Option<String>,
        /// Whether letters may go to them: the status's word.
        pub status: String,
        /// How often it was tried.
        pub attempts: i64,
        /// When it is tried next, if it waits (real time).
        pub next_attempt_at: DateTime<Utc>,
        /// The relay's last reply, or what went wrong.
        pub reply: Option<String>,
    }
}

record! {
    /// An item with the number of an edition's letters in which it was got.
    pub struct GotCount {
        /// The item.
        pub item: ItemId,
        /// In so many letters that were accepted or may have arrived.
        pub letters: i64,
    }
}

/// Letters that are neither accepted nor waiting nor being sent: the condition of their own index, `delivery_exceptional`.
macro_rules! exceptional {
    () => {
        "state IN ('deferred', 'rejected', 'uncertain', 'cancelled', 'superseded')"
    };
}

/// Letters that wait for their first attempt, as the short index of what is due finds them, `delivery_due`.
macro_rules! queued {
    () => {
        "state IN ('queued', 'deferred') AND state = 'queued' AND next_attempt_at >= 0"
    };
}

/// Letters that are being sent: the condition of their own index, `delivery_attempting`.
macro_rules! attempting {
    () => {
        "state = 'attempting' AND claimed_by >= ''"
    };
}

pub(super) use {attempting, exceptional, queued};

/// Those with an index of their own; `queued` and `attempting` have others, and what is left over was accepted.
const EXCEPTIONAL: &str = concat!(
    "SELECT state, COUNT(*) FROM delivery WHERE edition_id = $1 AND ",
    exceptional!(),
    " GROUP BY state ORDER BY state"
);

/// The plus keeps to the short index of what is due, however large the edition is.
const QUEUED: &str = concat!("SELECT COUNT(*) FROM delivery WHERE ", queued!(), " AND +edition_id = $1");

const ATTEMPTING: &str =
    concat!("SELECT COUNT(*) FROM delivery WHERE ", attempting!(), " AND +edition_id = $1");

/// On PostgreSQL whoever ends the planning waits until the batch is written.
const IS_PLANNING: Sql = Sql {
    sqlite: "SELECT planned_at IS NULL FROM edition WHERE id = $1",
    postgres: "SELECT planned_at IS NULL FROM edition WHERE id = $1 FOR SHARE",
};

impl Store {
    /// Opened editions that have letters or are under way, the latest occurrence first, those after `behind` in that order;
    /// at most so many. One that had nothing for anybody is no mailing to look back at: a daily rhythm leaves hundreds.
    pub async fn list_latest_editions(
        &self,
        behind: Option<(DateTime<Utc>, EditionId)>,
        at_most: i64,
    ) -> Result<Vec<EditionRow>, StoreError> {
        // The least key of each edition is looked up in the index: of EXISTS PostgreSQL makes a table of all letters.
        const LATEST: &str = editions!(
            "WHERE (occurs_at < $1 OR (occurs_at = $1 AND id < $2))
               AND (planned_at IS NULL OR paused_at IS NOT NULL
                    OR (SELECT MIN(d.recipient_id) FROM delivery d WHERE d.edition_id = edition.id) IS NOT NULL)
             ORDER BY occurs_at DESC, id DESC LIMIT $3"
        );
        let (at, id) = behind.unwrap_or((DateTime::<Utc>::MAX_UTC, EditionId(i64::MAX)));
        Ok(self.db.all(LATEST, args![at, id, at_most]).await?)
    }

    /// Editions that are paused or not planned for everyone, the latest occurrence first; at most so many.
    pub async fn list_unsettled_editions(&self, at_most: i64) -> Result<Vec<EditionRow>, StoreError> {
        const UNSETTLED: &str = editions!(
            "WHERE paused_at IS NOT NULL OR planned_at IS NULL ORDER BY occurs_at DESC, id DESC LIMIT $1"
        );
        Ok(self.db.all(UNSETTLED, args![at_most]).await?)
    }

    /// The edition with that key, if there is one.
    pub async fn find_edition_by_id(&self, id: EditionId) -> Result<Option<EditionRow>, StoreError> {
        Ok(self.db.find(editions!("WHERE id = $1"), args![id]).await?)
    }

    /// How many letters an edition has, in whatever state.
    pub async fn count_letters(&self, edition: EditionId) -> Result<i64, StoreError> {
        let One(all) =
            self.db.get("SELECT COUNT(*) FROM delivery WHERE edition_id = $1", args![edition]).await?;
        Ok(all)
    }

    /// How many letters of an edition are in each state but `accepted`; states without a letter are left out.
    pub async fn count_unaccepted(&self, edition: EditionId) -> Result<Vec<StateCount>, StoreError> {
        let mut counts: Vec<StateCount> = self.db.all(EXCEPTIONAL, args![edition]).await?;
        for (state, sql) in [("queued", QUEUED), ("attempting", ATTEMPTING)] {
            let One(count) = self.db.get(sql, args![edition]).await?;
            if count > 0 {
                counts.push(StateCount { state: state.to_owned(), count });
            }
        }
        Ok(counts)
    }

    /// Letters of an edition in a state, by key, those with a greater key than `after`; at most so many. None of those that
    /// are queued, being sent or accepted: nothing is to be done about them.
    pub async fn list_mailed(
        &self,
        edition: EditionId,
        state: &str,
        after: DeliveryId,
        at_most: i64,
    ) -> Result<Vec<MailedRow>, StoreError> {
        let letters = concat!(
            "SELECT d.id, d.recipient_id, r.name, r.email, r.status, d.attempts, d.next_attempt_at, d.reply
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id
             WHERE d.edition_id = $1 AND d.state = $2 AND d.id > $3 AND d.",
            exceptional!(),
            " ORDER BY d.id LIMIT $4"
        );
        Ok(self.db.all(letters, args![edition, state, after, at_most]).await?)
    }

    /// Whom an edition's letters reached, as far as anybody knows: accepted, or of uncertain fate.
    pub async fn list_mailed_to(&self, edition: EditionId) -> Result<Vec<RecipientId>, StoreError> {
        let reached: Vec<One<RecipientId>> = self
            .db
            .all(
                "SELECT recipient_id FROM delivery
                 WHERE edition_id = $1 AND state IN ('accepted', 'uncertain') ORDER BY recipient_id",
                args![edition],
            )
            .await?;
        Ok(reached.into_iter().map(|One(id)| id).collect())
    }

    /// The items of an edition with the number of letters in which each was got, those that most got first.
    pub async fn count_got_items(&self, edition: EditionId) -> Result<Vec<GotCount>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT di.item_id, COUNT(*) AS letters
                 FROM delivery d JOIN delivery_item di ON di.delivery_id = d.id
                 WHERE d.edition_id = $1 AND d.state IN ('accepted', 'uncertain') AND NOT di.returned
                 GROUP BY di.item_id ORDER BY letters DESC, di.item_id",
                args![edition],
            )
            .await?)
    }
}

impl Tx {
    /// Whether an edition's planning goes on; it does not end before this transaction does.
    pub(super) async fn is_planning(&mut self, edition: EditionId) -> Result<bool, StoreError> {
        let is_planning: Option<One<bool>> = self.find(IS_PLANNING, args![edition]).await?;
        Ok(is_planning.is_some_and(|One(is_planning)| is_planning))
    }

    /// Ends an edition: nobody more is planned in it, and its letters that are still queued or deferred are cancelled.
    /// Their items are returned, and who was not planned keeps their watermark, so that all of it comes in the next
    /// ordinary edition. Answers how many letters ended. `now` is real time.
    pub async fn end_edition(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        edition: EditionId,
    ) -> Result<usize, StoreError> {
        self.run(
            "UPDATE edition SET planned_at = COALESCE(planned_at, $2) WHERE id = $1",
            args![edition, now],
        )
        .await?;
        let ids: Vec<One<DeliveryId>> = self
            .all(
                "SELECT id FROM delivery WHERE edition_id = $1 AND state IN ('queued', 'deferred') ORDER BY id",
                args![edition],
            )
            .await?;
        let ids: Vec<DeliveryId> = ids.into_iter().map(|One(id)| id).collect();
        let ended = self.end_unsent(now, &ids, Ending::Cancelled, "the mailing was cancelled").await?.len();
        let change = Change {
            actor,
            action: "edition.cancelled",
            subject: format!("edition:{edition}"),
            after: Some(serde_json::json!({ "letters": ended })),
            ..Change::default()
        };
        self.record_change(now, change).await?;
        Ok(ended)
    }
}
