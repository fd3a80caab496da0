//! What the lead may know: reach, precision, coverage, progress.

pub mod csv;
pub mod duplicates;
pub mod letters;
pub mod reach;
