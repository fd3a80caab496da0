//! Who works for a union, or sits for one, is told to those alone who keep the people's own pages (GDPR, art. 9). Whoever
//! else writes to unions is told that it goes to them: never to whom, nor how many where so few tell of each.

use std::collections::BTreeSet;

use crate::content::{Audience, Item};
use crate::forum::{Facet, Forum, OrganisationKind, Term, TermIx};
use crate::store::OrganisationRow;

/// Fewer people than this tell of each.
pub(super) const TELLING: usize = 5;

/// What the slugs of roles hold that only unions give: shop stewards, `tillitsvalgt`, `hovudtillitsvald`.
const STEWARDS: [&str; 2] = ["steward", "tillitsval"];

/// The slugs of the organisations that are unions.
pub(super) struct Unions(BTreeSet<String>);

/// What may be told of whom an item reaches, the strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Discretion {
    /// Names, reasons and every count.
    Open,
    /// How many in all, and nothing else.
    Sum,
    /// That it is for unions.
    Nothing,
}

impl Unions {
    /// Those among all organisations.
    pub(super) fn among(organisations: &[OrganisationRow]) -> Unions {
        let unions = organisations.iter().filter(|row| row.kind == OrganisationKind::Union.slug());
        Unions(unions.map(|row| row.slug.clone()).collect())
    }

    /// Whether the term is a union's, their kind's, or the role of a shop steward.
    pub(super) fn have(&self, term: &Term) -> bool {
        match term.facet {
            Facet::Org | Facet::Represents => self.0.contains(&term.slug),
            Facet::KindOfOrg => term.slug == OrganisationKind::Union.slug(),
            Facet::Role => STEWARDS.iter().any(|stem| term.slug.contains(stem)),
            Facet::Group | Facet::Sector => false,
        }
    }

    /// Whether whom the item goes to may tell who is with one: it names one, under a `not` too; or it takes others away, for
    /// whom nobody takes away is with what is left.
    pub(super) fn decide_on(&self, forum: &Forum, item: &Item) -> bool {
        self.are_named_by(forum, item) || self.may_be_left_by(forum, item)
    }

    /// Whether organisations that are none stand under a `not`: they may be all but one.
    pub(super) fn may_be_left_by(&self, forum: &Forum, item: &Item) -> bool {
        let is_another = |ix: TermIx| {
            let term = forum.terms.term(ix);
            matches!(term.facet, Facet::Org | Facet::KindOfOrg | Facet::Represents) && !self.have(term)
        };
        item.audience.iter().flat_map(Audience::terms_under_a_not).any(is_another)
    }

    /// Whether the item names one, in its audience or in what it is about.
    pub(super) fn are_named_by(&self, forum: &Forum, item: &Item) -> bool {
        let named = item.audience.iter().flat_map(Audience::named_terms);
        named.chain(item.about.iter().copied()).any(|ix| self.have(forum.terms.term(ix)))
    }

    /// The item as if nobody had to do with a union.
    pub(super) fn left_out_of(&self, forum: &Forum, item: &Item) -> Item {
        let is_theirs = |ix| self.have(forum.terms.term(ix));
        Item {
            audience: item.audience.as_ref().map(|audience| audience.if_nobody_held(&is_theirs)),
            about: item.about.iter().copied().filter(|ix| !is_theirs(*ix)).collect(),
            ..item.clone()
        }
    }
}
