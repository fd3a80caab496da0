//! Queueing an item on the desk: whom it reaches, what is suggested, how links and filled-in forms come in.

mod correcting;
mod desk;
mod forms;
mod late;
mod leaders;
mod links;
mod names;
mod reach;
mod rows;
mod saving;
mod sure;
mod topics;
mod twice;
mod unions;
