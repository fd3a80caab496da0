//! What a person's own taps teach about items like those they tapped on.
//!
//! It moves items up or down in that person's own digest and decides nothing: who gets what stays
//! the rule's. A tap counts for items of the same kind and for items that share a term with it.

use std::collections::BTreeMap;

use crate::content::Item;
use crate::forum::{Kind, TermIx};

/// "Not for me" at an item.
pub const NOT_FOR_ME: i64 = -5;
/// "Yes" to "was this for you?", for each item of that letter.
pub const HIT: i64 = 1;
/// "No" to it.
pub const MISS: i64 = -1;

/// One tap, spread over the items that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    /// The kind of the item tapped on.
    pub kind: Kind,
    /// What that item is about.
    pub about: Vec<TermIx>,
    /// [`NOT_FOR_ME`], [`HIT`] or [`MISS`].
    pub weight: i64,
}

/// What `taps` add to the points of `item`; ranking cuts it to its bounds.
pub fn learned_points(item: &Item, taps: &[Tap]) -> i64 {
    taps.iter()
        .map(|tap| {
            let same_kind = i64::from(tap.kind == item.kind);
            let shared_term = i64::from(tap.about.iter().any(|term| item.about.contains(term)));
            tap.weight * (same_kind + shared_term)
        })
        .sum()
}

/// What a lesson is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LessonOn {
    /// All items of a kind.
    Kind(Kind),
    /// All items about a term.
    Term(TermIx),
}

/// What taps taught about some items: more than 0, they rank higher, less, lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// Which items.
    pub on: LessonOn,
    /// The sum of the taps' weights.
    pub points: i64,
}

/// What `taps` taught, the strongest first; what evens out is left out.
pub fn list_lessons(taps: &[Tap]) -> Vec<Lesson> {
    let mut sums: BTreeMap<LessonOn, i64> = BTreeMap::new();
    for tap in taps {
        *sums.entry(LessonOn::Kind(tap.kind)).or_default() += tap.weight;
        let mut about = tap.about.clone();
        about.sort_unstable();
        about.dedup();
        about.into_iter().for_each(|term| *sums.entry(LessonOn::Term(term)).or_default() += tap.weight);
    }
    let mut lessons: Vec<Lesson> =
        sums.into_iter().filter(|(_, sum)| *sum != 0).map(|(on, points)| Lesson { on, points }).collect();
    lessons.sort_by_key(|lesson| -lesson.points.abs());
    lessons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_are_told_strongest_first_and_what_evens_out_is_none() {
        let (health, process) = (TermIx(1), TermIx(2));
        let tap = |kind, about: &[TermIx], weight| Tap { kind, about: about.to_vec(), weight };
        let taps = [
            tap(Kind::Tip, &[health, health], NOT_FOR_ME),
            tap(Kind::Tip, &[process], HIT),
            tap(Kind::Event, &[process], MISS),
        ];
        let told: Vec<_> = list_lessons(&taps).iter().map(|lesson| (lesson.on, lesson.points)).collect();
        let expected = [
            (LessonOn::Term(health), -5),
            (LessonOn::Kind(Kind::Tip), -4),
            (LessonOn::Kind(Kind::Event), -1),
        ];
        assert_eq!(told, expected);
        assert_eq!(list_lessons(&[]), []);
    }
}
