//! What one item more does to the letters that come next: pure counts.

use super::reach::Reached;

/// The letter that comes to a person next, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextLetter {
    /// How many items it would hold, those over the cap included.
    pub items: usize,
    /// How many it holds at most, required ones aside.
    pub cap: usize,
}

/// What an item does to the letters that come next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// For so many it makes a letter of none.
    pub first_for: usize,
    /// For so many there is more than the letter takes: something comes a letter later.
    pub over_cap_for: usize,
    /// So many have nothing in their next letter, and this item does not reach them either.
    pub nothing_for: usize,
}

/// What the item that reached these people does. `letters` stand by the people's indexes; `None`: to that person no
/// letter comes next (they pause, or get none at all).
pub fn tell_effect(letters: &[Option<NextLetter>], reached: &Reached) -> Effect {
    let mut effect = Effect {
        nothing_for: letters.iter().flatten().filter(|letter| letter.items == 0).count(),
        ..Effect::default()
    };
    for index in reached.chosen.iter().chain(&reached.interested) {
        let Some(letter) = letters.get(*index).copied().flatten() else { continue };
        if letter.items == 0 {
            effect.first_for += 1;
            effect.nothing_for -= 1;
        }
        if letter.items + 1 > letter.cap {
            effect.over_cap_for += 1;
        }
    }
    effect
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_the_first_of_some_and_too_much_for_others() {
        let letter = |items| Some(NextLetter { items, cap: 7 });
        let letters = [letter(0), letter(0), letter(6), letter(7), letter(9), None, letter(0)];
        let reached = Reached { chosen: vec![0, 2, 3, 5], interested: vec![1, 4], ..Reached::default() };
        let expected = Effect { first_for: 2, over_cap_for: 2, nothing_for: 1 };
        assert_eq!(tell_effect(&letters, &reached), expected);
        let nobody = Reached::default();
        assert_eq!(tell_effect(&letters, &nobody), Effect { nothing_for: 3, ..Effect::default() });
    }
}
