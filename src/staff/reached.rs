//! Where those who work at the desk are reached.

use chrono::{DateTime, Utc};

use super::{Right, Rights};
use crate::forum::EmailAddress;
use crate::store::{Store, StoreError};

/// The addresses of those to whom every draft opens at the desk now: who writes for the whole forum; of them those who
/// have the right `also`. Who is bound to an organisation writes nothing. May be empty.
pub async fn list_draft_readers(
    store: &Store,
    also: Option<Right>,
    now: DateTime<Utc>,
) -> Result<Vec<EmailAddress>, StoreError> {
    let mut addresses = Vec::new();
    for account in store.list_accounts().await? {
        let runs = account.from_at.is_none_or(|at| at <= now) && account.until_at.is_none_or(|at| now < at);
        let rights = Rights::read(&account.rights);
        let may = rights.have(Right::Write) && also.is_none_or(|right| rights.have(right));
        let may = may && account.organisation.is_none();
        if runs && may && (rights.have(Right::Send) || store.list_led_groups(account.id).await?.is_empty()) {
            addresses.extend(account.email.parse().ok());
        }
    }
    Ok(addresses)
}
