//! Queueing an item on the desk: whom it reaches, what is suggested, how links and filled-in forms come in.

mod correcting;
mod desk;
mod forms;
mod late;
mod links;
mod names;
mod reach;
mod rows;
mod saving;
mod topics;
mod sure;
mod twice;
mod unions;
