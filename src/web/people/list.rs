//! Everybody: searched, narrowed, paged, and taken along as a sheet.

use std::borrow::Cow;

use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::forum::{Facet, Seat, Standing, Status, Term, TermIx, sort_key};
use crate::intake::people::{SHEET, SheetOwn, SheetPerson, sheet_rows};
use crate::intake::sheet::{Separator, write_csv};
use crate::staff::Reach;
use crate::web::calling::call;
use crate::web::choice::Choice;
use crate::web::paths::encode_path;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading, UnionGrounds, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::counted;

/// People of a page.
const PAGE: usize = 50;
/// People of a sheet.
const IN_A_SHEET: usize = 100_000;
/// So many organisations can be chosen from a list; of more, one searches.
const MOST_LISTED: usize = 300;

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    group: String,
    role: String,
    organisation: String,
    state: String,
    page: String,
}

/// How somebody stands, as the lead sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Letters go to them.
    Gets,
    /// Letters came back.
    Returned,
    /// They had a place and have none any more.
    Left,
    /// They get nothing: unsubscribed, or never confirmed.
    Nothing,
}

impl State {
    const ALL: [(State, &'static str); 4] = [
        (State::Gets, "gets"),
        (State::Returned, "returned"),
        (State::Left, "left"),
        (State::Nothing, "nothing"),
    ];

    /// As the account sees it. One that is bound to an organisation does not know all places of anybody, and so of nobody
    /// that they have none.
    fn of(reach: &Reach, standing: &Standing, now: DateTime<Utc>) -> State {
        let has_place = || standing.seats.iter().any(|seat| seat.ends_at.is_none_or(|end| now < end));
        let stays = || standing.admitted || standing.seats.is_empty() || has_place();
        match standing.status {
            Status::Suspended => State::Returned,
            Status::Active if State::Left.is_told_to(reach) && !stays() => State::Left,
            Status::Active => State::Gets,
            _ => State::Nothing,
        }
    }

    /// Whether the account is told of it.
    fn is_told_to(self, reach: &Reach) -> bool {
        self != State::Left || !reach.is_bound()
    }

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

#[derive(Serialize)]
struct Entry {
    id: i64,
    name: String,
    email: String,
    organisation: String,
    places: String,
    state: String,
    trouble: bool,
}

#[derive(Serialize)]
struct Page {
    q: String,
    groups: Vec<Choice>,
    roles: Vec<Choice>,
    organisations: Vec<Choice>,
    states: Vec<Choice>,
    narrowed: bool,
    people: Vec<Entry>,
    count: String,
    earlier: Option<String>,
    later: Option<String>,
    hidden: Vec<(&'static str, String)>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_list.html";
}

/// What is asked for, as terms of the forum.
struct Filter {
    words: Vec<String>,
    group: Option<TermIx>,
    role: Option<TermIx>,
    organisation: Option<TermIx>,
    /// A term that the forum does not know: nobody has it.
    hopeless: bool,
    state: String,
}

impl Filter {
    fn of(people: &People, asked: &Asked) -> Filter {
        let mut hopeless = false;
        let mut find = |facet, slug: &str| {
            let found = people.forum.terms.find(&Term::new(facet, slug));
            hopeless |= !slug.is_empty() && found.is_none();
            found
        };
        Filter {
            group: find(Facet::Group, &asked.group),
            role: find(Facet::Role, &asked.role),
            organisation: find(Facet::Org, &asked.organisation),
            hopeless,
            words: asked.q.split_whitespace().map(str::to_lowercase).collect(),
            state: asked.state.clone(),
        }
    }

    fn admits(&self, people: &People, reach: &Reach, index: usize) -> bool {
        let standing = &people.everyone.people()[index];
        if !reach.has(&people.forum, standing) {
            return false;
        }
        let (named, standing) = (&people.named[index], reach.known_of(&people.forum, standing));
        let (terms, now) = (&people.forum.terms, people.everyone.now());
        let sits_in = |group: TermIx| {
            standing.seats.iter().any(|s| s.is_running(now) && terms.is_at_or_under(s.group, group))
        };
        !self.hopeless
            && self.words.iter().all(|word| named.sought.contains(word.as_str()))
            && self.group.is_none_or(sits_in)
            && self.role.is_none_or(|role| standing.roles.iter().any(|own| terms.is_at_or_under(*own, role)))
            && self.organisation.is_none_or(|org| named.organisation == Some(org))
            && (self.state.is_empty() || State::of(reach, &standing, now).word() == self.state)
    }
}

/// Those who are found of whom the account may see.
fn select(people: &People, reach: &Reach, asked: &Asked) -> Vec<usize> {
    let filter = Filter::of(people, asked);
    people.by_name().iter().copied().filter(|index| filter.admits(people, reach, *index)).collect()
}

/// GET: the list.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let people = reading.people().await?;
    let words = &reading.0.words(staff.language).people.list;
    let found = select(&people, &staff.reach, &asked);
    let at: usize = asked.page.parse().unwrap_or(0);
    let teller = Teller { reading: &reading, staff: &staff, people: &people };
    let page = Page {
        groups: teller.tree(Facet::Group, &asked.group),
        roles: teller.tree(Facet::Role, &asked.role),
        organisations: teller.organisations(&asked.organisation),
        states: teller.states(&asked.state),
        narrowed: asked.pairs().iter().any(|(_, value)| !value.is_empty()),
        people: found.iter().skip(at.saturating_mul(PAGE)).take(PAGE).map(|i| teller.entry(*i)).collect(),
        count: counted(&words.count_one, &words.count, found.len()),
        earlier: (at > 0).then(|| asked.path(at - 1)),
        later: (found.len() > at.saturating_add(1).saturating_mul(PAGE)).then(|| asked.path(at + 1)),
        hidden: asked.pairs(),
        q: asked.q,
    };
    reading.0.desk_page(&staff, &page)
}

impl Asked {
    fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("q", self.q.trim().to_owned()),
            ("group", self.group.clone()),
            ("role", self.role.clone()),
            ("organisation", self.organisation.clone()),
            ("state", self.state.clone()),
        ]
    }

    fn path(&self, page: usize) -> String {
        let pairs = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        let query: String = pairs.map(|(name, value)| format!("{name}={}&", encode_path(&value))).collect();
        format!("/desk/people?{query}page={page}")
    }
}

struct Teller<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    people: &'a People,
}

impl Teller<'_> {
    /// What the account knows of whom the index names.
    fn standing(&self, index: usize) -> Cow<'_, Standing> {
        self.staff.reach.known_of(&self.people.forum, &self.people.everyone.people()[index])
    }

    fn name(&self, ix: TermIx) -> String {
        self.people.forum.name_of(ix, self.staff.language).to_owned()
    }

    fn tree(&self, facet: Facet, chosen: &str) -> Vec<Choice> {
        let tree = self.people.forum.list_tree(facet, self.staff.language);
        let choice = |(ix, depth): (TermIx, usize)| {
            let value = self.people.forum.terms.term(ix).slug.clone();
            Choice { chosen: value == chosen, value, label: self.name(ix), depth }
        };
        tree.into_iter().map(choice).collect()
    }

    /// Those where somebody works that the account may see; none if they are too many to choose from, but for the one that
    /// is chosen.
    fn organisations(&self, chosen: &str) -> Vec<Choice> {
        let many = self.people.kinds.len() > MOST_LISTED;
        let choice = |ix: &TermIx| {
            let value = self.people.forum.terms.term(*ix).slug.clone();
            Choice { chosen: value == chosen, value, label: self.name(*ix), depth: 0 }
        };
        let is_seen =
            |ix: &&TermIx| self.staff.reach.has_organisation(&self.people.forum.terms.term(**ix).slug);
        let mut choices: Vec<Choice> = self.people.kinds.keys().filter(is_seen).map(choice).collect();
        choices.retain(|choice| !many || choice.chosen);
        choices.sort_by_cached_key(|choice| sort_key(&choice.label));
        choices
    }

    fn states(&self, chosen: &str) -> Vec<Choice> {
        let choice = |(state, word): (State, &str)| Choice {
            value: word.to_owned(),
            label: self.state(state).to_owned(),
            depth: 0,
            chosen: word == chosen,
        };
        State::ALL.into_iter().filter(|(state, _)| state.is_told_to(&self.staff.reach)).map(choice).collect()
    }

    /// How somebody stands.
    fn state_of(&self, index: usize) -> State {
        State::of(&self.staff.reach, &self.standing(index), self.people.everyone.now())
    }

    fn state(&self, state: State) -> &str {
        let words = &self.reading.0.words(self.staff.language).people.state;
        match state {
            State::Gets => &words.gets,
            State::Returned => &words.returned,
            State::Left => &words.left,
            State::Nothing => &words.nothing,
        }
    }

    /// "Leder, Kompetansegruppe helse".
    fn places(&self, index: usize) -> Vec<String> {
        let words = &self.reading.0.words(self.staff.language).queue.position;
        let now = self.people.everyone.now();
        let standing = self.standing(index);
        let running = standing.seats.iter().filter(|seat| seat.is_running(now));
        let place = |seat: &Seat| {
            let position = words.get(&seat.position).map_or(seat.position.slug(), String::as_str);
            format!("{position}, {}", self.name(seat.group))
        };
        running.map(place).collect()
    }

    fn entry(&self, index: usize) -> Entry {
        let named = &self.people.named[index];
        let state = self.state_of(index);
        Entry {
            id: named.id.0,
            name: call(&named.name, &named.email).to_owned(),
            email: named.email.clone(),
            organisation: named.organisation.map_or_else(String::new, |org| self.name(org)),
            places: self.places(index).join(" · "),
            state: self.state(state).to_owned(),
            trouble: state != State::Gets,
        }
    }

    fn rows(&self, index: usize, grounds: &UnionGrounds) -> Vec<[String; 13]> {
        let (named, standing) = (&self.people.named[index], self.standing(index));
        let own = (!self.staff.reach.is_bound()).then(|| SheetOwn {
            admitted: standing.admitted,
            language: named.language,
            cadence: named.cadence(),
        });
        let person = SheetPerson {
            email: &named.email,
            name: &named.name,
            organisation: &named.organisation.map_or_else(String::new, |org| self.name(org)),
            standing: &standing,
            union_grounds: grounds.get(&named.id).map_or(&[], Vec::as_slice),
            own,
            state: self.state(self.state_of(index)),
        };
        sheet_rows(&self.people.forum, &person, self.people.everyone.now())
    }
}

/// POST: those who were found, as a sheet that an import reads again; the log says that it was taken.
pub(super) async fn export(
    writing: Writing,
    staff: Staff,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let people = reading.people().await?;
    let mut found = select(&people, &staff.reach, &asked);
    found.truncate(IN_A_SHEET);
    writing.note_list(&staff, found.len()).await?;
    let grounds = reading.union_grounds().await?;
    let teller = Teller { reading: &reading, staff: &staff, people: &people };
    let rows = found.iter().flat_map(|index| teller.rows(*index, &grounds));
    let text = write_csv(&SHEET, rows, Separator::of(staff.language));
    let text = text.map_err(|error| Refusal::broken(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
    ];
    Ok((headers, text).into_response())
}
