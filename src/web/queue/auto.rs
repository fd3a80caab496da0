//! What the script that saves while one writes gets back: who would get it, and what was filled in from the text. What is
//! queued is what the page shows.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::aside::Aside;
use super::effective::{Draft, fill_in, has_chosen_topics};
use super::form_page::{Topic, list_topics, respond, show_aside, tell_topics};
use super::promises::{self, PromisesView};
use super::told::Teller;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// The fields that a text may fill in while nobody has.
const FILLED: [&str; 6] = ["starts_on", "starts_time", "ends_time", "wanted_by", "deadline", "group"];

#[derive(Serialize)]
struct Field {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Page {
    id: String,
    saves: i64,
    saved: String,
    aside: Aside,
    /// What stands beside the form tells to ask the lead.
    may_ask_lead: bool,
    topics: Vec<Topic>,
    topics_told: String,
    topics_chosen: bool,
    kind: &'static str,
    suggested_kind: String,
    suggested_language: String,
    filled: Vec<Field>,
    promises: PromisesView,
    /// None: nothing is judged while somebody writes.
    errors: BTreeMap<String, String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "queue_aside.html";
}

pub(super) async fn answer(reading: &Reading, staff: &Staff, draft: &Draft) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let effective = fill_in(reading, staff, &draft.form).await?;
    let form = &effective.form;
    let corrected = draft.corrected(reading, &staff.forum).await?;
    let time = reading.0.pen(&staff.forum, staff.language).time(reading.0.now());
    let suggested = |what: &str| fill(&words.queue.more.suggested, &[("what", what)]);
    let filled = |name: &'static str| {
        let value = form.get(name);
        (draft.form.get(name) != value).then(|| Field { name, value: value.to_owned() })
    };
    let aside = show_aside(reading, staff, form, (draft, corrected.as_ref())).await?;
    let page = Page {
        id: draft.id().to_owned(),
        saves: draft.row.as_ref().map_or(0, |row| row.saves),
        saved: fill(&words.queue.note.saved_at, &[("time", &time)]),
        may_ask_lead: aside.asks_lead(),
        aside,
        topics: list_topics(&Teller::new(&staff.forum, staff, words), &form.about),
        topics_told: tell_topics(words, &draft.form, &effective.topics),
        topics_chosen: has_chosen_topics(&draft.form),
        kind: effective.kind.word(),
        suggested_kind: suggested(words.kind_of(effective.kind)),
        suggested_language: suggested(words.language.get(&effective.language).map_or("", String::as_str)),
        filled: FILLED.into_iter().filter_map(filled).collect(),
        promises: promises::look(reading, staff, draft, form).await?,
        errors: BTreeMap::new(),
    };
    respond(reading, staff, &page, StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use crate::web::layers::LONGEST_REQUEST;

    const SCRIPT: &str = include_str!("../../../templates/page/queue.js");

    #[test]
    fn the_script_waits_until_the_server_has_answered_in_any_case() {
        let waits = SCRIPT.split("AbortSignal.timeout?.(").nth(1).and_then(|rest| rest.split(')').next());
        let waits: u128 = waits.unwrap().parse().unwrap();
        assert!(waits > LONGEST_REQUEST.as_millis(), "{waits} ms: who gives up before overtakes themselves");
    }
}
