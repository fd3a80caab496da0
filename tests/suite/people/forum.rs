//! A small forum to import into, and its people in readable lines.

use chrono::{DateTime, Utc};
use treff::forum::{Forum, Recipient};
use treff::intake::people::{Import, ImportReport, PeopleFileError, import_people, read_people_file};
use treff::store::{Arg, One, Store};
use treff::token::Keys;
use treff::world;

use crate::harness::Database;

pub fn now() -> DateTime<Utc> {
    "2027-03-08T08:00:00Z".parse().unwrap()
}

/// A forum with two roles, two nested groups and three sectors, and nobody in it.
pub struct Place {
    pub db: Database,
    pub keys: Keys,
}

const TERMS: [(&str, &str, Option<&str>, &str); 8] = [
    ("role", "specialist", None, r#"{"nb":"Fagperson"}"#),
    ("role", "decision-maker", None, r#"{"nb":"Beslutningstaker","en":"Decision-maker"}"#),
    ("group", "health", None, r#"{"nb":"Kompetansegruppe helse"}"#),
    ("group", "health-night", Some("health"), r#"{"nb":"Nattvaktprosjektet"}"#),
    ("group", "steering", None, r#"{"nb":"Styringsgruppa"}"#),
    ("sector", "health", None, r#"{"nb":"Helse","nn":"Helse","en":"Health"}"#),
    ("sector", "industry", None, r#"{"nb":"Industri"}"#),
    ("sector", "process", Some("industry"), r#"{"nb":"Prosessindustri"}"#),
];

impl Place {
    pub async fn on(db: Database) -> Place {
        let mut tx = db.store.begin().await.unwrap();
        let cadences = r#"{"daily":"0 30 7 * * Mon-Fri","weekly":"0 30 7 * * Mon"}"#;
        tx.run(
            "INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number,
                                last_number, created_at, applied_at)
             VALUES (1, 'nordfjella', 'Nordfjella', 'Europe/Oslo', 'nb', '[]', $1, 7, 0, 0, 0, 0)",
            vec![cadences.into()],
        )
        .await
        .unwrap();
        for (facet, slug, parent, names) in TERMS {
            let args: Vec<Arg> = vec![facet.into(), slug.into(), parent.into(), names.into()];
            let sql = "INSERT INTO term (facet, slug, parent_id, names)
                       VALUES ($1, $2, (SELECT id FROM term WHERE facet = $1 AND slug = $3), $4)";
            tx.run(sql, args).await.unwrap();
        }
        tx.commit().await.unwrap();
        Place { db, keys: Keys::new(vec![(1, [7; 32])]) }
    }

    pub fn store(&self) -> &Store {
        &self.db.store
    }

    pub async fn forum(&self) -> Forum {
        world::load_forum(self.store()).await.unwrap()
    }

    pub async fn import(&self, file: impl AsRef<[u8]>) -> ImportReport {
        self.import_as(file.as_ref(), "deltakere.csv", false).await.unwrap()
    }

    pub async fn try_import(&self, file: impl AsRef<[u8]>) -> ImportReport {
        self.import_as(file.as_ref(), "deltakere.csv", true).await.unwrap()
    }

    pub async fn import_as(
        &self,
        file: &[u8],
        name: &str,
        dry_run: bool,
    ) -> Result<ImportReport, PeopleFileError> {
        let file = read_people_file(file)?;
        let forum = self.forum().await;
        let import = Import {
            forum: &forum,
            keys: Some(&self.keys),
            file: name,
            source: None,
            actor: "command",
            now: now(),
            dry_run,
            public_id: &|| hex::encode(treff::clock::random_bytes::<16>()),
            progress: &|_, _| {},
        };
        Ok(import_people(self.store(), &file, &import).await.unwrap())
    }

    /// Everyone, a line each, by address.
    pub async fn people(&self) -> Vec<String> {
        let forum = self.forum().await;
        let mut people = world::load_recipients(self.store(), &forum).await.unwrap();
        people.sort_by(|a, b| a.email.cmp(&b.email));
        people.iter().map(|person| line_of(&forum, person)).collect()
    }

    /// The only recipient.
    pub async fn person(&self) -> Recipient {
        let forum = self.forum().await;
        let mut people = world::load_recipients(self.store(), &forum).await.unwrap();
        assert_eq!(people.len(), 1);
        people.remove(0)
    }

    /// Every organisation: slug, name, kind.
    pub async fn organisations(&self) -> Vec<String> {
        let all = self.store().list_organisations().await.unwrap();
        all.into_iter().map(|o| format!("{}: {} ({})", o.slug, o.name, o.kind)).collect()
    }

    pub async fn run(&self, sql: &'static str) {
        let mut tx = self.store().begin().await.unwrap();
        tx.run(sql, Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut tx = self.store().begin().await.unwrap();
        let One(number) = tx.get(sql, Vec::new()).await.unwrap();
        number
    }

    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        let mut tx = self.store().begin().await.unwrap();
        let rows: Vec<One<String>> = tx.all(sql, Vec::new()).await.unwrap();
        rows.into_iter().map(|One(text)| text).collect()
    }
}

/// `kari@nav.test Kari Nes, active weekly nb, at org:nav kind-of-org:state, role:specialist, follows sector:health, health/leader for nav, admitted`
pub fn line_of(forum: &Forum, person: &Recipient) -> String {
    let standing = &person.standing;
    let written = |terms: &[treff::forum::TermIx]| {
        let mut words: Vec<_> = terms.iter().map(|ix| forum.terms.term(*ix).to_string()).collect();
        words.sort();
        words.join(" ")
    };
    let mut seats: Vec<_> = standing
        .seats
        .iter()
        .map(|s| {
            let (group, represents) = (forum.terms.term(s.group), forum.terms.term(s.represents));
            format!("{}/{} for {}", group.slug, s.position, represents.slug)
        })
        .collect();
    seats.sort();
    let mut parts = vec![
        format!("{} {}", person.email, person.name).trim().to_owned(),
        format!("{} {} {}", standing.status.word(), person.cadence, person.language),
    ];
    if !standing.workplace.is_empty() {
        parts.push(format!("at {}", written(&standing.workplace)));
    }
    if !standing.roles.is_empty() {
        parts.push(written(&standing.roles));
    }
    if !standing.follows.is_empty() {
        parts.push(format!("follows {}", written(&standing.follows)));
    }
    parts.extend(seats);
    if standing.admitted {
        parts.push("admitted".to_owned());
    }
    parts.join(", ")
}

/// What an import answers, in short: created, changed, unchanged, rejected rows.
pub fn counts(report: &ImportReport) -> (usize, usize, usize, usize) {
    (report.created, report.changed, report.unchanged, report.rejected.len())
}

/// `line column: error` of each cell that was refused.
pub fn refused(report: &ImportReport) -> Vec<String> {
    report.rejected.iter().map(|cell| format!("{} {}: {}", cell.line, cell.column, cell.error)).collect()
}
