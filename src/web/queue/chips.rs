//! Who gets it, by hand: chips in plain words, and what may be added to them.

use serde::Serialize;

use super::told::{Teller, read_chips, write_chip};
use crate::content::audience::{AudienceProblem, Chip};
use crate::content::{Audience, AudienceError};
use crate::forum::{Facet, Forum, Position, TermIx};
use crate::web::choice::Choice;
use crate::web::words::fill;

/// A chip with the button that takes it away.
#[derive(Debug, Serialize)]
struct ChipView {
    label: String,
    /// What the button says to do.
    drop: String,
    /// The word before it: "eller", "og"; empty before the first.
    before: String,
    not: bool,
}

/// Choices under one heading.
#[derive(Debug, Serialize)]
struct ChoiceGroup {
    label: String,
    choices: Vec<Choice>,
}

/// The part of the form that asks who gets it.
#[derive(Debug, Serialize)]
pub(super) struct WhoView {
    chips: Vec<ChipView>,
    /// In plain words, if chips cannot say it.
    told: Option<String>,
    /// As it is typed.
    typed: String,
    /// What is wrong with what was typed.
    error: Option<String>,
    offered: Vec<ChoiceGroup>,
    /// Whether something is chosen, so that it can be narrowed.
    some: bool,
    /// Places in groups, where the groups are too many to list each with each place.
    positions: Vec<Choice>,
    /// What one may type.
    example: String,
    /// Organisations are too many for a list: they are found by name.
    by_name: bool,
}

/// More groups than this are not listed with each of their places: the place is chosen beside.
const MOST_WITH_PLACES: usize = 40;

/// More organisations than this stand in no list.
pub(super) const MOST_LISTED: usize = 200;

impl WhoView {
    /// Of what was typed or chosen.
    pub(super) fn of(teller: &Teller<'_>, typed: &str) -> WhoView {
        let forum = teller.forum;
        let chips = read_chips(forum, typed);
        let parsed = Audience::parse(typed, &forum.terms);
        let views = chips.as_ref().ok().and_then(Option::as_ref).map(|chips| list_chips(teller, chips));
        let is_other = matches!(chips, Ok(None));
        WhoView {
            chips: views.unwrap_or_default(),
            told: parsed.as_ref().ok().filter(|_| is_other).map(|audience| teller.audience(audience)),
            typed: typed.to_owned(),
            error: match parsed {
                Err(error) if !typed.trim().is_empty() => Some(tell_error(teller, &error)),
                _ => None,
            },
            offered: list_offered(teller),
            some: !typed.trim().is_empty(),
            positions: list_positions(teller),
            example: write_example(forum),
            by_name: count_organisations(forum) > MOST_LISTED,
        }
    }
}

fn list_chips(teller: &Teller<'_>, chips: &crate::content::audience::Chips) -> Vec<ChipView> {
    let words = &teller.words.queue.who;
    let mut views = Vec::new();
    for (row, chips) in chips.any.iter().enumerate() {
        for (at, chip) in chips.iter().enumerate() {
            let before = match (row, at) {
                (0, 0) => String::new(),
                (_, 0) => words.or.clone(),
                _ => words.and.clone(),
            };
            views.push(ChipView {
                label: teller.chip(*chip),
                drop: format!("drop:{row}.{at}"),
                before,
                not: false,
            });
        }
    }
    for (at, chip) in chips.but_not.iter().enumerate() {
        let before = if at == 0 { words.but_not.clone() } else { words.nor.clone() };
        views.push(ChipView { label: teller.chip(*chip), drop: format!("drop:not.{at}"), before, not: true });
    }
    views
}

/// The problem in the reader's words; the column and the nearest term for who types.
fn tell_error(teller: &Teller<'_>, error: &AudienceError) -> String {
    let words = &teller.words.queue.who;
    let column = error.column.to_string();
    match &error.problem {
        AudienceProblem::UnknownTerm { text, nearest } => {
            let nearest = nearest.as_ref().map(ToString::to_string).unwrap_or_default();
            fill(&words.error_term, &[("column", &column), ("text", text), ("nearest", &nearest)])
        }
        _ => fill(&words.error_typed, &[("column", &column)]),
    }
}

/// Everything that can be chosen: everybody, groups, places in them, roles, kinds of organisation, sectors, organisations.
fn list_offered(teller: &Teller<'_>) -> Vec<ChoiceGroup> {
    let words = &teller.words.queue.who;
    let mut groups = vec![ChoiceGroup {
        label: words.offer_all.clone(),
        choices: vec![choice(teller, Chip::All, 0, teller.chip(Chip::All))],
    }];
    for (facet, label) in [
        (Facet::Group, &words.offer_groups),
        (Facet::Role, &words.offer_roles),
        (Facet::KindOfOrg, &words.offer_kinds),
        (Facet::Sector, &words.offer_sectors),
        (Facet::Org, &words.offer_organisations),
        (Facet::Represents, &words.offer_represents),
    ] {
        let of_organisations = matches!(facet, Facet::Org | Facet::Represents);
        if of_organisations && count_organisations(teller.forum) > MOST_LISTED {
            continue;
        }
        let tree = teller.forum.list_tree(facet, teller.language);
        let of = |(term, depth): &(TermIx, usize)| {
            choice(teller, Chip::Term(*term), *depth, label_of(teller, *term))
        };
        groups.push(ChoiceGroup { label: label.clone(), choices: tree.iter().map(of).collect() });
        if facet == Facet::Group && tree.len() <= MOST_WITH_PLACES {
            groups.push(ChoiceGroup { label: words.offer_seats.clone(), choices: list_seats(teller, &tree) });
        }
    }
    groups.retain(|group| !group.choices.is_empty());
    groups
}

/// Something that can be typed, with terms of this forum.
fn write_example(forum: &Forum) -> String {
    let first = |facet: Facet| {
        forum.terms.iter().find(|(_, term)| term.facet == facet).map(|(_, term)| term.to_string())
    };
    match (first(Facet::Group), first(Facet::Role), first(Facet::Org)) {
        (Some(group), Some(role), Some(org)) => format!("({group}/leader or {role}) and not {org}"),
        (Some(group), _, _) => format!("{group}/leader or {group}/deputy"),
        _ => "all".to_owned(),
    }
}

/// How many organisations there are.
pub(super) fn count_organisations(forum: &Forum) -> usize {
    forum.terms.iter().filter(|(_, term)| term.facet == Facet::Org).count()
}

/// The organisation that is called so, or whose name begins so if it is the only one: its slug.
pub(super) fn find_organisation(forum: &Forum, name: &str) -> Option<String> {
    let wanted = name.trim().to_lowercase();
    if wanted.is_empty() {
        return None;
    }
    let organisations = forum.terms.iter().filter(|(_, term)| term.facet == Facet::Org);
    let named: Vec<(String, &str)> = organisations
        .map(|(ix, term)| (forum.name_of(ix, forum.settings.language).to_lowercase(), term.slug.as_str()))
        .collect();
    let exact = named.iter().find(|(name, slug)| *name == wanted || *slug == wanted);
    let mut begins = named.iter().filter(|(name, _)| name.starts_with(&wanted));
    let only = begins.next().filter(|_| begins.next().is_none());
    exact.or(only).map(|(_, slug)| (*slug).to_owned())
}

fn label_of(teller: &Teller<'_>, term: TermIx) -> String {
    match teller.forum.terms.term(term).facet {
        Facet::KindOfOrg => teller.kind_of_organisation(term).to_owned(),
        _ => teller.forum.name_of(term, teller.language).to_owned(),
    }
}

fn list_seats(teller: &Teller<'_>, tree: &[(TermIx, usize)]) -> Vec<Choice> {
    let seats = tree.iter().flat_map(|(group, _)| Position::ALL.map(|position| Chip::Seat(*group, position)));
    seats.map(|seat| choice(teller, seat, 0, teller.chip(seat))).collect()
}

/// The five positions, if they are chosen beside the group.
fn list_positions(teller: &Teller<'_>) -> Vec<Choice> {
    let groups = teller.forum.terms.iter().filter(|(_, term)| term.facet == Facet::Group).count();
    if groups <= MOST_WITH_PLACES {
        return Vec::new();
    }
    let choice = |position: Position| Choice {
        value: position.slug().to_owned(),
        label: teller.position(position).to_owned(),
        depth: 0,
        chosen: false,
    };
    Position::ALL.map(choice).into()
}

fn choice(teller: &Teller<'_>, chip: Chip, depth: usize, label: String) -> Choice {
    Choice { value: write_chip(teller.forum, chip), label, depth, chosen: false }
}
