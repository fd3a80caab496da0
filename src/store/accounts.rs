//! Accounts of staff: whoever works at the desk. Rights come from here, never from a seat or an import.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::seating::Span;
use crate::ids::{AccountId, OrganisationId};

record! {
    /// Somebody who works at the desk.
    pub struct AccountRow {
        /// The key.
        pub id: AccountId,
        /// Where links go.
        pub email: String,
        /// As they are called.
        pub name: String,
        /// Rights' words, as JSON.
        pub rights: String,
        /// The language's tag; none: what the browser prefers.
        pub language: Option<String>,
        /// Real time.
        pub created_at: DateTime<Utc>,
        /// In force from here; none: since ever (real time).
        pub from_at: Option<DateTime<Utc>>,
        /// In force to here; none: without an end (real time).
        pub until_at: Option<DateTime<Utc>>,
        /// The one organisation whose people they see; none: everybody's.
        pub organisation: Option<OrganisationId>,
    }
}

/// The columns of [`AccountRow`], of accounts that have not ended, before what else is asked.
macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, rights, language, created_at, from_at, until_at, organisation_id
             FROM account WHERE ended_at IS NULL ",
            $rest
        )
    };
}

pub(super) use accounts;

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount<'a> {
    /// Where links go.
    pub email: &'a str,
    /// As they are called.
    pub name: &'a str,
    /// Rights' words, as JSON.
    pub rights: &'a str,
    /// Slugs of the groups that they write for.
    pub groups: &'a [String],
    /// See [`AccountRow::organisation`].
    pub organisation: Option<OrganisationId>,
    /// Who makes it.
    pub actor: &'a str,
}

/// What the first lead may do: everything.
const EVERY_RIGHT: &str = r#"["write","approve","send","people","administer"]"#;

/// Slugs of the groups that an account writes for.
pub(super) const LED_GROUPS: &str = "SELECT t.slug FROM account_group g JOIN term t ON t.id = g.group_id
     WHERE g.account_id = $1 ORDER BY t.slug";

impl Tx {
    /// Adds an account that is in force in that time alone; none if the address has one already. `now` is real time.
    pub async fn add_account_for(
        &mut self,
        new: &NewAccount<'_>,
        (from_at, until_at): Span,
        now: DateTime<Utc>,
    ) -> Result<Option<AccountId>, StoreError> {
        let added: Option<One<AccountId>> = self
            .find(
                "INSERT INTO account (email, name, rights, organisation_id, created_at, from_at, until_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING RETURNING id",
                args![new.email, new.name, new.rights, new.organisation, now, from_at, until_at],
            )
            .await?;
        let Some(One(id)) = added else { return Ok(None) };
        self.set_led_groups(id, new.groups).await?;
        let rights: serde_json::Value = serde_json::from_str(new.rights)?;
        let after = serde_json::json!({
            "rights": rights, "groups": new.groups, "organisation": new.organisation,
            "from_at": from_at, "until_at": until_at,
        });
        self.record_account(now, new.actor, "account.added", id, Some(after)).await?;
        Ok(Some(id))
    }

    /// The account that an address signs in to.
    pub async fn find_account(&mut self, email: &str) -> Result<Option<AccountRow>, StoreError> {
        Ok(self.find(accounts!("AND email = $1"), args![email]).await?)
    }

    /// Appends to the audit log what became of an account.
    pub(super) async fn record_account(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        action: &str,
        id: AccountId,
        after: Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        let change =
            Change { actor, action, subject: format!("account:{id}"), recipient: None, before: None, after };
        self.record_change(now, change).await
    }

    /// The groups that an account writes for are these from now on.
    pub(super) async fn set_led_groups(
        &mut self,
        id: AccountId,
        groups: &[String],
    ) -> Result<(), StoreError> {
        self.run("DELETE FROM account_group WHERE account_id = $1", args![id]).await?;
        for slug in groups {
            self.run(
                "INSERT INTO account_group (account_id, group_id)
                 SELECT CAST($1 AS BIGINT), id FROM term WHERE facet = 'group' AND slug = $2",
                args![id, slug],
            )
            .await?;
        }
        Ok(())
    }
}

impl Store {
    /// How many accounts there are.
    pub async fn count_accounts(&self) -> Result<i64, StoreError> {
        let One(number) = self.db.get("SELECT COUNT(*) FROM account WHERE ended_at IS NULL", args![]).await?;
        Ok(number)
    }

    /// The addresses of the accounts in force at `now` that have a right, by its word, the first account first; of those
    /// alone that are bound to no organisation. `now` is real time.
    pub async fn list_lead_addresses(
        &self,
        right: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let addresses = r#"SELECT email FROM account
             WHERE ended_at IS NULL AND organisation_id IS NULL
               AND (from_at IS NULL OR from_at <= $2) AND (until_at IS NULL OR until_at > $2)
               AND rights LIKE '%"' || $1 || '"%' ORDER BY id"#;
        let rows: Vec<One<String>> = self.db.all(addresses, args![right, now]).await?;
        Ok(rows.into_iter().map(|One(email)| email).collect())
    }

    /// The language that the holder of an address reads in: as their account says, else as their letters are written; none
    /// if neither is known. A tag.
    pub async fn find_language_of(&self, address: &str) -> Result<Option<String>, StoreError> {
        let language = "SELECT COALESCE(
                (SELECT MIN(language) FROM account WHERE email = $1 AND ended_at IS NULL),
                (SELECT MIN(language) FROM recipient WHERE email = $1))";
        let One(tag): One<Option<String>> = self.db.get(language, args![address]).await?;
        Ok(tag)
    }

    /// Every account that has not ended, the first one first.
    pub async fn list_accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        Ok(self.db.all(accounts!("ORDER BY id"), args![]).await?)
    }

    /// Whether an account is bound to an organisation.
    pub async fn has_bound_accounts(&self) -> Result<bool, StoreError> {
        let bound =
            "SELECT EXISTS (SELECT 1 FROM account WHERE organisation_id IS NOT NULL AND ended_at IS NULL)";
        let One(has) = self.db.get(bound, args![]).await?;
        Ok(has)
    }

    /// Slugs of the groups that an account writes for.
    pub async fn list_led_groups(&self, id: AccountId) -> Result<Vec<String>, StoreError> {
        let rows: Vec<One<String>> = self.db.all(LED_GROUPS, args![id]).await?;
        Ok(rows.into_iter().map(|One(slug)| slug).collect())
    }

    /// Adds an account; none if the address has one already. `now` is real time.
    pub async fn add_account(
        &self,
        new: &NewAccount<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<AccountId>, StoreError> {
        let mut tx = self.begin().await?;
        let added = tx.add_account_for(new, (None, None), now).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Adds an account with every right; false if the address has one already.
    pub async fn add_lead(&self, email: &str, name: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (rights, actor) = (EVERY_RIGHT, "command");
        let new = NewAccount { email, name, rights, groups: &[], organisation: None, actor };
        Ok(self.add_account(&new, now).await?.is_some())
    }

    /// Says in which language the desk speaks to an account; none: as the browser prefers.
    pub async fn set_account_language(
        &self,
        id: AccountId,
        language: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run("UPDATE account SET language = $2 WHERE id = $1", args![id, language]).await?;
        let after = Some(serde_json::json!({ "language": language }));
        tx.record_account(now, &format!("account:{id}"), "account.language", id, after).await?;
        tx.commit().await?;
        Ok(())
    }
}
