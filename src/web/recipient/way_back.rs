//! Who has left: that they have, and how to get letters again, on the pages where one looks for it.

use serde::Serialize;

use crate::forum::{Recipient, Status};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;

/// The way back of somebody who has left.
#[derive(Serialize)]
pub(in crate::web) struct WayBack {
    /// Where one press brings letters back; none where only signing up anew does.
    undo: Option<String>,
}

impl WayBack {
    /// None for who has not left.
    pub(in crate::web) async fn of(
        reading: &Reading,
        person: &Recipient,
    ) -> Result<Option<WayBack>, Refusal> {
        if person.standing.status != Status::Unsubscribed {
            return Ok(None);
        }
        let has_way_back = reading.has_way_back(person.id).await?;
        let unsubscribe = reading.0.unsubscribe_path(person.id).await?;
        Ok(Some(WayBack { undo: has_way_back.then(|| format!("{unsubscribe}/undo")) }))
    }
}
