//! `treff item export`: what went out, in files that last.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use treff::intake::item_file::{SlugFrom, read_item_file};
use treff::intake::item_queue::{Correction, correct_item_by};
use treff::store::One;
use treff::world::load_forum;

use crate::on_both_engines;
use crate::treff::Treff;

/// Kari and a shop steward of a union share the health group.
const PEOPLE: &str = "email;name;organisation;org;kind;groups\n\
    kari@example.test;Kari Nes;Vik kommune;vik;municipality;health\n\
    siri@fjellforbundet.example;Siri Solvik;Fjellforbundet;fjellforbundet;union;health\n";

const MINUTES: &str = "+++\nkind = \"minutes\"\ntitle = \"Referat\"\naudience = \"group:health\"\nvisibility = \"group:health\"\n\
    contact = \"Kari Nes <kari@example.test>, 900 00 000\"\ngroup = \"health\"\nmet_on = 2026-03-12\nachieved = \"Vi ble enige.\"\n\
    how = \"Sammen.\"\nnext = \"Ringe ti bedrifter.\"\nwhy = \"De trengs.\"\nattachments = [\"vedlegg.pdf\"]\n\
    promises = [{ what = \"Ringe ti bedrifter\", owner = \"siri@fjellforbundet.example\", by = 2097-04-10 }]\n+++\nBlåbær & \"sitat\".\n";

fn tip(title: &str, front: &str) -> String {
    format!("+++\nkind = \"tip\"\ntitle = \"{title}\"\n{front}\n+++\nTekst.\n")
}

fn add(treff: &Treff, name: &str, text: &str) {
    treff.write(name, text);
    treff.run(&["item", "add", name]).done();
}

/// Corrected minutes, something required that was withdrawn, something required that was changed before its release; and
/// beside them what is neither, and what is not out.
async fn forum(engine: crate::harness::Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    let people = treff.write("people.csv", PEOPLE);
    treff.run(&["people", "import", &people]).done();
    treff.write("vedlegg.pdf", b"%PDF-1.7 en");
    treff.write("ny/vedlegg.pdf", b"%PDF-1.7 to");
    add(&treff, "referat.md", MINUTES);
    let corrected = MINUTES.replace("\"Referat\"", "\"Referat rettet\"").replace("\"vedlegg", "\"ny/vedlegg");
    treff.write("rettet.md", corrected);
    treff.run(&["item", "correct", "referat", "rettet.md"]).done();
    let required = "audience = \"all\"\nimportance = \"required\"";
    add(&treff, "trukket.md", &tip("Trukket", required));
    treff.run(&["item", "withdraw", "trukket"]).done();
    let later = format!("{required}\nrelease_at = 2097-01-01");
    add(&treff, "endret.md", &tip("Utkast", &later));
    add(&treff, "endret.md", &tip("Ferdig", &later));
    add(&treff, "kommer.md", &tip("Kommer", &later));
    add(&treff, "tips.md", &tip("Tips", "audience = \"all\""));
    let mut tx = treff.database.store.begin().await.unwrap();
    tx.run("UPDATE item SET release_at = 0 WHERE slug = 'endret'", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    treff
}

/// Every file below a folder by its place.
fn read_all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let place = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(place, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The files that an index names, each with its checksum.
fn list_named(index: &Value, named: &mut BTreeMap<String, String>) {
    match index {
        Value::Object(object) => {
            if let (Some(file), Some(sum)) = (object.get("file"), object.get("sha256")) {
                named.insert(file.as_str().unwrap().to_owned(), sum.as_str().unwrap().to_owned());
            }
            object.values().for_each(|value| list_named(value, named));
        }
        Value::Array(list) => list.iter().for_each(|value| list_named(value, named)),
        _ => {}
    }
}

fn fields(index: &Value, field: &str) -> Value {
    index["items"].as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

on_both_engines! {
    async fn minutes_and_what_was_required_are_exported_as_they_went_out(engine: Engine) {
        let treff = forum(engine).await;
        let index = treff.run(&["item", "export", "arkiv"]).done().json;
        assert_eq!(fields(&index, "slug"), json!(["referat", "trukket", "endret"]));
        assert!(index["items"][1]["withdrawn_at"].is_string() && index["items"][0]["withdrawn_at"].is_null());
        let minutes = &index["items"][0]["versions"];
        assert_eq!((&minutes[0]["files"][0]["title"], &minutes[1]["files"][0]["title"]), (&json!("Referat"), &json!("Referat rettet")));
        assert_eq!((&minutes[1]["group"], &minutes[1]["visibility"]), (&json!("health"), &json!("group:health")));
        assert_eq!(minutes[1]["written_by"], "treff item correct");
        let changed = index["items"][2]["versions"].as_array().unwrap();
        assert_eq!((changed.len(), &changed[0]["files"][0]["title"]), (1, &json!("Ferdig")), "what nobody could read is not there");

        let files = read_all(&treff.path("arkiv"));
        assert_eq!(serde_json::from_slice::<Value>(&files["index.json"]).unwrap(), index);
        let mut named = BTreeMap::new();
        list_named(&index, &mut named);
        let found = files.iter().filter(|(place, _)| !place.starts_with("index."));
        let found: BTreeMap<String, String> = found.map(|(place, bytes)| (place.clone(), hex::encode(Sha256::digest(bytes)))).collect();
        assert_eq!(named, found);
        assert_eq!(files["0001-referat/files/1-vedlegg.pdf"], b"%PDF-1.7 en");
        assert_eq!(files["0001-referat/files/2-vedlegg.pdf"], b"%PDF-1.7 to");
        let sheet = String::from_utf8(files["index.csv"].clone()).unwrap();
        assert_eq!(sheet.lines().count(), 1 + found.len(), "{sheet}");
    }

    async fn a_page_of_the_export_needs_nothing_beside_it(engine: Engine) {
        let treff = forum(engine).await;
        treff.run(&["item", "export", "arkiv"]).done();
        let files = read_all(&treff.path("arkiv"));
        let page = |place: &str| String::from_utf8(files[place].clone()).unwrap();
        let minutes = page("0001-referat/v2-nb.html");
        for told in ["<h1>Referat rettet</h1>", "12. mars 2026", "Vi ble enige.", "Blåbær &amp;", "Kari Nes", "Ringe ti bedrifter", "files/2-vedlegg.pdf"] {
            assert!(minutes.contains(told), "{told}: {minutes}");
        }
        for (place, bytes) in files.iter().filter(|(place, _)| place.ends_with(".html")) {
            let page = String::from_utf8(bytes.clone()).unwrap();
            for outside in ["<script", "<link", "<img", "src=", "url(", "@import"] {
                assert!(!page.contains(outside), "{place}: {outside}");
            }
        }
        assert!(page("0002-trukket/v1-nb.html").contains("Trukket tilbake 20"));
        assert!(!minutes.contains("Trukket tilbake"));
    }

    async fn the_export_names_nobody_who_receives_and_no_owner_of_a_promise(engine: Engine) {
        let treff = forum(engine).await;
        treff.run(&["edition", "run", "weekly"]).done();
        treff.run(&["item", "export", "arkiv"]).done();
        for (place, bytes) in read_all(&treff.path("arkiv")) {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            for named in ["siri", "solvik", "fjellforbundet", "owner"] {
                assert!(!text.contains(named), "{place} names {named}: {text}");
            }
        }
    }

    async fn of_a_correction_in_two_languages_only_what_stood_is_exported(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let text = |language: &str, title: &str| {
            tip(title, &format!("slug = \"sak\"\nlanguage = \"{language}\"\naudience = \"all\"\nimportance = \"required\""))
        };
        treff.write("nb.md", text("nb", "Sak"));
        treff.write("nn.md", text("nn", "Sak"));
        treff.run(&["item", "add", "nb.md", "nn.md"]).done();
        let store = &treff.database.store;
        let forum = load_forum(store).await.unwrap();
        let read = |language| read_item_file("sak.md", SlugFrom::Stem("sak"), text(language, "Rettet").as_bytes(), &forum).unwrap();
        let files = ["nb", "nn"].map(read);
        let correction = Correction { slug: "sak", of_version: None, files: &files };
        correct_item_by(store, &forum, correction, "account:1", "2097-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
        let index = treff.run(&["item", "export", "arkiv"]).done().json;
        let versions = index["items"][0]["versions"].as_array().unwrap();
        let titles: Vec<_> = versions.iter().map(|version| (&version["version"], &version["files"][2]["title"])).collect();
        assert_eq!(titles, [(&json!(1), &json!("Sak")), (&json!(3), &json!("Rettet"))]);
    }

    async fn the_same_items_make_the_same_files(engine: Engine) {
        let treff = forum(engine).await;
        treff.run(&["item", "export", "en"]).done();
        std::fs::create_dir(treff.path("to")).unwrap();
        treff.run(&["item", "export", "to"]).done();
        assert_eq!(read_all(&treff.path("en")), read_all(&treff.path("to")));
        let mut tx = treff.database.store.begin().await.unwrap();
        let log = "SELECT actor || ' ' || after FROM change WHERE action = 'archive.exported' ORDER BY id";
        let rows: Vec<One<String>> = tx.all(log, vec![]).await.unwrap();
        let told: Vec<String> = rows.into_iter().map(|row| row.0).collect();
        assert_eq!(told, ["treff item export {\"items\":3}"; 2]);
    }

    async fn what_was_exported_is_queued_again_elsewhere(engine: Engine) {
        let (treff, other) = (forum(engine).await, Treff::with_forum(engine).await);
        treff.run(&["item", "export", "arkiv"]).done();
        for (place, slug) in [
            ("0001-referat/v1-nb.md", "referat"),
            ("0001-referat/v2-nb.md", "referat"),
            ("0002-trukket/v1-nb.md", "trukket"),
        ] {
            let path = treff.path("arkiv").join(place).display().to_string();
            let tried = other.run(&["item", "add", "--dry-run", &path]).done().json;
            assert_eq!(tried["added"], json!([slug]), "{place}");
        }
        let path = treff.path("arkiv").join("0001-referat/v2-nb.md").display().to_string();
        other.run(&["item", "add", &path]).done();
        let row = other.database.store.find_item("referat").await.unwrap().remove(0);
        let was = treff.database.store.find_item("referat").await.unwrap().remove(0);
        assert_eq!((row.text, row.contact, row.visibility), (was.text, was.contact, was.visibility));
    }

    async fn a_folder_that_holds_something_is_left_as_it_is(engine: Engine) {
        let treff = forum(engine).await;
        treff.write("arkiv/mitt.txt", "mitt");
        let told = treff.run(&["item", "export", "arkiv"]).refused();
        assert_eq!(told, ["arkiv holds something already, which stays as it is; name a new or empty folder"]);
        assert_eq!(read_all(&treff.path("arkiv")).len(), 1);
        treff.write("nytt.partial/halv.txt", "");
        let told = treff.run(&["item", "export", "nytt"]).refused().join("");
        assert!(told.contains("nytt.partial is left of an export that did not end"), "{told}");
        assert!(!treff.path("nytt").exists() && treff.path("nytt.partial/halv.txt").exists());
        let told = treff.run(&["item", "export", "x", "--since", "i fjor", "--kind", "referat"]).refused();
        assert_eq!(told[0], "--since: \"i fjor\" is no day; write it like 2027-08-16");
        assert!(told[1].starts_with("--kind: unknown kind \"referat\""), "{told:?}");
        assert!(!treff.path("x.partial").exists());
    }

    async fn days_and_kinds_narrow_it(engine: Engine) {
        let treff = forum(engine).await;
        let slugs = |args: &[&str]| {
            let folder = format!("ut{}", args.join(""));
            let all = [&["item", "export", folder.as_str()][..], args].concat();
            fields(&treff.run(&all).done().json, "slug")
        };
        assert_eq!(slugs(&["--until", "1970-01-01"]), json!(["endret"]));
        assert_eq!(slugs(&["--since", "1970-01-02", "--kind", "minutes"]), json!(["referat"]));
        assert_eq!(slugs(&["--kind", "tip"]), json!(["trukket", "endret", "tips"]));
        assert_eq!(slugs(&["--kind", "event"]), json!([]));
    }

    async fn a_file_that_is_not_taken_is_named_and_nothing_more_is_written(engine: Engine) {
        let treff = forum(engine).await;
        let store = &treff.database.store;
        let forum = load_forum(store).await.unwrap();
        let press = treff::web::Press::load().unwrap();
        let filter = treff::store::DepositFilter { now: chrono::DateTime::UNIX_EPOCH, ..Default::default() };
        let mut places = Vec::new();
        let mut put = |place: &str, _: &[u8]| {
            places.push(place.to_owned());
            if places.len() < 2 { Ok(()) } else { Err(std::io::Error::from(std::io::ErrorKind::StorageFull)) }
        };
        let failed = treff::web::write_deposit((store, &forum, &press), &filter, &mut put, &|_, _| {}).await.unwrap_err();
        assert!(failed.to_string().contains(" cannot be written: "), "{failed}");
        assert_eq!(places.len(), 2, "{places:?}");
    }
}
