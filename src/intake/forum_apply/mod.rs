//! Making the forum what its file says: declarative, all or nothing, and nothing the second time.

mod effects;
mod error;
mod fold;
mod plan;
mod preview;
mod standing;
mod uses;
mod weighing;
mod write;

use serde::Serialize;

use self::plan::folded_by;
use self::standing::{Standing, list_kinds, read_standing};
use self::weighing::weigh;
use super::forum_file::{ForumFile, TermEdit};
use crate::store::{Store, Tx};
use crate::world::{self, WorldError};

pub use effects::{Effects, Pair, Shift};
pub use error::ApplyError;
pub use plan::{Folded, KindChanged, Moved, Plan, Present, Renamed, SectorsChanged, plan};
pub use preview::{Preview, preview_edit};
pub use uses::InUse;
pub use write::How;

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
    apply(store, tx, standing, (file, Guise::FILE), how).await
}

/// Changes the forum that is there: `edit` gets the file that says what it is, and what it leaves is applied. Nothing
/// that another changes meanwhile is lost: the forum is locked before it is read. Who leaves all as it is has looked it over.
///
/// # Errors
/// What `edit` answers: [`ApplyError::Changed`] if the forum is not what was shown.
pub async fn change_forum(
    store: &Store,
    how: How<'_>,
    edit: impl FnOnce(&mut ForumFile) -> Result<(), ApplyError>,
) -> Result<Applied, ApplyError> {
    let mut tx = store.begin().await?;
    let standing = read_standing(&mut tx).await?;
    let old = standing.forum.as_ref().ok_or(WorldError::NoForum)?;
    let mut file = ForumFile::of(old, &standing.kinds);
    if let Err(refused) = edit(&mut file) {
        return tx.close(Err(refused)).await;
    }
    let applied = apply(store, tx, standing, (file, Guise::SETTINGS), how).await?;
    if applied.plan.is_empty() && !how.dry_run {
        store.note_settings_kept(how.actor, how.now).await?;
    }
    Ok(applied)
}

/// Makes the edit that [`preview_edit`] showed, if it still does what was shown: `binding` is [`Preview::binding`].
///
/// # Errors
/// [`ApplyError::Changed`] if it would do something else by now, [`ApplyError::Edit`] if it does not fit any more.
pub async fn apply_edit(
    store: &Store,
    how: How<'_>,
    edit: &TermEdit,
    binding: &str,
) -> Result<Applied, ApplyError> {
    let mut tx = store.begin().await?;
    let standing = read_standing(&mut tx).await?;
    let old = standing.forum.as_ref().ok_or(WorldError::NoForum)?;
    let mut file = ForumFile::of(old, &standing.kinds);
    if let Err(fault) = file.edit(edit) {
        return tx.close(Err(ApplyError::from(fault))).await;
    }
    let guise = Guise { action: "topics.changed", shown: Some(binding), folded: folded_by(edit) };
    apply(store, tx, standing, (file, guise), how).await
}

/// The file that says what the forum is.
pub async fn read_forum_as_file(store: &Store) -> Result<ForumFile, WorldError> {
    let forum = world::load_forum(store).await?;
    Ok(ForumFile::of(&forum, &list_kinds(&store.list_terms().await?)))
}

/// As what a change comes.
struct Guise<'a> {
    /// What the audit log calls it.
    action: &'static str,
    /// What was shown of it, and must hold.
    shown: Option<&'a str>,
    /// What is another topic from now on.
    folded: Vec<Folded>,
}

impl Guise<'_> {
    const FILE: Guise<'static> = Guise { action: "forum.applied", shown: None, folded: Vec::new() };
    const SETTINGS: Guise<'static> = Guise { action: "settings.changed", shown: None, folded: Vec::new() };
}

async fn apply(
    store: &Store,
    mut tx: Tx,
    standing: Standing,
    (file, guise): (ForumFile, Guise<'_>),
    how: How<'_>,
) -> Result<Applied, ApplyError> {
    let Standing { rows, forum, kinds } = &standing;
    let plan = Plan { folded: guise.folded, ..plan(&file, Present { forum: forum.as_ref(), kinds }) };
    let too_long = plan.list_too_long(&file);
    if !too_long.is_empty() {
        return tx.close(Err(ApplyError::TooLong(too_long))).await;
    }
    let mut effects = Effects::default();
    if let Some(old) = forum
        && !plan.is_empty()
    {
        let items = world::load_items(store, old).await?;
        let uses = uses::list_uses(&mut tx, &plan, old, &items, how.now).await?;
        if !uses.is_empty() {
            return tx.close(Err(ApplyError::InUse(uses))).await;
        }
        let weighed = weigh(store, old, (&plan, &file), items, how.now).await?;
        if guise.shown.is_some_and(|shown| shown != weighed.bind(&plan)) {
            return tx.close(Err(ApplyError::Changed)).await;
        }
        effects = effects::list_pairs(&weighed.shifts, &weighed.recipients, &weighed.items);
    }
    if !how.dry_run && !plan.is_empty() {
        write::write(&mut tx, &plan, (&file, rows), guise.action, how).await?;
        tx.commit().await?;
    } else {
        // What was counted holds, even if the server has ended the transaction meanwhile.
        let _ = tx.undo().await;
    }
    Ok(Applied { plan, effects })
}
