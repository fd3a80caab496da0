//! A change of the forum as it is shown before it is made: what changes, who gains and loses what, what stands in its way.

use chrono::{DateTime, Utc};

use super::effects::Shift;
use super::error::ApplyError;
use super::plan::{Plan, Present, folded_by, plan};
use super::standing::list_kinds;
use super::uses::{self, InUse};
use super::weighing::{Weighed, weigh};
use crate::content::Item;
use crate::forum::{Forum, Recipient};
use crate::intake::forum_file::{ForumFile, TermEdit};
use crate::store::Store;
use crate::world;

/// What a change would do.
#[derive(Debug)]
pub struct Preview {
    /// The forum as it stands.
    pub forum: Forum,
    /// What it would be called afterwards, as a file says it.
    pub file: ForumFile,
    /// What becomes different.
    pub plan: Plan,
    /// Why it cannot be done; empty if it can.
    pub in_use: Vec<InUse>,
    /// What names a topic that is folded into another.
    pub moving: Vec<InUse>,
    /// The items that name what would go, whatever their state; the first of them.
    pub naming: Vec<Item>,
    /// Everybody, if trees or topics of groups change; else nobody needs to be asked.
    pub recipients: Vec<Recipient>,
    /// The items that are out or wait, likewise.
    pub items: Vec<Item>,
    /// Who gains and loses which of them, by their places in `recipients` and `items`.
    pub shifts: Vec<Shift>,
    /// Names all this: SHA-256 in lower-case hex of the plan and of who gains and loses which version of which item.
    pub binding: String,
}

/// Tells what an edit would do. Nothing is written and nothing locked.
///
/// # Errors
/// [`ApplyError::Edit`] if the edit does not fit the forum.
pub async fn preview_edit(store: &Store, edit: &TermEdit, now: DateTime<Utc>) -> Result<Preview, ApplyError> {
    let forum = world::load_forum(store).await?;
    let kinds = list_kinds(&store.list_terms().await?);
    let mut file = ForumFile::of(&forum, &kinds);
    file.edit(edit)?;
    let plan = plan(&file, Present { forum: Some(&forum), kinds: &kinds });
    let plan = Plan { folded: folded_by(edit), ..plan };
    let items = world::load_items(store, &forum).await?;
    let in_use = uses::list_term_uses(store, plan.dropped(), &forum, &items, now).await?;
    let folded = plan.folded.iter().map(|folded| &folded.term);
    let moving = uses::list_term_uses(store, folded, &forum, &items, now).await?;
    let naming = list_naming(&in_use, &items);
    let weighed = weigh(store, &forum, (&plan, &file), items, now).await?;
    let binding = weighed.bind(&plan);
    let Weighed { recipients, items, shifts } = weighed;
    Ok(Preview { forum, file, plan, in_use, moving, naming, recipients, items, shifts, binding })
}

/// So many items that stand in the way are kept.
const NAMING: usize = 50;

fn list_naming(in_use: &[InUse], items: &[Item]) -> Vec<Item> {
    let slugs = in_use.iter().flat_map(|in_use| match in_use {
        InUse::Term { items, .. } => items.as_slice(),
        InUse::Cadence { .. } => &[],
    });
    let found = slugs.take(NAMING).filter_map(|slug| items.iter().find(|item| item.slug == *slug));
    found.cloned().collect()
}
