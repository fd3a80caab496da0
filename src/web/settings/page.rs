//! The page of the forum's settings: each rhythm in words, with its next dates.

use axum::response::Response;
use chrono::{DateTime, Utc, Weekday};
use serde::Serialize;

use super::differs::list_standing;
use super::form::{Mistakes, RHYTHMS, Said};
use super::stands::Overtaken;
use crate::edition::schedule;
use crate::forum::{Cadence, ForumSettings, Language};
use crate::web::choice::Choice;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// How many next dates each rhythm shows.
const NEXT_DATES: usize = 3;

/// The days of a week, as the form and the words call them.
const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

#[derive(Serialize)]
struct Rhythm {
    key: &'static str,
    name: String,
    on: bool,
    /// The expression, if no sentence of ours says it.
    own: Option<String>,
    keep: bool,
    /// What the field of its days is called.
    day_name: String,
    days: Vec<Choice>,
    nth: Vec<Choice>,
    time: String,
    next: Vec<String>,
    wrong: bool,
    /// How many people get letters so: it cannot be taken away.
    used: Option<String>,
}

#[derive(Serialize)]
struct Pause {
    number: usize,
    first: String,
    last: String,
}

#[derive(Serialize)]
pub(super) struct Page {
    saved: bool,
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    wrong: Mistakes,
    any_wrong: bool,
    name: String,
    languages: Vec<Choice>,
    rhythms: Vec<Rhythm>,
    holidays: bool,
    pauses: Vec<Pause>,
    cap: String,
    learning: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_settings.html";
}

/// GET: as they stand.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let said = Said::of(&staff.forum.settings);
    let page = page_of(&reading, &staff, &said, Mistakes::default());
    reading.0.desk_page(&staff, &page)
}

impl Page {
    /// The same, with the line that it was saved.
    pub(super) fn saved(self) -> Page {
        Page { saved: true, ..self }
    }

    /// The same beside what stands now; saving it again replaces that.
    pub(super) fn overtaken(self, reading: &Reading, staff: &Staff, said: &Said) -> Page {
        let standing = Said::of(&staff.forum.settings);
        Page {
            overtaken: Some(Overtaken::by(list_standing(reading, staff, &standing, said))),
            seen: standing.seen,
            ..self
        }
    }
}

/// The form as it was filled in, with what is wrong in it.
pub(super) fn page_of(reading: &Reading, staff: &Staff, said: &Said, wrong: Mistakes) -> Page {
    let words = reading.0.words(staff.language);
    let blank = said.first.len().max(said.last.len());
    let at = |days: &[String], place: usize| days.get(place).cloned().unwrap_or_default();
    let pause = |place: usize| Pause {
        number: place + 1,
        first: at(&said.first, place),
        last: at(&said.last, place),
    };
    Page {
        saved: false,
        overtaken: None,
        seen: said.seen.clone(),
        any_wrong: wrong != Mistakes::default(),
        name: said.name.clone(),
        languages: Language::ALL.map(|language| language_choice(words, language, &said.language)).into(),
        rhythms: RHYTHMS.map(|cadence| rhythm(reading, staff, said, &wrong, cadence)).into(),
        holidays: !said.holidays.is_empty(),
        pauses: (0..=blank).map(pause).collect(),
        cap: said.cap.clone(),
        learning: !said.learning.is_empty(),
        wrong,
    }
}

fn language_choice(words: &Words, language: Language, chosen: &str) -> Choice {
    Choice {
        value: language.tag().to_owned(),
        label: words.language.get(&language).map_or(language.tag(), String::as_str).to_owned(),
        depth: 0,
        chosen: language.tag() == chosen,
    }
}

fn rhythm(reading: &Reading, staff: &Staff, said: &Said, wrong: &Mistakes, cadence: Cadence) -> Rhythm {
    let all = reading.0.words(staff.language);
    let words = &all.settings;
    let (chosen, time) = said.times(cadence);
    let settings = &staff.forum.settings;
    let day = |day: Weekday| Choice {
        label: words.weekday.get(&day.to_string()).cloned().unwrap_or_else(|| day.to_string()),
        value: day.to_string(),
        depth: 0,
        chosen: chosen.contains(&day),
    };
    let nth = |(nth, word): (&String, &String)| Choice {
        value: nth.clone(),
        label: word.clone(),
        depth: 0,
        chosen: said.monthly_nth == *nth,
    };
    let used = wrong.used.iter().find(|(used, _)| *used == cadence);
    let is_own = |cadence: &Cadence| Said::of(settings).keeps(*cadence);
    Rhythm {
        key: cadence.word(),
        name: all.cadence.get(&cadence).cloned().unwrap_or_else(|| cadence.to_string()),
        on: said.has(cadence),
        own: settings.cadences.get(&cadence).filter(|_| is_own(&cadence)).map(|times| times.0.clone()),
        keep: said.keeps(cadence),
        day_name: format!("{cadence}_day"),
        days: WEEK.map(day).into(),
        nth: if cadence == Cadence::Monthly { words.nth.iter().map(nth).collect() } else { Vec::new() },
        time: time.to_owned(),
        next: tell_next(reading, staff, settings, cadence),
        wrong: wrong.times.contains(&cadence),
        used: used.map(|(_, count)| fill(&words.rhythms.used, &[("count", &count.to_string())])),
    }
}

/// The next dates of a rhythm as it is saved.
fn tell_next(reading: &Reading, staff: &Staff, settings: &ForumSettings, cadence: Cadence) -> Vec<String> {
    if !settings.cadences.contains_key(&cadence) {
        return Vec::new();
    }
    let pen = reading.0.pen(&staff.forum, staff.language);
    let after = |at: &DateTime<Utc>| schedule::next_after(settings, cadence, &[], *at);
    let told = |at| pen.locale.instant(at, settings.zone, pen.today);
    std::iter::successors(after(&reading.0.now()), after).take(NEXT_DATES).map(told).collect()
}
