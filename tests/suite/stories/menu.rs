//! The way around the desk: one line where there is room, folded where there is none.

use fantoccini::Locator;

use super::post::Post;
use super::works::{LISE, Setup, Works};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::Do;
use crate::harness::Engine;

/// A lead with all rights, signed in.
async fn start() -> (Works, Browser) {
    let works = Setup::with_people(Engine::Sqlite, Post::serve(|_| Do::Usual).await).await.start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    (works, lead)
}

impl Browser {
    /// Shows the page in a window of that width, until another page is opened.
    async fn narrow(&self, width: u32) {
        self.widen(width, 640, false).await;
    }

    /// Where the ways of the desk stand that can be seen, from the top of the page.
    async fn tops_of_ways(&self) -> Vec<i64> {
        let script = "return [...document.querySelectorAll('header nav a')].filter(e => e.checkVisibility())
                             .map(e => Math.round(e.getBoundingClientRect().top))";
        serde_json::from_value(self.ask(script).await).expect("numbers")
    }

    async fn height_of_head(&self) -> i64 {
        let script = "return document.querySelector('header').offsetHeight";
        self.ask(script).await.as_i64().expect("a number")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_all_rights_the_menu_is_one_line_in_each_language() {
    let (_works, lead) = start().await;
    for (language, own) in [("nn", "Innstillingar"), ("en", "Settings"), ("nb", "Innstillinger")] {
        let button = format!("button[name=language][value={language}]");
        lead.client.find(Locator::Css(&button)).await.unwrap().click().await.unwrap();
        lead.client.wait().for_element(Locator::Css(&format!("html[lang={language}]"))).await.unwrap();
        lead.narrow(1280).await;
        lead.reads(&[own]).await;
        let tops = lead.tops_of_ways().await;
        assert!(tops.len() >= 7 && tops.iter().all(|top| *top == tops[0]), "{language}: {tops:?}");
        assert!(lead.height_of_head().await <= 112, "{language}: the name, and one line under it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_no_room_the_menu_is_folded_and_opens_without_scripts() {
    let (_works, lead) = start().await;
    lead.switch_scripts_off().await;
    lead.go("Ny sak").await;
    lead.narrow(360).await;
    assert_eq!(lead.tops_of_ways().await, Vec::<i64>::new());
    assert!(lead.height_of_head().await <= 84, "the name on two lines, no more");
    lead.unfold("Meny").await;
    lead.reads(&["Neste utsending", "Folk og plasser", "Logg ut"]).await;
    assert_eq!(lead.overhang().await, 0);
    lead.go_in("Skrivebordet", "Saker").await;
    lead.reads(&["Saker", "Ny sak"]).await;
    // A window of 1280 pixels at 400 per cent.
    lead.narrow(320).await;
    lead.unfold("Meny").await;
    assert_eq!(lead.overhang().await, 0);
    lead.go("Logg ut").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folded_menu_is_reached_and_opened_by_keyboard() {
    let (_works, lead) = start().await;
    lead.narrow(360).await;
    lead.follow(".desk-menu summary", ".desk-menu[open]").await;
    lead.follow(".desk-menu nav a[href$='/desk/people']", "header nav a[href$='/desk/people'][aria-current]")
        .await;
    lead.reads(&["Hent inn fra regneark"]).await;
}
