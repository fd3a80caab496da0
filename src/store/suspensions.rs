//! Suspending and resuming recipients, and the question that a suspension asks of the lead.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::colliding::again_on_collision;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::status_cause::StatusCause;
use crate::ids::RecipientId;

record! {
    /// "Who has this place now?", still open.
    pub struct QuestionRow {
        /// Whose place it is.
        pub recipient: RecipientId,
        /// Their address.
        pub email: String,
        /// Their name; may be empty.
        pub name: String,
        /// `hard` and `soft` bounces, or that they have `left`: an automatic answer says so, or they do.
        pub because: String,
        /// Real time.
        pub asked_at: DateTime<Utc>,
        /// Who has it now: as the holder said, else the address that the latest automatic answer suggests.
        pub suggested_email: Option<String>,
        /// The name that stood with it.
        pub suggested_name: Option<String>,
        /// Whether they said themselves, since it was asked, that somebody else has their place.
        pub said_themselves: bool,
    }
}

record! {
    struct Standing {
        status: String,
        status_cause: Option<String>,
    }
}

/// What became of the wish to resume letters to someone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resumption {
    /// They get letters again; the status that they have now.
    Resumed(String),
    /// Nothing held their letters back: their status.
    NotHeldBack(String),
    /// Only they themselves may take it back: their status, and its cause.
    TheirsToDecide(String, String),
}

/// Those of the open questions, with what is suggested: chosen first, for what is suggested is looked up for each.
macro_rules! questions {
    ($which:literal) => {
        concat!(
            "SELECT q.recipient_id, q.email, q.name, q.because, q.asked_at,
                    COALESCE(NULLIF(l.successor_email, ''), p.suggested_email),
                    COALESCE(NULLIF(l.successor_name, ''), p.suggested_name),
                    COALESCE(l.said_at >= q.asked_at, FALSE)
             FROM (SELECT o.id, o.recipient_id, r.email, r.name, o.because, o.asked_at
                   FROM question o JOIN recipient r ON r.id = o.recipient_id
                   WHERE o.closed_at IS NULL AND r.email IS NOT NULL ",
            $which,
            ") AS q
             LEFT JOIN left_place l ON l.id = (SELECT id FROM left_place WHERE recipient_id = q.recipient_id
                                               ORDER BY said_at DESC, id DESC LIMIT 1)
             LEFT JOIN report p ON p.id = (SELECT MAX(id) FROM report
                                           WHERE recipient_id = q.recipient_id AND suggested_email IS NOT NULL)
             ORDER BY q.asked_at, q.id"
        )
    };
}

const QUESTIONS: &str = questions!("ORDER BY o.asked_at, o.id LIMIT $1");
const QUESTION_ABOUT: &str = questions!("AND o.recipient_id = $1");
const COUNT_QUESTIONS: &str = "SELECT COUNT(*) FROM question o JOIN recipient r ON r.id = o.recipient_id
     WHERE o.closed_at IS NULL AND r.email IS NOT NULL";

impl Store {
    /// The open questions, the oldest first, at most so many; and how many there are.
    pub async fn list_questions(&self, at_most: i64) -> Result<(i64, Vec<QuestionRow>), StoreError> {
        let One(all): One<i64> = self.db.get(COUNT_QUESTIONS, args![]).await?;
        Ok((all, self.db.all(QUESTIONS, args![at_most]).await?))
    }

    /// The open question about somebody.
    pub async fn find_question(&self, recipient: RecipientId) -> Result<Option<QuestionRow>, StoreError> {
        Ok(self.db.find(QUESTION_ABOUT, args![recipient]).await?)
    }

    /// Closes what was asked about somebody who still has their places or never had one; whether anything was asked.
    pub async fn answer_question(
        &self,
        id: RecipientId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let close = "UPDATE question SET closed_at = $2 WHERE recipient_id = $1 AND closed_at IS NULL";
        if tx.run(close, args![id, now]).await? == 0 {
            tx.undo().await?;
            return Ok(false);
        }
        tx.record_change(now, Change::of_recipient(actor, "question.answered", id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Lifts a suspension for bounces. What a person decided (unsubscribed, called a letter unwanted) is lifted
    /// only `on_their_word`. Bounces before `now` (real time) count no more.
    pub async fn resume_recipient(
        &self,
        id: RecipientId,
        on_their_word: bool,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Resumption, StoreError> {
        // Whoever takes a bounce in has the recipient before the forum.
        again_on_collision(|| self.try_to_resume(id, on_their_word, actor, now)).await
    }

    async fn try_to_resume(
        &self,
        id: RecipientId,
        on_their_word: bool,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Resumption, StoreError> {
        let mut tx = self.begin().await?;
        // Whoever is just leaving is waited for, and has left.
        tx.lock_forum().await?;
        tx.lock_recipient(id).await?;
        let row: Standing =
            tx.get("SELECT status, status_cause FROM recipient WHERE id = $1", args![id]).await?;
        let cause = row.status_cause.unwrap_or_default();
        let refused = match row.status.as_str() {
            "suspended" if StatusCause::read(&cause).is_bounce() || on_their_word => None,
            "unsubscribed" if on_their_word => None,
            "suspended" | "unsubscribed" => {
                Some(Resumption::TheirsToDecide(row.status.clone(), cause.clone()))
            }
            status => Some(Resumption::NotHeldBack(status.to_owned())),
        };
        if let Some(refused) = refused {
            tx.undo().await?;
            return Ok(refused);
        }
        let becomes = if StatusCause::read(&cause).was_unconfirmed() { "unconfirmed" } else { "active" };
        tx.run(
            "UPDATE recipient SET status = $2, status_cause = NULL, resumed_at = $3 WHERE id = $1",
            args![id, becomes, now],
        )
        .await?;
        tx.close_questions(id, now).await?;
        tx.set_back_recipient(id, now).await?;
        tx.raise_change_number().await?;
        let after = serde_json::json!({ "status": becomes, "on_their_word": on_their_word });
        let change = Change {
            before: Some(serde_json::json!({ "status": row.status, "cause": cause })),
            after: Some(after),
            ..Change::of_recipient(actor, "recipient.resumed", id)
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(Resumption::Resumed(becomes.to_owned()))
    }
}

impl Tx {
    /// Suspends an active or unconfirmed recipient; whether there was anything to suspend. `cause` begins with
    /// `bounce` or `complaint` and says what came back; a complaint takes the place of a bounce as the cause.
    pub async fn suspend_recipient(
        &mut self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        cause: &str,
    ) -> Result<bool, StoreError> {
        self.lock_recipient(recipient).await?;
        let before: Option<Standing> =
            self.find("SELECT status, status_cause FROM recipient WHERE id = $1", args![recipient]).await?;
        let Some(before) = before else { return Ok(false) };
        let held_for = before.status_cause.unwrap_or_default();
        let takes_over = StatusCause::read(cause).is_complaint() && StatusCause::read(&held_for).is_bounce();
        let cause = match before.status.as_str() {
            status @ ("active" | "unconfirmed") => StatusCause::after(cause, status),
            "suspended" if takes_over => StatusCause { how: cause.to_owned(), was: Some(held_for) },
            _ => return Ok(false),
        };
        let cause = cause.to_string();
        self.run(
            "UPDATE recipient SET status = 'suspended', status_cause = $2 WHERE id = $1",
            args![recipient, cause.clone()],
        )
        .await?;
        self.set_back_recipient(recipient, now).await?;
        self.raise_change_number().await?;
        let change = Change {
            before: Some(serde_json::json!({ "status": before.status })),
            after: Some(serde_json::json!({ "status": "suspended", "cause": cause })),
            ..Change::of_recipient("bounce", "recipient.suspended", recipient)
        };
        self.record_change(now, change).await?;
        Ok(before.status != "suspended")
    }

    /// Asks the lead who has a person's places now, unless that is asked already; whether it is new.
    pub async fn ask_who_has_this_place(
        &mut self,
        recipient: RecipientId,
        because: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let asked = self
            .run(
                "INSERT INTO question (recipient_id, because, asked_at) VALUES ($1, $2, $3)
                 ON CONFLICT (recipient_id) WHERE closed_at IS NULL DO NOTHING",
                args![recipient, because, now],
            )
            .await?;
        if asked == 0 {
            return Ok(false);
        }
        let after = Some(serde_json::json!({ "because": because }));
        let asked = Change::of_recipient("bounce", "question.asked", recipient);
        self.record_change(now, Change { after, ..asked }).await?;
        Ok(true)
    }

    /// Closes what was asked about a person.
    pub async fn close_questions(
        &mut self,
        recipient: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE question SET closed_at = $2 WHERE recipient_id = $1 AND closed_at IS NULL",
            args![recipient, now],
        )
        .await?;
        Ok(())
    }

    /// Closes what was asked about a person who has no place left at `ends_at`.
    pub async fn close_questions_of_placeless(
        &mut self,
        recipient: RecipientId,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let seats: Option<One<i64>> = self
            .find(
                "SELECT id FROM seat_holder WHERE recipient_id = $1 AND (ends_at IS NULL OR ends_at > $2) LIMIT 1",
                args![recipient, ends_at],
            )
            .await?;
        if seats.is_none() {
            self.close_questions(recipient, now).await?;
        }
        Ok(())
    }
}
