//! What the controller has to have in writing, from the actual configuration: the record of processing (GDPR art. 30 no. 1)
//! and whether an assessment of consequences is called for (art. 35).

use axum::response::Response;
use serde::Serialize;

use crate::config::Config;
use crate::forum::{Basis, UnionGround, Way};
use crate::staff::Right;
use crate::store::ProcessingCounts;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::statements::{Row, SaidTo, list_rows, tell_ground};
use crate::web::templates::Content;
use crate::web::unions::is_few;
use crate::web::words::{RecordWords, ScreeningWords, fill};

/// People beyond this are "on a large scale" for a regional forum. There is no number in law; the page says so.
const LARGE_SCALE: i64 = 10_000;

/// So many criteria that are met, wholly or in part, call for an assessment (WP 248 rev. 01, page 11).
const CRITERIA_FOR_ASSESSMENT: usize = 2;

#[derive(Serialize)]
struct Criterion {
    question: String,
    answer: String,
    why: String,
}

#[derive(Serialize)]
struct Page {
    today: String,
    rows: Vec<Row>,
    criteria: Vec<Criterion>,
    result: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_record.html";
}

/// GET: the record as it is today.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let words = &reading.0.words(staff.language).settings;
    let counts = reading.processing_counts().await?;
    let mut rows = list_rows(&reading, &staff.forum, staff.language, SaidTo::Authority).await?;
    let mut people = list_people(&words.record, &counts);
    people.extend(tell_unions(&words.record, &counts, !staff.may(Right::People)));
    rows.push(Row::new(&words.record.people, people));
    let statements = &reading.0.words(staff.language).statements;
    let at_the_desk = tell_ground(statements, &staff.forum, staff.language, Way::Staff);
    rows.push(Row::new(&words.record.staff, vec![at_the_desk]));
    rows.push(Row::new(&words.record.transfers, vec![words.record.transfers_text.clone()]));
    rows.push(Row::new(&words.record.safety, list_safety(&words.record, reading.0.config())));
    let known = (staff.forum.settings.learning, reading.has_partners().await?);
    let criteria = list_criteria(&words.screening, &counts, known);
    let met = criteria.iter().filter(|(met, ..)| *met != Met::No).count();
    let result =
        if met < CRITERIA_FOR_ASSESSMENT { &words.screening.not_needed } else { &words.screening.needed };
    let page = Page {
        today: reading.0.pen(&staff.forum, staff.language).day(reading.0.now()),
        rows,
        result: fill(result, &[("count", &met.to_string())]),
        criteria: criteria
            .into_iter()
            .map(|(met, question, why)| tell(&words.screening, met, question, why))
            .collect(),
    };
    reading.0.desk_page(&staff, &page)
}

fn list_people(words: &RecordWords, counts: &ProcessingCounts) -> Vec<String> {
    let line = |text: &str, count: i64| fill(text, &[("count", &count.to_string())]);
    let on = |basis: Basis| counts.bases.get(basis.word()).copied().unwrap_or_default();
    let rare = [
        (&words.people_interest, on(Basis::LegitimateInterest)),
        (&words.people_obligation, on(Basis::LegalObligation)),
    ];
    let mut lines =
        vec![line(&words.people_all, counts.people), line(&words.people_task, on(Basis::PublicTask))];
    lines.extend(rare.into_iter().filter(|(_, people)| *people > 0).map(|(text, people)| line(text, people)));
    lines.push(line(&words.people_consent, on(Basis::Consent)));
    lines
}

/// How many sit for a union, and on what ground. To `discreet` readers none of the numbers stands where one of them is small:
/// what the others leave of the sum would tell it.
fn tell_unions(words: &RecordWords, counts: &ProcessingCounts, discreet: bool) -> Vec<String> {
    let grounds = [
        (&words.union_consent, sitting_on(counts, Some(UnionGround::Consent))),
        (&words.union_published, sitting_on(counts, Some(UnionGround::Published))),
        (&words.union_none, sitting_on(counts, None)),
    ];
    let grounds = grounds.into_iter().filter(|(_, people)| *people > 0);
    let told: Vec<(&String, i64)> =
        std::iter::once((&words.people_union, counts.union_places)).chain(grounds).collect();
    let is_withheld = discreet && told.iter().any(|(_, people)| is_few(*people));
    let number = |people: i64| match (is_withheld, is_few(people)) {
        (false, _) => people.to_string(),
        (true, true) => words.few.clone(),
        (true, false) => words.not_few.clone(),
    };
    told.into_iter().map(|(text, people)| fill(text, &[("count", &number(people))])).collect()
}

/// How many sit for a union on that ground; on none that is recorded.
fn sitting_on(counts: &ProcessingCounts, ground: Option<UnionGround>) -> i64 {
    counts.union_grounds.get(ground.map_or("", UnionGround::word)).copied().unwrap_or_default()
}

/// What protects the data, as this installation is set up.
fn list_safety(words: &RecordWords, config: &Config) -> Vec<String> {
    let https = config.base_url.starts_with("https://");
    let open = config.relays.iter().any(|relay| relay.url.contains("tls=none"));
    let stays = config.mailbox_folder().is_some();
    let relay = match (stays, open) {
        (true, _) => &words.relay_folder,
        (false, true) => &words.relay_open,
        (false, false) => &words.relay_encrypted,
    };
    let pick = |yes: bool, words: [&String; 2]| words[usize::from(!yes)].clone();
    vec![
        pick(https, [&words.pages_encrypted, &words.pages_open]),
        relay.clone(),
        pick(!config.file.dkim.is_empty(), [&words.signed, &words.unsigned]),
        words.desk_guarded.clone(),
        pick(config.file.approval.required, [&words.approved, &words.not_approved]),
        words.logged.clone(),
        words.erased.clone(),
    ]
}

/// How far a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Yes,
    Partly,
    No,
}

/// The nine criteria of WP 248 rev. 01, endorsed by the European Data Protection Board, for this forum: whether its letters
/// learn, and whether its organisations have accounts for their own people.
fn list_criteria<'w>(
    words: &'w ScreeningWords,
    counts: &ProcessingCounts,
    (learning, partners): (bool, bool),
) -> Vec<(Met, &'w String, &'w String)> {
    let either = |met: bool, yes: Met, whys: [_; 2]| {
        let [so, not] = whys;
        if met { (yes, so) } else { (Met::No, not) }
    };
    let scoring = either(learning, Met::Partly, [&words.scoring_yes, &words.scoring_no]);
    let sensitive_yes = match sitting_on(counts, None) {
        0 => &words.sensitive_yes,
        _ => &words.sensitive_missing,
    };
    let sensitive = either(counts.union_places > 0, Met::Yes, [sensitive_yes, &words.sensitive_no]);
    let vulnerable = if partners { &words.vulnerable_partners } else { &words.vulnerable_partly };
    let scale = either(counts.people > LARGE_SCALE, Met::Yes, [&words.scale_yes, &words.scale_no]);
    vec![
        (scoring.0, &words.scoring, scoring.1),
        (Met::No, &words.decisions, &words.decisions_no),
        (Met::No, &words.monitoring, &words.monitoring_no),
        (sensitive.0, &words.sensitive, sensitive.1),
        (scale.0, &words.scale, scale.1),
        (Met::No, &words.matching, &words.matching_no),
        (Met::Partly, &words.vulnerable, vulnerable),
        (Met::No, &words.novel, &words.novel_no),
        (Met::No, &words.hindering, &words.hindering_no),
    ]
}

fn tell(words: &ScreeningWords, met: Met, question: &str, why: &str) -> Criterion {
    let answer = match met {
        Met::Yes => &words.yes,
        Met::Partly => &words.partly,
        Met::No => &words.no,
    };
    Criterion { question: question.to_owned(), answer: answer.clone(), why: why.to_owned() }
}
