//! The templates that an edition was opened with: planning, taking up again and revising use these.

use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Pipeline, PipelineError};
use crate::forum::Colour;
use crate::letter::{Letters, hash_of_piece};
use crate::store::{EditionRow, StoreError, Tx};

/// What an edition's letters read besides its items, as the row keeps it.
#[derive(Serialize, Deserialize)]
struct Inputs {
    /// The hash of the templates among the pieces; none in rows that were made by hand.
    templates: Option<String>,
}

/// Keeps the templates among the pieces; the edition's inputs, which name them.
pub(super) async fn keep_templates(
    tx: &mut Tx,
    letters: &Letters,
    now: DateTime<Utc>,
) -> Result<String, PipelineError> {
    let set = letters.written_set();
    let hash = hash_of_piece(&set);
    tx.insert_pieces(now, &[(hash.clone(), set)]).await?;
    Ok(serde_json::to_string(&Inputs { templates: Some(hash) })?)
}

impl Pipeline {
    /// The running templates in a forum's colour.
    pub(super) fn letters_in(&self, colour: Option<Colour>) -> Result<Arc<Letters>, PipelineError> {
        let Some(colour) = colour else { return Ok(self.letters.clone()) };
        let mut dyed = self.dyed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, letters)) = dyed.as_ref().filter(|(own, _)| *own == colour) {
            return Ok(letters.clone());
        }
        let letters = Arc::new(self.letters.dyed(colour)?);
        *dyed = Some((colour, letters.clone()));
        Ok(letters)
    }

    /// The templates of an opened edition: the running ones, unless it was opened with others.
    pub(super) async fn letters_of(&self, row: &EditionRow) -> Result<Arc<Letters>, PipelineError> {
        let inputs: Inputs = serde_json::from_str(&row.inputs)?;
        let Some(hash) = inputs.templates else { return Ok(self.letters.clone()) };
        let dyed = self.dyed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let running = [Some(self.letters.clone()), dyed.map(|(_, letters)| letters)];
        let is_own = |letters: &Arc<Letters>| hash == hash_of_piece(&letters.written_set());
        if let Some(letters) = running.into_iter().flatten().find(is_own) {
            return Ok(letters);
        }
        let missing = || StoreError::Corrupt { what: "edition's templates", value: hash.clone() };
        let set = self.store.load_pieces(&[&hash]).await?.remove(&hash).ok_or_else(missing)?;
        Ok(Arc::new(Letters::read_set(&set)?))
    }
}
