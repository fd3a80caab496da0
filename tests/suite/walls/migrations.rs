//! A migration that was run somewhere never changes: a database that ran it as it was is not opened any more.
//!
//! `migrations.sha256` beside this file holds each to what it was, in the format of `sha256sum`.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::expect_none;
use super::source::root;
use crate::harness::hex;

const LISTED: &str = include_str!("migrations.sha256");

/// How a new one comes onto the list.
const LIST_IT: &str = "sha256sum migrations/*/*.sql > tests/suite/walls/migrations.sha256";

/// The hash of each file by its path from the repository's root.
fn hash_migrations() -> BTreeMap<String, String> {
    let folders = ["migrations/postgres", "migrations/sqlite"];
    let files = folders.into_iter().flat_map(|folder| {
        let entries = std::fs::read_dir(root().join(folder)).expect("the folder of migrations");
        entries.map(move |entry| {
            let path = entry.expect("a migration").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let hash = Sha256::digest(std::fs::read(&path).expect("a migration can be read"));
            (format!("{folder}/{name}"), hex(&hash[..]))
        })
    });
    files.collect()
}

fn find_breaches(listed: &str, found: &BTreeMap<String, String>) -> BTreeSet<String> {
    let listed: BTreeMap<&str, &str> = listed
        .lines()
        .map(|line| line.split_once("  ").map(|(hash, path)| (path, hash)).expect("a hash and a path"))
        .collect();
    let mut breaches = BTreeSet::new();
    for (path, hash) in &listed {
        match found.get(*path) {
            Some(now) if now == hash => {}
            Some(_) => {
                breaches.insert(format!(
                    "{path} was changed: databases that ran it are not opened any more; put it back as it was, and \
                     write what is to be otherwise into a new migration"
                ));
            }
            None => {
                breaches.insert(format!(
                    "{path} is gone: databases that ran it are not opened any more; put it back, and write what is to \
                     go into a new migration"
                ));
            }
        }
    }
    for path in found.keys().filter(|path| !listed.contains_key(path.as_str())) {
        breaches.insert(format!(
            "{path} is not on the list yet: once it is as it shall stay for ever, run {LIST_IT}"
        ));
    }
    breaches
}

#[test]
fn no_migration_changes_or_goes_once_it_is_listed() {
    expect_none(&find_breaches(LISTED, &hash_migrations()));
}

#[test]
fn the_list_of_migrations_is_as_sha256sum_writes_it() {
    let paths: Vec<&str> =
        LISTED.lines().map(|line| line.split_once("  ").expect("a hash and a path").1).collect();
    assert!(paths.is_sorted(), "write it anew: {LIST_IT}");
}

#[test]
fn a_migration_that_is_changed_gone_or_new_is_seen() {
    let listed = "aa  migrations/sqlite/0001_a.sql\nbb  migrations/sqlite/0002_b.sql\ncc  migrations/sqlite/0003_c.sql\n";
    let found = [("0001_a", "aa"), ("0002_b", "b0"), ("0004_d", "dd")];
    let found = found.map(|(name, hash)| (format!("migrations/sqlite/{name}.sql"), hash.to_owned()));
    let breaches: Vec<String> = find_breaches(listed, &found.into()).into_iter().collect();
    let [changed, gone, new] = breaches.as_slice() else { panic!("{breaches:?}") };
    assert!(changed.starts_with("migrations/sqlite/0002_b.sql was changed: "), "{changed}");
    assert!(gone.starts_with("migrations/sqlite/0003_c.sql is gone: "), "{gone}");
    assert!(new.starts_with("migrations/sqlite/0004_d.sql is not on the list yet: "), "{new}");
}
