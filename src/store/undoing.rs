//! Taking a change of preferences back, exactly, and what a person changed before.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::change::Change;
use super::colliding::again_on_collision;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::preferences::{By, LOCK, PreferenceChanges, Recorded, ScalarsRow, TermName};
use crate::ids::RecipientId;

record! {
    struct ChangedRow {
        changed_at: DateTime<Utc>,
        before: Option<String>,
        after: Option<String>,
    }
}

record! {
    struct HistoryRow {
        id: i64,
        changed_at: DateTime<Utc>,
        actor: String,
        action: String,
        after: Option<String>,
    }
}

/// A change of preferences as a person may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceHistoryRow {
    /// Its row in the audit log.
    pub id: i64,
    /// When (real time).
    pub changed_at: DateTime<Utc>,
    /// By which door: `page` or `command`.
    pub actor: String,
    /// Whether it took an earlier change back.
    pub undone: bool,
    /// What became different.
    pub made: PreferenceChanges,
}

/// What became of the wish to take a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// All is as it was before.
    Done,
    /// It was taken back earlier: a double click.
    Already,
    /// The change is too old.
    TooLate,
    /// Something else changed since, or since it was taken back.
    Overtaken,
    /// There is no such change of theirs.
    Unknown,
}

impl Store {
    /// Restores what stood before the change with the audit row `change`, if it was made at or after
    /// `not_before` and nothing of this person's changed since (their revision tells). Rows that it began
    /// are taken away and rows that it ended go on, as if it had never been; the audit log keeps both.
    pub async fn undo_preferences(
        &self,
        id: RecipientId,
        change: i64,
        not_before: DateTime<Utc>,
        by: By<'_>,
    ) -> Result<Undone, StoreError> {
        // Whoever changes something has the marks before the recipient.
        again_on_collision(|| self.try_to_undo(id, change, not_before, by)).await
    }

    async fn try_to_undo(
        &self,
        id: RecipientId,
        change: i64,
        not_before: DateTime<Utc>,
        by: By<'_>,
    ) -> Result<Undone, StoreError> {
        let mut tx = self.begin().await?;
        let done = tx.undo_preferences(id, change, not_before, by).await?;
        match done {
            Undone::Done => tx.commit().await?,
            _ => tx.undo().await?,
        }
        Ok(done)
    }

    /// The newest changes of a person's preferences, newest first.
    pub async fn list_preference_history(
        &self,
        id: RecipientId,
        at_most: i64,
    ) -> Result<Vec<PreferenceHistoryRow>, StoreError> {
        let rows: Vec<HistoryRow> = self
            .db
            .all(
                "SELECT id, changed_at, actor, action, after FROM change
                 WHERE recipient_id = $1 AND action IN ('preferences.changed', 'preferences.undone')
                   AND after IS NOT NULL
                 ORDER BY id DESC LIMIT $2",
                args![id, at_most],
            )
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PreferenceHistoryRow {
                    id: row.id,
                    changed_at: row.changed_at,
                    actor: row.actor,
                    undone: row.action == "preferences.undone",
                    made: serde_json::from_str(row.after.as_deref().unwrap_or("{}"))?,
                })
            })
            .collect()
    }
}

impl Tx {
    async fn undo_preferences(
        &mut self,
        id: RecipientId,
        change: i64,
        not_before: DateTime<Utc>,
        by: By<'_>,
    ) -> Result<Undone, StoreError> {
        let One(revision): One<i64> = self.get(LOCK, args![id]).await?;
        let row: Option<ChangedRow> = self
            .find(
                "SELECT changed_at, before, after FROM change
                 WHERE id = $1 AND recipient_id = $2 AND action = 'preferences.changed' AND actor = $3",
                args![change, id, by.actor],
            )
            .await?;
        let Some(ChangedRow { changed_at, before: Some(before), after: Some(after) }) = row else {
            return Ok(Undone::Unknown);
        };
        let undone: Option<One<Option<String>>> = self
            .find(
                "SELECT after FROM change WHERE recipient_id = $1 AND action = 'preferences.undone' AND subject = $2",
                args![id, format!("change:{change}")],
            )
            .await?;
        let recorded: Recorded = serde_json::from_str(&after)?;
        match undone {
            Some(One(undone)) if Some(revision) == undone_at(undone.as_deref())? => {
                return Ok(Undone::Already);
            }
            Some(_) => return Ok(Undone::Overtaken),
            None if changed_at < not_before => return Ok(Undone::TooLate),
            None if revision != recorded.revision => return Ok(Undone::Overtaken),
            None => {}
        }
        let old: ScalarsRow = serde_json::from_str(&before)?;
        let made = recorded.made;
        self.restore_marks(id, &made, changed_at).await?;
        self.write_scalars(id, &old).await?;
        if made.has_marks() {
            self.set_back_recipient(id, by.now).await?;
        }
        let One(revision) = self.get("SELECT revision FROM recipient WHERE id = $1", args![id]).await?;
        let undone = Recorded { revision, made: reverse(made, &old) };
        let record = Change {
            actor: by.actor,
            action: "preferences.undone",
            subject: format!("change:{change}"),
            recipient: Some(id),
            before: None,
            after: Some(serde_json::to_value(undone)?),
        };
        self.record_change(by.now, record).await?;
        Ok(Undone::Done)
    }

    async fn restore_marks(
        &mut self,
        id: RecipientId,
        made: &PreferenceChanges,
        changed_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for (mark, begun, ended) in
            [("follow", &made.follow, &made.unfollow), ("mute", &made.mute, &made.unmute)]
        {
            for term in begun {
                self.take_away_mark(id, term, mark, changed_at).await?;
            }
            for term in ended {
                self.go_on_with_mark(id, term, mark, changed_at).await?;
            }
        }
        for kind in &made.mute_kinds {
            self.run(
                "DELETE FROM muted_kind
                 WHERE recipient_id = $1 AND kind = $2 AND started_at = $3 AND ended_at IS NULL",
                args![id, kind, changed_at],
            )
            .await?;
        }
        for kind in &made.unmute_kinds {
            self.run(
                "UPDATE muted_kind SET ended_at = NULL
                 WHERE id = (SELECT MAX(id) FROM muted_kind
                             WHERE recipient_id = $1 AND kind = $2 AND ended_at = $3)",
                args![id, kind, changed_at],
            )
            .await?;
        }
        Ok(())
    }

    async fn take_away_mark(
        &mut self,
        id: RecipientId,
        term: &TermName,
        mark: &str,
        began_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let term = self.get_term_id(term).await?;
        self.run(
            "DELETE FROM interest WHERE recipient_id = $1 AND term_id = $2 AND mark = $3
                AND started_at = $4 AND ended_at IS NULL",
            args![id, term, mark, began_at],
        )
        .await?;
        Ok(())
    }

    async fn go_on_with_mark(
        &mut self,
        id: RecipientId,
        term: &TermName,
        mark: &str,
        ended_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let term = self.get_term_id(term).await?;
        self.run(
            "UPDATE interest SET ended_at = NULL, ended_by = NULL
             WHERE id = (SELECT MAX(id) FROM interest
                         WHERE recipient_id = $1 AND term_id = $2 AND mark = $3 AND ended_at = $4)",
            args![id, term, mark, ended_at],
        )
        .await?;
        Ok(())
    }
}

/// The recipient's revision once a change was taken back, as the audit log keeps it; none of an older log.
fn undone_at(after: Option<&str>) -> Result<Option<i64>, StoreError> {
    #[derive(Deserialize)]
    struct Undoing {
        revision: Option<i64>,
    }
    let undoing: Option<Undoing> = after.map(serde_json::from_str).transpose()?;
    Ok(undoing.and_then(|undoing| undoing.revision))
}

/// What taking `made` back makes different.
fn reverse(made: PreferenceChanges, old: &ScalarsRow) -> PreferenceChanges {
    let day = old.paused_until.as_deref().and_then(|day| day.parse().ok());
    PreferenceChanges {
        follow: made.unfollow,
        unfollow: made.follow,
        mute: made.unmute,
        unmute: made.mute,
        mute_kinds: made.unmute_kinds,
        unmute_kinds: made.mute_kinds,
        cadence: made.cadence.map(|_| old.cadence.clone()),
        language: made.language.map(|_| old.language.clone()),
        cap: made.cap.map(|_| old.cap),
        paused_until: made.paused_until.map(|_| day),
    }
}
