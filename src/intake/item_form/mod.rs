//! An item as somebody fills it in on a page: every field as it was typed, so that nothing is lost however wrong it is.
//!
//! It is read by being written as item files ([`mod@write`]) and read as those are: one way in for what is queued by hand
//! and by file, and one set of rules.

mod differing;
mod fields;
mod form;
mod of_item;
mod promises;
mod read;
mod stored;
mod walled;
mod write;

pub use fields::is_promise_field;
pub use form::{FieldError, ItemForm};
pub use stored::write_stored_item;
