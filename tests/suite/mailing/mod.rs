//! The mailing desk: what it says will be sent, and what is sent.

mod next;
mod rows;
mod running;
mod town;
