//! The lists that one chooses from, each with what is chosen.

use super::chips::{MOST_LISTED, count_organisations};
use super::told::Teller;
use crate::content::{Importance, Lane, Visibility};
use crate::forum::{Facet, Kind, Language, Term, TermIx, sort_key};
use crate::staff::Right;
use crate::web::choice::Choice;
use crate::web::staff::Staff;
use crate::web::words::Words;

/// What an item may be about and is not yet.
pub(super) fn offer_topics(teller: &Teller<'_>, about: &[String]) -> Vec<Choice> {
    let of = |facet| teller.forum.list_tree(facet, teller.language);
    let choice = |(term, depth): (TermIx, usize)| Choice {
        value: teller.forum.terms.term(term).to_string(),
        label: teller.forum.name_of(term, teller.language).to_owned(),
        depth,
        chosen: false,
    };
    let mut offered: Vec<Choice> =
        of(Facet::Sector).into_iter().chain(of(Facet::Group)).chain(of(Facet::Role)).map(choice).collect();
    offered.retain(|choice| !about.contains(&choice.value));
    offered
}

/// The kinds of item.
pub(super) fn list_kinds(words: &Words, chosen: &str) -> Vec<Choice> {
    let choice = |kind: Kind| Choice {
        value: kind.word().to_owned(),
        label: words.kind_of(kind).to_owned(),
        depth: 0,
        chosen: chosen == kind.word(),
    };
    Kind::ALL.map(choice).into()
}

/// The languages.
pub(super) fn list_languages(words: &Words, chosen: &str) -> Vec<Choice> {
    let choice = |language: Language| Choice {
        value: language.tag().to_owned(),
        label: words.language.get(&language).map_or(language.tag(), String::as_str).to_owned(),
        depth: 0,
        chosen: chosen == language.tag(),
    };
    Language::ALL.map(choice).into()
}

/// Who writes for groups alone shows what they write to those.
pub(super) fn list_visibilities(teller: &Teller<'_>, staff: &Staff, chosen: &str) -> Vec<Choice> {
    let words = &teller.words.queue.more;
    let choice = |value: String, label: String| Choice { chosen: value == chosen, value, label, depth: 0 };
    let mut choices = Vec::new();
    if !staff.writes_for_groups_only() {
        choices.push(choice("forum".to_owned(), words.see_forum.clone()));
        choices.push(choice("public".to_owned(), words.see_public.clone()));
    }
    for (group, _) in teller.forum.list_tree(Facet::Group, teller.language) {
        let slug = &teller.forum.terms.term(group).slug;
        if !staff.works_for_group(slug) {
            continue;
        }
        choices.push(choice(format!("group:{slug}"), teller.visibility(Visibility::Group(group))));
        choices.push(choice(format!("only:{slug}"), teller.visibility(Visibility::Only(group))));
    }
    if chosen.is_empty()
        && let Some(first) = choices.first_mut()
    {
        first.chosen = true;
    }
    choices
}

/// How much an item may matter; the usual is no choice. Required is for whoever may send.
pub(super) fn list_importances(words: &Words, staff: &Staff, chosen: &str) -> Vec<Choice> {
    let words = &words.queue.more;
    let label = |importance| match importance {
        Importance::Required => &words.required,
        Importance::Normal => &words.normal,
        Importance::Background => &words.background,
    };
    let choice = |importance: Importance| Choice {
        value: if importance == Importance::Normal { String::new() } else { importance.word().to_owned() },
        label: label(importance).clone(),
        depth: 0,
        chosen: chosen == importance.word() || (chosen.is_empty() && importance == Importance::Normal),
    };
    let may = |of: &Importance| *of != Importance::Required || staff.may(Right::Send) || chosen == of.word();
    Importance::ALL.into_iter().filter(may).map(choice).collect()
}

/// When an item may go; the usual is no choice. Urgent is for whoever may send.
pub(super) fn list_lanes(words: &Words, staff: &Staff, chosen: &str) -> Vec<Choice> {
    let words = &words.queue.more;
    let choice = |lane: Lane| Choice {
        value: if lane == Lane::Digest { String::new() } else { lane.word().to_owned() },
        label: if lane == Lane::Urgent { words.urgent.clone() } else { words.with_next.clone() },
        depth: 0,
        chosen: chosen == lane.word() || (chosen.is_empty() && lane == Lane::Digest),
    };
    let may = |of: &Lane| *of != Lane::Urgent || staff.may(Right::Send) || chosen == of.word();
    Lane::ALL.into_iter().filter(may).map(choice).collect()
}

/// The groups that minutes may be of; who writes for groups alone hands in those of their own, and what is chosen stays.
pub(super) fn list_groups(teller: &Teller<'_>, staff: &Staff, chosen: &str) -> Vec<Choice> {
    let choice = |(term, depth): (TermIx, usize)| {
        let value = teller.forum.terms.term(term).slug.clone();
        Choice {
            label: teller.forum.name_of(term, teller.language).to_owned(),
            chosen: value == chosen,
            depth,
            value,
        }
    };
    let groups = teller.forum.list_tree(Facet::Group, teller.language).into_iter().map(choice);
    groups.filter(|choice| choice.chosen || staff.works_for_group(&choice.value)).collect()
}

/// The organisations by their names; none if they are too many for a list.
pub(super) fn list_organisations(teller: &Teller<'_>, chosen: &str) -> Vec<Choice> {
    if count_organisations(teller.forum) > MOST_LISTED {
        return Vec::new();
    }
    let terms = teller.forum.terms.iter().filter(|(_, term)| term.facet == Facet::Org);
    let choice = |(ix, term): (TermIx, &Term)| Choice {
        value: term.slug.clone(),
        label: teller.forum.name_of(ix, teller.language).to_owned(),
        depth: 0,
        chosen: term.slug == chosen,
    };
    let mut choices: Vec<Choice> = terms.map(choice).collect();
    choices.sort_by_cached_key(|choice| sort_key(&choice.label));
    choices
}
