//! The first link of a new account.

use serde::{Deserialize, Serialize};

/// The link that opens the desk for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The row of the link.
    pub link: i64,
    /// How long it is good.
    pub hours: i64,
}
