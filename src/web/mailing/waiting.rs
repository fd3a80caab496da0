//! Items before they are out: held back, let go, moved to another mailing.

use axum::extract::Form;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::content::Item;
use crate::edition::schedule::instant_of;
use crate::store::Shifted;
use crate::web::note::Note;
use crate::web::paths::Path;
use crate::web::queue::rights::may_see;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::{Words, fill};

/// Items of a list; the others are on the page of all items.
const LISTED: usize = 20;

/// An item that waits, with what can be done about it.
#[derive(Serialize)]
pub(super) struct Waits {
    slug: String,
    title: String,
    told: String,
    /// Names the time that is shown.
    seen: String,
}

/// Names the time at which an item is to go, for the form that moves it.
pub(super) fn name_release(item: &Item) -> String {
    item.release_at.timestamp_micros().to_string()
}

/// The time that a form says it was shown; none if it says none.
fn read_seen(seen: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(seen.parse().ok()?)
}

/// Items that are held back, and those that come later than `occurs_at`.
pub(super) async fn list(
    reading: &Reading,
    staff: &Staff,
    occurs_at: DateTime<Utc>,
) -> Result<(Vec<Waits>, Vec<Waits>), Refusal> {
    let library = reading.library().await?;
    let staff = &staff.among(&library.forum);
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&library.forum, staff.language);
    let waits =
        |item: &&Item| item.number.is_none() && !item.is_closed(reading.0.now()) && may_see(staff, item);
    let told = |item: &Item, told: String| Waits {
        slug: item.slug.clone(),
        title: item.text_for(staff.language).1.title.clone(),
        told,
        seen: name_release(item),
    };
    let mut items: Vec<&Item> = library.items.iter().filter(waits).collect();
    items.sort_by(|a, b| (a.release_at, &a.slug).cmp(&(b.release_at, &b.slug)));
    let held = items.iter().filter(|item| item.held).map(|item| told(item, pen.kicker(item)));
    let later = items
        .iter()
        .filter(|item| !item.held && occurs_at < item.release_at)
        .map(|item| told(item, fill(&words.queue.state.waits, &[("day", &pen.instant(item.release_at))])));
    Ok((held.take(LISTED).collect(), later.take(LISTED).collect()))
}

/// What was done, as the address names it.
pub(super) fn tell_done(words: &Words, done: &str) -> Option<Note> {
    let own = &words.mailing.waiting;
    Some(match done {
        "held" => Note::good(&own.was_held),
        "let-go" => Note::good(&own.was_let_go),
        "moved" => Note::good(&own.was_moved),
        "late" => Note::bad(&own.too_late),
        "overtaken" => Note::bad(&own.overtaken),
        "day" => Note::bad(&own.bad_day),
        "time" => Note::bad(&own.bad_time),
        _ => return None,
    })
}

/// Where a button stood, and what was filled in beside it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    back: String,
    day: String,
    time: String,
    /// Names the time that was shown.
    seen: String,
}

/// POST: no mailing takes the item until it is let go.
pub(super) async fn hold(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let done = writing.hold_item(&staff, &slug).await?;
    Ok(back(&writing, &pressed, if done { "held" } else { "late" }))
}

/// POST: the next mailing takes it.
pub(super) async fn let_go(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let done = writing.let_item_go(&staff, &slug).await?;
    Ok(back(&writing, &pressed, if done { "let-go" } else { "late" }))
}

/// POST: it comes in the first mailing at or after that time; not over what somebody else chose since it was shown.
pub(super) async fn shift(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let Ok(day) = pressed.day.trim().parse::<NaiveDate>() else { return Ok(back(&writing, &pressed, "day")) };
    let Some(time) = read_time(&pressed.time) else { return Ok(back(&writing, &pressed, "time")) };
    let at = instant_of(staff.forum.settings.zone, day.and_time(time));
    let done = match writing.move_item(&staff, &slug, (read_seen(&pressed.seen), at)).await? {
        Shifted::Done => "moved",
        Shifted::TooLate => "late",
        Shifted::Overtaken => "overtaken",
    };
    Ok(back(&writing, &pressed, done))
}

/// The time of a field, midnight if it is empty. Who types it writes `7.30`, too.
fn read_time(field: &str) -> Option<NaiveTime> {
    match field.trim() {
        "" => Some(NaiveTime::MIN),
        text => NaiveTime::parse_from_str(&text.replace('.', ":"), "%H:%M").ok(),
    }
}

/// To the mailing where the button stood.
fn back(writing: &Writing, pressed: &Pressed, done: &str) -> Response {
    let rhythm: String = pressed.back.chars().filter(char::is_ascii_lowercase).collect();
    let place =
        if rhythm.is_empty() { "/desk/mailing".to_owned() } else { format!("/desk/mailing/next/{rhythm}") };
    writing.reading().0.go_to(&format!("{place}?done={done}"))
}
