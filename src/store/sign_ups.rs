//! Signing up on the public page: what a confirmation writes, in one transaction.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::RecipientId;
use crate::token::birth_mark;

/// What somebody confirmed from their own mailbox.
#[derive(Debug, Clone, PartialEq)]
pub struct SignUp<'a> {
    /// In its one spelling.
    pub address: &'a str,
    /// As it stands in greetings; may be empty.
    pub name: &'a str,
    /// Where they work, in their own words; may be empty. Gives no rights.
    pub organisation: &'a str,
    /// The language's tag.
    pub language: &'a str,
    /// For a new row: 128 random bits in lower-case hex.
    pub public_id: &'a str,
    /// The keyed hash of the address: a fresh confirmation outweighs an earlier erasure.
    pub address_hash: &'a str,
    /// Where the data came from, as the first letter tells.
    pub source: &'a str,
    /// The version of the wording.
    pub consent_version: &'a str,
    /// Its SHA-256.
    pub consent_hash: &'a str,
    /// The wording itself; empty if it was not kept.
    pub consent: &'a str,
    /// The slug of the organisation by whose invitation they came, and where they say that they work. A union is not kept.
    pub invited_by: Option<&'a str>,
    /// Facet and slug of what they want to follow.
    pub topics: &'a [(String, String)],
}

record! {
    struct Standing {
        id: RecipientId,
        status: String,
        status_cause: Option<String>,
        chosen: String,
    }
}

record! {
    /// A wording of consent, and how many stand by it.
    pub struct WordingRow {
        /// The version.
        pub version: String,
        /// Word for word; none if it was not kept then.
        pub text: Option<String>,
        /// When somebody first agreed to it.
        pub first_given_at: DateTime<Utc>,
        /// How many agreed to it and have not taken it back.
        pub people: i64,
    }
}

/// Whose address it is. On PostgreSQL whoever just now changes the row is waited for, and whoever was erased by then is not
/// found any more.
const LOCK_BY_ADDRESS: Sql = Sql {
    sqlite: "SELECT id, status, status_cause, chosen FROM recipient WHERE email = $1",
    postgres: "SELECT id, status, status_cause, chosen FROM recipient WHERE email = $1 FOR NO KEY UPDATE",
};

impl Store {
    /// The newest wordings that somebody agreed to, the newest first.
    pub async fn list_wordings(&self, at_most: i64) -> Result<Vec<WordingRow>, StoreError> {
        let wordings = "SELECT c.version, w.text, c.first_given_at, c.people
             FROM (SELECT version, text_hash, MIN(given_at) AS first_given_at,
                          COUNT(*) - COUNT(ended_at) AS people
                   FROM consent GROUP BY version, text_hash) c
             LEFT JOIN wording w ON w.hash = c.text_hash
             ORDER BY c.first_given_at DESC, c.version LIMIT $1";
        Ok(self.db.all(wordings, args![at_most]).await?)
    }
}

impl Tx {
    /// Makes somebody a recipient, or active again, on their own word. Who is new is an outsider: not admitted,
    /// without a seat.
    pub async fn sign_up(&mut self, now: DateTime<Utc>, new: &SignUp<'_>) -> Result<RecipientId, StoreError> {
        let known: Option<Standing> = self.find(LOCK_BY_ADDRESS, args![new.address]).await?;
        let (id, before) = match known {
            Some(known) => (self.revive(now, &known, new).await?, Some(known)),
            None => (self.add_who_signed_up(now, new).await?, None),
        };
        self.run("DELETE FROM erased_address WHERE hash = $1", args![new.address_hash]).await?;
        self.run(
            "INSERT INTO consent (recipient_id, version, text_hash, source, given_at)
             VALUES ($1, $2, $3, 'sign_up', $4)",
            args![id, new.consent_version, new.consent_hash, now],
        )
        .await?;
        self.keep_wording(now, new).await?;
        self.run(
            "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) VALUES ($1, 'consent', $2, $3)",
            args![id, new.source, now],
        )
        .await?;
        self.follow_topics(now, id, new.topics).await?;
        let mut after = serde_json::json!({ "status": "active", "consent": new.consent_version });
        if let Some(slug) = new.invited_by
            && let Some(organisation) = self.find_inviting(slug).await?
            && self.keep_invitation(now, (id, organisation)).await?
        {
            after["organisation"] = slug.into();
        }
        let change = Change {
            before: before.map(|b| serde_json::json!({ "status": b.status, "cause": b.status_cause })),
            after: Some(after),
            ..Change::of_recipient("page", "recipient.signed_up", id)
        };
        self.record_change(now, change).await?;
        self.raise_change_number().await?;
        Ok(id)
    }

    /// Keeps what was agreed to, word for word, the first time that somebody agrees to it.
    async fn keep_wording(&mut self, now: DateTime<Utc>, new: &SignUp<'_>) -> Result<(), StoreError> {
        if !new.consent.is_empty() {
            self.run(
                "INSERT INTO wording (hash, text, first_given_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
                args![new.consent_hash, new.consent, now],
            )
            .await?;
        }
        Ok(())
    }

    async fn add_who_signed_up(
        &mut self,
        now: DateTime<Utc>,
        new: &SignUp<'_>,
    ) -> Result<RecipientId, StoreError> {
        let watermark = self.watermark_30_days_before(now).await?;
        let organisation = Some(new.organisation.to_owned()).filter(|text| !text.is_empty());
        let One(id) = self
            .get(
                "INSERT INTO recipient (public_id, email, name, said_organisation, language, cadence, status,
                                        admitted, imported, chosen, token_version, revision, watermark, created_at)
                 VALUES ($1, $2, $3, $4, $5, 'weekly', 'active', FALSE, FALSE, '[\"language\"]', $8, 0, $6, $7)
                 RETURNING id",
                args![
                    new.public_id,
                    new.address,
                    new.name,
                    organisation,
                    new.language,
                    watermark,
                    now,
                    i64::from(birth_mark(new.public_id))
                ],
            )
            .await?;
        Ok(id)
    }

    /// Bounces before now count no more, and what the lead was asked about them is settled.
    async fn revive(
        &mut self,
        now: DateTime<Utc>,
        known: &Standing,
        new: &SignUp<'_>,
    ) -> Result<RecipientId, StoreError> {
        let mut chosen: Vec<String> = serde_json::from_str(&known.chosen)?;
        if !chosen.iter().any(|choice| choice == "language") {
            chosen.push("language".to_owned());
        }
        self.run(
            "UPDATE recipient SET status = 'active', status_cause = NULL, resumed_at = $2, language = $3, chosen = $4,
                    name = CASE WHEN name = '' THEN $5 ELSE name END
             WHERE id = $1",
            args![known.id, now, new.language, serde_json::to_string(&chosen)?, new.name],
        )
        .await?;
        self.close_questions(known.id, now).await?;
        self.set_back_recipient(known.id, now).await?;
        Ok(known.id)
    }

    async fn follow_topics(
        &mut self,
        now: DateTime<Utc>,
        id: RecipientId,
        topics: &[(String, String)],
    ) -> Result<(), StoreError> {
        for (facet, slug) in topics {
            self.run(
                "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
                 SELECT $1, id, 'follow', 'person', $4 FROM term WHERE facet = $2 AND slug = $3
                 ON CONFLICT (recipient_id, term_id, mark) WHERE ended_at IS NULL DO NOTHING",
                args![id, facet, slug, now],
            )
            .await?;
        }
        Ok(())
    }
}
