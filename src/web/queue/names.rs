//! Who gets it, by name, and why; and why not somebody else.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::aside::tell_little;
use super::effective::{Draft, fill_in, imagine};
use super::item::find;
use super::told::Teller;
use super::went::{Went, numbered};
use crate::content::{Item, Visibility};
use crate::forum::Facet;
use crate::letter::name_in_sentence;
use crate::matching::{Because, Decision, Reason, ReasonTerm};
use crate::staff::Right;
use crate::web::calling::{Sought, call_discreetly};
use crate::web::paths::Path;
use crate::web::reasons::tell_lead;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading, Way};
use crate::web::staff::{Namable, Staff};
use crate::web::templates::Content;
use crate::web::unions::Discretion;
use crate::web::words::fill;

/// Names of a list; the others are counted.
const LISTED: usize = 200;
/// People that a search finds at most.
const FOUND: usize = 30;

/// Whom the address asks about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    only: String,
}

#[derive(Serialize)]
struct Person {
    name: String,
    organisation: String,
    why: String,
    /// "Får den."
    verdict: String,
}

#[derive(Serialize)]
struct List {
    title: String,
    people: Vec<Person>,
    more: Option<String>,
}

#[derive(Default, Serialize)]
struct Page {
    base: String,
    title: String,
    q: String,
    found: Option<List>,
    lists: Vec<List>,
    /// Why there are no names; empty: there are.
    union: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "queue_who.html";
}

/// GET: names.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let draft = Draft::open(reading.desk_draft(&staff, &id).await?);
    let effective = fill_in(&reading, &staff, &draft.form).await?;
    let people = reading.people().await?;
    let item = imagine(&people.forum, &effective.form, reading.0.now());
    let place = Page { base: format!("/desk/drafts/{id}"), q: asked.q, ..Page::default() };
    let item = item.as_ref();
    let namable = staff.namable(&people.forum);
    let teller = Names { reading: &reading, staff: &staff, people: &people, namable, item, went: None };
    reading.0.desk_page(&staff, &teller.fill(place, &asked.only))
}

/// GET: the same of an item: of one that is out, first to whom it went, then who gets it as well.
pub(super) async fn show_of_item(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let item = find(&reading, &staff, &slug).await?;
    let people = reading.people().await?;
    let place = Page { base: format!("/desk/items/{slug}"), q: asked.q, ..Page::default() };
    let is_out = item.number.is_some();
    let went = if is_out { Went::of(&reading, &people, &item).await? } else { None };
    let namable = staff.namable(&people.forum);
    let teller =
        Names { reading: &reading, staff: &staff, people: &people, namable, item: Some(&item), went };
    let page = match &teller.went {
        Some(went) => teller.fill_of_what_went(place, &item, went),
        None if is_out => {
            let words = &reading.0.words(staff.language).queue.went;
            Page { title: words.title.clone(), union: words.counting.clone(), q: String::new(), ..place }
        }
        None => teller.fill(place, &asked.only),
    };
    reading.0.desk_page(&staff, &page)
}

struct Names<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    people: &'a People,
    /// Who writes for groups alone is told the names of their people; all others are counted.
    namable: Namable,
    item: Option<&'a Item>,
    /// To whom it went, of what is out.
    went: Option<Went>,
}

impl Names<'_> {
    /// The page of an item that is out.
    fn fill_of_what_went(&self, place: Page, item: &Item, went: &Went) -> Page {
        let (people, all) = (self.people, self.reading.0.words(self.staff.language));
        let words = &all.queue.went;
        let title = words.title.clone();
        let teller = Teller::new(&people.forum, self.staff, all);
        if went.discretion(&teller, people) != Discretion::Open {
            return Page { title, union: all.queue.aside.union.clone(), q: String::new(), ..place };
        }
        let by_way = went.list_by_way(people);
        let of = |title: &str, way| {
            self.list_of(title, went.count(way), by_way.get(&way).map(Vec::as_slice).unwrap_or_default())
        };
        let others = went.list_others(people, &people.everyone.look(&people.forum, item));
        let mut lists = match self.may_tell_of_letters() {
            true => vec![
                of(&words.names_accepted, Way::Accepted),
                of(&words.names_unsure, Way::Unsure),
                of(&words.names_waits, Way::Waits),
            ],
            false => vec![self.list_of(&words.names_all, went.count_all(), &went.list_all(people))],
        };
        lists.push(self.list(&words.names_still, &others));
        lists.retain(|list| !list.people.is_empty() || list.more.is_some());
        Page { title, found: self.find(&place.q), lists, ..place }
    }

    /// The page at its place, with what was looked for in `q`.
    fn fill(&self, place: Page, only: &str) -> Page {
        let (people, staff) = (self.people, self.staff);
        let all = self.reading.0.words(staff.language);
        let words = &all.queue.names;
        let reached = self.item.map(|item| people.everyone.look(&people.forum, item)).unwrap_or_default();
        let beside = Teller::new(&people.forum, staff, all);
        if let Some((title, union)) = self.item.and_then(|item| tell_little(&beside, people, item)) {
            return Page { title, union, q: String::new(), ..place };
        }
        let keep = |indexes: &[usize]| -> Vec<usize> {
            indexes
                .iter()
                .copied()
                .filter(|i| only != "broad" || reached.broad.binary_search(i).is_ok())
                .collect()
        };
        let mut lists = vec![
            self.list(&words.chosen, &keep(&reached.chosen)),
            self.list(&words.interested, &keep(&reached.interested)),
        ];
        lists.retain(|list| !list.people.is_empty() || list.more.is_some());
        let title = numbered(&words.title, reached.recipients());
        Page { title, found: self.find(&place.q), lists, ..place }
    }

    /// Those who are looked for.
    fn find(&self, q: &str) -> Option<List> {
        let words = &self.reading.0.words(self.staff.language).queue.names;
        (!q.trim().is_empty()).then(|| self.list(&words.found, &self.search(q)))
    }

    fn list(&self, title: &str, indexes: &[usize]) -> List {
        self.list_of(title, indexes.len(), indexes)
    }

    /// Of `count` people those with these indexes by name, as far as who looks may know and a page holds.
    fn list_of(&self, title: &str, count: usize, indexes: &[usize]) -> List {
        let words = &self.reading.0.words(self.staff.language).queue.names;
        let named = indexes.iter().copied().filter(|index| self.may_name(*index)).take(LISTED);
        let people: Vec<Person> = named.map(|index| self.person(index)).collect();
        let more = count.saturating_sub(people.len());
        List { title: numbered(title, count), people, more: (more > 0).then(|| numbered(&words.more, more)) }
    }

    /// How far a letter came to somebody is told to who may see the letters of what was sent.
    fn may_tell_of_letters(&self) -> bool {
        self.staff.may(Right::Send)
    }

    fn may_name(&self, index: usize) -> bool {
        self.namable.has(self.people.groups_of(index))
    }

    /// Who looks may not know who works where.
    fn is_discreet(&self) -> bool {
        !self.staff.may(Right::People)
    }

    fn person(&self, index: usize) -> Person {
        let named = &self.people.named[index];
        let words = &self.reading.0.words(self.staff.language).queue;
        let way = self.went.as_ref().and_then(|went| went.way_to(self.people, index));
        let decision =
            self.item.and_then(|item| self.people.everyone.explain(&self.people.forum, item, index));
        let gets = decision.as_ref().is_some_and(|decision| decision.because.delivers());
        let (verdict, decision) = match way {
            Some(_) if !self.may_tell_of_letters() => (&words.went.verdict_any, None),
            Some(Way::Accepted) => (&words.went.verdict_accepted, None),
            Some(Way::Unsure) => (&words.went.verdict_unsure, None),
            Some(Way::Waits) => (&words.went.verdict_waits, None),
            None if gets => (&words.names.gets, decision),
            None => (&words.names.gets_not, decision),
        };
        Person {
            name: call_discreetly(&named.name, Some(&named.email), self.is_discreet()),
            organisation: named
                .organisation
                // A blank at some alone would mark those whom a union employs.
                .filter(|_| !self.is_discreet())
                .map_or_else(String::new, |org| {
                    self.people.forum.name_of(org, self.staff.language).to_owned()
                }),
            verdict: verdict.clone(),
            why: decision.map_or_else(String::new, |decision| self.tell(&decision)),
        }
    }

    /// "Følger Helse. Valgt av forumet: Kompetansegruppe helse."; or why not.
    fn tell(&self, decision: &Decision) -> String {
        let words = self.reading.0.words(self.staff.language);
        if !decision.because.delivers() {
            return self.tell_why_not(decision.because);
        }
        let reasons = decision.reasons.iter().filter(|reason| self.may_tell(reason));
        let told: Vec<String> =
            reasons.map(|reason| tell_lead(words, &self.people.forum, self.staff.language, reason)).collect();
        told.join(". ")
    }

    /// Beside a name no organisation stands as a reason either, not even as what an item is about.
    fn may_tell(&self, reason: &Reason) -> bool {
        let ReasonTerm::Term(term) = reason.term else { return true };
        let facet = self.people.forum.terms.term(term).facet;
        !self.is_discreet() || !matches!(facet, Facet::Org | Facet::KindOfOrg | Facet::Represents)
    }

    fn tell_why_not(&self, because: Because) -> String {
        let (words, forum) = (&self.reading.0.words(self.staff.language).queue, &self.people.forum);
        let topics: Vec<String> = match self.item {
            Some(item) if item.interested => {
                item.about.iter().map(|term| name_in_sentence(forum, *term, self.staff.language)).collect()
            }
            _ => Vec::new(),
        };
        match because {
            Because::Status => words.names.not_status.clone(),
            Because::Muted => words.names.not_muted.clone(),
            Because::NotEntitled => fill(&words.names.not_entitled, &[("wall", &self.tell_wall())]),
            Because::NoMatch if topics.is_empty() => words.names.not_match_plain.clone(),
            Because::NoMatch => fill(&words.names.not_match, &[("topics", &topics.join(", "))]),
            _ => words.names.not_open.clone(),
        }
    }

    fn tell_wall(&self) -> String {
        let words = &self.reading.0.words(self.staff.language).queue.more;
        let name = |group| self.people.forum.name_of(group, self.staff.language);
        match self.item.map(|item| item.visibility) {
            Some(Visibility::Group(group)) => fill(&words.see_group, &[("name", name(group))]),
            Some(Visibility::Only(group)) => name(group).to_owned(),
            Some(Visibility::Public) => words.see_public.clone(),
            Some(Visibility::Forum) | None => words.see_forum.clone(),
        }
    }

    /// Those who are called so.
    fn search(&self, q: &str) -> Vec<usize> {
        let sought = Sought::new(q, self.is_discreet());
        let is_found = |index: &usize| {
            let named = &self.people.named[*index];
            sought.finds(&named.name, &named.email)
        };
        (0..self.people.named.len()).filter(|i| self.may_name(*i)).filter(is_found).take(FOUND).collect()
    }
}
