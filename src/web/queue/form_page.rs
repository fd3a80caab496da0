//! The form as a page shows it: what was typed, what is suggested, what is wrong.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::aside::Aside;
use super::chips::WhoView;
use super::choices::{
    list_groups, list_importances, list_kinds, list_lanes, list_languages, list_organisations,
    list_visibilities, offer_topics,
};
use super::differs::Differing;
use super::effective::{Draft, Effective, fill_in, has_chosen_topics, imagine};
use super::late::{self, LateView};
use super::promises::{self, PromisesView};
use super::rights::{may_change, needs_lead};
use super::sent_in::SentIn;
use super::stands::{self, StandsView};
use super::sure::{self, Question};
use super::told::Teller;
use crate::content::Item;
use crate::forum::{Language, Term};
use crate::intake::item_form::ItemForm;
use crate::intake::suggest::Suggested;
use crate::staff::Right;
use crate::store::AttachmentRow;
use crate::web::choice::Choice;
use crate::web::note::Note;
use crate::web::once::new_token;
use crate::web::refusal::Refusal;
use crate::web::scripted::let_script_run;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// Fields that stand folded away, unless one of them is filled in.
const RARE: [&str; 6] = ["importance", "lane", "release_on", "expires_on", "source", "contact_email"];

#[derive(Debug, Serialize)]
pub(super) struct Topic {
    value: String,
    label: String,
}

/// A language beside the first.
#[derive(Debug, Serialize)]
struct OtherLanguage {
    tag: &'static str,
    name: String,
    open: bool,
}

#[derive(Debug, Serialize)]
struct FileView {
    position: i64,
    name: String,
    size: String,
}

/// A draft in the form.
#[derive(Debug, Serialize)]
pub(super) struct FormPage {
    /// The draft's public id; empty before it is saved for the first time.
    id: String,
    /// The public id of a draft that is begun from this page.
    token: String,
    saves: i64,
    base: String,
    form: BTreeMap<String, String>,
    pub(super) errors: BTreeMap<String, String>,
    pub(super) notes: Vec<Note>,
    who: WhoView,
    topics: Vec<Topic>,
    topics_offered: Vec<Choice>,
    topics_told: String,
    topics_chosen: bool,
    kinds: Vec<Choice>,
    kind: &'static str,
    suggested_kind: String,
    languages: Vec<Choice>,
    suggested_language: String,
    visibilities: Vec<Choice>,
    importances: Vec<Choice>,
    lanes: Vec<Choice>,
    groups: Vec<Choice>,
    organisations: Vec<Choice>,
    others: Vec<OtherLanguage>,
    files: Vec<FileView>,
    open_more: bool,
    pub(super) aside: Aside,
    correcting: Option<String>,
    corrects_path: Option<String>,
    sent_in: Option<SentIn>,
    asks_lead: bool,
    /// The lead can send it in time, and whoever fills in the form cannot, who is told so.
    may_ask_lead: bool,
    asked: bool,
    stands: Option<StandsView>,
    /// The item that it was to correct was taken back: it is one of something new.
    taken_back: bool,
    /// Where the draft as somebody else left it says something else.
    pub(super) differs: Vec<Differing>,
    late: Option<LateView>,
    promises: PromisesView,
    sure: Vec<Question>,
    /// A question stood against queueing it, which is told at the top.
    pub(super) unanswered: bool,
    lane_at_button: bool,
}

impl Content for FormPage {
    const TEMPLATE: &'static str = "queue_form.html";
}

/// What stands beside the form.
pub(super) async fn show_aside(
    reading: &Reading,
    staff: &Staff,
    form: &ItemForm,
    (draft, corrected): (&Draft, Option<&Item>),
) -> Result<Aside, Refusal> {
    let (people, now, id) = (reading.people().await?, reading.0.now(), draft.id());
    let Some(item) = imagine(&people.forum, form, now) else { return Ok(Aside::empty()) };
    let teller = Teller::new(&people.forum, staff, reading.0.words(staff.language));
    let base = (!id.is_empty()).then(|| format!("/desk/drafts/{id}"));
    let aside = Aside::of(reading, &teller, &people, &item, base.as_deref()).await?;
    let is_out = corrected.is_some_and(|item| item.is_out(now));
    Ok(if is_out { aside.without_late() } else { aside })
}

/// The page of a draft; where the item that it was to correct was taken back, as one of something new.
pub(super) async fn form_page(reading: &Reading, staff: &Staff, draft: &Draft) -> Result<FormPage, Refusal> {
    let corrected = draft.corrected(reading, &staff.forum).await?;
    let parted = stands::part(draft, corrected.as_ref());
    let corrected = corrected.filter(|_| parted.is_none());
    let draft = (parted.as_ref().unwrap_or(draft), corrected.as_ref());
    let mut page = write_page(reading, staff, draft).await?;
    if parted.is_some() {
        page.taken_back = true;
        stands::note_taking_back(&mut page.form);
    }
    Ok(page)
}

/// The same of a draft and the item that it corrects.
async fn write_page(
    reading: &Reading,
    staff: &Staff,
    (draft, corrected): (&Draft, Option<&Item>),
) -> Result<FormPage, Refusal> {
    let (forum, words) = (&*staff.forum, reading.0.words(staff.language));
    let mut effective = fill_in(reading, staff, &draft.form).await?;
    let late = late::look(reading, staff, corrected, &effective).await?;
    late::settle_lane(&mut effective.form, late, staff.may(Right::Send));
    let stands = stands::look(reading, staff, (draft, corrected), &mut effective.form);
    let form = &effective.form;
    let late_view = LateView::of(words, staff, form, late);
    let teller = Teller::new(forum, staff, words);
    let id = draft.id().to_owned();
    let typed = |field: &str| draft.form.get(field);
    let suggested = |what: &str| fill(&words.queue.more.suggested, &[("what", what)]);
    let row = draft.row.as_ref();
    let corrects = draft.corrects();
    let (sure, aside) = ask_and_show_aside(reading, staff, &effective, (draft, corrected)).await?;
    let has_to_ask = late_view.as_ref().is_some_and(|view| view.asks_lead);
    // Where the urgent lane is advised it can be seen.
    let advises_lane = staff.may(Right::Send) && aside.advises_letter();
    Ok(FormPage {
        base: if id.is_empty() { "/desk/items/new".to_owned() } else { format!("/desk/drafts/{id}") },
        token: new_token(),
        saves: row.map_or(0, |row| row.saves),
        form: form.list_fields(),
        errors: BTreeMap::new(),
        notes: Vec::new(),
        who: WhoView::of(&teller, form.get("audience")),
        topics: list_topics(&teller, &form.about),
        topics_offered: offer_topics(&teller, &form.about),
        topics_told: tell_topics(words, &draft.form, &effective.topics),
        topics_chosen: has_chosen_topics(&draft.form),
        kinds: list_kinds(words, typed("kind")),
        kind: effective.kind.word(),
        suggested_kind: suggested(words.kind_of(effective.kind)),
        languages: list_languages(words, typed("language")),
        suggested_language: suggested(words.language.get(&effective.language).map_or("", String::as_str)),
        visibilities: list_visibilities(&teller, staff, form.get("visibility")),
        importances: list_importances(words, staff, form.get("importance")),
        lanes: list_lanes(words, staff, form.get("lane")),
        groups: list_groups(&teller, staff, form.get("group")),
        organisations: list_organisations(&teller, form.get("source")),
        others: list_others(words, &effective),
        files: list_files(reading, staff, draft).await?,
        open_more: advises_lane || RARE.iter().any(|field| !typed(field).is_empty()),
        correcting: corrects.map(|_| draft.form.get("title").to_owned()),
        corrects_path: corrects.map(|slug| format!("/desk/items/{slug}")),
        sent_in: row.and_then(|row| SentIn::of(words, row, teller.discreet)),
        asks_lead: needs_lead(staff, form) || corrected.is_some_and(|item| !may_change(staff, item)),
        asked: row.is_some_and(|row| row.asked_at.is_some()),
        stands,
        taken_back: false,
        differs: Vec::new(),
        may_ask_lead: has_to_ask || aside.asks_lead(),
        aside,
        unanswered: false,
        lane_at_button: late_view.as_ref().is_some_and(|view| view.choose),
        late: late_view,
        promises: promises::look(reading, staff, draft, form).await?,
        sure,
        id,
    })
}

/// What is asked before it is queued, and what stands beside the form: what is said there is not said here as well.
async fn ask_and_show_aside(
    reading: &Reading,
    staff: &Staff,
    effective: &Effective,
    (draft, corrected): (&Draft, Option<&Item>),
) -> Result<(Vec<Question>, Aside), Refusal> {
    let is_out = corrected.is_some_and(|item| item.is_out(reading.0.now()));
    let sure = sure::list_questions(reading, staff, effective, is_out).await?;
    let aside = show_aside(reading, staff, &effective.form, (draft, corrected)).await?;
    let words = reading.0.words(staff.language);
    let aside = if sure::ask_of_over(&sure) { aside.beside_a_question(words) } else { aside };
    Ok((sure, aside))
}

/// What it is about, each with its name.
pub(super) fn list_topics(teller: &Teller<'_>, about: &[String]) -> Vec<Topic> {
    let find = |text: &String| teller.forum.terms.find(&text.parse::<Term>().ok()?);
    let topic = |text: &String| {
        let label = find(text).map(|term| teller.forum.name_of(term, teller.language).to_owned());
        Topic { label: label.unwrap_or_else(|| text.clone()), value: text.clone() }
    };
    about.iter().map(topic).collect()
}

/// Where the topics come from.
pub(super) fn tell_topics(words: &Words, typed: &ItemForm, suggested: &Suggested) -> String {
    let words = &words.queue.topics;
    match (suggested.topics.is_empty(), suggested.similar) {
        (true, _) if typed.about.is_empty() => words.none.clone(),
        (true, _) => words.chosen.clone(),
        (false, 0) => words.from_text.clone(),
        (false, 1) => words.from_one.clone(),
        (false, n) => fill(&words.from_items, &[("count", &n.to_string())]),
    }
}

fn list_others(words: &Words, effective: &Effective) -> Vec<OtherLanguage> {
    let other = |language: &Language| OtherLanguage {
        tag: language.tag(),
        name: words.language.get(language).cloned().unwrap_or_default(),
        open: ["title", "body"]
            .iter()
            .any(|field| !effective.form.get(&format!("{field}_{language}")).is_empty()),
    };
    Language::ALL.iter().filter(|language| **language != effective.language).map(other).collect()
}

async fn list_files(reading: &Reading, staff: &Staff, draft: &Draft) -> Result<Vec<FileView>, Refusal> {
    let Some(row) = &draft.row else { return Ok(Vec::new()) };
    let pen = reading.0.pen(&staff.forum, staff.language);
    let view =
        |row: AttachmentRow| FileView { position: row.position, size: pen.size(row.size), name: row.name };
    Ok(reading.draft_files(row.id).await?.into_iter().map(view).collect())
}

/// A page with the form or a part of it, which a script of ours saves while one writes.
pub(super) fn respond<C: Content>(
    reading: &Reading,
    staff: &Staff,
    page: &C,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let mut response = let_script_run(reading.0.desk_page(staff, page)?);
    *response.status_mut() = status;
    Ok(response)
}
