//! Letters on their way.

mod ledger;
mod outbox;
mod rows;
mod settling;
