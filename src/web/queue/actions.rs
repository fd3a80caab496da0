//! What the buttons of the form do to what was typed. Pure, but for looking at a link.

use super::told::{read_chip, read_chips};
use crate::content::audience::Chips;
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
    /// See it as recipients do.
    Preview,
    /// Look at the link.
    Fetch,
    /// Who gets it or what it is about was changed by a button.
    Changed(&'static str),
}

/// Does what the button `wish` says to the form; `picked` and `topic` are what stood chosen in the lists beside.
pub(super) fn apply(form: &mut ItemForm, forum: &Forum, wish: &str, picked: &str, topic: &str) -> Action {
    match wish {
        "auto" => Action::Auto,
        "queue" => Action::Queue,
        "ask" => Action::Ask,
        "preview" => Action::Preview,
        "fetch" => Action::Fetch,
        "or" | "and" | "not" => {
            change_chips(form, forum, |chips| {
                if let Some(chip) = read_chip(forum, picked) {
                    match wish {
                        "or" => chips.add_or(chip),
                        "and" => chips.add_and(chip),
                        _ => chips.add_not(chip),
                    }
                }
            });
            Action::Changed("who")
        }
        "topic" => {
            form.set("topics", "chosen");
            if !topic.is_empty() && !form.about.iter().any(|own| own == topic) {
                form.about.push(topic.to_owned());
            }
            Action::Changed("topics")
        }
        _ => drop_chip(form, forum, wish),
    }
}

/// `drop:0.1`, `drop:not.0`, `topic-drop:sector:health`, `clear`.
fn drop_chip(form: &mut ItemForm, forum: &Forum, wish: &str) -> Action {
    if let Some(term) = wish.strip_prefix("topic-drop:") {
        form.set("topics", "chosen");
        form.about.retain(|own| own != term);
        return Action::Changed("topics");
    }
    if wish == "clear" {
        form.set("audience", "");
        return Action::Changed("who");
    }
    let Some((row, at)) = wish.strip_prefix("drop:").and_then(|place| place.split_once('.')) else {
        return Action::Save;
    };
    let (row, at) = (row.parse::<usize>().ok().filter(|_| row != "not"), at.parse::<usize>());
    change_chips(form, forum, |chips| {
        if let Ok(at) = at {
            chips.remove(row, at);
        }
    });
    Action::Changed("who")
}

/// Changes the chips; an expression of another form is narrowed or widened as it stands, and one that cannot be read
/// is left alone.
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
