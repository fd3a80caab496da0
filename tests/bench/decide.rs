//! Deciding a million recipients times 500 items to each one's best seven, on one thread, in memory;
//! beside it the evaluator that decides one pair at a time, on a sample.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use treff::content::{Audience, Fields, Importance, Item, Lane, Moment, Visibility};
use treff::edition::rank;
use treff::forum::{
    Facet, Forum, ForumSettings, Kind, KindSet, Language, Names, OrganisationKind, Position, Seat, Standing,
    Status, Term, TermIx, Terms,
};
use treff::ids::{ItemId, SeatId};
use treff::matching::bulk::{Crowd, Grade, Tops};
use treff::matching::{Profile, Release, evaluate};

use crate::figures::{Figures, ROUNDS, print_row, rest, time};

const RECIPIENTS: usize = 1_000_000;
const ITEMS: usize = 500;
/// Every so many-th recipient is in the evaluator's sample.
const SAMPLE_STEP: usize = 2_000;

/// Facets with the number of their terms, and how many terms share a parent (0: no tree).
const FACETS: [(Facet, usize, usize); 5] = [
    (Facet::Role, 40, 5),
    (Facet::Group, 300, 4),
    (Facet::Sector, 60, 5),
    (Facet::Org, 2_000, 0),
    (Facet::Represents, 2_000, 0),
];

/// Measures and prints the family.
pub fn measure() {
    let country = Country::new();
    let people = || (0..RECIPIENTS).map(|i| country.standing(i));
    let (gathered, crowd) = time(|| Crowd::gather(&country.forum, people(), now()));
    let (made, _) = time(|| people().fold(0, |sum, standing| sum + standing.follows.len()));
    let items = country.list_items();
    let got: usize = items.iter().map(|i| count_delivered(&country.forum, &crowd, i)).sum();
    let sample: Vec<(usize, Standing)> =
        (0..RECIPIENTS).step_by(SAMPLE_STEP).map(|i| (i, country.standing(i))).collect();

    let (mut bulk, mut single) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (seconds, tops) = time(|| list_tops(&country.forum, &crowd, &items));
        bulk.push(seconds);
        let (seconds, expected) = time(|| list_tops_singly(&country.forum, &sample, &items));
        single.push(seconds * (RECIPIENTS / sample.len()) as f64);
        for ((index, _), expected) in sample.iter().zip(&expected) {
            assert_eq!(tops.of(*index), expected, "recipient {index}");
        }
        rest();
    }
    let reached = format!(
        "{}, {} of 500 matching each recipient;\n    one pair at a time takes {} times as long (sample of {}, same answers)",
        Figures::of(bulk.clone()).written(3, " s"),
        got / RECIPIENTS,
        Figures::ratios(&single, &bulk).written(0, ""),
        sample.len(),
    );
    print_row(
        "decide 1,000,000 recipients x 500 items to the top 7, in memory, one thread",
        "0.4 s",
        &reached,
    );
    let seconds = format!("{:.2} s", gathered - made);
    print_row("    before that, once: gather their standings into columns", "none", &seconds);
}

fn list_tops(forum: &Forum, crowd: &Crowd, items: &[Item]) -> Tops {
    crowd.list_tops(forum, items, 7, Release::ByTime, |item: usize, grade: Grade| {
        rank::reason_points(Some(grade.best), grade.reasons)
            + rank::item_points(&items[item], now())
            + rank::minutes_points(grade.own_minutes)
    })
}

fn count_delivered(forum: &Forum, crowd: &Crowd, item: &Item) -> usize {
    crowd.decide(forum, item, Release::ByTime).count_delivered()
}

fn list_tops_singly(forum: &Forum, sample: &[(usize, Standing)], items: &[Item]) -> Vec<Vec<u32>> {
    let decide = |(_, standing): &(usize, Standing)| {
        let profile = Profile::new(forum, standing, now());
        let mut ranked: Vec<(i64, u32)> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let decision = evaluate(forum, item, &profile, Release::ByTime);
            if decision.because.delivers() {
                let points = rank::points(item, &decision.reasons, profile.own_groups(), now(), 0, 0);
                ranked.push((-points, i as u32));
            }
        }
        ranked.sort_unstable();
        ranked.into_iter().take(7).map(|(_, item)| item).collect()
    };
    sample.iter().map(decide).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_805_000_000, 0).expect("an instant in 2027")
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

/// An invented country's forums.
struct Country {
    forum: Forum,
    kinds: Vec<TermIx>,
    facets: HashMap<Facet, Vec<TermIx>>,
}

impl Country {
    fn new() -> Country {
        let mut terms = Terms::default();
        let mut facets = HashMap::new();
        for (facet, count, siblings) in FACETS {
            let mut own: Vec<TermIx> = Vec::new();
            for i in 0..count {
                let ix = terms.add(Term::new(facet, format!("t{i}")), Names::default());
                if siblings > 0 && i >= siblings {
                    assert!(terms.set_parent(ix, own[i / siblings - 1]));
                }
                own.push(ix);
            }
            facets.insert(facet, own);
        }
        let kind = |slug: &str| terms.add(Term::new(Facet::KindOfOrg, slug), Names::default());
        let kinds = OrganisationKind::ALL.map(OrganisationKind::slug).map(kind).to_vec();
        let sectors = &facets[&Facet::Sector];
        let groups = facets[&Facet::Group].iter().enumerate();
        let group_sectors = groups.map(|(i, group)| (*group, vec![sectors[i % sectors.len()]])).collect();
        Country { forum: Forum { settings: settings(), terms, group_sectors }, kinds, facets }
    }

    fn any(&self, facet: Facet, dice: &mut Dice) -> TermIx {
        let terms = &self.facets[&facet];
        terms[dice.roll(terms.len())]
    }

    /// Some six rows each: a role, an employer and its kind, often a seat, one to three followed terms, few mutes.
    fn standing(&self, recipient: usize) -> Standing {
        let mut dice = Dice(recipient as u64);
        let dice = &mut dice;
        let employer = dice.roll(2_000);
        let seats = usize::from(dice.chance(40)) + usize::from(dice.chance(10));
        Standing {
            status: if dice.chance(97) { Status::Active } else { Status::Unsubscribed },
            roles: vec![self.any(Facet::Role, dice)],
            workplace: vec![self.facets[&Facet::Org][employer], self.kinds[employer % self.kinds.len()]],
            seats: (0..seats).map(|_| self.seat(employer, dice)).collect(),
            admitted: dice.chance(50),
            follows: (0..=dice.roll(3)).map(|_| self.any(Facet::Sector, dice)).collect(),
            mutes: if dice.chance(5) { vec![self.any(Facet::Sector, dice)] } else { Vec::new() },
            muted_kinds: if dice.chance(5) { KindSet::from_iter([Kind::Tip]) } else { KindSet::default() },
        }
    }

    fn seat(&self, employer: usize, dice: &mut Dice) -> Seat {
        Seat {
            id: SeatId(1),
            group: self.any(Facet::Group, dice),
            position: Position::ALL[dice.roll(5)],
            represents: self.facets[&Facet::Represents][employer],
            starts_at: None,
            ends_at: None,
            topics: Vec::new(),
        }
    }

    /// In the order in which equal points go.
    fn list_items(&self) -> Vec<Item> {
        let mut items: Vec<Item> = (0..ITEMS).map(|i| self.item(i)).collect();
        items.sort_by(rank::order_of_equals);
        items
    }

    fn item(&self, number: usize) -> Item {
        let mut dice = Dice(1_000_000_007 + number as u64);
        let dice = &mut dice;
        let kind = Kind::ALL[dice.roll(8)];
        Item {
            id: ItemId(number as i64),
            slug: format!("sak-{number:03}"),
            public_id: String::new(),
            version: 1,
            kind,
            audience: self.audience(dice),
            about: (0..=dice.roll(2)).map(|_| self.any(Facet::Sector, dice)).collect(),
            interested: dice.chance(90),
            visibility: match dice.roll(10) {
                0..6 => Visibility::Public,
                6..9 => Visibility::Forum,
                _ => Visibility::Group(self.any(Facet::Group, dice)),
            },
            importance: match dice.roll(20) {
                0 => Importance::Required,
                1..4 => Importance::Background,
                _ => Importance::Normal,
            },
            lane: Lane::Digest,
            release_at: now() - TimeDelta::hours(number as i64 % 168),
            expires_at: None,
            number: Some(number as i64),
            numbered_at: Some(now()),
            written_at: now(),
            changed_at: now(),
            held: false,
            withdrawn: false,
            fields: self.fields(kind, dice),
            source: None,
            contact: None,
            texts: BTreeMap::new(),
            language: Language::Nb,
            files: 0,
        }
    }

    fn audience(&self, dice: &mut Dice) -> Option<Audience> {
        let mut term = |facet| self.forum.terms.term(self.any(facet, dice)).to_string();
        let (group, other, role, org) =
            (term(Facet::Group), term(Facet::Group), term(Facet::Role), term(Facet::Org));
        let kind = self.forum.terms.term(self.kinds[dice.roll(self.kinds.len())]);
        let text = match dice.roll(10) {
            0..4 => format!("{group} or {role} and {kind} and not {org}"),
            4..6 => format!("{group}/leader or {other}"),
            6 => role,
            7 => format!("({role} or {kind}) and not {group}"),
            _ => return None,
        };
        Some(Audience::parse(&text, &self.forum.terms).expect("an audience"))
    }

    fn fields(&self, kind: Kind, dice: &mut Dice) -> Fields {
        let soon = Some(Moment::exact(now() + TimeDelta::days(1 + dice.roll(40) as i64)));
        match kind {
            Kind::Minutes => Fields::Minutes {
                group: Some(self.any(Facet::Group, dice)),
                met_on: None,
                promises: Vec::new(),
            },
            Kind::Event => Fields::Event {
                starts_at: soon,
                ends_at: None,
                registration_url: None,
                gathering: false,
                changed: Default::default(),
            },
            Kind::Request => Fields::Request { wanted_by: soon },
            Kind::Call => Fields::Call { deadline: soon },
            _ => Fields::Plain,
        }
    }
}

fn settings() -> ForumSettings {
    ForumSettings {
        name: "Landet".to_owned(),
        slug: "landet".to_owned(),
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
