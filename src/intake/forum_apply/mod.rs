//! Making the forum what its file says: declarative, all or nothing, and nothing the second time.

mod effects;
mod plan;
mod uses;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::forum_file::ForumFile;
use crate::forum::{Facet, GroupKind, Term};
use crate::store::{Store, StoreError, TermRow};
use crate::world::{self, WorldError};

pub use effects::{Effects, Pair};
pub use plan::{KindChanged, Moved, Plan, Present, Renamed, SectorsChanged, plan};

/// Why a forum file was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// What would go is in use; each line says what, by whom, and the remedy.
    #[error("{}", .0.join("\n"))]
    InUse(Vec<String>),
    /// The rows could not be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The rows could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What applying a forum file changed, or would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Applied {
    /// The rows.
    #[serde(flatten)]
    pub plan: Plan,
    /// Who gets what.
    #[serde(flatten)]
    pub effects: Effects,
}

/// Makes the forum in `store` what `file` says, at `now`; with `dry_run` only says what that means.
pub async fn apply_forum(
    store: &Store,
    mut file: ForumFile,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<Applied, ApplyError> {
    let mut tx = store.begin().await?;
    let row = tx.lock_forum().await?;
    let rows = tx.list_terms().await?;
    let sectors = tx.list_group_sectors().await?;
    let old = row.as_ref().map(|row| world::read_forum(row, &rows, &sectors)).transpose()?;
    if let (Some(old), false) = (&old, file.slug_given) {
        // A new name must not change what cookies, List-Id and Message-IDs carry.
        file.settings.slug.clone_from(&old.settings.slug);
    }
    let plan = plan(&file, Present { forum: old.as_ref(), kinds: &kinds(&rows) });
    let mut effects = Effects::default();
    if let Some(old) = &old
        && !plan.is_empty()
    {
        let items = world::load_items(store, old).await?;
        let uses = uses::list_uses(&mut tx, &plan, old, &items, now).await?;
        if !uses.is_empty() {
            return Err(ApplyError::InUse(uses));
        }
        if plan.changes_what_is_held() {
            let recipients = world::load_recipients(store, old).await?;
            let new = effects::forum_after(old, &plan, &file);
            effects = effects::compare((old, &new), &recipients, &items, now);
        }
    }
    if !dry_run && !plan.is_empty() {
        write::write(&mut tx, &plan, &file, &rows, now).await?;
        tx.commit().await?;
    }
    Ok(Applied { plan, effects })
}

fn kinds(rows: &[TermRow]) -> HashMap<Term, GroupKind> {
    rows.iter()
        .filter(|row| row.facet == Facet::Group.word())
        .filter_map(|row| Some((Term::new(Facet::Group, &row.slug), row.kind.as_deref()?.parse().ok()?)))
        .collect()
}
