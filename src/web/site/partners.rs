//! What pages ask on behalf of accounts that are bound to an organisation.

use super::{Reading, Writing};
use crate::intake::places::Successor;
use crate::store::OrganisationRow;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// The organisation of that slug.
    pub(in crate::web) async fn organisation(&self, slug: &str) -> Result<Option<OrganisationRow>, Refusal> {
        Ok(self.organisations().await?.into_iter().find(|row| row.slug == slug))
    }
}

impl Writing {
    /// Whether the account may give somebody a place: to whom it may see, and to who is new here. To who is bound to an
    /// organisation an address that was to be forgotten is like any other that is not theirs to use.
    pub(in crate::web) async fn may_seat(
        &self,
        staff: &Staff,
        successor: &Successor,
    ) -> Result<bool, Refusal> {
        if !staff.reach.is_bound() {
            return Ok(true);
        }
        if let Some(known) = self.reading().find_person(&staff.forum, &successor.address).await? {
            return Ok(staff.reach.has(&staff.forum, &known.standing));
        }
        let hash = self.0.0.keys.address_hash(successor.address.as_str());
        let mut tx = self.0.0.store.begin().await?;
        Ok(tx.find_erased(&[hash]).await?.is_empty())
    }
}
