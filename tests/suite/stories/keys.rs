//! The lead without a mouse, and the lead without scripts: an item is queued for whom one chose.

use super::post::Post;
use super::works::{LISE, Setup, Works};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::Do;
use crate::harness::Engine;

/// Tabs to a link or a button by its words, and presses Enter there.
async fn enter(lead: &Browser, scope: &str, words: &str, then: &str) {
    lead.seek_control(scope, words).await;
    lead.follow("[data-sought]", then).await;
}

/// Tabs to a field by its label.
async fn reach(lead: &Browser, label: &str) {
    lead.seek_field("", label).await;
    lead.tab_to("[data-sought]").await;
}

/// Chooses from a list by typing how the choice begins, as one does without a mouse.
async fn choose(lead: &Browser, begins: &str, button: &str, chips: usize) {
    reach(lead, "Legg til noen").await;
    lead.write(begins).await;
    enter(lead, "Hvem får denne?", button, &format!("#who ul.chips li:nth-child({chips})")).await;
}

async fn start() -> (Works, Browser) {
    let works = Setup::with_people(Engine::Sqlite, Post::serve(|_| Do::Usual).await).await.start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    (works, lead)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_is_queued_for_whom_one_chose_by_keyboard_alone() {
    let (_works, lead) = start().await;
    enter(&lead, "Skrivebordet", "Saker", "main h1").await;
    enter(&lead, "", "Ny sak", "#title").await;
    reach(&lead, "Hva gjelder det?").await;
    lead.write("En god mal").await;
    reach(&lead, "Tekst").await;
    lead.write("Ring om noe er uklart.").await;
    choose(&lead, "Kompetansegruppe", "Legg til", 1).await;
    choose(&lead, "Beslutningstaker", "Legg til", 2).await;
    choose(&lead, "Kommuner", "Bare de som også er", 3).await;
    choose(&lead, "Beslut", "Men ikke", 4).await;
    let chosen = lead.page().await;
    assert!(chosen.contains("men ikke Beslutningstaker"), "{chosen}");
    enter(&lead, "", "Legg i neste utsending", "form[action$='/undo']").await;
    lead.reads(&["Saken ligger i neste utsending.", "En god mal"]).await;
    // And out again: the page has an end, and a way back to its beginning.
    lead.tab_to("a.skip").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_is_queued_for_whom_one_chose_without_scripts() {
    let (_works, lead) = start().await;
    lead.switch_scripts_off().await;
    lead.go("Saker").await;
    lead.go("Ny sak").await;
    lead.fill("Hva gjelder det?", "En god mal").await;
    lead.fill("Tekst", "Ring om noe er uklart.").await;
    lead.pick("Legg til noen", "Kompetansegruppe helse").await;
    lead.go_in("Hvem får denne?", "Legg til").await;
    assert_eq!(lead.number_before("får denne").await, 3);
    lead.pick("Legg til noen", "Nattvaktprosjektet").await;
    lead.go_in("Hvem får denne?", "Men ikke").await;
    assert_eq!(lead.number_before("får denne").await, 2);
    lead.unfold("Flere valg").await;
    lead.pick("Type", "Tips").await;
    lead.go("Legg i neste utsending").await;
    lead.reads(&["Saken ligger i neste utsending.", "En god mal", "Tips"]).await;
}
