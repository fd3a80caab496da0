//! Cadences, and the days on which nothing goes out. When they fire is decided in `edition::schedule`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How often a recipient hears, and the lane of urgent editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// By its cron expression.
    Daily,
    /// By its cron expression.
    Weekly,
    /// By its cron expression.
    Monthly,
    /// 7 days before and 2 after each event marked so.
    Gathering,
    /// Not chosen by anyone: the lane of urgent items, whose occurrence is the minute.
    Urgent,
}

impl Cadence {
    /// All five.
    pub const ALL: [Cadence; 5] =
        [Cadence::Daily, Cadence::Weekly, Cadence::Monthly, Cadence::Gathering, Cadence::Urgent];

    /// The word that files, rows and commands use.
    pub const fn word(self) -> &'static str {
        match self {
            Cadence::Daily => "daily",
            Cadence::Weekly => "weekly",
            Cadence::Monthly => "monthly",
            Cadence::Gathering => "gathering",
            Cadence::Urgent => "urgent",
        }
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Cadence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|cadence| cadence.word() == wanted).ok_or_else(|| {
            format!(
                "unknown cadence \"{text}\"; the cadences are daily, weekly, monthly, gathering and urgent"
            )
        })
    }
}

/// A calendar of public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holidays {
    /// Norway's public holidays (Lov om helligdager og helligdagsfred; 1 and 17 May by own act).
    #[serde(rename = "NO")]
    Norway,
}

/// A span of local days, both inclusive, in which nothing but urgent goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseDays {
    /// The first day without mail.
    pub first: NaiveDate,
    /// The last day without mail.
    pub last: NaiveDate,
}
