//! Doors: short mails, links that are good once, devices, sign-up, leaving and rights.

mod copies;
mod doors;
mod doors_rows;
mod erasing;
mod given_again;
mod notices;
mod notices_rows;
pub mod reader;
mod restricted;
mod rights;
mod sign_up;
mod titles;
mod way_back;
mod ways;
