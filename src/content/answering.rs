//! Whether an event still takes answers. Pure: the instant comes in.

use chrono::{DateTime, Utc};

use super::{Fields, Item};

/// Where the answers to an item stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// It is no event.
    NoEvent,
    /// Coming, not coming, sending another: still to be said, and to be changed.
    Open,
    /// Its `expires_at`, which for an event is the end of registration, has passed before the event.
    RegistrationEnded,
    /// The event is over.
    Over,
}

/// Where the answers to an item stand at `now`.
pub fn decide_answering(item: &Item, now: DateTime<Utc>) -> Answering {
    if !matches!(item.fields, Fields::Event { .. }) {
        return Answering::NoEvent;
    }
    if item.own_close().is_some_and(|end| end.at <= now) {
        return Answering::Over;
    }
    match item.expires_at {
        Some(end) if end <= now => Answering::RegistrationEnded,
        _ => Answering::Open,
    }
}
