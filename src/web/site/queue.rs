//! What the desk's items read and write: drafts, who would get them, past items to learn topics from.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use super::beside::Beside;
use super::everyone::People;
use super::presses::Presses;
use super::shown::ShownLetters;
use super::{Reading, Writing};
use crate::clock::random_hex;
use crate::content::Item;
use crate::delivery::trusting;
use crate::edition::Late;
use crate::forum::Forum;
use crate::ids::{ItemId, RecipientId, SeatId};
use crate::insight::duplicates::Pair;
use crate::intake::item_file::ItemFile;
use crate::intake::item_form::ItemForm;
use crate::intake::item_queue::{
    Correction, QueueError, QueuedBy, Tells, correct_item_by, queue_items_by, withdraw_item_by,
};
use crate::intake::link::address::is_public;
use crate::intake::link::{Fetcher, Found, LinkError};
use crate::intake::promises::Settling;
use crate::intake::suggest::Shelf;
use crate::pipeline::{Concerned, find_late, look_at_cancelling};
use crate::staff::Right;
use crate::store::{AttachmentRow, DeliveryState, DeskDraftRow, FilledIn, NewAttachment, NewDeskDraft};
use crate::web::refusal::{Refusal, Why};
use crate::web::staff::Staff;
use crate::world;

/// What the desk keeps between requests.
#[derive(Default)]
pub(in crate::web) struct Kept {
    pub(super) people: Mutex<Option<Arc<People>>>,
    pub(super) duplicates: Beside<(), Vec<Pair>>,
    concerned: Beside<ItemId, Concerned>,
    went: Beside<ItemId, BTreeMap<RecipientId, Way>>,
    pub(super) shown: ShownLetters,
    pub(super) presses: Presses,
    past: Mutex<Option<(i64, Arc<Shelf>)>>,
    fetcher: OnceCell<Option<Fetcher>>,
}

/// How far an item has come to a person; the furthest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum Way {
    /// In a letter that waits, or is just being sent.
    Waits,
    /// In a letter that may not have arrived.
    Unsure,
    /// In a letter that the relay accepted.
    Accepted,
}

impl Way {
    fn of(state: &str) -> Way {
        match DeliveryState::from_word(state) {
            Some(DeliveryState::Accepted) => Way::Accepted,
            Some(DeliveryState::Queued | DeliveryState::Attempting | DeliveryState::Deferred) => Way::Waits,
            // What ended otherwise and was not returned may have been got.
            _ => Way::Unsure,
        }
    }
}

impl Reading {
    /// How far the item has come to each to whom it went; none while that is counted for the first time.
    pub(in crate::web) async fn whom_it_went_to(
        &self,
        item: ItemId,
    ) -> Result<Option<Arc<BTreeMap<RecipientId, Way>>>, Refusal> {
        let count = move |site| async move {
            let mut ways: BTreeMap<RecipientId, Way> = BTreeMap::new();
            for row in Reading(site).store().list_whom_it_went_to(item).await? {
                let way = Way::of(&row.state);
                ways.entry(row.recipient).and_modify(|known| *known = way.max(*known)).or_insert(way);
            }
            Ok(ways)
        };
        self.0.0.desk.went.find_moving(self, item, count).await
    }

    /// The item with what each of its versions said of whom it is for; none for a version that cannot be read any more.
    pub(in crate::web) async fn item_choices(
        &self,
        forum: &Forum,
        item: &Item,
    ) -> Result<Vec<Option<Item>>, Refusal> {
        Ok(world::load_choices(self.store(), forum, item).await?)
    }

    /// Past items, to learn topics from.
    pub(in crate::web) async fn past_items(&self, forum: &Forum) -> Result<Arc<Shelf>, Refusal> {
        let number = self.store().find_change_number().await?.unwrap_or_default();
        let mut kept = self.0.0.desk.past.lock().await;
        if let Some((_, shelf)) = kept.as_ref().filter(|(at, _)| *at == number) {
            return Ok(shelf.clone());
        }
        let shelf = Arc::new(Shelf::gather(&world::load_items(self.store(), forum).await?));
        *kept = Some((number, shelf.clone()));
        Ok(shelf)
    }

    /// What the page behind a link says of itself.
    pub(in crate::web) async fn look_at_link(&self, link: &str) -> Result<Found, LinkError> {
        let open = async || trusting(None).and_then(|tls| Fetcher::new(&tls, is_public)).ok();
        match self.0.0.desk.fetcher.get_or_init(open).await {
            Some(fetcher) => fetcher.find(link).await,
            None => Err(LinkError::Unreachable),
        }
    }

    /// A draft that the account may work on: whoever writes for groups only has their own.
    pub(in crate::web) async fn desk_draft(&self, staff: &Staff, id: &str) -> Result<DeskDraftRow, Refusal> {
        let row = self.store().find_desk_draft(id).await?;
        let may = |row: &DeskDraftRow| !staff.writes_for_groups_only() || row.account == Some(staff.account);
        row.filter(may).ok_or_else(|| staff.nothing_there())
    }

    /// What is neither queued nor thrown away, as far as the account may work on it.
    pub(in crate::web) async fn desk_drafts(&self, staff: &Staff) -> Result<Vec<DeskDraftRow>, Refusal> {
        let own = staff.writes_for_groups_only().then_some(staff.account);
        Ok(self.store().list_desk_drafts(own).await?)
    }

    /// The draft that became an item.
    pub(in crate::web) async fn draft_of_item(&self, slug: &str) -> Result<Option<DeskDraftRow>, Refusal> {
        Ok(self.store().find_draft_of_item(slug).await?)
    }

    /// A draft's files.
    pub(in crate::web) async fn draft_files(&self, id: i64) -> Result<Vec<AttachmentRow>, Refusal> {
        Ok(self.store().list_draft_files(id).await?)
    }

    /// An item by its slug, whatever its state.
    pub(in crate::web) async fn any_item(&self, forum: &Forum, slug: &str) -> Result<Item, Refusal> {
        world::find_item(self.store(), forum, slug).await?.ok_or_else(|| Why::NotFound.into())
    }

    /// The places that own a promise in any version of the item that is minutes of that group.
    pub(in crate::web) async fn seats_in_versions(
        &self,
        item: ItemId,
        group: &str,
    ) -> Result<Vec<SeatId>, Refusal> {
        Ok(world::load_promised_seats(self.store(), item, group).await?)
    }

    /// Whom a correction that makes `item` of what is stored reaches too late.
    pub(in crate::web) async fn late_for(&self, forum: &Forum, item: &Item) -> Result<Late, Refusal> {
        find_late(self.store(), forum, item, self.0.now()).await.map_err(|error| Refusal::broken(&error))
    }

    /// Whom it concerns that the item is taken back, once that is counted; and whether those are told who were not yet: `None`
    /// while it stands.
    pub(in crate::web) async fn cancelling(
        &self,
        forum: &Arc<Forum>,
        item: &Item,
    ) -> Result<(Option<Arc<Concerned>>, Option<bool>), Refusal> {
        let (forum, event) = (forum.clone(), item.clone());
        let count = |site| async move {
            let reading = Reading(site);
            let found = look_at_cancelling(reading.store(), &forum, &event, reading.0.now()).await;
            found.map_err(|error| Refusal::broken(&error))
        };
        let found = self.0.0.desk.concerned.find(self, item.id, count).await?.value;
        let is_told = match item.withdrawn {
            true => Some(self.store().find_cancellation(item.id).await?.is_some()),
            false => None,
        };
        Ok((found, is_told))
    }

    /// The draft's files with their bytes.
    pub(in crate::web) async fn draft_attachments(&self, id: i64) -> Result<Vec<NewAttachment>, Refusal> {
        let mut files = Vec::new();
        for row in self.store().list_draft_files(id).await? {
            let bytes = self.attachment_bytes(&row).await?;
            files.push(NewAttachment {
                hash: row.hash,
                name: row.name,
                media_type: row.media_type,
                bytes: Arc::from(bytes),
            });
        }
        Ok(files)
    }
}

/// The form as rows keep it beside its fields.
fn filled_in<'a>(form: &'a ItemForm, forum: &Forum) -> Result<FilledIn<'a>, Refusal> {
    Ok(FilledIn {
        language: form.language().unwrap_or(forum.settings.language).tag(),
        kind: form.kind().map(|kind| kind.word()),
        title: form.get("title"),
        body: form.get("body"),
        audience: form.get("audience"),
        about: serde_json::to_string(&form.about)?,
        form: serde_json::to_string(form)?,
    })
}

impl Writing {
    /// Begins a draft under the public id that the page carried into which it was typed; false, and nothing done, if that
    /// page began one before.
    pub(in crate::web) async fn begin_draft_as(
        &self,
        staff: &Staff,
        public_id: &str,
        form: &ItemForm,
        corrects: Option<ItemId>,
    ) -> Result<bool, Refusal> {
        let new = NewDeskDraft {
            public_id,
            account: staff.account,
            corrects,
            filled_in: filled_in(form, &staff.forum)?,
        };
        let begun = self.0.0.store.begin_draft(&new, &staff.actor(), self.0.now()).await?;
        Ok(begun.is_some())
    }

    /// Saves a draft over the state that was shown, which said `before`; how often it is saved now, `None` if somebody
    /// else saved it meanwhile.
    pub(in crate::web) async fn save_draft(
        &self,
        staff: &Staff,
        (id, saves): (i64, i64),
        (form, before): (&ItemForm, &ItemForm),
    ) -> Result<Option<i64>, Refusal> {
        let filled = (&filled_in(form, &staff.forum)?, form.rewords(before));
        Ok(self.0.0.store.save_draft((id, saves), filled, &staff.actor(), self.0.now()).await?)
    }

    /// Throws a draft away.
    pub(in crate::web) async fn discard_draft(&self, staff: &Staff, id: i64) -> Result<(), Refusal> {
        self.0.0.store.discard_draft(id, &staff.actor(), self.0.now()).await?;
        Ok(())
    }

    /// Makes a draft again of what was queued or thrown away.
    pub(in crate::web) async fn reopen_draft(&self, staff: &Staff, id: i64) -> Result<(), Refusal> {
        self.0.0.store.reopen_draft(id, &staff.actor(), self.0.now()).await?;
        Ok(())
    }

    /// Makes a draft again of what was queued as that item, which is taken back with it; false, and nothing done, if an
    /// edition numbered the item.
    pub(in crate::web) async fn undo_draft(
        &self,
        staff: &Staff,
        draft: i64,
        item: &str,
    ) -> Result<bool, Refusal> {
        Ok(self.0.0.store.undo_draft((draft, item), &staff.actor(), self.0.now()).await?)
    }

    /// Makes a draft that corrects an item one of a new item.
    pub(in crate::web) async fn part_draft(&self, staff: &Staff, id: i64) -> Result<(), Refusal> {
        self.0.0.store.part_draft(id, &staff.actor(), self.0.now()).await?;
        Ok(())
    }

    /// Notes that the lead is asked to send a draft, and tells whoever may open and send it; nobody, if it is no draft any more.
    pub(in crate::web) async fn ask_lead(&self, staff: &Staff, id: i64) -> Result<(), Refusal> {
        let now = self.0.now();
        if !self.0.0.store.ask_for_draft(id, &staff.actor(), now).await? {
            return Ok(());
        }
        let told = self.0.0.pipeline.tell_of_drafts(&staff.forum, Some(Right::Send), now).await;
        let told = told.map_err(|error| Refusal::broken(&error))?;
        let mut tx = self.0.0.store.begin().await?;
        for notice in &told {
            tx.queue_notice(now, notice).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Adds a file to a draft.
    pub(in crate::web) async fn add_draft_file(
        &self,
        staff: &Staff,
        id: i64,
        file: &NewAttachment,
    ) -> Result<(), Refusal> {
        Ok(self.0.0.store.add_draft_file(id, file, &staff.actor(), self.0.now()).await?)
    }

    /// Takes a file away from a draft.
    pub(in crate::web) async fn remove_draft_file(
        &self,
        staff: &Staff,
        place: (i64, i64),
    ) -> Result<(), Refusal> {
        self.0.0.store.remove_draft_file(place, &staff.actor(), self.0.now()).await?;
        Ok(())
    }

    /// Queues what a draft says as an item of its own, or as the next version of one that is not out yet, if that stands as
    /// the draft was made from it; and what it says of earlier promises. The slug is settled first, `stem` or `stem` with a
    /// number: whoever presses twice, or a machine that stops between, makes one item. Its slug; none if somebody else
    /// settled what becomes of the draft.
    pub(in crate::web) async fn queue_draft(
        &self,
        staff: &Staff,
        (id, stem): (i64, &str),
        (of_version, mut files): (Option<&str>, Vec<ItemFile>),
        settlings: &[Settling],
    ) -> Result<Result<Option<String>, QueueError>, Refusal> {
        let (store, now, actor) = (&self.0.0.store, self.0.now(), staff.actor());
        let Some(slug) = store.name_draft(id, stem, &actor, now).await? else { return Ok(Ok(None)) };
        files.iter_mut().for_each(|file| file.slug.clone_from(&slug));
        let by = QueuedBy { actor: &actor, now, dry_run: false, of_version, settlings };
        let queued = queue_items_by(store, &staff.forum, &files, &by, random_hex::<16>).await;
        if queued.is_ok() {
            store.take_draft(id, &slug, &actor, now).await?;
        }
        Ok(queued.map(|_| Some(slug)))
    }

    /// Makes what a draft says the newest version of an item that is out, if that stands as the draft was made from it.
    pub(in crate::web) async fn correct_by_draft(
        &self,
        staff: &Staff,
        (id, slug): (i64, &str),
        (of_version, files): (Option<&str>, &[ItemFile]),
    ) -> Result<Result<(), QueueError>, Refusal> {
        let (store, now, actor) = (&self.0.0.store, self.0.now(), staff.actor());
        let correction = Correction { slug, of_version, files };
        let corrected = correct_item_by(store, &staff.forum, correction, &actor, now).await;
        if corrected.is_ok() {
            store.take_draft(id, slug, &actor, now).await?;
        }
        Ok(corrected)
    }

    /// Takes an item back, if it was not taken back already.
    pub(in crate::web) async fn withdraw_item(
        &self,
        staff: &Staff,
        slug: &str,
        tells: Tells<'_>,
    ) -> Result<(), Refusal> {
        let done = withdraw_item_by(&self.0.0.store, slug, tells, &staff.actor(), self.0.now()).await;
        done.map(|_| ()).map_err(|error| Refusal::broken(&error))
    }
}
