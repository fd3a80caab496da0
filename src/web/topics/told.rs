//! A change of the forum in plain words.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::content::Item;
use crate::forum::{Facet, Forum, GroupKind, Language, Names, Term, sort_key};
use crate::intake::forum_apply::{InUse, Moved, Preview, SectorsChanged};
use crate::store::TermUses;
use crate::web::calling::call;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::{counted, fill};

/// So many items are named; the others are counted.
const ITEMS: usize = 30;
/// So many people are named of each item.
const PEOPLE: usize = 100;

/// What becomes of one item.
#[derive(Serialize)]
pub(super) struct ItemShift {
    slug: String,
    title: String,
    /// "12 får saken": empty if nobody does.
    gains: String,
    loses: String,
    /// Names, by the alphabet.
    gaining: Vec<String>,
    losing: Vec<String>,
}

/// Who tells what to whom.
pub(super) struct Telling<'a> {
    pub(super) reading: &'a Reading,
    pub(super) staff: &'a Staff,
    pub(super) shown: &'a Preview,
}

impl Telling<'_> {
    /// What is changed: its present name, or that it is new.
    pub(super) fn title(&self, facet: Facet, slug: &str) -> String {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        match self.shown.forum.terms.find(&Term::new(facet, slug)) {
            Some(_) => fill(&words.title, &[("name", &self.name(&Term::new(facet, slug)))]),
            None => words.title_new.clone(),
        }
    }

    /// What becomes different, in sentences.
    pub(super) fn lines(&self) -> Vec<String> {
        let words = self.reading.0.words(self.staff.language);
        let (own, plan) = (&words.topics.preview, &self.shown.plan);
        let named = |text: &str, term: &Term| fill(text, &[("name", &self.name(term))]);
        let mut lines: Vec<String> = plan.come.iter().map(|term| named(&own.comes, term)).collect();
        lines.extend(plan.dropped().map(|term| named(&own.goes, term)));
        for folded in &plan.folded {
            let names = [("name", self.name(&folded.term)), ("into", self.name(&folded.into))];
            let names: Vec<(&str, &str)> = names.iter().map(|(key, name)| (*key, name.as_str())).collect();
            lines.extend([&own.folds, &own.folds_marks].map(|text| fill(text, &names)));
            lines.extend(self.list_naming(&self.shown.moving));
        }
        for renamed in &plan.renamed {
            lines.extend(self.renamings(&renamed.from, &renamed.to));
        }
        lines.extend(self.moves());
        for kind in &plan.kinds {
            let said = |kind: Option<GroupKind>| {
                kind.and_then(|kind| words.topics.group_kind.get(kind.word())).cloned().unwrap_or_default()
            };
            lines.push(fill(&own.kind, &[("from", &said(kind.from)), ("to", &said(kind.to))]));
        }
        lines.extend(self.topics_of_groups());
        lines
    }

    /// What comes to lie under something else.
    fn moves(&self) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let line = |moved: &Moved| {
            let to = moved.to.as_ref().map_or_else(|| words.top.clone(), |term| self.name(term));
            fill(&words.moved, &[("name", &self.name(&moved.term)), ("to", &to)])
        };
        self.shown.plan.moved.iter().map(line).collect()
    }

    /// Which groups get other topics.
    fn topics_of_groups(&self) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let list = |terms: &[Term]| match terms {
            [] => words.none.clone(),
            some => some.iter().map(|term| self.name(term)).collect::<Vec<_>>().join(", "),
        };
        let line = |sectors: &SectorsChanged| {
            let (from, to) = (list(&sectors.from), list(&sectors.to));
            fill(&words.sectors, &[("name", &self.name(&sectors.group)), ("from", &from), ("to", &to)])
        };
        self.shown.plan.sectors.iter().map(line).collect()
    }

    fn renamings(&self, from: &Names, to: &Names) -> Vec<String> {
        let words = self.reading.0.words(self.staff.language);
        let own = &words.topics.preview;
        let line = |language: Language| {
            let (from, to) = (from.0.get(&language), to.0.get(&language));
            let said = |name: Option<&String>| name.cloned().unwrap_or_else(|| own.none.clone());
            let tongue = words.language.get(&language).cloned().unwrap_or_default();
            let values = [("language", tongue.as_str()), ("from", &said(from)), ("to", &said(to))];
            (from != to).then(|| fill(&own.renamed, &values))
        };
        Language::ALL.into_iter().filter_map(line).collect()
    }

    /// How many get more and how many less, in words.
    pub(super) fn sums(&self) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let gaining: BTreeSet<usize> =
            self.shown.shifts.iter().flat_map(|shift| shift.gains.iter().copied()).collect();
        let losing: BTreeSet<usize> =
            self.shown.shifts.iter().flat_map(|shift| shift.loses.iter().copied()).collect();
        let mut sums = Vec::new();
        sums.extend(count(gaining.len(), &words.more_one, &words.more));
        sums.extend(count(losing.len(), &words.less_one, &words.less));
        sums
    }

    /// Each item of which somebody gains or loses: what moves most people first; and how many more there are.
    pub(super) fn shifts(&self) -> (Vec<ItemShift>, String) {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let mut shifts: Vec<_> = self.shown.shifts.iter().collect();
        shifts.sort_by_key(|shift| std::cmp::Reverse(shift.gains.len() + shift.loses.len()));
        let told = shifts.iter().take(ITEMS).map(|shift| {
            let item = &self.shown.items[shift.item];
            ItemShift {
                slug: item.slug.clone(),
                title: item.text_for(self.staff.language).1.title.clone(),
                gains: count(shift.gains.len(), &words.gains_one, &words.gains).unwrap_or_default(),
                loses: count(shift.loses.len(), &words.loses_one, &words.loses).unwrap_or_default(),
                gaining: self.names(&shift.gains),
                losing: self.names(&shift.loses),
            }
        });
        let told: Vec<ItemShift> = told.collect();
        let more = count(shifts.len() - told.len(), &words.items_more_one, &words.items_more);
        (told, more.unwrap_or_default())
    }

    /// Whoever may read them; the others are counted at the end.
    fn names(&self, places: &[usize]) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let forum = &self.shown.forum;
        let recipients = places.iter().map(|place| &self.shown.recipients[*place]);
        let namable = self.staff.namable(forum);
        let named =
            recipients.filter(|r| namable.has(r.standing.seats.iter().map(|seat| seat.group))).take(PEOPLE);
        let mut names: Vec<String> = named.map(|r| call(&r.name, r.email.as_str()).to_owned()).collect();
        names.sort_by_cached_key(|name| sort_key(name));
        let more = places.len() - names.len();
        names.extend((more > 0).then(|| fill(&words.people_more, &[("count", &more.to_string())])));
        names
    }

    /// What hangs on that which would go: sentences, and the first items by slug and title.
    pub(super) fn in_the_way(&self) -> (Vec<String>, Vec<(String, String)>) {
        let lines = self.list_naming(&self.shown.in_use);
        let title = |item: &Item| item.text_for(self.staff.language).1.title.clone();
        let items = self.shown.naming.iter().map(|item| (item.slug.clone(), title(item)));
        (lines, items.collect())
    }

    /// What would become different without it besides, once nothing stands in the way: what lies under it, and the groups that
    /// have it as a topic.
    pub(super) fn besides(&self) -> Vec<String> {
        [self.moves(), self.topics_of_groups()].concat()
    }

    /// Who and what names something, counted.
    fn list_naming(&self, all: &[InUse]) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let mut lines = Vec::new();
        for in_use in all {
            if let InUse::Term { uses, items, .. } = in_use {
                lines.extend(self.uses(uses));
                lines.extend(count(items.len(), &words.used_items_one, &words.used_items));
            }
        }
        lines
    }

    fn uses(&self, uses: &TermUses) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).topics.preview;
        let counted = [
            (uses.followers, &words.followed_one, &words.followed),
            (uses.muters, &words.hidden_one, &words.hidden),
            (uses.holders, &words.held_one, &words.held),
            (uses.seats, &words.seats_one, &words.seats),
            (uses.ended_seats, &words.ended_one, &words.ended),
            (uses.seat_topics, &words.seat_topics_one, &words.seat_topics),
            (uses.writers, &words.writers_one, &words.writers),
            (uses.goals, &words.goals_one, &words.goals),
        ];
        let said = counted
            .into_iter()
            .filter_map(|(number, one, many)| count(usize::try_from(number).unwrap_or_default(), one, many));
        said.collect()
    }

    /// As it is called now, or, if it is new, as it would be.
    fn name(&self, term: &Term) -> String {
        let (forum, language): (&Forum, _) = (&self.shown.forum, self.staff.language);
        if let Some(ix) = forum.terms.find(term) {
            return forum.name_of(ix, language).to_owned();
        }
        let wanted = self.shown.file.terms.iter().find(|wanted| wanted.term == *term);
        wanted.map_or_else(
            || term.slug.clone(),
            |wanted| wanted.names.in_language(language, &term.slug).to_owned(),
        )
    }
}

/// A number in words; none for none.
fn count(number: usize, one: &str, many: &str) -> Option<String> {
    (number > 0).then(|| counted(one, many, number))
}
