//! The lead at the mailing desk, on a telephone: what comes next, an item held back and let go, one person's letter, and how
//! far the last mailing went.

use fantoccini::Locator;

use super::demo::Demo;
use super::driver::{Browser, Screen};
use super::get_first_letters;
use super::queueing::{choose, come_to_the_desk, press, wait_until, write};

const WEEKLY: &str = "/desk/mailing/next/weekly";

async fn text_of(browser: &Browser, css: &str) -> String {
    let script = format!("const e = document.querySelector(\"{css}\"); return e ? e.textContent : ''");
    browser.ask(&script).await.as_str().unwrap_or_default().to_owned()
}

/// Goes to a page and sees that it fits the telephone.
async fn visit(browser: &Browser, demo: &Demo, path: &str) {
    browser.client.goto(&demo.address(path)).await.unwrap();
    assert_eq!(browser.overhang().await, 0, "{path}");
}

#[tokio::test]
async fn the_lead_sees_what_comes_holds_it_back_and_reads_somebodys_letter() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;
    come_to_the_desk(&browser, &demo).await;
    visit(&browser, &demo, "/desk/items/new").await;
    write(&browser, "title", "Nytt fra forumet").await;
    write(&browser, "body", "Les.").await;
    wait_until(&browser, "location.pathname.startsWith('/desk/drafts/')").await;
    let address = browser.client.current_url().await.unwrap();
    browser.client.goto(address.as_str()).await.unwrap();
    choose(&browser, "all", "or").await;
    press(&browser, "button[name=do][value=queue]", "form[action$='/undo']").await;

    // It stands in the coming mailing, is held back, and stands there again.
    visit(&browser, &demo, WEEKLY).await;
    let hold = "form[action$='/nytt-fra-forumet/hold'] button";
    assert!(text_of(&browser, "#items + ul").await.contains("Nytt fra forumet"));
    press(&browser, hold, "form[action$='/nytt-fra-forumet/let-go']").await;
    assert!(!text_of(&browser, "#items + ul").await.contains("Nytt fra forumet"));
    assert_eq!(browser.overhang().await, 0);
    press(&browser, "form[action$='/nytt-fra-forumet/let-go'] button", hold).await;

    // A person's letter, after one pressed for it, in a frame that runs nothing.
    visit(&browser, &demo, "/desk/mailing/letter?q=a").await;
    press(&browser, "form[action*='/desk/mailing/letter/'] button", "iframe.mail").await;
    assert_eq!(browser.overhang().await, 0);
    let frame = browser.client.find(Locator::Css("iframe.mail")).await.unwrap();
    assert_eq!(frame.attr("sandbox").await.unwrap().as_deref(), Some(""));
    frame.enter_frame().await.unwrap();
    let letter = browser.client.find(Locator::Css("body")).await.unwrap().html(true).await.unwrap();
    assert!(letter.contains("Nytt fra forumet"), "{letter}");
    browser.client.enter_parent_frame().await.unwrap();

    // What was sent, and how far it went.
    visit(&browser, &demo, "/desk/mailing/sent").await;
    press(&browser, ".entries li:last-child a.title", "#groups").await;
    assert_eq!(browser.overhang().await, 0);
    assert!(
        browser.ask("return document.querySelectorAll('#groups + ul li').length").await.as_i64() > Some(3)
    );
    let strange = browser.list_requests().await.into_iter().filter(|at| !at.starts_with(&demo.address("/")));
    assert_eq!(strange.count(), 0, "the desk asks nothing of other machines");
}
