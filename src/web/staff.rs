//! Who comes to the desk: their account, what it may do, and whose people they see.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::needs::Need;
use super::refusal::{Refusal, Why};
use crate::forum::{Facet, Forum, Language, Term, TermIx};
use crate::ids::{AccountId, ItemId};
use crate::staff::{Reach, Right, Rights};

/// Somebody who works at the desk, on a page whose right they have.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    /// The forum.
    pub(super) forum: Arc<Forum>,
    /// Who.
    pub(super) account: AccountId,
    /// Their address.
    pub(super) email: String,
    /// As they are called.
    pub(super) name: String,
    /// What they may do.
    pub(super) rights: Rights,
    /// Whose people they see.
    pub(super) reach: Reach,
    /// Slugs of the groups that they write for.
    pub(super) groups: Vec<String>,
    /// Items that came of drafts they wrote something of: known of who writes for groups alone, who would not see them otherwise.
    pub(super) written: Arc<HashSet<ItemId>>,
    /// What the desk speaks to them.
    pub(super) language: Language,
    /// The browser's session.
    pub(super) session: i64,
    /// Whether the account has a second factor.
    pub(super) has_second: bool,
    /// Whether it was given in this browser.
    pub(super) proved: bool,
    /// The page that they asked for, with its query; after a form the first page.
    pub(super) here: String,
    /// Where they are: the path of the page or the form.
    pub(super) path: String,
}

impl Staff {
    /// Whether they have what a page needs.
    pub(super) fn meets(&self, need: Need) -> bool {
        need.is_met_by(&self.rights, &self.reach)
    }

    /// Whether they have a right.
    pub(super) fn may(&self, right: Right) -> bool {
        self.rights.have(right)
    }

    /// That a page is not for them, and who can do something about it.
    pub(super) fn turn_away(&self) -> Refusal {
        let why = if self.reach.is_bound() { Why::Bound } else { Why::NoRight };
        Refusal::from(why).in_language(self.language)
    }

    /// That there is no such thing, or none that is theirs to see: the two are told alike.
    pub(super) fn nothing_there(&self) -> Refusal {
        Refusal::from(Why::NotFound).in_language(self.language)
    }

    /// The page that they have to pass before one that needs `need`; none if nothing is left to prove.
    pub(super) fn first_before(&self, need: Need) -> Option<&'static str> {
        match need {
            Need::Session => None,
            Need::Within(need) => self.first_before(*need),
            _ if self.has_second && !self.proved => Some("/desk/code"),
            Need::Setup => None,
            _ => (!self.is_proved()).then_some("/desk/second-factor"),
        }
    }

    /// Whether nothing is left to prove.
    pub(super) fn is_proved(&self) -> bool {
        self.proved || !(self.has_second || self.rights.need_second_factor())
    }

    /// Whether they write for the groups that they lead and no others: then an item of theirs has such a group as
    /// audience and visibility (DESIGN, section 6). Who may send writes for the forum.
    pub(super) fn writes_for_groups_only(&self) -> bool {
        !self.groups.is_empty() && !self.may(Right::Send)
    }

    /// The same, told apart which groups are theirs by the terms of `forum`: that of the items they are shown.
    pub(super) fn among(&self, forum: &Arc<Forum>) -> Staff {
        Staff { forum: forum.clone(), ..self.clone() }
    }

    /// Whether the group with this slug is theirs to write for, or every group is.
    pub(super) fn works_for_group(&self, slug: &str) -> bool {
        !self.writes_for_groups_only() || self.groups.iter().any(|own| own == slug)
    }

    /// Whose names they may read, by the terms of `forum`: who writes for groups alone is told the names of those groups'
    /// people; all others are counted.
    pub(super) fn namable(&self, forum: &Forum) -> Namable {
        if !self.writes_for_groups_only() {
            return Namable { groups: None };
        }
        let find = |slug: &String| forum.terms.find(&Term::new(Facet::Group, slug.as_str()));
        let led: Vec<TermIx> = self.groups.iter().filter_map(find).collect();
        let is_theirs = |ix: &TermIx| led.iter().any(|own| forum.terms.is_at_or_under(*ix, *own));
        Namable { groups: Some(forum.terms.iter().map(|(ix, _)| ix).filter(is_theirs).collect()) }
    }

    /// What the log calls them: never an address.
    pub(super) fn actor(&self) -> String {
        format!("account:{}", self.account)
    }
}

/// Whose names somebody at the desk may read. Looked up once: a page asks it of everybody.
#[derive(Debug)]
pub(super) struct Namable {
    /// Those of who sits in one of these groups; none: everybody's.
    groups: Option<HashSet<TermIx>>,
}

impl Namable {
    /// Whether the name of somebody who sits in these groups may be read.
    pub(super) fn has(&self, groups: impl IntoIterator<Item = TermIx>) -> bool {
        self.groups.as_ref().is_none_or(|own| groups.into_iter().any(|group| own.contains(&group)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Refusal;

    /// There is one only behind the check (see [`super::admission`]): a handler that stands elsewhere shows nothing.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Staff>().cloned().ok_or(Why::NotFound.into())
    }
}
