//! Looking into the mails of the inbox at the desk: what was written down opens them for a while, as at the mailing desk.

use super::mailing::VIEW_LASTS;
use super::{Reading, Writing};
use crate::ids::RecipientId;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

/// Whose a mail in the inbox is.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) enum Whose {
    /// A recipient's.
    Recipient(RecipientId),
    /// Somebody's who is no recipient, as whoever works at the desk: the short mail of that number.
    Other(i64),
}

impl Reading {
    /// Whether it was written down a short while ago that the account looks into such mail.
    pub(in crate::web) async fn has_looked_into(&self, staff: &Staff, whose: Whose) -> Result<bool, Refusal> {
        let since = self.0.now() - VIEW_LASTS;
        match whose {
            Whose::Recipient(id) => self.has_viewed(staff, id).await,
            Whose::Other(note) => Ok(self.store().has_viewed_note(&staff.actor(), note, since).await?),
        }
    }
}

impl Writing {
    /// Writes that down.
    pub(in crate::web) async fn note_looking_into(&self, staff: &Staff, whose: Whose) -> Result<(), Refusal> {
        match whose {
            Whose::Recipient(id) => self.record_view(staff, id).await,
            Whose::Other(note) => {
                Ok(self.0.0.store.record_note_view(self.0.now(), &staff.actor(), note).await?)
            }
        }
    }
}
