//! The preview: the same code as the send, and nothing is written.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::digests::{BATCH, Draft, EditionView, SIFTED, Scene};
use super::occurrence::{Occurrence, coming, edition_of, latest, look_back_mark};
use crate::edition::{Edition, give_numbers, hears};
use crate::forum::{Cadence, Recipient, Status};
use crate::ids::RecipientId;
use crate::store::Store;

/// What the edition of `cadence` would hold: with `at` the latest occurrence at or before it, decided at
/// `at`; without, the coming occurrence, decided at that instant (`clock_now` tells which one that is).
/// Of an edition that is open already, what is still unplanned.
pub async fn preview_edition(
    store: &Store,
    cadence: Cadence,
    at: Option<DateTime<Utc>>,
    clock_now: DateTime<Utc>,
) -> Result<EditionView, PipelineError> {
    let mut scene = Scene::load(store).await?;
    let occurrence = match at {
        Some(at) => latest(&scene, cadence, at).map(|occurs_at| Occurrence { occurs_at, now: at }),
        None => coming(&scene, cadence, clock_now).map(|occurs_at| Occurrence { occurs_at, now: occurs_at }),
    };
    let Some(occurrence) = occurrence else {
        let without_digest = list_without(&scene, cadence, |_| false);
        return Ok(EditionView { without_digest, ..EditionView::empty(cadence) });
    };
    match imagine(store, &mut scene, cadence, occurrence).await? {
        Some(imagined) => view(store, &scene, &imagined).await,
        None => Ok(EditionView {
            occurs_at: Some(occurrence.occurs_at),
            opened: true,
            ..EditionView::empty(cadence)
        }),
    }
}

/// An edition that is not wholly planned, opened or not, with whom it planned already.
pub(super) struct Imagined {
    /// As opening stored it, or would store it.
    pub edition: Edition,
    /// Who has a digest in it.
    pub planned: HashSet<RecipientId>,
}

/// The edition of one occurrence as far as it is unplanned: the one that is open, else the one that opening would store,
/// with its items numbered in memory. `None`: it is planned for everyone.
pub(super) async fn imagine(
    store: &Store,
    scene: &mut Scene,
    cadence: Cadence,
    occurrence: Occurrence,
) -> Result<Option<Imagined>, PipelineError> {
    match store.find_edition(cadence.word(), occurrence.occurs_at).await? {
        Some(row) if row.planned_at.is_some() => return Ok(None),
        Some(row) => {
            let planned = store.list_planned_recipients(row.id).await?;
            return Ok(Some(Imagined { edition: edition_of(&row)?, planned }));
        }
        None => {}
    }
    let (_, last_number) = give_numbers(&mut scene.items, occurrence.now, store.last_number().await?);
    let coming = Edition::imagined(cadence, occurrence.occurs_at, scene.forum.settings.cap);
    let edition = Edition { now: occurrence.now, last_number, ..coming };
    Ok(Some(Imagined { edition, planned: HashSet::new() }))
}

impl Imagined {
    /// Composes everybody's digest and hands each over; who has a letter whose fate is open is left out.
    pub(super) async fn compose_all(
        &self,
        store: &Store,
        scene: &Scene,
        mut take: impl FnMut(&Draft<'_>) + Send,
    ) -> Result<(), PipelineError> {
        let todo: Vec<&Recipient> = scene.unplanned(&self.edition, &self.planned).collect();
        let mark = look_back_mark(&scene.items, self.edition.now);
        for many in todo.chunks(SIFTED) {
            let sifted = scene.sift(&self.edition, many);
            for (batch, sifted) in many.chunks(BATCH).zip(sifted.chunks(BATCH)) {
                let drafts = scene.draft(store, &self.edition, mark, batch, sifted).await?;
                drafts.iter().for_each(&mut take);
            }
        }
        Ok(())
    }
}

async fn view(store: &Store, scene: &Scene, imagined: &Imagined) -> Result<EditionView, PipelineError> {
    let Imagined { edition, planned } = imagined;
    let mut view = EditionView {
        occurs_at: Some(edition.occurs_at),
        opened: edition.id.is_some(),
        ..EditionView::empty(edition.cadence)
    };
    let take = |draft: &Draft<'_>| {
        if !draft.composed.items.is_empty() {
            view.digests.push(draft.view(scene));
        }
    };
    imagined.compose_all(store, scene, take).await?;
    view.digests.sort_by(|a, b| a.recipient.cmp(&b.recipient));
    let with: HashSet<&str> = view.digests.iter().map(|d| d.recipient.as_str()).collect();
    view.without_digest =
        list_without(scene, edition.cadence, |r| planned.contains(&r.id) || with.contains(r.email.as_str()));
    Ok(view)
}

/// The addresses of the cadence's active recipients, pausing or not, who get no digest, in alphabetical order.
fn list_without(scene: &Scene, cadence: Cadence, gets: impl Fn(&Recipient) -> bool) -> Vec<String> {
    let is_of = |r: &&Recipient| r.standing.status == Status::Active && hears(cadence, r);
    let of_cadence = scene.recipients.iter().filter(is_of).filter(|r| !gets(r));
    let mut without: Vec<String> = of_cadence.map(|r| r.email.to_string()).collect();
    without.sort();
    without
}
