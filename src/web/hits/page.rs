//! The page: whether letters hit, what was not for whom it went to, what was missed.

use axum::response::Response;
use serde::Serialize;

use super::told::{List, Row, say, tell_aims, tell_letters, tell_missed, tell_split, tell_topic};
use crate::forum::{Cadence, Facet, Forum, Kind, TermIx};
use crate::insight::coverage::Missed;
use crate::insight::months::read_month;
use crate::insight::precision::{MailingHits, Split, is_telling, to_fives};
use crate::letter::capitalised;
use crate::staff::Right;
use crate::store::HitMonthRow;
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::{Accuracy, Reading};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// Rows that stand open.
const SHOWN: usize = 8;
/// And so many folded.
const FOLDED: usize = 100;
/// Topics that are told.
const TOPICS: usize = 20;

/// Whether letters hit.
#[derive(Serialize)]
struct HitsView {
    /// "65 av 100"; empty where no number is told of all mailings.
    share: String,
    told: String,
    letters: String,
    shown: Vec<Row>,
    folded: Vec<Row>,
    /// These days and the months before; none as long as no month was kept.
    months: Vec<Row>,
}

/// What was not for whom it went to.
#[derive(Serialize)]
struct AimsView {
    kinds: List,
    topics: List,
    doors: List,
}

/// What was missed.
#[derive(Serialize)]
struct MissedView {
    told: String,
    /// On how many answers that rests; may be empty.
    answers: String,
    topics: Vec<Row>,
    passed_on: String,
}

#[derive(Serialize)]
struct Told {
    hits: HitsView,
    aims: AimsView,
    missed: MissedView,
}

#[derive(Serialize)]
struct Page {
    lead: String,
    empty_title: String,
    empty_line: String,
    /// Nothing was sent.
    is_empty: bool,
    /// None while it is counted.
    told: Option<Told>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "hits.html";
}

/// GET: the sums of the last days.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let words = &reading.0.words(staff.language).hits.page;
    let days = reading.counted_days().await?;
    let accuracy = reading.accuracy(days).await?;
    let in_days = |text: &str| fill(text, &[("days", &days.to_string())]);
    let page = Page {
        lead: in_days(&words.lead),
        empty_title: in_days(&words.empty),
        empty_line: words.empty_line.clone(),
        is_empty: accuracy.as_ref().is_some_and(|accuracy| accuracy.hits.mailings.is_empty()),
        told: accuracy.map(|accuracy| {
            let forum = &accuracy.library.forum;
            Teller { staff: &staff, forum, pen: reading.0.pen(forum, staff.language), days }.tell(&accuracy)
        }),
    };
    reading.0.desk_page(&staff, &page)
}

struct Teller<'a> {
    staff: &'a Staff,
    forum: &'a Forum,
    pen: Pen<'a>,
    /// So many are counted.
    days: i64,
}

impl Teller<'_> {
    fn tell(&self, accuracy: &Accuracy) -> Told {
        let words = &self.pen.words.hits.page;
        Told {
            hits: self.tell_hits(accuracy),
            aims: AimsView {
                kinds: tell_aims(words, &accuracy.kinds, FOLDED, |kind| self.name_kind(kind)),
                topics: tell_aims(words, &accuracy.topics, TOPICS, |term| self.name_topic(term)),
                doors: tell_aims(words, &accuracy.doors, FOLDED, |chosen| {
                    let name = if chosen { &words.door_chosen } else { &words.door_followed };
                    (name.clone(), String::new())
                }),
            },
            missed: self.tell_missed(accuracy),
        }
    }

    fn tell_hits(&self, accuracy: &Accuracy) -> HitsView {
        let (words, hits) = (&self.pen.words.hits.page, &accuracy.hits);
        let told = match hits.said {
            Split::Told { yes, no } => {
                let pattern = if hits.partial { &words.hits_partial } else { &words.hits_told };
                say(pattern, &[("yes", yes), ("all", yes + no)])
            }
            Split::NearlyAll => words.hits_nearly_all.clone(),
            Split::HardlyAny => words.hits_hardly_any.clone(),
            Split::Few => words.hits_few.clone(),
        };
        let share = match hits.whole() {
            Split::Told { yes, no } => say(&words.hits_share, &[("share", share_of(yes, yes + no))]),
            _ => String::new(),
        };
        let letters = usize::try_from(hits.letters).ok().filter(|letters| is_telling(*letters));
        let mut rows = hits.mailings.iter().map(|row| self.tell_mailing(row));
        HitsView {
            share,
            told,
            letters: letters.map_or_else(String::new, |letters| say(&words.letters, &[("count", letters)])),
            shown: rows.by_ref().take(SHOWN).collect(),
            folded: rows.take(FOLDED).collect(),
            months: self.tell_months(accuracy),
        }
    }

    /// How it has changed.
    fn tell_months(&self, accuracy: &Accuracy) -> Vec<Row> {
        let words = &self.pen.words.hits.page;
        let row = |label: String, letters: i64, said: Split| Row {
            path: String::new(),
            label,
            hint: tell_letters(words, letters),
            told: tell_split(words, said),
        };
        let month = |kept: &HitMonthRow| row(self.name_month(&kept.month), kept.letters, read_month(kept));
        let months: Vec<Row> = accuracy.months.iter().map(month).collect();
        if months.is_empty() {
            return months;
        }
        let days = fill(&words.months_now, &[("days", &self.days.to_string())]);
        let now = row(days, accuracy.hits.letters, accuracy.hits.whole());
        std::iter::once(now).chain(months).collect()
    }

    /// "Mars 2027".
    fn name_month(&self, month: &str) -> String {
        let named = || {
            let (year, number) = month.split_once('-')?;
            let name = self.pen.locale.months().get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
            Some(format!("{} {year}", capitalised(name)))
        };
        named().unwrap_or_else(|| month.to_owned())
    }

    fn tell_mailing(&self, row: &MailingHits) -> Row {
        let words = self.pen.words;
        let cadence: Option<Cadence> = row.mailing.cadence.parse().ok();
        let often = cadence.and_then(|cadence| words.cadence.get(&cadence));
        let letters = tell_letters(&words.hits.page, row.mailing.letters);
        let leads_there = self.staff.may(Right::Send);
        Row {
            path: if leads_there {
                format!("/desk/mailing/sent/{}", row.mailing.edition)
            } else {
                String::new()
            },
            label: self.pen.instant(row.mailing.occurs_at),
            hint: format!("{}, {letters}", often.unwrap_or(&words.mailing.sent.urgent)),
            told: tell_split(&words.hits.page, row.said),
        }
    }

    /// A kind's items.
    fn name_kind(&self, kind: Kind) -> (String, String) {
        (capitalised(self.pen.words.kinds_of(kind)), format!("/desk/items?kind={}", kind.word()))
    }

    /// A topic, and its page for who keeps topics.
    fn name_topic(&self, term: TermIx) -> (String, String) {
        let own = self.forum.terms.term(term);
        let has_page = matches!(own.facet, Facet::Sector | Facet::Group | Facet::Role);
        let path = match has_page && self.staff.may(Right::People) {
            true => format!("/desk/topics/{}/{}", own.facet.word(), own.slug),
            false => String::new(),
        };
        (self.forum.name_of(term, self.staff.language).to_owned(), path)
    }

    fn tell_missed(&self, accuracy: &Accuracy) -> MissedView {
        let (words, coverage) = (&self.pen.words.hits.page, &accuracy.coverage);
        let topic = |(term, missed): &(TermIx, Missed)| {
            let (label, path) = self.name_topic(*term);
            Row { path, label, hint: String::new(), told: tell_topic(words, *missed) }
        };
        let answers = coverage.answers.filter(|_| coverage.missed != Missed::TooEarly);
        let (times, people) = (accuracy.passed_on.times, accuracy.passed_on.people);
        let passed_on = match (usize::try_from(times), usize::try_from(people)) {
            (Ok(times), Ok(people)) if is_telling(people) => {
                say(&words.passed_on_told, &[("count", to_fives(times))])
            }
            _ => words.passed_on_few.clone(),
        };
        MissedView {
            told: tell_missed(words, coverage.missed),
            answers: answers
                .map_or_else(String::new, |count| say(&words.missed_answers, &[("count", count)])),
            topics: coverage.topics.iter().take(TOPICS).map(topic).collect(),
            passed_on,
        }
    }
}

/// So many of a hundred, to the nearest.
fn share_of(part: usize, whole: usize) -> usize {
    (part * 100 + whole / 2) / whole.max(1)
}
