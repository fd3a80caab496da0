//! The preview: the same code as the send, and nothing is written.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::digests::{EditionView, Scene};
use super::occurrence::{Occurrence, coming, latest};
use super::run::{BATCH, SIFTED, edition_of, look_back_mark};
use crate::edition::{Edition, give_numbers};
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
    let Some(Occurrence { occurs_at, now }) = occurrence else {
        return Ok(EditionView::empty(cadence));
    };
    let (edition, planned) = match store.find_edition(cadence.word(), occurs_at).await? {
        Some(row) if row.planned_at.is_some() => {
            return Ok(EditionView {
                occurs_at: Some(occurs_at),
                opened: true,
                ..EditionView::empty(cadence)
            });
        }
        Some(row) => (edition_of(&row)?, store.list_planned_recipients(row.id).await?),
        None => (imagine(store, &mut scene, cadence, Occurrence { occurs_at, now }).await?, HashSet::new()),
    };
    view(store, &scene, &edition, &planned).await
}

/// The edition that opening would store, with its items numbered in memory.
async fn imagine(
    store: &Store,
    scene: &mut Scene,
    cadence: Cadence,
    occurrence: Occurrence,
) -> Result<Edition, PipelineError> {
    let (_, last_number) = give_numbers(&mut scene.items, occurrence.now, store.last_number().await?);
    Ok(Edition {
        id: None,
        cadence,
        occurs_at: occurrence.occurs_at,
        now: occurrence.now,
        last_number,
        cap: scene.forum.settings.cap,
        opened_at: None,
    })
}

async fn view(
    store: &Store,
    scene: &Scene,
    edition: &Edition,
    planned: &HashSet<RecipientId>,
) -> Result<EditionView, PipelineError> {
    let todo: Vec<&Recipient> = scene.unplanned(edition, planned).collect();
    let mark = look_back_mark(&scene.items, edition.now);
    let mut view = EditionView {
        occurs_at: Some(edition.occurs_at),
        opened: edition.id.is_some(),
        ..EditionView::empty(edition.cadence)
    };
    for many in todo.chunks(SIFTED) {
        let sifted = scene.sift(edition, many);
        for (batch, sifted) in many.chunks(BATCH).zip(sifted.chunks(BATCH)) {
            let drafts = scene.draft(store, edition, mark, batch, sifted).await?;
            let with_letter = drafts.iter().filter(|d| !d.composed.items.is_empty());
            view.digests.extend(with_letter.map(|d| d.view(scene)));
        }
    }
    view.digests.sort_by(|a, b| a.recipient.cmp(&b.recipient));
    let with: HashSet<&str> = view.digests.iter().map(|d| d.recipient.as_str()).collect();
    view.without_digest = scene
        .recipients
        .iter()
        .filter(|r| is_of(edition.cadence, r) && !planned.contains(&r.id))
        .map(|r| r.email.to_string())
        .filter(|email| !with.contains(email.as_str()))
        .collect();
    view.without_digest.sort();
    Ok(view)
}

/// Whether an active recipient, pausing or not, is one of the cadence's.
pub fn is_of(cadence: Cadence, recipient: &Recipient) -> bool {
    recipient.standing.status == Status::Active
        && (cadence == Cadence::Urgent || recipient.cadence == cadence)
}
