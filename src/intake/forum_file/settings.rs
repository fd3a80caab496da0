//! The forum file's settings: all but roles, groups and sectors.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::table::{Problems, Table, Text, unknown, wrong};
use super::terms::checked_slug;
use crate::forum::{Cadence, CronTimes, ForumSettings, Holidays, Language, PauseDays, cut_slug, slug_of};

/// The keys at the head of the file.
pub(super) const KEYS: [&str; 17] = [
    "name",
    "slug",
    "time_zone",
    "language",
    "holidays",
    "pause",
    "cap",
    "learning",
    "cadence",
    "sender",
    "privacy",
    "letter",
    "basis",
    "texts",
    "role",
    "group",
    "sector",
];

/// The cadences that a file gives times for.
const CADENCES: [&str; 3] = ["daily", "weekly", "monthly"];

/// Items in a digest unless the file says otherwise (DESIGN, section 3).
const CAP: u32 = 7;

/// The settings, whether the file gives the slug, and warnings; none if something is missing.
pub(super) fn read(
    root: &Table<'_>,
    problems: &mut Problems<'_>,
) -> Option<(ForumSettings, bool, Vec<String>)> {
    let mut warnings = Vec::new();
    let name = root.needed_text("name", "\"Kompetanseforum Nordfjella\"", problems);
    let slug = read_slug(root, name.as_ref(), problems);
    let zone = read_word(root, "time_zone", problems, find_zone);
    let language = read_word(root, "language", problems, Language::from_str);
    let (holidays, pause) =
        (read_word(root, "holidays", problems, read_holidays), read_pause(root, problems));
    let learning = read_learning(root, problems);
    let (cap, cadences) = (read_cap(root, problems), read_cadences(root, problems));
    let house = super::house::read(root, problems);
    let settings = ForumSettings {
        name: name?.value,
        slug: slug?,
        zone: zone.unwrap_or_else(|| {
            warnings.push("time_zone is not given; Europe/Oslo it is".to_owned());
            Tz::Europe__Oslo
        }),
        language: language.unwrap_or(Language::Nb),
        holidays,
        pause,
        cap,
        learning,
        cadences: cadences?,
        house,
    };
    if !settings.cadences.contains_key(&Cadence::Weekly) {
        warnings.push(
            "[cadence] has no weekly; whoever has not chosen another cadence gets no letters".to_owned(),
        );
    }
    Some((settings, root.value("slug").is_some(), warnings))
}

/// The value of `key` as `parse` reads it; none if it is absent or wrong.
fn read_word<T>(
    root: &Table<'_>,
    key: &str,
    problems: &mut Problems<'_>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let text = root.text(key, problems)?;
    parse(&text.value).map_err(|message| problems.add(&text.at, message)).ok()
}

/// As long as a label of List-Id may be that is a name in DNS too, in bytes (RFC 2919, 2; RFC 1035, 2.3.4).
const LONGEST_MADE: usize = 63;

fn read_slug(root: &Table<'_>, name: Option<&Text>, problems: &mut Problems<'_>) -> Option<String> {
    if let Some(given) = root.text("slug", problems) {
        return checked_slug(given, problems).map(|slug| slug.value);
    }
    let name = name?;
    let slug = cut_slug(&slug_of(&name.value), LONGEST_MADE).to_owned();
    if slug.is_empty() {
        problems.add(&name.at, "no slug can be made of the name; add slug = \"my-forum\"");
        return None;
    }
    Some(slug)
}

fn find_zone(text: &str) -> Result<Tz, String> {
    text.parse::<Tz>().map_err(|_| {
        let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        unknown("time zone", text, "time zones", &names)
    })
}

fn read_holidays(text: &str) -> Result<Holidays, String> {
    match text {
        "NO" => Ok(Holidays::Norway),
        _ => Err(format!("unknown calendar of holidays \"{text}\"; write \"NO\", or take holidays away")),
    }
}

fn read_cap(root: &Table<'_>, problems: &mut Problems<'_>) -> u32 {
    let Some(value) = root.value("cap") else { return CAP };
    let number = value.get_ref().as_integer().and_then(|n| n.as_str().parse().ok());
    number.filter(|n| (1..=100).contains(n)).unwrap_or_else(|| {
        let message = match value.get_ref().as_integer() {
            Some(_) => "cap must be a whole number from 1 to 100".to_owned(),
            None => wrong("cap", "a whole number from 1 to 100", value),
        };
        problems.add(&value.span(), message);
        CAP
    })
}

/// Taps rank unless the file says otherwise.
fn read_learning(root: &Table<'_>, problems: &mut Problems<'_>) -> bool {
    let Some(value) = root.value("learning") else { return true };
    value.get_ref().as_bool().unwrap_or_else(|| {
        problems.add(&value.span(), wrong("learning", "true or false", value));
        true
    })
}

fn read_pause(root: &Table<'_>, problems: &mut Problems<'_>) -> Vec<PauseDays> {
    let texts = root.texts("pause", "[\"2027-07-05/2027-08-06\"]", problems);
    let mut spans: Vec<PauseDays> = texts
        .iter()
        .filter_map(|text| read_span(&text.value).map_err(|m| problems.add(&text.at, m)).ok())
        .collect();
    spans.sort_by_key(|span| (span.first, span.last));
    spans
}

/// `2027-07-05/2027-08-06`, or one day.
fn read_span(text: &str) -> Result<PauseDays, String> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let day = |part: &str| {
        NaiveDate::parse_from_str(part.trim(), "%Y-%m-%d").map_err(|_| {
            format!("\"{text}\": \"{part}\" is no day; write FIRST/LAST, such as \"2027-07-05/2027-08-06\"")
        })
    };
    let span = PauseDays { first: day(first)?, last: day(last)? };
    if span.last < span.first {
        return Err(format!("\"{text}\" ends before it begins"));
    }
    Ok(span)
}

fn read_cadences(root: &Table<'_>, problems: &mut Problems<'_>) -> Option<BTreeMap<Cadence, CronTimes>> {
    if root.value("cadence").is_none() {
        problems.add(&root.at, "the file needs [cadence], such as weekly = \"0 30 7 * * Mon\"");
    }
    let table = root.table("cadence", "[cadence]", problems)?;
    if table.iter().next().is_none() {
        problems.add(&table.at, "[cadence] needs at least one of daily, weekly, monthly");
    }
    let mut cadences = BTreeMap::new();
    for (key, at, _) in table.iter() {
        let Some(word) = CADENCES.iter().find(|known| **known == key) else {
            problems.add(&at, object_to_cadence(key));
            continue;
        };
        let Some(times) = table.text(word, problems) else { continue };
        match (word.parse::<Cadence>(), times.value.parse::<CronTimes>()) {
            (Ok(cadence), Ok(times)) => _ = cadences.insert(cadence, times),
            (_, Err(e)) => problems.add(&times.at, format!("{word}: {e}")),
            (Err(e), _) => problems.add(&times.at, e),
        }
    }
    Some(cadences)
}

fn object_to_cadence(key: &str) -> String {
    match key {
        "gathering" => "gathering takes no times: it follows the events that are marked so".to_owned(),
        "urgent" => "urgent takes no times: it goes out within the minute".to_owned(),
        _ => unknown("key in [cadence]", key, "cadences", &CADENCES),
    }
}
