//! Show, try, save, take back: the handlers of the preference page.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::owner::Owner;
use super::page::{Note, Page, PreviewPart, show_page};
use super::preview::show_coming;
use super::told::list_changes;
use crate::feedback::preferences::{self as choices, FormError};
use crate::feedback::tried::try_changes;
use crate::forum::Recipient;
use crate::pipeline::look_back_mark;
use crate::store::{MadeChange, PreferenceChanges, Undone};
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::scripted::let_script_run;
use crate::web::site::{Reading, Writing};
use crate::web::visitor::Whose;

/// GET: what is chosen now.
pub(super) async fn show(reading: Reading, whose: Whose) -> Result<Response, Refusal> {
    let owner = Owner::of(&reading, whose).await?;
    let page = show_page(&reading, &owner, &owner.recipient).await?;
    answer(&reading, &owner, &page)
}

/// POST: choose; what is wrong stands at its field and changes nothing.
pub(super) async fn change(
    writing: Writing,
    whose: Whose,
    Form(form): Form<choices::Form>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let owner = Owner::of(&reading, whose).await?;
    let changes = match choices::read_form(owner.forum(), &owner.recipient, &form, owner.today) {
        Ok(changes) => changes,
        Err(error) => return refuse(&reading, &owner, form, &error).await,
    };
    let made = writing.change_preferences(owner.recipient.id, &changes).await?;
    let owner = owner.again(&reading).await?;
    let note = tell_saved(&reading, &owner, made);
    show_with(&reading, &owner, note).await
}

fn tell_saved(reading: &Reading, owner: &Owner, made: Option<MadeChange>) -> Note {
    let words = owner.words(reading);
    match made {
        Some(made) => Note {
            good: true,
            title: format!("{} {}", words.preferences.saved, words.preferences.saved_when),
            lines: list_changes(reading, owner, &made.made),
            undo: Some(made.id),
        },
        None => told(&words.prefs.note.nothing),
    }
}

fn told(title: &str) -> Note {
    Note { good: true, title: title.to_owned(), lines: Vec::new(), undo: None }
}

/// POST that changes nothing: what the form as it is filled in would give.
pub(super) async fn preview(
    reading: Reading,
    whose: Whose,
    Form(form): Form<choices::Form>,
) -> Result<Response, Refusal> {
    let owner = Owner::of(&reading, whose).await?;
    let changes = match choices::read_form(owner.forum(), &owner.recipient, &form, owner.today) {
        Ok(changes) => changes,
        Err(error) => return refuse(&reading, &owner, form, &error).await,
    };
    let tried = tried(&reading, &owner, &changes);
    if form.part.is_some() {
        let preview = show_coming(&reading, &owner, &tried).await?;
        return owner.page(&reading, &PreviewPart { preview });
    }
    let page = show_page(&reading, &owner, &tried).await?;
    answer(&reading, &owner, &page)
}

/// As saving would make them; the page stays in the language that is saved.
fn tried(reading: &Reading, owner: &Owner, changes: &PreferenceChanges) -> Recipient {
    let mark = look_back_mark(&owner.library.items, reading.0.now());
    try_changes(owner.forum(), &owner.recipient, changes, mark)
}

/// What the person filled in stands as they left it; what is wrong is told.
async fn refuse(
    reading: &Reading,
    owner: &Owner,
    mut form: choices::Form,
    error: &FormError,
) -> Result<Response, Refusal> {
    let words = &owner.words(reading).preferences;
    form.pause_until.clear();
    let rest = choices::read_form(owner.forum(), &owner.recipient, &form, owner.today);
    let shown = tried(reading, owner, &rest.unwrap_or_default());
    let mut page = show_page(reading, owner, &shown).await?;
    match error {
        FormError::Pause(text) => {
            page.error = Some(words.error.clone());
            page.pause_error = Some(words.pause_error.clone());
            page.pause_until.clone_from(text);
        }
        FormError::Unknown(_) => page.error = Some(words.error_unknown.clone()),
    }
    Ok(unprocessable(answer(reading, owner, &page)?))
}

/// Which change is to be taken back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UndoForm {
    change: i64,
}

/// POST: as it was before that change.
pub(super) async fn undo(
    writing: Writing,
    whose: Whose,
    Form(form): Form<UndoForm>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let owner = Owner::of(&reading, whose).await?;
    let undone = writing.undo_preferences(owner.recipient.id, form.change).await?;
    let owner = owner.again(&reading).await?;
    let words = &owner.words(&reading).prefs.note;
    let note = match undone {
        Undone::Done | Undone::Already => told(&words.undone),
        Undone::TooLate => Note { good: false, ..told(&words.too_late) },
        Undone::Overtaken => Note { good: false, ..told(&words.overtaken) },
        Undone::Unknown => return Err(Refusal::from(Why::BadForm).in_language(owner.language())),
    };
    show_with(&reading, &owner, note).await
}

/// What is to become of what was learned.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wish {
    On,
    Off,
    Forget,
}

/// One of the buttons below what was learned.
#[derive(Debug, Deserialize)]
pub(super) struct LearningForm {
    learning: Wish,
}

/// POST: learn, do not learn, forget.
pub(super) async fn change_learning(
    writing: Writing,
    whose: Whose,
    Form(form): Form<LearningForm>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let owner = Owner::of(&reading, whose).await?;
    let id = owner.recipient.id;
    match form.learning {
        Wish::On => writing.set_learning(id, true).await?,
        Wish::Off => writing.set_learning(id, false).await?,
        Wish::Forget => writing.forget_taps(id).await?,
    }
    let owner = owner.again(&reading).await?;
    let words = &owner.words(&reading).prefs.learned;
    let note = match form.learning {
        Wish::On => told(&words.now_on),
        Wish::Off => told(&words.now_off),
        Wish::Forget => told(&words.forgotten),
    };
    show_with(&reading, &owner, note).await
}

async fn show_with(reading: &Reading, owner: &Owner, note: Note) -> Result<Response, Refusal> {
    let mut page = show_page(reading, owner, &owner.recipient).await?;
    page.note = Some(note);
    answer(reading, owner, &page)
}

fn answer(reading: &Reading, owner: &Owner, page: &Page) -> Result<Response, Refusal> {
    Ok(let_script_run(owner.page(reading, page)?))
}
