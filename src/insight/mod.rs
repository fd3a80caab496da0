//! What the lead may know: reach, precision, coverage, progress.

pub mod duplicates;
pub mod letters;
pub mod progress;
pub mod reach;
