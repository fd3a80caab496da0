//! The mailing desk: what it says will be sent, and what is sent.

mod apart;
mod approval;
mod changed;
mod letter;
mod next;
mod rows;
mod running;
pub mod town;
mod waiting;
