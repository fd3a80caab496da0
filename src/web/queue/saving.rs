//! Saving what was typed, at every button: over the state that was shown and no other. Where somebody did something else
//! with the draft meanwhile, that is told with what was typed, and whoever was told goes on from there.

use axum::http::StatusCode;
use axum::response::Response;

use super::actions::{Action, apply, fetch_link};
use super::auto;
use super::chips::find_organisation;
use super::differs::list_differences;
use super::draft::{ask, queue, show_again, show_wrong};
use super::effective::{Draft, kept_form};
use super::files::Filled;
use super::form_page::{form_page, respond};
use super::promises;
use super::told::{Teller, read_chip};
use crate::content::audience::Chip;
use crate::intake::attachment::MAX_FILES;
use crate::intake::item_form::ItemForm;
use crate::store::{DeskDraftRow, NewAttachment};
use crate::web::note::Note;
use crate::web::once::token_of;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::{QueueNote, fill};

/// Where what was typed goes.
enum Target {
    /// Into a draft of its own.
    New,
    /// Into a draft that was saved so often when it was shown; `None`: nobody knows.
    Draft(Box<DeskDraftRow>, Option<i64>),
}

/// Where what was typed stands.
enum Kept {
    /// In the draft.
    In(Box<DeskDraftRow>),
    /// In the item that the draft became, word for word.
    Item(String),
    /// On the page alone: somebody did something else with the draft meanwhile.
    Nowhere(Box<DeskDraftRow>),
}

/// POST: a draft of what was typed.
pub(super) async fn begin(writing: Writing, staff: Staff, filled: Filled) -> Result<Response, Refusal> {
    act(&writing, &staff, Target::New, filled).await
}

/// POST: saves what was typed, then does what the button says.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Path(id): Path<String>,
    filled: Filled,
) -> Result<Response, Refusal> {
    let row = writing.reading().desk_draft(&staff, &id).await?;
    let seen = filled.value("saves").parse().ok();
    act(&writing, &staff, Target::Draft(Box::new(row), seen), filled).await
}

async fn act(writing: &Writing, staff: &Staff, target: Target, filled: Filled) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let words = reading.0.words(staff.language);
    let (mut form, mut action) = read(staff, &filled);
    let mut notes = Vec::new();
    if action == Action::Fetch {
        notes.push(fetch_link(&reading, words, &mut form).await);
    }
    let token = token_of(filled.value("token"));
    let row = match keep(writing, staff, (target, &token), &form).await? {
        Kept::In(row) => *row,
        Kept::Item(slug) => return Ok(reading.0.go_to(&format!("/desk/items/{slug}"))),
        Kept::Nowhere(row) => {
            notes.extend(tell_overtaken(&words.queue.note, &row, &filled));
            return show_overtaken(&reading, staff, &Draft { row: Some(*row), form }, notes).await;
        }
    };
    let files = change_files(writing, staff, row.id, &filled).await?;
    let draft = Draft { row: Some(row), form };
    let told = &words.queue.files;
    let refused = [(filled.refused, &told.too_large), (files.are_left_over, &told.too_many)];
    if refused.iter().any(|(is_so, _)| *is_so) {
        notes.extend(refused.into_iter().filter(|(is_so, _)| *is_so).map(|(_, text)| Note::bad(text)));
        return show_again(&reading, staff, &draft, notes, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if files.are_changed && action == Action::Save {
        action = Action::Changed("files");
    }
    match action {
        Action::Auto => auto::answer(&reading, staff, &draft).await,
        Action::Queue => queue(writing, staff, draft).await,
        Action::Ask => ask(writing, staff, draft).await,
        Action::Added => {
            let note = vec![Note::bad(&words.queue.note.added_first)];
            show_again(&reading, staff, &draft, note, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Action::Unnamed => {
            let told = fill(&words.queue.who.org_unknown, &[("name", filled.value("org_name").trim())]);
            show_wrong(&reading, staff, &draft, ("org_name", &told)).await
        }
        Action::Preview => Ok(reading.0.go_to(&format!("/desk/drafts/{}/preview", draft.id()))),
        Action::Fetch => show_again(&reading, staff, &draft, notes, StatusCode::OK).await,
        Action::Changed(part) => Ok(reading.0.go_to(&format!("/desk/drafts/{}#{part}", draft.id()))),
        Action::Save => Ok(reading.0.go_to(&format!("/desk/drafts/{}?done=saved", draft.id()))),
    }
}

/// What was typed, with where the draft as it stands says something else; what is an item by now stands there.
async fn show_overtaken(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    notes: Vec<Note>,
) -> Result<Response, Refusal> {
    let mut page = form_page(reading, staff, draft).await?;
    page.notes.extend(notes);
    if let Some(row) = draft.row.as_ref().filter(|row| row.item.is_none()) {
        let stands = kept_form(row);
        let promises = promises::look(reading, staff, draft, &stands).await?;
        let teller = Teller::new(&staff.forum, staff, reading.0.words(staff.language));
        page.differs = list_differences(&teller, staff, &promises, (&stands, &draft.form));
    }
    respond(reading, staff, &page, StatusCode::CONFLICT)
}

/// What was typed, after what its button does to it; and what the button asks for besides.
fn read(staff: &Staff, filled: &Filled) -> (ItemForm, Action) {
    let mut form = filled.form();
    let wish = filled.value("do");
    let adds_topic = ["queue", "ask"].contains(&wish) && !filled.value("topic_new").is_empty();
    if (adds_topic || wish.starts_with("topic")) && form.about.is_empty() {
        // Whoever changes one of the suggested topics has chosen the others.
        form.about = filled.values("about_suggested");
    }
    let forum = &staff.forum;
    if let Some(slug) = find_organisation(forum, form.get("source")) {
        form.set("source", &slug);
    }
    let name = filled.value("org_name").trim();
    let named = find_organisation(forum, name).map(|slug| format!("org:{slug}"));
    let is_unknown = named.is_none() && !name.is_empty();
    let picked = named.into_iter().chain([picked_in_list(filled)]);
    let picked: Vec<Chip> = picked.filter_map(|text| read_chip(forum, &text)).collect();
    let action = apply(&mut form, forum, wish, &picked, filled.value("topic_new"));
    let takes_names = ["or", "and", "not", "queue", "ask"].contains(&wish);
    (form, if is_unknown && takes_names { Action::Unnamed } else { action })
}

/// Who stands chosen in the list, as the audience language writes it; a place in a group may be chosen beside.
fn picked_in_list(filled: &Filled) -> String {
    match (filled.value("chip"), filled.value("chip_position")) {
        (group, position) if group.starts_with("group:") && !position.is_empty() => {
            format!("{group}/{position}")
        }
        (chip, _) => chip.to_owned(),
    }
}

/// Keeps what was typed; a draft that must be begun for it gets the public id that the page carries.
async fn keep(
    writing: &Writing,
    staff: &Staff,
    (target, token): (Target, &str),
    form: &ItemForm,
) -> Result<Kept, Refusal> {
    let (row, seen) = match target {
        Target::New => return begin_as(writing, staff, (token, None), form).await,
        Target::Draft(row, seen) => (row, seen),
    };
    if let Some(seen) = seen
        && let Some(saves) = writing.save_draft(staff, (row.id, seen), (form, &kept_form(&row))).await?
    {
        return Ok(Kept::In(Box::new(DeskDraftRow { saves, ..*row })));
    }
    let row = writing.reading().desk_draft(staff, &row.public_id).await?;
    match compare(row, form) {
        Kept::Nowhere(row) if seen == Some(row.saves) => match (row.state.as_str(), &row.item) {
            ("taken", Some(item)) => {
                // Whoever opens it is shown what the item says now.
                let mut form = form.clone();
                form.set("of_version", "");
                begin_as(writing, staff, (token, Some(item.as_str())), &form).await
            }
            _ => take_back(writing, staff, row, form).await,
        },
        kept => Ok(kept),
    }
}

/// Begins a draft, of what is to correct an item or of something new. A page that is sent twice begins one.
async fn begin_as(
    writing: &Writing,
    staff: &Staff,
    (token, corrects): (&str, Option<&str>),
    form: &ItemForm,
) -> Result<Kept, Refusal> {
    let reading = writing.reading();
    let corrects = match corrects {
        Some(slug) => Some(reading.any_item(&staff.forum, slug).await?.id),
        None => None,
    };
    let is_new = writing.begin_draft_as(staff, token, form, corrects).await?;
    let row = reading.desk_draft(staff, token).await?;
    Ok(if is_new { Kept::In(Box::new(row)) } else { compare(row, form) })
}

/// Where what was typed stands already, if it does: whoever presses twice has done it once.
fn compare(row: DeskDraftRow, form: &ItemForm) -> Kept {
    let is_same = kept_form(&row) == *form;
    match (row.state.as_str(), &row.item) {
        ("new", _) if is_same => Kept::In(Box::new(row)),
        ("taken", Some(item)) if is_same => Kept::Item(item.clone()),
        _ => Kept::Nowhere(Box::new(row)),
    }
}

/// What was thrown away or taken elsewhere is a draft again, with what was typed.
async fn take_back(
    writing: &Writing,
    staff: &Staff,
    row: Box<DeskDraftRow>,
    form: &ItemForm,
) -> Result<Kept, Refusal> {
    let reading = writing.reading();
    writing.reopen_draft(staff, row.id).await?;
    let row = Box::new(DeskDraftRow { saves: row.saves + 1, ..*row });
    match writing.save_draft(staff, (row.id, row.saves), (form, &kept_form(&row))).await? {
        Some(_) => Ok(Kept::In(Box::new(reading.desk_draft(staff, &row.public_id).await?))),
        None => Ok(Kept::Nowhere(Box::new(reading.desk_draft(staff, &row.public_id).await?))),
    }
}

/// What became of the draft since it was shown, and what to do.
fn tell_overtaken(words: &QueueNote, row: &DeskDraftRow, filled: &Filled) -> Vec<Note> {
    let told = match (row.state.as_str(), &row.item) {
        ("new", _) => &words.overtaken,
        ("taken", Some(_)) => &words.queued_meanwhile,
        ("taken", None) => &words.taken_out_meanwhile,
        _ => &words.discarded_meanwhile,
    };
    let files = (!filled.files.is_empty()).then_some(&words.files_again);
    std::iter::once(told).chain(files).map(Note::bad).collect()
}

/// What became of a draft's files.
struct FilesDone {
    /// There was something to do.
    are_changed: bool,
    /// Some were not added: there were too many.
    are_left_over: bool,
}

/// Takes away the file whose button was pressed, then adds those that were chosen, as long as there is room.
async fn change_files(
    writing: &Writing,
    staff: &Staff,
    id: i64,
    filled: &Filled,
) -> Result<FilesDone, Refusal> {
    let dropped = filled.value("do").strip_prefix("file-drop:").and_then(|at| at.parse().ok());
    if let Some(position) = dropped {
        writing.remove_draft_file(staff, (id, position)).await?;
    }
    let are_changed = dropped.is_some() || !filled.files.is_empty();
    let there = writing.reading().draft_files(id).await?;
    let is_new =
        |file: &&NewAttachment| there.iter().all(|row| (&row.hash, &row.name) != (&file.hash, &file.name));
    let new: Vec<&NewAttachment> = filled.files.iter().filter(is_new).collect();
    let room = MAX_FILES.saturating_sub(there.len());
    for file in new.iter().take(room) {
        writing.add_draft_file(staff, id, file).await?;
    }
    Ok(FilesDone { are_changed, are_left_over: new.len() > room })
}
