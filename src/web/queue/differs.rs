//! Where a draft as somebody else left it says something else than what was typed: nothing of it is anywhere else once the
//! draft is saved over it, so it is shown before.

use serde::Serialize;

use super::choices::{
    list_groups, list_importances, list_kinds, list_lanes, list_languages, list_organisations,
    list_visibilities,
};
use super::promises::PromisesView;
use super::told::Teller;
use crate::content::Audience;
use crate::forum::{Language, Term};
use crate::intake::item_form::ItemForm;
use crate::web::staff::Staff;
use crate::web::words::{Words, fill};

/// A field that says something else.
#[derive(Debug, Serialize)]
pub(super) struct Differing {
    label: String,
    /// What it says; empty: nothing.
    value: String,
}

/// What a field's name has behind what the form calls it by.
enum Which {
    /// Nothing.
    Only,
    /// The language of a text.
    In(Language),
    /// The row of a promise, or the key of an earlier one.
    Promise(i64),
}

/// The fields of the draft that `stands` which say something else than `typed`; `promises` are those of the draft.
pub(super) fn list_differences(
    teller: &Teller<'_>,
    staff: &Staff,
    promises: &PromisesView,
    (stands, typed): (&ItemForm, &ItemForm),
) -> Vec<Differing> {
    let differing = |name: &str| {
        let says = stands.get(name).trim();
        let value = tell(teller, staff, promises, (name, says)).unwrap_or_else(|| says.to_owned());
        Differing { label: label_of(teller.words, promises, name), value }
    };
    let mut found: Vec<Differing> = stands.list_differing(typed).into_iter().map(differing).collect();
    if stands.about != typed.about {
        let label = teller.words.queue.topics.title.clone();
        found.push(Differing { label, value: name_topics(teller, stands) });
    }
    found
}

/// `title_nn`, `promise_what_2`, `was_by_17` as what they are called by and what stands behind it.
fn split(name: &str) -> (&str, Which) {
    let Some((field, behind)) = name.rsplit_once('_') else { return (name, Which::Only) };
    let language = Language::ALL.into_iter().find(|language| language.tag() == behind);
    match (language, behind.parse::<i64>()) {
        (Some(language), _) => (field, Which::In(language)),
        (None, Ok(number)) => (field, Which::Promise(number)),
        (None, Err(_)) => (name, Which::Only),
    }
}

/// What a field is called in the form; of several, with which it is: "Tekst (Nynorsk)", "Løfte 2: Innen".
fn label_of(words: &Words, promises: &PromisesView, name: &str) -> String {
    let (field, which) = split(name);
    let label = find_label(words, field).unwrap_or(field);
    match which {
        Which::Only => label.to_owned(),
        Which::In(language) => {
            let language = words.language.get(&language).map_or(language.tag(), String::as_str);
            format!("{label} ({language})")
        }
        Which::Promise(id) if field.starts_with("was_") => {
            format!("{}: {label}", promises.find_open(id).unwrap_or(&words.promises.form.was))
        }
        Which::Promise(row) => {
            format!("{}: {label}", fill(&words.promises.form.row, &[("number", &row.to_string())]))
        }
    }
}

/// What the form calls a field.
fn find_label<'w>(words: &'w Words, field: &str) -> Option<&'w str> {
    let (form, kinds, more) = (&words.queue.form, &words.queue.kinds, &words.queue.more);
    let label = match field {
        "title" => &form.what,
        "body" => &form.body,
        "place" => &kinds.place,
        "achieved" => &words.item.achieved,
        "how" => &words.item.how,
        "next" => &words.item.next,
        "why" => &words.item.why,
        "link" => &words.queue.link.label,
        "group" => &kinds.group,
        "met_on" => &kinds.met_on,
        "starts_on" | "starts_time" => &kinds.starts,
        "ends_on" | "ends_time" => &kinds.ends,
        "registration_url" => &kinds.registration,
        "wanted_by" => &kinds.wanted_by,
        "deadline" => &kinds.deadline,
        "gathering" => &kinds.gathering,
        "audience" => &words.queue.who.title,
        "interested" => &words.queue.topics.title,
        "kind" => &more.kind,
        "language" => &more.language,
        "visibility" => &more.see,
        "importance" => &more.importance,
        "lane" => &more.lane,
        "source" => &more.source,
        "release_on" | "release_time" => &more.release,
        "expires_on" => &more.expires,
        "contact_name" | "contact_email" | "contact_phone" => &more.contact,
        "promise_what" => &words.promises.form.what,
        "promise_who" => &words.promises.form.who,
        "promise_by" => &words.promises.form.by,
        "was_said" => &words.promises.own.said,
        "was_by" => &words.promises.form.new_day,
        _ => return None,
    };
    Some(label)
}

/// What was chosen in a field, as the form words it; none, if it is not chosen from a list or not in it any more.
fn tell(
    teller: &Teller<'_>,
    staff: &Staff,
    promises: &PromisesView,
    (name, chosen): (&str, &str),
) -> Option<String> {
    let (words, forum) = (teller.words, teller.forum);
    let choices = match split(name).0 {
        "audience" => return Audience::parse(chosen, &forum.terms).ok().map(|a| teller.audience(&a)),
        "interested" => return Some(tell_interested(words, chosen)),
        "promise_who" if chosen.is_empty() => return Some(words.promises.page.of_group.clone()),
        "promise_who" => return promises.find_place(chosen).map(str::to_owned),
        "was_said" => return Some(tell_said(words, chosen)),
        "gathering" => return (chosen == "yes").then(|| words.queue.kinds.gathering_yes.clone()),
        "kind" => list_kinds(words, chosen),
        "language" => list_languages(words, chosen),
        "visibility" => list_visibilities(teller, staff, chosen),
        "importance" => list_importances(words, staff, chosen),
        "lane" => list_lanes(words, staff, chosen),
        "group" => list_groups(teller, staff, chosen),
        "source" => list_organisations(teller, chosen),
        _ => return None,
    };
    choices.into_iter().find(|choice| choice.chosen).map(|choice| choice.label)
}

/// Whether those who follow the topics get it too.
fn tell_interested(words: &Words, chosen: &str) -> String {
    let words = &words.queue.topics;
    if chosen == "no" { words.interested_no.clone() } else { words.interested.clone() }
}

/// What is said of an earlier promise.
fn tell_said(words: &Words, chosen: &str) -> String {
    let words = &words.promises.form;
    let told = match chosen {
        "done" => &words.kept,
        "dropped" => &words.dropped,
        _ => &words.still,
    };
    told.clone()
}

fn name_topics(teller: &Teller<'_>, stands: &ItemForm) -> String {
    let name = |text: &String| {
        let term = text.parse::<Term>().ok().and_then(|term| teller.forum.terms.find(&term));
        term.map_or_else(|| text.clone(), |term| teller.forum.name_of(term, teller.language).to_owned())
    };
    stands.about.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_may_differ_is_called_something() {
        let mut all = ItemForm::default();
        let promises = ["promise_what_1", "promise_who_1", "promise_by_1", "was_said_17", "was_by_17"];
        for name in all.list_fields().keys().map(String::as_str).chain(promises) {
            all.set(name, "x");
        }
        for language in Language::ALL {
            let words = Words::load(language).unwrap();
            for name in all.list_differing(&ItemForm::default()) {
                assert!(find_label(&words, split(name).0).is_some(), "{name} in {language}");
            }
        }
    }
}
