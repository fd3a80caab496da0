//! Letters on their way.

mod bounces;
mod consequences;
mod crew;
mod dialects;
mod failing_over;
mod faults;
mod international;
mod killing;
mod ledger;
mod living;
mod oauth;
mod out_of_step;
mod outbox;
mod pacing;
mod pacing_command;
mod pacing_hours;
mod pacing_rates;
mod pacing_rows;
mod proxy;
mod recovering;
pub mod rows;
mod securing;
pub mod sending;
pub mod server;
mod settling;
pub mod sinking;
mod working_together;
