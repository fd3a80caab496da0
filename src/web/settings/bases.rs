//! Which legal basis the forum relies on for each way in which people come in, and why. Who comes in later gets it; who is
//! here keeps what they have until the lead says otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::line::read_line;
use super::stands::{Overtaken, Stands, name_all, read_over};
use crate::forum::{Basis, Forum, ForumSettings, Ground, Grounds, House, Language, Names, Way};
use crate::web::choice::Choice;
use crate::web::refusal::{Refusal, Why, overtaken};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// The longest reason, in characters.
const LONGEST: usize = 300;

/// What was filled in, by field: `place`, `place_reason_nb`; `seen` names what stood when the form was shown.
type Said = BTreeMap<String, String>;

#[derive(Serialize)]
struct Reason {
    field: String,
    tag: &'static str,
    label: String,
    value: String,
}

#[derive(Serialize)]
struct Row {
    key: &'static str,
    label: String,
    choices: Vec<Choice>,
    reasons: Vec<Reason>,
}

/// Those who came in so and are kept on another basis.
#[derive(Serialize)]
struct Others {
    key: &'static str,
    text: String,
    button: String,
}

#[derive(Serialize)]
struct Page {
    /// What was done, in words; empty if nothing was.
    done: String,
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    rows: Vec<Row>,
    others: Vec<Others>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_bases.html";
}

/// GET: as it stands.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff, String::new()).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: these from now on, for who comes in.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let seen = said.get("seen").map_or("", String::as_str);
    let make = |house: &House| House { grounds: read(&said, &house.grounds), ..house.clone() };
    let read = |house: &House| Some(make(house));
    let changed = writing.change_seen_settings(staff, |standing| read_over(standing, (seen, name), read));
    match changed.await? {
        Ok(staff) => {
            let done = reading.0.words(staff.language).settings.grounds.saved.clone();
            let page = page_of(&reading, &staff, done).await?;
            reading.0.desk_page(&staff, &page)
        }
        Err(staff) => {
            let standing = page_of(&reading, &staff, String::new()).await?;
            let old = &staff.forum.settings;
            let settings = ForumSettings { house: make(&old.house), ..old.clone() };
            let forum = Arc::new(Forum { settings, ..Forum::clone(&staff.forum) });
            let rows = list_rows(&reading, &Staff { forum, ..staff.clone() });
            let told = Some(Overtaken::of(list(&standing.rows), list(&rows)));
            let page = Page { overtaken: told, rows, ..standing };
            Ok(overtaken(reading.0.desk_page(&staff, &page)?))
        }
    }
}

/// Names what the form is filled from.
fn name(house: &House) -> String {
    name_all(&house.grounds)
}

/// Each choice and each reason as the form has it.
fn list(rows: &[Row]) -> Vec<Stands> {
    let mut list = Vec::new();
    for row in rows {
        let chosen = row.choices.iter().find(|choice| choice.chosen);
        list.push(Stands::new(&row.label, chosen.map_or("", |choice| choice.label.as_str())));
        let reason = |reason: &Reason| Stands::new(format!("{}, {}", row.label, reason.label), &reason.value);
        list.extend(row.reasons.iter().map(reason));
    }
    list
}

/// Whom the basis of their way is to hold for as well.
#[derive(Deserialize)]
pub(super) struct Asked {
    way: Way,
}

/// POST: what is settled for a way holds for those too who are here already.
pub(super) async fn apply(
    writing: Writing,
    staff: Staff,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let has_place = has_place(asked.way).ok_or_else(|| Refusal::from(Why::BadForm))?;
    let basis = staff.forum.settings.house.grounds.basis(asked.way);
    let people = writing.change_bases(&staff, basis, has_place).await?;
    let reading = writing.reading();
    let words = &reading.0.words(staff.language).settings.grounds;
    let done = fill(&words.changed, &[("count", &people.to_string())]);
    let page = page_of(&reading, &staff, done).await?;
    reading.0.desk_page(&staff, &page)
}

/// Whether who came in so has a place; none of those who are no recipients.
fn has_place(way: Way) -> Option<bool> {
    match way {
        Way::Place => Some(true),
        Way::List => Some(false),
        Way::Staff => None,
    }
}

fn field_of(way: Way, language: Language) -> String {
    format!("{}_reason_{language}", way.word())
}

/// What it asks for; a way of which it says nothing that can be stays.
fn read(said: &Said, old: &Grounds) -> Grounds {
    let mut grounds = Grounds::default();
    for way in Way::ALL {
        let chosen = said.get(way.word()).and_then(|word| Basis::from_word(word));
        let basis = chosen.filter(|basis| way.bases().contains(basis)).unwrap_or_else(|| old.basis(way));
        let reason = |language| read_line(said.get(&field_of(way, language))?, LONGEST);
        let reasons = Language::ALL.into_iter().filter_map(|language| Some((language, reason(language)?)));
        grounds.set(way, Ground { basis, reason: Names(reasons.collect()) });
    }
    grounds
}

async fn page_of(reading: &Reading, staff: &Staff, done: String) -> Result<Page, Refusal> {
    let grounds = &staff.forum.settings.house.grounds;
    let words = &reading.0.words(staff.language).settings;
    let mut others = Vec::new();
    for way in Way::ALL {
        let Some(has_place) = has_place(way) else { continue };
        let people = reading.count_other_bases(grounds.basis(way), has_place).await?;
        let basis = words.bases.get(grounds.basis(way).word()).map_or("", String::as_str);
        let label = words.ways.get(way.word()).map_or("", String::as_str);
        let count = people.to_string();
        let tell = |text: &str| fill(text, &[("count", &count), ("basis", basis), ("way", label)]);
        others.extend((people > 0).then(|| Others {
            key: way.word(),
            text: tell(&words.grounds.others),
            button: tell(&words.grounds.others_button),
        }));
    }
    let seen = name(&staff.forum.settings.house);
    Ok(Page { done, overtaken: None, seen, rows: list_rows(reading, staff), others })
}

fn list_rows(reading: &Reading, staff: &Staff) -> Vec<Row> {
    Way::ALL.into_iter().map(|way| row_of(reading, staff, way)).collect()
}

fn row_of(reading: &Reading, staff: &Staff, way: Way) -> Row {
    let all = reading.0.words(staff.language);
    let ground = staff.forum.settings.house.grounds.of(way);
    let choice = |basis: &Basis| Choice {
        value: basis.word().to_owned(),
        label: all.settings.bases.get(basis.word()).cloned().unwrap_or_default(),
        depth: 0,
        chosen: *basis == ground.basis,
    };
    let reason = |language: Language| Reason {
        field: field_of(way, language),
        tag: language.tag(),
        label: all.language.get(&language).cloned().unwrap_or_default(),
        value: ground.reason.0.get(&language).cloned().unwrap_or_default(),
    };
    Row {
        key: way.word(),
        label: all.settings.ways.get(way.word()).cloned().unwrap_or_default(),
        choices: way.bases().iter().map(choice).collect(),
        reasons: Language::ALL.map(reason).into(),
    }
}
