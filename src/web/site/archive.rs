//! Reading what stands in the archive: every list and every single item goes through a [`Sight`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Reading, Writing};
use crate::clock::random_bytes;
use crate::content::Item;
use crate::content::search::Query;
use crate::forum::{Facet, Forum, Kind, Recipient, TermIx, is_slug};
use crate::ids::{ItemId, RecipientId};
use crate::matching::Sight;
use crate::store::{AttachmentRow, FeedRow, ShelfFilter, ShelfPlace, ShelfRow};
use crate::token::{device_secret, hash_of_secret};
use crate::web::refusal::{Refusal, Why};
use crate::world;

/// What a reader wants to see.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Wanted {
    /// The words that it must hold.
    pub(in crate::web) query: Query,
    /// Of this kind.
    pub(in crate::web) kind: Option<Kind>,
    /// About this sector or one under it.
    pub(in crate::web) sector: Option<TermIx>,
    /// About one of these.
    pub(in crate::web) about: Vec<TermIx>,
    /// Of this group or one under it.
    pub(in crate::web) group: Option<TermIx>,
    /// Minutes of this group itself, whatever `group` says.
    pub(in crate::web) met: Option<TermIx>,
    /// Released from the first instant up to the second.
    pub(in crate::web) span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Behind this one.
    pub(in crate::web) after: Option<ShelfPlace>,
}

/// A page of items, and where the next one begins, if there is more.
#[derive(Debug, Default)]
pub(in crate::web) struct Shelf {
    /// In their order.
    pub(in crate::web) items: Vec<Item>,
    /// The last one's place, if others follow.
    pub(in crate::web) next: Option<ShelfPlace>,
}

impl Reading {
    /// Up to `at_most` items that `sight` includes and `wanted` asks for: the newest first, or the best if words are asked for.
    pub(in crate::web) async fn shelf(
        &self,
        forum: &Forum,
        sight: &Sight,
        wanted: &Wanted,
        at_most: usize,
    ) -> Result<Shelf, Refusal> {
        let filter = filter_of(forum, sight, wanted, at_most);
        let mut rows = if wanted.query.is_empty() {
            self.store().list_newest_items(&filter).await?
        } else {
            self.0.0.index.list_best(self.store(), &wanted.query, &filter).await?
        };
        let more = rows.len() > at_most;
        rows.truncate(at_most);
        let next = if more { rows.last().map(place_of) } else { None };
        Ok(Shelf { items: self.items_in_order(forum, sight, &rows).await?, next })
    }

    /// The items of `rows`; the wall is asked once more of what was loaded.
    async fn items_in_order(
        &self,
        forum: &Forum,
        sight: &Sight,
        rows: &[ShelfRow],
    ) -> Result<Vec<Item>, Refusal> {
        let ids: Vec<_> = rows.iter().map(|row| row.item).collect();
        let mut items = world::load_items_by_ids(self.store(), forum, &ids).await?;
        items.retain(|item| sight.includes(item));
        items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
        Ok(items)
    }

    /// The item called `slug`, if `sight` includes it; what it does not include is not there.
    pub(in crate::web) async fn readable_item(
        &self,
        forum: &Forum,
        sight: &Sight,
        slug: &str,
    ) -> Result<Item, Refusal> {
        if !is_slug(slug) {
            return Err(Why::NotFound.into());
        }
        let item = world::find_item(self.store(), forum, slug).await?;
        item.filter(|item| sight.includes(item)).ok_or_else(|| Why::NotFound.into())
    }

    /// When the forum was first described.
    pub(in crate::web) async fn founded_at(&self) -> Result<DateTime<Utc>, Refusal> {
        let row = self.store().find_forum().await?;
        Ok(row.ok_or(Why::NoForum)?.created_at)
    }

    /// When any item that was not for groups alone was last changed otherwise than by its release, or the forum's names were.
    pub(in crate::web) async fn last_open_change(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        Ok(self.store().find_last_open_change().await?)
    }

    /// The files of an item that the reader may read.
    pub(in crate::web) async fn attachments(&self, item: &Item) -> Result<Vec<AttachmentRow>, Refusal> {
        Ok(self.store().list_attachments(item.id).await?)
    }

    /// The same of several, by item; what carries none is not asked for.
    pub(in crate::web) async fn attachments_of(
        &self,
        items: &[Item],
    ) -> Result<BTreeMap<ItemId, Vec<AttachmentRow>>, Refusal> {
        let carrying: Vec<ItemId> = items.iter().filter(|item| item.files > 0).map(|item| item.id).collect();
        let mut files: BTreeMap<ItemId, Vec<AttachmentRow>> = BTreeMap::new();
        if carrying.is_empty() {
            return Ok(files);
        }
        for (item, row) in self.store().list_attachments_of(&carrying).await? {
            files.entry(item).or_default().push(row);
        }
        Ok(files)
    }

    /// The bytes of one of them.
    pub(in crate::web) async fn attachment_bytes(&self, row: &AttachmentRow) -> Result<Vec<u8>, Refusal> {
        self.store().find_attachment_bytes(&row.hash).await?.ok_or_else(|| Why::NotFound.into())
    }

    /// The newest public items that are still open.
    pub(in crate::web) async fn open_public_items(
        &self,
        forum: &Forum,
        at_most: usize,
    ) -> Result<Vec<Item>, Refusal> {
        let now = self.0.now();
        let shelf = self.shelf(forum, &Sight::of_everyone(now), &Wanted::default(), at_most * 4).await?;
        let mut items = shelf.items;
        items.retain(|item| !item.is_closed(now));
        items.truncate(at_most);
        Ok(items)
    }
}

/// Feeds of one person that may be open at a time.
const MOST_FEEDS: i64 = 10;

impl Reading {
    /// Who reads behind a personal feed's address of that kind.
    pub(in crate::web) async fn feed_reader(
        &self,
        forum: &Forum,
        token: &str,
        kind: &str,
    ) -> Result<Recipient, Refusal> {
        let row = self.store().find_feed_reader(&hash_of_secret(token)).await?;
        let row = row.filter(|row| row.kind == kind).ok_or(Why::NotFound)?;
        if row.revoked_at.is_some() {
            return Err(Why::Gone.into());
        }
        self.recipient(forum, row.recipient).await?.ok_or_else(|| Why::Gone.into())
    }

    /// A person's feeds that are not switched off.
    pub(in crate::web) async fn open_feeds(&self, id: RecipientId) -> Result<Vec<FeedRow>, Refusal> {
        Ok(self.store().list_open_feeds(id).await?)
    }
}

impl Writing {
    /// Makes a personal feed; the secret of its address, which is kept nowhere. `None` if the person has too many.
    pub(in crate::web) async fn make_feed(
        &self,
        id: RecipientId,
        kind: &str,
    ) -> Result<Option<String>, Refusal> {
        let secret = device_secret(random_bytes());
        let hash = hash_of_secret(&secret);
        let made = self.0.0.store.make_feed(self.0.now(), id, kind, &hash, MOST_FEEDS).await?;
        Ok(made.then_some(secret))
    }

    /// Switches a person's feed off; false if it is not theirs or off already.
    pub(in crate::web) async fn revoke_feed(&self, id: RecipientId, feed: i64) -> Result<bool, Refusal> {
        Ok(self.0.0.store.revoke_feed(self.0.now(), id, feed).await?)
    }
}

fn place_of(row: &ShelfRow) -> ShelfPlace {
    ShelfPlace { score: row.score, release_at: row.release_at, public_id: row.public_id.clone() }
}

fn filter_of(forum: &Forum, sight: &Sight, wanted: &Wanted, at_most: usize) -> ShelfFilter {
    let under = |facet: Facet, above: Option<TermIx>| -> Vec<TermIx> {
        let Some(above) = above else { return Vec::new() };
        let terms = forum.terms.iter();
        terms
            .filter(|(ix, term)| term.facet == facet && forum.terms.is_at_or_under(*ix, above))
            .map(|(ix, _)| ix)
            .collect()
    };
    let written = |ix: &TermIx| forum.terms.term(*ix).to_string();
    let slug = |ix: &TermIx| forum.terms.term(*ix).slug.clone();
    ShelfFilter {
        now: sight.now(),
        visibilities: sight.written(&forum.terms),
        kinds: wanted.kind.iter().map(|kind| kind.word().to_owned()).collect(),
        about: under(Facet::Sector, wanted.sector).iter().chain(&wanted.about).map(written).collect(),
        groups: under(Facet::Group, wanted.group).iter().map(slug).collect(),
        met: wanted.met.as_ref().map(slug),
        from: wanted.span.map(|(from, _)| from),
        until: wanted.span.map(|(_, until)| until),
        after: wanted.after.clone(),
        at_most: i64::try_from(at_most).unwrap_or(i64::MAX - 1) + 1,
    }
}
