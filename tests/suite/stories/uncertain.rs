//! Letters of which nobody knows whether they arrived: the server was gone right after the last dot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::post::Post;
use super::works::{LISE, Setup, Works, monday};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::{At, Do};
use crate::harness::Engine;

const NEWS: &str = "+++
kind = \"tip\"
audience = \"all\"
title = \"Nytt om lærlinger\"
language = \"nb\"
+++
Ring om noe er uklart.
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_that_may_not_have_arrived_are_settled_by_their_two_buttons() {
    let vanishes = Arc::new(AtomicBool::new(true));
    let told = vanishes.clone();
    let plan = move |at: &At| {
        let is_one = at.to == "anna@vik.example" || at.to == "eli@nav.example";
        if at.verb == "." && is_one && told.load(Ordering::SeqCst) { Do::Close } else { Do::Usual }
    };
    let setup = Setup::with_people(Engine::Sqlite, Post::serve(plan).await).await;
    setup.write("nytt.md", NEWS);
    setup.run(&["item", "add", "nytt.md"]);
    let works = setup.start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    works.pass_until(monday());
    works.wait_for_letters(6).await;
    works.pass_until(monday() + chrono::TimeDelta::hours(2));
    vanishes.store(false, Ordering::SeqCst);
    let before = works.letters_to("eli@nav.example").len();

    // It stands on the first page, and leads to the two buttons.
    lead.go_until("I dag", "Anna Vik").await;
    lead.reads(&["Vet ikke om det kom fram", "Anna Vik", "Eli Sund"]).await;
    lead.go_in("Vet ikke om det kom fram", "Anna Vik").await;
    lead.reads(&["Forbindelsen ble brutt idet brevet ble levert."]).await;
    lead.go("Kom fram Anna Vik").await;
    lead.reads(&["Notert: Brevet kom fram."]).await;
    lead.go("Kom ikke fram Eli Sund").await;
    lead.reads(&["Notert: Brevet kom ikke fram. Sakene kommer i neste brev.", "Ingen brev her."]).await;
    lead.go("I dag").await;
    assert!(!lead.page().await.contains("Eli Sund"), "nothing waits any more");

    // The one that was lost comes again in the next letter, the other does not.
    works.pass_until(Works::next_week(monday()));
    works.wait_for_letters(6 + 1).await;
    assert_eq!(works.letters_to("eli@nav.example").len(), before + 1);
    assert_eq!(works.letters_to("anna@vik.example").len(), 1);
    assert!(works.letters_to("eli@nav.example").iter().all(|mail| mail.text.contains("Nytt om lærlinger")));
}
