//! What a public archive is given, as one file.

use std::sync::Arc;

use super::Writing;
use crate::store::DepositFilter;
use crate::web::deposit::{MOST_BYTES, Press, pack_deposit};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Writing {
    /// Minutes, and whatever is or was required, as a ZIP; none if it is more than one holds. One is made at a time, and a file
    /// of people read meanwhile waits: each may take a hundred megabytes. The log says that it was taken.
    pub(in crate::web) async fn take_deposit(&self, staff: &Staff) -> Result<Option<Vec<u8>>, Refusal> {
        let site = &self.0.0;
        let turn = Arc::clone(&site.reading).acquire_owned().await;
        let _turn = turn.map_err(|error| Refusal::broken(&error))?;
        let filter = DepositFilter { now: self.0.now(), ..DepositFilter::default() };
        let press = Press::of(&site.templates, &site.locales);
        let packed = pack_deposit((&site.store, &staff.forum, &press), &filter, MOST_BYTES).await;
        let Some((index, bytes)) = packed.map_err(|error| Refusal::broken(&error))? else { return Ok(None) };
        site.store.record_deposit(index.items(), &staff.actor(), self.0.now()).await?;
        Ok(Some(bytes))
    }
}
