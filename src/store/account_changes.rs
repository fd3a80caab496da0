//! An account is changed, or ends: what somebody else did since is seen behind the lock, and somebody always administers.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::accounts::{AccountRow, LED_GROUPS, accounts};
use super::db::{One, Tx, args};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{AccountId, OrganisationId};

/// What an account becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange<'a> {
    /// As they are called.
    pub name: &'a str,
    /// Rights' words, as JSON.
    pub rights: &'a str,
    /// Slugs of the groups that they write for.
    pub groups: &'a [String],
    /// See [`AccountRow::organisation`].
    pub organisation: Option<OrganisationId>,
    /// See [`AccountRow::from_at`].
    pub from_at: Option<DateTime<Utc>>,
    /// See [`AccountRow::until_at`].
    pub until_at: Option<DateTime<Utc>>,
}

impl<'a> AccountChange<'a> {
    /// What an account is that stands so and writes for these groups.
    pub fn of(row: &'a AccountRow, groups: &'a [String]) -> AccountChange<'a> {
        let AccountRow { name, rights, organisation, from_at, until_at, .. } = row;
        AccountChange {
            name,
            rights,
            groups,
            organisation: *organisation,
            from_at: *from_at,
            until_at: *until_at,
        }
    }

    /// Whether both are the same, in whichever order they name rights and groups.
    fn says_all_of(&self, other: &AccountChange<'_>) -> bool {
        let [own, others]: [BTreeSet<&String>; 2] =
            [self.groups, other.groups].map(|groups| groups.iter().collect());
        let alike = AccountChange { groups: self.groups, rights: self.rights, ..other.clone() };
        own == others && alike == *self && gives_the_same(self.rights, other.rights)
    }

    /// Whether it administers at `now` and without an end.
    fn goes_on_administering(&self, now: DateTime<Utc>) -> bool {
        self.rights.contains(ADMINISTER)
            && self.until_at.is_none()
            && self.from_at.is_none_or(|begun_at| begun_at <= now)
    }
}

/// Whether these words, as JSON, are the same rights in whichever order.
fn gives_the_same(some: &str, others: &str) -> bool {
    let read = |rights: &str| serde_json::from_str::<BTreeSet<String>>(rights).ok();
    some == others || read(some).is_some_and(|rights| read(others) == Some(rights))
}

/// What became of a change to an account, or of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChanged {
    /// It is done.
    Done,
    /// There is no such account, or no more.
    Unknown,
    /// It stands otherwise than it was seen.
    Overtaken,
    /// Nobody else administers, now and without an end.
    Last,
}

/// The right to give and take accounts, as it stands among rights' words.
const ADMINISTER: &str = r#""administer""#;

/// Who administers at an instant and without an end.
const GO_ON_ADMINISTERING: &str = r#"SELECT id FROM account
    WHERE ended_at IS NULL AND until_at IS NULL AND (from_at IS NULL OR from_at <= $1) AND rights LIKE '%"administer"%'"#;

impl Tx {
    /// An account as it stands, and the groups that it writes for; none if it has ended.
    async fn find_standing(
        &mut self,
        id: AccountId,
    ) -> Result<Option<(AccountRow, Vec<String>)>, StoreError> {
        let Some(row) = self.find(accounts!("AND id = $1"), args![id]).await? else { return Ok(None) };
        let groups: Vec<One<String>> = self.all(LED_GROUPS, args![id]).await?;
        Ok(Some((row, groups.into_iter().map(|One(slug)| slug).collect())))
    }

    /// Whether an account is the only one that administers at `now` and without an end.
    async fn is_last_to_administer(&mut self, id: AccountId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let rows: Vec<One<AccountId>> = self.all(GO_ON_ADMINISTERING, args![now]).await?;
        Ok(matches!(rows.as_slice(), [One(only)] if *only == id))
    }

    /// See [`Store::change_account`].
    async fn change_standing(
        &mut self,
        id: AccountId,
        (seen, new): (Option<&AccountChange<'_>>, &AccountChange<'_>),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<AccountChanged, StoreError> {
        let Some((row, groups)) = self.find_standing(id).await? else { return Ok(AccountChanged::Unknown) };
        if !new.goes_on_administering(now) && self.is_last_to_administer(id, now).await? {
            return Ok(AccountChanged::Last);
        }
        let standing = AccountChange::of(&row, &groups);
        if new.says_all_of(&standing) {
            return Ok(AccountChanged::Done);
        }
        if !seen.is_some_and(|seen| seen.says_all_of(&standing)) {
            return Ok(AccountChanged::Overtaken);
        }
        self.run(
            "UPDATE account SET name = $2, rights = $3, from_at = $4, until_at = $5, organisation_id = $6
             WHERE id = $1 AND ended_at IS NULL",
            args![id, new.name, new.rights, new.from_at, new.until_at, new.organisation],
        )
        .await?;
        self.set_led_groups(id, new.groups).await?;
        let rights: serde_json::Value = serde_json::from_str(new.rights)?;
        let after = serde_json::json!({
            "rights": rights, "groups": new.groups, "organisation": new.organisation,
            "from_at": new.from_at, "until_at": new.until_at,
        });
        self.record_account(now, actor, "account.changed", id, Some(after)).await?;
        Ok(AccountChanged::Done)
    }

    /// See [`Store::end_account`].
    async fn end_standing(
        &mut self,
        id: AccountId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<AccountChanged, StoreError> {
        if self.is_last_to_administer(id, now).await? {
            return Ok(AccountChanged::Last);
        }
        let ended = self
            .run(
                "UPDATE account SET email = $2, name = '', rights = '[]', ended_at = $3, password_hash = NULL,
                        totp_secret = NULL, totp_pending = NULL, organisation_id = NULL
                 WHERE id = $1 AND ended_at IS NULL",
                args![id, format!("ended:{id}"), now],
            )
            .await?;
        if ended == 0 {
            return Ok(AccountChanged::Unknown);
        }
        for table in [
            "DELETE FROM account_group WHERE account_id = $1",
            "DELETE FROM staff_session WHERE account_id = $1",
            "DELETE FROM recovery_code WHERE account_id = $1",
            "DELETE FROM mail_link WHERE account_id = $1",
        ] {
            self.run(table, args![id]).await?;
        }
        self.forget_identities(id).await?;
        self.record_account(now, actor, "account.ended", id, None).await?;
        Ok(AccountChanged::Done)
    }

    /// Makes durable what is done; where nothing is, the forum's lock goes at once.
    async fn close_account_change(self, changed: AccountChanged) -> Result<AccountChanged, StoreError> {
        match changed {
            AccountChanged::Done => self.commit().await?,
            _ => self.undo().await?,
        }
        Ok(changed)
    }
}

impl Store {
    /// Changes what an account may do, if it stands as it was seen; its sessions know at once. Done it is, too, and nothing
    /// written down, if it stands so already. Not if nobody would administer any more. `now` is real time.
    pub async fn change_account(
        &self,
        id: AccountId,
        (seen, new): (Option<&AccountChange<'_>>, &AccountChange<'_>),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<AccountChanged, StoreError> {
        let mut tx = self.begin().await?;
        // Who changes or ends one at the same time waits, whichever it is.
        tx.lock_forum().await?;
        let changed = tx.change_standing(id, (seen, new), actor, now).await?;
        tx.close_account_change(changed).await
    }

    /// Ends an account: address, name, rights, sessions and links go, the number stays, so that what they did is still
    /// told apart. Not if nobody would administer any more. `now` is real time.
    pub async fn end_account(
        &self,
        id: AccountId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<AccountChanged, StoreError> {
        let mut tx = self.begin().await?;
        // Who changes or ends one at the same time waits, whichever it is.
        tx.lock_forum().await?;
        let ended = tx.end_standing(id, actor, now).await?;
        tx.close_account_change(ended).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_the_same_in_whichever_order_they_are_named() {
        assert!(gives_the_same(r#"["write","people"]"#, r#"["people", "write"]"#));
        assert!(!gives_the_same(r#"["write","people"]"#, r#"["people"]"#));
        assert!(!gives_the_same("", "[]"), "what cannot be read is the same as itself alone");
    }
}
