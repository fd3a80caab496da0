//! Whom a coming mailing brings a letter, and what stands in it; whom it passes over, and why.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::causes::Passed;
use super::told::find;
use crate::pipeline::{Fate, Outlook, OutlookItem, OutlookPerson, Without};
use crate::staff::Right;
use crate::web::calling::{Sought, call_discreetly};
use crate::web::paths::Path;
use crate::web::paths::encode_path;
use crate::web::queue::rights::may_see;
use crate::web::refusal::Refusal;
use crate::web::scripted::let_script_run_if;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, counted, fill};

/// People of a page.
const PAGE_PEOPLE: usize = 50;

/// Whom the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    only: String,
    page: String,
}

#[derive(Serialize)]
struct Person {
    name: String,
    /// Their letter's page, which writes down that somebody looks; empty: what they get stands here, or is not for who looks.
    path: String,
    organisation: String,
    items: Vec<String>,
    left_over: Vec<String>,
    why: String,
}

#[derive(Serialize)]
struct Page {
    base: String,
    up: String,
    when: String,
    title: String,
    q: String,
    only: String,
    counting: bool,
    count: String,
    /// Why there are no names; empty: there are.
    union: String,
    /// Somebody is looked for: they are named, and what they get stands on their letter's page.
    sought: bool,
    people: Vec<Person>,
    others: Option<String>,
    later: Option<String>,
    earlier: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_people.html";
}

/// GET: names.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(cadence): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (cadence, at) = find(&staff, &reading.coming_editions().await?, &cadence)?;
    let words = reading.0.words(staff.language);
    let outlook = reading.outlook(cadence, at).await?.value;
    let up = format!("/desk/mailing/next/{}", cadence.word());
    let mut page = Page {
        base: format!("{up}/people"),
        up,
        when: reading.0.pen(&staff.forum, staff.language).instant(at),
        title: title(words, &asked.only).clone(),
        counting: outlook.is_none(),
        count: String::new(),
        union: String::new(),
        sought: !asked.q.trim().is_empty(),
        people: Vec::new(),
        others: None,
        later: None,
        earlier: None,
        q: asked.q.clone(),
        only: asked.only.clone(),
    };
    if let Some(outlook) = outlook.as_ref().and_then(|outlook| outlook.as_ref().as_ref()) {
        let staff = &Staff { forum: outlook.forum.clone(), ..staff.clone() };
        // An item by organisations beside a name, or a letter for its sake alone, tells who is with a union.
        let items = outlook.items.iter().map(|own| &own.item);
        if !staff.may(Right::People) && !reading.by_unions(&outlook.forum, items).await?.is_empty() {
            page.union = words.mailing.people.union.clone();
        } else {
            fill_in(&mut page, &Told { reading: &reading, staff, words, outlook }, &asked);
        }
    }
    let counting = page.counting;
    Ok(let_script_run_if(reading.0.desk_page(&staff, &page)?, counting))
}

fn title<'a>(words: &'a Words, only: &str) -> &'a String {
    let own = &words.mailing.people;
    match (only, Passed::from_word(only)) {
        (_, Some(passed)) => passed.label(words),
        ("letter", _) => &own.title_letter,
        ("over", _) => &own.title_over,
        ("without", _) => &own.title_without,
        _ => &own.title,
    }
}

fn fill_in(page: &mut Page, told: &Told<'_>, asked: &Asked) {
    let words = &told.words.mailing.people;
    let at = usize::from(asked.page.parse::<u16>().unwrap_or(0));
    let asked_for = told.outlook.people.iter().filter(|person| is_asked_for(&person.fate, &asked.only));
    let (mut seen, mut found, mut others) = (Vec::new(), 0, 0);
    let sought = Sought::new(&asked.q, !told.staff.may(Right::People));
    let namable = told.staff.namable(&told.outlook.forum);
    for person in asked_for {
        if !namable.has(person.groups.iter().copied()) {
            others += 1;
        } else if sought.finds(&person.name, &person.email) {
            if found / PAGE_PEOPLE == at {
                seen.push(if page.sought { told.named(person) } else { told.person(person) });
            }
            found += 1;
        }
    }
    let path = |at: usize| {
        let (q, only) = (encode_path(&asked.q), encode_path(&asked.only));
        format!("{}?q={q}&only={only}&page={at}", page.base)
    };
    page.later = (found > (at + 1) * PAGE_PEOPLE).then(|| path(at + 1));
    page.earlier = (at > 0).then(|| path(at - 1));
    page.count = counted(&words.count_one, &words.count, found);
    page.others = (others > 0).then(|| counted(&words.others_one, &words.others, others));
    page.people = seen;
}

fn is_asked_for(fate: &Fate, only: &str) -> bool {
    match (only, fate) {
        ("letter", fate) => matches!(fate, Fate::Letter { .. }),
        ("over", fate) => matches!(fate, Fate::Letter { left_over, .. } if !left_over.is_empty()),
        ("without", fate) => matches!(fate, Fate::Without(_)),
        ("", _) => true,
        (word, Fate::Without(without)) => Passed::of(*without).word() == word,
        (_, Fate::Letter { .. }) => false,
    }
}

/// Tells of people to who looks.
struct Told<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    words: &'a Words,
    outlook: &'a Outlook,
}

impl Told<'_> {
    /// By name alone: a look into one person's letter is written down.
    fn named(&self, person: &OutlookPerson) -> Person {
        let may_look = self.staff.may(Right::Send);
        Person {
            path: if may_look { format!("/desk/mailing/letter/{}", person.id) } else { String::new() },
            items: Vec::new(),
            left_over: Vec::new(),
            why: String::new(),
            ..self.person(person)
        }
    }

    fn person(&self, person: &OutlookPerson) -> Person {
        let (items, left_over, why) = match &person.fate {
            Fate::Letter { items, left_over } => (self.titles(items), self.titles(left_over), String::new()),
            Fate::Without(without) => (Vec::new(), Vec::new(), self.why(*without)),
        };
        // A blank at some alone would mark those whom a union employs.
        let discreet = !self.staff.may(Right::People);
        let organisation = person.workplace.filter(|_| !discreet);
        let name = |org| self.outlook.forum.name_of(org, self.staff.language).to_owned();
        Person {
            name: call_discreetly(&person.name, Some(&person.email), discreet),
            path: String::new(),
            organisation: organisation.map_or_else(String::new, name),
            items,
            left_over,
            why,
        }
    }

    /// Titles in sending order; what goes to other groups than one's own is counted.
    fn titles(&self, indexes: &[u32]) -> Vec<String> {
        let items = indexes.iter().filter_map(|index| self.outlook.items.get(*index as usize));
        let (seen, hidden): (Vec<_>, Vec<_>) = items.partition(|own| may_see(self.staff, &own.item));
        let title = |own: &&OutlookItem| own.item.text_for(self.staff.language).1.title.clone();
        let mut titles: Vec<String> = seen.iter().map(title).collect();
        let words = &self.words.mailing.next;
        let hidden = hidden.len();
        titles.extend((hidden > 0).then(|| counted(&words.others_one, &words.others, hidden)));
        titles
    }

    fn why(&self, without: Without) -> String {
        match without {
            Without::Pausing(until) => {
                let pen = self.reading.0.pen(&self.outlook.forum, self.staff.language);
                let day = pen.weekday_and_local_day(until);
                fill(&self.words.mailing.without.pausing_until, &[("day", &day)])
            }
            other => Passed::of(other).label(self.words).clone(),
        }
    }
}
