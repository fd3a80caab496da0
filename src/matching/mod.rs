//! The rule: does this recipient get this item, and why?
//!
//! Invariant: everything here is a pure function of (item, recipient, now). The send, the preview,
//! the reach count and every "why" ask [`evaluate`]; the bulk form computes the same for all at once.

mod decision;

pub use decision::{Because, Decision, Match, Reason, ReasonTerm};
