//! Coming and going, on a telephone and by keyboard: signing up by mail, a device of one's own, one's own copy, being
//! forgotten.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::demo::Demo;
use super::driver::{Browser, Screen};
use super::get_first_letters;

const ADDRESS: &str = "nora.lie@postkasse.test";

/// The link in the newest short mail to the address whose text holds `words`.
fn wait_for_link(demo: &mut Demo, words: &str) -> String {
    let find = |demo: &Demo| {
        let letters = demo.list_letters();
        let mail = letters.into_iter().find(|l| l.recipient == ADDRESS && l.text.contains(words))?;
        mail.text.split_whitespace().find(|word| word.contains("/d/")).map(str::to_owned)
    };
    demo.wait_for(words, 20, |demo| find(demo).is_some());
    find(demo).expect("its link")
}

fn list_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { list_files(&path) } else { vec![path] }).collect()
}

/// The files under the folder that name the text, in any case.
fn naming(folder: &Path, text: &str) -> Vec<PathBuf> {
    let names = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default().to_ascii_lowercase();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    list_files(folder).into_iter().filter(names).collect()
}

#[tokio::test]
async fn somebody_signs_up_reads_their_copy_and_is_forgotten() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;

    // Sign up, from an item that was shared.
    browser.client.goto(&demo.address("/sign-up?topic=sector:health&lang=nb")).await.unwrap();
    assert_eq!(browser.overhang().await, 0);
    let chosen = "return [...document.querySelectorAll('input[name=topic]:checked')].map(i => i.value)";
    assert_eq!(browser.ask(chosen).await, json!(["sector:health"]));
    browser.tab_to("input[name=email]").await;
    browser.write(ADDRESS).await;
    browser.tab_to("input[name=name]").await;
    browser.write("Nora Lie").await;
    browser.tab_to("input[name=consent]").await;
    browser.press(' ').await;
    browser.follow("main form button.btn", "main h1:not(:has(~ form))").await;

    // Confirm.
    let link = wait_for_link(&mut demo, "Bekreft");
    browser.client.goto(&link).await.unwrap();
    assert_eq!(browser.overhang().await, 0);
    browser.follow("main form button.btn", "main a[href*='/u/']").await;

    // A link to their own pages, on this device.
    browser.follow("main a[href*='/link']", "main input[name=email]").await;
    browser.tab_to("input[name=email]").await;
    browser.write(ADDRESS).await;
    browser.follow("main form button.btn", "main h1:not(:has(~ form))").await;
    let link = wait_for_link(&mut demo, "Her er lenken du ba om");
    browser.client.goto(&link).await.unwrap();
    browser.follow("main form button.btn", "nav.own").await;

    // Their own copy, to read and to take along.
    browser.follow("nav.own a[href$='/me/data']", "main details").await;
    assert_eq!(browser.overhang().await, 0);
    let copy = browser.client.source().await.unwrap();
    assert!(copy.contains("Nora Lie") && copy.contains(ADDRESS), "{copy}");
    let folder = tempfile::tempdir().unwrap();
    let to_folder = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser.command("Browser.setDownloadBehavior", &to_folder).await;
    browser.tab_to("main a[href$='/me/data/export.json']").await;
    browser.press(fantoccini::key::Key::Enter.into()).await;
    let file = folder.path().join("treff-export.json");
    demo.wait_for("the file", 10, |_| file.is_file());
    let held: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(held["recipient"]["email"], ADDRESS);

    // Be forgotten.
    assert!(!naming(demo.folder.path(), ADDRESS).is_empty());
    browser.follow("main a[href$='/me/erase']", "input[name=sure]").await;
    browser.tab_to("input[name=sure]").await;
    browser.press(' ').await;
    browser.follow("main form button.btn", "main h1:not(:has(~ form))").await;
    let receipt = browser.client.source().await.unwrap();
    assert!(receipt.contains("Du er glemt"), "{receipt}");
    let left = naming(demo.folder.path(), ADDRESS);
    assert!(left.is_empty(), "{left:?}");
    browser.client.goto(&demo.address("/me")).await.unwrap();
    let address = browser.client.current_url().await.unwrap();
    assert_eq!(address.path(), "/link", "the device opens nothing any more");
}
