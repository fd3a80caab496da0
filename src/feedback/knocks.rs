//! Answering those who asked at a door: of recipients, of newcomers, of the desk. Who stands behind an address is looked up
//! here, where nobody can watch how long it takes.

use chrono::{DateTime, Utc};

use super::{doors, rights, sign_up};
use crate::staff;
use crate::store::{Store, StoreError};

/// Answers what was asked for, one after the other; how many there were.
pub async fn answer_knocks(store: &Store, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut answered = 0;
    while store.has_knock().await? {
        let mut tx = store.begin().await?;
        // Another process answers it just now.
        let Some(knock) = tx.take_knock(now).await? else {
            tx.undo().await?;
            break;
        };
        match knock.purpose.as_str() {
            doors::SIGN_IN => doors::mail_sign_in(&mut tx, &knock, now).await?,
            sign_up::SIGN_UP => sign_up::mail_link_to_confirm(&mut tx, &knock, now).await?,
            staff::doors::AT_THE_DESK => staff::doors::mail_link(&mut tx, &knock, now).await?,
            rights::NEW_ADDRESS => rights::mail_link_to_move(&mut tx, &knock, now).await?,
            other => tracing::error!(knock.purpose = other, "nobody knows what was asked for"),
        }
        tx.commit().await?;
        answered += 1;
    }
    Ok(answered)
}
