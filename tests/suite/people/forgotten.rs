//! After an erasure no file of the installation holds the address.

use std::path::{Path, PathBuf};

use serde_json::json;
use sqlx::Connection as _;

use super::traces;
use crate::harness::Engine;
use crate::treff::Treff;

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list_files(&path, files) } else { files.push(path) }
    }
}

/// The files of the installation that name the text, in any case.
fn naming(treff: &Treff, text: &str) -> Vec<String> {
    let mut files = Vec::new();
    list_files(treff.database.folder.path(), &mut files);
    let names = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        bytes.windows(text.len()).any(|w| w == text.to_ascii_lowercase().as_bytes())
    };
    files.into_iter().filter(names).map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// Enough people that pages split, Kari in their midst.
fn many_people() -> String {
    let mut file = "epost;navn;organisasjon;grupper;sektorer\n".to_owned();
    for n in 0..3_000 {
        let middle =
            if n == 1_500 { "kari@example.test;Kari Nesbakken-Aa;Vik kommune;health;health\n" } else { "" };
        file.push_str(middle);
        file.push_str(&format!("p{}@example.test;Person {n};Vik kommune;health;health\n", n * 7919 % 3_000));
    }
    file
}

#[tokio::test]
async fn no_file_holds_the_address_or_the_name() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let file = treff.write("deltakere.csv", many_people());
    treff.run(&["people", "import", &file]).done();
    std::fs::remove_file(file).unwrap();
    traces::leave(&treff).await;
    let mut tx = treff.database.store.begin().await.unwrap();
    tx.run("UPDATE item_version SET contact = NULL", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(naming(&treff, "kari@example.test").len() >= 3);
    let receipt = treff.run(&["people", "erase", "kari@example.test"]).done().json;
    assert_eq!(receipt["finished"], true);
    assert_eq!(naming(&treff, "kari@example.test"), [""; 0]);
    assert_eq!(naming(&treff, "Kari Nesbakken"), [""; 0]);
    assert!(!naming(&treff, "ola@example.test").is_empty());
    assert_eq!(treff.run(&["people", "list"]).done().json["recipients"].as_array().unwrap().len(), 3_000);
}

#[tokio::test]
async fn a_reader_that_keeps_the_files_from_forgetting_is_told() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let file = treff.write("deltakere.csv", "epost\nkari@example.test\n");
    treff.run(&["people", "import", &file]).done();
    let mut reader = sqlx::SqliteConnection::connect(&treff.database.url).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT email FROM recipient").execute(&mut reader).await.unwrap();
    let partly = treff.run(&["people", "erase", "kari@example.test"]);
    assert_eq!((partly.code, &partly.json["finished"]), (1, &json!(false)));
    assert_eq!(
        partly.stderr,
        "treff: the rows are erased, but another program is reading the database and keeps its files from \
         forgetting; stop it, or wait, and run this command again\n"
    );
    reader.close().await.unwrap();
    let again = treff.run(&["people", "erase", "kari@example.test"]).done().json;
    assert_eq!((&again["finished"], &again["earlier"]), (&json!(true), &json!(true)));
    std::fs::remove_file(file).unwrap();
    assert_eq!(naming(&treff, "kari@example.test"), [""; 0]);
}
