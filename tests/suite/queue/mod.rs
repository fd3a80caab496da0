//! Queueing an item on the desk: whom it reaches, what is suggested, how links and filled-in forms come in.

mod chosen;
mod correcting;
pub mod desk;
mod forms;
mod late;
mod leaders;
mod links;
mod names;
pub mod promised;
mod reach;
mod rows;
mod saving;
mod silence;
mod sure;
mod topics;
mod twice;
mod unions;
