//! How staff come in: a link by mail that is good once opens a session in the browser that presses its button.
//!
//! The page that asks for an address looks nobody up, as at the recipients' doors: it only writes down what was asked.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Right, Rights};
use crate::forum::{EmailAddress, Language};
use crate::ids::AccountId;
use crate::letter::{Invited, Notice};
use crate::store::{AccountRow, KnockRow, LinkRow, NewKnock, NewLink, NewNotice, Store, StoreError, Tx};

/// How long a link that was asked for is good.
pub const SIGN_IN_MINUTES: i64 = 10;
/// How long the first link of a new account is good.
pub const INVITED_HOURS: i64 = 48;
/// A session ends when nothing was changed in it for so long.
pub const IDLE_DAYS: i64 = 14;
/// And after so long whatever was done in it.
pub const SESSION_DAYS: i64 = 90;
/// That a session is in use is written down no more often.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(12);
/// What a knock and a link to the desk are called in rows.
pub const AT_THE_DESK: &str = "desk";

/// Until when a session stays open that was opened and last used at these instants.
pub fn session_expires_at(opened_at: DateTime<Utc>, used_at: DateTime<Utc>) -> DateTime<Utc> {
    (used_at + TimeDelta::days(IDLE_DAYS)).min(opened_at + TimeDelta::days(SESSION_DAYS))
}

/// Whether it is to be written down at `now` that a session is in use.
pub fn is_to_be_noted(used_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - used_at >= NOTED_EVERY
}

/// Writes down that somebody asks for the link to the desk; `next` is a path of our own. `now` is real time.
pub async fn ask_for_link(
    store: &Store,
    address: &EmailAddress,
    language: Language,
    next: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let knock = NewKnock {
        purpose: AT_THE_DESK,
        address: address.as_str(),
        language: language.tag(),
        details: serde_json::json!({ "next": next }),
    };
    store.record_knock(now, &knock).await
}

/// A link to whoever has an account; to others nothing.
pub async fn mail_link(tx: &mut Tx, knock: &KnockRow, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(account) = tx.find_account(&knock.address).await? else { return Ok(()) };
    let lasting = TimeDelta::minutes(SIGN_IN_MINUTES);
    let link = make_link(tx, account.id, &next_of(&knock.details), lasting, now).await?;
    let notice = Notice::Desk { link, minutes: SIGN_IN_MINUTES };
    tell(tx, &account, &notice, &knock.language, lasting, now).await
}

/// Mails a new account its first link; the link's row.
pub async fn invite(
    tx: &mut Tx,
    account: &AccountRow,
    language: Language,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let lasting = TimeDelta::hours(INVITED_HOURS);
    let link = make_link(tx, account.id, "", lasting, now).await?;
    let notice = invitation_of(account, Invited { link, hours: INVITED_HOURS });
    tell(tx, account, &notice, language.tag(), lasting, now).await?;
    Ok(link)
}

/// The mail that promises what the account may do, and nothing else.
fn invitation_of(account: &AccountRow, invited: Invited) -> Notice {
    let rights = Rights::read(&account.rights);
    if account.organisation.is_some() {
        Notice::PartnerInvitation(invited)
    } else if [Right::Write, Right::Approve, Right::Send].into_iter().any(|right| rights.have(right)) {
        Notice::DeskInvitation(invited)
    } else if rights.have(Right::Administer) {
        Notice::SettingsInvitation(invited)
    } else {
        Notice::PeopleInvitation(invited)
    }
}

async fn tell(
    tx: &mut Tx,
    account: &AccountRow,
    notice: &Notice,
    language: &str,
    lasting: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (kind, details) = notice.stored();
    let notice = NewNotice {
        kind,
        recipient: None,
        address: account.email.clone(),
        language: account.language.as_deref().unwrap_or(language).to_owned(),
        details,
        due_at: now,
        expires_at: now + lasting,
    };
    tx.queue_notice(now, &notice).await?;
    Ok(())
}

/// A link that opens the desk once, within `lasting`, and leads to `next`; its row.
pub async fn make_link(
    tx: &mut Tx,
    account: AccountId,
    next: &str,
    lasting: TimeDelta,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let link = NewLink {
        purpose: AT_THE_DESK,
        recipient: None,
        account: Some(account),
        address: None,
        details: serde_json::json!({ "next": next }),
        expires_at: now + lasting,
    };
    tx.add_link(now, &link).await
}

/// Whose desk a link opens, if it is such a link.
pub fn account_of(link: &LinkRow) -> Option<AccountId> {
    link.account.filter(|_| link.purpose == AT_THE_DESK)
}

/// Uses a link up: opens a session whose cookie has the hash. The page to come to; none if the link was used.
pub async fn sign_in(
    store: &Store,
    link: &LinkRow,
    (secret_hash, name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let mut tx = store.begin().await?;
    let used = tx.use_link(now, link.id).await?;
    let Some((used, account)) = used.and_then(|used| account_of(&used).map(|account| (used, account))) else {
        return tx.undo().await.map(|()| None);
    };
    tx.open_session(now, account, (secret_hash, name), session_expires_at(now, now)).await?;
    tx.commit().await?;
    Ok(Some(next_of_link(&used)))
}

/// The page that a link leads to; empty if it names none.
pub fn next_of_link(link: &LinkRow) -> String {
    next_of(&link.details)
}

fn next_of(details: &str) -> String {
    let details: serde_json::Value = serde_json::from_str(details).unwrap_or_default();
    details["next"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_lies_idle_and_at_last_in_any_case() {
        let opened_at: DateTime<Utc> = "2027-03-01T08:00:00Z".parse().unwrap();
        let day = |n| opened_at + TimeDelta::days(n);
        assert_eq!(session_expires_at(opened_at, opened_at), day(14));
        assert_eq!(session_expires_at(opened_at, day(10)), day(24));
        assert_eq!(session_expires_at(opened_at, day(80)), day(90));
    }
}
