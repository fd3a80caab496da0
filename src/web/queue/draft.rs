//! Drafts: opened, queued, thrown away. Saving them is next door.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::actions::needs_lead;
use super::form_page::{Draft, FormPage, Note, fill_in, form_page};
use super::item::may_change;
use super::late;
use super::{promises, stands, sure};
use crate::forum::slug_of;
use crate::intake::item_form::{FieldError, ItemForm};
use crate::intake::item_queue::QueueError;
use crate::store::DeskDraftRow;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::{QueueNote, Words, fill};

/// What pages with a script of ours may do.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

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
    let draft = open(reading.desk_draft(&staff, &id).await?);
    if let Some(item) = draft.row.as_ref().and_then(|row| row.item.as_ref()) {
        return Ok(reading.0.go_to(&format!("/desk/items/{item}")));
    }
    let mut page = form_page(&reading, &staff, &draft).await?;
    let words = &reading.0.words(staff.language).queue.note;
    if let Some(text) = draft.row.as_ref().and_then(|row| tell_settled(words, row)) {
        page.notes.push(Note { text: text.to_owned(), how: "" });
    }
    // That the lead was asked stands on the page as long as it is so.
    let told = match done.as_str() {
        "saved" => Some(&words.saved),
        "undone" => Some(&words.undone),
        "copied" => Some(&words.copied),
        _ => None,
    };
    page.notes.extend(told.map(|text| Note { text: text.clone(), how: "good" }));
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
    Ok(reading.0.go_to(&format!("/desk/items?discarded={id}")))
}

/// A draft as the row holds it.
pub(super) fn open(row: DeskDraftRow) -> Draft {
    let form = kept_form(&row);
    Draft { row: Some(row), form }
}

/// What the row holds as a form: as it was filled in, or as it was sent in.
pub(super) fn kept_form(row: &DeskDraftRow) -> ItemForm {
    let kept = row.form.as_deref().and_then(|json| serde_json::from_str(json).ok());
    kept.unwrap_or_else(|| {
        let fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
        let mut form = ItemForm::of([
            ("title", row.title.as_str()),
            ("body", &row.body),
            ("language", &row.language),
            ("kind", row.kind.as_deref().unwrap_or_default()),
            ("link", fields["link"].as_str().unwrap_or_default()),
        ]);
        form.about = serde_json::from_str(&row.about).unwrap_or_default();
        form
    })
}

pub(super) async fn queue(writing: &Writing, staff: &Staff, draft: Draft) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let words = reading.0.words(staff.language);
    let Some(row) = draft.row.clone() else { return Ok(reading.0.go_to("/desk/items/new")) };
    let effective = fill_in(&reading, staff, &draft.form).await?;
    let item = match &row.corrects {
        Some(slug) => Some(reading.any_item(&staff.forum, slug).await?),
        None => None,
    };
    let is_barred = item.as_ref().is_some_and(|item| !may_change(staff, item));
    if is_barred || needs_lead(staff, &effective.form) {
        let note = Note { text: words.queue.note.needs_lead.clone(), how: "bad" };
        return show_again(&reading, staff, draft, vec![note], StatusCode::FORBIDDEN).await;
    }
    let slug = match (&row.corrects, &row.slug) {
        (Some(slug), _) | (None, Some(slug)) => slug.clone(),
        (None, None) => slug_stem(effective.form.get("title")),
    };
    let is_out = sure::is_out(item.as_ref(), reading.0.now());
    if is_out && item.as_ref().is_some_and(|item| item.kind != effective.kind) {
        return show_wrong(&reading, staff, &draft, ("kind", &words.queue.error.kind)).await;
    }
    let mut files = match effective.form.read(&slug, &staff.forum) {
        Ok(files) => files,
        Err(errors) => return show_errors(&reading, staff, draft, errors).await,
    };
    if let Some((field, text)) = promises::object(&reading, staff, &draft, &effective.form).await? {
        return show_wrong(&reading, staff, &draft, (&field, &text)).await;
    }
    let questions = sure::list_questions(&reading, staff, &effective, is_out).await?;
    if let Some(question) = questions.iter().find(|question| !question.is_answered) {
        return show_wrong(&reading, staff, &draft, (question.field, &question.asked)).await;
    }
    if late::is_news(&draft.form, late::look(&reading, staff, &draft, &effective).await?) {
        return show_again(&reading, staff, draft, Vec::new(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let attachments = reading.draft_attachments(row.id).await?;
    files.iter_mut().for_each(|file| file.shared.attachments = Some(attachments.clone()));
    let of_version = stands::made_from(&draft);
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
        Err(error) => show_failure(&reading, staff, draft, &error).await,
    }
}

/// What the slug of an item with this title begins with.
fn slug_stem(title: &str) -> String {
    let made: String = slug_of(title).chars().take(60).collect();
    if made.is_empty() { "sak".to_owned() } else { made.trim_end_matches('-').to_owned() }
}

pub(super) async fn ask(writing: &Writing, staff: &Staff, draft: Draft) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let effective = fill_in(&reading, staff, &draft.form).await?;
    if let Err(errors) = effective.form.read("utkast", &staff.forum) {
        return show_errors(&reading, staff, draft, errors).await;
    }
    if let Some(row) = &draft.row {
        writing.ask_lead(staff, row.id).await?;
    }
    Ok(reading.0.go_to(&format!("/desk/drafts/{}?done=asked", draft.id())))
}

/// What item files know and forms do not tell by themselves.
async fn show_failure(
    reading: &Reading,
    staff: &Staff,
    draft: Draft,
    error: &QueueError,
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let text = match error {
        QueueError::Files(errors) => {
            let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            fill(&words.queue.note.failed, &[("why", &messages.join("; "))])
        }
        // The page tells it, with what stands.
        QueueError::Overtaken => {
            return show_again(reading, staff, draft, Vec::new(), StatusCode::CONFLICT).await;
        }
        QueueError::ForumChanged => words.queue.note.forum_changed.clone(),
        other => return Err(Refusal::broken(other)),
    };
    show_again(reading, staff, draft, vec![Note { text, how: "bad" }], StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn show_errors(
    reading: &Reading,
    staff: &Staff,
    draft: Draft,
    errors: Vec<FieldError>,
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let mut page = form_page(reading, staff, &draft).await?;
    page.errors = tell_errors(words, &errors);
    page.notes.push(Note { text: words.queue.error.some.clone(), how: "bad" });
    respond(reading, staff, &page, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The form again with what is wrong in one field, which stands above it, too.
async fn show_wrong(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    (field, text): (&str, &str),
) -> Result<Response, Refusal> {
    let mut page = form_page(reading, staff, draft).await?;
    page.errors.insert(field.to_owned(), text.to_owned());
    page.notes.push(Note { text: text.to_owned(), how: "bad" });
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

pub(super) async fn show_again(
    reading: &Reading,
    staff: &Staff,
    draft: Draft,
    notes: Vec<Note>,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let mut page: FormPage = form_page(reading, staff, &draft).await?;
    page.notes.extend(notes);
    respond(reading, staff, &page, status)
}

pub(super) fn respond<C: crate::web::templates::Content>(
    reading: &Reading,
    staff: &Staff,
    page: &C,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let mut response = reading.0.desk_page(staff, page)?;
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
