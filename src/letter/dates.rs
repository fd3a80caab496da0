//! Days and times in words: `mandag 8. mars`, `måndag 8. mars`, `Monday 8 March`; `kl. 9–15`.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::locale::{Locale, capitalised, fill};
use crate::content::Moment;

/// How near a deadline is, for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nearness {
    /// The same day, or past.
    Today,
    /// The day after.
    Tomorrow,
    /// In words: the weekday within a week, else the date.
    On(String),
}

/// The day that "today" is, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Today {
    pub day: NaiveDate,
    pub zone: Tz,
}

/// A deadline or date in the forum's zone.
#[derive(Debug, Clone, Copy)]
struct Local {
    day: NaiveDate,
    /// Hour and minute, unless the whole day is meant.
    time: Option<(u32, u32)>,
}

/// A last moment: midnight and 23:59 mean the whole day that ends there.
fn local_end(moment: Moment, zone: Tz) -> Local {
    if let Some(day) = moment.day {
        return Local { day, time: None };
    }
    let at: NaiveDateTime = moment.at.with_timezone(&zone).naive_local();
    match (at.hour(), at.minute()) {
        (0, 0) => Local { day: at.date().pred_opt().unwrap_or(at.date()), time: None },
        (23, 59) => Local { day: at.date(), time: None },
        time => Local { day: at.date(), time: Some(time) },
    }
}

/// An event's beginning or end: it keeps its time of day, so that 23:59 and midnight are told as they are.
fn local(moment: Moment, zone: Tz) -> Local {
    let at = moment.at.with_timezone(&zone).naive_local();
    match moment.day {
        Some(day) => Local { day, time: None },
        None => Local { day: at.date(), time: Some((at.hour(), at.minute())) },
    }
}

impl Locale {
    fn weekday(&self, day: NaiveDate) -> &str {
        &self.dates.weekdays[day.weekday().num_days_from_monday() as usize]
    }

    fn month(&self, day: NaiveDate) -> &str {
        &self.dates.months[day.month0() as usize]
    }

    fn time(&self, (hour, minute): (u32, u32)) -> String {
        let pattern = if minute == 0 { &self.dates.whole_hour } else { &self.dates.hour_and_minute };
        fill(pattern, &[("hour", &hour.to_string()), ("minute", &format!("{minute:02}"))])
    }

    fn with_year(&self, date: String, day: NaiveDate, today: NaiveDate) -> String {
        if day.year() == today.year() {
            return date;
        }
        fill(&self.dates.with_year, &[("date", &date), ("year", &day.year().to_string())])
    }

    /// `mandag 8. mars`; with the year if it is not that of `today`.
    pub fn weekday_and_day(&self, day: NaiveDate, today: NaiveDate) -> String {
        let (number, month, weekday) = (day.day().to_string(), self.month(day), self.weekday(day));
        let date =
            fill(&self.dates.weekday_and_day, &[("weekday", weekday), ("day", &number), ("month", month)]);
        self.with_year(date, day, today)
    }

    /// The twelve months, as they stand in dates.
    pub fn months(&self) -> &[String; 12] {
        &self.dates.months
    }

    /// `8. mars`; with the year if it is not that of `today`.
    pub fn day(&self, day: NaiveDate, today: NaiveDate) -> String {
        let date = fill(&self.dates.day, &[("day", &day.day().to_string()), ("month", self.month(day))]);
        self.with_year(date, day, today)
    }

    /// `fredag 12. mars`, `fredag 12. mars kl. 12`: a deadline.
    pub fn deadline(&self, moment: Moment, zone: Tz, today: NaiveDate) -> String {
        self.told(local_end(moment, zone), today)
    }

    /// `mandag 8. mars kl. 7.30`: when something was or will be, midnight too.
    pub fn instant(&self, at: DateTime<Utc>, zone: Tz, today: NaiveDate) -> String {
        self.told(local(Moment::exact(at), zone), today)
    }

    fn told(&self, local: Local, today: NaiveDate) -> String {
        let date = self.weekday_and_day(local.day, today);
        match local.time {
            Some(time) => self.joined(&date, &fill(&self.dates.at, &[("time", &self.time(time))])),
            None => date,
        }
    }

    fn joined(&self, date: &str, time: &str) -> String {
        fill(&self.dates.date_and_time, &[("date", date), ("time", time)])
    }

    /// How near a deadline is, seen from `today`.
    pub(super) fn nearness(&self, moment: Moment, zone: Tz, today: NaiveDate) -> Nearness {
        let day = local_end(moment, zone).day;
        match (day - today).num_days() {
            ..=0 => Nearness::Today,
            1 => Nearness::Tomorrow,
            2..=6 => Nearness::On(self.weekday(day).to_owned()),
            _ => Nearness::On(self.day(day, today)),
        }
    }

    /// An event's first day for the day block: `("8.", "april")`.
    pub(super) fn day_block(&self, start: Moment, zone: Tz) -> (String, String) {
        let day = start.local_day(zone);
        let number = fill(&self.dates.day_in_block, &[("day", &day.day().to_string())]);
        (number, self.month(day).to_owned())
    }

    /// When an event is, beside its day block: `Torsdag kl. 9–15`; over several days
    /// `Torsdag 8. april kl. 9 – fredag 9. april kl. 15`; in another year than that of `today`, which no day block tells,
    /// with the date and its year: `Torsdag 8. april 2028 kl. 9–15`.
    pub(super) fn event_time(&self, span: Span, today: NaiveDate) -> String {
        let day = span.start.day;
        if day.year() != today.year() || span.end.is_some_and(|end| end.day != day) {
            return self.event_date_and_time(span, today);
        }
        let weekday = self.weekday(day);
        capitalised(&self.same_day_time(span).map_or(weekday.to_owned(), |time| self.joined(weekday, &time)))
    }

    /// The same with the date: `Torsdag 8. april kl. 9–15`.
    pub(super) fn event_date_and_time(&self, span: Span, today: NaiveDate) -> String {
        capitalised(&self.span_date_and_time(span, today))
    }

    fn span_date_and_time(&self, span: Span, today: NaiveDate) -> String {
        let date = |local: Local| self.weekday_and_day(local.day, today);
        let date_and_time = |local: Local| match local.time {
            Some(time) => self.joined(&date(local), &fill(&self.dates.at, &[("time", &self.time(time))])),
            None => date(local),
        };
        match span.end {
            Some(end) if end.day != span.start.day => {
                let ends = [("from", &*date_and_time(span.start)), ("to", &date_and_time(end))];
                fill(&self.dates.from_to, &ends)
            }
            _ => match self.same_day_time(span) {
                Some(time) => self.joined(&date(span.start), &time),
                None => date(span.start),
            },
        }
    }

    /// `Torsdag 8. april kl. 9–15`: an event as a page tells it.
    pub fn event(&self, starts_at: Moment, ends_at: Option<Moment>, zone: Tz, today: NaiveDate) -> String {
        self.event_date_and_time(Span::new(starts_at, ends_at, zone), today)
    }

    /// The same within a sentence: `torsdag 8. april kl. 9–15`.
    pub fn event_in_sentence(
        &self,
        starts_at: Moment,
        ends_at: Option<Moment>,
        zone: Tz,
        today: NaiveDate,
    ) -> String {
        self.span_date_and_time(Span::new(starts_at, ends_at, zone), today)
    }

    fn same_day_time(&self, span: Span) -> Option<String> {
        let start = span.start.time?;
        let from = self.time(start);
        // An end that is the beginning tells no more than the beginning does.
        Some(match span.end.and_then(|end| end.time).filter(|to| *to != start) {
            Some(to) => {
                let to = self.time(to);
                fill(&self.dates.at_from_to, &[("from", &from), ("to", &to)])
            }
            None => fill(&self.dates.at, &[("time", &from)]),
        })
    }
}

/// An event's beginning and end in the forum's zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: Local,
    end: Option<Local>,
}

impl Span {
    pub(super) fn new(starts_at: Moment, ends_at: Option<Moment>, zone: Tz) -> Span {
        Span { start: local(starts_at, zone), end: ends_at.map(|end| local(end, zone)) }
    }
}

/// The local day of an instant.
pub(super) fn local_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forum::Language;
    use crate::letter::locale::Locales;

    const OSLO: Tz = chrono_tz::Europe::Oslo;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Moment {
        Moment::exact(text.parse().unwrap())
    }

    #[test]
    fn days_are_written_as_each_language_writes_them() {
        let locales = Locales::load().unwrap();
        let (monday, today) = (day("2027-03-08"), day("2027-03-01"));
        let written = Language::ALL.map(|l| locales.get(l).weekday_and_day(monday, today));
        assert_eq!(written, ["mandag 8. mars", "måndag 8. mars", "Monday 8 March"]);
        let next_year = locales.get(Language::Nb).weekday_and_day(day("2028-01-07"), today);
        assert_eq!(next_year, "fredag 7. januar 2028");
    }

    #[test]
    fn deadlines_name_a_time_only_if_they_have_one() {
        let locales = Locales::load().unwrap();
        let (nb, en, today) = (locales.get(Language::Nb), locales.get(Language::En), day("2027-03-08"));
        assert_eq!(nb.deadline(Moment::end_of(day("2027-03-12"), OSLO), OSLO, today), "fredag 12. mars");
        assert_eq!(nb.deadline(at("2027-03-12T12:00:00+01:00"), OSLO, today), "fredag 12. mars kl. 12");
        assert_eq!(nb.deadline(at("2027-03-12T23:59:00+01:00"), OSLO, today), "fredag 12. mars");
        assert_eq!(nb.deadline(at("2027-03-13T00:00:00+01:00"), OSLO, today), "fredag 12. mars");
        assert_eq!(en.deadline(at("2027-03-12T09:30:00+01:00"), OSLO, today), "Friday 12 March at 9:30");
    }

    #[test]
    fn an_instant_keeps_its_time_at_midnight_too() {
        let locales = Locales::load().unwrap();
        let (nb, today) = (locales.get(Language::Nb), day("2027-03-08"));
        let told = |text: &str| nb.instant(text.parse().unwrap(), OSLO, today);
        assert_eq!(told("2027-03-08T00:00:00+01:00"), "mandag 8. mars kl. 0");
        assert_eq!(told("2027-03-08T23:59:30+01:00"), "mandag 8. mars kl. 23.59");
    }

    #[test]
    fn a_near_deadline_is_told_by_its_weekday() {
        let locales = Locales::load().unwrap();
        let (nb, today) = (locales.get(Language::Nb), day("2027-03-08"));
        let near = |d: &str| nb.nearness(Moment::end_of(day(d), OSLO), OSLO, today);
        assert_eq!(near("2027-03-08"), Nearness::Today);
        assert_eq!(near("2027-03-09"), Nearness::Tomorrow);
        assert_eq!(near("2027-03-12"), Nearness::On("fredag".into()));
        assert_eq!(near("2027-03-15"), Nearness::On("15. mars".into()));
    }

    #[test]
    fn events_tell_their_hours_or_their_days() {
        let locales = Locales::load().unwrap();
        let (nb, today) = (locales.get(Language::Nb), day("2027-03-08"));
        let one_day = Span::new(at("2027-04-08T09:00:00+02:00"), Some(at("2027-04-08T15:30:00+02:00")), OSLO);
        assert_eq!(nb.event_time(one_day, today), "Torsdag kl. 9–15.30");
        assert_eq!(nb.event_date_and_time(one_day, today), "Torsdag 8. april kl. 9–15.30");
        let ten = at("2027-04-08T10:00:00+02:00");
        assert_eq!(nb.event_time(Span::new(ten, Some(ten), OSLO), today), "Torsdag kl. 10");
        assert_eq!(nb.event(ten, Some(ten), OSLO, today), "Torsdag 8. april kl. 10");
        assert_eq!(nb.event_time(one_day, day("2026-11-30")), "Torsdag 8. april 2027 kl. 9–15.30");
        let whole = Span::new(Moment::start_of(day("2027-04-08"), OSLO), None, OSLO);
        assert_eq!(nb.event_time(whole, today), "Torsdag");
        let days = Span::new(
            Moment::start_of(day("2027-04-08"), OSLO),
            Some(Moment::end_of(day("2027-04-09"), OSLO)),
            OSLO,
        );
        assert_eq!(nb.event_time(days, today), "Torsdag 8. april – fredag 9. april");
    }
}
