//! Letters on their way.

mod bounces;
mod killing;
mod ledger;
mod outbox;
mod recovering;
mod rows;
mod securing;
mod sending;
mod server;
mod settling;
mod sinking;
