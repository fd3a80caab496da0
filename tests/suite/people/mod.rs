//! People files and what they make of a forum; choosing, exporting, erasing.

mod command;
mod feeds;
mod forgotten;
mod forum;
mod import;
mod import_again;
mod moved;
mod reading;
mod source;
mod traces;
