//! How the forum is ordered is changed at the desk: first one sees who gets more, then it is done, and the next letters
//! show it.

use super::post::Post;
use super::works::{LISE, Setup, monday};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::Do;
use crate::harness::Engine;

const OF_INDUSTRY: &str = "+++
kind = \"article\"
about = [\"sector:industry\"]
visibility = \"public\"
title = \"Verkstedet tok inn fire\"
language = \"nb\"
+++
Fire elever begynte i januar.
";

/// Opens the page of topics.
async fn open_topics(lead: &Browser) {
    lead.go("Folk og plasser").await;
    lead.go("Tema og grupper").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_is_moved_once_it_is_seen_who_gets_more() {
    let setup = Setup::with_people(Engine::Sqlite, Post::serve(|_| Do::Usual).await).await;
    setup.write("verksted.md", OF_INDUSTRY);
    setup.run(&["item", "add", "verksted.md"]);
    let works = setup.start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;

    open_topics(&lead).await;
    lead.go("Industri").await;
    lead.pick("Ligger under", "Helse").await;
    lead.go("Se hva endringen gjør").await;
    lead.reads(&["«Industri» blir lagt under: Helse.", "får mer", "Verkstedet tok inn fire"]).await;
    let gain = lead.number_before("får mer").await;
    assert!(gain >= 2, "those at the health group's table follow what lies under it: {gain}");
    lead.go("Bekreft endringen").await;
    lead.reads(&["Endret."]).await;

    lead.go("Industri").await;
    lead.go("Se om det kan tas bort").await;
    lead.reads(&["Kan ikke tas bort ennå", "Én følger det", "Verkstedet tok inn fire"]).await;

    open_topics(&lead).await;
    lead.go("Nytt tema").await;
    lead.fill("Bokmål", "Havbruk").await;
    lead.go("Se hva endringen gjør").await;
    lead.reads(&["«Havbruk» kommer til.", "Ingen får mer eller mindre"]).await;
    lead.go("Bekreft endringen").await;
    lead.reads(&["Havbruk"]).await;

    works.pass_until(monday());
    works.wait_for_letters(gain + 1).await;
    assert!(works.letters_to("anna@vik.example")[0].text.contains("Verkstedet tok inn fire"));
    assert!(works.letters_to("carl@fjord.example").is_empty(), "who follows neither gets nothing of it");
}
