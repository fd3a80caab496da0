//! A forum sketched in plain words: terms as strings, instants as hours from now. Both readings of
//! the rule start from it: the naive one reads it as it stands, the real one what is built from it.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use treff::content::{Audience, Fields, Importance, Item, Lane, Moment, Visibility};
use treff::forum::{
    Forum, ForumSettings, Kind, Language, Names, Position, Seat, Standing, Status, Term, TermIx, Terms,
};
use treff::ids::{ItemId, SeatId};

#[derive(Debug, Clone)]
pub struct Sketch {
    /// Every term, parents before children.
    pub terms: Vec<String>,
    pub parents: BTreeMap<String, String>,
    pub group_sectors: BTreeMap<String, Vec<String>>,
    pub people: Vec<Person>,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub status: Status,
    pub roles: Vec<String>,
    pub workplace: Vec<String>,
    pub places: Vec<Place>,
    pub admitted: bool,
    pub follows: Vec<String>,
    pub mutes: Vec<String>,
    pub muted_kinds: Vec<Kind>,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub group: String,
    pub position: Position,
    pub represents: String,
    pub starts: Option<i64>,
    pub ends: Option<i64>,
    pub topics: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Piece {
    pub kind: Kind,
    pub audience: Option<Expression>,
    pub about: Vec<String>,
    pub interested: bool,
    pub visibility: Wall,
    pub importance: Importance,
    pub release: i64,
    pub expires: Option<i64>,
    /// An event's start, a call's deadline, a request's `wanted_by`; nothing for the others.
    pub date: Option<i64>,
    /// An event's end.
    pub end: Option<i64>,
    pub group: Option<String>,
    pub numbered: Option<i64>,
    pub withdrawn: bool,
}

#[derive(Debug, Clone)]
pub enum Wall {
    Public,
    Forum,
    Group(String),
    Only(String),
}

#[derive(Debug, Clone)]
pub enum Expression {
    All,
    Term(String),
    Seat(String, Position),
    Not(Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
}

impl Expression {
    /// As a careful writer would put it, with brackets around everything.
    pub fn text(&self) -> String {
        let joined = |parts: &[Expression], word: &str| {
            let texts: Vec<_> = parts.iter().map(Expression::text).collect();
            format!("({})", texts.join(word))
        };
        match self {
            Expression::All => "all".to_owned(),
            Expression::Term(term) => term.clone(),
            Expression::Seat(group, position) => format!("{group}/{position}"),
            Expression::Not(inner) => format!("not ({})", inner.text()),
            Expression::And(parts) => joined(parts, " and "),
            Expression::Or(parts) => joined(parts, " or "),
        }
    }
}

/// The instant that stands for hour 0.
pub fn now() -> DateTime<Utc> {
    "2027-03-15T06:30:00Z".parse().unwrap()
}

fn at(hour: i64) -> DateTime<Utc> {
    now() + TimeDelta::hours(hour)
}

impl Sketch {
    pub fn forum(&self) -> Forum {
        let mut terms = Terms::default();
        for text in &self.terms {
            terms.add(text.parse::<Term>().unwrap(), Names::default());
        }
        for (child, parent) in &self.parents {
            assert!(terms.set_parent(ix(&terms, child), ix(&terms, parent)));
        }
        let sectors = |(group, sectors): (&String, &Vec<String>)| (ix(&terms, group), ixs(&terms, sectors));
        let group_sectors: HashMap<_, _> = self.group_sectors.iter().map(sectors).collect();
        Forum { settings: settings(), terms, group_sectors }
    }
}

impl Person {
    pub fn standing(&self, terms: &Terms) -> Standing {
        let seat = |place: &Place| Seat {
            id: SeatId(1),
            group: ix(terms, &place.group),
            position: place.position,
            represents: ix(terms, &place.represents),
            starts_at: place.starts.map(at),
            ends_at: place.ends.map(at),
            topics: ixs(terms, &place.topics),
        };
        Standing {
            status: self.status,
            roles: ixs(terms, &self.roles),
            workplace: ixs(terms, &self.workplace),
            seats: self.places.iter().map(seat).collect(),
            admitted: self.admitted,
            follows: ixs(terms, &self.follows),
            mutes: ixs(terms, &self.mutes),
            muted_kinds: self.muted_kinds.iter().copied().collect(),
        }
    }
}

impl Piece {
    pub fn item(&self, slug: String, terms: &Terms) -> Item {
        Item {
            id: ItemId(1),
            slug,
            public_id: String::new(),
            version: 1,
            kind: self.kind,
            audience: self.audience.as_ref().map(|e| Audience::parse(&e.text(), terms).unwrap()),
            about: ixs(terms, &self.about),
            interested: self.interested,
            visibility: match &self.visibility {
                Wall::Public => Visibility::Public,
                Wall::Forum => Visibility::Forum,
                Wall::Group(group) => Visibility::Group(ix(terms, group)),
                Wall::Only(group) => Visibility::Only(ix(terms, group)),
            },
            importance: self.importance,
            lane: Lane::Digest,
            release_at: at(self.release),
            expires_at: self.expires.map(at),
            number: self.numbered.map(|_| 1),
            numbered_at: self.numbered.map(at),
            written_at: at(self.release),
            changed_at: at(self.release),
            held: false,
            withdrawn: self.withdrawn,
            fields: self.fields(terms),
            source: None,
            contact: None,
            texts: BTreeMap::new(),
            language: Language::Nb,
            files: 0,
        }
    }

    fn fields(&self, terms: &Terms) -> Fields {
        let date = self.date.map(|hour| Moment::exact(at(hour)));
        match self.kind {
            Kind::Minutes => Fields::Minutes {
                group: self.group.as_ref().map(|g| ix(terms, g)),
                met_on: None,
                promises: Vec::new(),
            },
            Kind::Event => Fields::Event {
                starts_at: date,
                ends_at: self.end.map(|hour| Moment::exact(at(hour))),
                registration_url: None,
                gathering: false,
                changed: Default::default(),
            },
            Kind::Request => Fields::Request { wanted_by: date },
            Kind::Call => Fields::Call { deadline: date },
            _ => Fields::Plain,
        }
    }
}

fn ix(terms: &Terms, text: &str) -> TermIx {
    terms.find(&text.parse().unwrap()).unwrap()
}

fn ixs(terms: &Terms, texts: &[String]) -> Vec<TermIx> {
    texts.iter().map(|text| ix(terms, text)).collect()
}

fn settings() -> ForumSettings {
    ForumSettings {
        name: "Kompetanseforum Nordfjella".to_owned(),
        slug: "nordfjella".to_owned(),
        zone: chrono_tz::Europe::Oslo,
        language: Language::Nb,
        holidays: None,
        pause: Vec::new(),
        cadences: BTreeMap::new(),
        cap: 7,
        learning: true,
        house: Default::default(),
    }
}
