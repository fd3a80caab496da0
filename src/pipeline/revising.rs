//! Writing letters anew that lost or changed something before they went, each with what is left of it.

use std::collections::HashMap;

use super::gate::{Batch, Changed, Opened};
use super::ledger::read_reasons;
use super::letters::{LetterWriter, Line, Outline, Written};
use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::ids::{EditionId, ItemId, RecipientId};
use crate::matching::{Because, Reason};
use crate::store::{LetterItem, RevisedLetter, StoreError, again_on_collision};

impl Pipeline {
    /// Writes the changed letters of one edition anew, in the newest versions, and puts all of them in their place at once.
    pub(super) async fn revise_letters(
        &self,
        batch: &Batch<'_>,
        opened: &Opened,
        changed: &[Changed<'_>],
    ) -> Result<(), PipelineError> {
        let masthead = self.masthead(&batch.scene.forum.settings)?;
        let letters = self.letters_of(&opened.row).await?;
        let mut writer = LetterWriter::new(self, &letters, batch.scene, &masthead, &opened.edition).await?;
        let promised: HashMap<RecipientId, _> =
            changed.iter().map(|one| (one.recipient.id, one.promised.clone())).collect();
        let people: Vec<RecipientId> = promised.keys().copied().collect();
        let met = self.store.list_met(&people).await?;
        writer.meet_again(self, promised).await?;
        let mut written = Vec::with_capacity(changed.len());
        for one in changed {
            let is_met = met.contains(&one.recipient.id);
            written.push(self.write_anew(batch, &mut writer, one, is_met).await?);
        }
        self.keep_pieces(writer.take_pieces()).await?;
        // A planner, or whoever approves, may write to the same rows.
        Ok(again_on_collision(|| self.replace_letters(batch, opened.row.id, changed, &written)).await?)
    }

    async fn write_anew(
        &self,
        batch: &Batch<'_>,
        writer: &mut LetterWriter<'_>,
        changed: &Changed<'_>,
        is_met: bool,
    ) -> Result<Written, PipelineError> {
        let (letter, recipient, answer) = (changed.letter, changed.recipient, &changed.answer);
        let kept: Vec<(&LetterItem, &Item, Vec<Reason>)> = batch
            .items_of(letter)
            .filter(|row| answer.kept.iter().any(|kept| kept.item == row.item))
            .filter_map(|row| {
                let item = *batch.by_id.get(&row.item)?;
                Some((row, item, read_reasons(&row.reasons, &batch.scene.forum)))
            })
            .collect();
        let taken = self.store.list_seats_handed_over(letter.edition, recipient.id).await?;
        writer.write(&Outline {
            recipient,
            is_met,
            items: kept
                .iter()
                .map(|(row, item, reasons)| Line {
                    item,
                    because: Because::from_word(&row.because).unwrap_or(Because::Interest),
                    reasons,
                    correction: row.correction,
                    handover: row.seat,
                })
                .collect(),
            carried_over: answer.carried.iter().filter_map(|id| batch.by_id.get(id).copied()).collect(),
            taken: &taken,
        })
    }

    /// One that was armed, ended or revised meanwhile stays as it is.
    async fn replace_letters(
        &self,
        batch: &Batch<'_>,
        edition: EditionId,
        changed: &[Changed<'_>],
        written: &[Written],
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        for (Changed { letter, answer, .. }, anew) in changed.iter().zip(written) {
            let is_as_it_was = |item: ItemId, version: i64| {
                batch.items_of(letter).any(|row| row.item == item && row.version == version)
            };
            let kept = answer.kept.iter().map(|kept| (kept.item, kept.version));
            let versions: Vec<(ItemId, i64)> =
                kept.filter(|(item, version)| !is_as_it_was(*item, *version)).collect();
            let revised = RevisedLetter {
                id: letter.id,
                revision: letter.revision,
                message_id: &anew.message_id,
                letter: &anew.letter,
                returned: &answer.lost,
                versions: &versions,
            };
            if tx.revise_letter(now, &revised).await? {
                tx.set_carried_titles(edition, letter.recipient, &answer.carried).await?;
            }
        }
        tx.commit().await
    }
}
