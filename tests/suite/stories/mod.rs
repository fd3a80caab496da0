//! Whole stories at the desk, in a real browser before the running service: from the link in the mailbox to the letter
//! that arrives, driven by nothing but what the screens say.

mod holder;
mod keys;
mod lead;
mod menu;
mod post;
mod sheet;
mod topics;
mod uncertain;
mod works;
