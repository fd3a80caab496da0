//! The form of the forum's settings: filled from them, and read back into them.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use super::stands::name_all;
use crate::forum::{Cadence, CronTimes, ForumSettings, Holidays, PauseDays, PlainTimes, tell_too_long};

/// The rhythms that have times, the most frequent first.
pub(super) const RHYTHMS: [Cadence; 3] = [Cadence::Daily, Cadence::Weekly, Cadence::Monthly];

/// The greatest number of items in a letter that may be set, as in the forum file.
const MOST_ITEMS: u32 = 100;

/// How a field gives a time of day.
const TIME: &str = "%H:%M";

/// What was filled in.
#[derive(Debug, Default, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Said {
    /// Names what stood when the form was shown.
    pub(super) seen: String,
    pub(super) name: String,
    pub(super) language: String,
    /// The rhythms that there are, by their words.
    pub(super) rhythm: Vec<String>,
    /// Those whose times stay as the forum file says them.
    pub(super) keep: Vec<String>,
    pub(super) daily_day: Vec<Weekday>,
    pub(super) daily_time: String,
    pub(super) weekly_day: Vec<Weekday>,
    pub(super) weekly_time: String,
    pub(super) monthly_nth: String,
    pub(super) monthly_day: Vec<Weekday>,
    pub(super) monthly_time: String,
    pub(super) holidays: String,
    /// First and last days of pauses, pair by pair.
    pub(super) first: Vec<String>,
    pub(super) last: Vec<String>,
    pub(super) cap: String,
    pub(super) learning: String,
}

/// What is wrong with it.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Mistakes {
    /// The forum has no name, or one that is too long.
    pub(super) name: bool,
    /// No rhythm is left.
    pub(super) none: bool,
    /// Rhythms without a day or a time.
    pub(super) times: Vec<Cadence>,
    /// A pause without one of its days, or that ends before it begins.
    pub(super) pause: bool,
    /// No number of items from 1 to 100.
    pub(super) cap: bool,
    /// Rhythms that were taken away although people get letters by them, and how many do.
    pub(super) used: Vec<(Cadence, i64)>,
}

impl Said {
    /// What the form shows at first.
    pub(super) fn of(settings: &ForumSettings) -> Said {
        let mut said = Said {
            name: settings.name.clone(),
            language: settings.language.tag().to_owned(),
            holidays: if settings.holidays.is_some() { "yes" } else { "" }.to_owned(),
            first: settings.pause.iter().map(|span| span.first.to_string()).collect(),
            last: settings.pause.iter().map(|span| span.last.to_string()).collect(),
            cap: settings.cap.to_string(),
            learning: if settings.learning { "yes" } else { "" }.to_owned(),
            ..Said::default()
        };
        for cadence in RHYTHMS {
            let times = settings.cadences.get(&cadence);
            said.rhythm.extend(times.map(|_| cadence.word().to_owned()));
            match times.map(|times| say(cadence, times)) {
                Some(None) => said.keep.push(cadence.word().to_owned()),
                Some(Some(plain)) => said.put(cadence, &plain),
                None => {}
            }
        }
        Said { seen: name_all(&said), ..said }
    }

    /// The settings that it asks for, if `standing` is what it was filled in from, or says all this already.
    pub(super) fn read_over(&self, standing: &ForumSettings) -> Option<ForumSettings> {
        let new = self.read(standing).ok()?;
        (self.seen == Said::of(standing).seen || new == *standing).then_some(new)
    }

    fn put(&mut self, cadence: Cadence, plain: &PlainTimes) {
        let (days, nth, at) = match plain {
            PlainTimes::Weekdays(days, at) => (days.clone(), None, at),
            PlainTimes::OfMonth(nth, day, at) => (vec![*day], Some(nth), at),
        };
        let time = at.format(TIME).to_string();
        match cadence {
            Cadence::Daily => (self.daily_day, self.daily_time) = (days, time),
            Cadence::Weekly => (self.weekly_day, self.weekly_time) = (days, time),
            _ => {
                self.monthly_nth = nth.map(u32::to_string).unwrap_or_default();
                (self.monthly_day, self.monthly_time) = (days, time);
            }
        }
    }

    /// Whether there is that rhythm.
    pub(super) fn has(&self, cadence: Cadence) -> bool {
        self.rhythm.iter().any(|word| word == cadence.word())
    }

    /// Whether its times stay as the forum file says them.
    pub(super) fn keeps(&self, cadence: Cadence) -> bool {
        self.keep.iter().any(|word| word == cadence.word())
    }

    /// The days and the time of a rhythm.
    pub(super) fn times(&self, cadence: Cadence) -> (&[Weekday], &str) {
        match cadence {
            Cadence::Daily => (&self.daily_day, &self.daily_time),
            Cadence::Weekly => (&self.weekly_day, &self.weekly_time),
            _ => (&self.monthly_day, &self.monthly_time),
        }
    }

    /// The settings that it asks for, where `old` are those there are.
    pub(super) fn read(&self, old: &ForumSettings) -> Result<ForumSettings, Mistakes> {
        let name = self.name.trim();
        let is_long = tell_too_long("name", name).is_some();
        let mut wrong = Mistakes { name: name.is_empty() || is_long, ..Mistakes::default() };
        let cadences = self.read_rhythms(old, &mut wrong);
        wrong.none = cadences.is_empty() && wrong.times.is_empty();
        let pause = self.read_pauses();
        wrong.pause = pause.is_none();
        let cap = self.cap.trim().parse().ok().filter(|cap| (1..=MOST_ITEMS).contains(cap));
        wrong.cap = cap.is_none();
        let (Some(pause), Some(cap), true) = (pause, cap, wrong == Mistakes::default()) else {
            return Err(wrong);
        };
        Ok(ForumSettings {
            name: self.name.trim().to_owned(),
            language: self.language.parse().unwrap_or(old.language),
            holidays: (!self.holidays.is_empty()).then_some(Holidays::Norway),
            pause,
            cadences,
            cap,
            learning: !self.learning.is_empty(),
            ..old.clone()
        })
    }

    fn read_rhythms(&self, old: &ForumSettings, wrong: &mut Mistakes) -> BTreeMap<Cadence, CronTimes> {
        let mut cadences = BTreeMap::new();
        for cadence in RHYTHMS.into_iter().filter(|cadence| self.has(*cadence)) {
            let before = old.cadences.get(&cadence);
            let times = match before {
                Some(before) if self.keeps(cadence) => Some(before.clone()),
                // The same times may stand in the file in other words: those stay.
                _ => self.read_times(cadence).and_then(|plain| match before {
                    Some(before) if say(cadence, before).as_ref() == Some(&plain) => Some(before.clone()),
                    _ => plain.to_cron(),
                }),
            };
            match times {
                Some(times) => _ = cadences.insert(cadence, times),
                None => wrong.times.push(cadence),
            }
        }
        cadences
    }

    fn read_times(&self, cadence: Cadence) -> Option<PlainTimes> {
        let (days, time) = self.times(cadence);
        let at = NaiveTime::parse_from_str(time.trim(), TIME).ok()?;
        if cadence == Cadence::Monthly {
            return Some(PlainTimes::OfMonth(self.monthly_nth.parse().ok()?, *days.first()?, at));
        }
        let mut days = days.to_vec();
        days.sort_by_key(Weekday::num_days_from_monday);
        days.dedup();
        Some(PlainTimes::Weekdays(days, at))
    }

    /// None: one of them is no span of days.
    fn read_pauses(&self) -> Option<Vec<PauseDays>> {
        let many = self.first.len().max(self.last.len());
        let at =
            |days: &'_ [String], place: usize| days.get(place).map_or("", String::as_str).trim().to_owned();
        let mut spans = Vec::new();
        for place in 0..many {
            let (first, last) = (at(&self.first, place), at(&self.last, place));
            if first.is_empty() && last.is_empty() {
                continue;
            }
            let span = PauseDays { first: read_day(&first)?, last: read_day(&last)? };
            if span.last < span.first {
                return None;
            }
            spans.push(span);
        }
        spans.sort_by_key(|span| (span.first, span.last));
        Some(spans)
    }
}

/// Times as the fields of their rhythm say them, if they can.
fn say(cadence: Cadence, times: &CronTimes) -> Option<PlainTimes> {
    let of_month = |plain: &PlainTimes| matches!(plain, PlainTimes::OfMonth(..));
    PlainTimes::of(times).filter(|plain| of_month(plain) == (cadence == Cadence::Monthly))
}

fn read_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::forum_file::read_forum_file;

    fn settings(times: &str) -> ForumSettings {
        let text = format!(
            "name = \"Forumet\"\nlanguage = \"nn\"\nholidays = \"NO\"\npause = [\"2027-07-05/2027-08-06\"]\n[cadence]\n{times}"
        );
        read_forum_file("forum.toml", &text).expect("the file is right").settings
    }

    #[test]
    fn a_form_that_nobody_touched_changes_nothing() {
        for times in [
            "weekly = \"0 30 7 * * Mon\"",
            "daily = \"0 30 7 * * mon,tue,wed\"\nmonthly = \"0 0 9 8-14 * Tue\"",
            "weekly = \"0 30 7 15 * *\"\ndaily = \"0 */5 7 * * Mon\"",
            "monthly = \"0 30 7 * * Mon\"",
        ] {
            let old = settings(times);
            assert_eq!(Said::of(&old).read(&old), Ok(old), "{times}");
        }
    }

    #[test]
    fn what_is_chosen_becomes_an_expression() {
        let old = settings("weekly = \"0 30 7 * * Mon\"");
        let said = Said {
            rhythm: vec!["weekly".into(), "monthly".into()],
            weekly_day: vec![Weekday::Thu, Weekday::Tue],
            weekly_time: "16:05".into(),
            monthly_nth: "2".into(),
            monthly_day: vec![Weekday::Fri],
            monthly_time: "08:00".into(),
            holidays: String::new(),
            first: vec!["2027-12-23".into(), String::new()],
            last: vec!["2028-01-02".into(), String::new()],
            ..Said::of(&old)
        };
        let new = said.read(&old).expect("nothing is wrong");
        assert_eq!(new.cadences[&Cadence::Weekly].0, "0 5 16 * * Tue,Thu");
        assert_eq!(new.cadences[&Cadence::Monthly].0, "0 0 8 8-14 * Fri");
        assert_eq!(new.holidays, None);
        assert_eq!(new.pause.len(), 1);
    }

    #[test]
    fn each_mistake_is_told_by_its_field() {
        let old = settings("weekly = \"0 30 7 * * Mon\"");
        let wrong = |change: &dyn Fn(&mut Said)| {
            let mut said = Said::of(&old);
            change(&mut said);
            said.read(&old).expect_err("something is wrong")
        };
        let none = Mistakes::default;
        assert_eq!(wrong(&|s| s.name = " ".into()), Mistakes { name: true, ..none() });
        assert_eq!(wrong(&|s| s.name = "ø".repeat(201)), Mistakes { name: true, ..none() });
        assert_eq!(wrong(&|s| s.rhythm.clear()), Mistakes { none: true, ..none() });
        assert_eq!(wrong(&|s| s.weekly_day.clear()), Mistakes { times: vec![Cadence::Weekly], ..none() });
        assert_eq!(
            wrong(&|s| s.weekly_time = "25:00".into()),
            Mistakes { times: vec![Cadence::Weekly], ..none() }
        );
        assert_eq!(wrong(&|s| s.last[0].clear()), Mistakes { pause: true, ..none() });
        assert_eq!(wrong(&|s| s.last[0] = "2027-07-01".into()), Mistakes { pause: true, ..none() });
        for cap in ["0", "101", "mange"] {
            assert_eq!(wrong(&|s| s.cap = cap.into()), Mistakes { cap: true, ..none() });
        }
    }
}
