//! The *why* line: the reasons of the rule in one plain sentence.
//!
//! Invariant: no line names a role, an organisation, a kind of organisation or whom a person
//! represents ("never 'fordi du er tillitsvalgt i ...'": the employer runs the mail system). Such
//! reasons are told as somebody's choice.

use chrono::{DateTime, Utc};

use super::locale::{Locale, fill};
use super::view::DigestItem;
use crate::forum::{Facet, Forum, Language, Position, Seat, TermIx};
use crate::matching::{Because, Match, Reason, ReasonTerm};

/// The most names of one sort that a line tells.
const NAMES_MAX: usize = 2;

/// What a why line is made from.
pub(super) struct Why<'a> {
    pub forum: &'a Forum,
    pub locale: &'a Locale,
    pub language: Language,
    /// The person in the forum whose choice it is told as.
    pub chooser: Option<&'a str>,
    /// Keep groups and positions out too.
    pub discreet: bool,
}

/// A reason with what decides how it is told. A reason names the item's own term, and who has one under it is within it
/// too: such a person's line must not say that they sit, or lead, in the group above, nor that they follow the topic above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct OwnedReason {
    pub reason: Reason,
    /// Whether it names what is the person's own: a group where they have a running seat, as what it asks for; a topic
    /// that they follow.
    pub is_own: bool,
}

/// `reasons` for who has these seats and follows these topics.
pub(super) fn owned<'r>(
    forum: &'r Forum,
    reasons: &'r [Reason],
    (seats, follows): (&'r [Seat], &'r [TermIx]),
    now: DateTime<Utc>,
) -> impl Iterator<Item = OwnedReason> + 'r {
    let running = move || seats.iter().filter(move |seat| seat.is_running(now));
    let follows = move |topic: TermIx| {
        let by_seats = running().flat_map(|seat| seat.topics.iter().chain(forum.sectors_of(seat.group)));
        follows.iter().chain(by_seats).any(|own| forum.terms.is_at_or_under(topic, *own))
    };
    reasons.iter().map(move |reason| {
        let is_own = match reason.term {
            ReasonTerm::All => false,
            ReasonTerm::Term(term) if forum.terms.term(term).facet == Facet::Sector => follows(term),
            ReasonTerm::Term(term) => running().any(|seat| seat.group == term),
            ReasonTerm::Seat(group, position) => {
                running().any(|seat| seat.group == group && seat.position == position)
            }
        };
        OwnedReason { reason: *reason, is_own }
    })
}

/// The reasons, sorted into what may be told.
#[derive(Default)]
struct Told {
    groups: Vec<String>,
    /// Whom it is for, where they are among them by a seat further down.
    above: Option<String>,
    seat: Option<String>,
    /// The group of that seat.
    seat_of: Option<String>,
    follows: Vec<String>,
    about: Vec<String>,
    chosen: bool,
}

impl Why<'_> {
    /// The line for one item, `reasons` being its own.
    pub(super) fn line(&self, digest_item: &DigestItem<'_>, reasons: &[OwnedReason]) -> String {
        let words = &self.locale.why;
        if digest_item.correction {
            return words.corrected.clone();
        }
        let mut told = Told::default();
        for owned in reasons {
            self.sort(*owned, &mut told);
        }
        // Who sits in a group follows it; saying so once is enough.
        told.follows.retain(|name| !told.groups.contains(name) && told.seat_of.as_ref() != Some(name));
        let chosen = told.chosen;
        let clauses = self.clauses(told);
        let line = if !clauses.is_empty() {
            fill(&words.because, &[("reasons", &self.locale.list(&clauses))])
        } else if chosen || digest_item.because != Because::Interest {
            match self.chooser {
                Some(name) => fill(&words.chosen_by, &[("name", name)]),
                None => words.chosen.clone(),
            }
        } else {
            words.fits.clone()
        };
        match digest_item.because {
            Because::Required => format!("{line} {}", words.required),
            _ => line,
        }
    }

    fn sort(&self, OwnedReason { reason, is_own }: OwnedReason, told: &mut Told) {
        let how = reason.how;
        told.chosen |= how == Match::Audience;
        match reason.term {
            ReasonTerm::All => {}
            ReasonTerm::Seat(..) if self.discreet => {}
            ReasonTerm::Seat(group, position) if is_own => {
                told.seat.get_or_insert_with(|| self.seat(group, position));
                told.seat_of.get_or_insert_with(|| self.name(group));
            }
            ReasonTerm::Seat(group, position) => {
                told.above.get_or_insert_with(|| self.for_those_in(group, Some(position)));
            }
            ReasonTerm::Term(term) => {
                let list = match (self.forum.terms.term(term).facet, how) {
                    (Facet::Group, _) if self.discreet => return,
                    (Facet::Group, Match::Audience) if is_own => &mut told.groups,
                    (Facet::Group, Match::Audience) => {
                        told.above.get_or_insert_with(|| self.for_those_in(term, None));
                        return;
                    }
                    (Facet::Sector, Match::Audience) if !is_own => &mut told.about,
                    (Facet::Group | Facet::Sector, Match::Audience | Match::Equal) => &mut told.follows,
                    (Facet::Group | Facet::Sector, Match::Under | Match::Above) => &mut told.about,
                    (Facet::Role | Facet::Org | Facet::KindOfOrg | Facet::Represents, _) => return,
                };
                let name = self.name(term);
                if list.len() < NAMES_MAX && !list.contains(&name) {
                    list.push(name);
                }
            }
        }
    }

    fn clauses(&self, told: Told) -> Vec<String> {
        let words = &self.locale.why;
        let list = |pattern: &str, key: &str, names: &[String]| {
            (!names.is_empty()).then(|| fill(pattern, &[(key, &self.locale.list(names))]))
        };
        let sits = told.seat.or_else(|| list(&words.sits_in, "groups", &told.groups));
        let pattern = if sits.is_some() { &words.and_follows } else { &words.follows };
        let follows = list(pattern, "topics", &told.follows);
        if sits.is_some() || follows.is_some() {
            return [sits, follows].into_iter().flatten().collect();
        }
        // What lies further off is told only where nothing nearer is.
        told.above.or_else(|| list(&words.is_about, "topics", &told.about)).into_iter().collect()
    }

    fn seat(&self, group: TermIx, position: Position) -> String {
        let words = &self.locale.why;
        let pattern = match position {
            Position::Leader => &words.leader,
            Position::Member => &words.member,
            Position::Deputy => &words.deputy,
            Position::Secretary => &words.secretary,
            Position::Observer => &words.observer,
        };
        fill(pattern, &[("group", &self.name(group))])
    }

    fn for_those_in(&self, group: TermIx, position: Option<Position>) -> String {
        let words = &self.locale.why;
        let pattern = match position {
            None => &words.for_group,
            Some(Position::Leader) => &words.for_leaders,
            Some(Position::Member) => &words.for_members,
            Some(Position::Deputy) => &words.for_deputies,
            Some(Position::Secretary) => &words.for_secretaries,
            Some(Position::Observer) => &words.for_observers,
        };
        fill(pattern, &[("group", &self.name(group))])
    }

    fn name(&self, term: TermIx) -> String {
        name_in_sentence(self.forum, term, self.language)
    }
}

/// What a term is called in the middle of a sentence: `Helse` is `helse`, `Kompetansegruppe helse` is
/// `kompetansegruppe helse`, while `IKT`, `NAV-gruppa` and `Nattvaktprosjektet` stay as they are.
pub fn name_in_sentence(forum: &Forum, term: TermIx, language: Language) -> String {
    let name = forum.name_of(term, language);
    let first_word = name.split([' ', '-']).next().unwrap_or("");
    let is_plain_word =
        first_word.chars().skip(1).all(|c| c.is_lowercase()) && first_word.chars().count() > 1;
    let is_group = forum.terms.term(term).facet == Facet::Group;
    let is_common = !is_group || is_kind_of_group(name, language);
    let name = if is_plain_word && is_common { with_small_first(name) } else { name.to_owned() };
    if is_group && language == Language::En && is_common && !name.starts_with("the ") {
        return format!("the {name}");
    }
    name
}

/// Whether a group's name says what it is ("Styringsgruppa") rather than being a proper name.
fn is_kind_of_group(name: &str, language: Language) -> bool {
    const NORWEGIAN: [&str; 11] = [
        "gruppe",
        "gruppa",
        "gruppen",
        "utvalg",
        "utvalget",
        "utval",
        "utvalet",
        "råd",
        "rådet",
        "nettverk",
        "nettverket",
    ];
    const ENGLISH: [&str; 5] = ["group", "committee", "council", "network", "team"];
    let mut words = name.split_whitespace();
    match language {
        Language::En => words.next_back().is_some_and(|w| ENGLISH.contains(&w.to_lowercase().as_str())),
        Language::Nb | Language::Nn => {
            words.next().is_some_and(|w| NORWEGIAN.iter().any(|kind| w.to_lowercase().ends_with(kind)))
        }
    }
}

fn with_small_first(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}
