//! The whole import, step by step.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::cells::Vocabulary;
use super::error::ImportError;
use super::file::{PeopleFile, Remark};
use super::grounds::Groundless;
use super::merge::Merge;
use super::moved::{Moved, PresentAddresses};
use super::organisations::{Catalogue, Entry, OrganisationIx};
use super::plan::{Plan, Standing, Write};
use super::rows::{CellError, FileRow, read_rows};
use super::shared::Shared;
use super::write::Writer;
use crate::forum::{Cadence, EmailAddress, Forum, OrganisationKind, UnionGround, is_file_name};
use crate::store::{ImportView, OrganisationRow, Store, StoreError, Tx};
use crate::token::Keys;

/// What an import takes besides its file.
pub struct Import<'a> {
    /// The forum as it stands.
    pub forum: &'a Forum,
    /// Tells erased addresses again; none in a forum that never had a key.
    pub keys: Option<&'a Keys>,
    /// The file's name, which the log keeps.
    pub file: &'a str,
    /// Where the file's people come from, as their first letter tells it; without it, the file's name is recorded.
    pub source: Option<&'a str>,
    /// Who imports it, as the log names them: never an address.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
    /// Say what would happen; change nothing.
    pub dry_run: bool,
    /// Draws a public id: 128 random bits in lower-case hex.
    pub public_id: &'a (dyn Fn() -> String + Sync),
    /// Told as the writing goes on: how much of how much.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// What an import did, in people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// New recipients.
    pub created: usize,
    /// Known ones of whom something became different.
    pub changed: usize,
    /// Known ones of whom nothing did.
    pub unchanged: usize,
    /// Cells that cannot be used; their rows were left out.
    pub rejected: Vec<CellError>,
    /// Whether nothing was written because it was only tried.
    pub dry_run: bool,
    /// What the lead should know; changes nothing.
    pub notices: Vec<String>,
    /// Those who are new or changed, in the order of the file.
    #[serde(skip)]
    pub people: Vec<ImportedPerson>,
    /// The organisations that come with the file: the name of each short name.
    #[serde(skip)]
    pub brought: BTreeMap<String, String>,
    /// The address of every good row.
    #[serde(skip)]
    pub named: Vec<String>,
    /// How many of them get no letters, which an import does not change.
    #[serde(skip)]
    pub resting: usize,
    /// The rows for unions that record no ground.
    #[serde(skip)]
    pub groundless: Groundless,
    /// The addresses of the file that are former ones of somebody, for whom their rows count.
    #[serde(skip)]
    pub moved: Vec<Moved>,
    /// The rows that name somebody else at an address than one before, whose name stays.
    #[serde(skip)]
    pub shared: Vec<Shared>,
}

/// Somebody who came by an import, or became different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPerson {
    /// Their address.
    pub email: String,
    /// Their name; may be empty.
    pub name: String,
    /// Whether they were not here before.
    pub is_new: bool,
    /// On what ground they sit for unions, where that is recorded now: the union's short name, and the ground.
    pub grounds: Vec<(String, UnionGround)>,
    /// What was, as the log keeps it.
    pub before: serde_json::Value,
    /// What becomes.
    pub after: serde_json::Value,
}

/// A source is kept up to so many characters.
const SOURCE_LENGTH: usize = 200;

/// What is recorded of where the data came from, on one line: what was said, else the file's name, so that it shows
/// as one; of a name that does not, nothing.
fn recorded_source(import: &Import<'_>) -> String {
    let said = import.source.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    match said.is_empty() {
        false => said.chars().take(SOURCE_LENGTH).collect(),
        true => Some(import.file).filter(|file| is_file_name(file)).unwrap_or_default().to_owned(),
    }
}

/// Imports the file in one transaction, or tells what it would do.
pub async fn import_people(
    store: &Store,
    file: &PeopleFile,
    import: &Import<'_>,
) -> Result<ImportReport, ImportError> {
    let words = Vocabulary::of(import.forum);
    let (rows, errors) = read_rows(&file.sheet, &file.headings, &words);
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    let given = addresses(&rows);
    let present = PresentAddresses::of(tx.find_present_addresses(&given).await?);
    let view = tx.read_before_import(&present.reach(&given), import.now).await?;
    let catalogue = catalogue_of(tx.list_organisations().await?)?;
    let erased = find_erased(&mut tx, import.keys, &rows, &view).await?;
    let working_at = workplaces(&view, &catalogue);
    let mut merge = Merge { headings: &file.headings, catalogue, errors, shared: Vec::new() };
    let mut rows = merge.refuse_erased(rows, &erased);
    let moved = present.follow(&mut rows);
    let saying_nothing = list_saying_nothing(&rows);
    let persons = merge.merge(rows, &working_at);
    let Merge { mut catalogue, mut errors, shared, .. } = merge;
    let mut notices: Vec<String> = file.headings.unknown().map(passed_over).collect();
    notices.extend(file.remarks.iter().map(Remark::to_string));
    notices.append(&mut catalogue.take_notices());
    notices.extend(moved.iter().map(Moved::told));
    notices.extend(shared.iter().map(Shared::told));
    notices.extend(saying_nothing);
    let plan = Standing::of(import.forum, &catalogue, &view).plan(&persons);
    notices.extend(told_of(&plan, import.forum));
    notices.extend(plan.groundless.told());
    let source = recorded_source(import);
    // On PostgreSQL rows that are taken back have used up numbers: what is only tried writes none.
    if !import.dry_run {
        writer(&mut tx, import, &catalogue, &source).write(&plan).await?;
        tx.commit().await?;
    } else {
        tx.undo().await?;
    }
    errors.sort();
    Ok(ImportReport {
        people: plan.writes.iter().map(|write| imported(write, &catalogue)).collect(),
        brought: list_brought(&catalogue),
        named: persons.iter().map(|person| person.email.to_string()).collect(),
        resting: plan.resting,
        groundless: plan.groundless,
        moved,
        shared,
        created: plan.created,
        changed: plan.changed,
        unchanged: plan.unchanged,
        rejected: errors,
        dry_run: import.dry_run,
        notices,
    })
}

fn writer<'a>(tx: &'a mut Tx, import: &Import<'a>, catalogue: &'a Catalogue, source: &'a str) -> Writer<'a> {
    Writer {
        tx,
        forum: import.forum,
        catalogue,
        file: import.file,
        source,
        actor: import.actor,
        now: import.now,
        public_id: import.public_id,
        progress: import.progress,
    }
}

fn imported(write: &Write, catalogue: &Catalogue) -> ImportedPerson {
    let grounds = write.grounds.iter().map(|(union, ground)| (catalogue.get(*union).slug.clone(), *ground));
    ImportedPerson {
        grounds: grounds.collect(),
        email: write.email.clone(),
        name: write.name.clone(),
        is_new: write.id.is_none(),
        before: write.before.clone(),
        after: write.after.clone(),
    }
}

fn list_brought(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let brought = catalogue.iter().filter(|(_, entry)| entry.id.is_none());
    brought.map(|(_, entry)| (entry.slug.clone(), entry.name.clone())).collect()
}

fn addresses(rows: &[FileRow]) -> Vec<&str> {
    let mut emails: Vec<&str> = rows.iter().map(|row| row.email.as_str()).collect();
    emails.sort_unstable();
    emails.dedup();
    emails
}

fn catalogue_of(rows: Vec<OrganisationRow>) -> Result<Catalogue, ImportError> {
    let entries = rows.into_iter().map(|row| {
        let kind = row.kind.parse::<OrganisationKind>();
        let kind = kind.map_err(|error| ImportError::Kind { slug: row.slug.clone(), error })?;
        Ok(Entry { id: Some(row.id), slug: row.slug, name: row.name, kind, changed: false })
    });
    Ok(Catalogue::of(entries.collect::<Result<Vec<_>, ImportError>>()?))
}

/// The addresses that are unknown and asked to be forgotten.
async fn find_erased(
    tx: &mut Tx,
    keys: Option<&Keys>,
    rows: &[FileRow],
    view: &ImportView,
) -> Result<HashSet<EmailAddress>, StoreError> {
    let Some(keys) = keys else { return Ok(HashSet::new()) };
    let known: HashSet<&str> = view.people.iter().map(|person| person.email.as_str()).collect();
    let unknown: HashMap<String, &EmailAddress> = rows
        .iter()
        .filter(|row| !known.contains(row.email.as_str()))
        .map(|row| (keys.address_hash(row.email.as_str()), &row.email))
        .collect();
    let hashes: Vec<String> = unknown.keys().cloned().collect();
    let erased = tx.find_erased(&hashes).await?;
    Ok(erased.iter().filter_map(|hash| unknown.get(hash).map(|email| (*email).clone())).collect())
}

fn workplaces(view: &ImportView, catalogue: &Catalogue) -> HashMap<EmailAddress, OrganisationIx> {
    let people = view.people.iter();
    people
        .filter_map(|person| {
            let organisation = catalogue.find_stored(person.organisation?)?;
            Some((person.email.parse().ok()?, organisation))
        })
        .collect()
}

fn passed_over(heading: &str) -> String {
    format!("the column \"{heading}\" means nothing here, and was passed over")
}

/// Cells that say nothing without another one of their row.
fn list_saying_nothing(rows: &[FileRow]) -> Vec<String> {
    let kinds = rows.iter().any(|r| r.kind.is_some() && r.organisation.is_none() && r.org.is_none());
    let grounds = rows.iter().any(|r| r.union_ground.is_some() && r.groups.is_empty());
    let represented = rows.iter().any(|r| !r.represents.is_empty() && r.groups.is_empty());
    [
        (kinds, "a kind without an organisation says nothing, and was passed over"),
        (
            represented,
            "whom somebody represents says nothing without a group in the same row, and was passed over",
        ),
        (grounds, "a union_ground says nothing without a group in the same row, and was passed over"),
    ]
    .into_iter()
    .filter(|(is_there, _)| *is_there)
    .map(|(_, told)| told.to_owned())
    .collect()
}

fn told_of(plan: &Plan, forum: &Forum) -> Vec<String> {
    let mut told = Vec::new();
    if plan.resting > 0 {
        told.push(format!(
            "{} of them get no letters (unsubscribed, suspended or unconfirmed), and an import changes nothing of that",
            plan.resting
        ));
    }
    // Where the forum has no weekly times, no cell says so: only who is new and names no cadence gets weekly letters.
    let is_by_default = |write: &Write| write.id.is_none() && write.cadence == Cadence::Weekly.word();
    if !forum.settings.has_times(Cadence::Weekly) && plan.writes.iter().any(is_by_default) {
        told.push(
            "people without a cadence get weekly letters, but the forum file has no weekly times".to_owned(),
        );
    }
    told
}
