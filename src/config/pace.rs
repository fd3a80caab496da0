//! The `[pace]` table: how fast letters go, and in which hours.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// How fast letters go, and in which hours. Nothing is limited unless it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaceSettings {
    /// Letters a minute to the relay, all workers together.
    pub per_minute: Option<AtLeastOne>,
    /// What holds for single recipients' domains; `*` for every domain that is not named.
    pub domain: BTreeMap<DomainKey, DomainPace>,
    /// When letters of planned editions go, in the forum's time zone. Empty: always.
    #[serde(deserialize_with = "read_windows")]
    pub window: Vec<Window>,
}

/// What holds for one recipients' domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DomainPace {
    /// Letters a minute, all workers together.
    pub per_minute: Option<AtLeastOne>,
    /// Letters on their way at the same time, from one worker.
    pub connections: Option<AtLeastOne>,
}

/// A number from 1 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct AtLeastOne(pub u32);

impl TryFrom<i64> for AtLeastOne {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        match u32::try_from(number) {
            Ok(n @ 1..=1_000_000) => Ok(AtLeastOne(n)),
            _ => Err(format!("{number} is no limit; write 1 to 1000000, or leave the line out for none")),
        }
    }
}

/// A recipients' domain as addresses spell it, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct DomainKey(pub String);

impl TryFrom<String> for DomainKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "*" {
            return Ok(DomainKey(text));
        }
        let ascii = idna::domain_to_ascii(&text).unwrap_or_default();
        let is_domain = !ascii.is_empty()
            && ascii.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
            && !ascii.starts_with('.');
        if is_domain {
            Ok(DomainKey(ascii))
        } else {
            Err(format!(
                "\"{text}\" is no domain; write what stands behind the @ of addresses, or \"*\" for all others"
            ))
        }
    }
}

/// Hours of some days of the week, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Monday first.
    pub days: [bool; 7],
    /// The first minute of the day that is open.
    pub from_minute: u32,
    /// The first minute of the day that is closed again; 1440 is midnight.
    pub until_minute: u32,
}

/// What a window looks like; the end of every refusal.
const EXAMPLE: &str = "write days and hours, such as \"Mon-Fri 07:00-17:00\"";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl std::str::FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split_whitespace();
        let (Some(days), Some(hours), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("the window \"{text}\" is not two words; {EXAMPLE}"));
        };
        let (from, until) = hours.split_once('-').unwrap_or((hours, ""));
        let bad_hours = || format!("the window \"{text}\" has no hours that end after they begin; {EXAMPLE}");
        let from_minute = parse_minute(from).ok_or_else(bad_hours)?;
        let until_minute = parse_minute(until).filter(|until| from_minute < *until).ok_or_else(bad_hours)?;
        let days = parse_days(days).ok_or_else(|| {
            format!("the window \"{text}\" has days that are none of Mon Tue Wed Thu Fri Sat Sun; {EXAMPLE}")
        })?;
        Ok(Window { days, from_minute, until_minute })
    }
}

/// `Mon-Fri`, `Mon,Wed-Thu`, `Sat-Mon`.
fn parse_days(text: &str) -> Option<[bool; 7]> {
    let find = |name: &str| DAYS.iter().position(|day| name.eq_ignore_ascii_case(day));
    let mut days = [false; 7];
    for span in text.split(',') {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        let (mut day, last) = (find(first)?, find(last)?);
        days[day] = true;
        while day != last {
            day = (day + 1) % 7;
            days[day] = true;
        }
    }
    Some(days)
}

/// `07:00` to `24:00`.
fn parse_minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
}

/// One window, or a list.
fn read_windows<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Window>, D::Error> {
    struct Windows;

    impl<'de> Visitor<'de> for Windows {
        type Value = Vec<Window>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "a window or a list of windows: {EXAMPLE}")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(|window| vec![window]).map_err(E::custom)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut windows = Vec::new();
            while let Some(text) = list.next_element::<String>()? {
                windows.push(text.parse().map_err(A::Error::custom)?);
            }
            Ok(windows)
        }
    }

    from.deserialize_any(Windows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PaceSettings, String> {
        toml::from_str(text).map_err(|e: toml::de::Error| e.to_string())
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err()
    }

    #[test]
    fn a_whole_table_is_understood() {
        let pace = read(
            "per_minute = 600\nwindow = [\"Mon-Fri 07:00-17:00\", \"sat,sun 10:00-24:00\"]\n\
             [domain.\"NAV.test\"]\nper_minute = 60\nconnections = 2\n[domain.\"*\"]\nper_minute = 300\n",
        )
        .unwrap();
        assert_eq!(pace.per_minute, Some(AtLeastOne(600)));
        let nav = DomainPace { per_minute: Some(AtLeastOne(60)), connections: Some(AtLeastOne(2)) };
        assert_eq!(pace.domain[&DomainKey("nav.test".into())], nav);
        assert_eq!(pace.domain[&DomainKey("*".into())].per_minute, Some(AtLeastOne(300)));
        let week = [true, true, true, true, true, false, false];
        let end = week.map(|day| !day);
        assert_eq!(
            pace.window,
            [
                Window { days: week, from_minute: 420, until_minute: 1020 },
                Window { days: end, from_minute: 600, until_minute: 1440 }
            ]
        );
        assert_eq!(read("").unwrap(), PaceSettings::default());
    }

    #[test]
    fn days_may_run_over_the_week_s_end() {
        let window: Window = "Sat-Mon 00:00-24:00".parse().unwrap();
        assert_eq!(window.days, [true, false, false, false, false, true, true]);
    }

    #[test]
    fn what_cannot_be_used_is_told_with_place_and_remedy() {
        let line = |text: &str| refusal(text).lines().next().unwrap_or_default().to_owned();
        assert_eq!(line("\nper_minute = 0"), "TOML parse error at line 2, column 14");
        let last = |text: &str| refusal(text).trim_end().lines().last().unwrap_or_default().to_owned();
        assert_eq!(
            last("per_minute = 0"),
            "0 is no limit; write 1 to 1000000, or leave the line out for none"
        );
        assert_eq!(
            last("window = \"Mon-Fri\""),
            "the window \"Mon-Fri\" is not two words; write days and hours, such as \"Mon-Fri 07:00-17:00\""
        );
        for hours in ["17:00-07:00", "07:00", "7:00-17:00", "07:00-24:01", "07:60-17:00"] {
            let text = format!("window = [\"Mon {hours}\"]");
            assert!(last(&text).starts_with(&format!("the window \"Mon {hours}\" has no hours")), "{hours}");
        }
        assert!(last("window = \"Man-Fre 07:00-17:00\"").contains("none of Mon Tue Wed"));
        assert!(
            last("[domain.\"kari@nav.test\"]\nper_minute = 1").starts_with("\"kari@nav.test\" is no domain")
        );
        assert!(last("rate = 1").contains("unknown field `rate`"));
    }
}
