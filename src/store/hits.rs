//! What readers said of what they got and of what they did not get, over the mailings since an instant. People stand here
//! by key, because sums of fewer than five are told of nobody: `insight` makes the sums, and nothing else reads this.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{EditionId, ItemId, RecipientId};

record! {
    /// A mailing.
    #[derive(Eq)]
    pub struct MailingSumRow {
        /// The edition.
        pub edition: EditionId,
        /// Its cadence's word.
        pub cadence: String,
        /// When.
        pub occurs_at: DateTime<Utc>,
        /// So many of its letters were accepted, or may have arrived.
        pub letters: i64,
    }
}

record! {
    /// Somebody said whether a mailing's letter hit.
    #[derive(Eq)]
    pub struct HitRow {
        /// The edition.
        pub edition: EditionId,
        /// Who.
        pub recipient: RecipientId,
        /// That it hit; else it missed.
        pub hit: bool,
    }
}

record! {
    /// In how many letters an item came by one line of the rule.
    #[derive(Eq)]
    pub struct SentSumRow {
        /// The item.
        pub item: ItemId,
        /// The line: `required`, `audience`, `interest`.
        pub because: String,
        /// So many letters.
        pub letters: i64,
    }
}

record! {
    /// Somebody said that an item was not for them.
    #[derive(Eq)]
    pub struct NotForMeRow {
        /// The item.
        pub item: ItemId,
        /// The line of the rule that had brought it.
        pub because: String,
        /// Who.
        pub recipient: RecipientId,
    }
}

record! {
    /// Somebody said whether an item that they did not get would have been for them.
    #[derive(Eq)]
    pub struct ProbedRow {
        /// The item.
        pub item: ItemId,
        /// Who.
        pub recipient: RecipientId,
        /// That it would have been.
        pub yes: bool,
    }
}

record! {
    /// What was said to be right for a colleague.
    #[derive(Copy, Eq)]
    pub struct PassedOnSum {
        /// So many times.
        pub times: i64,
        /// By so many people.
        pub people: i64,
    }
}

record! {
    /// What is kept of a month.
    #[derive(Eq)]
    pub struct HitMonthRow {
        /// `2027-03`, in UTC.
        pub month: String,
        /// So many letters were got.
        pub letters: i64,
        /// What may be told of the answers: `told`, `nearly_all`, `hardly_any`, `few`.
        pub said: String,
        /// That it hit; none unless told.
        pub yes: Option<i64>,
        /// That it missed.
        pub no: Option<i64>,
    }
}

/// A statement over the letters that were got of the mailings since `$1`. CROSS JOIN keeps SQLite to this order: else it
/// begins with the items of all letters ever sent.
macro_rules! got {
    ($select:literal, $items:literal, $tail:literal) => {
        concat!(
            $select,
            " FROM edition e CROSS JOIN delivery d ",
            $items,
            " WHERE e.occurs_at >= $1 AND d.edition_id = e.id AND d.state IN ('accepted', 'uncertain') ",
            $tail
        )
    };
}

/// The same over what was said of them. There are far fewer taps than letters: the plus keeps SQLite from beginning with those.
macro_rules! said {
    ($select:literal, $join:literal, $tail:literal) => {
        concat!(
            $select,
            " FROM tap t JOIN delivery d ON d.id = +t.delivery_id JOIN edition e ON e.id = +d.edition_id ",
            $join,
            " WHERE e.occurs_at >= $1 AND d.state IN ('accepted', 'uncertain') ",
            $tail
        )
    };
}

impl Store {
    /// The mailings since an instant of which letters were got, the latest first.
    pub async fn sum_mailings(&self, since: DateTime<Utc>) -> Result<Vec<MailingSumRow>, StoreError> {
        let sums = got!(
            "SELECT e.id, e.cadence, e.occurs_at, COUNT(*)",
            "",
            "GROUP BY e.id, e.cadence, e.occurs_at ORDER BY e.occurs_at DESC, e.id DESC"
        );
        Ok(self.db.all(sums, args![since]).await?)
    }

    /// Who said of their letter whether it hit.
    pub async fn list_hits(&self, since: DateTime<Utc>) -> Result<Vec<HitRow>, StoreError> {
        let hits =
            said!("SELECT e.id, t.recipient_id, t.answer = 'hit'", "", "AND t.item_id IS NULL ORDER BY t.id");
        Ok(self.db.all(hits, args![since]).await?)
    }

    /// In how many letters each item came, by which line of the rule.
    pub async fn sum_sent(&self, since: DateTime<Utc>) -> Result<Vec<SentSumRow>, StoreError> {
        let sums = got!(
            "SELECT i.item_id, i.because, COUNT(*)",
            "CROSS JOIN delivery_item i",
            "AND i.delivery_id = d.id AND NOT i.returned GROUP BY i.item_id, i.because ORDER BY i.item_id, i.because"
        );
        Ok(self.db.all(sums, args![since]).await?)
    }

    /// Who said of which item that it was not for them.
    pub async fn list_not_for_me(&self, since: DateTime<Utc>) -> Result<Vec<NotForMeRow>, StoreError> {
        let said = said!(
            "SELECT i.item_id, i.because, t.recipient_id",
            "JOIN delivery_item i ON i.delivery_id = d.id AND i.item_id = t.item_id",
            "AND t.answer = 'not_for_me' AND NOT i.returned ORDER BY t.id"
        );
        Ok(self.db.all(said, args![since]).await?)
    }

    /// Who said yes or no to a sample since an instant.
    pub async fn list_probed(&self, since: DateTime<Utc>) -> Result<Vec<ProbedRow>, StoreError> {
        let probed = "SELECT item_id, recipient_id, answer = 'yes' FROM probe
                      WHERE answered_at >= $1 AND answer IN ('yes', 'no') ORDER BY id";
        Ok(self.db.all(probed, args![since]).await?)
    }

    /// Whether a month's sums are kept already.
    pub async fn has_hit_month(&self, month: &str) -> Result<bool, StoreError> {
        let kept: Option<One<String>> =
            self.db.find("SELECT month FROM hit_month WHERE month = $1", args![month]).await?;
        Ok(kept.is_some())
    }

    /// Keeps a month's sums, once: false if they were kept. `now` is real time.
    pub async fn keep_hit_month(&self, row: &HitMonthRow, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let kept = tx
            .run(
                "INSERT INTO hit_month (month, letters, said, yes, no, kept_at) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (month) DO NOTHING",
                args![&row.month, row.letters, &row.said, row.yes, row.no, now],
            )
            .await?;
        if kept == 0 {
            return tx.undo().await.map(|()| false);
        }
        let change = Change {
            actor: "retention",
            action: "hits.kept",
            subject: format!("month:{}", row.month),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The sums of months before one, `2027-03`, the latest first; at most so many.
    pub async fn list_hit_months(&self, before: &str, at_most: i64) -> Result<Vec<HitMonthRow>, StoreError> {
        let months = "SELECT month, letters, said, yes, no FROM hit_month WHERE month < $1
                      ORDER BY month DESC LIMIT $2";
        Ok(self.db.all(months, args![before, at_most]).await?)
    }

    /// How often an item was said to be right for a colleague since an instant, and by how many.
    pub async fn sum_passed_on(&self, since: DateTime<Utc>) -> Result<PassedOnSum, StoreError> {
        let sum = "SELECT COUNT(*), COUNT(DISTINCT recipient_id) FROM passed_on WHERE said_at >= $1";
        Ok(self.db.get(sum, args![since]).await?)
    }
}
