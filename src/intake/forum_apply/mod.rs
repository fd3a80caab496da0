//! Making the forum what its file says: declarative, all or nothing, and nothing the second time.

mod effects;
mod fold;
mod plan;
mod preview;
mod uses;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::effects::Side;
use super::forum_file::{EditFault, ForumFile, TermEdit};
use crate::content::Item;
use crate::forum::{Facet, Forum, GroupKind, Recipient, Term};
use crate::store::{Store, StoreError, TermRow, Tx};
use crate::world::{self, WorldError};

pub use effects::{Effects, Pair, Shift};
pub use plan::{Folded, KindChanged, Moved, Plan, Present, Renamed, SectorsChanged, plan};
pub use preview::{Preview, preview_edit};
pub use uses::InUse;

/// Why a forum file was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// What would go is in use; each line says what, by whom, and the remedy.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    InUse(Vec<InUse>),
    /// Names that come or change are too long; each line says which.
    #[error("{}", .0.join("\n"))]
    TooLong(Vec<String>),
    /// The edit does not fit the forum.
    #[error("the forum cannot be changed so: {0}")]
    Edit(#[from] EditFault),
    /// It would do something else than was shown.
    #[error("the forum or its people changed since this was shown; look again")]
    Changed,
    /// What it does could not be counted to its end.
    #[error("counting who gets what broke off; try again")]
    BrokenOff(#[from] tokio::task::JoinError),
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
    edit(&mut file)?;
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
    file.edit(edit)?;
    let guise = Guise { action: "topics.changed", shown: Some(binding), folded: folded_by(edit) };
    apply(store, tx, standing, (file, guise), how).await
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

/// As what a change comes.
struct Guise<'a> {
    /// What the audit log calls it.
    action: &'static str,
    /// What was shown of it, and must hold.
    shown: Option<&'a str>,
    /// What is another topic from now on.
    folded: Vec<Folded>,
}

/// What a plan cannot read off two files.
fn folded_by(edit: &TermEdit) -> Vec<Folded> {
    match edit {
        TermEdit::Fold { from, into } => vec![Folded { term: from.clone(), into: into.clone() }],
        TermEdit::Put(_) | TermEdit::TakeAway(_) => Vec::new(),
    }
}

impl Guise<'_> {
    const FILE: Guise<'static> = Guise { action: "forum.applied", shown: None, folded: Vec::new() };
    const SETTINGS: Guise<'static> = Guise { action: "settings.changed", shown: None, folded: Vec::new() };
}

/// Who gets what by the one forum and not by the other.
struct Weighed {
    recipients: Vec<Recipient>,
    /// Those that are out or wait.
    items: Vec<Item>,
    shifts: Vec<Shift>,
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
        return Err(ApplyError::TooLong(too_long));
    }
    let mut effects = Effects::default();
    if let Some(old) = forum
        && !plan.is_empty()
    {
        let items = world::load_items(store, old).await?;
        let uses = uses::list_uses(&mut tx, &plan, old, &items, how.now).await?;
        if !uses.is_empty() {
            return Err(ApplyError::InUse(uses));
        }
        let weighed = weigh(store, old, (&plan, &file), items, how.now).await?;
        if guise.shown.is_some_and(|shown| shown != preview::bind(&plan, &weighed)) {
            return Err(ApplyError::Changed);
        }
        effects = effects::list_pairs(&weighed.shifts, &weighed.recipients, &weighed.items);
    }
    if !how.dry_run && !plan.is_empty() {
        write::write(&mut tx, &plan, (&file, rows), guise.action, how).await?;
        tx.commit().await?;
    }
    Ok(Applied { plan, effects })
}

/// Asks the rule of everybody, before and after, beside the thread that answers requests.
async fn weigh(
    store: &Store,
    old: &Forum,
    (plan, file): (&Plan, &ForumFile),
    mut items: Vec<Item>,
    now: DateTime<Utc>,
) -> Result<Weighed, ApplyError> {
    if !plan.changes_what_is_held() {
        return Ok(Weighed { recipients: Vec::new(), items: Vec::new(), shifts: Vec::new() });
    }
    items.retain(|item| !item.withdrawn && !item.is_closed(now));
    let recipients = world::load_recipients(store, old).await?;
    let (old, new) = (old.clone(), effects::forum_after(old, plan, file));
    let pairs = fold::list_pairs(&old, plan);
    let count = move || {
        let before = Side { forum: &old, recipients: &recipients, items: &items };
        let shifts = match pairs.as_slice() {
            [] => effects::list_shifts(before, Side { forum: &new, ..before }, now),
            pairs => {
                let (recipients, items) = (fold::recipients(&recipients, pairs), fold::items(&items, pairs));
                effects::list_shifts(
                    before,
                    Side { forum: &new, recipients: &recipients, items: &items },
                    now,
                )
            }
        };
        Weighed { recipients, items, shifts }
    };
    Ok(tokio::task::spawn_blocking(count).await?)
}

fn kinds(rows: &[TermRow]) -> HashMap<Term, GroupKind> {
    rows.iter()
        .filter(|row| row.facet == Facet::Group.word())
        .filter_map(|row| Some((Term::new(Facet::Group, &row.slug), row.kind.as_deref()?.parse().ok()?)))
        .collect()
}
