//! Earlier mailings, and one of them: while it runs and after.

use std::collections::BTreeSet;

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::told::{is_listed, is_open, name_rhythm, path_of};
use crate::content::Item;
use crate::ids::{EditionId, ItemId};
use crate::insight::reach::Share;
use crate::staff::Right;
use crate::store::{DeliveryState, EditionRow};
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::scripted::let_script_run_if;
use crate::web::site::{Reading, Spread, Tally};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::unions::{Folded, TELLING};
use crate::web::words::{Words, counted, fill};

/// Mailings of a page.
const PAGE_MAILINGS: usize = 20;
/// Groups, organisations and items that stand open; the others are folded.
const SHOWN: usize = 12;
/// And so many folded.
const FOLDED: usize = 300;

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    behind: String,
    done: String,
}

#[derive(Serialize)]
struct Line {
    path: String,
    when: String,
    often: String,
    status: Option<String>,
    told: String,
}

#[derive(Serialize)]
struct List {
    lines: Vec<Line>,
    older: Option<String>,
}

impl Content for List {
    const TEMPLATE: &'static str = "mailing_sent.html";
}

/// GET: what was sent and what is being sent, the latest first.
pub(super) async fn list(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let behind = asked.behind.parse().ok().map(EditionId);
    let at_most = i64::try_from(PAGE_MAILINGS + 1).unwrap_or(i64::MAX);
    let rows = reading.latest_editions(behind, at_most).await?;
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let mut lines = Vec::new();
    for row in rows.iter().take(PAGE_MAILINGS) {
        let tally = reading.tally(row).await?;
        lines.push(Line {
            path: path_of(row.id),
            when: pen.instant(row.occurs_at),
            often: name_rhythm(words, row),
            status: Some(tell_status(words, row, &tally)).filter(|_| is_open(row, &tally)),
            told: tell_tally(words, &tally),
        });
    }
    let last = rows.get(PAGE_MAILINGS.saturating_sub(1)).filter(|_| rows.len() > PAGE_MAILINGS);
    let older = last.map(|row| format!("/desk/mailing/sent?behind={}", row.id));
    reading.0.desk_page(&staff, &List { lines, older })
}

/// A mailing that is under way.
#[derive(Serialize)]
pub(in crate::web) struct Running {
    pub(in crate::web) path: String,
    pub(in crate::web) when: String,
    pub(in crate::web) status: String,
    /// Whether nothing of it moves: all letters that are left were put off, and that is no handful.
    #[serde(skip)]
    pub(in crate::web) is_stuck: bool,
}

/// Mailings under way, the latest first: being written, being sent, paused.
pub(in crate::web) async fn list_running(reading: &Reading, staff: &Staff) -> Result<Vec<Running>, Refusal> {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let mut running = Vec::new();
    for row in reading.lively_editions().await? {
        let tally = reading.tally(&row).await?;
        if is_open(&row, &tally) || row.paused_at.is_some() {
            running.push(Running {
                path: path_of(row.id),
                when: pen.instant(row.occurs_at),
                status: tell_status(words, &row, &tally),
                is_stuck: row.paused_at.is_none() && is_stuck(&tally),
            });
        }
    }
    Ok(running)
}

/// Whether all letters that are left were put off, and they are a tenth of the mailing or more: one mailbox that is full for
/// a while says nothing of the way there.
fn is_stuck(tally: &Tally) -> bool {
    let open = tally.open();
    open > 0 && open == tally.of(DeliveryState::Deferred) && open.saturating_mul(10) >= tally.all
}

fn tell_status(words: &Words, row: &EditionRow, tally: &Tally) -> String {
    let own = &words.mailing.sent;
    match (&row.paused_because, is_open(row, tally)) {
        (Some(_), _) => &own.paused,
        (_, true) if row.planned_at.is_none() => &own.planning,
        (_, true) if tally.open() == tally.of(DeliveryState::Deferred) => &own.waiting,
        (_, true) => &own.running,
        (_, false) => &own.finished,
    }
    .clone()
}

/// "40 brev: 38 tatt imot av e-posttjenesten, 2 avvist".
fn tell_tally(words: &Words, tally: &Tally) -> String {
    let own = &words.mailing.sent;
    let all = usize::try_from(tally.all).unwrap_or_default();
    if all == 0 {
        return own.letters_none.clone();
    }
    let state = |(state, count): &(DeliveryState, i64)| format!("{count} {}", words.state_of(state.word()));
    let states: Vec<String> = tally.by_state.iter().map(state).collect();
    format!("{}: {}", counted(&own.letters_one, &own.letters, all), states.join(", "))
}

#[derive(Serialize)]
struct State {
    path: Option<String>,
    label: String,
    count: i64,
}

#[derive(Serialize)]
struct Row {
    label: String,
    told: String,
    path: Option<String>,
}

/// Rows that stand open and rows that are folded.
#[derive(Default, Serialize)]
struct Rows {
    shown: Vec<Row>,
    folded: Vec<Row>,
}

#[derive(Default, Serialize)]
struct Reach {
    groups: Rows,
    organisations: Rows,
    /// Why none of them stands, if none does.
    no_organisations: String,
    items: Rows,
    as_of: Option<String>,
}

#[derive(Serialize)]
struct Page {
    base: String,
    when: String,
    often: String,
    done: Option<String>,
    status: String,
    by_itself: bool,
    /// It goes on while one looks.
    lively: bool,
    /// Whom it reached is being counted.
    counting: bool,
    may_pause: bool,
    may_resume: bool,
    may_cancel: bool,
    all: i64,
    settled: i64,
    progress: String,
    states: Vec<State>,
    reach: Option<Reach>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_one.html";
}

/// GET: one mailing.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let row = reading.edition(&staff, EditionId(id)).await?;
    let tally = reading.tally(&row).await?;
    let words = reading.0.words(staff.language);
    let (open, paused) = (is_open(&row, &tally), row.paused_at.is_some());
    let settled = tally.all - tally.open();
    let count = |number: i64| number.to_string();
    let is_early = open && (!paused || tally.of(DeliveryState::Accepted) == 0);
    let reach = if is_early { None } else { reach(&reading, &staff, row.id).await? };
    let page = Page {
        base: path_of(row.id),
        when: reading.0.pen(&staff.forum, staff.language).instant(row.occurs_at),
        often: name_rhythm(words, &row),
        done: tell_done(words, &asked.done),
        status: tell_status(words, &row, &tally),
        by_itself: open && row.paused_because.as_deref() == Some("policy"),
        may_pause: open && !paused,
        may_resume: paused,
        may_cancel: open,
        all: tally.all,
        settled,
        progress: fill(
            &words.mailing.sent.progress,
            &[("settled", &count(settled)), ("all", &count(tally.all))],
        ),
        states: tally.by_state.iter().map(|of| state(words, row.id, *of)).collect(),
        lively: open && !paused,
        counting: !is_early && reach.is_none(),
        reach,
    };
    let goes_on = page.lively || page.counting;
    Ok(let_script_run_if(reading.0.desk_page(&staff, &page)?, goes_on))
}

fn tell_done(words: &Words, done: &str) -> Option<String> {
    let own = &words.mailing.sent;
    let told = match done {
        "paused" => &own.was_paused,
        "resumed" => &own.was_resumed,
        "cancelled" => &own.was_cancelled,
        _ => return None,
    };
    Some(told.clone())
}

fn state(words: &Words, id: EditionId, (state, count): (DeliveryState, i64)) -> State {
    let listed = is_listed(state);
    State {
        path: listed.then(|| format!("{}/letters?state={}", path_of(id), state.word())),
        label: words.state_of(state.word()).to_owned(),
        count,
    }
}

async fn reach(reading: &Reading, staff: &Staff, id: EditionId) -> Result<Option<Reach>, Refusal> {
    let seen = reading.spread(id).await?;
    let Some(spread) = seen.value else { return Ok(None) };
    let library = reading.library().await?;
    let words = reading.0.words(staff.language);
    let find = |id: ItemId| library.items.iter().find(|item| item.id == id);
    let items = || spread.items.iter().filter_map(|got| Some((find(got.item)?, got.letters)));
    let by_unions = match staff.may(Right::People) {
        true => BTreeSet::new(),
        false => reading.by_unions(&library.forum, items().map(|(own, _)| own)).await?,
    };
    let item = |(item, letters): (&Item, i64)| Row {
        label: item.text_for(staff.language).1.title.clone(),
        told: match by_unions.contains(&item.id) {
            true => words.mailing.next.uncounted.clone(),
            false => tell_letters(words, letters),
        },
        path: Some(format!("/desk/items/{}", item.slug)),
    };
    let is_few = |letters: i64| usize::try_from(letters).unwrap_or_default() < TELLING;
    let may_stand = |(own, letters): &(&Item, i64)| !(is_few(*letters) && by_unions.contains(&own.id));
    let items = items().filter(may_stand).map(item);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let organisations = spread.people.tell_shares(&spread.organisations, !staff.may(Right::People));
    Ok(Some(Reach {
        groups: Rows::of(list_shares(words, staff, &spread, &spread.groups).into_iter()),
        no_organisations: match organisations.withheld {
            true => words.queue.aside.withheld.clone(),
            false => words.mailing.sent.nobody.clone(),
        },
        organisations: Rows::of(list_organisations(words, staff, &spread, &organisations).into_iter()),
        items: Rows::of(items),
        as_of: seen.as_of.map(|at| pen.time(at)),
    }))
}

impl Rows {
    fn of(rows: impl Iterator<Item = Row>) -> Rows {
        let mut shown: Vec<Row> = rows.take(SHOWN + FOLDED).collect();
        let folded = shown.split_off(shown.len().min(SHOWN));
        Rows { shown, folded }
    }
}

/// Those that got most of it first.
fn list_shares(words: &Words, staff: &Staff, spread: &Spread, shares: &[Share]) -> Vec<Row> {
    let mut sorted: Vec<&Share> = shares.iter().collect();
    sorted.sort_by_key(|share| (std::cmp::Reverse(share.reached), std::cmp::Reverse(share.of)));
    let name = |term| spread.people.forum.name_of(term, staff.language);
    sorted.into_iter().map(|share| row(words, name(share.term), (share.reached, share.of))).collect()
}

/// "I 34 brev".
fn tell_letters(words: &Words, letters: i64) -> String {
    let words = &words.mailing.next;
    counted(&words.in_letters_one, &words.in_letters, usize::try_from(letters).unwrap_or_default())
}

/// The same by organisation: who works for a union is for those who keep the people's own pages (GDPR, art. 9).
fn list_organisations(words: &Words, staff: &Staff, spread: &Spread, told: &Folded) -> Vec<Row> {
    let mut rows = list_shares(words, staff, spread, &told.shown);
    rows.extend(told.others.map(|others| row(words, &words.queue.aside.others, others)));
    rows
}

fn row(words: &Words, label: &str, (reached, of): (usize, usize)) -> Row {
    let told = fill(&words.queue.aside.share, &[("count", &reached.to_string()), ("of", &of.to_string())]);
    Row { label: label.to_owned(), told, path: None }
}
