//! By which organisation's invitation somebody signed up, and how far what is theirs to pass on went in it. A union is never
//! among them: its invitation leaves no row (GDPR, art. 9).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{OrganisationId, RecipientId};

record! {
    /// An invitation by which they came.
    #[derive(Serialize)]
    pub struct CameByRow {
        /// The name of the organisation that invited.
        pub organisation_name: String,
        /// When they confirmed.
        pub came_at: DateTime<Utc>,
    }
}

record! {
    /// How far it went in an organisation. Who counts is who works there and is not erased.
    #[derive(Default, Eq)]
    pub struct OnwardRow {
        /// People who get letters.
        pub receiving: i64,
        /// Those of them who came by its invitation.
        pub invited: i64,
        /// How often an item was meant for a colleague.
        pub passed_on: i64,
        /// By how many people.
        pub passed_on_by: i64,
    }
}

const ONWARD: &str = "SELECT
    (SELECT COUNT(*) FROM recipient r WHERE r.organisation_id = $1 AND r.status = 'active'),
    (SELECT COUNT(DISTINCT c.recipient_id) FROM came_by c JOIN recipient r ON r.id = c.recipient_id
     WHERE c.organisation_id = $1 AND r.organisation_id = $1 AND r.status = 'active' AND c.came_at >= $2),
    (SELECT COUNT(*) FROM passed_on p JOIN recipient r ON r.id = p.recipient_id
     WHERE r.organisation_id = $1 AND r.status = 'active' AND p.said_at >= $3),
    (SELECT COUNT(DISTINCT p.recipient_id) FROM passed_on p JOIN recipient r ON r.id = p.recipient_id
     WHERE r.organisation_id = $1 AND r.status = 'active' AND p.said_at >= $3)";

impl Store {
    /// How far it went in an organisation: who came by its invitation since the first instant, what was passed on since
    /// the second.
    pub async fn count_onward(
        &self,
        organisation: OrganisationId,
        (invited_since, passed_on_since): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<OnwardRow, StoreError> {
        Ok(self.db.get(ONWARD, args![organisation, invited_since, passed_on_since]).await?)
    }
}

impl Tx {
    /// The organisation of that slug, if its invitation may be kept: a union's may not.
    pub(super) async fn find_inviting(&mut self, slug: &str) -> Result<Option<OrganisationId>, StoreError> {
        let inviting = "SELECT id FROM organisation WHERE slug = $1 AND kind <> 'union'";
        let row: Option<One<OrganisationId>> = self.find(inviting, args![slug]).await?;
        Ok(row.map(|One(id)| id))
    }

    /// Keeps that somebody works where they were invited, as far as nothing else is known, and by whose invitation they came,
    /// once and if they work there: it is for nothing but that sum. Whether it is new that they work there.
    pub(super) async fn keep_invitation(
        &mut self,
        now: DateTime<Utc>,
        (recipient, organisation): (RecipientId, OrganisationId),
    ) -> Result<bool, StoreError> {
        let placed = self
            .run(
                "UPDATE recipient SET organisation_id = $2 WHERE id = $1 AND organisation_id IS NULL",
                args![recipient, organisation],
            )
            .await?;
        self.run(
            "INSERT INTO came_by (recipient_id, organisation_id, came_at)
             SELECT r.id, r.organisation_id, CAST($3 AS BIGINT) FROM recipient r
             WHERE r.id = $1 AND r.organisation_id = $2 AND NOT EXISTS
                 (SELECT 1 FROM came_by c WHERE c.recipient_id = r.id AND c.organisation_id = r.organisation_id)",
            args![recipient, organisation, now],
        )
        .await?;
        Ok(placed > 0)
    }

    /// Forgets who came by the invitation of what is a union.
    pub(super) async fn forget_invitations_of_unions(
        &mut self,
        id: OrganisationId,
    ) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM came_by WHERE organisation_id IN (SELECT id FROM organisation WHERE id = $1 AND kind = 'union')",
            args![id],
        )
        .await?;
        Ok(())
    }

    /// The invitations by which somebody came, the first one first.
    pub(super) async fn list_came_by(&mut self, id: RecipientId) -> Result<Vec<CameByRow>, StoreError> {
        let own = "SELECT o.name, c.came_at FROM came_by c JOIN organisation o ON o.id = c.organisation_id
             WHERE c.recipient_id = $1 ORDER BY c.id";
        Ok(self.all(own, args![id]).await?)
    }
}
