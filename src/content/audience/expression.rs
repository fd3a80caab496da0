//! An audience as an expression, and what it names.

use crate::forum::{Position, TermIx};

/// Who the lead sends an item to: a boolean expression over terms. Parsed against the forum's
/// terms, so every term in it exists.
///
/// Invariant: no `And` stands directly in an `And`, no `Or` directly in an `Or`
/// ([`Audience::all_of`] and [`Audience::any_of`] see to it), so that equal spelling is equality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every recipient.
    All,
    /// Who holds the term or one under it.
    Term(TermIx),
    /// Who has a seat of that position in the group or one under it.
    Seat(TermIx, Position),
    /// Who is not.
    Not(Box<Audience>),
    /// Who is all of these; at least two.
    And(Vec<Audience>),
    /// Who is any of these; at least two.
    Or(Vec<Audience>),
}

impl Audience {
    /// Who is all of `parts` (at least one): conjunctions among them are taken apart, one alone stands for itself.
    pub fn all_of(parts: Vec<Audience>) -> Audience {
        let flat = parts.into_iter().flat_map(|part| match part {
            Audience::And(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Audience::And)
    }

    /// Who is any of `parts` (at least one): alternatives among them are taken apart, one alone stands for itself.
    pub fn any_of(parts: Vec<Audience>) -> Audience {
        let flat = parts.into_iter().flat_map(|part| match part {
            Audience::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Audience::Or)
    }

    /// Who is not `inner`.
    pub fn none_of(inner: Audience) -> Audience {
        Audience::Not(Box::new(inner))
    }

    /// The expression with `reading` in the place of the terms that are meant, and of a seat in them.
    pub fn with_terms_as(&self, reading: &Audience, is_meant: &impl Fn(TermIx) -> bool) -> Audience {
        let each =
            |parts: &[Audience]| parts.iter().map(|part| part.with_terms_as(reading, is_meant)).collect();
        match self {
            Audience::Term(ix) | Audience::Seat(ix, _) if is_meant(*ix) => reading.clone(),
            Audience::All | Audience::Term(_) | Audience::Seat(..) => self.clone(),
            Audience::Not(inner) => Audience::none_of(inner.with_terms_as(reading, is_meant)),
            Audience::And(parts) => Audience::And(each(parts)),
            Audience::Or(parts) => Audience::Or(each(parts)),
        }
    }

    /// The terms and seats that stand under no `not`, not even a double one, in order of
    /// appearance, each once (DESIGN section 2, line 3). Only `Term` and `Seat` come.
    pub fn terms_under_no_not(&self) -> Vec<&Audience> {
        let mut found = Vec::new();
        self.gather(&mut found, false);
        found
    }

    /// Every term that the expression names, under a `not` or not, each once.
    pub fn named_terms(&self) -> Vec<TermIx> {
        let mut leaves = Vec::new();
        self.gather(&mut leaves, true);
        let mut named = Vec::new();
        for leaf in leaves {
            if let Audience::Term(ix) | Audience::Seat(ix, _) = leaf
                && !named.contains(ix)
            {
                named.push(*ix);
            }
        }
        named
    }

    /// The terms that stand under a `not`, a double one too, as they appear.
    pub fn terms_under_a_not(&self) -> Vec<TermIx> {
        match self {
            Audience::All | Audience::Term(_) | Audience::Seat(..) => Vec::new(),
            Audience::Not(inner) => inner.named_terms(),
            Audience::And(parts) | Audience::Or(parts) => {
                parts.iter().flat_map(Audience::terms_under_a_not).collect()
            }
        }
    }

    fn gather<'a>(&'a self, found: &mut Vec<&'a Audience>, through_not: bool) {
        match self {
            Audience::All => {}
            Audience::Term(_) | Audience::Seat(..) => {
                if !found.contains(&self) {
                    found.push(self);
                }
            }
            Audience::Not(inner) if through_not => inner.gather(found, through_not),
            Audience::Not(_) => {}
            Audience::And(parts) | Audience::Or(parts) => {
                parts.iter().for_each(|part| part.gather(found, through_not));
            }
        }
    }
}

fn one_or(mut parts: Vec<Audience>, several: fn(Vec<Audience>) -> Audience) -> Audience {
    match parts.len() {
        1 => parts.remove(0),
        _ => several(parts),
    }
}
