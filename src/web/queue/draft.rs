//! The pages and buttons of drafts: opened, queued, thrown away. What a draft is stands in `effective`; saving is next door.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::effective::{Draft, Effective, fill_in};
use super::form_page::{form_page, respond};
use super::rights::{may_change, needs_lead};
use super::sure::Question;
use super::{late, promises, stands, sure};
use crate::content::Item;
use crate::forum::slug_of;
use crate::intake::item_file::ItemFile;
use crate::intake::item_form::{FieldError, ItemForm};
use crate::intake::item_queue::QueueError;
use crate::staff::Right;
use crate::store::DeskDraftRow;
use crate::web::note::Note;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::{QueueNote, Words, fill};

/// What was just done, as an address tells it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

/// GET: an empty form. Nothing is kept before somebody saves.
pub(super) async fn show_new(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let mut form = ItemForm::default();
    begin_for_groups(&staff, &mut form);
    let page = form_page(&reading, &staff, &Draft { row: None, form }).await?;
    respond(&reading, &staff, &page, StatusCode::OK)
}

/// Who writes for groups alone begins with their own.
fn begin_for_groups(staff: &Staff, form: &mut ItemForm) {
    if let Some(slug) = staff.groups.first().filter(|_| staff.writes_for_groups_only()) {
        form.set("audience", &format!("group:{slug}"));
        form.set("visibility", &format!("group:{slug}"));
        form.set("group", slug);
    }
}

/// GET: a draft.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let draft = Draft::open(reading.desk_draft(&staff, &id).await?);
    if let Some(item) = draft.row.as_ref().and_then(|row| row.item.as_ref()) {
        return Ok(reading.0.go_to(&format!("/desk/items/{item}")));
    }
    let mut page = form_page(&reading, &staff, &draft).await?;
    let words = &reading.0.words(staff.language).queue.note;
    if let Some(text) = draft.row.as_ref().and_then(|row| tell_settled(words, row)) {
        page.notes.push(Note::plain(text));
    }
    // That the lead was asked stands on the page as long as it is so.
    let told = match done.as_str() {
        "saved" => Some(&words.saved),
        "undone" => Some(&words.undone),
        "copied" => Some(&words.copied),
        _ => None,
    };
    page.notes.extend(told.map(Note::good));
    respond(&reading, &staff, &page, StatusCode::OK)
}

/// Why it does not stand among the drafts although it is no item; none if it does.
fn tell_settled<'w>(words: &'w QueueNote, row: &DeskDraftRow) -> Option<&'w str> {
    match row.state.as_str() {
        "declined" => Some(&words.discarded),
        "taken" => Some(&words.taken_out),
        _ => None,
    }
}

/// POST: throws a draft away.
pub(super) async fn discard(
    writing: Writing,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = reading.desk_draft(&staff, &id).await?;
    writing.discard_draft(&staff, row.id).await?;
    Ok(reading.0.go_to("/desk/items?done=discarded"))
}

/// What stands against queueing a draft.
enum Obstacle {
    /// It is the lead's to send.
    NeedsLead,
    /// Fields that cannot be read.
    Errors(Vec<FieldError>),
    /// What is told at one field.
    Field {
        /// As the template knows it.
        name: String,
        told: String,
    },
    /// What few mean stands in the form, and nobody answered whether it is meant.
    Question(Question),
    /// The form tells something that nobody saw yet: that the correction comes too late for some.
    News,
}

/// Queues what the draft says, unless something stands against it: then the form again, with that.
pub(super) async fn queue(writing: &Writing, staff: &Staff, draft: Draft) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let corrected = draft.corrected(&reading, &staff.forum).await?;
    if stands::part(&draft, corrected.as_ref()).is_none() {
        return queue_settled(writing, staff, (&draft, corrected.as_ref())).await;
    }
    let Some(row) = draft.row.as_ref().filter(|_| stands::knows_of_taking_back(&draft)) else {
        // The page tells it.
        return show_again(&reading, staff, &draft, Vec::new(), StatusCode::CONFLICT).await;
    };
    writing.part_draft(staff, row.id).await?;
    let row = reading.desk_draft(staff, &row.public_id).await?;
    let draft = Draft { row: Some(row), form: draft.form };
    let corrected = draft.corrected(&reading, &staff.forum).await?;
    queue_settled(writing, staff, (&draft, corrected.as_ref())).await
}

/// The same of a draft and the item that it corrects, if any, which was not taken back.
async fn queue_settled(
    writing: &Writing,
    staff: &Staff,
    (draft, item): (&Draft, Option<&Item>),
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Some(row) = &draft.row else { return Ok(reading.0.go_to("/desk/items/new")) };
    let effective = fill_in(&reading, staff, &draft.form).await?;
    let slug = match (draft.corrects(), &row.slug) {
        (Some(slug), _) => slug.to_owned(),
        (None, Some(slug)) => slug.clone(),
        (None, None) => slug_stem(effective.form.get("title")),
    };
    let is_out = item.is_some_and(|item| item.is_out(reading.0.now()));
    let corrected = (item, is_out);
    let mut files = match judge_item(&reading, staff, (draft, &effective), corrected, &slug).await? {
        Ok(files) => files,
        Err(obstacle) => return show_obstacle(&reading, staff, draft, obstacle).await,
    };
    let attachments = reading.draft_attachments(row.id).await?;
    files.iter_mut().for_each(|file| file.shared.attachments = Some(attachments.clone()));
    let of_version = stands::made_from(draft);
    let done = if is_out {
        let corrected = writing.correct_by_draft(staff, (row.id, &slug), (of_version, &files)).await?;
        corrected.map(|()| Some(slug))
    } else {
        writing
            .queue_draft(staff, (row.id, &slug), (of_version, files), &effective.form.list_settlings())
            .await?
    };
    match done {
        Ok(None) => {
            let settled = reading.desk_draft(staff, &row.public_id).await?;
            let draft = format!("/desk/drafts/{}", settled.public_id);
            Ok(reading.0.go_to(&settled.item.map_or(draft, |item| format!("/desk/items/{item}?done=queued"))))
        }
        Ok(Some(slug)) => {
            let told = if is_out { "corrected" } else { "queued" };
            Ok(reading.0.go_to(&format!("/desk/items/{slug}?done={told}")))
        }
        Err(error) => show_failure(&reading, staff, (draft, &effective), (&error, is_out)).await,
    }
}

/// The files of the item that the draft makes, or what stands against it: whose right it is comes before all else.
/// `corrected` is the item that it corrects, if any, and whether that is out.
async fn judge_item(
    reading: &Reading,
    staff: &Staff,
    (draft, effective): (&Draft, &Effective),
    (corrected, is_out): (Option<&Item>, bool),
    slug: &str,
) -> Result<Result<Vec<ItemFile>, Obstacle>, Refusal> {
    let field =
        |name: &str, told: &str| Ok(Err(Obstacle::Field { name: name.to_owned(), told: told.to_owned() }));
    if corrected.is_some_and(|item| !may_change(staff, item)) || needs_lead(staff, &effective.form) {
        return Ok(Err(Obstacle::NeedsLead));
    }
    if is_out && corrected.is_some_and(|item| item.kind != effective.kind) {
        return field("kind", &reading.0.words(staff.language).queue.error.kind);
    }
    let files = match effective.form.read(slug, &staff.forum) {
        Ok(files) => files,
        Err(errors) => return Ok(Err(Obstacle::Errors(errors))),
    };
    if let Some((name, text)) = promises::object(reading, staff, (draft, corrected), &effective.form).await? {
        return field(&name, &text);
    }
    let questions = sure::list_questions(reading, staff, effective, is_out).await?;
    if let Some(question) = questions.into_iter().find(|question| !question.is_answered) {
        return Ok(Err(Obstacle::Question(question)));
    }
    let late = late::look(reading, staff, corrected, effective).await?;
    if late::is_news(&draft.form, late, staff.may(Right::Send)) {
        return Ok(Err(Obstacle::News));
    }
    Ok(Ok(files))
}

/// The form again, with what stands against queueing it.
async fn show_obstacle(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    obstacle: Obstacle,
) -> Result<Response, Refusal> {
    match obstacle {
        Obstacle::NeedsLead => {
            let note = Note::bad(&reading.0.words(staff.language).queue.note.needs_lead);
            show_again(reading, staff, draft, vec![note], StatusCode::FORBIDDEN).await
        }
        Obstacle::Errors(errors) => show_errors(reading, staff, draft, &errors).await,
        Obstacle::Field { name, told } => show_wrong(reading, staff, draft, (&name, &told)).await,
        Obstacle::Question(question) => show_question(reading, staff, draft, question).await,
        Obstacle::News => {
            show_again(reading, staff, draft, Vec::new(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// What the slug of an item with this title begins with.
fn slug_stem(title: &str) -> String {
    let made: String = slug_of(title).chars().take(60).collect();
    if made.is_empty() { "sak".to_owned() } else { made.trim_end_matches('-').to_owned() }
}

/// Asks the lead to send it, once nothing is wrong with it.
pub(super) async fn ask(writing: &Writing, staff: &Staff, draft: Draft) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let effective = fill_in(&reading, staff, &draft.form).await?;
    if let Err(errors) = effective.form.read("utkast", &staff.forum) {
        return show_errors(&reading, staff, &draft, &errors).await;
    }
    if let Some(row) = &draft.row {
        writing.ask_lead(staff, row.id).await?;
    }
    Ok(reading.0.go_to(&format!("/desk/drafts/{}", draft.id())))
}

/// What item files know and forms do not tell by themselves, in words of the form: those of files are for who writes files.
async fn show_failure(
    reading: &Reading,
    staff: &Staff,
    (draft, effective): (&Draft, &Effective),
    (error, was_out): (&QueueError, bool),
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let text = match error {
        QueueError::Files(_) => {
            return show_refused(reading, staff, (draft, effective), was_out).await;
        }
        // The page tells it, with what stands.
        QueueError::Overtaken => {
            return show_again(reading, staff, draft, Vec::new(), StatusCode::CONFLICT).await;
        }
        QueueError::ForumChanged => words.queue.note.forum_changed.clone(),
        other => return Err(Refusal::broken(other)),
    };
    show_again(reading, staff, draft, vec![Note::bad(text)], StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Why a form that can be read was refused all the same: by what became of its item meanwhile, or by its language.
async fn show_refused(
    reading: &Reading,
    staff: &Staff,
    (draft, effective): (&Draft, &Effective),
    was_out: bool,
) -> Result<Response, Refusal> {
    let words = &reading.0.words(staff.language).queue;
    let item = draft.corrected(reading, &staff.forum).await?;
    let is_out = item.as_ref().is_some_and(|item| item.is_out(reading.0.now()));
    let (note, status) = match item {
        // The page tells it.
        Some(item) if item.withdrawn => (None, StatusCode::CONFLICT),
        Some(_) if is_out && !was_out => (Some(&words.note.item_went_out), StatusCode::CONFLICT),
        Some(item) if !item.texts.contains_key(&effective.language) => {
            let language = reading.0.words(staff.language).language.get(&effective.language);
            let name = language.map_or(effective.language.tag(), String::as_str);
            let text = fill(&words.error.language, &[("language", name)]);
            return show_wrong(reading, staff, draft, ("language", &text)).await;
        }
        _ => (Some(&words.note.failed), StatusCode::UNPROCESSABLE_ENTITY),
    };
    show_again(reading, staff, draft, note.map(Note::bad).into_iter().collect(), status).await
}

async fn show_errors(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    errors: &[FieldError],
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let mut page = form_page(reading, staff, draft).await?;
    page.errors = tell_errors(words, errors);
    page.notes.push(Note::bad(&words.queue.error.some));
    respond(reading, staff, &page, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The form again with a question at its field. It stands at its box, too: above the form is said where that is.
async fn show_question(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    question: Question,
) -> Result<Response, Refusal> {
    let mut page = form_page(reading, staff, draft).await?;
    page.errors.insert(question.field.to_owned(), question.asked);
    page.unanswered = true;
    respond(reading, staff, &page, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The form again with what is wrong in one field, which stands above it, too.
pub(super) async fn show_wrong(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    (field, text): (&str, &str),
) -> Result<Response, Refusal> {
    let mut page = form_page(reading, staff, draft).await?;
    page.errors.insert(field.to_owned(), text.to_owned());
    page.notes.push(Note::bad(text));
    respond(reading, staff, &page, StatusCode::UNPROCESSABLE_ENTITY)
}

/// A sentence for each field, in the reader's words.
fn tell_errors(words: &Words, errors: &[FieldError]) -> BTreeMap<String, String> {
    let (words, of_promises) = (&words.queue.error, &words.promises.form);
    let told = |error: &FieldError| {
        let field = error.field.as_str();
        let text = match field.split('_').next().unwrap_or(field) {
            "title" => &words.title,
            "audience" if error.missing => &words.audience,
            "audience" => &words.audience_typed,
            "ends" => &words.ends,
            "starts" if error.missing => &words.starts,
            "registration" | "link" => &words.link,
            "contact" => &words.contact,
            "expires" => &words.expires,
            "group" if error.missing => &of_promises.no_group,
            "promise" if field.starts_with("promise_what") => &of_promises.no_what,
            "promise" if field.starts_with("promise_who") => &of_promises.no_place,
            "about" | "group" | "source" | "visibility" => &words.gone,
            _ => &words.day,
        };
        (error.field.clone(), text.clone())
    };
    errors.iter().map(told).collect()
}

/// The form again, with notes above it.
pub(super) async fn show_again(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    notes: Vec<Note>,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let mut page = form_page(reading, staff, draft).await?;
    page.notes.extend(notes);
    respond(reading, staff, &page, status)
}
