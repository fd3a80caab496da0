//! Who works for a union, or sits for one, is told to those alone who keep the people's own pages (GDPR, art. 9). Whoever
//! else writes to organisations, in a forum that has unions, is never told to whom that goes, nor how many where few tell of
//! each.

use std::collections::BTreeSet;

use crate::content::{Audience, Importance, Item, Visibility};
use crate::forum::{Facet, Forum, OrganisationKind, Term, TermIx};
use crate::insight::reach::Share;
use crate::store::OrganisationRow;

/// Fewer people than this tell of each.
pub(super) const TELLING: usize = 5;

/// Whether somebody is counted, and so few that it tells of each.
pub(super) fn is_few(count: i64) -> bool {
    usize::try_from(count).is_ok_and(|count| (1..TELLING).contains(&count))
}

/// What the slugs of roles hold that only unions give: shop stewards, `tillitsvalgt`, `hovudtillitsvald`.
const STEWARDS: [&str; 2] = ["steward", "tillitsval"];

/// The slugs of the organisations that are unions.
pub(super) struct Unions(BTreeSet<String>);

/// What may be told of whom an item reaches, the strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Discretion {
    /// Names, reasons and every count.
    Open,
    /// How many hold the organisations that are chosen, and nothing else.
    Sum(usize),
    /// That it may tell who is with a union.
    Nothing,
}

/// How many of each organisation's people get something, as whoever looks may know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// Those that stand by name.
    pub(super) shown: Vec<Share>,
    /// All others as one: so many get it, of so many.
    pub(super) others: Option<(usize, usize)>,
    /// None stands, not even as one of the others, for it would tell.
    pub(super) withheld: bool,
}

impl Folded {
    /// Every one by name.
    pub(super) fn open(shares: &[Share]) -> Folded {
        Folded { shown: shares.to_vec(), ..Folded::default() }
    }

    /// None of them.
    fn nothing() -> Folded {
        Folded { withheld: true, ..Folded::default() }
    }
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

    /// Whether whom the item goes to may tell who is with one. In a forum that has unions any organisation does, under a `not`
    /// or not, with what it is and whom somebody represents: who gets nothing where all others are chosen is with what is left,
    /// and one draft held against another leaves out anybody.
    pub(super) fn decide_on(&self, forum: &Forum, item: &Item) -> bool {
        let is_telling = |ix: TermIx| self.are_told_by(forum, ix);
        let names_organisations = || item.audience.iter().flat_map(Audience::named_terms).any(is_telling);
        self.decide_on_an_answer_to(forum, item) || names_organisations()
    }

    /// Whether somebody who got the item may be with one for that reason: it names one, under a `not` too; or it takes others
    /// away. Where others alone are chosen, who answers is with those.
    pub(super) fn decide_on_an_answer_to(&self, forum: &Forum, item: &Item) -> bool {
        self.are_named_by(forum, item) || self.may_be_left_by(forum, item)
    }

    /// Whether organisations that are none stand under a `not`: they may be all but one.
    fn may_be_left_by(&self, forum: &Forum, item: &Item) -> bool {
        let is_another = |ix: TermIx| is_of_organisations(forum, ix) && !self.have(forum.terms.term(ix));
        item.audience.iter().flat_map(Audience::terms_under_a_not).any(is_another)
    }

    /// Whether who holds the term, and who does not, may tell who is with one.
    fn are_told_by(&self, forum: &Forum, ix: TermIx) -> bool {
        self.have(forum.terms.term(ix)) || (!self.0.is_empty() && is_of_organisations(forum, ix))
    }

    /// Whether the item names one, in its audience or in what it is about.
    fn are_named_by(&self, forum: &Forum, item: &Item) -> bool {
        let named = item.audience.iter().flat_map(Audience::named_terms);
        named.chain(item.about.iter().copied()).any(|ix| self.have(forum.terms.term(ix)))
    }

    /// The shares for somebody who may not know who works for a union. Unions stand among "others", whatever the item, with
    /// the smallest other organisations: at least as many people of these, and never fewer than five. Few who get it are told by
    /// no organisation, and few among the others only with more. An item that names organisations has no shares at all, nor a
    /// number of few: none of those that are folded is counted by a draft of its own. So nothing that is subtracted, not even of
    /// the shares of many items, tells more of anybody than that they are among the others.
    pub(super) fn fold(&self, forum: &Forum, shares: &[Share]) -> Folded {
        if self.0.is_empty() {
            return Folded::open(shares);
        }
        if shares.iter().map(|share| share.reached).sum::<usize>() < TELLING {
            return Folded::nothing();
        }
        let is_theirs = |share: &Share| self.have(forum.terms.term(share.term));
        let (unions, mut shown): (Vec<Share>, Vec<Share>) = shares.iter().copied().partition(is_theirs);
        shown.sort_by_key(|share| (std::cmp::Reverse(share.of), share.term));
        let mut others = unions.iter().fold((0, 0), add);
        let (least, mut beside) = (others.1.max(TELLING), 0);
        while beside < least {
            let Some(smallest) = shown.pop() else { return Folded::nothing() };
            beside += smallest.of;
            others = add(others, &smallest);
        }
        shown
            .sort_by_key(|share| (std::cmp::Reverse(share.reached), std::cmp::Reverse(share.of), share.term));
        while (1..TELLING).contains(&others.0) {
            let Some(fewest) = shown.iter().rposition(|share| share.reached > 0) else { break };
            others = add(others, &shown.remove(fewest));
        }
        Folded { shown, others: Some(others), withheld: false }
    }

    /// The item by what it chooses alone, if it chooses by organisations and nothing else: a number of it hangs on nobody's
    /// place in a group, topics or mutes, by which a person could be told apart. None: it chooses by something else as well,
    /// takes others away, or not everybody may see it who is chosen.
    pub(super) fn chosen_alone(&self, forum: &Forum, item: &Item) -> Option<Item> {
        let audience = item.audience.as_ref()?;
        let named = audience.named_terms();
        let is_plain = !named.is_empty() && named.iter().all(|ix| self.are_told_by(forum, *ix));
        let is_wide = matches!(item.visibility, Visibility::Public | Visibility::Forum);
        (is_plain && is_wide && !self.may_be_left_by(forum, item)).then(|| Item {
            about: Vec::new(),
            interested: false,
            visibility: Visibility::Public,
            importance: Importance::Required,
            ..item.clone()
        })
    }

    /// The item as it would read if all its terms were held by everybody, and by nobody; and the same of each union's term.
    pub(super) fn list_readings(&self, forum: &Forum, item: &Item) -> Vec<Item> {
        let Some(audience) = &item.audience else { return Vec::new() };
        let named = audience.named_terms();
        let of_unions = named.iter().filter(|ix| self.have(forum.terms.term(**ix))).map(|ix| vec![*ix]);
        let read = |meant: Vec<TermIx>| {
            [Audience::All, Audience::none_of(Audience::All)].map(|reading| Item {
                audience: Some(audience.with_terms_as(&reading, &|ix| meant.contains(&ix))),
                ..item.clone()
            })
        };
        std::iter::once(named.clone()).chain(of_unions).flat_map(read).collect()
    }
}

/// Whether the term is an organisation, a kind of them or the one that somebody represents.
fn is_of_organisations(forum: &Forum, ix: TermIx) -> bool {
    matches!(forum.terms.term(ix).facet, Facet::Org | Facet::KindOfOrg | Facet::Represents)
}

/// So many get it of so many, with one organisation more.
fn add((reached, of): (usize, usize), share: &Share) -> (usize, usize) {
    (reached + share.reached, of + share.of)
}
