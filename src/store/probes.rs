//! Samples: whether an item that the rule withheld from somebody would have been for them.
//!
//! An answer is personal data as a tap is: kept as long, and not at all of who has switched learning off.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, args, record};
use super::error::StoreError;
use super::feedback::LetterRow;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};

/// What somebody says of an item that they did not get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// It would have been for them.
    Yes,
    /// It would not.
    No,
    /// They would rather not say, and are not asked of it again.
    Skipped,
}

impl ProbeAnswer {
    const ALL: [ProbeAnswer; 3] = [ProbeAnswer::Yes, ProbeAnswer::No, ProbeAnswer::Skipped];

    /// The word that rows and forms use.
    pub fn word(self) -> &'static str {
        match self {
            ProbeAnswer::Yes => "yes",
            ProbeAnswer::No => "no",
            ProbeAnswer::Skipped => "skipped",
        }
    }

    /// The reverse of [`ProbeAnswer::word`].
    pub fn from_word(word: &str) -> Option<ProbeAnswer> {
        Self::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

record! {
    /// Whether somebody is asked beside a letter.
    #[derive(Copy, Eq)]
    pub struct ProbeStanding {
        /// Neither they nor the forum have switched learning off.
        pub is_learning: bool,
        /// They were asked beside this one before.
        pub was_asked: bool,
    }
}

impl Store {
    /// Whether `recipient` may still be asked beside a letter of `edition`.
    pub async fn find_probe_standing(
        &self,
        recipient: RecipientId,
        edition: EditionId,
    ) -> Result<ProbeStanding, StoreError> {
        let row = self.db.get(
            "SELECT r.learning AND f.learning,
                    EXISTS (SELECT 1 FROM probe p WHERE p.recipient_id = r.id AND p.edition_id = $2)
             FROM recipient r, forum f WHERE r.id = $1",
            args![recipient, edition],
        );
        Ok(row.await?)
    }

    /// The items that somebody got, is owed, or was asked about.
    pub async fn list_known_items(&self, recipient: RecipientId) -> Result<Vec<ItemId>, StoreError> {
        let known: Vec<One<ItemId>> = self
            .db
            .all(
                "SELECT item_id FROM delivery_item WHERE recipient_id = $1 AND NOT returned
                 UNION SELECT item_id FROM carry WHERE recipient_id = $1 AND ended_because IS NULL
                 UNION SELECT item_id FROM probe WHERE recipient_id = $1
                 ORDER BY item_id",
                args![recipient],
            )
            .await?;
        Ok(known.into_iter().map(|One(item)| item).collect())
    }

    /// The newest letter that somebody got, as far as anybody knows.
    pub async fn find_newest_letter(&self, recipient: RecipientId) -> Result<Option<LetterRow>, StoreError> {
        let newest: Option<One<DeliveryId>> = self
            .db
            .find(
                "SELECT id FROM delivery WHERE recipient_id = $1 AND state IN ('accepted', 'uncertain')
                 ORDER BY id DESC LIMIT 1",
                args![recipient],
            )
            .await?;
        match newest {
            Some(One(id)) => self.find_letter(id).await,
            None => Ok(None),
        }
    }

    /// What somebody said of an item that they did not get.
    pub async fn find_probe(
        &self,
        recipient: RecipientId,
        item: ItemId,
    ) -> Result<Option<ProbeAnswer>, StoreError> {
        let said: Option<One<String>> = self
            .db
            .find("SELECT answer FROM probe WHERE recipient_id = $1 AND item_id = $2", args![recipient, item])
            .await?;
        Ok(said.and_then(|One(word)| ProbeAnswer::from_word(&word)))
    }

    /// Records what somebody says of an item that their letter did not hold: once for each letter and once for each item.
    /// False if it is not kept: they were asked before, or learning is switched off.
    pub async fn record_probe(
        &self,
        letter: &LetterRow,
        item: ItemId,
        answer: ProbeAnswer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let kept = tx
            .run(
                "INSERT INTO probe (recipient_id, item_id, edition_id, answer, answered_at)
                 SELECT r.id, $2, $3, $4, $5 FROM recipient r, forum f
                 WHERE r.id = $1 AND r.learning AND f.learning
                 ON CONFLICT DO NOTHING",
                args![letter.recipient, item, letter.edition, answer.word(), now],
            )
            .await?;
        if kept == 0 {
            return tx.undo().await.map(|()| false);
        }
        // What was answered stands in that row alone: the log outlives it.
        let change = Change {
            actor: "page",
            action: "probe.answered",
            subject: format!("delivery:{}", letter.delivery),
            recipient: Some(letter.recipient),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(true)
    }
}
