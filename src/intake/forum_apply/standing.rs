//! The forum as it stands before it is changed.

use std::collections::HashMap;

use super::error::ApplyError;
use crate::forum::{Facet, Forum, GroupKind, Term};
use crate::store::{TermRow, Tx};
use crate::world;

/// The forum as it stands, behind its lock.
pub(super) struct Standing {
    pub rows: Vec<TermRow>,
    pub forum: Option<Forum>,
    pub kinds: HashMap<Term, GroupKind>,
}

/// Takes the forum's lock and reads what stands behind it.
pub(super) async fn read_standing(tx: &mut Tx) -> Result<Standing, ApplyError> {
    let row = tx.lock_forum().await?;
    let rows = tx.list_terms().await?;
    let sectors = tx.list_group_sectors().await?;
    let forum = row.as_ref().map(|row| world::read_forum(row, &rows, &sectors)).transpose()?;
    Ok(Standing { kinds: list_kinds(&rows), rows, forum })
}

/// The kind of each group.
pub(super) fn list_kinds(rows: &[TermRow]) -> HashMap<Term, GroupKind> {
    rows.iter()
        .filter(|row| row.facet == Facet::Group.word())
        .filter_map(|row| Some((Term::new(Facet::Group, &row.slug), row.kind.as_deref()?.parse().ok()?)))
        .collect()
}
