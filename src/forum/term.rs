//! Terms: the entries of the facets, and the trees they form.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names::{Names, is_slug};
use crate::ids::TermId;

/// What kind of thing a term speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// What a person is at home: decision-maker, specialist. A tree.
    Role,
    /// A group of the forum. A tree.
    Group,
    /// A sector. A tree.
    Sector,
    /// The organisation where a person works.
    Org,
    /// The kind of that organisation.
    KindOfOrg,
    /// The organisation that a seat represents.
    Represents,
}

impl Facet {
    /// All facets.
    pub const ALL: [Facet; 6] =
        [Facet::Role, Facet::Group, Facet::Sector, Facet::Org, Facet::KindOfOrg, Facet::Represents];

    /// The word before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Facet::Role => "role",
            Facet::Group => "group",
            Facet::Sector => "sector",
            Facet::Org => "org",
            Facet::KindOfOrg => "kind-of-org",
            Facet::Represents => "represents",
        }
    }

    /// The reverse of [`Facet::word`].
    pub fn from_word(word: &str) -> Option<Facet> {
        Facet::ALL.into_iter().find(|f| f.word() == word)
    }
}

/// The ten kinds of organisation, always there as `kind-of-org:` terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the words themselves")]
pub enum OrganisationKind {
    County,
    Municipality,
    State,
    University,
    School,
    Employers,
    Union,
    Company,
    Voluntary,
    Other,
}

impl OrganisationKind {
    /// All ten.
    pub const ALL: [OrganisationKind; 10] = [
        OrganisationKind::County,
        OrganisationKind::Municipality,
        OrganisationKind::State,
        OrganisationKind::University,
        OrganisationKind::School,
        OrganisationKind::Employers,
        OrganisationKind::Union,
        OrganisationKind::Company,
        OrganisationKind::Voluntary,
        OrganisationKind::Other,
    ];

    /// The slug of its term.
    pub const fn slug(self) -> &'static str {
        match self {
            OrganisationKind::County => "county",
            OrganisationKind::Municipality => "municipality",
            OrganisationKind::State => "state",
            OrganisationKind::University => "university",
            OrganisationKind::School => "school",
            OrganisationKind::Employers => "employers",
            OrganisationKind::Union => "union",
            OrganisationKind::Company => "company",
            OrganisationKind::Voluntary => "voluntary",
            OrganisationKind::Other => "other",
        }
    }
}

impl fmt::Display for OrganisationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for OrganisationKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.slug() == wanted).ok_or_else(|| {
            let slugs = Self::ALL.map(OrganisationKind::slug);
            format!("unknown kind of organisation \"{text}\"; the kinds are {}", slugs.join(", "))
        })
    }
}

/// A term as it is written: `sector:health`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The facet before the colon.
    pub facet: Facet,
    /// The stable slug after it.
    pub slug: String,
}

impl Term {
    /// A term of `facet` with `slug`.
    pub fn new(facet: Facet, slug: impl Into<String>) -> Term {
        Term { facet, slug: slug.into() }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.facet.word(), self.slug)
    }
}

/// Why a text is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Not of the form `facet:slug`.
    #[error("\"{0}\" is not a term; a term is written facet:slug, such as sector:health")]
    Shape(String),
    /// No such facet.
    #[error("unknown facet \"{0}\"; the facets are role, group, sector, org, kind-of-org and represents")]
    Facet(String),
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = || TermError::Shape(text.to_owned());
        let (facet, slug) = text.split_once(':').ok_or_else(shape)?;
        let facet = Facet::from_word(facet).ok_or_else(|| TermError::Facet(facet.to_owned()))?;
        if is_slug(slug) { Ok(Term::new(facet, slug)) } else { Err(shape()) }
    }
}

impl Serialize for Term {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A term's place in [`Terms`]: dense, valid only with the `Terms` that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermIx(pub u32);

impl TermIx {
    /// As an index into a list kept beside the terms.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone)]
struct Entry {
    term: Term,
    names: Names,
    parent: Option<TermIx>,
    stored: Option<TermId>,
}

/// Every term of a forum with its names and its place in its tree.
///
/// Invariant: the trees hold no circle; [`Terms::set_parent`] refuses one.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    entries: Vec<Entry>,
    by_term: HashMap<Term, TermIx>,
    by_stored: HashMap<TermId, TermIx>,
}

impl Terms {
    /// Adds a term without a parent, or finds the one that is there.
    pub fn add(&mut self, term: Term, names: Names) -> TermIx {
        if let Some(&ix) = self.by_term.get(&term) {
            return ix;
        }
        let ix = TermIx(u32::try_from(self.entries.len()).expect("fewer than 4 billion terms"));
        self.by_term.insert(term.clone(), ix);
        self.entries.push(Entry { term, names, parent: None, stored: None });
        ix
    }

    /// Puts `child` directly under `parent`; false (and nothing done) if that would close a circle.
    #[must_use]
    pub fn set_parent(&mut self, child: TermIx, parent: TermIx) -> bool {
        if self.is_at_or_under(parent, child) {
            return false;
        }
        self.entries[child.index()].parent = Some(parent);
        true
    }

    /// Tells which row keeps the term at `ix`.
    pub fn set_stored(&mut self, ix: TermIx, id: TermId) {
        self.entries[ix.index()].stored = Some(id);
        self.by_stored.insert(id, ix);
    }

    /// The row that keeps the term at `ix`; none in a forum that was never stored.
    pub fn stored(&self, ix: TermIx) -> Option<TermId> {
        self.entries[ix.index()].stored
    }

    /// The place of the term that row `id` keeps.
    pub fn find_stored(&self, id: TermId) -> Option<TermIx> {
        self.by_stored.get(&id).copied()
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All terms in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (TermIx, &Term)> {
        self.entries.iter().enumerate().map(|(i, e)| (TermIx(i as u32), &e.term))
    }

    /// The place of `term`, if the forum knows it.
    pub fn find(&self, term: &Term) -> Option<TermIx> {
        self.by_term.get(term).copied()
    }

    /// The term at `ix`.
    pub fn term(&self, ix: TermIx) -> &Term {
        &self.entries[ix.index()].term
    }

    /// The names of the term at `ix`.
    pub fn names(&self, ix: TermIx) -> &Names {
        &self.entries[ix.index()].names
    }

    /// The term directly above.
    pub fn parent(&self, ix: TermIx) -> Option<TermIx> {
        self.entries[ix.index()].parent
    }

    /// `ix` itself and everything above it, nearest first.
    pub fn at_and_above(&self, ix: TermIx) -> impl Iterator<Item = TermIx> {
        std::iter::successors(Some(ix), |&above| self.parent(above))
    }

    /// Whether `below` equals `above` or lies under it.
    pub fn is_at_or_under(&self, below: TermIx, above: TermIx) -> bool {
        self.at_and_above(below).any(|t| t == above)
    }

    /// The known term most like `text`, to be named in an error; none only if there are no terms.
    /// The slug counts most, so that `sector:nav` finds `org:nav` and `helth` finds `health`.
    pub fn nearest(&self, text: &str) -> Option<&Term> {
        let wanted = text.to_lowercase();
        let (facet, slug) = wanted.split_once(':').unwrap_or(("", &wanted));
        let likeness = |term: &Term| {
            let facets = strsim::normalized_damerau_levenshtein(facet, term.facet.word());
            strsim::normalized_damerau_levenshtein(slug, &term.slug) + facets / 4.0
        };
        self.entries
            .iter()
            .map(|e| (likeness(&e.term), &e.term))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, term)| term)
    }

    /// The slug of `facet` most like `slug`, to be named in an error; none only if the facet is empty.
    pub fn nearest_in(&self, facet: Facet, slug: &str) -> Option<&str> {
        let wanted = slug.to_lowercase();
        self.entries
            .iter()
            .filter(|e| e.term.facet == facet)
            .map(|e| (strsim::normalized_damerau_levenshtein(&wanted, &e.term.slug), e.term.slug.as_str()))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, slug)| slug)
    }
}
