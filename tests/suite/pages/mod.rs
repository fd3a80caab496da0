//! Pages, as a reader's browser, a mail program, a link scanner and an attacker meet them.

mod archive;
mod colours;
mod feeds;
mod files;
pub mod inbox;
mod items;
pub mod markup;
mod mine;
mod payloads;
mod preferences;
mod safety;
mod scanners;
mod sight;
mod unsubscribe;
mod walk;
pub mod world;
