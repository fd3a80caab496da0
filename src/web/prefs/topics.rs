//! The trees of topics: what each brings, what one holds by one's place, what one chose.

use serde::Serialize;

use super::owner::Owner;
use crate::feedback::brought::{Brought, HowOften, count_brought};
use crate::feedback::preferences::FACETS;
use crate::forum::{Facet, Recipient, TermIx};
use crate::letter::name_in_sentence;
use crate::matching::Profile;
use crate::web::site::Reading;
use crate::web::words::{Words, fill};

/// A tree with more topics shows the parts of a topic only when they are asked for, or marked.
const LONG: usize = 10;

/// A topic with its two independent marks.
#[derive(Serialize)]
pub(super) struct Topic {
    term: String,
    name: String,
    depth: usize,
    /// Why it comes with one's place; empty if it does not.
    held: String,
    /// How often it brings something.
    brings: String,
    follow: bool,
    mute: bool,
    had_follow: bool,
    had_mute: bool,
}

/// A topic at the top of its tree, with all that lies under it.
#[derive(Serialize)]
pub(super) struct Branch {
    topic: Topic,
    parts: Vec<Topic>,
    /// "4 deler av helse"; empty if the parts simply stand there.
    parts_label: String,
    parts_open: bool,
}

/// The topics of a facet.
#[derive(Serialize)]
pub(super) struct TopicTree {
    label: String,
    summary: String,
    open: bool,
    branches: Vec<Branch>,
}

/// What every topic of the page is told with.
struct Teller<'a> {
    owner: &'a Owner,
    shown: &'a Recipient,
    words: &'a Words,
    profile: Profile,
    brought: Brought,
}

/// Sectors, groups, roles, and whatever else carries a mark.
pub(super) fn list_trees(reading: &Reading, owner: &Owner, shown: &Recipient) -> Vec<TopicTree> {
    let profile = Profile::new(owner.forum(), &owner.recipient.standing, reading.0.now());
    let brought = count_brought(owner.forum(), &owner.library.items, &profile);
    let teller = Teller { owner, shown, words: owner.words(reading), profile, brought };
    let mut trees: Vec<TopicTree> = FACETS
        .into_iter()
        .map(|facet| {
            let terms = owner.forum().list_tree(facet, owner.language());
            teller.tree(teller.words.facet_of(facet), &terms)
        })
        .collect();
    trees.push(teller.tree(teller.words.facet_other(), &teller.list_others()));
    trees.retain(|tree| !tree.branches.is_empty());
    trees
}

impl Teller<'_> {
    fn tree(&self, label: &str, terms: &[(TermIx, usize)]) -> TopicTree {
        let is_long = terms.len() > LONG;
        let branches = terms.chunk_by(|_, below| below.1 > 0).map(|of| self.branch(of, is_long)).collect();
        let followed = terms.iter().filter(|(ix, _)| self.shown.standing.follows.contains(ix)).count();
        let words = &self.words.prefs.topics;
        let pattern = if followed == 0 { &words.summary } else { &words.summary_followed };
        let (count, followed_text) = (terms.len().to_string(), followed.to_string());
        let summary = fill(pattern, &[("count", &count), ("followed", &followed_text)]);
        let open = !is_long || terms.iter().any(|(ix, _)| self.is_marked(*ix));
        TopicTree { label: label.to_owned(), summary, open, branches }
    }

    /// `terms` begin with a topic at the top; all others lie under it.
    fn branch(&self, terms: &[(TermIx, usize)], is_long: bool) -> Branch {
        let (top, under) = (terms[0].0, &terms[1..]);
        let parts_label = if is_long && !under.is_empty() {
            let name = name_in_sentence(self.owner.forum(), top, self.owner.language());
            let words = &self.words.prefs.topics;
            let pattern = if under.len() == 1 { &words.part } else { &words.parts };
            fill(pattern, &[("count", &under.len().to_string()), ("name", &name)])
        } else {
            String::new()
        };
        Branch {
            topic: self.topic(top, 0),
            parts: under.iter().map(|(ix, depth)| self.topic(*ix, *depth)).collect(),
            parts_label,
            parts_open: under.iter().any(|(ix, _)| self.is_marked(*ix)),
        }
    }

    fn is_marked(&self, ix: TermIx) -> bool {
        let standing = &self.shown.standing;
        let own_group = !self.owner.discreet && self.profile.own_groups().contains(&ix);
        standing.follows.contains(&ix) || standing.mutes.contains(&ix) || own_group
    }

    fn topic(&self, ix: TermIx, depth: usize) -> Topic {
        let (saved, shown) = (&self.owner.recipient.standing, &self.shown.standing);
        Topic {
            term: self.owner.forum().terms.term(ix).to_string(),
            name: self.owner.forum().name_of(ix, self.owner.language()).to_owned(),
            depth: depth.min(3),
            held: self.held(ix),
            brings: self.brings(ix),
            follow: shown.follows.contains(&ix),
            mute: shown.mutes.contains(&ix),
            had_follow: saved.follows.contains(&ix),
            had_mute: saved.mutes.contains(&ix),
        }
    }

    /// Own roles are not told: a letter may be forwarded, and a role may be a union office.
    fn held(&self, ix: TermIx) -> String {
        if self.owner.discreet {
            return String::new();
        }
        if self.profile.own_groups().contains(&ix) {
            return self.words.preferences.held.clone();
        }
        let is_sector = self.owner.forum().terms.term(ix).facet == Facet::Sector;
        let is_chosen = self.owner.recipient.standing.follows.contains(&ix);
        if is_sector && !is_chosen && self.profile.followed().contains(&ix) {
            return self.words.prefs.topics.by_place.clone();
        }
        String::new()
    }

    fn brings(&self, ix: TermIx) -> String {
        let words = &self.words.prefs.topics;
        match self.brought.how_often(ix) {
            HowOften::Nothing => words.brings_nothing.clone(),
            HowOften::Seldom(1) => words.brings_one.clone(),
            HowOften::Seldom(few) => fill(&words.brings_few, &[("count", &few.to_string())]),
            HowOften::AMonth(many) => fill(&words.brings_a_month, &[("count", &many.to_string())]),
        }
    }

    /// Terms of other facets that carry a mark, from *not for me* or from the lead: else no page could undo it.
    fn list_others(&self) -> Vec<(TermIx, usize)> {
        let saved = &self.owner.recipient.standing;
        let is_other = |ix: TermIx, facet: Facet| {
            (saved.follows.contains(&ix) || saved.mutes.contains(&ix)) && !FACETS.contains(&facet)
        };
        let terms = self.owner.forum().terms.iter();
        terms.filter(|(ix, term)| is_other(*ix, term.facet)).map(|(ix, _)| (ix, 0)).collect()
    }
}
