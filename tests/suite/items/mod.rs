//! Items: their files, their queue, their rows.

mod attaching;
mod command;
mod contract;
mod exporting;
mod file;
mod late;
mod queue;
mod searching;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use treff::forum::{
    Cadence, CronTimes, Facet, Forum, ForumSettings, Language, Names, OrganisationKind, Term, Terms,
};
use treff::intake::item_file::{FileError, ItemFile, SlugFrom, read_item_file};
use treff::store::{Arg, Store};

/// A small invented forum.
pub fn sample_forum() -> Forum {
    let mut terms = Terms::default();
    let mut add = |facet, slug: &str| terms.add(Term::new(facet, slug), Names::one(Language::Nb, slug));
    for slug in ["health", "industry", "process"] {
        add(Facet::Sector, slug);
    }
    let groups = ["health", "health-night", "steering"].map(|slug| add(Facet::Group, slug));
    add(Facet::Role, "decision-maker");
    for slug in ["nav", "elvheim"] {
        add(Facet::Org, slug);
        add(Facet::Represents, slug);
    }
    for kind in OrganisationKind::ALL {
        add(Facet::KindOfOrg, kind.slug());
    }
    assert!(terms.set_parent(groups[1], groups[0]));
    Forum {
        settings: ForumSettings {
            name: "Kompetanseforum Nordfjella".into(),
            slug: "nordfjella".into(),
            zone: chrono_tz::Europe::Oslo,
            language: Language::Nb,
            holidays: None,
            pause: Vec::new(),
            cadences: BTreeMap::from([(Cadence::Weekly, CronTimes("0 30 7 * * Mon".into()))]),
            cap: 7,
            learning: true,
            house: Default::default(),
        },
        terms,
        group_sectors: HashMap::new(),
    }
}

/// The one row that every forum has.
pub async fn insert_forum_row(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let none: Vec<Arg> = Vec::new();
    tx.run(
        "INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number,
                            last_number, created_at, applied_at)
         VALUES (1, 'nordfjella', 'Nordfjella', 'Europe/Oslo', 'nb', '[]', '{}', 7, 0, 0, 0, 0)",
        none,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// An instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A file called `NAME.md` with that front matter and text.
pub fn read(name: &str, front: &str, body: &str) -> Result<ItemFile, Vec<FileError>> {
    let bytes = format!("+++\n{front}\n+++\n{body}\n");
    read_item_file(&format!("{name}.md"), SlugFrom::Stem(name), bytes.as_bytes(), &sample_forum())
}
