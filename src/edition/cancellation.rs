//! An event that was taken back: who is told that it is cancelled, and when. Pure: rows and the instant come in.

use chrono::{DateTime, Utc};

use crate::content::{Item, Kind, local_midnight};
use crate::forum::{Forum, Recipient};
use crate::matching::{Profile, is_entitled};

/// Whether and when somebody is told that an event is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Now.
    Now,
    /// Not before their pause is over, which is in time.
    From(DateTime<Utc>),
    /// Never: it stands, it is over or no event; or they get no mail, or may not have it.
    Never,
}

/// Until when there is any use in telling that the event is cancelled: its end; of one without a date the instant that
/// closes it. `None` of what is no event, and of what nobody can have got.
pub fn called_off_until(item: &Item) -> Option<DateTime<Utc>> {
    let is_event = item.kind == Kind::Event;
    item.own_close().map(|end| end.at).or_else(|| item.closes_at()).filter(|_| is_event)
}

/// Whether `recipient`, who has got `item` or comes to it, is told at `now` that it is cancelled: lines 1 and 2 of the
/// rule, as for a correction, and their pause.
pub fn tell_called_off(forum: &Forum, item: &Item, recipient: &Recipient, now: DateTime<Utc>) -> Telling {
    let profile = Profile::new(forum, &recipient.standing, now);
    let may_have_it = profile.is_active() && is_entitled(forum, item.visibility, &profile);
    let Some(until) = called_off_until(item).filter(|until| now < *until && item.withdrawn && may_have_it)
    else {
        return Telling::Never;
    };
    match recipient.paused_until.map(|day| local_midnight(day, forum.settings.zone)) {
        Some(back_at) if until <= back_at => Telling::Never,
        Some(back_at) if now < back_at => Telling::From(back_at),
        _ => Telling::Now,
    }
}
