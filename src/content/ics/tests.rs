//! Calendar files, line by line.

use std::collections::BTreeMap;

use super::*;
use crate::content::{Contact, Importance, ItemText, Kind, Lane, Minutes, Moment, Visibility};
use crate::ids::ItemId;

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
        written_at: at("2027-03-01T00:00:00Z"),
        changed_at: at("2027-03-01T00:00:00Z"),
        held: false,
        withdrawn: false,
        fields: Fields::Event {
            starts_at: Some(starts_at),
            ends_at,
            registration_url: None,
            gathering: false,
            changed: Default::default(),
        },
        source: None,
        contact: None,
        texts: BTreeMap::from([(Language::Nb, text)]),
        language: Language::Nb,
        files: 0,
    }
}

fn publisher(settings: &ForumSettings) -> Publisher<'_> {
    Publisher { settings, reply_address: "kari@fylket.example", cancelled: "Avlyst" }
}

fn written(item: &Item) -> String {
    let (url, settings) = (Some("https://forum.example/i/samling"), ForumSettings::sample());
    write_event(item, publisher(&settings), Language::Nb, at("2027-03-02T12:00:00Z"), url).unwrap()
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
         DTSTART:20270503T070000Z\r\nLAST-MODIFIED:20270301T000000Z\r\nLOCATION:Fylkeshuset\\, Steinvik\r\nORGANIZER;CN=\"Nordfjella\":mailto:kari@fylket.example\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n\
         SUMMARY:Samling: skole\\, arbeid\\; framtid\r\nUID:00ff@nordfjella\r\n\
         URL:https://forum.example/i/samling\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
}

#[test]
fn whole_days_stay_whole_days() {
    let zone = ForumSettings::sample().zone;
    let (first, last) = ("2027-05-03".parse().unwrap(), "2027-05-04".parse().unwrap());
    let two_days = written(&event(Moment::start_of(first, zone), Some(Moment::end_of(last, zone))));
    assert_eq!(line(&two_days, "DTSTART"), Some("DTSTART;VALUE=DATE:20270503"));
    assert_eq!(line(&two_days, "DTEND"), Some("DTEND;VALUE=DATE:20270505"));
    let one_day = written(&event(Moment::start_of(first, zone), None));
    assert_eq!(
        (line(&one_day, "DTSTART"), line(&one_day, "DTEND")),
        (Some("DTSTART;VALUE=DATE:20270503"), None)
    );
    let until = written(&event(Moment::exact(at("2027-05-03T07:00:00Z")), Some(Moment::end_of(first, zone))));
    assert_eq!(line(&until, "DTSTART"), Some("DTSTART:20270503T070000Z"));
    assert_eq!(line(&until, "DTEND"), Some("DTEND:20270503T220000Z"));
}

#[test]
fn a_withdrawn_event_is_cancelled_by_a_later_sequence_and_says_nothing_more_of_it() {
    let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
    item.withdrawn = true;
    assert_eq!(
        written(&item),
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Treff//Treff//EN\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\n\
         DTSTAMP:20270302T120000Z\r\nDTSTART:20270503T070000Z\r\n\
         ORGANIZER;CN=\"Nordfjella\":mailto:kari@fylket.example\r\nSEQUENCE:3\r\nSTATUS:CANCELLED\r\n\
         SUMMARY:Avlyst\r\nUID:00ff@nordfjella\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
}

#[test]
fn the_contact_organises() {
    let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
    item.contact = Some(Contact {
        name: "Kari \"K\" Nes, leder; nå".into(),
        email: Some("kari+x@fylket.example".into()),
        phone: Some("900 00 000".into()),
    });
    let calendar = written(&item).replace("\r\n ", "");
    let expected = "ORGANIZER;CN=\"Kari 'K' Nes, leder; nå\":mailto:kari+x@fylket.example";
    assert_eq!(line(&calendar, "ORGANIZER"), Some(expected));
    item.withdrawn = true;
    let cancelled = written(&item).replace("\r\n ", "");
    assert_eq!(
        line(&cancelled, "ORGANIZER"),
        Some(expected),
        "a calendar heeds its event's own organiser only"
    );
    assert!(cancelled.contains("METHOD:CANCEL") && !cancelled.contains("CONTACT"), "{cancelled}");
    let expected = "CONTACT:Kari \"K\" Nes\\, leder\\; nå\\, 900 00 000\\, kari+x@fylket.example";
    assert_eq!(line(&calendar, "CONTACT"), Some(expected));
}

#[test]
fn nothing_that_people_wrote_begins_a_line() {
    let mut item = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
    for end in ["\r\n", "\n", "\r", "\u{b}", "\u{85}", "\0"] {
        let evil = format!("a{end}ATTACH:x{end} b");
        item.contact = Some(Contact {
            name: evil.clone(),
            email: Some("k@x.example".into()),
            phone: Some(evil.clone()),
        });
        let text = item.texts.get_mut(&Language::Nb).unwrap();
        (text.title, text.body, text.place) = (evil.clone(), evil.clone(), Some(evil.clone()));
        if let Fields::Event { registration_url, .. } = &mut item.fields {
            *registration_url = Some(format!("https://x.example/{evil}"));
        }
        let settings = ForumSettings { name: evil.clone(), ..ForumSettings::sample() };
        let publisher = publisher(&settings);
        let one = write_event(&item, publisher, Language::Nb, at("2027-03-02T12:00:00Z"), None).unwrap();
        let many = write_calendar(&[(&item, None)], publisher, Language::Nb, &evil);
        for calendar in [one, many] {
            let bad = |line: &str| line.starts_with("ATTACH") || line.contains(|c: char| c.is_control());
            assert_eq!(calendar.split("\r\n").find(|line| bad(line)), None, "{end:?}");
        }
    }
}

#[test]
fn a_calendar_of_events_is_the_same_as_long_as_they_are() {
    let mut gone = event(Moment::exact(at("2027-05-04T07:00:00Z")), None);
    (gone.public_id, gone.withdrawn) = ("00fe".into(), true);
    let mut tip = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
    tip.fields = Fields::Plain;
    let stays = event(Moment::exact(at("2027-05-03T07:00:00Z")), None);
    let settings = ForumSettings::sample();
    let events = [(&stays, Some("https://forum.example/i/samling".to_owned())), (&gone, None), (&tip, None)];
    let calendar = write_calendar(&events, publisher(&settings), Language::Nb, "Nordfjella, alt");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2);
    assert_eq!(calendar.matches("STATUS:CANCELLED").count(), 1);
    assert_eq!(line(&calendar, "METHOD"), None);
    assert_eq!(line(&calendar, "X-WR-CALNAME"), Some("X-WR-CALNAME:Nordfjella\\, alt"));
    assert_eq!(line(&calendar, "DTSTAMP"), Some("DTSTAMP:20270301T000000Z"));
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
    let settings = ForumSettings::sample();
    let now = at("2027-03-02T12:00:00Z");
    assert_eq!(write_event(&item, publisher(&settings), Language::Nb, now, None), None);
}
