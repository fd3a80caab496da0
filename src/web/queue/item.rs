//! An item that was queued: what it is, who gets it, and what can still be done about it.

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::aside::Aside;
use super::cancelling::{CancellingView, Withdrawal};
use super::over::is_over_when_sent;
use super::queued::{tell_queued, undo_until};
use super::rights::{may_change, may_see};
use super::told::Teller;
use super::went::WentView;
use crate::content::{Importance, Item, Lane};
use crate::intake::item_form::ItemForm;
use crate::staff::Right;
use crate::web::item_view::ItemView;
use crate::web::needs::TAKES_BACK;
use crate::web::note::Note;
use crate::web::once::{Begin, new_token};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{PAGE_LASTS, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

#[derive(Serialize)]
struct Page {
    slug: String,
    note: Option<Note>,
    item: ItemView,
    state: String,
    who: String,
    topics: String,
    strong: Vec<String>,
    /// Who gets it, of what is to go.
    aside: Option<Aside>,
    /// To whom it went, of what is out.
    went: Option<WentView>,
    /// What people answered.
    answers: Option<Answers>,
    /// It may be made a draft again by one press, until then.
    undo_until: Option<String>,
    /// The reader writes, and may begin from it.
    may_write: bool,
    /// It may be changed.
    may_change: bool,
    /// It may be taken back.
    may_withdraw: bool,
    /// It is in letters: a change is a correction, which goes to whom it reached.
    is_out: bool,
    withdrawn: bool,
    /// The public ids of a correction and of a copy that are begun from this page.
    begins: [String; 2],
    /// Of an event that was sent and is not over: whether people are told that it is taken back.
    cancelling: Option<CancellingView>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "queue_item.html";
}

/// GET: an item.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let item = find(&reading, &staff, &slug).await?;
    let people = reading.people().await?;
    let words = reading.0.words(staff.language);
    let teller = Teller::new(&people.forum, &staff, words);
    let pen = reading.0.pen(&people.forum, staff.language);
    let note = match done.as_str() {
        "queued" => tell_queued(&reading, &staff, &item).await?,
        "corrected" => Some(Note::good(&words.queue.note.corrected)),
        "withdrawn" => Some(Note::good(&words.queue.note.withdrawn)),
        "late" => Some(Note::plain(&words.queue.note.too_late)),
        _ => None,
    };
    let names = staff.may(Right::Write).then(|| format!("/desk/items/{slug}"));
    let now = reading.0.now();
    let undo = undo_until(&reading, &staff, &item).await?.filter(|_| staff.may(Right::Write));
    let topics: Vec<&str> =
        item.about.iter().map(|term| people.forum.name_of(*term, staff.language)).collect();
    let (is_out, is_to_go) = (item.number.is_some(), item.number.is_none() && !item.is_closed(now));
    let aside = if is_to_go {
        Some(Aside::of(&reading, &teller, &people, &item, names.as_deref()).await?.without_letters())
    } else {
        None
    };
    let went = if is_out {
        Some(WentView::of(&reading, &teller, &people, (&item, names.as_deref())).await?)
    } else {
        None
    };
    let page = Page {
        note,
        item: pen.view(&item),
        state: tell_state(&reading, &staff, &item).await?,
        who: item.audience.as_ref().map_or_else(|| words.queue.item.nobody.clone(), |a| teller.audience(a)),
        topics: topics.join(", "),
        strong: tell_strong(&teller, &item),
        aside,
        went,
        answers: Answers::of(&reading, &staff, &people, &item).await?,
        undo_until: undo.map(|(_, until)| pen.time(until)),
        may_write: staff.may(Right::Write),
        may_change: staff.may(Right::Write) && may_change(&staff, &item) && !item.withdrawn,
        may_withdraw: staff.meets(TAKES_BACK) && may_change(&staff, &item) && !item.withdrawn,
        is_out,
        withdrawn: item.withdrawn,
        begins: [new_token(), new_token()],
        cancelling: CancellingView::of(&reading, &teller, &people, &item).await?,
        slug,
    };
    reading.0.desk_page(&staff, &page)
}

/// POST: a draft of the item, to say it better.
pub(super) async fn correct(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(begin): Form<Begin>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let item = find(&reading, &staff, &slug).await?;
    if item.withdrawn {
        // Its page says so.
        return Ok(reading.0.go_to(&format!("/desk/items/{slug}")));
    }
    if !may_change(&staff, &item) {
        return Err(Refusal::from(Why::NoRight).in_language(staff.language));
    }
    let form = ItemForm::of_item(&item, &staff.forum, reading.0.now());
    let id = begin.token();
    writing.begin_draft_as(&staff, &id, &form, Some(item.id)).await?;
    Ok(reading.0.go_to(&format!("/desk/drafts/{id}")))
}

/// POST: a draft that begins as the item does.
pub(super) async fn copy(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(begin): Form<Begin>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let item = find(&reading, &staff, &slug).await?;
    let id = begin.token();
    writing.begin_draft_as(&staff, &id, &ItemForm::like_item(&item, &staff.forum), None).await?;
    Ok(reading.0.go_to(&format!("/desk/drafts/{id}?done=copied")))
}

/// POST: makes a draft again of what was queued just now. Pressed twice, it is the draft that the first press made.
pub(super) async fn undo(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let item = find(&reading, &staff, &slug).await?;
    let name = name_press(&["undo", &staff.actor(), &item.id.to_string()]);
    let undo = move |writing: Writing| async move {
        let undone = Box::pin(undo_item(&writing, &staff, &item)).await.map_err(Some)?;
        undone.ok_or(None::<Refusal>)
    };
    match writing.press_once((name, PAGE_LASTS), undo).await? {
        Ok(draft) => Ok(reading.0.go_to(&format!("/desk/drafts/{draft}?done=undone"))),
        Err(None) => Ok(reading.0.go_to(&format!("/desk/items/{slug}?done=late"))),
        Err(Some(refusal)) => Err(refusal),
    }
}

/// The draft that the item is again; none if it is too late.
async fn undo_item(writing: &Writing, staff: &Staff, item: &Item) -> Result<Option<String>, Refusal> {
    let Some((draft, _)) = undo_until(&writing.reading(), staff, item).await? else { return Ok(None) };
    let is_undone = writing.undo_draft(staff, draft.id, &item.slug).await?;
    Ok(is_undone.then_some(draft.public_id))
}

/// POST: takes an item back.
pub(super) async fn withdraw(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(form): Form<Withdrawal>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let item = find(&reading, &staff, &slug).await?;
    if !may_change(&staff, &item) {
        return Err(Refusal::from(Why::NoRight).in_language(staff.language));
    }
    writing.withdraw_item(&staff, &slug, form.tells()).await?;
    Ok(reading.0.go_to(&format!("/desk/items/{slug}?done=withdrawn")))
}

/// The item, if the account may see it here.
pub(super) async fn find(reading: &Reading, staff: &Staff, slug: &str) -> Result<Item, Refusal> {
    let told = |refusal: Refusal| refusal.in_language(staff.language);
    let item = reading.any_item(&staff.forum, slug).await.map_err(told)?;
    if may_see(staff, &item) { Ok(item) } else { Err(told(Why::NotFound.into())) }
}

/// "Ligger i neste utsending", "Med i brev fra 8. mars", "Trukket tilbake".
pub(super) async fn tell_state(reading: &Reading, staff: &Staff, item: &Item) -> Result<String, Refusal> {
    let words = &reading.0.words(staff.language).queue.state;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let now = reading.0.now();
    let at = |pattern: &str, at: DateTime<Utc>| fill(pattern, &[("day", &pen.day(at))]);
    let told = match (item.withdrawn, item.number, item.numbered_at) {
        (true, _, _) => &words.withdrawn,
        _ if item.is_closed(now) => &words.over,
        (_, Some(_), Some(numbered)) => return Ok(at(&words.out, numbered)),
        _ if is_over_when_sent(reading, item, None).await? => &words.over_next,
        _ if item.held => &words.held,
        _ if item.release_at > now => return Ok(at(&words.waits, item.release_at)),
        _ if item.lane == Lane::Urgent && !reading.asks_for_approval() => &words.urgent,
        _ => &words.next,
    };
    Ok(told.clone())
}

fn tell_strong(teller: &Teller<'_>, item: &Item) -> Vec<String> {
    let words = &teller.words.queue.more;
    let mut told = Vec::new();
    match item.importance {
        Importance::Required => told.push(words.required.clone()),
        Importance::Background => told.push(words.background.clone()),
        Importance::Normal => {}
    }
    if item.lane == Lane::Urgent && !item.withdrawn {
        told.push(words.urgent.clone());
    }
    told
}
