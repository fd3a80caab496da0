//! The form as a page shows it: what was typed, what is suggested, what is wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::aside::Aside;
use super::chips::{Choice, WhoView};
use super::choices::{
    list_groups, list_importances, list_kinds, list_lanes, list_languages, list_organisations,
    list_visibilities, offer_topics,
};
use super::late::{self, LateView};
use super::promises::{self, PromisesView};
use super::stands::{self, StandsView};
use super::sure::{self, Question};
use super::told::Teller;
use crate::content::{Fields, Item};
use crate::forum::{Forum, Kind, Language, Term};
use crate::intake::item_form::{FieldError, ItemForm, is_promise_field};
use crate::intake::item_queue::imagine_item;
use crate::intake::suggest::{Suggested, list_dates, suggest_group, suggest_kind, suggest_language};
use crate::staff::Right;
use crate::store::{AttachmentRow, DeskDraftRow};
use crate::web::once::new_token;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// A sentence over the form.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    pub(super) text: String,
    /// `good`, `bad`, or empty.
    pub(super) how: &'static str,
}

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

/// What whoever sent it in said besides.
#[derive(Debug, Serialize)]
struct SentIn {
    sender: String,
    /// Where they work; empty: they said nothing of it, it is a union, or whoever looks may not know.
    organisation: String,
    /// Where they are reached; empty: nowhere.
    email: String,
    for_whom: String,
    why: String,
    /// Whom a mail was from that was forwarded; may be empty.
    forwarded_from: String,
    /// Files of a mail that could not be taken along, with the reason.
    left_out: Vec<String>,
}

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
    asked: bool,
    stands: Option<StandsView>,
    late: Option<LateView>,
    promises: PromisesView,
    sure: Vec<Question>,
    lane_at_button: bool,
}

impl Content for FormPage {
    const TEMPLATE: &'static str = "queue_form.html";
}

/// A draft with what it was filled in with.
pub(super) struct Draft {
    pub(super) row: Option<DeskDraftRow>,
    pub(super) form: ItemForm,
}

impl Draft {
    /// What the address calls it; empty if it was not saved yet.
    pub(super) fn id(&self) -> &str {
        self.row.as_ref().map_or("", |row| row.public_id.as_str())
    }
}

/// What was typed with what is suggested where nothing was.
pub(super) struct Effective {
    pub(super) form: ItemForm,
    pub(super) kind: Kind,
    pub(super) language: Language,
    pub(super) topics: Suggested,
}

/// Fills in what the text suggests and nobody chose.
pub(super) async fn fill_in(
    reading: &Reading,
    staff: &Staff,
    typed: &ItemForm,
) -> Result<Effective, Refusal> {
    let forum = &staff.forum;
    let (title, body) = (typed.get("title"), typed.get("body"));
    let text = format!("{title}. {body}");
    let language = typed.language().or_else(|| suggest_language(&text)).unwrap_or(forum.settings.language);
    let today = reading.0.today(forum);
    let dates = list_dates(&text, today);
    let dated = dates.iter().any(|date| !date.is_deadline && date.from.is_some());
    let kind = typed.kind().unwrap_or_else(|| suggest_kind(title, body, dated));
    let mut form = typed.clone();
    form.set("kind", kind.word());
    form.set("language", language.tag());
    let day = match kind {
        Kind::Event => dates.iter().find(|date| !date.is_deadline),
        _ => dates.iter().find(|date| date.is_deadline),
    };
    // What corrects an item says what it said; nothing is put in its place.
    let keeps = typed.get("keep") == "yes";
    if let Some(date) = day.filter(|_| !keeps) {
        let time =
            |at: Option<chrono::NaiveTime>| at.map_or(String::new(), |at| at.format("%H:%M").to_string());
        let field = match kind {
            Kind::Event => "starts_on",
            Kind::Request => "wanted_by",
            Kind::Call => "deadline",
            _ => "",
        };
        if !field.is_empty() && form.get(field).is_empty() {
            form.set(field, &date.day.to_string());
            if kind == Kind::Event && form.get("starts_time").is_empty() {
                form.set("starts_time", &time(date.from));
                form.set("ends_time", &time(date.until));
            }
        }
    }
    if kind == Kind::Minutes
        && !keeps
        && form.get("group").is_empty()
        && let Some(group) = suggest_group(forum, language, title)
    {
        form.set("group", &forum.terms.term(group).slug);
    }
    let mut topics = Suggested::default();
    if !keeps
        && typed.get("topics") != "chosen"
        && typed.about.is_empty()
        && !text.trim_matches('.').trim().is_empty()
    {
        topics = reading.past_items(forum).await?.suggest(forum, language, title, body);
        form.about = topics.topics.iter().map(|term| forum.terms.term(*term).to_string()).collect();
    }
    Ok(Effective { form, kind, language, topics })
}

/// The item as it would be, with what is wrong left out; `None` if nobody is chosen in any way.
pub(super) fn imagine(forum: &Forum, form: &ItemForm, now: chrono::DateTime<chrono::Utc>) -> Option<Item> {
    let mut form = form.clone();
    if form.get("title").trim().is_empty() {
        form.set("title", "–");
    }
    // An event whose day nobody has given yet is not over.
    let mut has_day = true;
    for _ in 0..8 {
        match form.read("utkast", forum) {
            Ok(files) if has_day => return Some(imagine_item(&files, now)),
            Ok(files) => return Some(Item { fields: Fields::Plain, ..imagine_item(&files, now) }),
            Err(errors) => {
                for FieldError { field, missing, .. } in errors {
                    match field.as_str() {
                        // Who gets it does not hang on what is promised.
                        "group" if missing => form.forget_promises(),
                        promise if is_promise_field(promise) => form.forget_promises(),
                        "audience" if missing => return None,
                        "about" => form.about.clear(),
                        title if missing && title.starts_with("title") => form.set(title, "–"),
                        day if missing => {
                            has_day = false;
                            form.set(day, "2000-01-01");
                        }
                        _ => form.set(&field, ""),
                    }
                }
            }
        }
    }
    None
}

/// What stands beside the form.
pub(super) async fn aside(
    reading: &Reading,
    staff: &Staff,
    form: &ItemForm,
    id: &str,
) -> Result<(Aside, Option<Arc<People>>), Refusal> {
    let people = reading.people().await?;
    let item = imagine(&people.forum, form, reading.0.now());
    let teller = Teller::new(&people.forum, staff, reading.0.words(staff.language));
    match item {
        None => Ok((Aside::empty(), Some(people))),
        Some(item) => {
            let base = (!id.is_empty()).then(|| format!("/desk/drafts/{id}"));
            Ok((Aside::of(reading, &teller, &people, &item, base.as_deref()).await?, Some(people)))
        }
    }
}

/// The page of a draft.
pub(super) async fn form_page(reading: &Reading, staff: &Staff, draft: &Draft) -> Result<FormPage, Refusal> {
    let (forum, words) = (&*staff.forum, reading.0.words(staff.language));
    let mut effective = fill_in(reading, staff, &draft.form).await?;
    let late = late::look(reading, staff, draft, &effective).await?;
    late::settle_lane(&mut effective.form, late, staff.may(Right::Send));
    let stands = stands::look(reading, staff, draft, &mut effective.form).await?;
    let form = &effective.form;
    let late_view = LateView::of(words, staff, form, late);
    let teller = Teller::new(forum, staff, words);
    let files = match &draft.row {
        Some(row) => reading.draft_files(row.id).await?,
        None => Vec::new(),
    };
    let id = draft.id().to_owned();
    let typed = |field: &str| draft.form.get(field);
    let suggested = |what: &str| fill(&words.queue.more.suggested, &[("what", what)]);
    let row = draft.row.as_ref();
    let corrects = row.and_then(|row| row.corrects.clone());
    let sure = sure::list_of_draft(reading, staff, corrects.as_deref(), &effective).await?;
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
        groups: list_groups(&teller, form.get("group")),
        organisations: list_organisations(&teller, form.get("source")),
        others: list_others(words, &effective),
        files: files.iter().map(view_file).collect(),
        open_more: ["importance", "lane", "release_on", "expires_on", "source", "contact_email"]
            .iter()
            .any(|field| !typed(field).is_empty()),
        aside: aside(reading, staff, form, &id).await?.0,
        correcting: corrects.as_ref().map(|_| draft.form.get("title").to_owned()),
        corrects_path: corrects.map(|slug| format!("/desk/items/{slug}")),
        sent_in: row.and_then(|row| view_sent_in(words, row, teller.discreet)),
        asks_lead: super::actions::needs_lead(staff, form),
        asked: row.is_some_and(|row| row.asked_at.is_some()),
        stands,
        lane_at_button: late_view.as_ref().is_some_and(|view| view.choose),
        late: late_view,
        promises: promises::look(reading, staff, draft, form).await?,
        sure,
        id,
    })
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

/// Whether somebody settled what it is about.
pub(super) fn has_chosen_topics(typed: &ItemForm) -> bool {
    typed.get("topics") == "chosen" || !typed.about.is_empty()
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

fn view_file(row: &AttachmentRow) -> FileView {
    let size = match row.size {
        small @ ..1_000_000 => format!("{} kB", (small / 1000).max(1)),
        large => format!("{} MB", large / 1_000_000),
    };
    FileView { position: row.position, name: row.name.clone(), size }
}

/// `21.pdf: En sak kan ha 20 vedlegg.`, of pairs of a name and a reason's word.
fn tell_left_out(words: &Words, left_out: &serde_json::Value) -> Vec<String> {
    let left_out: Vec<(String, String)> = serde_json::from_value(left_out.clone()).unwrap_or_default();
    let why = |word: &str| match word {
        "too_many" => &words.queue.files.too_many,
        _ => &words.queue.files.too_large,
    };
    left_out.iter().map(|(name, word)| format!("{name}: {}", why(word))).collect()
}

/// A blank would mark whoever works for a union to those who may not know it.
fn view_sent_in(words: &Words, row: &DeskDraftRow, discreet: bool) -> Option<SentIn> {
    let fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
    (row.source != "lead").then(|| SentIn {
        sender: row.sender_name.clone().unwrap_or_default(),
        organisation: row
            .sender_organisation
            .clone()
            .filter(|_| !(discreet && row.sender_is_known))
            .unwrap_or_default(),
        email: row.sender_email.clone().unwrap_or_default(),
        for_whom: row.audience_words.clone(),
        why: fields["why"].as_str().unwrap_or_default().to_owned(),
        forwarded_from: fields["forwarded_from"].as_str().unwrap_or_default().to_owned(),
        left_out: tell_left_out(words, &fields["left_out"]),
    })
}
