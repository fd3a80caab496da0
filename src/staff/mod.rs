//! Staff: who works at the desk, with which rights, and how they come in.
//!
//! Rights come from accounts, never from a place in a group or an import. What a right means is decided here, purely;
//! pages ask for one where they are registered.

pub mod doors;
pub mod identities;
pub mod password;
mod reach;
mod reached;
mod right;
pub mod totp;

pub use reach::Reach;
pub use reached::list_draft_readers;
pub use right::{Right, Rights};
