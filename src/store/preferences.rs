//! What a recipient chose: topics followed and muted, kinds hidden, how often, how many, language, pause.
//! Used by the page in the letter and by `people set`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::change::Change;
use super::colliding::again_on_collision;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{RecipientId, TermId};

/// A term by the facet's word and its slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermName {
    /// `sector`.
    pub facet: String,
    /// `health`.
    pub slug: String,
}

/// What is to become different; what is not named stays. A follow and a mute are independent marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PreferenceChanges {
    /// Terms to follow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub follow: Vec<TermName>,
    /// Terms to follow no longer, whoever chose them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfollow: Vec<TermName>,
    /// Terms to mute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mute: Vec<TermName>,
    /// Terms to mute no longer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmute: Vec<TermName>,
    /// Kinds to mute, by their words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mute_kinds: Vec<String>,
    /// Kinds to mute no longer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmute_kinds: Vec<String>,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence: Option<String>,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The greatest number of items in a digest; inner `None`: the forum's.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "read_named")]
    pub cap: Option<Option<i64>>,
    /// The day before which there are no letters; inner `None`: no pause.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "read_named")]
    pub paused_until: Option<Option<NaiveDate>>,
}

/// A field that is there, whatever it holds: `null` is a value.
fn read_named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl PreferenceChanges {
    /// Whether nothing becomes different.
    pub fn is_empty(&self) -> bool {
        *self == PreferenceChanges::default()
    }

    /// Whether it holds all marks that `other` begins or ends.
    pub fn covers(&self, other: &PreferenceChanges) -> bool {
        let terms = |ours: &[TermName], theirs: &[TermName]| theirs.iter().all(|t| ours.contains(t));
        let kinds = |ours: &[String], theirs: &[String]| theirs.iter().all(|k| ours.contains(k));
        terms(&self.follow, &other.follow)
            && terms(&self.unfollow, &other.unfollow)
            && terms(&self.mute, &other.mute)
            && terms(&self.unmute, &other.unmute)
            && kinds(&self.mute_kinds, &other.mute_kinds)
            && kinds(&self.unmute_kinds, &other.unmute_kinds)
    }

    /// Whether it changes what the rule reads.
    pub(super) fn has_marks(&self) -> bool {
        let terms = [&self.follow, &self.unfollow, &self.mute, &self.unmute];
        terms.iter().any(|list| !list.is_empty())
            || !self.mute_kinds.is_empty()
            || !self.unmute_kinds.is_empty()
    }
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeChange {
    /// Its row in the audit log: what undoing names.
    pub id: i64,
    /// What really became different.
    pub made: PreferenceChanges,
}

/// What the audit log keeps of a change: what was made, and the recipient's revision then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) revision: i64,
    #[serde(flatten)]
    pub(super) made: PreferenceChanges,
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
    /// What a change of how often, how many, language and pause replaces.
    #[derive(Serialize, Deserialize)]
    pub(super) struct ScalarsRow {
        pub(super) cadence: String,
        pub(super) language: String,
        pub(super) cap: Option<i64>,
        pub(super) paused_until: Option<String>,
        pub(super) chosen: String,
    }
}

/// Of two that change what one recipient chose, or where they stand, one waits for the other. Not FOR UPDATE: both may have
/// added marks by then, which hold the recipient's key, and each would wait for the other's.
pub(super) const LOCK: Sql = Sql {
    sqlite: "SELECT revision FROM recipient WHERE id = $1",
    postgres: "SELECT revision FROM recipient WHERE id = $1 FOR NO KEY UPDATE",
};

/// `$1` marks the term `$2` as `$3` says, by `$4` at `$5`; no row if it stands already.
const BEGIN_MARK: &str = "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (recipient_id, term_id, mark) WHERE ended_at IS NULL DO NOTHING";

/// The same mark ends; no row if none stands.
const END_MARK: &str = "UPDATE interest SET ended_at = $5, ended_by = $4
     WHERE recipient_id = $1 AND term_id = $2 AND mark = $3 AND ended_at IS NULL";

impl Store {
    /// Makes the changes in one transaction; what really became different, if anything did. What the
    /// person chose is marked so that no import overrides it. Marks set the watermark back; how often,
    /// how many, language and pause only raise the revision.
    pub async fn change_preferences(
        &self,
        id: RecipientId,
        changes: &PreferenceChanges,
        by: By<'_>,
    ) -> Result<Option<MadeChange>, StoreError> {
        // Whoever takes a change back has the recipient before the marks.
        again_on_collision(|| self.try_to_change(id, changes, by)).await
    }

    async fn try_to_change(
        &self,
        id: RecipientId,
        changes: &PreferenceChanges,
        by: By<'_>,
    ) -> Result<Option<MadeChange>, StoreError> {
        let mut tx = self.begin().await?;
        let mut made = PreferenceChanges {
            follow: tx.change_marks(BEGIN_MARK, (id, "follow"), &changes.follow, by).await?,
            unfollow: tx.change_marks(END_MARK, (id, "follow"), &changes.unfollow, by).await?,
            mute: tx.change_marks(BEGIN_MARK, (id, "mute"), &changes.mute, by).await?,
            unmute: tx.change_marks(END_MARK, (id, "mute"), &changes.unmute, by).await?,
            ..PreferenceChanges::default()
        };
        tx.change_muted_kinds(id, changes, by, &mut made).await?;
        let old = tx.change_scalars(id, changes, &mut made).await?;
        if made.is_empty() {
            tx.undo().await?;
            return Ok(None);
        }
        if made.has_marks() {
            tx.set_back_recipient(id, by.now).await?;
        }
        let change = tx.record_preferences(id, old, &made, by).await?;
        tx.commit().await?;
        Ok(Some(MadeChange { id: change, made }))
    }
}

impl Tx {
    /// Nobody else changes the recipient's row until the transaction ends; what is read of it from now on stands.
    pub(super) async fn lock_recipient(&mut self, id: RecipientId) -> Result<(), StoreError> {
        let _locked: Option<One<i64>> = self.find(LOCK, args![id]).await?;
        Ok(())
    }

    async fn record_preferences(
        &mut self,
        id: RecipientId,
        old: ScalarsRow,
        made: &PreferenceChanges,
        by: By<'_>,
    ) -> Result<i64, StoreError> {
        let One(revision) = self.get("SELECT revision FROM recipient WHERE id = $1", args![id]).await?;
        let change = Change {
            before: Some(serde_json::to_value(old)?),
            after: Some(serde_json::to_value(Recorded { revision, made: made.clone() })?),
            ..Change::of_recipient(by.actor, "preferences.changed", id)
        };
        self.record_change(by.now, change).await?;
        let newest = "SELECT MAX(id) FROM change WHERE recipient_id = $1 AND action = 'preferences.changed'";
        let One(row) = self.get(newest, args![id]).await?;
        Ok(row)
    }

    /// Runs [`BEGIN_MARK`] or [`END_MARK`] for each of these terms; those of which it was news.
    async fn change_marks(
        &mut self,
        statement: &'static str,
        (id, mark): (RecipientId, &str),
        terms: &[TermName],
        by: By<'_>,
    ) -> Result<Vec<TermName>, StoreError> {
        let mut changed = Vec::new();
        for term in terms {
            let term_id = self.get_term_id(term).await?;
            let rows = self.run(statement, args![id, term_id, mark, by.source, by.now]).await?;
            changed.extend((rows > 0).then(|| term.clone()));
        }
        Ok(changed)
    }

    pub(super) async fn get_term_id(&mut self, term: &TermName) -> Result<TermId, StoreError> {
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
        made: &mut PreferenceChanges,
    ) -> Result<(), StoreError> {
        for kind in &changes.mute_kinds {
            let rows = self
                .run(
                    "INSERT INTO muted_kind (recipient_id, kind, source, started_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (recipient_id, kind) WHERE ended_at IS NULL DO NOTHING",
                    args![id, kind, by.source, by.now],
                )
                .await?;
            made.mute_kinds.extend((rows > 0).then(|| kind.clone()));
        }
        for kind in &changes.unmute_kinds {
            let rows = self
                .run(
                    "UPDATE muted_kind SET ended_at = $3
                     WHERE recipient_id = $1 AND kind = $2 AND ended_at IS NULL",
                    args![id, kind, by.now],
                )
                .await?;
            made.unmute_kinds.extend((rows > 0).then(|| kind.clone()));
        }
        Ok(())
    }

    /// Answers what stood before.
    async fn change_scalars(
        &mut self,
        id: RecipientId,
        changes: &PreferenceChanges,
        made: &mut PreferenceChanges,
    ) -> Result<ScalarsRow, StoreError> {
        // What stands is read, and written whole. After the marks, as whoever folds topics locks; an undoing cannot (it
        // first asks whether anything changed since), and of a circle with it one is tried again.
        self.lock_recipient(id).await?;
        let old = self.get_scalars(id).await?;
        let new = wanted_scalars(&old, changes)?;
        // To choose what was so already is a choice too: no import overrides it from now on.
        let chosen = new.chosen != old.chosen;
        made.cadence = changes.cadence.clone().filter(|_| chosen || new.cadence != old.cadence);
        made.language = changes.language.clone().filter(|_| chosen || new.language != old.language);
        made.cap = changes.cap.filter(|_| new.cap != old.cap);
        made.paused_until = changes.paused_until.filter(|_| new.paused_until != old.paused_until);
        if new != old {
            self.write_scalars(id, &new).await?;
        }
        Ok(old)
    }

    pub(super) async fn get_scalars(&mut self, id: RecipientId) -> Result<ScalarsRow, StoreError> {
        let row = self.get(
            "SELECT cadence, language, cap, paused_until, chosen FROM recipient WHERE id = $1",
            args![id],
        );
        Ok(row.await?)
    }

    pub(super) async fn write_scalars(
        &mut self,
        id: RecipientId,
        new: &ScalarsRow,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE recipient SET cadence = $2, language = $3, cap = $4, paused_until = $5, chosen = $6,
                    revision = revision + 1
             WHERE id = $1",
            args![id, &new.cadence, &new.language, new.cap, new.paused_until.clone(), &new.chosen],
        )
        .await?;
        Ok(())
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
