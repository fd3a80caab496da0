//! What the parts of "Today" are made of: lines, the first few of a kind.

use serde::Serialize;

/// So many of a kind stand on the page; the others are counted.
pub(super) const SHOWN_AT_MOST: u8 = 8;

/// A line with what stands quietly behind it.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) quiet: String,
    /// Where something is done about it; empty if nowhere.
    pub(super) path: String,
}

/// Lines of one kind, and how many there are besides.
#[derive(Default, Serialize)]
pub(super) struct Part {
    lines: Vec<Line>,
    more: usize,
}

impl Part {
    /// All of them, however many.
    pub(super) fn whole(lines: Vec<Line>) -> Part {
        Part { lines, more: 0 }
    }

    /// As many of them as stand on the page.
    pub(super) fn first_of(lines: impl ExactSizeIterator<Item = Line>) -> Part {
        let all = lines.len();
        let lines: Vec<Line> = lines.take(SHOWN_AT_MOST.into()).collect();
        Part { more: all - lines.len(), lines }
    }

    /// These of so many.
    pub(super) fn of(lines: Vec<Line>, all: i64) -> Part {
        let all = usize::try_from(all).unwrap_or_default();
        Part { more: all.saturating_sub(lines.len()), lines }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
