//! Who has a place from when until when: seating somebody, ending it, opening a place, taking a person out.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};

/// From when until when; none: since ever, no end set.
pub type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

record! {
    /// A person's own row, as somebody who seats them needs it.
    pub struct SeatableRow {
        /// Their key.
        pub id: RecipientId,
        /// May be empty.
        pub name: String,
        /// The status's word.
        pub status: String,
        /// Whether a basis other than consent is recorded.
        pub has_basis: bool,
        /// The slug of the organisation where they work, as far as that is known.
        pub works_at: Option<String>,
    }
}

record! {
    struct SpanRow {
        seat: SeatId,
        starts_at: Option<DateTime<Utc>>,
        ends_at: Option<DateTime<Utc>>,
    }
}

impl Tx {
    /// Who has an address, to be seated. On PostgreSQL the row stays locked until the transaction ends.
    pub async fn find_seatable(&mut self, address: &str) -> Result<Option<SeatableRow>, StoreError> {
        let seatable = Sql {
            sqlite: "SELECT r.id, r.name, r.status, EXISTS (SELECT 1 FROM legal_basis b WHERE b.recipient_id = r.id
                            AND b.basis <> 'consent' AND b.ended_at IS NULL),
                            (SELECT o.slug FROM organisation o WHERE o.id = r.organisation_id)
                     FROM recipient r WHERE r.email = $1",
            postgres: "SELECT r.id, r.name, r.status, EXISTS (SELECT 1 FROM legal_basis b WHERE b.recipient_id = r.id
                            AND b.basis <> 'consent' AND b.ended_at IS NULL),
                            (SELECT o.slug FROM organisation o WHERE o.id = r.organisation_id)
                     FROM recipient r WHERE r.email = $1 FOR UPDATE",
        };
        Ok(self.find(seatable, args![address]).await?)
    }

    /// Whether somebody has a seat at `at`, or later.
    pub async fn holds_seat_at(
        &mut self,
        seat: SeatId,
        recipient: RecipientId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let held: Option<One<i64>> = self
            .find(
                "SELECT id FROM seat_holder WHERE seat_id = $1 AND recipient_id = $2
                   AND (ends_at IS NULL OR ends_at > $3) LIMIT 1",
                args![seat, recipient, at],
            )
            .await?;
        Ok(held.is_some())
    }

    /// An organisation by its slug.
    pub async fn find_organisation(&mut self, slug: &str) -> Result<Option<OrganisationId>, StoreError> {
        let row: Option<One<OrganisationId>> =
            self.find("SELECT id FROM organisation WHERE slug = $1", args![slug]).await?;
        Ok(row.map(|One(id)| id))
    }

    /// Records that the desk or a command added a recipient.
    pub async fn record_added(
        &mut self,
        (id, basis): (RecipientId, &str),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let after = Some(serde_json::json!({ "legal_basis": basis }));
        let added = Change::of_recipient(actor, "recipient.added", id);
        self.record_change(now, Change { after, ..added }).await
    }

    /// Ends the holding of a seat at `ends_at`; who held it. Who was to begin later does not begin. `now` is real time.
    pub async fn vacate_seat(
        &mut self,
        seat: SeatId,
        ends_at: DateTime<Utc>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<RecipientId>, StoreError> {
        let mut holders: Vec<One<RecipientId>> = self
            .all(
                "DELETE FROM seat_holder WHERE seat_id = $1 AND starts_at >= $2 RETURNING recipient_id",
                args![seat, ends_at],
            )
            .await?;
        holders.extend::<Vec<One<RecipientId>>>(
            self.all(
                "UPDATE seat_holder SET ends_at = $2
                 WHERE seat_id = $1 AND (ends_at IS NULL OR ends_at > $2) RETURNING recipient_id",
                args![seat, ends_at],
            )
            .await?,
        );
        for One(holder) in &holders {
            self.set_back_recipient(*holder, now).await?;
            self.close_questions_of_placeless(*holder, ends_at, now).await?;
            self.forget_named_successors(*holder, ends_at).await?;
            let after = serde_json::json!({ "ends_at": ends_at });
            self.record_seating(now, (actor, "seat.vacated"), seat, Some(*holder), after).await?;
        }
        if !holders.is_empty() {
            self.raise_change_number().await?;
        }
        Ok(holders.into_iter().map(|One(holder)| holder).collect())
    }

    /// Seats somebody; false (and nothing done) if they have or will have that very seat then.
    pub async fn hold_seat(
        &mut self,
        (seat, recipient): (SeatId, RecipientId),
        (from, until): Span,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.holds_seat_at(seat, recipient, from.unwrap_or(now)).await? {
            return Ok(false);
        }
        self.run(
            "INSERT INTO seat_holder (seat_id, recipient_id, starts_at, ends_at, source) VALUES ($1, $2, $3, $4, 'desk')",
            args![seat, recipient, from, until],
        )
        .await?;
        self.set_back_recipient(recipient, now).await?;
        let after = serde_json::json!({ "starts_at": from, "ends_at": until });
        self.record_seating(now, (actor, "seat.taken"), seat, Some(recipient), after).await?;
        self.raise_change_number().await?;
        Ok(true)
    }

    /// Opens one more place, that nobody has.
    pub async fn open_seat(
        &mut self,
        (group, organisation, position): (TermId, OrganisationId, &str),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<SeatId, StoreError> {
        let One(seat): One<SeatId> = self
            .get(
                "INSERT INTO seat (group_id, organisation_id, position, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
                args![group, organisation, position, now],
            )
            .await?;
        let after = serde_json::json!({ "position": position });
        self.record_seating(now, (actor, "seat.opened"), seat, None, after).await?;
        self.raise_change_number().await?;
        Ok(seat)
    }

    /// Says from when until when somebody has a place; false if there is no such holding, or it is so already.
    pub async fn set_holding_span(
        &mut self,
        (seat, holding): (SeatId, i64),
        (from, until): Span,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let before: Option<SpanRow> = self
            .find(
                "SELECT seat_id, starts_at, ends_at FROM seat_holder WHERE id = $1 AND seat_id = $2",
                args![holding, seat],
            )
            .await?;
        let Some(before) = before.filter(|row| (row.starts_at, row.ends_at) != (from, until)) else {
            return Ok(false);
        };
        let One(holder): One<RecipientId> = self
            .get(
                "UPDATE seat_holder SET starts_at = $2, ends_at = $3 WHERE id = $1 RETURNING recipient_id",
                args![holding, from, until],
            )
            .await?;
        self.set_back_recipient(holder, now).await?;
        let change = Change {
            actor,
            action: "seat.term",
            subject: format!("seat:{}", before.seat),
            recipient: Some(holder),
            before: Some(serde_json::json!({ "starts_at": before.starts_at, "ends_at": before.ends_at })),
            after: Some(serde_json::json!({ "starts_at": from, "ends_at": until })),
        };
        self.record_change(now, change).await?;
        self.raise_change_number().await?;
        Ok(true)
    }

    /// Ends a place itself: from `ends_at` on there is none. Who has it loses it then.
    pub async fn close_seat(
        &mut self,
        seat: SeatId,
        ends_at: DateTime<Utc>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let closed = self
            .run(
                "UPDATE seat SET ends_at = $2 WHERE id = $1 AND (ends_at IS NULL OR ends_at > $2)",
                args![seat, ends_at],
            )
            .await?;
        if closed == 0 {
            return Ok(false);
        }
        self.vacate_seat(seat, ends_at, actor, now).await?;
        let after = serde_json::json!({ "ends_at": ends_at });
        self.record_seating(now, (actor, "seat.closed"), seat, None, after).await?;
        self.raise_change_number().await?;
        Ok(true)
    }

    /// Takes a person out: all their places end at `ends_at`, those too that were to begin later, and they are admitted no
    /// more. How many places ended; none (and nothing done) if they are admitted beyond their places and `ends_at` is later
    /// than `now`: an admission ends at once.
    pub async fn take_out(
        &mut self,
        recipient: RecipientId,
        ends_at: DateTime<Utc>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, StoreError> {
        let shut = "UPDATE recipient SET admitted = FALSE WHERE id = $1 AND (admitted = FALSE OR $2)";
        if self.run(shut, args![recipient, ends_at <= now]).await? == 0 {
            return Ok(None);
        }
        let mut seats: Vec<One<SeatId>> = self
            .all(
                "DELETE FROM seat_holder WHERE recipient_id = $1 AND starts_at >= $2 RETURNING seat_id",
                args![recipient, ends_at],
            )
            .await?;
        seats.extend::<Vec<One<SeatId>>>(
            self.all(
                "UPDATE seat_holder SET ends_at = $2
                 WHERE recipient_id = $1 AND (ends_at IS NULL OR ends_at > $2) RETURNING seat_id",
                args![recipient, ends_at],
            )
            .await?,
        );
        for One(seat) in &seats {
            let after = serde_json::json!({ "ends_at": ends_at });
            self.record_seating(now, (actor, "seat.vacated"), *seat, Some(recipient), after).await?;
        }
        self.set_back_recipient(recipient, now).await?;
        self.close_questions(recipient, now).await?;
        self.forget_named_successors(recipient, ends_at).await?;
        let after = Some(serde_json::json!({ "places": seats.len(), "ends_at": ends_at }));
        let taken_out = Change::of_recipient(actor, "recipient.taken_out", recipient);
        self.record_change(now, Change { after, ..taken_out }).await?;
        self.raise_change_number().await?;
        Ok(Some(seats.len()))
    }

    async fn record_seating(
        &mut self,
        now: DateTime<Utc>,
        (actor, action): (&str, &str),
        seat: SeatId,
        recipient: Option<RecipientId>,
        after: serde_json::Value,
    ) -> Result<(), StoreError> {
        let subject = format!("seat:{seat}");
        self.record_change(
            now,
            Change { actor, action, subject, recipient, before: None, after: Some(after) },
        )
        .await
    }
}
