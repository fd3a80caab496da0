//! What an import of people reads first: those of the file who are known already, the places that
//! stand empty, and who asked to be forgotten. A batch per statement, whatever the file's size.

use chrono::{DateTime, Utc};

use super::db::{BATCH, One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::forum::{OrganisationRow, organisations};
use super::union_grounds::SettledGround;
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};

record! {
    /// A recipient whom the file names.
    pub struct KnownPerson {
        /// The key.
        pub id: RecipientId,
        /// In its one spelling.
        pub email: String,
        /// May be empty.
        pub name: String,
        /// Where they work.
        pub organisation: Option<OrganisationId>,
        /// The language's tag.
        pub language: String,
        /// The cadence's word.
        pub cadence: String,
        /// The status's word.
        pub status: String,
        /// Admitted without a seat.
        pub admitted: bool,
        /// A JSON list of what the person chose.
        pub chosen: String,
        /// Whether a basis other than consent is recorded.
        pub has_basis: bool,
    }
}

record! {
    /// A role held, or a term followed or once followed.
    pub struct KnownTerm {
        /// Whose.
        pub recipient: RecipientId,
        /// Which.
        pub term: TermId,
    }
}

record! {
    /// A seat, by all that an import knows of seats.
    pub struct SeatLike {
        /// The seat.
        pub seat: SeatId,
        /// Its group.
        pub group: TermId,
        /// The organisation that it represents.
        pub organisation: OrganisationId,
        /// The position's word.
        pub position: String,
        /// Who holds it; none if it is vacant.
        pub holder: Option<RecipientId>,
    }
}

/// What stands before an import.
#[derive(Debug, Clone, Default)]
pub struct ImportView {
    /// Those whom the file names.
    pub people: Vec<KnownPerson>,
    /// Their roles.
    pub roles: Vec<KnownTerm>,
    /// What they follow, and what they themselves ended following: an import adds neither.
    pub settled_follows: Vec<KnownTerm>,
    /// The seats that they hold now or later.
    pub seats: Vec<SeatLike>,
    /// On what ground they sit for unions, and what they withdrew of it: an import records nothing beside either.
    pub settled_grounds: Vec<SettledGround>,
    /// The seats that nobody holds now or later, by key.
    pub vacant: Vec<SeatLike>,
}

const PEOPLE: Sql = Sql {
    sqlite: "SELECT r.id, r.email, r.name, r.organisation_id, r.language, r.cadence, r.status, r.admitted, r.chosen,
                    EXISTS (SELECT 1 FROM legal_basis b WHERE b.recipient_id = r.id
                            AND b.basis <> 'consent' AND b.ended_at IS NULL)
             FROM recipient r WHERE r.email IN (SELECT value FROM json_each($1)) ORDER BY r.id",
    postgres: "SELECT r.id, r.email, r.name, r.organisation_id, r.language, r.cadence, r.status, r.admitted, r.chosen,
                    EXISTS (SELECT 1 FROM legal_basis b WHERE b.recipient_id = r.id
                            AND b.basis <> 'consent' AND b.ended_at IS NULL)
             FROM recipient r WHERE r.email IN (SELECT json_array_elements_text($1::json)) ORDER BY r.id
             FOR UPDATE",
};
const ROLES: Sql = in_json_keys!(
    "SELECT recipient_id, role_id FROM recipient_role WHERE ended_at IS NULL AND recipient_id",
    ""
);
const SETTLED_FOLLOWS: Sql = in_json_keys!(
    "SELECT DISTINCT recipient_id, term_id FROM interest
     WHERE mark = 'follow' AND (ended_at IS NULL OR ended_by = 'person') AND recipient_id",
    ""
);
const SEATS: Sql = in_json_keys!(
    "SELECT s.id, s.group_id, s.organisation_id, s.position, h.recipient_id
     FROM seat_holder h JOIN seat s ON s.id = h.seat_id
     WHERE (s.ends_at IS NULL OR s.ends_at > $2) AND (h.ends_at IS NULL OR h.ends_at > $2) AND h.recipient_id",
    ""
);
const VACANT: &str =
    "SELECT s.id, s.group_id, s.organisation_id, s.position, CAST(NULL AS BIGINT) FROM seat s
     WHERE (s.ends_at IS NULL OR s.ends_at > $1)
       AND NOT EXISTS (SELECT 1 FROM seat_holder h
                       WHERE h.seat_id = s.id AND (h.ends_at IS NULL OR h.ends_at > $1))
     ORDER BY s.id";

impl Tx {
    /// Every organisation, by slug.
    pub async fn list_organisations(&mut self) -> Result<Vec<OrganisationRow>, StoreError> {
        Ok(self.all(organisations!("ORDER BY slug"), args![]).await?)
    }

    /// Which of these keyed hashes of addresses were erased.
    pub async fn find_erased(&mut self, hashes: &[String]) -> Result<Vec<String>, StoreError> {
        let known = Sql {
            sqlite: "SELECT hash FROM erased_address WHERE hash IN (SELECT value FROM json_each($1))",
            postgres: "SELECT hash FROM erased_address
                       WHERE hash IN (SELECT json_array_elements_text($1::json))",
        };
        let mut found = Vec::new();
        for batch in hashes.chunks(BATCH) {
            let rows: Vec<One<String>> = self.all(known, args![serde_json::to_string(batch)?]).await?;
            found.extend(rows.into_iter().map(|One(hash)| hash));
        }
        Ok(found)
    }

    /// What stands of the people with these addresses, and the seats that are vacant at `now`. On
    /// PostgreSQL their rows stay locked until the transaction ends.
    pub async fn read_before_import(
        &mut self,
        emails: &[&str],
        now: DateTime<Utc>,
    ) -> Result<ImportView, StoreError> {
        let mut view = ImportView { vacant: self.all(VACANT, args![now]).await?, ..ImportView::default() };
        for batch in emails.chunks(BATCH) {
            let people: Vec<KnownPerson> = self.all(PEOPLE, args![serde_json::to_string(batch)?]).await?;
            let ids: Vec<RecipientId> = people.iter().map(|p| p.id).collect();
            let ids = serde_json::to_string(&ids)?;
            view.people.extend(people);
            view.roles.extend(self.all::<KnownTerm>(ROLES, args![&ids]).await?);
            view.settled_follows.extend(self.all::<KnownTerm>(SETTLED_FOLLOWS, args![&ids]).await?);
            view.settled_grounds.extend(self.list_settled_grounds(&ids).await?);
            view.seats.extend(self.all::<SeatLike>(SEATS, args![&ids, now]).await?);
        }
        Ok(view)
    }
}
