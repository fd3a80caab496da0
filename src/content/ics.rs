//! An event as a calendar file (RFC 5545) that calendars import and update.

use chrono::{DateTime, Days, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use super::markdown;
use super::{Fields, Item, Moment};
use crate::forum::{ForumSettings, Language};

/// The longest line in bytes, its end not counted (RFC 5545, 3.1).
const LINE_BYTES: usize = 75;

/// The calendar file of an event for a reader of `language`; `None` if `item` is no event or names no
/// start. `stamped_at` becomes DTSTAMP; `url` is where the item can be read.
///
/// A whole day stays one (`VALUE=DATE`), an instant is told in UTC. Each version of the item, and its
/// withdrawal, is a later SEQUENCE of the same UID, so that a calendar takes it as an update.
pub fn write_event(
    item: &Item,
    settings: &ForumSettings,
    language: Language,
    stamped_at: DateTime<Utc>,
    url: Option<&str>,
) -> Option<String> {
    let Fields::Event { starts_at: Some(start), ends_at, registration_url, .. } = &item.fields else {
        return None;
    };
    let (_, text) = item.text_for(language);
    let mut event = Event::with_uid(&format!("{}@{}", item.public_id, settings.slug));
    event.timestamp(stamped_at).summary(&text.title).sequence(sequence_of(item));
    for (key, moment) in list_times(*start, *ends_at) {
        event.append_property(moment.property(key));
    }
    if let Some(place) = &text.place {
        event.location(place);
    }
    let description = [Some(markdown::to_text(&text.body)), registration_url.clone()];
    let description: Vec<_> = description.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if !description.is_empty() {
        event.description(&description.join("\n\n"));
    }
    if let Some(url) = url.or(registration_url.as_deref()) {
        event.url(url);
    }
    event.status(if item.withdrawn { EventStatus::Cancelled } else { EventStatus::Confirmed });
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Treff//Treff//EN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .push(event.done());
    Some(fold(&calendar.to_string()))
}

/// Versions count from 1, sequences from 0; a withdrawal comes after the version that it takes back.
fn sequence_of(item: &Item) -> u32 {
    let withdrawal = i64::from(item.withdrawn);
    u32::try_from(item.version - 1 + withdrawal).unwrap_or(0)
}

/// DTSTART or DTEND.
enum Time {
    Day(chrono::NaiveDate),
    Instant(DateTime<Utc>),
}

impl Time {
    fn property(&self, key: &str) -> Property {
        match self {
            Time::Day(day) => {
                Property::new(key, day.format("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
            }
            Time::Instant(at) => Property::new(key, at.format("%Y%m%dT%H%M%SZ").to_string()),
        }
    }
}

/// Start and end, both days or both instants (RFC 5545, 3.8.2.2); the end, if any, after the start.
fn list_times(start: Moment, end: Option<Moment>) -> Vec<(&'static str, Time)> {
    let mut times = Vec::new();
    match (start.day, end.map(|end| (end, end.day))) {
        (Some(first), Some((_, Some(last)))) => {
            times.push(("DTSTART", Time::Day(first)));
            // The end of a day is told as the day after it.
            times.extend(last.checked_add_days(Days::new(1)).map(|after| ("DTEND", Time::Day(after))));
        }
        (Some(first), None) => times.push(("DTSTART", Time::Day(first))),
        (_, end) => {
            times.push(("DTSTART", Time::Instant(start.at)));
            let end = end.map(|(end, _)| end.at).filter(|end| *end > start.at);
            times.extend(end.map(|end| ("DTEND", Time::Instant(end))));
        }
    }
    times
}

/// Folds lines of more than 75 bytes anew: the crate lets a last continued line have 76.
pub(super) fn fold(calendar: &str) -> String {
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
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::content::{Importance, ItemText, Kind, Lane, Minutes, Visibility};
    use crate::ids::ItemId;

    fn settings() -> ForumSettings {
        ForumSettings {
            name: "Nordfjella".into(),
            slug: "nordfjella".into(),
            zone: chrono_tz::Europe::Oslo,
            language: Language::Nb,
            holidays: None,
            pause: Vec::new(),
            cadences: BTreeMap::new(),
            cap: 7,
            learning: true,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn event(starts_at: Moment, ends_at: Option<Moment>) -> Item {
        let text = ItemText {
            title: "Samling: skole, arbeid; framtid".into(),
            body: "Vi møtes **alle**.".into(),
            minutes: Minutes::default(),
            place: Some("Fylkeshuset, Steinvik".into()),
        };
        Item {
            id: ItemId(1),
            slug: "samling".into(),
            public_id: "00ff".into(),
            version: 3,
            kind: Kind::Event,
            audience: None,
            about: Vec::new(),
            interested: true,
            visibility: Visibility::Public,
            importance: Importance::Normal,
            lane: Lane::Digest,
            release_at: at("2027-03-01T00:00:00Z"),
            expires_at: None,
            number: None,
            numbered_at: None,
            withdrawn: false,
            fields: Fields::Event {
                starts_at: Some(starts_at),
                ends_at,
                registration_url: None,
                gathering: false,
            },
            source: None,
            contact: None,
            texts: BTreeMap::from([(Language::Nb, text)]),
            language: Language::Nb,
        }
    }

    fn written(item: &Item) -> String {
        let url = Some("https://forum.example/i/samling");
        write_event(item, &settings(), Language::Nb, at("2027-03-02T12:00:00Z"), url).unwrap()
    }

    fn line<'a>(calendar: &'a str, key: &str) -> Option<&'a str> {
        calendar.split("\r\n").find(|line| line.starts_with(key))
    }

    #[test]
    fn an_event_is_written_as_a_calendar_file() {
        let start = Moment::exact(at("2027-05-03T07:00:00Z"));
        let item = event(start, Some(Moment::exact(at("2027-05-03T13:00:00Z"))));
        assert_eq!(
            written(&item),
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Treff//Treff//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n\
             DESCRIPTION:Vi møtes alle.\r\nDTEND:20270503T130000Z\r\nDTSTAMP:20270302T120000Z\r\n\
             DTSTART:20270503T070000Z\r\nLOCATION:Fylkeshuset\\, Steinvik\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n\
             SUMMARY:Samling: skole\\, arbeid\\; framtid\r\nUID:00ff@nordfjella\r\n\
             URL:https://forum.example/i/samling\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }

    #[test]
    fn whole_days_stay_whole_days() {
        let zone = settings().zone;
        let (first, last) = ("2027-05-03".parse().unwrap(), "2027-05-04".parse().unwrap());
        let two_days = written(&event(Moment::start_of(first, zone), Some(Moment::end_of(last, zone))));
        assert_eq!(line(&two_days, "DTSTART"), Some("DTSTART;VALUE=DATE:20270503"));
        assert_eq!(line(&two_days, "DTEND"), Some("DTEND;VALUE=DATE:20270505"));
        let one_day = written(&event(Moment::start_of(first, zone), None));
        assert_eq!(
            (line(&one_day, "DTSTART"), line(&one_day, "DTEND")),
            (Some("DTSTART;VALUE=DATE:20270503"), None)
        );
        let until =
            written(&event(Moment::exact(at("2027-05-03T07:00:00Z")), Some(Moment::end_of(first, zone))));
        assert_eq!(line(&until, "DTSTART"), Some("DTSTART:20270503T070000Z"));
        assert_eq!(line(&until, "DTEND"), Some("DTEND:20270503T220000Z"));
    }

    #[test]
    fn a_withdrawn_event_is_cancelled_by_a_later_sequence() {
        let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
        item.withdrawn = true;
        let calendar = written(&item);
        assert_eq!(line(&calendar, "STATUS"), Some("STATUS:CANCELLED"));
        assert_eq!(line(&calendar, "SEQUENCE"), Some("SEQUENCE:3"));
    }

    #[test]
    fn no_line_is_longer_than_75_bytes_and_unfolding_gives_the_text_back() {
        for length in 50..260 {
            let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
            let title: String = "æ bø x, ".chars().cycle().take(length).collect::<String>() + "z";
            item.texts.get_mut(&Language::Nb).unwrap().title = title.clone();
            let calendar = written(&item);
            assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "{calendar}");
            let unfolded = calendar.replace("\r\n ", "");
            let summary = line(&unfolded, "SUMMARY:").unwrap();
            assert_eq!(summary, format!("SUMMARY:{}", title.replace(',', "\\,")));
        }
    }

    #[test]
    fn what_is_no_event_or_has_no_start_has_no_calendar_file() {
        let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
        item.fields = Fields::Plain;
        assert_eq!(write_event(&item, &settings(), Language::Nb, at("2027-03-02T12:00:00Z"), None), None);
    }
}
