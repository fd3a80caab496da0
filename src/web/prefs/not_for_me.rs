//! *Not for me*: the item, every reason why it came, and a way to hide exactly that reason, all such items, this
//! item alone, or to say that it is for a colleague. Each can be taken back on the page that follows.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::links::{OpenItem, OpenLetter};
use crate::feedback::preferences::name_of;
use crate::letter::name_in_sentence;
use crate::store::{Answer, PreferenceChanges, Undone};
use crate::web::reasons::{Told, list_reasons, tell_reader};
use crate::web::received::Received;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// The longest text that names a colleague, in characters.
const COLLEAGUE_MOST: usize = 120;

#[derive(Serialize)]
struct ReasonRow {
    text: String,
    number: Option<usize>,
    button: String,
}

/// What was done, with what taking it back needs.
#[derive(Serialize)]
struct Done {
    text: String,
    /// The change of preferences, if there was one.
    change: Option<i64>,
    can_undo: bool,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    title: String,
    kind: String,
    kind_button: String,
    kind_value: String,
    required: bool,
    reasons: Vec<ReasonRow>,
    action: String,
    colleague_most: usize,
    done: Option<Done>,
    /// The way back to the item.
    item: String,
    preferences: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "not_for_me.html";
}

/// GET: the item, every reason, and a way to hide just that.
pub(super) async fn ask(reading: Reading, received: Received) -> Result<Response, Refusal> {
    show(&reading, &received, None)
}

/// What the person chose on that page; nothing: this item alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    /// The line of reasons to hide, by its place on the page: its terms may not stand in the page.
    reason: Option<usize>,
    /// Hide the item's kind.
    mute_kind: Option<String>,
    /// It is for a colleague; who, in their own words, or empty. A list, because an empty field is not an absent one.
    colleague: Vec<String>,
}

/// POST: hides what was chosen and remembers that the item missed.
pub(super) async fn record(
    writing: Writing,
    received: Received,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Received { letter, open, .. } = &received;
    let (changes, text) = read_choice(&reading, letter, open, &chosen)?;
    let made = writing.change_preferences(letter.recipient.id, &changes).await?;
    let kept = writing.record_tap(letter, Some(open.item.id), Answer::NotForMe).await?;
    if let Some(colleague) = chosen.colleague.first() {
        writing.pass_on(letter, open.item.id, read_colleague(colleague)?).await?;
    }
    let says_nothing = !kept && changes.is_empty() && chosen.colleague.is_empty();
    let not_kept = &reading.0.words(letter.recipient.language).prefs.answer.not_kept;
    let done = Done {
        text: if says_nothing { not_kept.clone() } else { text },
        change: made.map(|made| made.id),
        can_undo: !says_nothing,
    };
    show(&reading, &received, Some(done))
}

/// Which change is taken back with the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UndoForm {
    change: Option<i64>,
}

/// POST: nothing was said, and nothing is hidden.
pub(super) async fn undo(
    writing: Writing,
    received: Received,
    Form(form): Form<UndoForm>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Received { letter, open, .. } = &received;
    let undone = match form.change {
        Some(change) => writing.undo_preferences(letter.recipient.id, change).await?,
        None => Undone::Done,
    };
    let words = &reading.0.words(letter.recipient.language).prefs.note;
    let text = match undone {
        Undone::Done | Undone::Already => {
            writing.take_back_tap(letter, open.item.id).await?;
            &words.undone
        }
        Undone::TooLate => &words.too_late,
        Undone::Overtaken => &words.overtaken,
        Undone::Unknown => return Err(Refusal::from(Why::BadForm).in_language(letter.recipient.language)),
    };
    let done = Done { text: text.clone(), change: None, can_undo: false };
    show(&reading, &received, Some(done))
}

/// Whom they name, on one line; none if they name nobody.
fn read_colleague(text: &str) -> Result<Option<&str>, Refusal> {
    let text = text.trim();
    if text.chars().count() > COLLEAGUE_MOST || text.chars().any(char::is_control) {
        return Err(Why::BadForm.into());
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn read_choice(
    reading: &Reading,
    letter: &OpenLetter,
    open: &OpenItem,
    chosen: &Chosen,
) -> Result<(PreferenceChanges, String), Refusal> {
    let (forum, language) = (&letter.forum, letter.recipient.language);
    let words = reading.0.words(language);
    let title = || open.item.text_for(language).1.title.clone();
    let mut changes = PreferenceChanges::default();
    let done = if let Some(number) = chosen.reason {
        let lines = tell_reader(words, letter, &list_reasons(letter, open)?);
        let line = lines.get(number).filter(|line| !line.terms.is_empty()).ok_or(Why::BadForm)?;
        changes.mute.extend(line.terms.iter().map(|ix| name_of(forum.terms.term(*ix))));
        tell_hidden(words, letter, line)
    } else if chosen.mute_kind.is_some() {
        changes.mute_kinds.push(open.item.kind.word().to_owned());
        let done = fill(&words.not_for_me.done_kind, &[("kinds", words.kinds_of(open.item.kind))]);
        format!("{done} {}", words.not_for_me.done_but)
    } else if let Some(colleague) = chosen.colleague.first() {
        read_colleague(colleague)?;
        fill(&words.prefs.colleague.done, &[("title", &title())])
    } else {
        fill(&words.not_for_me.done_only, &[("title", &title())])
    };
    Ok((changes, done))
}

/// What comes no more, and what does all the same.
fn tell_hidden(words: &Words, letter: &OpenLetter, line: &Told) -> String {
    let words = &words.not_for_me;
    let pattern = match (line.named, line.chosen) {
        (None, _) => &words.done_such,
        (Some(_), true) => &words.done_chosen,
        (Some(_), false) => &words.done_term,
    };
    let name = line.named.map(|ix| name_in_sentence(&letter.forum, ix, letter.recipient.language));
    let done = fill(pattern, &[("name", &name.unwrap_or_default())]);
    if line.chosen { format!("{done} {}", words.done_but) } else { done }
}

fn show(reading: &Reading, received: &Received, done: Option<Done>) -> Result<Response, Refusal> {
    let Received { letter, open, base, door } = received;
    let (forum, language) = (&letter.forum, letter.recipient.language);
    let words = reading.0.words(language);
    let row = |(number, line): (usize, Told)| {
        let name = line.named.map(|ix| name_in_sentence(forum, ix, language));
        let hide = |name: String| fill(&words.not_for_me.hide_term, &[("name", &name)]);
        ReasonRow {
            number: (!line.terms.is_empty()).then_some(number),
            button: name.map_or_else(|| words.reason.hide_such.clone(), hide),
            text: line.text,
        }
    };
    let lines = tell_reader(words, letter, &list_reasons(letter, open)?);
    let page = Page {
        masked: letter.recipient.email.masked(),
        title: open.item.text_for(language).1.title.clone(),
        kind: words.kind_of(open.item.kind).to_owned(),
        kind_button: fill(&words.not_for_me.hide_kind, &[("kinds", words.kinds_of(open.item.kind))]),
        kind_value: open.item.kind.word().to_owned(),
        required: open.is_required(),
        reasons: lines.into_iter().enumerate().map(row).collect(),
        action: format!("{base}/not-for-me"),
        colleague_most: COLLEAGUE_MOST,
        done,
        item: base.clone(),
        preferences: door.path("preferences"),
    };
    received.page(&reading.0, &page)
}
