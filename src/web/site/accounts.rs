//! What whoever administers reads and writes: accounts, and the log.

use super::{Reading, Writing};
use crate::forum::EmailAddress;
use crate::ids::AccountId;
use crate::staff::doors;
use crate::store::{AccountChange, AccountChanged, AccountRow, ChangeFilter, ChangeRow, NewAccount};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// Every account that has not ended.
    pub(in crate::web) async fn accounts(&self) -> Result<Vec<AccountRow>, Refusal> {
        Ok(self.store().list_accounts().await?)
    }

    /// Rows of the log, the newest first; at most so many.
    pub(in crate::web) async fn changes(
        &self,
        filter: &ChangeFilter,
        at_most: i64,
    ) -> Result<Vec<ChangeRow>, Refusal> {
        Ok(self.store().list_changes(filter, at_most).await?)
    }
}

impl Writing {
    /// Gives somebody an account and mails them the first link, both or neither; false if the address has one already.
    pub(in crate::web) async fn invite(
        &self,
        staff: &Staff,
        address: &EmailAddress,
        change: &AccountChange<'_>,
    ) -> Result<bool, Refusal> {
        let (store, now, actor) = (&self.0.0.store, self.0.now(), staff.actor());
        let AccountChange { name, rights, groups, organisation, .. } = *change;
        let email = address.as_str();
        let new = NewAccount { email, name, rights, groups, organisation, actor: &actor };
        let times = (change.from_at, change.until_at);
        let mut tx = store.begin().await?;
        if tx.add_account_for(&new, times, now).await?.is_none() {
            tx.undo().await?;
            return Ok(false);
        }
        if let Some(account) = tx.find_account(email).await? {
            doors::invite(&mut tx, &account, staff.forum.settings.language, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Changes what an account may do, if it stands as it was seen; none seen: if it is so already.
    pub(in crate::web) async fn change_account(
        &self,
        staff: &Staff,
        id: AccountId,
        (seen, new): (Option<&AccountChange<'_>>, &AccountChange<'_>),
    ) -> Result<AccountChanged, Refusal> {
        Ok(self.0.0.store.change_account(id, (seen, new), &staff.actor(), self.0.now()).await?)
    }

    /// Forgets an account's password and second factor.
    pub(in crate::web) async fn reset_account(&self, staff: &Staff, id: AccountId) -> Result<(), Refusal> {
        Ok(self.0.0.store.reset_proofs(id, &staff.actor(), self.0.now()).await?)
    }

    /// Ends an account, unless nobody would administer any more.
    pub(in crate::web) async fn end_account(
        &self,
        staff: &Staff,
        id: AccountId,
    ) -> Result<AccountChanged, Refusal> {
        Ok(self.0.0.store.end_account(id, &staff.actor(), self.0.now()).await?)
    }
}
