//! Writing recipients and organisations in bulk. Who writes also records the change and raises the
//! change number: [`Tx::record_changes`], [`Tx::raise_change_number`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::db::{BATCH, Sql, Tx, args, from_json, record};
use super::error::StoreError;
use crate::ids::{OrganisationId, RecipientId, TermId};
use crate::token::birth_mark;

/// A recipient to be; active and imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecipient {
    /// 128 random bits in lower-case hex.
    pub public_id: String,
    /// In its one spelling.
    pub email: String,
    /// As it stands in greetings.
    pub name: String,
    /// Where they work.
    pub organisation: Option<OrganisationId>,
    /// The language's tag.
    pub language: String,
    /// The cadence's word.
    pub cadence: String,
    /// Admitted without a seat.
    pub admitted: bool,
}

impl NewRecipient {
    /// As [`ADD_RECIPIENTS`] takes it, with the token version that somebody begins with: the links in letters to who had
    /// their number before an older backup was put back open nothing of theirs.
    fn row(&self) -> impl Serialize {
        let NewRecipient { public_id, email, name, organisation, language, cadence, admitted } = self;
        (public_id, email, name, organisation, language, cadence, admitted, birth_mark(public_id))
    }
}

/// What a recipient becomes by an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRecipient {
    /// Who.
    pub id: RecipientId,
    /// As it stands in greetings.
    pub name: String,
    /// Where they work.
    pub organisation: Option<OrganisationId>,
    /// The language's tag.
    pub language: String,
    /// The cadence's word.
    pub cadence: String,
    /// Admitted without a seat.
    pub admitted: bool,
}

impl ChangedRecipient {
    /// As [`CHANGE_RECIPIENTS`] takes it.
    fn row(&self) -> impl Serialize {
        let ChangedRecipient { id, name, organisation, language, cadence, admitted } = self;
        (id, name, organisation, language, cadence, admitted)
    }
}

/// An organisation to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Of itself and of its two terms.
    pub slug: String,
    /// As it calls itself.
    pub name: String,
    /// The slug of its kind.
    pub kind: String,
    /// The names of its terms, as JSON.
    pub term_names: String,
}

impl NewOrganisation {
    /// As [`ADD_TERMS`] and [`ADD_ORGANISATIONS`] take it.
    fn row(&self) -> impl Serialize {
        let NewOrganisation { slug, name, kind, term_names } = self;
        (slug, name, kind, term_names)
    }
}

record! {
    struct CreatedRow {
        id: RecipientId,
        email: String,
    }
}

record! {
    struct CreatedOrganisation {
        id: OrganisationId,
        slug: String,
    }
}

const ADD_RECIPIENTS: Sql = from_json!(
    "INSERT INTO recipient (public_id, email, name, organisation_id, language, cadence, status, admitted,
                            imported, chosen, token_version, revision, watermark, created_at)
     SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2, CAST(e.value ->> 3 AS BIGINT), e.value ->> 4,
            e.value ->> 5, 'active', CAST(e.value ->> 6 AS BOOLEAN), TRUE, '[]', CAST(e.value ->> 7 AS BIGINT), 0,
            $2, $3",
    "RETURNING id, email"
);
const CHANGE_RECIPIENTS: Sql = from_json!(
    "UPDATE recipient SET name = n.name, organisation_id = n.organisation_id, language = n.language,
            cadence = n.cadence, admitted = n.admitted, imported = TRUE, revision = revision + 1,
            watermark = CASE WHEN watermark < $2 THEN watermark ELSE $2 END
     FROM (SELECT CAST(e.value ->> 0 AS BIGINT) AS id, e.value ->> 1 AS name,
                  CAST(e.value ->> 2 AS BIGINT) AS organisation_id, e.value ->> 3 AS language,
                  e.value ->> 4 AS cadence, CAST(e.value ->> 5 AS BOOLEAN) AS admitted",
    ") AS n WHERE recipient.id = n.id"
);
const ADD_TERMS: Sql =
    from_json!("INSERT INTO term (facet, slug, names) SELECT $2, e.value ->> 0, e.value ->> 3", "");
const ADD_ORGANISATIONS: Sql = from_json!(
    "INSERT INTO organisation (slug, name, kind, org_id, represents_id, created_at)
     SELECT e.value ->> 0, e.value ->> 1, e.value ->> 2,
            (SELECT t.id FROM term t WHERE t.facet = 'org' AND t.slug = e.value ->> 0),
            (SELECT t.id FROM term t WHERE t.facet = 'represents' AND t.slug = e.value ->> 0), $2",
    "RETURNING id, slug"
);
const ADD_BASES: Sql = from_json!(
    "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at)
     SELECT CAST(e.value ->> 0 AS BIGINT), e.value ->> 1, e.value ->> 2, $2",
    ""
);
const ADD_ROLES: Sql = from_json!(
    "INSERT INTO recipient_role (recipient_id, role_id, source, started_at)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), $2, $3",
    ""
);
const ADD_FOLLOWS: Sql = from_json!(
    "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), 'follow', $2, $3",
    "WHERE TRUE ON CONFLICT (recipient_id, term_id, mark) WHERE ended_at IS NULL DO NOTHING"
);

impl Tx {
    /// Adds recipients who start 30 days back from `now`; their keys by address.
    pub async fn add_recipients(
        &mut self,
        people: &[NewRecipient],
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, RecipientId>, StoreError> {
        let watermark = self.watermark_30_days_before(now).await?;
        let mut keys = HashMap::with_capacity(people.len());
        for batch in people.chunks(BATCH) {
            let json = serde_json::to_string(&batch.iter().map(NewRecipient::row).collect::<Vec<_>>())?;
            let rows: Vec<CreatedRow> = self.all(ADD_RECIPIENTS, args![json, watermark, now]).await?;
            keys.extend(rows.into_iter().map(|row| (row.email, row.id)));
        }
        Ok(keys)
    }

    /// Gives recipients new values and sets them back to 30 days before `now`.
    pub async fn change_recipients(
        &mut self,
        people: &[ChangedRecipient],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let watermark = self.watermark_30_days_before(now).await?;
        for batch in people.chunks(BATCH) {
            let json = serde_json::to_string(&batch.iter().map(ChangedRecipient::row).collect::<Vec<_>>())?;
            self.run(CHANGE_RECIPIENTS, args![json, watermark]).await?;
        }
        Ok(())
    }

    /// Adds organisations with their `org:` and `represents:` terms; their keys by slug.
    pub async fn add_organisations(
        &mut self,
        organisations: &[NewOrganisation],
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, OrganisationId>, StoreError> {
        let mut keys = HashMap::with_capacity(organisations.len());
        for batch in organisations.chunks(BATCH) {
            let json = serde_json::to_string(&batch.iter().map(NewOrganisation::row).collect::<Vec<_>>())?;
            for facet in ["org", "represents"] {
                self.run(ADD_TERMS, args![&json, facet]).await?;
            }
            let rows: Vec<CreatedOrganisation> = self.all(ADD_ORGANISATIONS, args![json, now]).await?;
            keys.extend(rows.into_iter().map(|row| (row.slug, row.id)));
        }
        Ok(keys)
    }

    /// Gives an organisation a name (with the names of its terms, as JSON) and a kind, and sets
    /// everybody who works there back to 30 days before `now`.
    pub async fn change_organisation(
        &mut self,
        id: OrganisationId,
        name: &str,
        kind: &str,
        names: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run("UPDATE organisation SET name = $2, kind = $3 WHERE id = $1", args![id, name, kind]).await?;
        self.forget_invitations_of_unions(id).await?;
        self.run(
            "UPDATE term SET names = $2
             WHERE id IN (SELECT org_id FROM organisation WHERE id = $1)
                OR id IN (SELECT represents_id FROM organisation WHERE id = $1)",
            args![id, names],
        )
        .await?;
        // Like a topic's: it stands in feeds, and who asks only since when must hear of it.
        self.run("UPDATE forum SET applied_at = $1", args![now]).await?;
        let watermark = self.watermark_30_days_before(now).await?;
        self.run(
            "UPDATE recipient SET revision = revision + 1,
                    watermark = CASE WHEN watermark < $2 THEN watermark ELSE $2 END
             WHERE organisation_id = $1",
            args![id, watermark],
        )
        .await?;
        Ok(())
    }

    /// Records what entitles the forum to keep each person's data: (who, basis, source).
    pub async fn add_legal_bases(
        &mut self,
        bases: &[(RecipientId, &str, &str)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for batch in bases.chunks(BATCH) {
            self.run(ADD_BASES, args![serde_json::to_string(batch)?, now]).await?;
        }
        Ok(())
    }

    /// Gives roles that are not held yet.
    pub async fn add_roles(
        &mut self,
        roles: &[(RecipientId, TermId)],
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for batch in roles.chunks(BATCH) {
            self.run(ADD_ROLES, args![serde_json::to_string(batch)?, source, now]).await?;
        }
        Ok(())
    }

    /// Lets people follow terms; what is followed already stays as it is.
    pub async fn add_follows(
        &mut self,
        follows: &[(RecipientId, TermId)],
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for batch in follows.chunks(BATCH) {
            self.run(ADD_FOLLOWS, args![serde_json::to_string(batch)?, source, now]).await?;
        }
        Ok(())
    }
}
