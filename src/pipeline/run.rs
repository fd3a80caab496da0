//! Opening an edition and planning it, in batches that can be killed anywhere and taken up again.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::approval::{Approved, EDITION_UNAPPROVED, alert_subject};
use super::digests::{BATCH, Draft, SIFTED, Scene};
use super::letters::{LetterWriter, Written};
use super::occurrence::{Occurrence, edition_of, latest, look_back_mark};
use super::templates::keep_templates;
use super::{Pipeline, PipelineError};
use crate::clock::random_bytes;
use crate::edition::{Composed, Edition, Entry, Passing};
use crate::forum::{Cadence, Forum, Recipient};
use crate::ids::{ItemId, RecipientId};
use crate::matching::WrittenReason;
use crate::store::{EditionRow, NewEdition, PlannedDigest, PlannedItem, PlannedLetter, StoreError};

/// What a call of planning did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Planned {
    /// Letters queued.
    pub digests: usize,
    /// Recipients whose open letter must be settled first.
    pub waiting: usize,
    /// Digests that were composed here in vain: another planner was faster, or the recipient changed.
    pub in_vain: usize,
}

/// What planning everyone once came to.
#[derive(Debug, Default)]
struct Round {
    digests: usize,
    waiting: usize,
    in_vain: usize,
    /// Nobody changed meanwhile: there is nothing left for another round.
    is_complete: bool,
}

impl Pipeline {
    /// The edition of `cadence` at the latest occurrence at or before `at`: the one that is open, or
    /// a new one whose `now` is `at`. `None` if the cadence has no occurrence by then.
    ///
    /// Opening takes the lock of the release counter, releases what is due and fixes `now`, the last
    /// number and the cap, in one transaction; of two that open at once one finds the other's.
    pub async fn open_edition(
        &self,
        cadence: Cadence,
        at: DateTime<Utc>,
    ) -> Result<Option<EditionRow>, PipelineError> {
        let scene = Scene::load(&self.store).await?;
        let Some(occurs_at) = latest(&scene, cadence, at) else { return Ok(None) };
        self.open_occurrence(&scene.forum, cadence, Occurrence { occurs_at, now: at }).await.map(Some)
    }

    /// Opens one occurrence, or finds it open. Where approval is asked for, what would be sent is what was approved:
    /// [`PipelineError::NotApproved`] else.
    pub(super) async fn open_occurrence(
        &self,
        forum: &Forum,
        cadence: Cadence,
        occurrence: Occurrence,
    ) -> Result<EditionRow, PipelineError> {
        let occurs_at = occurrence.occurs_at;
        if let Some(row) = self.store.find_edition(cadence.word(), occurs_at).await? {
            return Ok(row);
        }
        // Whose letters cannot be written opens nothing.
        self.masthead(&forum.settings)?;
        // Boxed, as whatever is seldom walked and large: a story of several runs fits the stack of a thread.
        let approved = Box::pin(self.find_approval(cadence, occurrence)).await?;
        let mut tx = self.store.begin().await?;
        tx.lock_release_counter().await?;
        if let Some(row) = tx.find_edition(cadence.word(), occurs_at).await? {
            tx.undo().await?;
            return Ok(row);
        }
        // What moved since the plan was compared may have changed it.
        let holds = match &approved {
            Approved::NotAsked => true,
            Approved::Yes { stamp, .. } => tx.find_plan_stamp().await? == *stamp,
            Approved::No => false,
        };
        if !holds {
            tx.undo().await?;
            return Err(PipelineError::NotApproved { cadence, occurs_at });
        }
        if let Approved::Yes { versions, .. } = &approved {
            tx.end_alert(self.clock.now(), EDITION_UNAPPROVED, &alert_subject(cadence)).await?;
            tx.approve_versions(self.clock.now(), versions).await?;
        }
        let letters = self.letters_in(forum.settings.house.colour)?;
        let inputs = keep_templates(&mut tx, &letters, self.clock.now()).await?;
        let row = tx
            .insert_edition(NewEdition {
                cadence: cadence.word(),
                occurs_at,
                now_at: occurrence.now,
                cap: forum.settings.cap,
                inputs,
                opened_at: self.clock.now(),
                asks_approval: approved != Approved::NotAsked,
            })
            .await?;
        tx.commit().await?;
        tracing::info!(edition.id = row.id.0, edition.cadence = cadence.word(), "edition opened");
        Ok(row)
    }

    /// Plans everyone whom an open edition has not planned yet.
    pub async fn plan_edition(&self, row: &EditionRow) -> Result<Planned, PipelineError> {
        let mut done = Planned::default();
        if row.planned_at.is_some() {
            return Ok(done);
        }
        let edition = edition_of(row)?;
        loop {
            // Somebody may have cancelled it, or a later occurrence covers it: then no batch is written any more.
            if self.store.get_edition(row.id).await?.planned_at.is_some() {
                return Ok(done);
            }
            let round = self.plan_round(row, &edition).await?;
            done.digests += round.digests;
            done.waiting = round.waiting;
            done.in_vain += round.in_vain;
            if round.is_complete {
                if round.waiting == 0 {
                    self.store.finish_planning(row.id, self.clock.now()).await?;
                }
                return Ok(done);
            }
        }
    }

    /// Plans everyone once; who changed meanwhile is left to the next round. Of several planners, each goes
    /// through the batches in an order of its own and leaves out whom another has planned.
    async fn plan_round(&self, row: &EditionRow, edition: &Edition) -> Result<Round, PipelineError> {
        let scene = Scene::load(&self.store).await?;
        let planned = self.store.list_planned_recipients(row.id).await?;
        let todo: Vec<&Recipient> = scene.unplanned(edition, &planned).collect();
        let mark = look_back_mark(&scene.items, edition.now);
        let masthead = self.masthead(&scene.forum.settings)?;
        let letters = self.letters_of(row).await?;
        let mut writer = LetterWriter::new(self, &letters, &scene, &masthead, edition).await?;
        let mut round = Round { is_complete: true, ..Round::default() };
        let has_company = self.store.has_many_workers();
        let order_of =
            |parts| if has_company { shuffled(parts, random_bytes()) } else { (0..parts).collect() };
        for many in order_of(todo.len().div_ceil(SIFTED)) {
            let many = part(&todo, many, SIFTED);
            let sifted = scene.sift(edition, many);
            for index in order_of(many.len().div_ceil(BATCH)) {
                let (batch, sifted) = (part(many, index, BATCH), part(&sifted, index, BATCH));
                let (batch, sifted) = match has_company {
                    true => self.leave_out_planned(row, batch, sifted).await?,
                    false => (batch.to_vec(), sifted.to_vec()),
                };
                let drafts = scene.draft(&self.store, edition, mark, &batch, &sifted).await?;
                round.waiting += batch.len() - drafts.len();
                let plans = self.write_letters(&scene, &mut writer, &drafts).await?;
                let won = self.write_batch(row, edition, &plans, &mut writer).await?;
                round.in_vain += plans.len() - won.len();
                round.is_complete &= won.len() == plans.len();
                round.digests +=
                    plans.iter().filter(|p| p.letter.is_some() && won.contains(&p.recipient)).count();
            }
        }
        Ok(round)
    }

    /// Whom nobody has planned since the list was read.
    async fn leave_out_planned<'a>(
        &self,
        row: &EditionRow,
        batch: &[&'a Recipient],
        sifted: &[Vec<usize>],
    ) -> Result<(Vec<&'a Recipient>, Vec<Vec<usize>>), PipelineError> {
        let ids: Vec<RecipientId> = batch.iter().map(|r| r.id).collect();
        let planned = self.store.list_planned_among(row.id, &ids).await?;
        let left = batch.iter().zip(sifted).filter(|(r, _)| !planned.contains(&r.id));
        Ok(left.map(|(r, sifted)| (*r, sifted.clone())).unzip())
    }

    async fn write_letters(
        &self,
        scene: &Scene,
        writer: &mut LetterWriter<'_>,
        drafts: &[Draft<'_>],
    ) -> Result<Vec<PlannedDigest>, PipelineError> {
        let with_letter = drafts.iter().filter(|d| !d.composed.items.is_empty());
        let ids: Vec<RecipientId> = with_letter.map(|d| d.recipient.id).collect();
        writer.meet(self, &ids).await?;
        drafts.iter().map(|draft| planned_digest(scene, writer, draft)).collect()
    }

    async fn write_batch(
        &self,
        row: &EditionRow,
        edition: &Edition,
        plans: &[PlannedDigest],
        writer: &mut LetterWriter<'_>,
    ) -> Result<HashSet<RecipientId>, PipelineError> {
        self.keep_pieces(writer.take_pieces()).await?;
        let write =
            |plans| self.store.write_plans(row.id, edition.is_urgent(), edition.now, plans, self.clock.now());
        let won = none_if_collided(write(plans).await)?;
        if !won.is_empty() || plans.len() < 2 || plans.iter().all(|p| p.supersedes.is_empty()) {
            return Ok(won);
        }
        // A letter to be superseded may have been taken up meanwhile: write the others one by one.
        let ids: Vec<RecipientId> = plans.iter().map(|p| p.recipient).collect();
        let planned = self.store.list_planned_among(row.id, &ids).await?;
        let mut won = HashSet::new();
        for plan in plans.iter().filter(|p| !planned.contains(&p.recipient)) {
            won.extend(none_if_collided(write(std::slice::from_ref(plan)).await)?);
        }
        Ok(won)
    }

    /// Before the letters that name them, and whether or not those are written: later ones name them too.
    pub(super) async fn keep_pieces(&self, mut pieces: Vec<(String, Vec<u8>)>) -> Result<(), PipelineError> {
        Ok(self.store.keep_pieces(&mut pieces, self.clock.now()).await?)
    }
}

/// Part `index` of `all` in parts of `size`.
fn part<T>(all: &[T], index: usize, size: usize) -> &[T] {
    &all[index * size..all.len().min((index + 1) * size)]
}

/// The numbers below `count` in an order that `seed` decides (Fisher and Yates; the generator is splitmix64).
fn shuffled(count: usize, seed: [u8; 8]) -> Vec<usize> {
    let mut state = u64::from_le_bytes(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut drawn = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        order.swap(last, ((drawn ^ (drawn >> 31)) % (last as u64 + 1)) as usize);
    }
    order
}

/// A write that met another's (a planner, a worker that revises a letter) is read and tried again.
fn none_if_collided(
    written: Result<HashSet<RecipientId>, StoreError>,
) -> Result<HashSet<RecipientId>, StoreError> {
    match written {
        Err(error) if error.is_collision() => Ok(HashSet::new()),
        other => other,
    }
}

/// A draft as the conditional write takes it, its letter written.
fn planned_digest(
    scene: &Scene,
    writer: &mut LetterWriter<'_>,
    draft: &Draft<'_>,
) -> Result<PlannedDigest, PipelineError> {
    let composed = &draft.composed;
    let letter = if composed.items.is_empty() {
        None
    } else {
        let Written { message_id, dated_at, letter } = writer.write_draft(draft)?;
        let items =
            composed.items.iter().map(|entry| planned_item(scene, entry)).collect::<Result<_, _>>()?;
        Some(PlannedLetter { message_id, dated_at, letter, items })
    };
    Ok(PlannedDigest {
        recipient: draft.recipient.id,
        revision: draft.recipient.revision,
        watermark: composed.watermark,
        supersedes: draft.past.supersedes.clone(),
        carries: carries_of(composed),
        carried_over: composed.carried_over.iter().map(|e| scene.items[e.item].id).collect(),
        welcomes: if letter.is_some() { draft.past.taken.clone() } else { Vec::new() },
        letter,
    })
}

fn carries_of(composed: &Composed) -> Vec<(ItemId, i64, Option<&'static str>)> {
    composed.carries.iter().map(|change| (change.item, change.times, change.ended)).collect()
}

fn planned_item(scene: &Scene, entry: &Entry) -> Result<PlannedItem, serde_json::Error> {
    let item = &scene.items[entry.item];
    let reasons: Vec<WrittenReason> = entry.reasons.iter().map(|r| r.written(&scene.forum.terms)).collect();
    Ok(PlannedItem {
        item: item.id,
        version: item.version,
        because: entry.because.word(),
        reasons: serde_json::to_string(&reasons)?,
        points: entry.points,
        carried: entry.carried,
        correction: entry.passing == Passing::Correction,
        seat: match entry.passing {
            Passing::Handover(seat) => Some(seat),
            Passing::New | Passing::Correction => None,
        },
    })
}
