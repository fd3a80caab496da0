//! What waits: domains that asked us to slow down, editions that were paused, letters put off.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::claims::keep_claimed;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use super::outbox::DeliveryState;
use crate::ids::{DeliveryId, EditionId};

record! {
    /// A recipients' domain that asked us to slow down.
    pub struct DomainPaceRow {
        /// In lower case, as addresses spell it.
        pub domain: String,
        /// How many replies in a row asked for it, since the last other reply or the last pause.
        pub in_a_row: i64,
        /// No letter goes there before (real time).
        pub paused_until: Option<DateTime<Utc>>,
    }
}

record! {
    /// A letter of an edition that got a final reply.
    pub struct FinalReply {
        /// Accepted or rejected.
        pub state: DeliveryState,
        /// What the relay said.
        pub reply: String,
    }
}

/// Why an edition is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseCause {
    /// Too many of its first letters were refused by policy.
    Policy,
    /// Somebody said so.
    Hand,
}

impl PauseCause {
    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            PauseCause::Policy => "policy",
            PauseCause::Hand => "hand",
        }
    }
}

const POSTPONE: Sql = Sql {
    sqlite: "UPDATE delivery SET next_attempt_at = v.next_at
             FROM (SELECT json_extract(value, '$[0]') AS moved_id, json_extract(value, '$[1]') AS next_at
                   FROM json_each($1)) AS v
             WHERE delivery.id = v.moved_id AND delivery.state IN ('queued', 'deferred')",
    postgres: "UPDATE delivery SET next_attempt_at = v.next_at, claimed_by = NULL, claimed_until = NULL
             FROM (SELECT (value->>0)::bigint AS moved_id, (value->>1)::bigint AS next_at
                   FROM json_array_elements($1::json)) AS v
             WHERE delivery.id = v.moved_id AND delivery.claimed_by = $2
               AND delivery.state IN ('queued', 'deferred')",
};

const EDITIONS_OF: Sql =
    in_json_keys!("SELECT DISTINCT edition_id FROM delivery WHERE id", " ORDER BY edition_id");

impl Tx {
    /// Puts off letters that `who` has claimed and not armed: they are due again at the instants given
    /// (real time), unclaimed, in the same state; no attempt is counted. Like a claim this promises nothing.
    pub async fn postpone_claimed(
        &mut self,
        who: &str,
        letters: &[(DeliveryId, DateTime<Utc>)],
    ) -> Result<u64, StoreError> {
        let letters = keep_claimed(self.claims(), who, letters, |(id, _)| *id);
        let rows: Vec<_> = letters.iter().map(|(id, at)| (id, at.timestamp_micros())).collect();
        let count = self.run(POSTPONE, args![serde_json::to_string(&rows)?, who]).await?;
        self.end_claims(letters.iter().map(|(id, _)| *id));
        Ok(count)
    }

    /// Keeps how a domain stands. Of two pauses that workers begin the later end holds; `now` is real time.
    pub async fn keep_domain_pace(
        &mut self,
        now: DateTime<Utc>,
        row: &DomainPaceRow,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO domain_pace (domain, in_a_row, paused_until) VALUES ($1, $2, $3)
             ON CONFLICT (domain) DO UPDATE SET in_a_row = excluded.in_a_row,
                paused_until = CASE WHEN excluded.paused_until IS NULL
                                      OR domain_pace.paused_until > excluded.paused_until
                                    THEN domain_pace.paused_until ELSE excluded.paused_until END",
            args![&row.domain, row.in_a_row, row.paused_until],
        )
        .await?;
        let Some(until) = row.paused_until else { return Ok(()) };
        let change = Change {
            actor: "worker",
            action: "domain.paused",
            subject: format!("domain:{}", row.domain),
            after: Some(serde_json::json!({ "paused_until": until })),
            ..Change::default()
        };
        self.record_change(now, change).await
    }

    /// Forgets a domain that goes on as any other; not while a worker's pause of it lasts.
    pub async fn forget_domain_pace(&mut self, now: DateTime<Utc>, domain: &str) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM domain_pace WHERE domain = $1 AND (paused_until IS NULL OR paused_until <= $2)",
            args![domain, now],
        )
        .await?;
        Ok(())
    }

    /// The editions of letters, those whose first letters are not judged yet.
    pub async fn list_unjudged_editions(
        &mut self,
        letters: &[DeliveryId],
    ) -> Result<Vec<EditionId>, StoreError> {
        let ids: Vec<One<EditionId>> = self.all(EDITIONS_OF, args![serde_json::to_string(letters)?]).await?;
        let mut unjudged = Vec::new();
        for One(id) in ids {
            let One(is_judged): One<bool> =
                self.get("SELECT is_judged FROM edition WHERE id = $1", args![id]).await?;
            if !is_judged {
                unjudged.push(id);
            }
        }
        Ok(unjudged)
    }

    /// The edition of a letter, unless an alert of that kind was ever raised for it.
    pub async fn find_edition_never_alerted(
        &mut self,
        letter: DeliveryId,
        alert: &str,
    ) -> Result<Option<EditionId>, StoreError> {
        let found = self
            .find(
                "SELECT d.edition_id FROM delivery d
                 WHERE d.id = $1 AND NOT EXISTS
                    (SELECT 1 FROM alert a WHERE a.kind = $2
                       AND a.subject = 'edition:' || CAST(d.edition_id AS TEXT))",
                args![letter, alert],
            )
            .await?;
        Ok(found.map(|One(edition)| edition))
    }

    /// The first `at_most` letters of an edition that got a final reply, in the order in which the relay gave it.
    pub async fn list_first_replies(
        &mut self,
        edition: EditionId,
        at_most: usize,
    ) -> Result<Vec<FinalReply>, StoreError> {
        Ok(self
            .all(
                "SELECT state, COALESCE(reply, '') FROM delivery
                 WHERE edition_id = $1 AND state IN ('accepted', 'rejected') AND settled_at IS NOT NULL
                 ORDER BY settled_at, id LIMIT $2",
                args![edition, at_most as i64],
            )
            .await?)
    }

    /// Notes that an edition's first letters were judged: they never pause it again.
    pub async fn close_judgement(&mut self, edition: EditionId) -> Result<(), StoreError> {
        self.run("UPDATE edition SET is_judged = TRUE WHERE id = $1", args![edition]).await?;
        Ok(())
    }

    /// Pauses an edition: nothing more of it is claimed or armed. False if it is paused already.
    pub async fn pause_edition(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        edition: EditionId,
        cause: PauseCause,
    ) -> Result<bool, StoreError> {
        let paused = self
            .run(
                "UPDATE edition SET paused_at = $2, paused_because = $3 WHERE id = $1 AND paused_at IS NULL",
                args![edition, now, cause.word()],
            )
            .await?;
        if paused > 0 {
            let after = serde_json::json!({ "because": cause.word() });
            self.record_pause(now, actor, "edition.paused", edition, Some(after)).await?;
        }
        Ok(paused > 0)
    }

    /// Lets a paused edition go on. False if it is not paused.
    pub async fn resume_edition(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        edition: EditionId,
    ) -> Result<bool, StoreError> {
        let resumed = self
            .run(
                "UPDATE edition SET paused_at = NULL, paused_because = NULL
                 WHERE id = $1 AND paused_at IS NOT NULL",
                args![edition],
            )
            .await?;
        if resumed > 0 {
            self.record_pause(now, actor, "edition.resumed", edition, None).await?;
        }
        Ok(resumed > 0)
    }

    async fn record_pause(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        action: &str,
        edition: EditionId,
        after: Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        let subject = format!("edition:{edition}");
        self.record_change(now, Change { actor, action, subject, after, ..Change::default() }).await
    }
}

impl Store {
    /// Every domain that asked us to slow down, by name.
    pub async fn list_domain_paces(&self) -> Result<Vec<DomainPaceRow>, StoreError> {
        Ok(self
            .db
            .all("SELECT domain, in_a_row, paused_until FROM domain_pace ORDER BY domain", vec![])
            .await?)
    }

    /// How many letters of an edition wait: queued or deferred.
    pub async fn count_waiting(&self, edition: EditionId) -> Result<i64, StoreError> {
        let One(number) = self
            .db
            .get(
                "SELECT COUNT(*) FROM delivery WHERE edition_id = $1 AND state IN ('queued', 'deferred')",
                args![edition],
            )
            .await?;
        Ok(number)
    }
}
