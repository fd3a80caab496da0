//! What the buttons of the form do to what was typed. Pure, but for looking at a link.

use super::told::read_chips;
use crate::content::audience::{Chip, Chips};
use crate::forum::Forum;
use crate::intake::item_form::ItemForm;
use crate::intake::link::LinkError;
use crate::web::note::Note;
use crate::web::site::Reading;
use crate::web::words::Words;

/// What a button asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// Keep it as it is.
    Save,
    /// The same by the script, which wants to know who gets it.
    Auto,
    /// Queue it.
    Queue,
    /// Ask the lead to send it.
    Ask,
    /// Something still stood chosen in a list when it was to go out: it is added first, and who gets it is shown.
    Added,
    /// A name was typed that is no organisation's, or the beginning of several.
    Unnamed,
    /// See it as recipients do.
    Preview,
    /// Look at the link.
    Fetch,
    /// Who gets it, what it is about or its files were changed by a button.
    Changed(&'static str),
}

/// Does what the button `wish` says to the form; `picked` and `topic` are what stood chosen beside.
pub(super) fn apply(form: &mut ItemForm, forum: &Forum, wish: &str, picked: &[Chip], topic: &str) -> Action {
    match wish {
        "auto" => Action::Auto,
        "queue" | "ask" if add_chosen(form, forum, picked, topic) => Action::Added,
        "queue" => Action::Queue,
        "ask" => Action::Ask,
        "preview" => Action::Preview,
        "fetch" => Action::Fetch,
        "or" | "and" | "not" => {
            change_chips(form, forum, |chips| {
                for chip in picked {
                    match wish {
                        "or" => chips.add_or(*chip),
                        "and" => chips.add_and(*chip),
                        _ => chips.add_not(*chip),
                    }
                }
            });
            Action::Changed("who")
        }
        "clear" => {
            form.set("audience", "");
            Action::Changed("who")
        }
        "topic" => {
            form.set("topics", "chosen");
            add_topic(form, topic);
            Action::Changed("topics")
        }
        _ => match (wish.strip_prefix("topic-drop:"), wish.strip_prefix("drop:")) {
            (Some(term), _) => {
                form.set("topics", "chosen");
                form.about.retain(|own| own != term);
                Action::Changed("topics")
            }
            (None, Some(place)) => {
                drop_chip(form, forum, place);
                Action::Changed("who")
            }
            (None, None) => Action::Save,
        },
    }
}

/// Adds what stood chosen in the lists and was not added; whether there was any.
fn add_chosen(form: &mut ItemForm, forum: &Forum, picked: &[Chip], topic: &str) -> bool {
    let audience = form.get("audience").to_owned();
    if !picked.is_empty() {
        change_chips(form, forum, |chips| picked.iter().for_each(|chip| chips.add_or(*chip)));
    }
    let is_topic_new = add_topic(form, topic);
    if is_topic_new {
        form.set("topics", "chosen");
    }
    is_topic_new || form.get("audience") != audience
}

/// Whether the topic is new there.
fn add_topic(form: &mut ItemForm, topic: &str) -> bool {
    let is_new = !topic.is_empty() && !form.about.iter().any(|own| own == topic);
    if is_new {
        form.about.push(topic.to_owned());
    }
    is_new
}

/// Takes the chip at `0.1` or `not.0` away; a place that is none changes nothing.
fn drop_chip(form: &mut ItemForm, forum: &Forum, place: &str) {
    if let Some((row, at)) = read_place(place) {
        change_chips(form, forum, |chips| chips.remove(row, at));
    }
}

/// The row, none for what is left out, and the place in it.
fn read_place(place: &str) -> Option<(Option<usize>, usize)> {
    let (row, at) = place.split_once('.')?;
    let row = match row {
        "not" => None,
        number => Some(number.parse().ok()?),
    };
    Some((row, at.parse().ok()?))
}

/// Changes the chips; an expression of another form is left alone, as is one that cannot be read.
fn change_chips(form: &mut ItemForm, forum: &Forum, change: impl FnOnce(&mut Chips)) {
    let Ok(Some(mut chips)) = read_chips(forum, form.get("audience")) else { return };
    change(&mut chips);
    let written = chips.audience().map_or_else(String::new, |audience| audience.written(&forum.terms));
    form.set("audience", &written);
}

/// Looks at the link and fills in what nobody wrote; what to tell.
pub(super) async fn fetch_link(reading: &Reading, words: &Words, form: &mut ItemForm) -> Note {
    let words = &words.queue.link;
    match reading.look_at_link(form.get("link")).await {
        Ok(found) if found.walled => Note::plain(&words.walled),
        Ok(found) => {
            let mut filled = false;
            for (field, text) in [("title", found.title), ("body", found.description)] {
                if let Some(text) = text.filter(|_| form.get(field).trim().is_empty()) {
                    form.set(field, &text);
                    filled = true;
                }
            }
            Note::good(if filled { &words.filled } else { &words.opens })
        }
        Err(LinkError::NoPage) => Note::bad(&words.no_page),
        Err(LinkError::NotPublic) => Note::plain(&words.not_public),
        Err(LinkError::Missing) => Note::bad(&words.missing),
        Err(LinkError::NoHtml) => Note::good(&words.no_html),
        Err(LinkError::Unreachable) => Note::plain(&words.unreachable),
    }
}
