//! What several of these pages say: places with their days, people by name, what was just done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::forum::{EmailAddress, Facet, OrganisationKind, Position, Status, Term};
use crate::ids::SeatId;
use crate::store::{PlaceRow, Span};
use crate::web::calling::call;
use crate::web::choice::Choice;
use crate::web::days::begin_of;
pub(super) use crate::web::days::span_of;
use crate::web::item_view::Fact;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::fill;

/// Somebody who has a place, will have it or had it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Holder {
    /// None: who looks may not know who it is.
    pub(super) id: Option<i64>,
    pub(super) name: String,
    /// From when until when, in words; empty: since ever, no end set.
    pub(super) span: String,
    /// Why nothing reaches them; empty if it does.
    pub(super) trouble: String,
}

/// A place in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Place {
    pub(super) id: i64,
    pub(super) group: String,
    pub(super) group_path: String,
    pub(super) position: String,
    pub(super) represents: String,
    pub(super) organisation_path: String,
    pub(super) holders: Vec<Holder>,
    /// Nobody has it now.
    pub(super) vacant: bool,
    /// When the place itself begins or ends, in words; empty if neither is set.
    pub(super) span: String,
}

/// Who tells, to whom.
pub(super) struct Teller<'a> {
    pub(super) reading: &'a Reading,
    pub(super) staff: &'a Staff,
}

impl Teller<'_> {
    /// Rows of places in words, one entry for each place, in the order of the rows.
    pub(super) fn places(&self, rows: &[PlaceRow]) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        let mut at: BTreeMap<SeatId, usize> = BTreeMap::new();
        for row in rows {
            let index = *at.entry(row.seat).or_insert_with(|| {
                places.push(self.place(row));
                places.len() - 1
            });
            if let Some(holder) = self.holder(row) {
                places[index].vacant &= !self.holds_now(row);
                places[index].holders.push(holder);
            }
        }
        places
    }

    fn holds_now(&self, row: &PlaceRow) -> bool {
        let now = self.reading.0.now();
        row.held_from.is_none_or(|from| from <= now) && row.held_until.is_none_or(|until| now < until)
    }

    /// The place itself, without its holders.
    pub(super) fn place(&self, row: &PlaceRow) -> Place {
        Place {
            id: row.seat.0,
            group: self.group(&row.group),
            group_path: format!("/desk/groups/{}", row.group),
            position: self.position(&row.position),
            represents: row.represents_name.clone(),
            organisation_path: format!("/desk/organisations/{}", row.represents),
            holders: Vec::new(),
            vacant: true,
            span: self.span((row.starts_at, row.ends_at)),
        }
    }

    /// Who stands in the row; none if nobody, or somebody who was erased. Of who works elsewhere somebody who is bound to an
    /// organisation reads no more than that.
    pub(super) fn holder(&self, row: &PlaceRow) -> Option<Holder> {
        let (id, email) = (row.holder?, row.email.as_deref()?);
        let all = &self.reading.0.words(self.staff.language).people;
        let span = self.span((row.held_from, row.held_until));
        if !self.staff.reach.has_worker_of(row.works_at.as_deref()) {
            return Some(Holder {
                id: None,
                name: all.place.elsewhere.clone(),
                span,
                trouble: String::new(),
            });
        }
        let words = &all.state;
        let trouble = match row.status.as_deref().and_then(Status::from_word) {
            Some(Status::Suspended) => words.returned.clone(),
            Some(Status::Unsubscribed) => words.unsubscribed.clone(),
            Some(Status::Unconfirmed) => words.unconfirmed.clone(),
            _ => String::new(),
        };
        Some(Holder {
            id: Some(id.0),
            name: call(row.name.as_deref().unwrap_or_default(), email).to_owned(),
            span,
            trouble,
        })
    }

    /// That whoever was given the place last has it from a day to come; none if they have it already.
    pub(super) fn given(&self, rows: &[PlaceRow]) -> Option<String> {
        let last = rows.iter().max_by_key(|row| row.holding)?;
        let from = last.held_from.filter(|from| *from > self.reading.0.now())?;
        let name = self.holder(last)?.name;
        let day = self.reading.0.pen(&self.staff.forum, self.staff.language).day(from);
        let words = &self.reading.0.words(self.staff.language).people.note;
        Some(fill(&words.placed_on, &[("name", &name), ("day", &day)]))
    }

    /// That places are vacant now, or from which day on: the last one that somebody has them no more.
    pub(super) fn until_when(&self, rows: &[PlaceRow], now: &str, later: &str) -> String {
        let ends = rows.iter().filter_map(|row| row.held_until);
        let Some(end) = ends.filter(|end| *end > self.reading.0.now()).max() else { return now.to_owned() };
        let day = self.reading.0.pen(&self.staff.forum, self.staff.language).day(end);
        fill(later, &[("day", &day)])
    }

    /// What a group is called.
    pub(super) fn group(&self, slug: &str) -> String {
        let forum = &self.staff.forum;
        let found = forum.terms.find(&Term::new(Facet::Group, slug));
        found.map_or_else(|| slug.to_owned(), |ix| forum.name_of(ix, self.staff.language).to_owned())
    }

    /// What a position is called, at the beginning of a line.
    pub(super) fn position(&self, word: &str) -> String {
        let words = &self.reading.0.words(self.staff.language).queue.position;
        let known = word.parse::<Position>().ok().and_then(|position| words.get(&position));
        known.cloned().unwrap_or_else(|| word.to_owned())
    }

    /// The five positions to choose from.
    pub(super) fn positions(&self, chosen: &str) -> Vec<Choice> {
        let choice = |position: Position| Choice {
            value: position.slug().to_owned(),
            label: self.position(position.slug()),
            depth: 0,
            chosen: position.slug() == chosen,
        };
        Position::ALL.map(choice).into()
    }

    /// What organisations of a kind are called.
    pub(super) fn kind(&self, slug: &str) -> String {
        let words = &self.reading.0.words(self.staff.language).queue.organisation;
        words.get(slug).cloned().unwrap_or_else(|| slug.to_owned())
    }

    /// "fra 1. mars", "til og med 30. juni", both, or nothing.
    pub(super) fn span(&self, (from, until): Span) -> String {
        let words = &self.reading.0.words(self.staff.language).people.place;
        let pen = self.reading.0.pen(&self.staff.forum, self.staff.language);
        let last = |until: DateTime<Utc>| pen.day(until - TimeDelta::microseconds(1));
        match (from.map(|at| pen.day(at)), until.map(last)) {
            (Some(from), Some(until)) => fill(&words.from_until, &[("from", &from), ("until", &until)]),
            (Some(from), None) => fill(&words.since, &[("from", &from)]),
            (None, Some(until)) => fill(&words.until_only, &[("until", &until)]),
            (None, None) => String::new(),
        }
    }

    /// A day as a field holds it; empty if there is none.
    pub(super) fn day_field(&self, at: Option<DateTime<Utc>>) -> String {
        let zone = self.staff.forum.settings.zone;
        at.map_or_else(String::new, |at| at.with_timezone(&zone).date_naive().to_string())
    }

    /// The last day of a span as a field holds it.
    pub(super) fn last_day_field(&self, until: Option<DateTime<Utc>>) -> String {
        self.day_field(until.map(|until| until - TimeDelta::microseconds(1)))
    }

    /// Whether whoever has this address has the place on just these days.
    pub(super) fn holds_so(&self, row: &PlaceRow, address: &EmailAddress, (from, until): Span) -> bool {
        row.email.as_deref() == Some(address.as_str())
            && self.day_field(row.held_from) == self.day_field(from)
            && self.last_day_field(row.held_until) == self.last_day_field(until)
    }
}

/// When something ends that ends on the day of a field: at once for an empty field and for a day that has begun.
pub(super) fn end_at(reading: &Reading, staff: &Staff, field: &str) -> Result<DateTime<Utc>, ()> {
    let now = reading.0.now();
    Ok(begin_of(staff, field)?.map_or(now, |day| day.max(now)))
}

/// Whether it is a union.
pub(super) fn is_union(kind: &str) -> bool {
    kind == OrganisationKind::Union.slug()
}

#[derive(Serialize)]
pub(super) struct Held {
    pub(super) title: String,
    pub(super) path: String,
    pub(super) why: String,
}

#[derive(Serialize)]
pub(super) struct Letter {
    pub(super) day: String,
    pub(super) state: String,
    pub(super) items: Vec<Held>,
}

#[derive(Serialize)]
pub(super) struct Line {
    pub(super) when: String,
    pub(super) what: String,
    pub(super) by: String,
}

/// What the button opens.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) letters: Vec<Letter>,
    pub(super) preferences: Vec<Fact>,
    pub(super) returned: Vec<Line>,
    pub(super) history: Vec<Line>,
}
