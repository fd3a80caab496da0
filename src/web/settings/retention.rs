//! How long each kind of data is kept. What shortening a time deletes is counted and shown before it is done.

use std::collections::BTreeMap;

use axum::response::Response;
use axum_extra::extract::Form;
use serde::Serialize;

use super::stands::{Overtaken, Stands, name_all};
use crate::pipeline::Going;
use crate::staff::Right;
use crate::store::{GOING_COUNTED_TO, KeptKind};
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::unions::is_few;
use crate::web::words::{KeepingWords, Words, fill};

/// The field that names what stood when the form was shown.
const SEEN: &str = "seen";

/// The field of who was asked and said yes.
const SURE: &str = "sure";

/// What rows are called that say why it was stored that somebody sat for a union.
const UNION_GROUNDS: &str = "union_grounds";

/// A month as people count, in days.
const MONTH: i64 = 30;

/// What was filled in: days by the word of their kind.
type Said = BTreeMap<String, String>;

/// One kind of data.
#[derive(Serialize)]
struct Row {
    key: &'static str,
    label: String,
    meaning: String,
    hint: String,
    value: String,
    least: i64,
    most: i64,
    error: String,
}

/// What a shorter time of one kind deletes.
#[derive(Serialize)]
struct Loss {
    label: String,
    change: String,
    lines: Vec<String>,
}

#[derive(Serialize, Default)]
struct Page {
    saved: bool,
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    any_wrong: bool,
    rows: Vec<Row>,
    /// What is asked about; empty if nothing is.
    losses: Vec<Loss>,
    /// What was filled in, to be sent again by who is sure.
    wanted: Vec<(&'static str, i64)>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_retention.html";
}

/// GET: as it is.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let days = reading.kept_days().await?;
    let page = Page { rows: list_rows(&reading, &staff, &days), seen: name(&days), ..Page::default() };
    reading.0.desk_page(&staff, &page)
}

/// Names what the form is filled from.
fn name(days: &[(KeptKind, i64)]) -> String {
    name_all(&days.iter().map(|(kind, days)| (kind.word(), *days)).collect::<Vec<_>>())
}

/// POST: so from now on, or what is wrong, or what would be deleted, to be asked for once more.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let words = reading.0.words(staff.language);
    let old = reading.kept_days().await?;
    let seen = said.get(SEEN).cloned().unwrap_or_default();
    let mut rows = list_rows(&reading, &staff, &old);
    let wanted: Vec<(KeptKind, i64)> = old
        .iter()
        .zip(&mut rows)
        .filter_map(|(&(kind, _), row)| Some((kind, read_days(words, kind, said.get(kind.word())?, row)?)))
        .collect();
    if rows.iter().any(|row| !row.error.is_empty()) {
        let page = Page { any_wrong: true, rows, seen, ..Page::default() };
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    let changes = wanted.iter().any(|wanted| !old.contains(wanted));
    if changes && seen != name(&old) {
        return tell_overtaken(&reading, &staff, &old, rows);
    }
    if !said.contains_key(SURE) {
        let losses = list_losses(&reading, &staff, &old, &wanted).await?;
        if !losses.is_empty() {
            let wanted = wanted.into_iter().map(|(kind, days)| (kind.word(), days)).collect();
            return reading.0.desk_page(&staff, &Page { losses, wanted, seen, ..Page::default() });
        }
    }
    let is_saved = writing.keep_days(&staff, &old, &wanted).await?;
    let days = reading.kept_days().await?;
    if !is_saved {
        return tell_overtaken(&reading, &staff, &days, rows);
    }
    let (rows, seen) = (list_rows(&reading, &staff, &days), name(&days));
    reading.0.desk_page(&staff, &Page { saved: true, rows, seen, ..Page::default() })
}

/// What was typed, in `rows`, beside what stands now.
fn tell_overtaken(
    reading: &Reading,
    staff: &Staff,
    standing: &[(KeptKind, i64)],
    rows: Vec<Row>,
) -> Result<Response, Refusal> {
    let list = |rows: &[Row]| rows.iter().map(|row| Stands::new(&row.label, &row.value)).collect();
    let told = Some(Overtaken::of(list(&list_rows(reading, staff, standing)), list(&rows)));
    let page = Page { overtaken: told, seen: name(standing), rows, ..Page::default() };
    Ok(overtaken(reading.0.desk_page(staff, &page)?))
}

/// The days that a field says; none, with the reason in its row, if they cannot be.
fn read_days(words: &Words, kind: KeptKind, said: &str, row: &mut Row) -> Option<i64> {
    let words = &words.settings;
    let Ok(days) = said.trim().parse::<i64>() else {
        // A field of numbers shows nothing else.
        row.value.clear();
        row.error.clone_from(&words.keeping.no_number);
        return None;
    };
    row.value = days.to_string();
    let (least, most) = kind.days().into_inner();
    let nearest = days.clamp(least, most);
    if nearest == days {
        return Some(days);
    }
    let (days, near) = (days.to_string(), nearest.to_string());
    let why = word(&words.kept_why, kind);
    row.error = fill(&words.keeping.out_of_span, &[("days", &days), ("nearest", &near), ("why", &why)]);
    row.value = near;
    None
}

fn list_rows(reading: &Reading, staff: &Staff, days: &[(KeptKind, i64)]) -> Vec<Row> {
    let words = &reading.0.words(staff.language).settings;
    let rows = days.iter().map(|&(kind, days)| {
        let (least, most) = kind.days().into_inner();
        Row {
            key: kind.word(),
            label: word(&words.kept_name, kind),
            meaning: word(&words.kept_meaning, kind),
            hint: tell_span(&words.keeping, (least, most), days),
            value: days.to_string(),
            least,
            most,
            error: String::new(),
        }
    });
    rows.collect()
}

/// `Fra 30 til 1095 dager. Nå 365, omtrent 12 måneder.`
fn tell_span(words: &KeepingWords, (least, most): (i64, i64), days: i64) -> String {
    let told = if days < 2 * MONTH { &words.hint } else { &words.hint_months };
    let months = ((days + MONTH / 2) / MONTH).to_string();
    let (least, most, days) = (least.to_string(), most.to_string(), days.to_string());
    fill(told, &[("least", &least), ("most", &most), ("now", &days), ("months", &months)])
}

async fn list_losses(
    reading: &Reading,
    staff: &Staff,
    old: &[(KeptKind, i64)],
    wanted: &[(KeptKind, i64)],
) -> Result<Vec<Loss>, Refusal> {
    let (words, discreet) = (reading.0.words(staff.language), !staff.may(Right::People));
    let before = |kind: KeptKind| old.iter().find(|(own, _)| *own == kind).map_or(0, |(_, days)| *days);
    let shorter: Vec<(KeptKind, i64)> =
        wanted.iter().filter(|(kind, days)| *days < before(*kind)).copied().collect();
    let going = reading.count_going(&shorter).await?;
    let after = |kind: KeptKind| shorter.iter().find(|(own, _)| *own == kind).map_or(0, |(_, days)| *days);
    Ok(going
        .into_iter()
        .map(|going| {
            let (keeping, days) = (&words.settings.keeping, after(going.0));
            let change = if days == 1 { &keeping.ask_change_one } else { &keeping.ask_change };
            let (before, count) = (before(going.0).to_string(), days.to_string());
            Loss {
                label: word(&words.settings.kept_name, going.0),
                change: fill(change, &[("before", &before), ("count", &count)]),
                lines: tell_going(words, &going, discreet),
            }
        })
        .collect())
}

/// How many sat for a union is told to `discreet` readers as few or not: a day more or less tells of one by what it changes.
fn tell_going(words: &Words, (_, counts): &Going, discreet: bool) -> Vec<String> {
    let words = &words.settings;
    let tell = |(what, count): &(&str, i64)| {
        let counted = (*count).min(GOING_COUNTED_TO).to_string();
        let many = fill(&words.keeping.more_than, &[("count", &counted)]);
        let count = match *count {
            few if discreet && *what == UNION_GROUNDS => match is_few(few) {
                true => words.record.few.clone(),
                false => words.record.not_few.clone(),
            },
            more if more > GOING_COUNTED_TO => many,
            _ => counted,
        };
        words.kept_going.get(*what).map(|text| fill(text, &[("count", &count)]))
    };
    counts.iter().filter_map(tell).collect()
}

fn word(words: &BTreeMap<String, String>, kind: KeptKind) -> String {
    words.get(kind.word()).cloned().unwrap_or_default()
}
