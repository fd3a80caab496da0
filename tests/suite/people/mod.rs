//! People files and what they make of a forum; choosing, exporting, erasing.

mod forum;
mod import;
mod import_again;
mod reading;
