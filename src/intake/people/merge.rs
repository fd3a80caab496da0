//! Rows into persons: rows with one address add up. What contradicts an earlier row is an error of the
//! later one; another name does not, for two people may be behind one address: the first one's stays, and that is told.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, Slip};
use super::grounds::{GroundSaid, find_contradiction};
use super::headings::{Column, Headings};
use super::organisations::{Catalogue, OrganisationIx};
use super::rows::{CellError, FileRow};
use super::shared::Shared;
use crate::forum::{Cadence, EmailAddress, Language, Position, TermIx};

/// A seat that a person is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SeatWish {
    pub group: TermIx,
    pub represents: OrganisationIx,
    pub position: Position,
}

/// What a file says of one person, all good rows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub email: EmailAddress,
    pub name: Option<String>,
    pub organisation: Option<OrganisationIx>,
    pub language: Option<Language>,
    pub cadence: Option<Cadence>,
    pub roles: Vec<TermIx>,
    pub sectors: Vec<TermIx>,
    pub seats: Vec<SeatWish>,
    /// What its rows say of whom they represent.
    pub grounds: Vec<GroundSaid>,
    /// A row without groups admits, unless it says otherwise.
    pub admitted: bool,
}

/// Rows on their way to persons, and what was wrong with some.
pub(super) struct Merge<'a> {
    pub headings: &'a Headings,
    pub catalogue: Catalogue,
    pub errors: Vec<CellError>,
    /// Rows that name somebody else at the address of an earlier one, in the order of the persons.
    pub shared: Vec<Shared>,
}

impl Merge<'_> {
    /// Leaves out the rows whose address asked to be forgotten.
    pub(super) fn refuse_erased(
        &mut self,
        rows: Vec<FileRow>,
        erased: &HashSet<EmailAddress>,
    ) -> Vec<FileRow> {
        rows.into_iter()
            .filter(|row| {
                let refused = erased.contains(&row.email);
                if refused {
                    let error = "this person asked to be forgotten, and no import brings them back; \
                                 they may sign up again themselves";
                    self.fail(row.line, Column::Email, Slip::Erased.told(error));
                }
                !refused
            })
            .collect()
    }

    /// The persons of good rows, in the order in which the file first names them. `working_at` tells
    /// the organisation of who is known already.
    pub(super) fn merge(
        &mut self,
        rows: Vec<FileRow>,
        working_at: &HashMap<EmailAddress, OrganisationIx>,
    ) -> Vec<Person> {
        let rows = self.declare_organisations(rows);
        let mut drafts: Vec<Draft> = Vec::new();
        let mut by_email: HashMap<EmailAddress, usize> = HashMap::new();
        for (row, organisation) in rows {
            let at = *by_email.entry(row.email.clone()).or_insert_with(|| {
                drafts.push(Draft::of(&row.email));
                drafts.len() - 1
            });
            if let Err((column, error)) = drafts[at].add(&row, organisation, &self.catalogue) {
                self.fail(row.line, column, error);
                continue;
            }
            drafts[at].rows.push((row, organisation));
        }
        drafts.into_iter().filter_map(|draft| self.seat(draft, working_at)).collect()
    }

    /// Rows that give a slug first, so that the others find their organisation by its name.
    fn declare_organisations(&mut self, rows: Vec<FileRow>) -> Vec<(FileRow, Option<OrganisationIx>)> {
        let mut declared: Vec<Option<OrganisationIx>> = vec![None; rows.len()];
        let mut refused = HashSet::new();
        for by_slug in [true, false] {
            for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.org.is_some() == by_slug) {
                match self.catalogue.declare(row.organisation.as_deref(), row.org.as_deref(), row.kind) {
                    Ok(ix) => declared[at] = ix,
                    Err(e) => {
                        refused.insert(at);
                        self.fail(row.line, e.column, e.error);
                    }
                }
            }
        }
        let both = rows.into_iter().zip(declared).enumerate();
        both.filter(|(at, _)| !refused.contains(at)).map(|(_, row)| row).collect()
    }

    /// The person, once the seats of each row are known; `None` if no good row is left.
    fn seat(&mut self, draft: Draft, working_at: &HashMap<EmailAddress, OrganisationIx>) -> Option<Person> {
        let own = draft.person.organisation.or_else(|| working_at.get(&draft.person.email).copied());
        // Anew, so that a row refused here leaves nothing behind.
        let mut seated = Draft::of(&draft.person.email);
        for (row, organisation) in draft.rows {
            let seats = match self.seats_of(&row, own) {
                Ok(seats) => seats,
                Err((column, error)) => {
                    self.fail(row.line, column, error);
                    continue;
                }
            };
            let grounds = grounds_of(&row, &seats);
            if let Some(fault) = find_contradiction(&seated.person.grounds, &grounds) {
                self.fail(row.line, Column::UnionGround, fault);
                continue;
            }
            seated.add(&row, organisation, &self.catalogue).ok()?;
            self.shared.extend(seated.named_else(&row));
            seated.person.grounds.extend(grounds);
            seated.person.admitted |= row.admitted.unwrap_or(row.groups.is_empty());
            add_each(&mut seated.person.seats, &seats);
            add_each(&mut seated.person.roles, &row.roles);
            add_each(&mut seated.person.sectors, &row.sectors);
            seated.rows.push((row, organisation));
        }
        (!seated.rows.is_empty()).then_some(seated.person)
    }

    fn seats_of(
        &mut self,
        row: &FileRow,
        own: Option<OrganisationIx>,
    ) -> Result<Vec<SeatWish>, (Column, String)> {
        if row.groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut represented = Vec::new();
        for text in &row.represents {
            let ix = self.catalogue.declare_represented(text).map_err(|e| (e.column, e.error))?;
            add_each(&mut represented, &[ix]);
        }
        if represented.is_empty() {
            // Only an address is needed: who names no organisation sits there as an individual.
            let individuals = || self.catalogue.declare_represented(INDIVIDUALS);
            represented.push(own.map_or_else(individuals, Ok).map_err(|e| (e.column, e.error))?);
        }
        let seats = row.groups.iter().flat_map(|&(group, position)| {
            represented.iter().map(move |&represents| SeatWish { group, represents, position })
        });
        Ok(seats.collect())
    }

    fn fail(&mut self, line: usize, column: Column, fault: impl Into<Fault>) {
        self.errors.push(CellError::new(line, self.headings.heading(column), fault.into()));
    }
}

/// What a seat represents whose holder names no organisation.
const INDIVIDUALS: &str = "Enkeltpersoner";

/// What a row says of each organisation that it represents.
fn grounds_of(row: &FileRow, seats: &[SeatWish]) -> Vec<GroundSaid> {
    let mut represented = Vec::new();
    add_each(&mut represented, &seats.iter().map(|wish| wish.represents).collect::<Vec<_>>());
    let said = |represents| GroundSaid { represents, ground: row.union_ground, line: row.line };
    represented.into_iter().map(said).collect()
}

/// A person whose rows are still coming.
struct Draft {
    person: Person,
    rows: Vec<(FileRow, Option<OrganisationIx>)>,
    /// Which line said what first.
    lines: HashMap<Column, usize>,
}

impl Draft {
    fn of(email: &EmailAddress) -> Draft {
        let person = Person {
            email: email.clone(),
            name: None,
            organisation: None,
            language: None,
            cadence: None,
            roles: Vec::new(),
            sectors: Vec::new(),
            seats: Vec::new(),
            grounds: Vec::new(),
            admitted: false,
        };
        Draft { person, rows: Vec::new(), lines: HashMap::new() }
    }

    /// That a row names somebody else than the first one.
    fn named_else(&self, row: &FileRow) -> Option<Shared> {
        let (kept, other) = (self.person.name.as_ref()?, row.name.as_ref()?);
        let shared = || Shared {
            line: row.line,
            address: self.person.email.clone(),
            kept: kept.clone(),
            other: other.clone(),
        };
        (kept != other).then(shared)
    }

    /// Takes what only one row may say, and the name that the first one gives; the whole row is refused if it contradicts another.
    fn add(
        &mut self,
        row: &FileRow,
        organisation: Option<OrganisationIx>,
        catalogue: &Catalogue,
    ) -> Result<(), (Column, Fault)> {
        let mut next = self.person.clone();
        let mut said = Said { line: row.line, lines: &self.lines, new: Vec::new() };
        next.name = next.name.or_else(|| row.name.clone());
        let own = said.settle(Column::Organisation, &mut next.organisation, organisation, |ix| {
            catalogue.get(*ix).slug.clone()
        });
        let given = if row.organisation.is_some() { Column::Organisation } else { Column::Org };
        own.map_err(|(_, error)| (given, error))?;
        said.settle(Column::Language, &mut next.language, row.language, |l| l.tag().to_owned())?;
        said.settle(Column::Cadence, &mut next.cadence, row.cadence, |c| c.word().to_owned())?;
        let new = said.new;
        self.lines.extend(new);
        self.person = next;
        Ok(())
    }
}

/// What one row says of what only one row may say.
struct Said<'a> {
    line: usize,
    lines: &'a HashMap<Column, usize>,
    new: Vec<(Column, usize)>,
}

impl Said<'_> {
    fn settle<T: PartialEq>(
        &mut self,
        column: Column,
        field: &mut Option<T>,
        value: Option<T>,
        written: impl Fn(&T) -> String,
    ) -> Result<(), (Column, Fault)> {
        let Some(value) = value else { return Ok(()) };
        match field {
            Some(first) if *first == value => {}
            Some(first) => {
                let line = self.lines.get(&column).map_or_else(String::new, |line| format!("line {line} "));
                let (first, value) = (written(first), written(&value));
                let sentence =
                    format!("{value} contradicts {line}of the same address, which says {first}; keep one");
                return Err((column, Slip::Contradiction(value, first).told(sentence)));
            }
            None => {
                self.new.push((column, self.line));
                *field = Some(value);
            }
        }
        Ok(())
    }
}

fn add_each<T: PartialEq + Copy>(list: &mut Vec<T>, values: &[T]) {
    for value in values {
        if !list.contains(value) {
            list.push(*value);
        }
    }
}
