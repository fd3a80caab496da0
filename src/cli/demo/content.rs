//! The demo's files: embedded, with days counted from the first start, written out once so that they
//! can be read, changed and tried with the other commands.

use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use chrono_tz::Tz;
use rust_embed::RustEmbed;

use crate::forum::Language;
use crate::letter::Locales;

/// The zone of the demo's forum.
const ZONE: Tz = chrono_tz::Europe::Oslo;

#[derive(RustEmbed)]
#[folder = "src/cli/demo/content"]
struct Files;

/// The names that stand in the folder itself, once for each file in them.
pub(super) fn list_names() -> impl Iterator<Item = String> {
    Files::iter().map(|file| file.split('/').next().unwrap_or_default().to_owned())
}

/// Writes every file under `folder`, with the days that `started_at` makes.
pub(super) fn write_files(folder: &Path, started_at: DateTime<Utc>) -> anyhow::Result<()> {
    let locales = Locales::load()?;
    for name in Files::iter() {
        let file = Files::get(&name).with_context(|| format!("{name} is not in the program"))?;
        let text = std::str::from_utf8(&file.data)?;
        let path = folder.join(name.as_ref());
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        let text = fill_days(text, started_at, &locales).with_context(|| name.clone().into_owned())?;
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// `text` with `{{day+5}}` (a date), `{{at+5 09:00}}` (an instant) and `{{date+5}}` (in words) filled in.
fn fill_days(text: &str, started_at: DateTime<Utc>, locales: &Locales) -> anyhow::Result<String> {
    let today = started_at.with_timezone(&ZONE).date_naive();
    let language = if text.contains("\nlanguage = \"en\"") { Language::En } else { Language::Nb };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (mark, behind) = after.split_once("}}").context("a {{ is not closed")?;
        let (shift, time) = mark.split_once(' ').map_or((mark, None), |(shift, time)| (shift, Some(time)));
        let (word, days) = shift.split_at(shift.find(['+', '-']).unwrap_or(shift.len()));
        let days = if days.is_empty() { 0 } else { days.parse()? };
        let day = working_day(today, days).with_context(|| format!("{{{{{mark}}}}} is no day"))?;
        out += &match (word, time) {
            ("day", None) => day.to_string(),
            ("date", None) => locales.get(language).day(day, today),
            ("at", Some(time)) => instant(day, time)?,
            _ => anyhow::bail!("{{{{{mark}}}}} is neither day, date nor at"),
        };
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// The day so many days from `today`; off a weekend, away from today: nobody meets on a Sunday.
fn working_day(today: NaiveDate, days: i64) -> Option<NaiveDate> {
    let by = Days::new(days.unsigned_abs());
    if days < 0 {
        let day = today.checked_sub_days(by)?;
        day.checked_sub_days(Days::new(match day.weekday() {
            Weekday::Sat => 1,
            Weekday::Sun => 2,
            _ => 0,
        }))
    } else {
        let day = today.checked_add_days(by)?;
        day.checked_add_days(Days::new(match day.weekday() {
            Weekday::Sat => 2,
            Weekday::Sun => 1,
            _ => 0,
        }))
    }
}

fn instant(day: NaiveDate, time: &str) -> anyhow::Result<String> {
    let time: NaiveTime = format!("{time}:00").parse()?;
    let at = ZONE.from_local_datetime(&day.and_time(time)).earliest().context("the clock skips that time")?;
    Ok(at.to_rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        // A Thursday.
        let started_at = "2027-03-04T10:00:00Z".parse().unwrap();
        fill_days(text, started_at, &Locales::load().unwrap()).unwrap()
    }

    #[test]
    fn days_are_counted_from_the_first_start() {
        assert_eq!(filled("a {{day+1}} b {{day-1}} c {{day}}"), "a 2027-03-05 b 2027-03-03 c 2027-03-04");
        assert_eq!(filled("{{at+35 09:00}}"), "2027-04-08T09:00:00+02:00");
        assert_eq!(filled("Frist {{date+5}}."), "Frist 9. mars.");
        assert_eq!(filled("\nlanguage = \"en\"\nby {{date+5}}"), "\nlanguage = \"en\"\nby 9 March");
    }

    #[test]
    fn weekends_are_left_away_from_today() {
        assert_eq!(filled("{{day+2}} {{day+3}}"), "2027-03-08 2027-03-08");
        assert_eq!(filled("{{day-4}} {{day-5}}"), "2027-02-26 2027-02-26");
    }

    #[test]
    fn every_embedded_file_can_be_filled_on_every_day_of_a_week() {
        let locales = Locales::load().unwrap();
        for days in 0..7 {
            let started_at = "2027-03-04T23:30:00Z".parse::<DateTime<Utc>>().unwrap() + Days::new(days);
            for name in Files::iter() {
                let file = Files::get(&name).unwrap();
                let text = fill_days(std::str::from_utf8(&file.data).unwrap(), started_at, &locales);
                assert!(!text.unwrap().contains("{{"), "{name}");
            }
        }
    }
}
