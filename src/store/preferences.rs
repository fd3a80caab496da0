//! What a recipient chose: topics followed and muted, kinds hidden, how often, how many, language, pause.
//! Used by the page in the letter and by `people set`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::open::{Store, StoreError};
use crate::ids::{RecipientId, TermId};

/// A term by the facet's word and its slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermName {
    /// `sector`.
    pub facet: String,
    /// `health`.
    pub slug: String,
}

/// What is to become different; what is not named stays. A follow and a mute are independent marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PreferenceChanges {
    /// Terms to follow.
    pub follow: Vec<TermName>,
    /// Terms to follow no longer, whoever chose them.
    pub unfollow: Vec<TermName>,
    /// Terms to mute.
    pub mute: Vec<TermName>,
    /// Terms to mute no longer.
    pub unmute: Vec<TermName>,
    /// Kinds to mute, by their words.
    pub mute_kinds: Vec<String>,
    /// Kinds to mute no longer.
    pub unmute_kinds: Vec<String>,
    /// How often.
    pub cadence: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The greatest number of items in a digest; inner `None`: the forum's.
    pub cap: Option<Option<i64>>,
    /// The day before which there are no letters; inner `None`: no pause.
    pub paused_until: Option<Option<NaiveDate>>,
}

/// Who changes, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// `person` or `lead`: kept with each mark.
    pub source: &'a str,
    /// `page` or `command`: kept in the audit log.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
}

record! {
    struct ScalarsRow {
        cadence: String,
        language: String,
        cap: Option<i64>,
        paused_until: Option<String>,
        chosen: String,
    }
}

impl Store {
    /// Makes the changes in one transaction; whether anything became different. What the person
    /// chose is marked so that no import overrides it. Marks set the watermark back; how often,
    /// how many, language and pause only raise the revision.
    pub async fn change_preferences(
        &self,
        id: RecipientId,
        changes: &PreferenceChanges,
        by: By<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut marks = 0;
        marks += tx.begin_marks(id, "follow", &changes.follow, by).await?;
        marks += tx.end_marks(id, "follow", &changes.unfollow, by).await?;
        marks += tx.begin_marks(id, "mute", &changes.mute, by).await?;
        marks += tx.end_marks(id, "mute", &changes.unmute, by).await?;
        marks += tx.change_muted_kinds(id, changes, by).await?;
        let scalars = tx.change_scalars(id, changes).await?;
        if marks > 0 {
            tx.set_back_recipient(id, by.now).await?;
        }
        if marks == 0 && !scalars {
            return Ok(false);
        }
        let change = Change {
            actor: by.actor,
            action: "preferences.changed",
            subject: format!("recipient:{id}"),
            recipient: Some(id),
            before: None,
            after: Some(serde_json::to_value(changes)?),
        };
        tx.record_change(by.now, change).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    async fn begin_marks(
        &mut self,
        id: RecipientId,
        mark: &str,
        terms: &[TermName],
        by: By<'_>,
    ) -> Result<u64, StoreError> {
        let mut begun = 0;
        for term in terms {
            let term_id = self.get_term_id(term).await?;
            begun += self
                .run(
                    "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
                     VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (recipient_id, term_id, mark) WHERE ended_at IS NULL DO NOTHING",
                    args![id, term_id, mark, by.source, by.now],
                )
                .await?;
        }
        Ok(begun)
    }

    async fn end_marks(
        &mut self,
        id: RecipientId,
        mark: &str,
        terms: &[TermName],
        by: By<'_>,
    ) -> Result<u64, StoreError> {
        let mut ended = 0;
        for term in terms {
            let term_id = self.get_term_id(term).await?;
            ended += self
                .run(
                    "UPDATE interest SET ended_at = $4, ended_by = $5
                     WHERE recipient_id = $1 AND term_id = $2 AND mark = $3 AND ended_at IS NULL",
                    args![id, term_id, mark, by.now, by.source],
                )
                .await?;
        }
        Ok(ended)
    }

    async fn get_term_id(&mut self, term: &TermName) -> Result<TermId, StoreError> {
        let One(id) = self
            .get("SELECT id FROM term WHERE facet = $1 AND slug = $2", args![&term.facet, &term.slug])
            .await?;
        Ok(id)
    }

    async fn change_muted_kinds(
        &mut self,
        id: RecipientId,
        changes: &PreferenceChanges,
        by: By<'_>,
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for kind in &changes.mute_kinds {
            changed += self
                .run(
                    "INSERT INTO muted_kind (recipient_id, kind, source, started_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (recipient_id, kind) WHERE ended_at IS NULL DO NOTHING",
                    args![id, kind, by.source, by.now],
                )
                .await?;
        }
        for kind in &changes.unmute_kinds {
            changed += self
                .run(
                    "UPDATE muted_kind SET ended_at = $3
                     WHERE recipient_id = $1 AND kind = $2 AND ended_at IS NULL",
                    args![id, kind, by.now],
                )
                .await?;
        }
        Ok(changed)
    }

    async fn change_scalars(
        &mut self,
        id: RecipientId,
        changes: &PreferenceChanges,
    ) -> Result<bool, StoreError> {
        let old: ScalarsRow = self
            .get(
                "SELECT cadence, language, cap, paused_until, chosen FROM recipient WHERE id = $1",
                args![id],
            )
            .await?;
        let new = wanted_scalars(&old, changes)?;
        if new == old {
            return Ok(false);
        }
        self.run(
            "UPDATE recipient SET cadence = $2, language = $3, cap = $4, paused_until = $5, chosen = $6,
                    revision = revision + 1
             WHERE id = $1",
            args![id, new.cadence, new.language, new.cap, new.paused_until, new.chosen],
        )
        .await?;
        Ok(true)
    }
}

fn wanted_scalars(old: &ScalarsRow, changes: &PreferenceChanges) -> Result<ScalarsRow, StoreError> {
    let mut new = old.clone();
    let mut chosen: Vec<String> = serde_json::from_str(&old.chosen)?;
    let mut choose = |field: &str| {
        if !chosen.iter().any(|c| c == field) {
            chosen.push(field.to_owned());
        }
    };
    if let Some(cadence) = &changes.cadence {
        new.cadence.clone_from(cadence);
        choose("cadence");
    }
    if let Some(language) = &changes.language {
        new.language.clone_from(language);
        choose("language");
    }
    if let Some(cap) = changes.cap {
        new.cap = cap;
    }
    if let Some(day) = changes.paused_until {
        new.paused_until = day.map(|d| d.to_string());
    }
    new.chosen = serde_json::to_string(&chosen)?;
    Ok(new)
}
