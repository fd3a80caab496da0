//! What the buttons of the form do to what was typed. Pure, but for looking at a link.

use super::told::{read_chip, read_chips};
use crate::content::audience::Chips;
use crate::content::{Audience, Fields, Item, Visibility};
use crate::forum::{Facet, Forum, Kind, Term, TermIx};
use crate::intake::item_form::ItemForm;
use crate::intake::link::LinkError;
use crate::staff::Right;
use crate::web::site::Reading;
use crate::web::staff::Staff;
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
pub(super) async fn fetch_link(
    reading: &Reading,
    words: &Words,
    form: &mut ItemForm,
) -> (String, &'static str) {
    let words = &words.queue.link;
    match reading.look_at_link(form.get("link")).await {
        Ok(found) if found.walled => (words.walled.clone(), ""),
        Ok(found) => {
            let mut filled = false;
            for (field, text) in [("title", found.title), ("body", found.description)] {
                if let Some(text) = text.filter(|_| form.get(field).trim().is_empty()) {
                    form.set(field, &text);
                    filled = true;
                }
            }
            (if filled { words.filled.clone() } else { words.opens.clone() }, "good")
        }
        Err(LinkError::NoPage) => (words.no_page.clone(), "bad"),
        Err(LinkError::NotPublic) => (words.not_public.clone(), ""),
        Err(LinkError::Missing) => (words.missing.clone(), "bad"),
        Err(LinkError::NoHtml) => (words.no_html.clone(), "good"),
        Err(LinkError::Unreachable) => (words.unreachable.clone(), ""),
    }
}

/// Whether the lead must be asked: required and urgent are the lead's; who writes for groups alone reaches those alone
/// (DESIGN, section 6), and a gathering of the forum sends letters to all around it.
pub(super) fn needs_lead(staff: &Staff, form: &ItemForm) -> bool {
    if staff.may(Right::Send) {
        return false;
    }
    let is_strong = form.get("importance") == "required" || form.get("lane") == "urgent";
    let is_gathering = form.get("kind") == Kind::Event.word() && form.get("gathering") == "yes";
    is_strong || (staff.writes_for_groups_only() && (is_gathering || !stays_within(staff, form)))
}

fn stays_within(staff: &Staff, form: &ItemForm) -> bool {
    let forum = &staff.forum;
    let audience = Audience::parse(form.get("audience"), &forum.terms).ok();
    let visibility = Visibility::parse(form.get("visibility"), &forum.terms).ok();
    visibility.is_some_and(|visibility| is_own(staff, audience.as_ref(), visibility))
}

/// Whether the item goes to one of their own groups, and that group alone may have it.
pub(super) fn is_own(staff: &Staff, audience: Option<&Audience>, visibility: Visibility) -> bool {
    let (Some(chosen), Some(wall)) = (audience.and_then(named_alone), group_of(visibility)) else {
        return false;
    };
    chosen == wall && leads(staff, wall)
}

/// Whether the item goes to one of their own groups, is for it alone, or tells of its meeting.
pub(super) fn concerns_own(staff: &Staff, item: &Item) -> bool {
    let met = match item.fields {
        Fields::Minutes { group, .. } => group,
        _ => None,
    };
    let concerned = [item.audience.as_ref().and_then(named_alone), group_of(item.visibility), met];
    concerned.into_iter().flatten().any(|group| leads(staff, group))
}

/// The one term that an audience names, if it names one.
fn named_alone(audience: &Audience) -> Option<TermIx> {
    match audience {
        Audience::Term(term) | Audience::Seat(term, _) => Some(*term),
        _ => None,
    }
}

fn group_of(visibility: Visibility) -> Option<TermIx> {
    match visibility {
        Visibility::Group(group) | Visibility::Only(group) => Some(group),
        Visibility::Public | Visibility::Forum => None,
    }
}

fn leads(staff: &Staff, group: TermIx) -> bool {
    let find = |slug: &String| staff.forum.terms.find(&Term::new(Facet::Group, slug.as_str()));
    staff.groups.iter().filter_map(find).any(|own| own == group)
}
