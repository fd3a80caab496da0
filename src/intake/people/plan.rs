//! What an import writes: a pure function of the file's persons and of what stands.
//!
//! It never overrides what a person chose, removes nothing, and revives no one.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value, json};

use super::grounds::{GroundStands, Groundless, weigh_grounds};
use super::merge::{Person, SeatWish};
use super::organisations::{Catalogue, OrganisationIx};
use crate::forum::{Basis, Cadence, Forum, Language, Position, Status, TermIx, UnionGround, Way};
use crate::ids::{RecipientId, SeatId, TermId};
use crate::store::{ImportView, KnownPerson};

/// What is written for one person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Write {
    /// None: a new recipient.
    pub id: Option<RecipientId>,
    pub email: String,
    pub name: String,
    pub organisation: Option<OrganisationIx>,
    pub language: String,
    pub cadence: String,
    pub admitted: bool,
    pub roles: Vec<TermIx>,
    pub follows: Vec<TermIx>,
    /// Seats to take, with the vacant one that serves; none: one is opened.
    pub seats: Vec<(SeatWish, Option<SeatId>)>,
    /// On what ground they sit for unions, where that is recorded now.
    pub grounds: Vec<(OrganisationIx, UnionGround)>,
    /// The legal basis that is recorded; none if one is already.
    pub basis: Option<Basis>,
    /// For the audit log: what was and what becomes.
    pub before: Value,
    pub after: Value,
}

/// What an import does.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order of the file; persons of whom nothing changes are not in it.
    pub writes: Vec<Write>,
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// How many stay without letters, since they left or do not get through.
    pub resting: usize,
    /// Rows for unions that record no ground.
    pub groundless: Groundless,
}

/// What stands, by what an import asks for.
pub(super) struct Standing<'a> {
    forum: &'a Forum,
    catalogue: &'a Catalogue,
    people: HashMap<&'a str, &'a KnownPerson>,
    roles: HashSet<(RecipientId, TermId)>,
    follows: HashSet<(RecipientId, TermId)>,
    held: HashSet<(RecipientId, SeatWish)>,
    /// Grounds that stand, and those that somebody withdrew.
    grounds: HashMap<(RecipientId, OrganisationIx), GroundStands>,
    vacant: HashMap<SeatWish, VecDeque<SeatId>>,
}

impl<'a> Standing<'a> {
    pub(super) fn of(forum: &'a Forum, catalogue: &'a Catalogue, view: &'a ImportView) -> Standing<'a> {
        let wish = |group: TermId, organisation, position: &str| {
            Some(SeatWish {
                group: forum.terms.find_stored(group)?,
                represents: catalogue.find_stored(organisation)?,
                position: position.parse::<Position>().ok()?,
            })
        };
        let mut vacant: HashMap<SeatWish, VecDeque<SeatId>> = HashMap::new();
        for seat in &view.vacant {
            if let Some(wish) = wish(seat.group, seat.organisation, &seat.position) {
                vacant.entry(wish).or_default().push_back(seat.seat);
            }
        }
        let held = view
            .seats
            .iter()
            .filter_map(|seat| Some((seat.holder?, wish(seat.group, seat.organisation, &seat.position)?)));
        let mut grounds = HashMap::new();
        for row in &view.settled_grounds {
            let Some(represents) = catalogue.find_stored(row.organisation) else { continue };
            let stands = grounds.entry((row.recipient, represents)).or_insert(GroundStands::Withdrawn);
            if row.is_open {
                *stands = GroundStands::Open;
            }
        }
        Standing {
            forum,
            catalogue,
            people: view.people.iter().map(|person| (person.email.as_str(), person)).collect(),
            roles: view.roles.iter().map(|known| (known.recipient, known.term)).collect(),
            follows: view.settled_follows.iter().map(|known| (known.recipient, known.term)).collect(),
            held: held.collect(),
            grounds,
            vacant,
        }
    }

    /// What becomes of the forum if these persons are imported.
    pub(super) fn plan(mut self, persons: &[Person]) -> Plan {
        let mut plan = Plan::default();
        for person in persons {
            let Some(known) = self.people.get(person.email.as_str()).copied() else {
                let grounds = self.weigh_grounds(person, None, &mut plan.groundless);
                plan.created += 1;
                plan.writes.push(Write { grounds, ..self.create(person) });
                continue;
            };
            plan.resting += usize::from(known.status != Status::Active.word());
            let grounds = self.weigh_grounds(person, Some(known.id), &mut plan.groundless);
            let (write, renewed) = self.change(person, known, grounds);
            match (write, renewed) {
                (None, false) => plan.unchanged += 1,
                (write, _) => {
                    plan.changed += 1;
                    plan.writes.extend(write);
                }
            }
        }
        plan.groundless.settle();
        plan
    }

    fn weigh_grounds(
        &self,
        person: &Person,
        known: Option<RecipientId>,
        groundless: &mut Groundless,
    ) -> Vec<(OrganisationIx, UnionGround)> {
        let stands = |union| known.and_then(|id| self.grounds.get(&(id, union)).copied());
        let stands = |union| stands(union).unwrap_or(GroundStands::Nothing);
        weigh_grounds(&person.grounds, self.catalogue, stands, groundless)
    }

    fn create(&mut self, person: &Person) -> Write {
        let language = person.language.unwrap_or(self.forum.settings.language);
        let seats = person.seats.iter().map(|wish| (*wish, self.take_vacant(*wish))).collect();
        Write {
            id: None,
            email: person.email.to_string(),
            name: person.name.clone().unwrap_or_default(),
            organisation: person.organisation,
            language: language.tag().to_owned(),
            cadence: person.cadence.unwrap_or(Cadence::Weekly).word().to_owned(),
            admitted: person.admitted,
            roles: person.roles.clone(),
            follows: person.sectors.clone(),
            seats,
            grounds: Vec::new(),
            basis: Some(self.basis_of(person)),
            before: Value::Null,
            after: self.described(person),
        }
    }

    /// Why the forum may keep the data of somebody who comes in so.
    fn basis_of(&self, person: &Person) -> Basis {
        let way = if person.seats.is_empty() { Way::List } else { Way::Place };
        self.forum.settings.house.grounds.basis(way)
    }

    /// What is written of somebody known, if anything; and whether their organisation became another
    /// by this import though their own row stays.
    fn change(
        &mut self,
        person: &Person,
        known: &KnownPerson,
        grounds: Vec<(OrganisationIx, UnionGround)>,
    ) -> (Option<Write>, bool) {
        let chosen: Vec<String> = serde_json::from_str(&known.chosen).unwrap_or_default();
        let free = |field: &str| !chosen.iter().any(|c| c == field);
        let stored_at = known.organisation.and_then(|id| self.catalogue.find_stored(id));
        let name = person.name.clone().filter(|_| free("name")).unwrap_or_else(|| known.name.clone());
        let language = person.language.filter(|_| free("language")).map(Language::tag);
        let cadence = person.cadence.filter(|_| free("cadence")).map(Cadence::word);
        let organisation = person.organisation.filter(|_| free("organisation")).or(stored_at);
        let mut write = Write {
            id: Some(known.id),
            email: known.email.clone(),
            name,
            organisation,
            language: language.unwrap_or(&known.language).to_owned(),
            cadence: cadence.unwrap_or(&known.cadence).to_owned(),
            admitted: known.admitted || person.admitted,
            roles: self.without(&self.roles, known.id, &person.roles),
            follows: self.without(&self.follows, known.id, &person.sectors),
            seats: Vec::new(),
            grounds,
            basis: None,
            before: Value::Null,
            after: Value::Null,
        };
        for wish in &person.seats {
            if !self.held.contains(&(known.id, *wish)) {
                let vacant = self.take_vacant(*wish);
                write.seats.push((*wish, vacant));
            }
        }
        // Who gets nothing by the file that they have not got keeps the basis on which they are here, be it consent.
        let comes_in = !write.seats.is_empty() || write.admitted != known.admitted;
        write.basis = (comes_in && !known.has_basis).then(|| self.basis_of(person));
        let renewed = organisation.is_some_and(|ix| self.catalogue.get(ix).changed);
        let (before, after) = self.differences(&write, known, stored_at);
        if after.is_empty() && write.grounds.is_empty() {
            return (None, renewed);
        }
        write.before = Value::Object(before);
        write.after = Value::Object(after);
        (Some(write), renewed)
    }

    fn without(
        &self,
        known: &HashSet<(RecipientId, TermId)>,
        id: RecipientId,
        terms: &[TermIx],
    ) -> Vec<TermIx> {
        let stored = |ix: TermIx| self.forum.terms.stored(ix);
        terms
            .iter()
            .copied()
            .filter(|ix| stored(*ix).is_none_or(|term| !known.contains(&(id, term))))
            .collect()
    }

    fn take_vacant(&mut self, wish: SeatWish) -> Option<SeatId> {
        self.vacant.get_mut(&wish)?.pop_front()
    }

    /// What becomes different, as the audit log keeps it.
    fn differences(
        &self,
        write: &Write,
        known: &KnownPerson,
        stored_at: Option<OrganisationIx>,
    ) -> (Map<String, Value>, Map<String, Value>) {
        let slug = |ix: Option<OrganisationIx>| ix.map(|ix| self.catalogue.get(ix).slug.clone());
        let fields = [
            ("name", json!(known.name), json!(write.name)),
            ("organisation", json!(slug(stored_at)), json!(slug(write.organisation))),
            ("language", json!(known.language), json!(write.language)),
            ("cadence", json!(known.cadence), json!(write.cadence)),
            ("admitted", json!(known.admitted), json!(write.admitted)),
        ];
        let (mut before, mut after) = (Map::new(), Map::new());
        for (field, old, new) in fields.into_iter().filter(|(_, old, new)| old != new) {
            before.insert(field.to_owned(), old);
            after.insert(field.to_owned(), new);
        }
        let seats: Vec<SeatWish> = write.seats.iter().map(|(wish, _)| *wish).collect();
        self.describe_lists(&mut after, &write.roles, &write.follows, &seats);
        if let Some(basis) = write.basis {
            after.insert("legal_basis".to_owned(), json!(basis));
        }
        (before, after)
    }

    fn described(&self, person: &Person) -> Value {
        let organisation = person.organisation.map(|ix| &self.catalogue.get(ix).slug);
        let mut after = Map::from_iter([
            ("organisation".to_owned(), json!(organisation)),
            ("admitted".to_owned(), json!(person.admitted)),
            ("legal_basis".to_owned(), json!(self.basis_of(person))),
        ]);
        self.describe_lists(&mut after, &person.roles, &person.sectors, &person.seats);
        Value::Object(after)
    }

    fn describe_lists(
        &self,
        after: &mut Map<String, Value>,
        roles: &[TermIx],
        follows: &[TermIx],
        seats: &[SeatWish],
    ) {
        let written = |terms: &[TermIx]| -> Vec<String> {
            terms.iter().map(|ix| self.forum.terms.term(*ix).to_string()).collect()
        };
        let seats: Vec<Value> = seats
            .iter()
            .map(|wish| {
                json!({
                    "group": self.forum.terms.term(wish.group).slug,
                    "represents": self.catalogue.get(wish.represents).slug,
                    "position": wish.position.slug(),
                })
            })
            .collect();
        let lists =
            [("roles", json!(written(roles))), ("follows", json!(written(follows))), ("seats", json!(seats))];
        for (field, list) in lists {
            if list.as_array().is_some_and(|list| !list.is_empty()) {
                after.insert(field.to_owned(), list);
            }
        }
    }
}
