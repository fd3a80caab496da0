//! The rule held against an independent reading of it, and its bulk form against the rule.

mod agreement;
mod naive;
mod sketch;
mod sketches;
mod stories;
