//! An expression as chips: those of any row, and nobody of the excepted. What people choose by hand has this form;
//! what has another is written out.

use super::expression::Audience;
use crate::forum::{Position, TermIx};

/// One chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chip {
    /// Everybody.
    All,
    /// Who holds the term or one under it.
    Term(TermIx),
    /// Who has a place of that position in the group or one under it.
    Seat(TermIx, Position),
}

impl Chip {
    fn of(audience: &Audience) -> Option<Chip> {
        match audience {
            Audience::All => Some(Chip::All),
            Audience::Term(term) => Some(Chip::Term(*term)),
            Audience::Seat(group, position) => Some(Chip::Seat(*group, *position)),
            _ => None,
        }
    }

    fn audience(self) -> Audience {
        match self {
            Chip::All => Audience::All,
            Chip::Term(term) => Audience::Term(term),
            Chip::Seat(group, position) => Audience::Seat(group, position),
        }
    }
}

/// Who gets it: whoever is all of one row (`this and that`), of any row (`or`), and none of `but_not`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chips {
    /// The rows; no row is empty.
    pub any: Vec<Vec<Chip>>,
    /// Who is left out of all of them.
    pub but_not: Vec<Chip>,
}

impl Chips {
    /// The chips of an expression; `None` if it has another form.
    pub fn of(audience: &Audience) -> Option<Chips> {
        let parts = match audience {
            Audience::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let (mut chosen, mut but_not) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Audience::Not(inner) => match &**inner {
                    Audience::Or(several) => but_not.extend(read_chips(several)?),
                    one => but_not.push(Chip::of(one)?),
                },
                other => chosen.push(other),
            }
        }
        let any = match chosen.as_slice() {
            [] => vec![vec![Chip::All]],
            [Audience::Or(rows)] => rows.iter().map(read_row).collect::<Option<_>>()?,
            several => vec![several.iter().map(|part| Chip::of(part)).collect::<Option<_>>()?],
        };
        Some(Chips { any, but_not })
    }

    /// The expression; `None` if no row is there.
    pub fn audience(&self) -> Option<Audience> {
        let row = |row: &Vec<Chip>| Audience::all_of(row.iter().map(|chip| chip.audience()).collect());
        let rows: Vec<Audience> = self.any.iter().filter(|row| !row.is_empty()).map(row).collect();
        if rows.is_empty() {
            return None;
        }
        let but_not = self.but_not.iter().map(|chip| Audience::none_of(chip.audience()));
        Some(Audience::all_of(std::iter::once(Audience::any_of(rows)).chain(but_not).collect()))
    }

    /// One row more: those too. A chip that has a row of its own already adds nothing.
    pub fn add_or(&mut self, chip: Chip) {
        if !self.any.iter().any(|row| row == &[chip]) {
            self.any.push(vec![chip]);
        }
    }

    /// Narrows the last row: of those only who is this too.
    pub fn add_and(&mut self, chip: Chip) {
        match self.any.last_mut() {
            Some(row) if row.contains(&chip) => {}
            Some(row) if row == &[Chip::All] => *row = vec![chip],
            Some(row) => row.push(chip),
            None => self.any.push(vec![chip]),
        }
    }

    /// Leaves them out; of everybody, if nobody was chosen yet.
    pub fn add_not(&mut self, chip: Chip) {
        if self.any.is_empty() {
            self.any.push(vec![Chip::All]);
        }
        if !self.but_not.contains(&chip) {
            self.but_not.push(chip);
        }
    }

    /// Takes a chip out of a row; out of the excepted with `None`. A row without chips goes, and with the last of them
    /// the excepted.
    pub fn remove(&mut self, row: Option<usize>, at: usize) {
        let list = match row {
            Some(row) => self.any.get_mut(row),
            None => Some(&mut self.but_not),
        };
        if let Some(list) = list.filter(|list| at < list.len()) {
            list.remove(at);
        }
        self.any.retain(|row| !row.is_empty());
        if self.any.is_empty() {
            self.but_not.clear();
        }
    }
}

fn read_row(part: &Audience) -> Option<Vec<Chip>> {
    match part {
        Audience::And(parts) => read_chips(parts),
        one => Some(vec![Chip::of(one)?]),
    }
}

fn read_chips(parts: &[Audience]) -> Option<Vec<Chip>> {
    parts.iter().map(Chip::of).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chip() -> impl Strategy<Value = Chip> {
        prop_oneof![
            1 => Just(Chip::All),
            6 => (0..5u32).prop_map(|ix| Chip::Term(TermIx(ix))),
            2 => (0..3u32).prop_map(|ix| Chip::Seat(TermIx(ix), Position::Leader)),
        ]
    }

    proptest! {
        #[test]
        fn chips_of_their_own_expression_are_the_same_chips(
            any in prop::collection::vec(prop::collection::vec(chip(), 1..4), 1..4),
            but_not in prop::collection::vec(chip(), 0..3),
        ) {
            let chips = Chips { any, but_not };
            let audience = chips.audience().unwrap();
            prop_assert_eq!(Chips::of(&audience).unwrap(), chips);
        }
    }

    #[test]
    fn an_expression_of_another_form_has_no_chips() {
        let term = |ix| Audience::Term(TermIx(ix));
        let inner = Audience::any_of(vec![term(0), Audience::none_of(term(1))]);
        assert_eq!(Chips::of(&inner), None);
        let two = Audience::all_of(vec![inner, Audience::any_of(vec![term(2), term(3)])]);
        assert_eq!(Chips::of(&two), None);
        let alone = Chips::of(&Audience::none_of(term(1))).unwrap();
        assert_eq!(alone, Chips { any: vec![vec![Chip::All]], but_not: vec![Chip::Term(TermIx(1))] });
    }

    #[test]
    fn chips_are_added_and_taken_away_one_by_one() {
        let [a, b, c] = [0, 1, 2].map(|ix| Chip::Term(TermIx(ix)));
        let mut chips = Chips::default();
        chips.add_or(a);
        chips.add_or(a);
        chips.add_or(b);
        chips.add_and(c);
        chips.add_not(c);
        assert_eq!(chips, Chips { any: vec![vec![a], vec![b, c]], but_not: vec![c] });
        chips.remove(Some(1), 0);
        chips.remove(Some(9), 9);
        assert_eq!(chips, Chips { any: vec![vec![a], vec![c]], but_not: vec![c] });
        chips.remove(None, 0);
        chips.remove(Some(0), 0);
        chips.remove(Some(0), 0);
        assert_eq!(chips, Chips::default());
        assert_eq!(chips.audience(), None);
        chips.add_not(a);
        assert_eq!(chips, Chips { any: vec![vec![Chip::All]], but_not: vec![a] });
        chips.add_and(b);
        assert_eq!(chips.any, [[b]]);
    }
}
