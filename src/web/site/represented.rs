//! What pages ask of organisations that are represented in groups: which there are, what concerns one, and how far it went.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::Reading;
use super::archive::{Shelf, Wanted};
use crate::content::Item;
use crate::forum::{Facet, Forum, Recipient, Represented, Term, is_slug};
use crate::ids::{DeliveryId, ItemId, OrganisationId, RecipientId};
use crate::matching::{Concern, Sight};
use crate::store::{OnwardRow, RepresentedName, ShelfPlace};
use crate::web::refusal::{Refusal, Why};
use crate::world;

/// Items that are read at a time to find those that concern an organisation.
const READ_AT_ONCE: usize = 100;

/// How often, for one page; what lies beyond is found on the next one.
const MOST_READS: usize = 10;

/// Letters that are looked through for the newest ordinary one.
const LETTERS: i64 = 20;

/// Who came by an invitation is counted for so many days.
const INVITED_DAYS: i64 = 365;

/// What was passed on, and what concerned an organisation, is counted for so many days.
const COUNTED_DAYS: i64 = 90;

/// Items that concern an organisation are counted so far.
const MOST_COUNTED: usize = 999;

impl Reading {
    /// The slugs and the names of the organisations that are represented in a group now, by slug.
    pub(in crate::web) async fn represented(&self) -> Result<Vec<RepresentedName>, Refusal> {
        Ok(self.store().list_represented_names(self.0.now()).await?)
    }

    /// Whether there is one.
    pub(in crate::web) async fn has_represented(&self) -> Result<bool, Refusal> {
        Ok(self.store().has_represented(self.0.now()).await?)
    }

    /// The organisation of that slug, if it is represented in a group now.
    pub(in crate::web) async fn find_represented(
        &self,
        forum: &Forum,
        slug: &str,
    ) -> Result<Option<Represented>, Refusal> {
        if !is_slug(slug) {
            return Ok(None);
        }
        Ok(world::find_represented(self.store(), forum, (slug, self.0.now())).await?)
    }

    /// The same; what is not there has no page.
    pub(in crate::web) async fn get_represented(
        &self,
        forum: &Forum,
        slug: &str,
    ) -> Result<Represented, Refusal> {
        self.find_represented(forum, slug).await?.ok_or_else(|| Why::NotFound.into())
    }

    /// The organisations that somebody works for or represents now, of those that are represented in a group.
    pub(in crate::web) async fn represented_by(
        &self,
        forum: &Forum,
        person: &Recipient,
    ) -> Result<Vec<Represented>, Refusal> {
        let now = self.0.now();
        let sat_for =
            person.standing.seats.iter().filter(|seat| seat.is_running(now)).map(|seat| seat.represents);
        let theirs = person.standing.workplace.iter().copied().chain(sat_for).map(|ix| forum.terms.term(ix));
        let is_one = |term: &&Term| matches!(term.facet, Facet::Org | Facet::Represents);
        let slugs: BTreeSet<&str> = theirs.filter(is_one).map(|term| term.slug.as_str()).collect();
        let mut found = Vec::new();
        for slug in slugs {
            found.extend(self.find_represented(forum, slug).await?);
        }
        Ok(found)
    }

    /// Up to `at_most` public items that concern the organisation and that `wanted` asks for, the newest first.
    pub(in crate::web) async fn concerning(
        &self,
        forum: &Forum,
        of: &Represented,
        mut wanted: Wanted,
        at_most: usize,
    ) -> Result<Shelf, Refusal> {
        let sight = Sight::of_everyone(self.0.now());
        let (mut found, mut concern) = (Shelf::default(), Concern::of(forum, of));
        for _ in 0..MOST_READS {
            let shelf = self.shelf(forum, &sight, &wanted, READ_AT_ONCE).await?;
            for item in shelf.items.into_iter().filter(|item| concern.includes(item)) {
                if found.items.len() == at_most {
                    found.next = found.items.last().map(place_of);
                    return Ok(found);
                }
                found.items.push(item);
            }
            wanted.after = shelf.next;
            if wanted.after.is_none() {
                return Ok(found);
            }
        }
        found.next = wanted.after;
        Ok(found)
    }

    /// How many public items of the last ninety days concern the organisation.
    pub(in crate::web) async fn count_concerning(
        &self,
        forum: &Forum,
        of: &Represented,
    ) -> Result<usize, Refusal> {
        let now = self.0.now();
        let span = Some((now - TimeDelta::days(COUNTED_DAYS), now));
        let wanted = Wanted { span, ..Wanted::default() };
        Ok(self.concerning(forum, of, wanted, MOST_COUNTED).await?.items.len())
    }

    /// How far it went among the people of an organisation.
    pub(in crate::web) async fn onward(&self, organisation: OrganisationId) -> Result<OnwardRow, Refusal> {
        let since = |days: i64| self.0.now() - TimeDelta::days(days);
        Ok(self.store().count_onward(organisation, (since(INVITED_DAYS), since(COUNTED_DAYS))).await?)
    }

    /// The newest ordinary letter that somebody got, with its Date and what it held, in its order.
    pub(in crate::web) async fn letter_to_pass_on(
        &self,
        forum: &Forum,
        id: RecipientId,
    ) -> Result<Option<(DateTime<Utc>, Vec<Item>)>, Refusal> {
        let letters = self.store().list_letters_to(id, LETTERS).await?;
        let got = |state: &str| matches!(state, "accepted" | "uncertain");
        let newest = letters.into_iter().find(|row| got(&row.state) && row.cadence != "urgent");
        match newest {
            Some(row) => Ok(Some((row.dated_at, self.items_of(forum, row.delivery).await?))),
            None => Ok(None),
        }
    }

    async fn items_of(&self, forum: &Forum, letter: DeliveryId) -> Result<Vec<Item>, Refusal> {
        let rows = self.store().list_letter_items(letter).await?;
        let ids: Vec<ItemId> = rows.iter().map(|row| row.item).collect();
        let mut items = world::load_items_by_ids(self.store(), forum, &ids).await?;
        items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
        Ok(items)
    }
}

/// Where the item stands in a list of the newest.
fn place_of(item: &Item) -> ShelfPlace {
    ShelfPlace { score: 0, release_at: item.release_at, public_id: item.public_id.clone() }
}
