//! The rule of all forms of the settings, and of accounts: what is saved replaces what the form showed, and nothing that somebody else saved
//! since. Who saves a form that another's overtook is shown what stands now beside what they typed; saving that replaces it.

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::form::{RHYTHMS, Said};
use crate::forum::{Cadence, ForumSettings, House};
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::Words;

/// One setting as it stands.
#[derive(Serialize)]
pub(in crate::web) struct Stands {
    label: String,
    value: String,
}

/// What stands now, where it is not what was typed.
#[derive(Serialize)]
pub(in crate::web) struct Overtaken {
    stands: Vec<Stands>,
}

impl Stands {
    /// A setting as it stands, or as it was typed.
    pub(in crate::web) fn new(label: impl Into<String>, value: impl Into<String>) -> Stands {
        Stands { label: label.into(), value: value.into() }
    }
}

impl Overtaken {
    /// These, which stand and were not typed.
    pub(in crate::web) fn by(stands: Vec<Stands>) -> Overtaken {
        Overtaken { stands }
    }

    /// Those of `standing` that `said` says otherwise; both say the same settings in the same order.
    pub(in crate::web) fn of(standing: Vec<Stands>, said: Vec<Stands>) -> Overtaken {
        let pairs = standing.into_iter().zip(said);
        Overtaken::by(pairs.filter(|(now, said)| now.value != said.value).map(|(now, _)| now).collect())
    }
}

/// Names all that `value` says, for the field `seen` of a form that was filled from it: SHA-256 in lower-case hex.
pub(in crate::web) fn name_all(value: &impl Serialize) -> String {
    hex::encode(Sha256::digest(serde_json::to_string(value).unwrap_or_default()))
}

/// The settings with the house that `read` makes of theirs; none, if what the form says of it is not what it was filled from,
/// by what `name` calls that, and would be changed.
pub(super) fn read_over(
    standing: &ForumSettings,
    (seen, name): (&str, fn(&House) -> String),
    read: impl FnOnce(&House) -> Option<House>,
) -> Option<ForumSettings> {
    let house = read(&standing.house)?;
    let may = seen == name(&standing.house) || house == standing.house;
    may.then(|| ForumSettings { house, ..standing.clone() })
}

/// What stands, setting by setting, where `said` is something else.
pub(super) fn list_standing(reading: &Reading, staff: &Staff, standing: &Said, said: &Said) -> Vec<Stands> {
    let all = reading.0.words(staff.language);
    let words = &all.settings;
    let mut list = Vec::new();
    let mut tell = |differs: bool, label: &str, value: String| {
        list.extend(differs.then(|| Stands::new(label, value)));
    };
    let yes_no = |on: bool| if on { words.screening.yes.clone() } else { words.screening.no.clone() };
    let language = standing.language.parse().ok().and_then(|language| all.language.get(&language));
    tell(standing.name != said.name, &words.forum.name, standing.name.clone());
    tell(
        standing.language != said.language,
        &words.forum.language,
        language.cloned().unwrap_or_else(|| standing.language.clone()),
    );
    for cadence in RHYTHMS {
        let label = all.cadence.get(&cadence).map_or(cadence.word(), String::as_str);
        let value = tell_rhythm(all, staff, standing, cadence);
        tell(value != tell_rhythm(all, staff, said, cadence), label, value);
    }
    let holidays = !standing.holidays.is_empty();
    tell(holidays == said.holidays.is_empty(), &words.breaks.holidays, yes_no(holidays));
    let pauses = tell_pauses(reading, staff, standing);
    tell(pauses != tell_pauses(reading, staff, said), &words.breaks.pause, pauses.join("; "));
    tell(standing.cap != said.cap, &words.letter.cap, standing.cap.clone());
    let learning = !standing.learning.is_empty();
    tell(learning == said.learning.is_empty(), &words.letter.learning, yes_no(learning));
    list
}

/// `mandag, torsdag 07:30`; the expression of times that stay as the forum file says them.
fn tell_rhythm(all: &Words, staff: &Staff, said: &Said, cadence: Cadence) -> String {
    let words = &all.settings;
    if !said.has(cadence) {
        return words.rhythms.none.clone();
    }
    if let Some(times) = staff.forum.settings.cadences.get(&cadence).filter(|_| said.keeps(cadence)) {
        return times.0.clone();
    }
    let (days, time) = said.times(cadence);
    let nth = words.nth.get(&said.monthly_nth).filter(|_| cadence == Cadence::Monthly);
    let day = |day: &chrono::Weekday| words.weekday.get(&day.to_string()).cloned().unwrap_or_default();
    let days = days.iter().map(day).collect::<Vec<_>>().join(", ");
    [nth.cloned().unwrap_or_default(), days, time.to_owned()].join(" ").trim().to_owned()
}

/// Each pause with its first and last day.
fn tell_pauses(reading: &Reading, staff: &Staff, said: &Said) -> Vec<String> {
    let pen = reading.0.pen(&staff.forum, staff.language);
    let day = |text: &String| {
        text.trim().parse::<NaiveDate>().map_or_else(|_| text.clone(), |day| pen.locale.day(day, pen.today))
    };
    let spans =
        said.first.iter().zip(&said.last).filter(|(first, last)| !(first.is_empty() && last.is_empty()));
    spans.map(|(first, last)| format!("{} – {}", day(first), day(last))).collect()
}
