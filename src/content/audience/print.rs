//! An expression in its one spelling.

use std::fmt::Write;

use super::expression::Audience;
use crate::forum::Terms;

/// How tightly a form binds; what binds looser than its surroundings needs brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
}

impl Audience {
    /// The expression in its one spelling, with as few brackets as possible.
    pub fn written(&self, terms: &Terms) -> String {
        let mut text = String::new();
        write_within(&mut text, self, terms, Binding::Or);
        text
    }
}

fn write_within(text: &mut String, audience: &Audience, terms: &Terms, around: Binding) {
    match audience {
        Audience::All => text.push_str("all"),
        Audience::Term(ix) => write!(text, "{}", terms.term(*ix)).expect("a String takes all"),
        Audience::Seat(group, position) => {
            write!(text, "{}/{position}", terms.term(*group)).expect("a String takes all");
        }
        Audience::Not(inner) => {
            text.push_str("not ");
            write_within(text, inner, terms, Binding::Not);
        }
        Audience::And(parts) => write_parts(text, parts, terms, around, Binding::And),
        Audience::Or(parts) => write_parts(text, parts, terms, around, Binding::Or),
    }
}

fn write_parts(text: &mut String, parts: &[Audience], terms: &Terms, around: Binding, own: Binding) {
    let bracketed = own < around;
    if bracketed {
        text.push('(');
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            text.push_str(if own == Binding::And { " and " } else { " or " });
        }
        write_within(text, part, terms, own);
    }
    if bracketed {
        text.push(')');
    }
}
