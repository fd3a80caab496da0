//! What the lead may know: reach, precision (how much of what was sent was right), coverage (how much that was right was
//! missed), progress, effects.

pub mod coverage;
pub mod duplicates;
pub mod effects;
pub mod letters;
pub mod months;
pub mod precision;
pub mod probe;
pub mod progress;
pub mod reach;
