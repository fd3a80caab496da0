//! Pages, as a reader's browser, a mail program, a link scanner and an attacker meet them.

mod archive;
mod feeds;
mod files;
mod inbox;
mod items;
mod mine;
mod preferences;
mod safety;
mod sight;
mod unsubscribe;
pub mod world;
