//! Reminders: who is reminded of what, and when. Pure: rows and the instant come in.
//!
//! Two days before an event begins, who said that they come is reminded, and of an event that is *required*
//! who got it and said nothing; two days before a request's last day, who promised help. At the weekly
//! cadence's time of day, in the forum's zone. Each once: the ledger's key is (item, recipient, occasion).

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::schedule::{instant_of, occurrence_by, weekly_time};
use crate::content::{Answering, Fields, Importance, Item, Wanted, decide_answering};
use crate::forum::{Forum, ForumSettings, Recipient};
use crate::matching::{Profile, Release, check_open_and_entitled, is_entitled};

/// A reminder comes so many days before.
pub const REMINDED_DAYS_BEFORE: u64 = 2;

/// What one is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// An event to which one said "coming".
    Coming,
    /// A required event that one got and did not answer.
    Unanswered,
    /// Help that one promised.
    Help,
}

impl Occasion {
    /// Each of them.
    pub const ALL: [Occasion; 3] = [Occasion::Coming, Occasion::Unanswered, Occasion::Help];

    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            Occasion::Coming => "coming",
            Occasion::Unanswered => "unanswered",
            Occasion::Help => "help",
        }
    }

    /// The occasion that a row's word names.
    pub fn from_word(word: &str) -> Option<Occasion> {
        Occasion::ALL.into_iter().find(|occasion| occasion.word() == word)
    }
}

/// When the item's reminders are due: two days before its own day. `None` if it has none.
pub fn reminded_at(settings: &ForumSettings, item: &Item) -> Option<DateTime<Utc>> {
    if !matches!(item.fields, Fields::Event { .. } | Fields::Request { .. }) {
        return None;
    }
    let day = item.due()?.local_day(settings.zone).checked_sub_days(Days::new(REMINDED_DAYS_BEFORE))?;
    Some(instant_of(settings.zone, day.and_time(weekly_time(settings))))
}

/// A promise is reminded of so many days before its day.
const PROMISE_REMINDED_DAYS_BEFORE: u64 = 3;
/// And no more than so many, before Easter too: generously.
pub const PROMISE_REMINDED_AT_MOST_DAYS_BEFORE: u64 = PROMISE_REMINDED_DAYS_BEFORE + 7;

/// When the owner of a promise that is to be kept by that day is reminded: three days before, at the weekly cadence's time of
/// day, moved off public holidays as letters are, but never past the day itself: then to the last working day before. `None`
/// while the forum pauses.
pub fn reminded_of_promise_at(settings: &ForumSettings, by: NaiveDate) -> Option<DateTime<Utc>> {
    let day = by.checked_sub_days(Days::new(PROMISE_REMINDED_DAYS_BEFORE))?;
    occurrence_by(settings, day.and_time(weekly_time(settings)), by)
}

/// What of a reminder the item alone decides: whether anybody at all may have one of it on that occasion at `now`.
pub fn may_be_reminded_of(item: &Item, occasion: Occasion, now: DateTime<Utc>) -> bool {
    match occasion {
        // Past the end of registration the item is closed, but who comes is still to be reminded.
        Occasion::Coming => decide_answering(item, now) != Answering::Over,
        Occasion::Unanswered => {
            item.importance == Importance::Required && decide_answering(item, now) == Answering::Open
        }
        // Who was asked for an answer has given it.
        Occasion::Help => item.wanted() == Some(Wanted::Help) && !item.is_closed(now),
    }
}

/// Whether `recipient` is to be reminded of `item` at `now`. `since` is when they said so, or when the item
/// reached them: who heard of it within the two days needs no reminder.
pub fn is_reminded(
    forum: &Forum,
    item: &Item,
    recipient: &Recipient,
    occasion: Occasion,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let Some(due) = reminded_at(&forum.settings, item) else { return false };
    let today = now.with_timezone(&forum.settings.zone).date_naive();
    let is_time = due <= now && since < due && item.due().is_some_and(|own| now < own.at);
    let is_paused = recipient.paused_until.is_some_and(|until| today < until);
    let profile = Profile::new(forum, &recipient.standing, now);
    let stands = match occasion {
        Occasion::Coming => {
            !item.withdrawn
                && item.number.is_some()
                && profile.is_active()
                && is_entitled(forum, item.visibility, &profile)
        }
        Occasion::Unanswered | Occasion::Help => {
            check_open_and_entitled(forum, item, &profile, Release::ByNumber).is_ok()
        }
    };
    is_time && !is_paused && stands && may_be_reminded_of(item, occasion, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forum::{Holidays, PauseDays};

    fn settings() -> ForumSettings {
        ForumSettings { holidays: Some(Holidays::Norway), ..ForumSettings::sample() }
    }

    fn reminded(settings: &ForumSettings, by: &str) -> Option<String> {
        let at = reminded_of_promise_at(settings, by.parse().unwrap())?;
        Some(at.with_timezone(&settings.zone).date_naive().to_string())
    }

    #[test]
    fn a_promise_is_reminded_of_on_a_working_day_and_never_after_its_own() {
        let told = |by: &str| reminded(&settings(), by).unwrap();
        assert_eq!(told("2027-03-12"), "2027-03-09");
        assert_eq!(told("2027-04-01"), "2027-03-30", "three days before is Easter Monday");
        assert_eq!(told("2027-03-28"), "2027-03-24", "before Maundy Thursday, for Easter Sunday");
        assert_eq!(told("2027-03-29"), "2027-03-24", "before Good Friday, for Easter Monday");
        assert_eq!(told("2027-12-28"), "2027-12-27", "a day that is left is soon enough");
    }

    #[test]
    fn no_promise_is_reminded_of_in_a_pause() {
        let day = |text: &str| text.parse().unwrap();
        let pause = vec![PauseDays { first: day("2027-03-22"), last: day("2027-03-26") }];
        assert_eq!(reminded(&ForumSettings { pause, ..settings() }, "2027-03-29"), None);
    }
}
