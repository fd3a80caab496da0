//! Letters on their way.

mod ledger;
mod outbox;
mod rows;
mod sending;
mod server;
mod settling;
