//! Letters: what they say, how they look to a mail program, and that any input makes a sound one.

mod markdown;
mod own_templates;
mod scene;
mod snapshots;
mod sound;
mod why;
