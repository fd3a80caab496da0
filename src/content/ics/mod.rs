//! An event as a calendar file (RFC 5545, RFC 5546) that calendars import and bring up to date, and
//! events as a calendar that is subscribed to.

mod times;

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use self::times::{list_times, written_instant};
use super::feed::updated_at;
use super::markdown;
use super::{Fields, Item, ascii_web_address};
use crate::forum::{ForumSettings, Language, percent_encode};

/// The longest line in bytes, its end not counted (RFC 5545, 3.1).
const LINE_BYTES: usize = 75;

/// How often a subscribed calendar is fetched again (RFC 7986, 5.7).
const FETCHED_AGAIN: &str = "PT6H";

/// Who publishes events, and in which words.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'a> {
    /// The forum: its slug ends every UID.
    pub settings: &'a ForumSettings,
    /// Where the organiser of an event whose contact has no address is reached.
    pub reply_address: &'a str,
    /// What stands instead of the title of an event that was taken back.
    pub cancelled: &'a str,
}

/// The calendar file of an event for a reader of `language`; `None` if `item` is no event or names no
/// start. `stamped_at` becomes DTSTAMP; `url` is where the item can be read.
///
/// A whole day stays one (`VALUE=DATE`), an instant is told in UTC. Each version of the item, and its
/// withdrawal, is a later SEQUENCE of the same UID, so that a calendar takes it as an update. What was
/// taken back is a CANCEL (RFC 5546, 3.2.5) that says which event, when and whose, and nothing of what it was.
pub fn write_event(
    item: &Item,
    publisher: Publisher<'_>,
    language: Language,
    stamped_at: DateTime<Utc>,
    url: Option<&str>,
) -> Option<String> {
    let event = event_of(item, publisher, language, stamped_at, url)?;
    let method = if item.withdrawn { "CANCEL" } else { "PUBLISH" };
    let mut calendar = calendar();
    calendar.append_property(Property::new("METHOD", method)).push(event);
    Some(fold(&calendar.to_string()))
}

/// Events as one calendar called `name`, to be subscribed to; each with where it can be read. What is no
/// event is left out. The same events give the same bytes: DTSTAMP is when each was last changed
/// (RFC 5545, 3.8.7.2, where there is no METHOD).
pub fn write_calendar(
    events: &[(&Item, Option<String>)],
    publisher: Publisher<'_>,
    language: Language,
    name: &str,
) -> String {
    let mut calendar = calendar();
    calendar
        .append_property(Property::new("NAME", escaped(&clean(name))))
        .append_property(Property::new("X-WR-CALNAME", clean(name)))
        .append_property(
            Property::new("REFRESH-INTERVAL", FETCHED_AGAIN).add_parameter("VALUE", "DURATION").done(),
        )
        .append_property(Property::new("X-PUBLISHED-TTL", FETCHED_AGAIN));
    for (item, url) in events {
        if let Some(event) = event_of(item, publisher, language, updated_at(item), url.as_deref()) {
            calendar.push(event);
        }
    }
    fold(&calendar.to_string())
}

fn calendar() -> Calendar {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Treff//Treff//EN"));
    calendar
}

fn event_of(
    item: &Item,
    publisher: Publisher<'_>,
    language: Language,
    stamped_at: DateTime<Utc>,
    url: Option<&str>,
) -> Option<Event> {
    let Fields::Event { starts_at: Some(start), ends_at, .. } = &item.fields else {
        return None;
    };
    let mut event = Event::with_uid(&format!("{}@{}", item.public_id, publisher.settings.slug));
    event.timestamp(stamped_at).sequence(sequence_of(item)).append_property(organiser(item, publisher));
    for (key, moment) in list_times(*start, *ends_at) {
        event.append_property(moment.property(key));
    }
    if item.withdrawn {
        event.summary(publisher.cancelled).status(EventStatus::Cancelled);
    } else {
        event.status(EventStatus::Confirmed);
        event.append_property(Property::new("LAST-MODIFIED", written_instant(updated_at(item))));
        describe(&mut event, item, language, url);
    }
    Some(event.done())
}

/// What the event is: all that a cancellation keeps to itself.
fn describe(event: &mut Event, item: &Item, language: Language, url: Option<&str>) {
    let Fields::Event { registration_url, .. } = &item.fields else { return };
    let (_, text) = item.text_for(language);
    event.summary(&clean(&text.title));
    if let Some(place) = &text.place {
        event.location(&clean(place));
    }
    let registration_url = registration_url.as_deref().and_then(ascii_web_address);
    let description = [Some(markdown::to_text(&text.body)), registration_url.clone()];
    let description: Vec<_> = description.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if !description.is_empty() {
        event.description(&clean(&description.join("\n\n")));
    }
    if let Some(contact) = &item.contact {
        let told = [Some(&contact.name), contact.phone.as_ref(), contact.email.as_ref()];
        let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
        event.append_property(Property::new("CONTACT", clean(&told.join(", "))));
    }
    if let Some(url) = url.and_then(ascii_web_address).or(registration_url) {
        event.url(&url);
    }
}

/// Who organises: the item's contact, if that has an address, else the forum (RFC 5546, 3.2.1: PUBLISH and
/// CANCEL name an ORGANIZER). A calendar drops an event on its own organiser's word alone, so a cancellation names who the
/// event's file named.
fn organiser(item: &Item, publisher: Publisher<'_>) -> Property {
    let contact = item.contact.as_ref();
    let (name, address) = match contact.and_then(|contact| Some((&contact.name, contact.address()?))) {
        Some((name, address)) => (name, address.to_string()),
        None => (&publisher.settings.name, publisher.reply_address.to_owned()),
    };
    // A quoted value has no escape for the quotation mark itself (RFC 5545, 3.2); what stands between angle
    // brackets some calendars take for the address.
    let name = format!("\"{}\"", clean(name).replace(['"', '\n'], "'").replace(['<', '>'], ""));
    let address = format!("mailto:{}", percent_encode(&address, b"@.+-_"));
    Property::new("ORGANIZER", address).add_parameter("CN", &name).done()
}

/// Versions count from 1, sequences from 0; a withdrawal comes after the version that it takes back.
fn sequence_of(item: &Item) -> u32 {
    let withdrawal = i64::from(item.withdrawn);
    u32::try_from(item.version - 1 + withdrawal).unwrap_or(0)
}

/// A text without control characters but line ends, which the writer escapes: nothing in it ends a line.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// TEXT, for a property that the writer does not know as one (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Folds lines of more than 75 bytes anew: the crate lets a last continued line have 76.
fn fold(calendar: &str) -> String {
    let mut folded = String::with_capacity(calendar.len() + calendar.len() / 70 * 3);
    for line in calendar.replace("\r\n ", "").lines() {
        let mut room = LINE_BYTES;
        for c in line.chars() {
            if c.len_utf8() > room {
                folded += "\r\n ";
                room = LINE_BYTES - 1;
            }
            folded.push(c);
            room -= c.len_utf8();
        }
        folded += "\r\n";
    }
    folded
}

#[cfg(test)]
mod tests;
