//! Two who are one: side by side, what the one who is kept will have, and the merge.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::duplicates::{Twin, list_places, twin_of};
use super::person::find;
use crate::forum::{Recipient, TermIx};
use crate::ids::RecipientId;
use crate::intake::merging::{Merge, MergeError};
use crate::web::calling::call;
use crate::web::item_view::Fact;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{PAGE_LASTS, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// Whose address stays, and what was shown of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    kept: String,
    seen: String,
}

#[derive(Serialize)]
struct Page {
    one: Twin,
    other: Twin,
    problem: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_merge.html";
}

#[derive(Serialize)]
struct Preview {
    one: i64,
    other: i64,
    kept: i64,
    seen: String,
    name: String,
    /// What the one who is kept will have.
    facts: Vec<Fact>,
    /// What else happens, in sentences.
    lines: Vec<String>,
    anew: bool,
}

impl Content for Preview {
    const TEMPLATE: &'static str = "people_merge_preview.html";
}

/// GET: two side by side.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(pair): Path<(i64, i64)>,
) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff, pair, String::new()).await?;
    reading.0.desk_page(&staff, &page)
}

async fn page_of(
    reading: &Reading,
    staff: &Staff,
    (one, other): (i64, i64),
    problem: String,
) -> Result<Page, Refusal> {
    let people = reading.people().await?;
    let twin = |id| twin_of(reading, staff, &people, RecipientId(id)).ok_or_else(|| staff.nothing_there());
    if one == other {
        return Err(staff.nothing_there());
    }
    Ok(Page { one: twin(one)?, other: twin(other)?, problem })
}

/// Who is kept of the two, and who goes; none: nobody was chosen.
fn choose((one, other): (i64, i64), said: &Said) -> Option<(RecipientId, RecipientId)> {
    match said.kept.parse::<i64>() {
        Ok(kept) if kept == one => Some((RecipientId(one), RecipientId(other))),
        Ok(kept) if kept == other => Some((RecipientId(other), RecipientId(one))),
        _ => None,
    }
}

/// POST: what the one who is kept will have. What both chose is on the page: that somebody looked is in the log.
pub(super) async fn preview(
    writing: Writing,
    staff: Staff,
    Path(pair): Path<(i64, i64)>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Some(chosen) = choose(pair, &said) else {
        let problem = reading.0.words(staff.language).merging.one.choose.clone();
        let page = page_of(&reading, &staff, pair, problem).await?;
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    };
    show_preview(&writing, &staff, (pair, chosen), false).await
}

/// POST: merges them; if one of them is something else by now, it is shown again. Pressed twice, they are merged by the first.
pub(super) async fn confirm(
    writing: Writing,
    staff: Staff,
    Path(pair): Path<(i64, i64)>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let chosen = choose(pair, &said).ok_or_else(|| staff.nothing_there())?;
    let who = format!("{} {}", chosen.0, chosen.1);
    let name = name_press(&["merge", &staff.actor(), &who, &said.seen]);
    let own = staff.clone();
    let merge = move |writing: Writing| async move {
        Box::pin(writing.merge(&own, chosen, &said.seen)).await.map(|()| String::new())
    };
    match writing.press_once((name, PAGE_LASTS), merge).await? {
        Ok(_) => Ok(reading.0.go_to(&format!("/desk/people/{}?done=merged", chosen.0))),
        Err(MergeError::Changed) => {
            Ok(overtaken(show_preview(&writing, &staff, (pair, chosen), true).await?))
        }
        Err(error) => refuse(&reading, &staff, pair, &error).await,
    }
}

async fn refuse(
    reading: &Reading,
    staff: &Staff,
    pair: (i64, i64),
    error: &MergeError,
) -> Result<Response, Refusal> {
    let words = &reading.0.words(staff.language).merging.one;
    let problem = match error {
        MergeError::NotThere => return Err(staff.nothing_there()),
        MergeError::Unconfirmed => words.unconfirmed.clone(),
        MergeError::UnderWay => words.under_way.clone(),
        MergeError::Changed | MergeError::Store(_) | MergeError::Chosen(_) => {
            return Err(Refusal::broken(error));
        }
    };
    let page = page_of(reading, staff, pair, problem).await?;
    Ok(unprocessable(reading.0.desk_page(staff, &page)?))
}

async fn show_preview(
    writing: &Writing,
    staff: &Staff,
    (pair, chosen): ((i64, i64), (RecipientId, RecipientId)),
    anew: bool,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let merge = match reading.preview_merge(chosen).await {
        Ok(merge) => merge,
        Err(error) => return refuse(&reading, staff, pair, &error).await,
    };
    let kept = find(&reading, staff, chosen.0.0).await?;
    let gone = find(&reading, staff, chosen.1.0).await?;
    writing.note_looks(staff, [kept.id, gone.id]).await?;
    let page = Preview {
        one: pair.0,
        other: pair.1,
        kept: kept.id.0,
        seen: merge.binding(),
        name: call(&merge.combined.name, kept.email.as_str()).to_owned(),
        facts: list_facts(&reading, staff, &merge, (&kept, &gone)).await?,
        lines: list_lines(&reading, staff, &merge, (&kept, &gone)),
        anew,
    };
    reading.0.desk_page(staff, &page)
}

async fn list_facts(
    reading: &Reading,
    staff: &Staff,
    merge: &Merge,
    (kept, gone): (&Recipient, &Recipient),
) -> Result<Vec<Fact>, Refusal> {
    let all = reading.0.words(staff.language);
    let words = &all.people.person;
    let people = reading.people().await?;
    let mut places = list_places(reading, staff, &people, &kept.standing);
    places.extend(list_places(reading, staff, &people, &gone.standing));
    let (mine, theirs) = (&kept.standing, &gone.standing);
    let mut hides = vec![names(staff, &mine.mutes, &theirs.mutes)];
    let kinds = mine.muted_kinds.iter().chain(theirs.muted_kinds.iter());
    hides.extend(kinds.map(|kind| all.kinds_of(kind).to_owned()));
    hides.retain(|name| !name.is_empty());
    let cadence = merge.combined.cadence.parse().ok();
    let language = merge.combined.language.parse().ok();
    let often = cadence.and_then(|cadence| all.cadence.get(&cadence)).cloned().unwrap_or_default();
    let spoken = language.and_then(|language| all.language.get(&language)).cloned().unwrap_or_default();
    let facts = [
        (&words.email, kept.email.to_string()),
        (&words.places, unique(places).join("; ")),
        (&words.roles, names(staff, &mine.roles, &theirs.roles)),
        (&words.follows, names(staff, &mine.follows, &theirs.follows)),
        (&words.mutes, unique(hides).join(", ")),
        (&words.often, often),
        (&words.language, spoken),
        (&words.paused, merge.combined.paused_until.clone().unwrap_or_default()),
    ];
    let filled = facts.into_iter().filter(|(_, value)| !value.is_empty());
    Ok(filled.map(|(label, value)| Fact { label: label.clone(), value }).collect())
}

/// The names of what either has, each once.
fn names(staff: &Staff, mine: &[TermIx], theirs: &[TermIx]) -> String {
    let name = |ix: &TermIx| staff.forum.name_of(*ix, staff.language).to_owned();
    unique(mine.iter().chain(theirs).map(name).collect()).join(", ")
}

fn unique(mut list: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|entry| seen.insert(entry.clone()));
    list
}

fn list_lines(
    reading: &Reading,
    staff: &Staff,
    merge: &Merge,
    (kept, gone): (&Recipient, &Recipient),
) -> Vec<String> {
    let words = &reading.0.words(staff.language).merging.preview;
    let (kept_at, gone_at) = (kept.email.to_string(), gone.email.to_string());
    let mut lines = vec![
        fill(&words.stays, &[("email", &kept_at)]),
        fill(&words.retired, &[("email", &gone_at)]),
        words.once.clone(),
        words.waiting.clone(),
    ];
    if merge.combined.status != merge.kept.status {
        lines.push(fill(&words.no, &[("email", &gone_at)]));
    } else if merge.kept.status == "unsubscribed" {
        lines.push(fill(&words.no, &[("email", &kept_at)]));
    } else if merge.kept.status == "suspended" {
        lines.push(fill(&words.held_back, &[("email", &kept_at)]));
    }
    lines
}
