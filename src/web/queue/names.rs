//! Who gets it, by name, and why; and why not somebody else.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::aside::tell_little;
use super::draft::open;
use super::form_page::{fill_in, imagine};
use super::item::find;
use super::told::Teller;
use crate::content::{Item, Visibility};
use crate::letter::name_in_sentence;
use crate::matching::{Because, Decision};
use crate::staff::Right;
use crate::web::reasons::tell_lead;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::staff::Staff;
use crate::web::templates::Content;
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
    gets: bool,
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
    let draft = open(reading.desk_draft(&staff, &id).await?);
    let effective = fill_in(&reading, &staff, &draft.form).await?;
    let people = reading.people().await?;
    let item = imagine(&people.forum, &effective.form, reading.0.now());
    let place = Page { base: format!("/desk/drafts/{id}"), q: asked.q, ..Page::default() };
    let teller = Names { reading: &reading, staff: &staff, people: &people, item: item.as_ref() };
    reading.0.desk_page(&staff, &teller.fill(place, &asked.only))
}

/// GET: the same of an item, for whoever would get it now.
pub(super) async fn show_of_item(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let item = find(&reading, &staff, &slug).await?;
    let people = reading.people().await?;
    let place = Page { base: format!("/desk/items/{slug}"), q: asked.q, ..Page::default() };
    let teller = Names { reading: &reading, staff: &staff, people: &people, item: Some(&item) };
    reading.0.desk_page(&staff, &teller.fill(place, &asked.only))
}

struct Names<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    people: &'a People,
    item: Option<&'a Item>,
}

impl Names<'_> {
    /// The page at its place, with what was looked for in `q`.
    fn fill(&self, place: Page, only: &str) -> Page {
        let (people, staff) = (self.people, self.staff);
        let all = self.reading.0.words(staff.language);
        let words = &all.queue.names;
        let reached = self.item.map(|item| people.everyone.look(&people.forum, item)).unwrap_or_default();
        let beside = Teller::new(&people.forum, staff, all);
        if let Some((title, union)) = self.item.and_then(|item| tell_little(&beside, people, item, &reached))
        {
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
        let found = (!place.q.trim().is_empty()).then(|| self.list(&words.found, &self.search(&place.q)));
        let count = reached.recipients().to_string();
        Page { title: fill(&words.title, &[("count", &count)]), found, lists, ..place }
    }

    fn list(&self, title: &str, indexes: &[usize]) -> List {
        let words = &self.reading.0.words(self.staff.language).queue.names;
        let named = indexes.iter().copied().filter(|index| self.may_name(*index)).take(LISTED);
        let people: Vec<Person> = named.map(|index| self.person(index)).collect();
        let more = indexes.len().saturating_sub(people.len());
        List {
            title: fill(title, &[("count", &indexes.len().to_string())]),
            people,
            more: (more > 0).then(|| fill(&words.more, &[("count", &more.to_string())])),
        }
    }

    /// Who writes for groups alone is told the names of their people; all others are counted.
    fn may_name(&self, index: usize) -> bool {
        self.staff.may_name(&self.people.forum, self.people.groups_of(index))
    }

    fn person(&self, index: usize) -> Person {
        let named = &self.people.named[index];
        let decision =
            self.item.and_then(|item| self.people.everyone.explain(&self.people.forum, item, index));
        Person {
            name: if named.name.is_empty() { named.email.clone() } else { named.name.clone() },
            organisation: named
                .organisation
                // A blank at some alone would mark those whom a union employs.
                .filter(|_| self.staff.may(Right::People))
                .map_or_else(String::new, |org| {
                    self.people.forum.name_of(org, self.staff.language).to_owned()
                }),
            gets: decision.as_ref().is_some_and(|decision| decision.because.delivers()),
            why: decision.map_or_else(String::new, |decision| self.tell(&decision)),
        }
    }

    /// "Følger Helse. Valgt av forumet: Kompetansegruppe helse."; or why not.
    fn tell(&self, decision: &Decision) -> String {
        let words = self.reading.0.words(self.staff.language);
        if !decision.because.delivers() {
            return self.tell_why_not(decision.because);
        }
        let reasons = decision.reasons.iter();
        let told: Vec<String> =
            reasons.map(|reason| tell_lead(words, &self.people.forum, self.staff.language, reason)).collect();
        told.join(". ")
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

    /// Those whose name or address holds every word.
    fn search(&self, q: &str) -> Vec<usize> {
        let sought: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
        let is_found = |index: &usize| {
            let named = &self.people.named[*index];
            let text = format!("{} {}", named.name, named.email).to_lowercase();
            sought.iter().all(|word| text.contains(word.as_str()))
        };
        (0..self.people.named.len()).filter(|i| self.may_name(*i)).filter(is_found).take(FOUND).collect()
    }
}
