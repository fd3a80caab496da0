//! The templates that an edition was opened with: planning, taking up again and revising use these.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Pipeline, PipelineError};
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
    /// The templates of an opened edition: the running ones, unless it was opened with others.
    pub(super) async fn letters_of(&self, row: &EditionRow) -> Result<Arc<Letters>, PipelineError> {
        let inputs: Inputs = serde_json::from_str(&row.inputs)?;
        let Some(hash) = inputs.templates else { return Ok(self.letters.clone()) };
        if hash == hash_of_piece(&self.letters.written_set()) {
            return Ok(self.letters.clone());
        }
        let missing = || StoreError::Corrupt { what: "edition's templates", value: hash.clone() };
        let set = self.store.load_pieces(&[&hash]).await?.remove(&hash).ok_or_else(missing)?;
        Ok(Arc::new(Letters::read_set(&set)?))
    }
}
