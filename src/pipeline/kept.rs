//! How long each kind of data may be kept, and how long it must be: what the forum may set is between the two.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{KeptKind, Store, StoreError};

/// What goes of one kind with its word, counted.
pub type Going = (KeptKind, Vec<(&'static str, i64)>);

impl KeptKind {
    /// The fewest and the most days. Not fewer than what the program does with them needs:
    ///
    /// - letters: returned mail and its answers come weeks later, and the lead looks up what was sent;
    /// - who held a place: the successor is handed over what the predecessor got through it;
    /// - taps: an item's sums of at least five; the desk's samples;
    /// - answers and what was sent in: until they were dealt with;
    /// - short mails: that one went yesterday keeps the next from going;
    /// - the log: so that somebody can ask who looked into their letters.
    ///
    /// Not more than the purpose carries (GDPR art. 5 no. 1 e). Taps rank the person's own digest and go after 90 days.
    pub fn days(self) -> std::ops::RangeInclusive<i64> {
        match self {
            KeptKind::Letters => 30..=1095,
            KeptKind::EndedHolders => 90..=730,
            KeptKind::Taps => 14..=90,
            KeptKind::Answers | KeptKind::Drafts => 30..=1095,
            KeptKind::Notices => 7..=90,
            KeptKind::Knocks => 1..=7,
            KeptKind::Logs => 14..=365,
        }
    }
}

/// What goes by the next day if each kind is kept so many days from `now` (real time) on; kinds of which nothing goes are
/// left out.
pub async fn count_going(
    store: &Store,
    days: &[(KeptKind, i64)],
    now: DateTime<Utc>,
) -> Result<Vec<Going>, StoreError> {
    let mut all = Vec::new();
    for &(kind, days) in days {
        let cutoff = TimeDelta::try_days(days).and_then(|days| now.checked_sub_signed(days));
        let going = store.count_going(kind, cutoff.unwrap_or(DateTime::UNIX_EPOCH)).await?;
        all.extend((!going.is_empty()).then_some((kind, going)));
    }
    Ok(all)
}
