//! Letters on their way.

mod bounces;
mod ledger;
mod outbox;
mod recovering;
mod rows;
mod sending;
mod server;
mod settling;
