//! Somebody else has the place now: two clicks, with the welcome letter between them.

use super::post::{Post, without_links};
use super::works::{LISE, Setup, Works, monday};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::Do;
use crate::harness::Engine;

const HEARD: &str = "+++
kind = \"experience\"
audience = \"group:health\"
visibility = \"group:health\"
title = \"Åtte har fått læreplass\"
language = \"nb\"
+++
De ringte alle bedriftene.
";

async fn story(engine: Engine) {
    let setup = Setup::with_people(engine, Post::serve(|_| Do::Usual).await).await;
    setup.write("hort.md", HEARD);
    setup.run(&["item", "add", "hort.md"]);
    let works = setup.start();
    works.pass_until(monday());
    works.wait_for_letters(3).await;
    works.pass_until(monday() + chrono::TimeDelta::days(1));

    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    lead.go("Folk og plasser").await;
    lead.go("Grupper").await;
    lead.go("Kompetansegruppe helse").await;
    lead.go_in("Anna Vik", "Leder").await;
    lead.reads(&["Leder, Kompetansegruppe helse", "Vik kommune", "Ingenting er endret før du bekrefter."])
        .await;
    lead.fill("Navn", "Gro Ness").await;
    lead.fill("E-postadresse", "gro@vik.example").await;
    lead.go("Se velkomstbrevet").await;
    lead.reads(&["Gro Ness er ny her", "har Anna Vik ikke plassen lenger", "Velkomstbrev: dette overtar du"])
        .await;
    let (_, text) = lead.read_preview().await;
    assert!(text.contains("Åtte har fått læreplass"), "{text}");
    lead.go("Bekreft, og gi plassen").await;
    lead.reads(&["Plassen er gitt. Velkomstbrevet går med neste utsending.", "Gro Ness"]).await;

    works.pass_until(Works::next_week(monday()));
    works.wait_for_letters(4).await;
    let first = &works.letters_to("gro@vik.example")[0];
    assert_eq!(without_links(&first.text), without_links(&text), "what was shown is what came");
    assert_eq!(
        works.letters_to("anna@vik.example").len(),
        1,
        "who had the place gets nothing of it any more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_gets_a_new_holder_in_two_clicks_on_sqlite() {
    Box::pin(story(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_gets_a_new_holder_in_two_clicks_on_postgres() {
    Box::pin(story(Engine::Postgres)).await;
}
