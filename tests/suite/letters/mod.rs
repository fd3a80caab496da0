//! Letters: what they say, how they look to a mail program, and that any input makes a sound one.

mod handovers;
mod look;
mod markdown;
mod minutes;
mod near;
mod own_templates;
mod reading;
mod requests;
pub mod scene;
pub mod snapshots;
mod sound;
mod why;
