//! What stands of the forum's own settings where somebody typed something else.

use chrono::NaiveDate;

use super::form::{RHYTHMS, Said};
use super::stands::Stands;
use crate::forum::Cadence;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::Words;

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
