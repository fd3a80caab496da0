//! What an edition's first letters say of the whole: more than 5 % refused by policy, and it pauses.

use crate::delivery::refusal::{Refusal, answers_mail, classify_failure};
use crate::delivery::smtp::Enhanced;

/// An edition is judged by so many letters, the first that got a final reply.
pub(crate) const FIRST_LETTERS: usize = 200;
/// More refusals by policy among them pause it: 5 %.
pub(crate) const POLICY_AT_MOST: usize = 10;

/// What to do with an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Too early to say.
    Open,
    /// Its first letters went well enough: it is not judged again.
    Passed,
    /// It pauses. As soon as the eleventh is refused nothing can change this any more.
    Pauses {
        /// Refused by policy.
        refused: usize,
        /// Of so many that got a final reply.
        of: usize,
    },
}

/// Whether a refusal for good speaks of policy: 5.7.z (RFC 3463, 3.8), words that say so without a code, or our sender
/// refused, whatever the code.
pub(crate) fn is_policy_refusal(reply: &str) -> bool {
    answers_mail(reply) || classify_failure(Enhanced::find(reply), reply) == Refusal::Policy
}

/// Judges by the final replies so far, in the order in which they came: true where policy refused.
pub(crate) fn judge(was_refused: impl IntoIterator<Item = bool>) -> Judgement {
    let (mut refused, mut of) = (0, 0);
    for is_refused in was_refused.into_iter().take(FIRST_LETTERS) {
        of += 1;
        refused += usize::from(is_refused);
    }
    if refused > POLICY_AT_MOST {
        Judgement::Pauses { refused, of }
    } else if of == FIRST_LETTERS {
        Judgement::Passed
    } else {
        Judgement::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(refused: usize, taken: usize) -> Judgement {
        judge(std::iter::repeat_n(true, refused).chain(std::iter::repeat_n(false, taken)))
    }

    #[test]
    fn the_eleventh_refusal_among_the_first_200_pauses() {
        assert_eq!(judged(10, 189), Judgement::Open);
        assert_eq!(judged(10, 190), Judgement::Passed);
        assert_eq!(judged(11, 0), Judgement::Pauses { refused: 11, of: 11 });
        assert_eq!(judged(11, 400), Judgement::Pauses { refused: 11, of: 200 });
    }

    #[test]
    fn what_comes_behind_the_first_200_is_not_looked_at() {
        let late = std::iter::repeat_n(false, 190).chain(std::iter::repeat_n(true, 300));
        assert_eq!(judge(late), Judgement::Passed);
    }
}
