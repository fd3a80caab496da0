//! What every way of getting a token answers.

use chrono::TimeDelta;

use crate::config::Secret;

/// No token is longer (RFC 4954, 4 admits lines of 12,288 octets, in base64).
pub(super) const LENGTH_AT_MOST: usize = 9_000;

/// A token as it came.
pub(super) struct Fetched {
    pub token: Secret,
    /// How long it is good for, if that was said.
    pub life: Option<TimeDelta>,
}
