//! What, and for whom: items, their kinds and versions, and the audience language.
//!
//! Pure values and pure parsing; no file is opened here and nothing is stored.

mod answering;
pub mod audience;
pub mod feed;
mod gist;
mod groups;
pub mod ics;
mod item;
mod least_sum;
pub mod markdown;
mod moment;
mod promise;
pub mod search;
mod web_address;
mod words;

pub use crate::forum::{Kind, KindSet};
pub use answering::{Answering, decide_answering};
pub use audience::{Audience, AudienceError};
pub use item::{
    Contact, EventChange, Fields, Importance, Item, ItemText, Lane, Minutes, OPEN_DAYS, Visibility, Wanted,
};
pub use least_sum::LEAST_SUM;
pub use moment::{Moment, local_midnight};
pub use promise::{
    LONGEST_PROMISE, MOST_PROMISES, PromiseState, Promised, TOLD_DAYS_BEFORE, are_alike, is_near,
};
pub use web_address::{ascii_web_address, is_web_address};
pub use words::{LEAST_LIKENESS, VisibilityError, nearest_word};
