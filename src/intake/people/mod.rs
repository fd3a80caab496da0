//! People files: what their columns mean, and what they make of a forum.

mod headings;

pub use headings::{Column, HeadingError, Headings, has_email};
