//! How a place stands: what a page shows of it by one name, and whether days that a change adds are free. Pure.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::store::{PlaceRow, Span};

/// Names what a page shows of a place, SHA-256 in lower-case hex: until when it is there, and who has it from when until
/// when. Pure.
pub fn name_standing(rows: &[PlaceRow]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        let shown = (row.ends_at, row.holding, row.holder, row.held_from, row.held_until);
        hash.update(format!("{shown:?}\n"));
    }
    hex::encode(hash.finalize())
}

/// Somebody else who has the place on days that `span` adds to the holding `own`. What overlaps already is no reason to
/// refuse a change: else two who have it at once could never be parted. Pure.
pub(super) fn find_overlap<'a>(rows: &'a [PlaceRow], own: &PlaceRow, span: Span) -> Option<&'a PlaceRow> {
    let bounds = |(from, until): Span| {
        (from.unwrap_or(DateTime::<Utc>::MIN_UTC), until.unwrap_or(DateTime::<Utc>::MAX_UTC))
    };
    let (old, new) = (bounds((own.held_from, own.held_until)), bounds(span));
    let added = [(new.0, new.1.min(old.0)), (new.0.max(old.1), new.1)];
    let is_other = |row: &&PlaceRow| row.email.is_some() && row.holder != own.holder;
    let overlaps = |row: &&PlaceRow| {
        let theirs = bounds((row.held_from, row.held_until));
        added.iter().any(|days| days.0.max(theirs.0) < days.1.min(theirs.1))
    };
    rows.iter().filter(is_other).find(overlaps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RecipientId, SeatId};

    fn day(day: &str) -> Option<DateTime<Utc>> {
        (!day.is_empty()).then(|| format!("2027-{day}T00:00:00Z").parse().expect("a day"))
    }

    fn held((holding, holder): (i64, i64), from: &str, until: &str) -> PlaceRow {
        PlaceRow {
            seat: SeatId(1),
            group: "health".to_owned(),
            position: "member".to_owned(),
            represents: "nav".to_owned(),
            represents_name: "NAV".to_owned(),
            starts_at: None,
            ends_at: None,
            holding: Some(holding),
            holder: Some(RecipientId(holder)),
            name: None,
            email: Some(format!("{holder}@nav.example")),
            works_at: None,
            status: None,
            held_from: day(from),
            held_until: day(until),
        }
    }

    #[test]
    fn days_that_a_change_adds_must_be_free_and_those_it_takes_away_need_not_be() {
        let rows = [held((1, 1), "", "03-01"), held((2, 2), "03-01", "06-01"), held((3, 1), "06-01", "")];
        let overlaps = |own: usize, from: &str, until: &str| {
            find_overlap(&rows, &rows[own], (day(from), day(until))).and_then(|row| row.holding)
        };
        assert_eq!(overlaps(0, "", "03-02"), Some(2), "a day longer");
        assert_eq!(overlaps(0, "", ""), Some(2), "without an end");
        assert_eq!(overlaps(0, "", "02-01"), None, "shorter");
        assert_eq!(overlaps(1, "02-28", "06-01"), Some(1), "a day earlier");
        assert_eq!(overlaps(1, "03-01", "06-02"), Some(3), "a day later");
        assert_eq!(overlaps(1, "04-01", "05-01"), None);
        assert_eq!(
            overlaps(2, "03-01", ""),
            Some(2),
            "one's own other days are no hindrance, those of others are"
        );
        let twice = [held((1, 1), "", ""), held((2, 2), "", "")];
        let part = find_overlap(&twice, &twice[0], (None, day("03-01")));
        assert_eq!(part, None, "who overlaps already is parted step by step");
    }

    #[test]
    fn what_was_shown_of_a_place_has_another_name_once_anything_of_it_is_different() {
        let rows = [held((2, 2), "03-01", ""), held((1, 1), "", "03-01")];
        let names = [
            name_standing(&rows),
            name_standing(&rows[..1]),
            name_standing(&[held((2, 3), "03-01", ""), rows[1].clone()]),
            name_standing(&[held((2, 2), "03-02", ""), rows[1].clone()]),
            name_standing(&[PlaceRow { ends_at: day("09-01"), ..rows[0].clone() }, rows[1].clone()]),
        ];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(
            names[0],
            name_standing(&[PlaceRow { name: Some("Siri".to_owned()), ..rows[0].clone() }, rows[1].clone()])
        );
    }
}
