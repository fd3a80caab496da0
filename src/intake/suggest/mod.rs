//! What the program suggests of an item from what was written: language, kind, dates, topics. Pure; the lead decides.

mod dates;
mod kind;
mod language;
mod topics;

pub use dates::{Sighting, list_dates};
pub use kind::suggest_kind;
pub use language::suggest_language;
pub use topics::{Past, Shelf, Suggested, suggest_group};
