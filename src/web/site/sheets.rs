//! Files of people, read where that keeps nobody waiting: they are anybody's, and may be large.

use std::sync::Arc;

use super::Reading;
use crate::intake::people::{Chosen, HeadingError, PeopleFile, read_people_file_as};
use crate::intake::sheet::{Sheet, SheetError};
use crate::web::refusal::Refusal;

/// So many files are read at once: each may take hundreds of megabytes.
pub(super) const READ_AT_ONCE: usize = 1;

/// What a file says, or why it says nothing.
type Read = Result<(Sheet, Result<PeopleFile, HeadingError>), SheetError>;

impl Reading {
    /// Reads a file of people. Its turn lasts until it is read, even if nobody waits for it any longer.
    pub(in crate::web) async fn read_people(&self, bytes: &[u8], chosen: &Chosen) -> Result<Read, Refusal> {
        let turn = Arc::clone(&self.0.0.reading).acquire_owned().await;
        let turn = turn.map_err(|error| Refusal::broken(&error))?;
        let (bytes, chosen) = (bytes.to_vec(), chosen.clone());
        let read = move || {
            let _turn = turn;
            read_people_file_as(&bytes, &chosen)
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| Refusal::broken(&error))
    }
}
