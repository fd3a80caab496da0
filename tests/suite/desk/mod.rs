//! The desk: who comes in, what each right opens, what waits there.

mod accessible;
mod accounts;
mod bases;
mod commands;
mod deposit;
mod doors;
pub mod hits;
mod house;
mod inbox;
mod log;
mod mail;
pub mod name_server;
mod password;
mod refused;
mod retention;
mod rights;
mod rows;
pub mod seat;
mod second_factor;
mod settings;
mod texts;
pub mod today;
mod topics;
mod twice;
mod unsent;
