//! "Today": what waits for somebody. Each part is shown to who has the right to do something about it.

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::account::name_of_group;
use super::answers;
use super::lines::{Line, Part, SHOWN_AT_MOST};
use super::steps::{Step, list_steps};
use crate::forum::{Cadence, Kind};
use crate::staff::Right;
use crate::store::{DeskDraftRow, GroundlessRow, QuestionRow, UncertainRow, VacantSeatRow};
use crate::web::calling::{call, call_discreetly};
use crate::web::effects::list_lost;
use crate::web::mailing::{CHANGED, Running, awaits, list_running, list_unapproved};
use crate::web::needs::SEES_WHAT_GOES;
use crate::web::people::tell_because;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// The source of drafts that were begun here.
const FROM_THE_DESK: &str = "lead";

#[derive(Serialize)]
struct Page {
    /// How a new forum comes to its first mailing; what is empty stays away as long.
    steps: Vec<Step>,
    /// When letters go next, with the name of what goes then.
    next: Option<Line>,
    later: Vec<Line>,
    /// Who gets nothing then, and who has more than the letter takes.
    figures: Vec<Line>,
    /// Mailings, and changes in letters that are written, that wait until the reader approves them.
    approvals: Part,
    /// What was written and waits for who may send.
    asked: Option<Part>,
    /// What people sent in.
    drafts: Option<Part>,
    /// What one wrote oneself and did not queue.
    own: Option<Part>,
    /// Events and requests that people answered.
    answers: Part,
    questions: Option<Part>,
    vacant: Option<Part>,
    /// Who sits for a union on no recorded ground.
    groundless: Option<Part>,
    uncertain: Option<Part>,
    /// What left the page of effects that is published.
    lost: Part,
    /// Whether the reader may begin an item.
    may_write: bool,
    /// Mailings under way.
    running: Vec<Line>,
    /// Whether letters wait that no relay takes, and the reader may look why.
    is_stuck: bool,
    /// Whether letters lie on this machine, and the reader may look at them.
    inbox: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_today.html";
}

/// GET: what waits.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let (keeps, is_bound) = (staff.may(Right::People), staff.reach.is_bound());
    let editions = reading.heard_editions().await?;
    let figures = match editions.first() {
        Some((cadence, at)) if is_for_all(&staff) => figures(&reading, &staff, *cadence, *at).await?,
        _ => Vec::new(),
    };
    let approvals = approvals(&reading, &staff, &editions).await?;
    let mut coming = coming(&reading, &staff, editions).into_iter();
    let rows = if staff.may(Right::Write) { reading.desk_drafts(&staff).await? } else { Vec::new() };
    let is_asked = |row: &DeskDraftRow| row.asked_at.is_some();
    let is_sent_in = |row: &DeskDraftRow| row.source != FROM_THE_DESK && row.asked_at.is_none();
    let is_own = |row: &DeskDraftRow| {
        row.source == FROM_THE_DESK && row.asked_at.is_none() && row.account == Some(staff.account)
    };
    let (running, is_stuck) =
        if staff.may(Right::Send) { running(&reading, &staff).await? } else { (Vec::new(), false) };
    let page = Page {
        steps: if is_bound { Vec::new() } else { list_steps(&reading, &staff).await? },
        may_write: staff.may(Right::Write),
        next: coming.next(),
        later: coming.collect(),
        figures,
        approvals,
        // A draft opens to who writes.
        asked: (staff.may(Right::Send) && staff.may(Right::Write))
            .then(|| drafts(&reading, &staff, &rows, is_asked)),
        drafts: is_for_all(&staff).then(|| drafts(&reading, &staff, &rows, is_sent_in)),
        own: staff.may(Right::Write).then(|| drafts(&reading, &staff, &rows, is_own)),
        answers: answers::list(&reading, &staff).await?,
        questions: if keeps && !is_bound { Some(questions(&reading, &staff).await?) } else { None },
        vacant: if keeps { Some(vacant(&reading, &staff).await?) } else { None },
        groundless: if keeps && !is_bound { Some(groundless(&reading).await?) } else { None },
        lost: if staff.may(Right::Send) { lost(&reading, &staff).await? } else { Part::default() },
        running,
        is_stuck: is_stuck && staff.may(Right::Administer),
        inbox: reading.0.need_of("/desk/inbox").is_some_and(|need| staff.meets(need)),
        uncertain: if staff.may(Right::Send) { Some(uncertain(&reading, &staff).await?) } else { None },
    };
    reading.0.desk_page(&staff, &page.without_empty_boxes())
}

impl Page {
    /// While the first steps are shown, boxes in which nothing waits would only stand in their way.
    fn without_empty_boxes(self) -> Page {
        if self.steps.is_empty() {
            return self;
        }
        let full = |part: Option<Part>| part.filter(|part| !part.is_empty());
        Page {
            drafts: full(self.drafts),
            questions: full(self.questions),
            vacant: full(self.vacant),
            uncertain: full(self.uncertain),
            ..self
        }
    }
}

/// Whether they write for the whole forum.
fn is_for_all(staff: &Staff) -> bool {
    staff.may(Right::Write) && !staff.writes_for_groups_only()
}

async fn figures(
    reading: &Reading,
    staff: &Staff,
    cadence: Cadence,
    at: DateTime<Utc>,
) -> Result<Vec<Line>, Refusal> {
    let Some(known) = reading.outlook_if_quick(cadence, at).await? else { return Ok(Vec::new()) };
    let Some(outlook) = known.as_ref() else { return Ok(Vec::new()) };
    // As on the mailing's own page: a letter for the sake of an item by organisations tells who is with a union.
    let items = outlook.items.iter().map(|own| &own.item);
    if !staff.may(Right::People) && !reading.by_unions(&outlook.forum, items).await?.is_empty() {
        return Ok(Vec::new());
    }
    let words = &reading.0.words(staff.language).mailing.next;
    let (without, over) = (outlook.people.len() - outlook.letters(), outlook.over_cap());
    let line = |(number, one, many, only): (usize, &String, &String, &str)| Line {
        text: format!("{number} {}", if number == 1 { one } else { many }),
        quiet: String::new(),
        path: format!("/desk/mailing/next/{}/people?only={only}", cadence.word()),
    };
    let all = [
        (without, &words.gets_none, &words.get_none, "without"),
        (over, &words.has_more, &words.have_more, "over"),
    ];
    Ok(all.into_iter().filter(|(number, ..)| *number > 0).map(line).collect())
}

fn coming(reading: &Reading, staff: &Staff, editions: Vec<(Cadence, DateTime<Utc>)>) -> Vec<Line> {
    let waits = &reading.0.words(staff.language).mailing.approval.waits;
    let line = |edition| {
        let line = line_of(reading, staff, edition);
        if edition.1 > reading.0.now() {
            return line;
        }
        Line { text: fill(waits, &[("when", &line.text)]), ..line }
    };
    editions.into_iter().map(line).collect()
}

/// A coming mailing, with the way there for who looks at it.
fn line_of(reading: &Reading, staff: &Staff, (cadence, at): (Cadence, DateTime<Utc>)) -> Line {
    let words = reading.0.words(staff.language);
    Line {
        text: reading.0.pen(&staff.forum, staff.language).instant(at),
        quiet: words.cadence.get(&cadence).unwrap_or(&words.mailing.sent.urgent).clone(),
        path: match staff.meets(SEES_WHAT_GOES) {
            true => format!("/desk/mailing/next/{}", cadence.word()),
            false => String::new(),
        },
    }
}

/// Those of the coming mailings, and what changed in letters of earlier ones, that go once the reader has approved them.
async fn approvals(
    reading: &Reading,
    staff: &Staff,
    editions: &[(Cadence, DateTime<Utc>)],
) -> Result<Part, Refusal> {
    let mut lines = Vec::new();
    for edition in editions {
        if awaits(reading, staff, *edition).await? {
            lines.push(line_of(reading, staff, *edition));
        }
    }
    let quiet = &reading.0.words(staff.language).mailing.changed.today;
    for text in list_unapproved(reading, staff).await? {
        lines.push(Line { text, quiet: quiet.clone(), path: CHANGED.to_owned() });
    }
    Ok(Part::whole(lines))
}

/// Mailings under way, and whether one of them is stuck.
async fn running(reading: &Reading, staff: &Staff) -> Result<(Vec<Line>, bool), Refusal> {
    let line = |one: Running| Line { text: one.when, quiet: one.status, path: one.path };
    let running = list_running(reading, staff).await?;
    let is_stuck = running.iter().any(|one| one.is_stuck);
    Ok((running.into_iter().map(line).collect(), is_stuck))
}

/// Those of `rows` that `belong` here, whoever was first before the others.
fn drafts(
    reading: &Reading,
    staff: &Staff,
    rows: &[DeskDraftRow],
    belongs: impl Fn(&DeskDraftRow) -> bool,
) -> Part {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let line = |row: &DeskDraftRow| {
        let day = pen.day(row.asked_at.unwrap_or(row.received_at));
        let own = row.account == Some(staff.account) && row.source == FROM_THE_DESK;
        let sender = row.sender_name.as_ref().or(row.sender_email.as_ref());
        let from = sender.or(row.account_name.as_ref()).filter(|_| !own);
        let from = from.map(|name| fill(&words.desk.today.from, &[("name", name), ("day", &day)]));
        let kind =
            row.kind.as_deref().and_then(|word| word.parse::<Kind>().ok()).map(|kind| words.kind_of(kind));
        let told = [kind.map(str::to_owned), Some(from.unwrap_or(day))];
        Line {
            text: match row.title.trim() {
                "" => words.queue.list.untitled.clone(),
                title => title.to_owned(),
            },
            quiet: told.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            path: format!("/desk/drafts/{}", row.public_id),
        }
    };
    let mut here: Vec<&DeskDraftRow> = rows.iter().filter(|row| belongs(row)).collect();
    here.sort_by_key(|row| row.asked_at.unwrap_or(row.received_at));
    Part::first_of(here.into_iter().map(line))
}

async fn questions(reading: &Reading, staff: &Staff) -> Result<Part, Refusal> {
    let all = reading.0.words(staff.language);
    let words = &all.desk.today;
    let line = |row: &QuestionRow| {
        let because = tell_because(all, row);
        let named = row.suggested_name.as_ref().or(row.suggested_email.as_ref());
        let suggests = named.map(|name| fill(&words.suggests, &[("name", name)]));
        let quiet = suggests.map_or_else(|| because.to_owned(), |suggests| format!("{because} {suggests}"));
        Line {
            text: call(&row.name, &row.email).to_owned(),
            quiet,
            path: format!("/desk/people/{}", row.recipient),
        }
    };
    let (all, rows) = reading.questions(SHOWN_AT_MOST.into()).await?;
    Ok(Part::of(rows.iter().map(line).collect(), all))
}

async fn vacant(reading: &Reading, staff: &Staff) -> Result<Part, Refusal> {
    let words = reading.0.words(staff.language);
    let position = |word: &str| {
        let position = word.parse().ok().and_then(|position| words.position.get(&position));
        position.cloned().unwrap_or_else(|| word.to_owned())
    };
    let line = |row: VacantSeatRow| Line {
        text: format!("{} · {}", name_of_group(staff, &row.group), position(&row.position)),
        quiet: row.represents,
        path: format!("/desk/places/{}", row.seat),
    };
    let (all, rows) = reading.vacant_seats(staff, SHOWN_AT_MOST.into()).await?;
    Ok(Part::of(rows.into_iter().map(line).collect(), all))
}

async fn groundless(reading: &Reading) -> Result<Part, Refusal> {
    let line = |row: GroundlessRow| Line {
        text: call(&row.name, &row.email).to_owned(),
        quiet: row.represents,
        path: format!("/desk/people/{}", row.recipient),
    };
    let (all, rows) = reading.groundless(SHOWN_AT_MOST.into()).await?;
    Ok(Part::of(rows.into_iter().map(line).collect(), all))
}

async fn uncertain(reading: &Reading, staff: &Staff) -> Result<Part, Refusal> {
    let words = &reading.0.words(staff.language).desk.today;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let line = |row: UncertainRow| Line {
        text: call_discreetly(&row.name, row.email.as_deref(), !staff.may(Right::People)),
        quiet: fill(&words.uncertain_of, &[("day", &pen.day(row.occurs_at))]),
        path: format!("/desk/mailing/sent/{}/letters?state=uncertain", row.edition),
    };
    let (all, rows) = reading.uncertain_letters(SHOWN_AT_MOST.into()).await?;
    Ok(Part::of(rows.into_iter().map(line).collect(), all))
}

/// Lines that left the page of effects, for their minutes were withdrawn.
async fn lost(reading: &Reading, staff: &Staff) -> Result<Part, Refusal> {
    let lines = list_lost(reading, staff).await?;
    let line =
        |text: &String| Line { text: text.clone(), quiet: String::new(), path: "/desk/effects".to_owned() };
    Ok(Part::first_of(lines.iter().map(line)))
}
