//! The rule held against an independent reading of it, and its bulk form against the rule.

mod agreement;
mod naive;
pub mod sketch;
pub mod sketches;
mod stories;
