//! The rule read again straight from the design, slowly: sets of strings, and everything under a
//! term enumerated one by one. Nothing of `treff::matching` is used here.

use std::collections::BTreeSet;

use treff::content::Importance;
use treff::forum::{Kind, Status};

use super::sketch::{Expression, Person, Piece, Place, Sketch, Wall};

pub struct Reading<'a> {
    pub sketch: &'a Sketch,
    pub person: &'a Person,
}

/// The word of the decision, and (term, match) of each reason.
pub type Answer = (&'static str, Vec<(String, &'static str)>);

impl Reading<'_> {
    /// The term itself and everything under it.
    fn at_and_under(&self, term: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::from([term.to_owned()]);
        loop {
            let children: Vec<String> = self
                .sketch
                .parents
                .iter()
                .filter(|(child, parent)| found.contains(*parent) && !found.contains(*child))
                .map(|(child, _)| child.clone())
                .collect();
            if children.is_empty() {
                return found;
            }
            found.extend(children);
        }
    }

    fn running(&self) -> impl Iterator<Item = &Place> {
        let begun = |place: &Place| place.starts.is_none_or(|hour| hour <= 0);
        let over = |place: &Place| place.ends.is_some_and(|hour| hour <= 0);
        self.person.places.iter().filter(move |place| begun(place) && !over(place))
    }

    fn sectors_of_groups_and_seats(&self) -> BTreeSet<String> {
        let mut sectors = BTreeSet::new();
        for place in self.running() {
            sectors.extend(self.sketch.group_sectors.get(&place.group).cloned().unwrap_or_default());
            sectors.extend(place.topics.iter().cloned());
        }
        sectors
    }

    /// What is given, before what lies above.
    fn given(&self) -> BTreeSet<String> {
        let mut given: BTreeSet<String> = self.person.roles.iter().cloned().collect();
        given.extend(self.running().map(|place| place.group.clone()));
        given.extend(self.running().map(|place| place.represents.clone()));
        given.extend(self.person.workplace.iter().cloned());
        given.extend(self.sectors_of_groups_and_seats());
        given.extend(self.followed().into_iter().filter(|term| term.starts_with("sector:")));
        given
    }

    fn holds(&self, term: &str) -> bool {
        !self.at_and_under(term).is_disjoint(&self.given())
    }

    fn followed(&self) -> BTreeSet<String> {
        let mut followed: BTreeSet<String> = self.person.follows.iter().cloned().collect();
        followed.extend(self.person.roles.iter().cloned());
        followed.extend(self.running().map(|place| place.group.clone()));
        followed.extend(self.sectors_of_groups_and_seats());
        followed
    }

    /// Everything that equals or lies under a muted term.
    fn muted(&self) -> BTreeSet<String> {
        self.person.mutes.iter().flat_map(|term| self.at_and_under(term)).collect()
    }

    fn is_in(&self, expression: &Expression) -> bool {
        match expression {
            Expression::All => true,
            Expression::Term(term) => self.holds(term),
            Expression::Seat(group, position) => self
                .running()
                .any(|place| place.position == *position && self.at_and_under(group).contains(&place.group)),
            Expression::Not(inner) => !self.is_in(inner),
            Expression::And(parts) => parts.iter().all(|part| self.is_in(part)),
            Expression::Or(parts) => parts.iter().any(|part| self.is_in(part)),
        }
    }

    fn may_see(&self, wall: &Wall) -> bool {
        match wall {
            Wall::Public => true,
            Wall::Forum => self.person.admitted || self.running().next().is_some(),
            Wall::Group(group) => self.running().any(|place| self.at_and_under(group).contains(&place.group)),
            Wall::Only(group) => self.running().any(|place| &place.group == group),
        }
    }

    fn audience_reasons(&self, piece: &Piece) -> Vec<(String, &'static str)> {
        let Some(expression) = piece.audience.as_ref().filter(|e| self.is_in(e)) else { return Vec::new() };
        let mut names = Vec::new();
        list_outside_not(expression, &mut |leaf| {
            if self.is_in(leaf) && !names.contains(&leaf.text()) {
                names.push(leaf.text());
            }
        });
        if names.is_empty() {
            names.push("all".to_owned());
        }
        names.into_iter().map(|name| (name, "audience")).collect()
    }

    fn interest_reasons(&self, piece: &Piece) -> Vec<(String, &'static str)> {
        let mut reasons: Vec<(String, &'static str)> = Vec::new();
        for about in piece.about.iter().filter(|_| piece.interested) {
            let under_followed: BTreeSet<String> =
                self.followed().iter().flat_map(|term| self.at_and_under(term)).collect();
            let how = if self.followed().contains(about) {
                "equal"
            } else if under_followed.contains(about) {
                "under"
            } else if !self.at_and_under(about).is_disjoint(&self.followed()) {
                "above"
            } else {
                continue;
            };
            if reasons.iter().all(|(term, _)| term != about) {
                reasons.push((about.clone(), how));
            }
        }
        reasons
    }

    pub fn decide(&self, piece: &Piece, by_number: bool) -> Answer {
        let withheld = |word| (word, Vec::new());
        let released = if by_number { piece.numbered.is_some() } else { piece.release <= 0 };
        if !released || closes(piece).is_some_and(|hour| hour <= 0) || piece.withdrawn {
            return withheld("not_open");
        }
        if self.person.status != Status::Active {
            return withheld("status");
        }
        if !self.may_see(&piece.visibility) {
            return withheld("not_entitled");
        }
        let by_choice = self.audience_reasons(piece);
        let by_interest = self.interest_reasons(piece);
        if by_choice.is_empty() && by_interest.is_empty() {
            return withheld("no_match");
        }
        if piece.importance == Importance::Required && !by_choice.is_empty() {
            return ("required", by_choice);
        }
        let muted = self.muted();
        let all_muted = !piece.about.is_empty() && piece.about.iter().all(|term| muted.contains(term));
        if self.person.muted_kinds.contains(&piece.kind) || all_muted {
            return withheld("muted");
        }
        let is_left = |(name, _): &(String, &str)| !muted.contains(name.split('/').next().unwrap());
        let left: Vec<_> = by_choice.into_iter().chain(by_interest).filter(is_left).collect();
        match left.first() {
            None => withheld("muted"),
            Some((_, "audience")) => ("audience", left),
            Some(_) => ("interest", left),
        }
    }
}

/// "Without expiry an event closes at its end, a call at its deadline, a request at `wanted_by`, all
/// else 60 days after its number was given."
fn closes(piece: &Piece) -> Option<i64> {
    let own = match piece.kind {
        Kind::Event => piece.end.or(piece.date),
        Kind::Call | Kind::Request => piece.date,
        _ => None,
    };
    piece.expires.or(own).or(piece.numbered.map(|hour| hour + 60 * 24))
}

fn list_outside_not(expression: &Expression, found: &mut dyn FnMut(&Expression)) {
    match expression {
        Expression::All | Expression::Not(_) => {}
        Expression::Term(_) | Expression::Seat(..) => found(expression),
        Expression::And(parts) | Expression::Or(parts) => {
            parts.iter().for_each(|part| list_outside_not(part, found));
        }
    }
}
