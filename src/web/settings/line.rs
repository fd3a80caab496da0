//! One line of text, as a form sends it.

use crate::forum::one_line;

/// One line of at most so many characters; none if nothing is left.
pub(super) fn read_line(text: &str, longest: usize) -> Option<String> {
    Some(one_line(text, longest)).filter(|line| !line.is_empty())
}
