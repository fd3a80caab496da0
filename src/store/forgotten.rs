//! What forgetting somebody did in the database, as the receipt tells it.

use serde::Serialize;

use super::db::record;
use crate::ids::{DeliveryId, SeatId};

record! {
    /// A seat that the person leaves vacant.
    #[derive(Serialize)]
    pub struct LeftSeat {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// leader, member ...
        pub position: String,
        /// The represented organisation's slug.
        pub represents: String,
    }
}

/// What an erasure did in the database.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ErasedRows {
    /// Roles, interests, muted kinds, legal bases and answers removed.
    pub rows_removed: u64,
    /// Rows of others that name them no more; of drafts that became items what was written goes too.
    pub rows_unnamed: u64,
    /// Letters not sent yet: cancelled.
    pub letters_cancelled: usize,
    /// Letters whose address and greeting were emptied.
    pub letters_emptied: usize,
    /// Letters that were on their way just then; they cannot be called back.
    pub letters_under_way: usize,
    /// Returned mails whose text was removed.
    pub reports_emptied: u64,
    /// Rows of the audit log that were redacted.
    pub changes_redacted: u64,
    /// Seats that stand vacant now.
    pub seats_vacated: Vec<LeftSeat>,
    /// Every letter of the person, for the files that hold it.
    #[serde(skip)]
    pub letters: Vec<DeliveryId>,
}
