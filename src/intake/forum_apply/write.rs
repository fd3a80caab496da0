//! Writing a plan: every row that a forum file changes, in the caller's transaction.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::fold;
use super::plan::Plan;
use crate::forum::{Facet, ForumSettings, Holidays, Term};
use crate::ids::TermId;
use crate::intake::forum_file::{FileTerm, ForumFile};
use crate::store::{Change, ForumSettingsRow, NewTerm, StoreError, TermRow, Tx};

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

/// Makes the rows what `file` says; `rows` are the terms as they stand, `action` what the log calls it.
pub(super) async fn write(
    tx: &mut Tx,
    plan: &Plan,
    (file, rows): (&ForumFile, &[TermRow]),
    action: &'static str,
    how: How<'_>,
) -> Result<(), StoreError> {
    let now = how.now;
    tx.write_forum(&settings_row(&file.settings)?, now).await?;
    let mut ids: HashMap<Term, TermId> = rows
        .iter()
        .filter_map(|row| Some((Term::new(Facet::from_word(&row.facet)?, &row.slug), row.id)))
        .collect();
    for wanted in file.terms.iter().filter(|wanted| plan.come.contains(&wanted.term)) {
        ids.insert(wanted.term.clone(), tx.add_term(&new_term(wanted)?).await?);
    }
    let id_of = |term: &Term| ids.get(term).copied();
    for wanted in &file.terms {
        let Some(id) = id_of(&wanted.term) else { continue };
        write_term(tx, plan, wanted, id, &id_of).await?;
    }
    for folded in &plan.folded {
        let (Some(from), Some(into)) = (id_of(&folded.term), id_of(&folded.into)) else { continue };
        fold::write(tx, folded, (from, into), now).await?;
    }
    for id in plan.go.iter().filter_map(id_of) {
        tx.move_term(id, None).await?;
    }
    for id in plan.go.iter().filter_map(id_of) {
        tx.remove_term(id).await?;
    }
    if plan.changes_what_is_held() {
        tx.set_back_everyone(now).await?;
    }
    let change = Change {
        actor: how.actor,
        action,
        subject: "forum".to_owned(),
        after: Some(said_of(plan)?),
        ..Change::default()
    };
    tx.record_change(now, change).await
}

/// What the log says of a plan: what it has, without the lists that are empty.
fn said_of(plan: &Plan) -> Result<serde_json::Value, StoreError> {
    let mut said = serde_json::to_value(plan)?;
    if let Some(lists) = said.as_object_mut() {
        lists.retain(|_, list| list.as_array().is_none_or(|list| !list.is_empty()));
    }
    Ok(said)
}

async fn write_term(
    tx: &mut Tx,
    plan: &Plan,
    wanted: &FileTerm,
    id: TermId,
    id_of: &impl Fn(&Term) -> Option<TermId>,
) -> Result<(), StoreError> {
    let term = &wanted.term;
    let is_new = plan.come.contains(term);
    if plan.renamed.iter().any(|r| r.term == *term) || plan.kinds.iter().any(|k| k.term == *term) {
        let new = new_term(wanted)?;
        tx.rename_term(id, &new.names, new.kind).await?;
    }
    if is_new || plan.moved.iter().any(|m| m.term == *term) {
        let parent = wanted.parent.as_ref().and_then(|slug| id_of(&Term::new(term.facet, slug)));
        tx.move_term(id, parent).await?;
    }
    if plan.sectors.iter().any(|s| s.group == *term) {
        let sectors: Vec<TermId> =
            wanted.sectors.iter().filter_map(|slug| id_of(&Term::new(Facet::Sector, slug))).collect();
        tx.write_group_sectors(id, &sectors).await?;
    }
    Ok(())
}

fn new_term(wanted: &FileTerm) -> Result<NewTerm, StoreError> {
    Ok(NewTerm {
        facet: wanted.term.facet.word(),
        slug: wanted.term.slug.clone(),
        names: serde_json::to_string(&wanted.names)?,
        kind: wanted.kind.map(|kind| kind.word()),
    })
}

fn settings_row(settings: &ForumSettings) -> Result<ForumSettingsRow, StoreError> {
    Ok(ForumSettingsRow {
        slug: settings.slug.clone(),
        name: settings.name.clone(),
        time_zone: settings.zone.name().to_owned(),
        language: settings.language.tag().to_owned(),
        holidays: settings.holidays.map(|Holidays::Norway| "NO".to_owned()),
        pause: serde_json::to_string(&settings.pause)?,
        cadences: serde_json::to_string(&settings.cadences)?,
        cap: i64::from(settings.cap),
        learning: settings.learning,
        house: serde_json::to_string(&settings.house)?,
        logo: settings.house.logo.as_ref().map(|logo| logo.bytes().to_vec()),
    })
}
