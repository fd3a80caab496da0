//! What people say to an event: coming, not coming, sending another.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, ItemId, RecipientId};

/// What a person says to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAnswer {
    /// They come.
    Coming,
    /// They do not.
    NotComing,
    /// Another comes in their place.
    Sending,
}

impl EventAnswer {
    /// All of them, as buttons stand.
    pub const ALL: [EventAnswer; 3] = [EventAnswer::Coming, EventAnswer::NotComing, EventAnswer::Sending];

    /// The word that rows and forms use.
    pub fn word(self) -> &'static str {
        match self {
            EventAnswer::Coming => "coming",
            EventAnswer::NotComing => "not_coming",
            EventAnswer::Sending => "sending",
        }
    }

    /// The answer that a word names.
    pub fn from_word(word: &str) -> Option<EventAnswer> {
        EventAnswer::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

/// An answer to be recorded.
#[derive(Debug, Clone)]
pub struct NewAnswer<'a> {
    /// To which event.
    pub item: ItemId,
    /// Whose.
    pub recipient: RecipientId,
    /// What they say.
    pub answer: EventAnswer,
    /// Who comes instead, if they said so.
    pub sent_name: Option<String>,
    /// And where that person is reached.
    pub sent_email: Option<String>,
    /// A word to the organiser.
    pub note: Option<String>,
    /// `letter` or `device`.
    pub source: &'a str,
    /// The letter it was given from: it has arrived.
    pub letter: Option<DeliveryId>,
}

record! {
    /// What a person says now.
    pub struct AnswerRow {
        /// The answer's word.
        pub answer: String,
        /// Who comes instead.
        pub sent_name: Option<String>,
        /// Where that person is reached.
        pub sent_email: Option<String>,
        /// A word to the organiser.
        pub note: Option<String>,
        /// When they said it.
        pub answered_at: DateTime<Utc>,
    }
}

record! {
    /// An answer as the organiser sees it.
    pub struct GivenAnswerRow {
        /// Whose.
        pub recipient: RecipientId,
        /// Their address; none once erased.
        pub email: Option<String>,
        /// Their name.
        pub name: String,
        /// Where they work; none of who works for a union (GDPR art. 9).
        pub organisation: Option<String>,
        /// The answer's word.
        pub answer: String,
        /// Who comes instead.
        pub sent_name: Option<String>,
        /// Where that person is reached.
        pub sent_email: Option<String>,
        /// A word to the organiser.
        pub note: Option<String>,
        /// When they said it.
        pub answered_at: DateTime<Utc>,
    }
}

record! {
    /// How many say the same.
    pub struct AnswerSumRow {
        /// The answer's word.
        pub answer: String,
        /// How many.
        pub people: i64,
    }
}

record! {
    /// How many said something new to an event or a request.
    pub struct NewAnswersRow {
        /// Which.
        pub item: ItemId,
        /// How many people.
        pub people: i64,
    }
}

const STANDING: &str = "SELECT answer, sent_name, sent_email, note, answered_at FROM answer
     WHERE item_id = $1 AND recipient_id = $2 AND ended_at IS NULL";

impl Store {
    /// Records what a person says to an event; the newest stands, earlier ones end. False if they said
    /// the same already. A letter of which nobody knew whether it arrived has arrived. `now` is real time.
    pub async fn record_answer(&self, new: &NewAnswer<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let was: Option<AnswerRow> = tx.find(STANDING, args![new.item, new.recipient]).await?;
        let same = was.as_ref().is_some_and(|row| says_the_same(row, new));
        let settled = match new.letter {
            Some(letter) => tx.settle_by_tap(letter, now).await?,
            None => false,
        };
        if same && !settled {
            return tx.undo().await.map(|()| false);
        }
        if !same {
            tx.replace_answer(new, now).await?;
        }
        // Names and notes stay out of the log: they are others' data too.
        let change = Change {
            actor: "page",
            action: "answer.recorded",
            subject: format!("item:{}", new.item),
            recipient: Some(new.recipient),
            before: was.map(|row| serde_json::json!({ "answer": row.answer })),
            after: Some(serde_json::json!({ "answer": new.answer.word() })),
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(!same)
    }

    /// What the person says to the event now.
    pub async fn find_answer(
        &self,
        item: ItemId,
        recipient: RecipientId,
    ) -> Result<Option<AnswerRow>, StoreError> {
        Ok(self.db.find(STANDING, args![item, recipient]).await?)
    }

    /// What everyone says to the event now, by answer and name.
    pub async fn list_answers(&self, item: ItemId) -> Result<Vec<GivenAnswerRow>, StoreError> {
        let rows = self.db.all(
            "SELECT r.id, r.email, r.name, CASE WHEN o.kind = 'union' THEN NULL ELSE o.name END, a.answer, a.sent_name,
                    a.sent_email, a.note, a.answered_at
             FROM answer a JOIN recipient r ON r.id = a.recipient_id
             LEFT JOIN organisation o ON o.id = r.organisation_id
             WHERE a.item_id = $1 AND a.ended_at IS NULL
             ORDER BY a.answer, r.name, r.id",
            args![item],
        );
        Ok(rows.await?)
    }

    /// How many answered an event or offered help since `since`, by item.
    pub async fn count_new_answers(&self, since: DateTime<Utc>) -> Result<Vec<NewAnswersRow>, StoreError> {
        let rows = self.db.all(
            "SELECT item_id, COUNT(*) FROM (
                 SELECT item_id FROM answer WHERE ended_at IS NULL AND answered_at >= $1
                 UNION ALL SELECT item_id FROM offer WHERE changed_at >= $1) said
             GROUP BY item_id ORDER BY item_id",
            args![since],
        );
        Ok(rows.await?)
    }

    /// How many say what to the event now, by answer.
    pub async fn count_answers(&self, item: ItemId) -> Result<Vec<AnswerSumRow>, StoreError> {
        let rows = self.db.all(
            "SELECT answer, COUNT(*) FROM answer WHERE item_id = $1 AND ended_at IS NULL
             GROUP BY answer ORDER BY answer",
            args![item],
        );
        Ok(rows.await?)
    }
}

impl Tx {
    async fn replace_answer(&mut self, new: &NewAnswer<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.run(
            "UPDATE answer SET ended_at = $3 WHERE item_id = $1 AND recipient_id = $2 AND ended_at IS NULL",
            args![new.item, new.recipient, now],
        )
        .await?;
        // On PostgreSQL a second click at the same moment finds the first one's row.
        self.run(
            "INSERT INTO answer (item_id, recipient_id, answer, sent_name, sent_email, note, source, answered_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (item_id, recipient_id) WHERE ended_at IS NULL
             DO UPDATE SET answer = excluded.answer, sent_name = excluded.sent_name,
                 sent_email = excluded.sent_email, note = excluded.note, source = excluded.source,
                 answered_at = excluded.answered_at",
            args![
                new.item,
                new.recipient,
                new.answer.word(),
                new.sent_name.clone(),
                new.sent_email.clone(),
                new.note.clone(),
                new.source,
                now
            ],
        )
        .await?;
        Ok(())
    }
}

fn says_the_same(row: &AnswerRow, new: &NewAnswer<'_>) -> bool {
    row.answer == new.answer.word()
        && row.sent_name == new.sent_name
        && row.sent_email == new.sent_email
        && row.note == new.note
}
