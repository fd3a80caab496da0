//! What pages ask on behalf of accounts that are bound to an organisation.

use super::{Reading, Writing};
use crate::ids::SeatId;
use crate::intake::places::Successor;
use crate::store::OrganisationRow;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// The organisation of that slug.
    pub(in crate::web) async fn organisation(&self, slug: &str) -> Result<Option<OrganisationRow>, Refusal> {
        Ok(self.store().find_organisation(slug).await?)
    }

    /// Whether an account is bound to an organisation.
    pub(in crate::web) async fn has_partners(&self) -> Result<bool, Refusal> {
        Ok(self.store().has_bound_accounts().await?)
    }
}

impl Writing {
    /// Writes down that who is bound to an organisation named somebody for a place who is not among its people, whatever the
    /// answer: each tells something of an address, which is not kept.
    pub(in crate::web) async fn note_tried(
        &self,
        staff: &Staff,
        seat: SeatId,
        successor: &Successor,
    ) -> Result<(), Refusal> {
        if !staff.reach.is_bound() {
            return Ok(());
        }
        let known = self.reading().find_person(&staff.forum, &successor.address).await?;
        if known.is_some_and(|known| staff.reach.has(&staff.forum, &known.standing)) {
            return Ok(());
        }
        Ok(self.0.0.store.record_place_tried(seat, &staff.actor(), self.0.now()).await?)
    }

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
        let erased = tx.find_erased(&[hash]).await?;
        tx.undo().await?;
        Ok(erased.is_empty())
    }
}
