//! What a round holds of letters: those in hand, what they wait for, those on their way.

use chrono::{DateTime, Utc};

use crate::clock::Moment;
use crate::delivery::pace::domain_of;
use crate::ids::EditionId;
use crate::store::Claimed;

/// A letter that the gate let pass.
pub(super) struct Ready {
    pub letter: Claimed,
    pub checked_at: Moment,
}

/// What waits for its turn.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// When the first of the letters in hand may go; none if one must come back first.
    pub next_at: Option<DateTime<Utc>>,
    /// The last choice left nothing that could have gone: more may be claimed.
    pub has_room: bool,
    /// The round ended before their turn came: the first is then.
    pub left_until: Option<DateTime<Utc>>,
}

/// What is known of an armed letter.
pub(super) struct OnTheWay {
    /// The number of this attempt.
    pub attempts: i64,
    pub edition: EditionId,
    pub domain: String,
}

impl OnTheWay {
    pub fn of(letter: &Claimed) -> OnTheWay {
        let domain = domain_of_letter(letter).to_owned();
        OnTheWay { attempts: letter.attempts + 1, edition: letter.edition, domain }
    }
}

/// The domain that a letter goes to.
pub(super) fn domain_of_letter(letter: &Claimed) -> &str {
    domain_of(letter.email.as_deref().unwrap_or_default())
}
