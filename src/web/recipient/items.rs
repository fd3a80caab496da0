//! A letter's own items, asked again each time; their calendar files; and *not for me*.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::content::{Item, ics};
use crate::feedback::links::{self, OpenItem, OpenLetter};
use crate::feedback::preferences::name_of;
use crate::forum::{Forum, Language};
use crate::letter::name_in_sentence;
use crate::matching::Reason;
use crate::store::{Answer, PreferenceChanges};
use crate::web::archive::around::{Around, AskedLanguage, around_itself};
use crate::web::archive::files::file_of;
use crate::web::item_view::{ItemView, has_day};
use crate::web::part::AnsweringView;
use crate::web::reasons::{may_be_named, muting_term, read_reasons, tell_reader};
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Participant, Reading, Writing};
use crate::web::templates::Content;
use crate::web::words::fill;

#[derive(Serialize)]
struct ItemPage {
    item: ItemView,
    around: Around,
    calendar: Option<String>,
    share: Option<String>,
    not_for_me: Option<String>,
    answering: Option<AnsweringView>,
    why: Option<String>,
    preferences: String,
    privacy: String,
}

impl Content for ItemPage {
    const TEMPLATE: &'static str = "item.html";
}

/// GET: the item.
pub(super) async fn show(
    reading: Reading,
    Path((token, id)): Path<(String, String)>,
    Query(asked): Query<AskedLanguage>,
) -> Result<Response, Refusal> {
    let letter = reading.letter(&token).await?;
    let open = reading.letter_item(&letter, &id).await?;
    let language = asked.language().unwrap_or(letter.recipient.language);
    let reasons = list_reasons(&letter, &open)?;
    let words = reading.0.words(language);
    let told: Vec<String> = reasons.iter().map(|r| tell_reader(words, &letter, r)).collect();
    let base = format!("/l/{token}/item/{id}");
    let who = Participant {
        forum: letter.forum.clone(),
        recipient: letter.recipient.clone(),
        item: open.item.clone(),
        base: base.clone(),
        letter: Some(letter.row.delivery),
    };
    let pen = reading.0.pen(&letter.forum, language);
    let page = ItemPage {
        around: around_itself(&reading, &pen, &open.item, &base).await?,
        answering: AnsweringView::of(&reading, &who).await?,
        item: pen.view(&open.item),
        calendar: has_day(&open.item).then(|| format!("{base}/event.ics")),
        share: links::is_shareable(&open.item, reading.0.now()).then(|| format!("/i/{}", open.item.slug)),
        not_for_me: open.held.is_some().then(|| format!("{base}/not-for-me")),
        why: (!told.is_empty()).then(|| format!("{}: {}.", words.not_for_me.because, told.join(". "))),
        preferences: format!("/l/{token}/preferences"),
        privacy: format!("/l/{token}/privacy"),
    };
    reading.0.page(&letter.forum, language, &page)
}

/// GET: a file of the item.
pub(super) async fn show_file(
    reading: Reading,
    headers: HeaderMap,
    Path((token, id, position)): Path<(String, String, i64)>,
) -> Result<Response, Refusal> {
    let letter = reading.letter(&token).await?;
    let open = reading.letter_item(&letter, &id).await?;
    file_of(&reading, &headers, &open.item, position).await
}

/// GET: an event's calendar file.
pub(super) async fn show_calendar(
    reading: Reading,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let letter = reading.letter(&token).await?;
    let open = reading.letter_item(&letter, &id).await?;
    calendar_of(&reading, &letter.forum, &open.item, letter.recipient.language)
}

/// An event as a calendar file. It links to the public page or nowhere: calendars are shared, and a
/// letter's link is personal.
pub(in crate::web) fn calendar_of(
    reading: &Reading,
    forum: &Forum,
    item: &Item,
    language: Language,
) -> Result<Response, Refusal> {
    let now = reading.0.now();
    let url =
        links::is_shareable(item, now).then(|| format!("{}/i/{}", reading.0.config().base_url, item.slug));
    let file = ics::write_event(item, &forum.settings, language, now, url.as_deref()).ok_or(Why::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.ics\"", item.slug)),
    ];
    Ok((headers, file).into_response())
}

#[derive(Serialize)]
struct ReasonRow {
    text: String,
    number: Option<usize>,
    button: String,
}

#[derive(Serialize)]
struct NotForMePage {
    masked: String,
    title: String,
    kind: String,
    kind_button: String,
    kind_value: String,
    required: bool,
    reasons: Vec<ReasonRow>,
    action: String,
    done: Option<String>,
    preferences: String,
}

impl Content for NotForMePage {
    const TEMPLATE: &'static str = "not_for_me.html";
}

/// GET: the item, every reason, and a way to hide just that.
pub(super) async fn ask_not_for_me(
    reading: Reading,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let letter = reading.letter(&token).await?;
    let open = reading.letter_item(&letter, &id).await?;
    let page = not_for_me_page(&reading, &letter, &open, &token)?;
    reading.0.page(&letter.forum, letter.recipient.language, &page)
}

/// What the person chose on that page; nothing: this item alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    /// The reason to hide, by its place on the page: its term may not stand in the page.
    reason: Option<usize>,
    /// Hide the item's kind.
    mute_kind: Option<String>,
}

/// POST: hides what was chosen and remembers that the item missed.
pub(super) async fn record_not_for_me(
    writing: Writing,
    Path((token, id)): Path<(String, String)>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let letter = reading.letter(&token).await?;
    let open = reading.letter_item(&letter, &id).await?;
    let (changes, done) = read_choice(&reading, &letter, &open, &chosen)?;
    writing.change_preferences(letter.recipient.id, &changes).await?;
    writing.record_tap(&letter, Some(open.item.id), Answer::NotForMe).await?;
    let page = NotForMePage { done: Some(done), ..not_for_me_page(&reading, &letter, &open, &token)? };
    reading.0.page(&letter.forum, letter.recipient.language, &page)
}

fn read_choice(
    reading: &Reading,
    letter: &OpenLetter,
    open: &OpenItem,
    chosen: &Chosen,
) -> Result<(PreferenceChanges, String), Refusal> {
    let (forum, language) = (&letter.forum, letter.recipient.language);
    let words = reading.0.words(language);
    let mut changes = PreferenceChanges::default();
    let done = if let Some(number) = chosen.reason {
        let reasons = list_reasons(letter, open)?;
        let reason = reasons.get(number).ok_or(Why::BadForm)?;
        let term = muting_term(reason).ok_or(Why::BadForm)?;
        changes.mute.push(name_of(forum.terms.term(term)));
        if may_be_named(forum, reason, letter.discreet) {
            fill(&words.not_for_me.done_term, &[("name", &name_in_sentence(forum, term, language))])
        } else {
            words.not_for_me.done_such.clone()
        }
    } else if chosen.mute_kind.is_some() {
        changes.mute_kinds.push(open.item.kind.word().to_owned());
        fill(&words.not_for_me.done_kind, &[("kinds", words.kinds_of(open.item.kind))])
    } else {
        fill(&words.not_for_me.done_only, &[("title", &open.item.text_for(language).1.title)])
    };
    Ok((changes, done))
}

fn not_for_me_page(
    reading: &Reading,
    letter: &OpenLetter,
    open: &OpenItem,
    token: &str,
) -> Result<NotForMePage, Refusal> {
    let (forum, language) = (&letter.forum, letter.recipient.language);
    let words = reading.0.words(language);
    let row = |(number, reason): (usize, &Reason)| {
        let term = muting_term(reason);
        let button = match term {
            Some(ix) if may_be_named(forum, reason, letter.discreet) => {
                fill(&words.not_for_me.hide_term, &[("name", &name_in_sentence(forum, ix, language))])
            }
            _ => words.reason.hide_such.clone(),
        };
        let text = tell_reader(words, letter, reason);
        ReasonRow { text, number: term.map(|_| number), button }
    };
    Ok(NotForMePage {
        masked: letter.recipient.email.masked(),
        title: open.item.text_for(language).1.title.clone(),
        kind: words.kind_of(open.item.kind).to_owned(),
        kind_button: fill(&words.not_for_me.hide_kind, &[("kinds", words.kinds_of(open.item.kind))]),
        kind_value: open.item.kind.word().to_owned(),
        required: open.is_required(),
        reasons: list_reasons(letter, open)?.iter().enumerate().map(row).collect(),
        action: format!("/l/{token}/item/{}/not-for-me", open.item.public_id),
        done: None,
        preferences: format!("/l/{token}/preferences"),
    })
}

fn list_reasons(letter: &OpenLetter, open: &OpenItem) -> Result<Vec<Reason>, Refusal> {
    let Some(held) = &open.held else { return Ok(Vec::new()) };
    Ok(read_reasons(&letter.forum, &held.reasons)?)
}
