//! The page of effects as a form says it: which days, which goals and gains are shown, in which words. It is composed in
//! private and published by a step of its own; each holds over what was shown and nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::store::{EffectLineRow, EffectPageRow, NewEffectPage, Store, StoreError};

/// Characters of the introduction, at most.
pub const LONGEST_INTRODUCTION: usize = 3_000;

/// What was said of the gain of one meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GainDraft {
    /// It is to stand on the page.
    pub shown: bool,
    /// What was gained, in other words than the minutes'; none: in theirs.
    pub words: Option<String>,
    /// How, in other words than the minutes'; empty: it is left out.
    pub how: Option<String>,
    /// The version of the minutes that was before the writer.
    pub version: i64,
}

/// The page as it is being composed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// How the days are chosen: `this_year`.
    pub span: String,
    /// Of days of one's own the first.
    pub first: Option<NaiveDate>,
    /// And the last.
    pub last: Option<NaiveDate>,
    /// The lead's words; paragraphs.
    pub introduction: String,
    /// Their language tag; empty: the forum's.
    pub language: String,
    /// Where groups' work touches is to stand there.
    pub connections: bool,
    /// Of each goal that was before the writer, by its key, whether it is to stand there.
    pub goals: BTreeMap<i64, bool>,
    /// Of each meeting that was before the writer, by the key of its minutes.
    pub gains: BTreeMap<i64, GainDraft>,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            span: "this_year".to_owned(),
            first: None,
            last: None,
            introduction: String::new(),
            language: String::new(),
            connections: true,
            goals: BTreeMap::new(),
            gains: BTreeMap::new(),
        }
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EffectsError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody changed or published the page since it was shown.
    #[error("somebody changed or published the page of effects since it was shown; look again")]
    Overtaken,
}

/// Who changes the page.
#[derive(Debug, Clone, Copy)]
pub struct EffectsBy<'a> {
    /// As the log names them: never an address.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
}

/// The page that is being composed, as the row holds it; what cannot be read is as good as none.
pub fn read_draft(row: &EffectPageRow) -> Draft {
    serde_json::from_str(&row.draft).unwrap_or_default()
}

/// Names what a form was filled from, SHA-256 in lower-case hex. Pure.
pub fn name_draft(row: &EffectPageRow) -> String {
    hex::encode(Sha256::digest(&row.draft))
}

/// Keeps what a form says, if the page stands as it was shown (`seen`, of [`name_draft`]). What is kept already is not
/// overtaken: whoever presses twice has done it once.
pub async fn save_draft(
    store: &Store,
    by: EffectsBy<'_>,
    seen: &str,
    draft: &Draft,
) -> Result<(), EffectsError> {
    let written = serde_json::to_string(draft).map_err(StoreError::from)?;
    let mut tx = store.begin().await?;
    let row = tx.lock_effect_page().await?;
    if row.draft == written {
        return Ok(tx.undo().await?);
    }
    if name_draft(&row) != seen {
        tx.undo().await?;
        return Err(EffectsError::Overtaken);
    }
    tx.keep_effect_draft(&written, by.actor, by.now).await?;
    Ok(tx.commit().await?)
}

/// Publishes this, if the page is composed and published as in `seen`, from which it was made. What is published already
/// in these words is not overtaken.
pub async fn publish_page(
    store: &Store,
    by: EffectsBy<'_>,
    seen: &EffectPageRow,
    (page, lines): (&NewEffectPage<'_>, &[EffectLineRow]),
) -> Result<(), EffectsError> {
    let mut tx = store.begin().await?;
    let row = tx.lock_effect_page().await?;
    let is_same = (&row.draft, row.turns) == (&seen.draft, seen.turns);
    if !is_same {
        let is_done = says_the_same(&row, page) && tx.list_effect_lines().await? == lines;
        tx.undo().await?;
        return if is_done { Ok(()) } else { Err(EffectsError::Overtaken) };
    }
    tx.publish_effects(page, lines, by.actor, by.now).await?;
    Ok(tx.commit().await?)
}

/// Takes the page back that was published in the turn `seen`; nothing, if none is shown.
pub async fn take_back(store: &Store, by: EffectsBy<'_>, seen: i64) -> Result<(), EffectsError> {
    let mut tx = store.begin().await?;
    let row = tx.lock_effect_page().await?;
    if row.published_at.is_none() {
        return Ok(tx.undo().await?);
    }
    if row.turns != seen {
        tx.undo().await?;
        return Err(EffectsError::Overtaken);
    }
    tx.take_back_effects(by.actor, by.now).await?;
    Ok(tx.commit().await?)
}

/// Whether what is published says what `page` says; its sums aside, which move by themselves.
fn says_the_same(row: &EffectPageRow, page: &NewEffectPage<'_>) -> bool {
    let own = [&row.first_on, &row.last_on, &row.introduction, &row.language, &row.connections];
    own.map(|text| text.as_deref())
        == [page.first_on, page.last_on, page.introduction, page.language, page.connections].map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(draft: &str) -> EffectPageRow {
        EffectPageRow {
            draft: draft.to_owned(),
            first_on: None,
            last_on: None,
            introduction: None,
            language: None,
            figures: None,
            connections: None,
            published_by: None,
            published_at: None,
            turns: 0,
        }
    }

    #[test]
    fn a_page_that_nobody_composed_yet_tells_of_this_year_with_its_connections() {
        for text in ["{}", "no JSON"] {
            assert_eq!(read_draft(&row(text)), Draft::default(), "{text}");
        }
        assert!(Draft::default().connections);
    }

    #[test]
    fn what_is_composed_is_read_as_it_was_written() {
        let gain = GainDraft { shown: true, words: Some("Åtte".to_owned()), how: None, version: 2 };
        let draft = Draft {
            first: Some("2027-01-01".parse().expect("a day")),
            goals: BTreeMap::from([(3, false)]),
            gains: BTreeMap::from([(7, gain)]),
            ..Draft::default()
        };
        let written = serde_json::to_string(&draft).expect("JSON");
        assert_eq!(read_draft(&row(&written)), draft);
        assert_ne!(name_draft(&row(&written)), name_draft(&row("{}")));
    }
}
