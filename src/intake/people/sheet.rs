//! People as a sheet that an import reads again: nothing edited, nothing changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::cells::cadence_of;
use crate::forum::{Cadence, Facet, Forum, Language, Standing, TermIx, UnionGround};

/// The header of the sheet.
pub const SHEET: [&str; 13] = [
    "epost",
    "navn",
    "organisasjon",
    "org",
    "type",
    "rolle",
    "grupper",
    "representerer",
    "fagforeningsgrunnlag",
    "opptak",
    "språk",
    "frekvens",
    "status",
];

/// What the forum alone knows of somebody: how they are in it, and what they chose.
#[derive(Debug, Clone, Copy)]
pub struct SheetOwn {
    /// They are in the forum without a place, too.
    pub admitted: bool,
    /// Of their letters.
    pub language: Language,
    /// How often letters go to them.
    pub cadence: Cadence,
}

/// Somebody who stands in the sheet.
#[derive(Debug, Clone, Copy)]
pub struct SheetPerson<'a> {
    /// Their address.
    pub email: &'a str,
    /// May be empty.
    pub name: &'a str,
    /// What the organisation where they work is called; empty if there is none.
    pub organisation: &'a str,
    /// Where they stand.
    pub standing: &'a Standing,
    /// On what ground they sit for unions, by the union's slug.
    pub union_grounds: &'a [(String, UnionGround)],
    /// What else is known of them; none: that is not for who takes the sheet, and its columns stay empty.
    pub own: Option<SheetOwn>,
    /// How they stand, in the reader's words: no column of ours, and an import passes it over.
    pub state: &'a str,
}

/// The rows of a person under [`SHEET`], as they stand at `now`: one for each organisation that they represent, since
/// `representerer` holds for all groups of its row.
///
/// Left out are the topics that they follow, which are theirs and told to who looks into their letters, and a cadence
/// that the forum has no times for, which no import would take.
pub fn sheet_rows(forum: &Forum, person: &SheetPerson<'_>, now: DateTime<Utc>) -> Vec<[String; 13]> {
    let slug = |ix: TermIx| forum.terms.term(ix).slug.as_str();
    let standing = person.standing;
    let works_at = |facet: Facet| {
        let term = standing.workplace.iter().find(|ix| forum.terms.term(**ix).facet == facet);
        term.map_or("", |ix| slug(*ix))
    };
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for seat in standing.seats.iter().filter(|seat| seat.is_running(now)) {
        let place = format!("{}/{}", slug(seat.group), seat.position);
        let alike = places.entry(slug(seat.represents)).or_default();
        if !alike.contains(&place) {
            alike.push(place);
        }
    }
    if places.is_empty() {
        places.insert("", Vec::new());
    }
    let organisation = works_at(Facet::Org);
    let kind = if organisation.is_empty() { "" } else { works_at(Facet::KindOfOrg) };
    let roles: Vec<&str> = standing.roles.iter().copied().map(slug).collect();
    let [admitted, language, cadence] = person.own.map_or([""; 3], |own| {
        let cadence = cadence_of(forum, own.cadence.word()).map_or("", Cadence::word);
        [if own.admitted { "ja" } else { "nei" }, own.language.tag(), cadence]
    });
    let ground_of = |represents: &str| {
        let ground = person.union_grounds.iter().find(|(union, _)| union == represents);
        ground.map_or("", |(_, ground)| ground.word())
    };
    let row = |(represents, groups): (&str, Vec<String>)| {
        [
            person.email.to_owned(),
            person.name.to_owned(),
            person.organisation.to_owned(),
            organisation.to_owned(),
            kind.to_owned(),
            roles.join("|"),
            groups.join("|"),
            represents.to_owned(),
            ground_of(represents).to_owned(),
            admitted.to_owned(),
            language.to_owned(),
            cadence.to_owned(),
            person.state.to_owned(),
        ]
    };
    places.into_iter().map(row).collect()
}
