//! What is told of an item that was just queued, by what stands in its row; and until when it becomes a draft again by one
//! press.

use chrono::{DateTime, TimeDelta, Utc};

use super::over::is_over_when_sent;
use super::rights::may_change;
use crate::content::{Item, Lane};
use crate::pipeline::next_release;
use crate::staff::Right;
use crate::store::DeskDraftRow;
use crate::web::note::Note;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::fill;

/// How long after it was queued an item becomes a draft again, unless it goes before.
const UNDO_FOR: TimeDelta = TimeDelta::minutes(10);

/// When it goes, or that nobody gets it; nothing once it is out or taken back, which its state says.
pub(super) async fn tell_queued(
    reading: &Reading,
    staff: &Staff,
    item: &Item,
) -> Result<Option<Note>, Refusal> {
    let words = &reading.0.words(staff.language).queue.note;
    let now = reading.0.now();
    if item.withdrawn || item.number.is_some() {
        return Ok(None);
    }
    let is_over = is_over_when_sent(reading, item, None).await?;
    let day = reading.0.pen(&staff.forum, staff.language).day(item.release_at);
    Ok(Some(match item.lane {
        _ if is_over => Note::plain(&words.queued_over),
        _ if item.held => Note::good(&words.queued_held),
        _ if item.release_at > now => Note::good(fill(&words.queued_waits, &[("day", &day)])),
        Lane::Urgent if reading.asks_for_approval() => Note::good(&words.queued_approval),
        Lane::Urgent => Note::good(&words.queued_urgent),
        Lane::Digest => Note::good(&words.queued),
    }))
}

/// The draft that the item was, and until when it is one again by one press: not once a mailing took it. What goes in the
/// next minute is asked about before it is queued, and not promised back.
pub(super) async fn undo_until(
    reading: &Reading,
    staff: &Staff,
    item: &Item,
) -> Result<Option<(DeskDraftRow, DateTime<Utc>)>, Refusal> {
    let now = reading.0.now();
    if item.number.is_some() || item.withdrawn || item.version != 1 {
        return Ok(None);
    }
    let Some(draft) = reading.draft_of_item(&item.slug).await? else { return Ok(None) };
    // What a group's writer asked the lead to send is the lead's to take back.
    let is_theirs = !staff.writes_for_groups_only() || may_change(staff, item);
    let is_own = staff.may(Right::Send) || (draft.account == Some(staff.account) && is_theirs);
    let until = draft.settled_at.map(|at| at + UNDO_FOR).filter(|until| is_own && now < *until);
    let Some(until) = until else { return Ok(None) };
    // With approval nothing goes before somebody said so.
    if reading.asks_for_approval() {
        return Ok(Some((draft, until)));
    }
    if item.lane == Lane::Urgent && item.is_due(now) {
        return Ok(None);
    }
    let library = reading.library().await?;
    let goes = next_release(&library.forum, &library.items, item, now);
    Ok(Some((draft, goes.map_or(until, |goes| until.min(goes)))))
}
