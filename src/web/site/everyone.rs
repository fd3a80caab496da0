//! Everyone, as the desk keeps them between requests: names, standings, and what comes to each next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::Reading;
use super::beside::{AT_ONCE, Turn, run_beside};
use crate::content::Item;
use crate::edition::Hearing;
use crate::forum::{Cadence, Facet, Forum, Language, Standing, TermIx, sort_key};
use crate::ids::{ItemId, RecipientId};
use crate::insight::letters::NextLetter;
use crate::insight::reach::{Everyone, Reached, Share};
use crate::pipeline::{letter_of, list_next_letters};
use crate::store::Store;
use crate::web::calling::call;
use crate::web::refusal::Refusal;
use crate::web::unions::{Discretion, Folded, TELLING, Unions};
use crate::world;

/// A person as lists name them.
#[derive(Debug, Clone)]
pub(in crate::web) struct Named {
    /// Their key.
    pub(in crate::web) id: RecipientId,
    /// May be empty.
    pub(in crate::web) name: String,
    /// Their address.
    pub(in crate::web) email: String,
    /// The `org:` term of where they work.
    pub(in crate::web) organisation: Option<TermIx>,
    /// Of their letters.
    pub(in crate::web) language: Language,
    /// Name, address and place of work in lower case: what a search looks through.
    pub(in crate::web) sought: String,
    /// When letters go to them.
    pub(in crate::web) hearing: Hearing,
    letter: (Cadence, String, Option<u32>),
}

impl Named {
    /// How often letters go to them.
    pub(in crate::web) fn cadence(&self) -> Cadence {
        self.letter.0
    }
}

/// Everyone, as the forum stood when they were read.
pub(in crate::web) struct People {
    stamp: Stamp,
    holds_until: Option<DateTime<Utc>>,
    /// The forum that the terms are of.
    pub(in crate::web) forum: Arc<Forum>,
    /// Whom the rule is asked about.
    pub(in crate::web) everyone: Everyone<Standing>,
    /// By the same indexes.
    pub(in crate::web) named: Vec<Named>,
    /// The kind of each organisation where somebody works.
    pub(in crate::web) kinds: BTreeMap<TermIx, TermIx>,
    unions: Unions,
    letters: OnceCell<Vec<Option<NextLetter>>>,
    /// Of who counts the letters beside.
    turn: Turn,
    by_name: OnceLock<Vec<usize>>,
}

/// Moves whenever something is written that the rule reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    change_number: Option<i64>,
    revisions: (i64, i64),
}

impl People {
    fn is_fresh(&self, stamp: Stamp, now: DateTime<Utc>) -> bool {
        self.stamp == stamp && self.everyone.now() <= now && self.holds_until.is_none_or(|until| now < until)
    }

    /// Everybody's indexes, by name as Norwegians sort it; who has none stands by address.
    pub(in crate::web) fn by_name(&self) -> &[usize] {
        self.by_name.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.named.len()).collect();
            order.sort_by_cached_key(|index| {
                let named = &self.named[*index];
                sort_key(call(&named.name, &named.email))
            });
            order
        })
    }

    /// Shares by organisation; folded for who may not know who works for a union.
    pub(in crate::web) fn tell_shares(&self, organisations: &[Share], discreet: bool) -> Folded {
        if discreet { self.unions.fold(&self.forum, organisations) } else { Folded::open(organisations) }
    }

    /// Whether who gets the item may tell who is with a union.
    pub(in crate::web) fn unions_decide_on(&self, item: &Item) -> bool {
        self.unions.decide_on(&self.forum, item)
    }

    /// What somebody who may not know who is with a union is told of whom `item` reaches, and of those whom it `went` to. A sum
    /// stands where organisations alone choose enough people, and make a difference for enough: what it would be with all or
    /// with nobody of them is as easily asked.
    pub(in crate::web) fn discretion(&self, item: &Item, went: Option<&Reached>) -> Discretion {
        if !self.unions_decide_on(item) {
            return Discretion::Open;
        }
        let Some(alone) = self.unions.chosen_alone(&self.forum, item) else { return Discretion::Nothing };
        let chosen = self.everyone.look(&self.forum, &alone);
        let readings = self.unions.list_readings(&self.forum, &alone);
        let readings: Vec<Reached> =
            readings.iter().map(|own| self.everyone.look(&self.forum, own)).collect();
        let are_enough = |people: &Reached| {
            people.recipients() >= TELLING
                && readings.iter().all(|other| people.count_differing(other) >= TELLING)
        };
        match are_enough(&chosen) && went.is_none_or(are_enough) {
            true => Discretion::Sum(chosen.recipients()),
            false => Discretion::Nothing,
        }
    }

    /// The groups of the seats that the person at `index` holds now.
    pub(in crate::web) fn groups_of(&self, index: usize) -> impl Iterator<Item = TermIx> {
        let now = self.everyone.now();
        let running = self.everyone.people()[index].seats.iter().filter(move |seat| seat.is_running(now));
        running.map(|seat| seat.group)
    }

    async fn count_letters(
        &self,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<&[Option<NextLetter>], Refusal> {
        let count = async || {
            let letters: Vec<_> = self.named.iter().map(|named| named.letter.clone()).collect();
            list_next_letters(store, &letters, self.forum.settings.cap, now).await
        };
        let counted = self.letters.get_or_try_init(count).await.map_err(|error| Refusal::broken(&error))?;
        Ok(counted)
    }
}

impl Reading {
    /// Everyone, as the forum stands now: read anew only when something changed that the rule reads.
    pub(in crate::web) async fn people(&self) -> Result<Arc<People>, Refusal> {
        let (store, now) = (self.store(), self.0.now());
        let stamp = Stamp {
            change_number: store.find_change_number().await?,
            revisions: store.find_revisions().await?,
        };
        let mut kept = self.0.0.desk.people.lock().await;
        if let Some(people) = kept.as_ref().filter(|people| people.is_fresh(stamp, now)) {
            return Ok(people.clone());
        }
        let people = Arc::new(self.gather_people(stamp, now).await?);
        *kept = Some(people.clone());
        Ok(people)
    }

    async fn gather_people(&self, stamp: Stamp, now: DateTime<Utc>) -> Result<People, Refusal> {
        let forum = Arc::new(world::load_forum(self.store()).await?);
        let recipients = world::load_recipients(self.store(), &forum).await?;
        let (mut standings, mut named, mut kinds) = (Vec::new(), Vec::new(), BTreeMap::new());
        for recipient in recipients {
            let is_org = |term: &&TermIx| forum.terms.term(**term).facet == Facet::Org;
            if let [org, kind] = recipient.standing.workplace.as_slice() {
                kinds.insert(*org, *kind);
            }
            let organisation = recipient.standing.workplace.iter().find(is_org).copied();
            let works_at = organisation.map_or("", |org| forum.name_of(org, forum.settings.language));
            named.push(Named {
                id: recipient.id,
                hearing: Hearing::from(&recipient),
                letter: letter_of(&recipient),
                sought: format!("{} {} {works_at}", recipient.name, recipient.email).to_lowercase(),
                organisation,
                language: recipient.language,
                name: recipient.name,
                email: recipient.email.to_string(),
            });
            standings.push(recipient.standing);
        }
        let everyone = Everyone::gather(&forum, standings, now);
        Ok(People {
            stamp,
            holds_until: everyone.holds_until(),
            forum,
            everyone,
            named,
            kinds,
            unions: self.unions().await?,
            letters: OnceCell::new(),
            turn: Turn::default(),
            by_name: OnceLock::new(),
        })
    }

    /// Which organisations are unions.
    pub(in crate::web) async fn unions(&self) -> Result<Unions, Refusal> {
        Ok(Unions::among(&self.organisations().await?))
    }

    /// Those of `items` of which it may tell who is with a union to whom they go: any version counts, for who got an earlier
    /// one keeps it, and gets the next. What a version chose that names what is not there any more nobody knows.
    pub(in crate::web) async fn by_unions<'i>(
        &self,
        forum: &Forum,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<BTreeSet<ItemId>, Refusal> {
        self.find_telling(forum, items, Unions::decide_on).await
    }

    /// Those of `items` of which it may tell who is with a union that somebody answered them.
    pub(in crate::web) async fn answered_by_unions<'i>(
        &self,
        forum: &Forum,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<BTreeSet<ItemId>, Refusal> {
        self.find_telling(forum, items, Unions::decide_on_an_answer_to).await
    }

    async fn find_telling<'i>(
        &self,
        forum: &Forum,
        items: impl Iterator<Item = &'i Item>,
        decide: fn(&Unions, &Forum, &Item) -> bool,
    ) -> Result<BTreeSet<ItemId>, Refusal> {
        let unions = self.unions().await?;
        let mut found = BTreeSet::new();
        for item in items {
            let earlier = if item.version > 1 { self.item_choices(forum, item).await? } else { Vec::new() };
            let is_telling =
                |choice: &Option<Item>| choice.as_ref().is_none_or(|item| decide(&unions, forum, item));
            if decide(&unions, forum, item) || earlier.iter().any(is_telling) {
                found.insert(item.id);
            }
        }
        Ok(found)
    }

    /// Everybody's next letters, by the people's indexes. In a large forum they are counted beside, and there are none
    /// until that is done.
    pub(in crate::web) async fn next_letters<'p>(
        &self,
        people: &'p Arc<People>,
    ) -> Result<Option<&'p [Option<NextLetter>]>, Refusal> {
        let (store, now) = (self.store().clone(), self.0.now());
        let (count, _) = people.stamp.revisions;
        if people.letters.initialized() || count <= AT_ONCE {
            return Ok(Some(people.count_letters(&store, now).await?));
        }
        // Who waited for the one that counts would hold a thread of those on which passwords are stretched.
        let Some(turn) = people.turn.take() else { return Ok(None) };
        let people = people.clone();
        run_beside(move || async move {
            let _turn = turn;
            if people.count_letters(&store, now).await.is_err() {
                tracing::warn!("the next letters could not be counted");
            }
        });
        Ok(None)
    }
}
