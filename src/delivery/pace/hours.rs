//! Office hours: outside them no letter of a planned edition goes. Urgent ones always may.
//!
//! A window is hours of the wall clock in the forum's zone; where a clock change skips or doubles its ends
//! they are mapped as those of the cadences are. On a public holiday that the forum observes it is closed.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::config::Window;
use crate::edition::schedule::{instant_of, is_public_holiday};
use crate::forum::{ForumSettings, Holidays};

/// How many days are looked through: more than any run of holidays can close a window of one day a week.
const LOOK_THROUGH_DAYS: u64 = 60;

/// When letters of planned editions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours {
    windows: Vec<Window>,
    zone: Tz,
    holidays: Option<Holidays>,
}

impl OfficeHours {
    /// The windows of a forum; none if there are none, so that letters always go.
    pub fn new(windows: &[Window], forum: &ForumSettings) -> Option<OfficeHours> {
        let hours = OfficeHours { windows: windows.to_vec(), zone: forum.zone, holidays: forum.holidays };
        (!windows.is_empty()).then_some(hours)
    }

    /// Whether letters of planned editions go at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        let today = self.local_day(now);
        [today.pred_opt(), Some(today)]
            .into_iter()
            .flatten()
            .any(|day| self.openings_on(day).any(|(from, until)| from <= now && now < until))
    }

    /// The first instant from `now` on at which letters go: `now` itself if they do. None if a whole
    /// season has no such instant.
    pub fn find_opening(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(now) {
            return Some(now);
        }
        let today = self.local_day(now);
        (0..LOOK_THROUGH_DAYS)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .find_map(|day| self.openings_on(day).map(|(from, _)| from).filter(|from| now <= *from).min())
    }

    /// The instant that lies `span` before `now` if days on which nothing opens do not count: a letter that
    /// waits over Easter grows no older by it.
    pub fn count_back(&self, now: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
        let (mut left, mut end) = (span, now);
        let mut day = self.local_day(now);
        for _ in 0..LOOK_THROUGH_DAYS {
            let begin = instant_of(self.zone, day.and_time(NaiveTime::MIN));
            if self.openings_on(day).next().is_some() {
                if left <= end - begin {
                    return end - left;
                }
                left -= end - begin;
            }
            end = begin;
            let Some(before) = day.pred_opt() else { break };
            day = before;
        }
        end - left
    }

    /// The openings of a local day that have any length.
    fn openings_on(&self, day: NaiveDate) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let is_holiday = self.holidays.is_some_and(|calendar| is_public_holiday(calendar, day));
        let weekday = day.weekday().num_days_from_monday() as usize;
        let at = move |minute: u32| {
            let wall = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
            instant_of(self.zone, wall)
        };
        self.windows
            .iter()
            .filter(move |window| !is_holiday && window.days[weekday])
            .map(move |window| (at(window.from_minute), at(window.until_minute)))
            .filter(|(from, until)| from < until)
    }

    fn local_day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(windows: &[&str], holidays: bool) -> OfficeHours {
        OfficeHours {
            windows: windows.iter().map(|text| text.parse().unwrap()).collect(),
            zone: chrono_tz::Europe::Oslo,
            holidays: holidays.then_some(Holidays::Norway),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn opening(hours: &OfficeHours, from: &str) -> String {
        hours.find_opening(at(from)).unwrap().with_timezone(&hours.zone).to_rfc3339()
    }

    #[test]
    fn an_office_opens_at_seven_and_closes_at_five() {
        let office = hours(&["Mon-Fri 07:00-17:00"], true);
        assert!(!office.is_open(at("2027-03-08T06:59:59+01:00")));
        assert!(office.is_open(at("2027-03-08T07:00:00+01:00")));
        assert!(office.is_open(at("2027-03-08T16:59:59+01:00")));
        assert!(!office.is_open(at("2027-03-08T17:00:00+01:00")));
        assert_eq!(opening(&office, "2027-03-08T12:00:00+01:00"), "2027-03-08T12:00:00+01:00");
        assert_eq!(opening(&office, "2027-03-08T17:00:00+01:00"), "2027-03-09T07:00:00+01:00");
        assert_eq!(opening(&office, "2027-03-12T17:00:00+01:00"), "2027-03-15T07:00:00+01:00");
    }

    #[test]
    fn easter_is_closed_where_the_forum_observes_it_and_the_clock_change_in_it_moves_nothing() {
        let wednesday = "2027-03-24T17:00:00+01:00";
        let observing = hours(&["Mon-Fri 07:00-17:00"], true);
        assert_eq!(opening(&observing, wednesday), "2027-03-30T07:00:00+02:00");
        let other = hours(&["Mon-Fri 07:00-17:00"], false);
        assert_eq!(opening(&other, wednesday), "2027-03-25T07:00:00+01:00");
    }

    #[test]
    fn hours_that_the_clock_skips_or_doubles_are_mapped_as_the_cadences_are() {
        let night = hours(&["Sun 02:00-03:00"], false);
        // 28 March 2027 has no such hour; 31 October has it twice.
        assert_eq!(opening(&night, "2027-03-27T12:00:00+01:00"), "2027-04-04T02:00:00+02:00");
        assert!(night.is_open(at("2027-10-31T02:30:00+02:00")));
        assert!(night.is_open(at("2027-10-31T02:30:00+01:00")));
        assert!(!night.is_open(at("2027-10-31T03:00:00+01:00")));
    }

    #[test]
    fn several_windows_stand_beside_each_other_up_to_midnight() {
        let shop = hours(&["Mon-Fri 07:00-11:00", "Mon-Fri 13:00-24:00", "Sat 00:00-02:00"], false);
        assert_eq!(opening(&shop, "2027-03-08T11:00:00+01:00"), "2027-03-08T13:00:00+01:00");
        assert!(shop.is_open(at("2027-03-13T01:59:00+01:00")));
        assert_eq!(opening(&shop, "2027-03-13T02:00:00+01:00"), "2027-03-15T07:00:00+01:00");
    }

    #[test]
    fn seventy_two_hours_do_not_count_days_on_which_nothing_opens() {
        let office = hours(&["Mon-Fri 07:00-17:00"], true);
        let back = |from: &str| {
            office.count_back(at(from), TimeDelta::hours(72)).with_timezone(&office.zone).to_rfc3339()
        };
        assert_eq!(back("2027-03-11T12:00:00+01:00"), "2027-03-08T12:00:00+01:00");
        assert_eq!(back("2027-03-09T12:00:00+01:00"), "2027-03-04T12:00:00+01:00", "over a weekend");
        // Thursday, Friday, the weekend and Monday of Easter count for nothing.
        assert_eq!(back("2027-04-01T12:00:00+02:00"), "2027-03-24T12:00:00+01:00");
        assert_eq!(back("2027-03-29T12:00:00+02:00"), "2027-03-22T00:00:00+01:00");
    }

    proptest! {
        #[test]
        fn nothing_is_open_before_the_opening_and_the_opening_is_open(minute in 0i64..600_000) {
            let office = hours(&["Mon-Thu 07:30-16:00", "Fri 07:30-12:00"], true);
            let now = at("2027-01-01T00:00:00Z") + TimeDelta::minutes(minute);
            let opening = office.find_opening(now).unwrap();
            prop_assert!(office.is_open(opening) && now <= opening);
            let mut before = now;
            while before < opening {
                prop_assert!(!office.is_open(before));
                before += TimeDelta::minutes(17);
            }
        }

        #[test]
        fn counting_back_never_counts_less_than_real_time(minute in 0i64..600_000, hours_back in 1i64..200) {
            let office = hours(&["Mon-Fri 07:00-17:00"], true);
            let now = at("2027-01-01T00:00:00Z") + TimeDelta::minutes(minute);
            prop_assert!(office.count_back(now, TimeDelta::hours(hours_back)) <= now - TimeDelta::hours(hours_back));
        }
    }
}
