//! Cron expressions as the forum file gives them; when they fire is decided in `edition::schedule`.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta};
use cron::Schedule;
use serde::{Deserialize, Serialize};

/// A cron expression of six fields: seconds, minutes, hours, day of month, month, day of week. One
/// that came through [`FromStr`] fires some day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CronTimes(pub String);

/// Why a text is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not six fields.
    #[error(
        "\"{text}\" has {fields} fields; write six: second minute hour day-of-month month day-of-week, \
         such as \"0 30 7 * * Mon\""
    )]
    Fields {
        /// What was written.
        text: String,
        /// How many fields that makes.
        fields: usize,
    },
    /// A digit in the last field: some count from Sunday as 0, some as 1, some from Monday.
    #[error("\"{0}\" gives the day of the week as a number; write Mon Tue Wed Thu Fri Sat or Sun")]
    NumberedDay(String),
    /// A field that cannot be read.
    #[error("\"{text}\" is no cron expression: {why}")]
    Syntax {
        /// What was written.
        text: String,
        /// What may stand in the field, and what stands there.
        why: String,
    },
    /// Well formed, but no such day exists.
    #[error("\"{0}\" never comes: no month has such a day")]
    Never(String),
}

impl FromStr for CronTimes {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let fields: Vec<_> = text.split_whitespace().collect();
        let [.., days_of_week] = fields[..] else {
            return Err(CronError::Fields { text: text.to_owned(), fields: 0 });
        };
        if fields.len() != 6 {
            return Err(CronError::Fields { text: text.to_owned(), fields: fields.len() });
        }
        if days_of_week.contains(|c: char| c.is_ascii_digit()) {
            return Err(CronError::NumberedDay(text.to_owned()));
        }
        let schedule = Schedule::from_str(&fields.join(" "))
            .map_err(|e| CronError::Syntax { text: text.to_owned(), why: explain(&fields, &e) })?;
        // Thirty years from the epoch hold every calendar that there is.
        let epoch = DateTime::UNIX_EPOCH - TimeDelta::seconds(1);
        match schedule.after(&epoch).next() {
            Some(_) => Ok(CronTimes(fields.join(" "))),
            None => Err(CronError::Never(text.to_owned())),
        }
    }
}

/// What may stand in each field, in their order.
const FIELDS: [&str; 6] = [
    "seconds are 0 to 59",
    "minutes are 0 to 59",
    "hours are 0 to 23",
    "days of the month are 1 to 31",
    "months are 1 to 12, or Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "days of the week are Sun Mon Tue Wed Thu Fri Sat, and a range keeps to this order (Fri-Sat, but Sat,Sun)",
];

/// The first field that would be refused among stars; the parser's own words, on one line, if it is none alone.
fn explain(fields: &[&str], error: &cron::error::Error) -> String {
    let is_refused = |at: usize, field: &str| {
        let mut alone = ["*"; FIELDS.len()];
        alone[at] = field;
        Schedule::from_str(&alone.join(" ")).is_err()
    };
    let refused = fields.iter().zip(FIELDS).enumerate().find(|(at, (field, _))| is_refused(*at, field));
    refused.map_or_else(
        || error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        |(_, (field, known))| format!("{known}; \"{field}\" does not fit"),
    )
}

impl CronTimes {
    /// The parsed expression.
    ///
    /// # Panics
    /// If the text did not come through [`FromStr`].
    pub fn schedule(&self) -> Schedule {
        Schedule::from_str(&self.0).expect("a stored cron expression was checked when it was parsed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> CronError {
        text.parse::<CronTimes>().unwrap_err()
    }

    #[test]
    fn an_expression_of_six_fields_is_taken_with_single_blanks() {
        assert_eq!(" 0 30  7 * * Mon-Fri ".parse(), Ok(CronTimes("0 30 7 * * Mon-Fri".to_owned())));
        assert_eq!("0 30 7 1-7 * mon,THU".parse(), Ok(CronTimes("0 30 7 1-7 * mon,THU".to_owned())));
    }

    #[test]
    fn five_or_seven_fields_are_refused() {
        let fields = |text: &str, fields| CronError::Fields { text: text.to_owned(), fields };
        assert_eq!(refusal("30 7 * * Mon"), fields("30 7 * * Mon", 5));
        assert_eq!(refusal("0 30 7 * * Mon 2027"), fields("0 30 7 * * Mon 2027", 7));
        assert_eq!(refusal("  "), fields("", 0));
        assert_eq!(refusal("@weekly"), fields("@weekly", 1));
    }

    #[test]
    fn a_day_of_the_week_by_number_is_refused() {
        for text in ["0 30 7 * * 1", "0 30 7 * * 1-5", "0 30 7 * * */2"] {
            assert_eq!(refusal(text), CronError::NumberedDay(text.to_owned()));
        }
    }

    #[test]
    fn a_day_that_no_month_has_is_refused() {
        assert_eq!(refusal("0 30 7 30 Feb *"), CronError::Never("0 30 7 30 Feb *".to_owned()));
        assert!("0 30 7 29 Feb *".parse::<CronTimes>().is_ok());
    }

    #[test]
    fn a_field_out_of_range_is_refused() {
        for text in ["0 60 7 * * *", "0 0 24 * * *", "0 0 7 32 * *", "0 0 7 * * Måndag", "0 0 7 * * Fri-Mon"]
        {
            assert!(matches!(refusal(text), CronError::Syntax { .. }), "{text}");
        }
    }

    #[test]
    fn a_field_that_does_not_fit_is_named_with_what_does_on_one_line() {
        let days = "days of the week are Sun Mon Tue Wed Thu Fri Sat, and a range keeps to this order (Fri-Sat, but \
                    Sat,Sun)";
        for (text, known, field) in [
            ("0 30 24 * * Mon", "hours are 0 to 23", "24"),
            ("0 60 7 * * Mon", "minutes are 0 to 59", "60"),
            ("0 0 7 0 * *", "days of the month are 1 to 31", "0"),
            ("0 0 7 1 13 *", "months are 1 to 12, or Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "13"),
            ("0 30 7 * * Man", days, "Man"),
            ("0 30 7 * * Sat-Sun", days, "Sat-Sun"),
        ] {
            let told = format!("\"{text}\" is no cron expression: {known}; \"{field}\" does not fit");
            assert_eq!(refusal(text).to_string(), told);
        }
    }
}
