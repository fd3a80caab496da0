//! What the lead may know: reach, precision, coverage, progress, effects.

pub mod duplicates;
pub mod effects;
pub mod letters;
pub mod progress;
pub mod reach;
