//! Making the forum what its file says: declarative, all or nothing, and nothing the second time.

mod effects;
mod plan;
mod uses;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::forum_file::ForumFile;
use crate::forum::{Facet, Forum, GroupKind, Term};
use crate::store::{Store, StoreError, TermRow, Tx};
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

/// How a forum is changed.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// What the audit log calls who does it.
    pub actor: &'a str,
    /// Only say what it means.
    pub dry_run: bool,
    /// The present instant.
    pub now: DateTime<Utc>,
}

/// The forum as it stands, behind its lock.
struct Standing {
    rows: Vec<TermRow>,
    forum: Option<Forum>,
    kinds: HashMap<Term, GroupKind>,
}

/// Makes the forum in `store` what `file` says.
pub async fn apply_forum(store: &Store, mut file: ForumFile, how: How<'_>) -> Result<Applied, ApplyError> {
    let mut tx = store.begin().await?;
    let standing = read_standing(&mut tx).await?;
    if let Some(old) = &standing.forum {
        // A file holds no picture.
        file.settings.house.logo.clone_from(&old.settings.house.logo);
        if !file.slug_given {
            // A new name must not change what cookies, List-Id and Message-IDs carry.
            file.settings.slug.clone_from(&old.settings.slug);
        }
    }
    apply(store, tx, standing, file, how).await
}

/// Changes the forum that is there: `edit` gets the file that says what it is, and what it leaves is applied. Nothing
/// that another changes meanwhile is lost: the forum is locked before it is read.
pub async fn change_forum(
    store: &Store,
    how: How<'_>,
    edit: impl FnOnce(&mut ForumFile),
) -> Result<Applied, ApplyError> {
    let mut tx = store.begin().await?;
    let standing = read_standing(&mut tx).await?;
    let old = standing.forum.as_ref().ok_or(WorldError::NoForum)?;
    let mut file = ForumFile::of(old, &standing.kinds);
    edit(&mut file);
    apply(store, tx, standing, file, how).await
}

/// The file that says what the forum is.
pub async fn read_forum_as_file(store: &Store) -> Result<ForumFile, WorldError> {
    let forum = world::load_forum(store).await?;
    Ok(ForumFile::of(&forum, &kinds(&store.list_terms().await?)))
}

async fn read_standing(tx: &mut Tx) -> Result<Standing, ApplyError> {
    let row = tx.lock_forum().await?;
    let rows = tx.list_terms().await?;
    let sectors = tx.list_group_sectors().await?;
    let forum = row.as_ref().map(|row| world::read_forum(row, &rows, &sectors)).transpose()?;
    Ok(Standing { kinds: kinds(&rows), rows, forum })
}

async fn apply(
    store: &Store,
    mut tx: Tx,
    standing: Standing,
    file: ForumFile,
    how: How<'_>,
) -> Result<Applied, ApplyError> {
    let Standing { rows, forum, kinds } = &standing;
    let plan = plan(&file, Present { forum: forum.as_ref(), kinds });
    let mut effects = Effects::default();
    if let Some(old) = forum
        && !plan.is_empty()
    {
        let items = world::load_items(store, old).await?;
        let uses = uses::list_uses(&mut tx, &plan, old, &items, how.now).await?;
        if !uses.is_empty() {
            return Err(ApplyError::InUse(uses));
        }
        if plan.changes_what_is_held() {
            let recipients = world::load_recipients(store, old).await?;
            let new = effects::forum_after(old, &plan, &file);
            effects = effects::compare((old, &new), &recipients, &items, how.now);
        }
    }
    if !how.dry_run && !plan.is_empty() {
        write::write(&mut tx, &plan, &file, rows, how).await?;
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
