//! What waits for somebody at the desk: vacant places, letters that may not have arrived. Counted and bounded, so that
//! the page costs the same in a forum of a hundred and of a hundred thousand.

use chrono::{DateTime, Utc};

use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, SeatId};

record! {
    /// A place that nobody has.
    pub struct VacantSeatRow {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// The position's word.
        pub position: String,
        /// The name of the represented organisation.
        pub represents: String,
        /// How many such places there are, those that are not listed included.
        pub all: i64,
    }
}

record! {
    /// A letter of which nobody knows whether it arrived.
    pub struct UncertainRow {
        /// The letter.
        pub delivery: DeliveryId,
        /// Its edition.
        pub edition: EditionId,
        /// Whose: may be empty.
        pub name: String,
        /// And their address; none once they were erased.
        pub email: Option<String>,
        /// Its edition's occurrence.
        pub occurs_at: DateTime<Utc>,
    }
}

record! {
    /// How far a forum has come on its way to its first mailing.
    pub struct BeginningRow {
        /// Somebody at the desk saved the forum's settings, as they were or otherwise.
        pub is_looked_over: bool,
        /// There is a group or a topic.
        pub has_groups: bool,
        /// There is somebody who gets letters.
        pub has_people: bool,
        /// An item was queued.
        pub has_items: bool,
    }
}

/// The log's rows of no person are few until there are letters, and have an index.
macro_rules! settled {
    () => {
        "EXISTS (SELECT 1 FROM change
                 WHERE recipient_id IS NULL AND action IN ('settings.changed', 'settings.kept'))"
    };
}

const BEGINNING: &str = concat!(
    "SELECT ",
    settled!(),
    ",
    EXISTS (SELECT 1 FROM term WHERE facet IN ('group', 'sector')),
    EXISTS (SELECT 1 FROM recipient WHERE status = 'active'),
    EXISTS (SELECT 1 FROM item)"
);

/// Seats that run at `$1` and that nobody has then, and how many there are beside each; of the organisation `$3` alone if
/// one is given.
const VACANT: &str = "SELECT s.id, g.slug, s.position, o.name, COUNT(*) OVER ()
     FROM seat s JOIN term g ON g.id = s.group_id JOIN organisation o ON o.id = s.organisation_id
     WHERE (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1)
       AND NOT EXISTS (SELECT 1 FROM seat_holder h WHERE h.seat_id = s.id
                       AND (h.starts_at IS NULL OR h.starts_at <= $1)
                       AND (h.ends_at IS NULL OR h.ends_at > $1))
       AND o.slug = COALESCE($3, o.slug)
     ORDER BY g.slug, s.position, s.id LIMIT $2";

impl Store {
    /// How far the forum has come; none once letters were written: then there is nothing left to begin.
    pub async fn find_beginning(&self) -> Result<Option<BeginningRow>, StoreError> {
        let One(has_letters) = self.db.get("SELECT EXISTS (SELECT 1 FROM delivery)", args![]).await?;
        if has_letters {
            return Ok(None);
        }
        Ok(Some(self.db.get(BEGINNING, args![]).await?))
    }

    /// Writes down that somebody looked the settings over and left them as they are; once is enough.
    pub async fn note_settings_kept(&self, actor: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let note = concat!(
            "INSERT INTO change (changed_at, actor, action, subject)
             SELECT $1, $2, 'settings.kept', 'forum' WHERE NOT ",
            settled!()
        );
        self.db.run(note, args![now, actor]).await?;
        Ok(())
    }

    /// Places that nobody has at `now`, by group; at most so many, and of one organisation alone if its slug is given.
    pub async fn list_vacant_seats(
        &self,
        now: DateTime<Utc>,
        organisation: Option<&str>,
        at_most: i64,
    ) -> Result<Vec<VacantSeatRow>, StoreError> {
        Ok(self.db.all(VACANT, args![now, at_most, organisation]).await?)
    }

    /// How many letters may not have arrived.
    pub async fn count_uncertain_letters(&self) -> Result<i64, StoreError> {
        let One(number) =
            self.db.get("SELECT COUNT(*) FROM delivery WHERE state = 'uncertain'", args![]).await?;
        Ok(number)
    }

    /// Letters that may not have arrived, the oldest first; at most so many.
    pub async fn list_uncertain_letters(&self, at_most: i64) -> Result<Vec<UncertainRow>, StoreError> {
        let letters = "SELECT d.id, d.edition_id, r.name, r.email, e.occurs_at
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id JOIN edition e ON e.id = d.edition_id
             WHERE d.state = 'uncertain' ORDER BY d.id LIMIT $1";
        Ok(self.db.all(letters, args![at_most]).await?)
    }
}
