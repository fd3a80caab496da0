//! The desk: who comes in, what each right opens, what waits there.

mod commands;
mod doors;
mod rights;
mod rows;
pub mod seat;
mod today;
