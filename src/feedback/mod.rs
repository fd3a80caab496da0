//! What comes back: links and what they open, preferences, taps, unsubscribing; returned mail and where it comes in.
//!
//! What a link opens is decided here, purely; pages only show it.

pub mod bounce;
pub mod brought;
pub mod doors;
pub mod dossier;
pub mod erasure;
pub mod knocks;
pub mod links;
pub mod notices;
pub mod preferences;
pub mod returned;
pub mod rights;
pub mod sign_up;
pub mod tried;
