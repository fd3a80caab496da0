//! What can be wrong with an expression.

use crate::forum::{Position, Term};

/// How deep brackets and `not` may nest: deeper than anyone reads, shallower than the stack.
pub const MAX_DEPTH: usize = 64;

/// Why a text is no audience, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct AudienceError {
    /// Counted in characters from the start of the expression, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: AudienceProblem,
}

/// What is wrong with an expression; each message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AudienceProblem {
    /// Nothing but blanks.
    #[error("the expression is empty; write all, or a term such as {}", near(nearest.as_ref(), "sector:health"))]
    Empty {
        /// A term that the forum has.
        nearest: Option<Term>,
    },
    /// A term that the forum does not have, or a text that is no term.
    #[error("unknown term \"{text}\"; {}", did_you_mean(nearest.as_ref()))]
    UnknownTerm {
        /// As it was written.
        text: String,
        /// The known term most like it; none only if the forum has no terms.
        nearest: Option<Term>,
    },
    /// A position after a term that is no group.
    #[error("\"{text}\" has a position; positions stand only after group:, as in group:health/leader")]
    PositionOutsideGroup {
        /// As it was written.
        text: String,
    },
    /// No such position.
    #[error("unknown position \"{text}\"; the positions are {}", positions())]
    UnknownPosition {
        /// As it was written.
        text: String,
    },
    /// A word of the language in capitals.
    #[error("\"{text}\" must be written in small letters: {word}")]
    Capitals {
        /// As it was written.
        text: String,
        /// As it must be written.
        word: &'static str,
    },
    /// Something else stands where a term must begin.
    #[error("a term, all, not or an opening bracket must stand here, not \"{found}\"")]
    NoOperand {
        /// What stands there.
        found: String,
    },
    /// The text ends where a term must begin.
    #[error("the expression ends after \"{after}\"; a term, all, not or an opening bracket must follow")]
    EndsEarly {
        /// The last word.
        after: String,
    },
    /// Two operands without a word between them.
    #[error("and or or must stand before \"{found}\"")]
    NoOperator {
        /// What stands there.
        found: String,
    },
    /// The bracket at the column is never closed.
    #[error("this opening bracket is never closed; write ) where it ends")]
    NeverClosed,
    /// The bracket at the column closes nothing.
    #[error("this closing bracket closes nothing; take it away or write ( where it begins")]
    NeverOpened,
    /// Deeper than [`MAX_DEPTH`].
    #[error("brackets and not nest more than {MAX_DEPTH} deep; write the expression flatter")]
    TooDeep,
}

fn did_you_mean(nearest: Option<&Term>) -> String {
    match nearest {
        Some(term) => format!("the nearest known term is {term}"),
        None => "the forum has no terms yet; add some with treff forum apply".to_owned(),
    }
}

fn near(nearest: Option<&Term>, example: &str) -> String {
    nearest.map_or_else(|| example.to_owned(), Term::to_string)
}

fn positions() -> String {
    Position::ALL.map(Position::slug).join(", ")
}
