//! Letters on their way.

mod bounces;
mod killing;
mod ledger;
mod living;
mod outbox;
mod pacing;
mod pacing_command;
mod pacing_rows;
mod recovering;
mod rows;
mod securing;
mod sending;
mod server;
mod settling;
mod sinking;
