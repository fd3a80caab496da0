//! Writes a plan, in batches, inside the transaction it was planned in.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::json;

use super::error::ImportError;
use super::merge::SeatWish;
use super::organisations::{Catalogue, OrganisationIx};
use super::plan::{Plan, Write};
use crate::forum::{Forum, Language, Names, TermIx};
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};
use crate::store::{Change, ChangedRecipient, NewOrganisation, NewRecipient, Tx};

/// What stands in rows that an import wrote.
const SOURCE: &str = "import";

/// How many audit rows one statement writes.
const CHANGES: usize = 5_000;

/// What writing needs besides the plan.
pub(super) struct Writer<'a> {
    pub tx: &'a mut Tx,
    pub forum: &'a Forum,
    pub catalogue: &'a Catalogue,
    /// The file's name.
    pub file: &'a str,
    /// Where the data came from.
    pub source: &'a str,
    /// Who imports it.
    pub actor: &'a str,
    pub now: DateTime<Utc>,
    pub public_id: &'a (dyn Fn() -> String + Sync),
    /// Told after each family of rows: how many of how many are written.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// The families of rows, as progress counts them.
const STEPS: usize = 7;

impl Writer<'_> {
    /// Writes all of it; nothing at all if nothing changes.
    pub(super) async fn write(mut self, plan: &Plan) -> Result<(), ImportError> {
        let organisations = self.write_organisations(plan).await?;
        if plan.writes.is_empty() && !self.catalogue.iter().any(|(_, entry)| entry.changed) {
            return Ok(());
        }
        (self.progress)(1, STEPS);
        let people = self.write_people(plan, &organisations).await?;
        (self.progress)(2, STEPS);
        let keys = plan.writes.iter().map(|write| key_of(write, &people));
        let ids = keys.collect::<Result<Vec<RecipientId>, _>>()?;
        self.write_terms(plan, &ids).await?;
        (self.progress)(4, STEPS);
        self.write_seats(plan, &ids, &organisations).await?;
        self.write_grounds(plan, &ids, &organisations).await?;
        (self.progress)(5, STEPS);
        let recorded = plan.writes.iter().zip(&ids).filter_map(|(write, id)| Some((*id, write.basis?)));
        let bases: Vec<_> = recorded.map(|(id, basis)| (id, basis.word(), self.source)).collect();
        self.tx.add_legal_bases(&bases, self.now).await?;
        (self.progress)(6, STEPS);
        self.record(plan, &ids).await?;
        self.tx.raise_change_number().await?;
        (self.progress)(STEPS, STEPS);
        Ok(())
    }

    /// Adds the new organisations that somebody works at or represents, and those that changed; keys
    /// of all that the plan names.
    async fn write_organisations(
        &mut self,
        plan: &Plan,
    ) -> Result<HashMap<OrganisationIx, OrganisationId>, ImportError> {
        let (mut keys, mut new) = (HashMap::new(), Vec::new());
        let mut named: Vec<OrganisationIx> = plan
            .writes
            .iter()
            .flat_map(|w| w.organisation.into_iter().chain(w.seats.iter().map(|(wish, _)| wish.represents)))
            .chain(plan.writes.iter().flat_map(|w| w.grounds.iter().map(|(union, _)| *union)))
            .collect();
        named.sort_unstable();
        named.dedup();
        for ix in named {
            match self.catalogue.get(ix).id {
                Some(id) => drop(keys.insert(ix, id)),
                None => new.push(ix),
            }
        }
        let rows: Vec<NewOrganisation> = new
            .iter()
            .map(|ix| {
                let entry = self.catalogue.get(*ix);
                NewOrganisation {
                    slug: entry.slug.clone(),
                    name: entry.name.clone(),
                    kind: entry.kind.slug().to_owned(),
                    term_names: self.names(&entry.name),
                }
            })
            .collect();
        let added = self.tx.add_organisations(&rows, self.now).await?;
        for ix in new {
            let slug = &self.catalogue.get(ix).slug;
            keys.insert(ix, *added.get(slug).ok_or(ImportError::Lost)?);
        }
        for (_, entry) in self.catalogue.iter().filter(|(_, entry)| entry.changed) {
            let Some(id) = entry.id else { continue };
            let names = self.names(&entry.name);
            self.tx.change_organisation(id, &entry.name, entry.kind.slug(), &names, self.now).await?;
        }
        Ok(keys)
    }

    /// A name as terms keep it: in the forum's language, which stands in for the others.
    fn names(&self, name: &str) -> String {
        let language: Language = self.forum.settings.language;
        serde_json::to_string(&Names::one(language, name)).unwrap_or_default()
    }

    async fn write_people(
        &mut self,
        plan: &Plan,
        organisations: &HashMap<OrganisationIx, OrganisationId>,
    ) -> Result<HashMap<String, RecipientId>, ImportError> {
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for write in &plan.writes {
            let organisation = write.organisation.and_then(|ix| organisations.get(&ix).copied());
            let (name, language, cadence) =
                (write.name.clone(), write.language.clone(), write.cadence.clone());
            let admitted = write.admitted;
            match write.id {
                Some(id) => {
                    changed.push(ChangedRecipient { id, name, organisation, language, cadence, admitted })
                }
                None => new.push(NewRecipient {
                    public_id: (self.public_id)(),
                    email: write.email.clone(),
                    name,
                    organisation,
                    language,
                    cadence,
                    admitted,
                }),
            }
        }
        self.tx.change_recipients(&changed, self.now).await?;
        Ok(self.tx.add_recipients(&new, self.now).await?)
    }

    async fn write_terms(&mut self, plan: &Plan, ids: &[RecipientId]) -> Result<(), ImportError> {
        let (mut roles, mut follows) = (Vec::new(), Vec::new());
        for (write, id) in plan.writes.iter().zip(ids) {
            for ix in &write.roles {
                roles.push((*id, stored(self.forum, *ix)?));
            }
            for ix in &write.follows {
                follows.push((*id, stored(self.forum, *ix)?));
            }
        }
        self.tx.add_roles(&roles, SOURCE, self.now).await?;
        (self.progress)(3, STEPS);
        self.tx.add_follows(&follows, SOURCE, self.now).await?;
        Ok(())
    }

    /// Opens the seats that no vacant one serves for, and seats everybody.
    async fn write_seats(
        &mut self,
        plan: &Plan,
        ids: &[RecipientId],
        organisations: &HashMap<OrganisationIx, OrganisationId>,
    ) -> Result<(), ImportError> {
        type Like = (TermId, OrganisationId, &'static str);
        let like = |wish: &SeatWish| -> Result<Like, ImportError> {
            let organisation = *organisations.get(&wish.represents).ok_or(ImportError::Lost)?;
            Ok((stored(self.forum, wish.group)?, organisation, wish.position.slug()))
        };
        let mut holders: Vec<(SeatId, RecipientId)> = Vec::new();
        let mut wanted: Vec<(Like, RecipientId)> = Vec::new();
        for (write, id) in plan.writes.iter().zip(ids) {
            for (wish, vacant) in &write.seats {
                match vacant {
                    Some(seat) => holders.push((*seat, *id)),
                    None => wanted.push((like(wish)?, *id)),
                }
            }
        }
        let likes: Vec<Like> = wanted.iter().map(|(like, _)| *like).collect();
        let mut opened: HashMap<(TermId, OrganisationId, String), VecDeque<SeatId>> = HashMap::new();
        for seat in self.tx.open_seats(&likes, self.now).await? {
            opened.entry((seat.group, seat.organisation, seat.position)).or_default().push_back(seat.seat);
        }
        for ((group, organisation, position), id) in wanted {
            let seats = opened.get_mut(&(group, organisation, position.to_owned()));
            holders.push((seats.and_then(VecDeque::pop_front).ok_or(ImportError::Lost)?, id));
        }
        self.tx.hold_seats(&holders, SOURCE).await?;
        Ok(())
    }

    /// On what ground they sit for unions, where nothing was recorded of it.
    async fn write_grounds(
        &mut self,
        plan: &Plan,
        ids: &[RecipientId],
        organisations: &HashMap<OrganisationIx, OrganisationId>,
    ) -> Result<(), ImportError> {
        let mut grounds = Vec::new();
        for (write, id) in plan.writes.iter().zip(ids) {
            for (union, ground) in &write.grounds {
                let union = *organisations.get(union).ok_or(ImportError::Lost)?;
                grounds.push((*id, union, ground.word()));
            }
        }
        Ok(self.tx.add_union_grounds(&grounds, (SOURCE, None, self.actor), self.now).await?)
    }

    async fn record(&mut self, plan: &Plan, ids: &[RecipientId]) -> Result<(), ImportError> {
        let people: Vec<(&Write, &RecipientId)> = plan.writes.iter().zip(ids).collect();
        for batch in people.chunks(CHANGES) {
            let changes = batch.iter().map(|(write, id)| {
                let action =
                    if write.id.is_some() { "recipient.imported_again" } else { "recipient.imported" };
                Change {
                    before: Some(write.before.clone()).filter(|before| !before.is_null()),
                    after: Some(write.after.clone()),
                    ..Change::of_recipient(self.actor, action, **id)
                }
            });
            self.tx.record_changes(self.now, changes.collect()).await?;
        }
        let change = Change {
            actor: self.actor,
            action: "people.imported",
            subject: "forum".to_owned(),
            after: Some(json!({ "file": self.file, "created": plan.created, "changed": plan.changed })),
            ..Change::default()
        };
        Ok(self.tx.record_change(self.now, change).await?)
    }
}

fn key_of(write: &Write, added: &HashMap<String, RecipientId>) -> Result<RecipientId, ImportError> {
    write.id.or_else(|| added.get(&write.email).copied()).ok_or(ImportError::Lost)
}

fn stored(forum: &Forum, ix: TermIx) -> Result<TermId, ImportError> {
    forum.terms.stored(ix).ok_or(ImportError::Lost)
}
