//! The pages as people see them: a real browser before the real program, `treff demo`.

mod choosing;
pub mod demo;
mod doors;
pub mod driver;
pub mod hands;
mod journey;
mod keyboard;
mod mailing;
pub mod queueing;
mod scriptless;

use std::collections::BTreeSet;

use demo::{Demo, Letter};
use driver::{Browser, Screen};
use fantoccini::Locator;

/// The weekly letters of a demo that stands for all stories which change nothing.
fn get_first_letters(demo: &mut Demo) -> Vec<Letter> {
    demo.wait_for("forty letters", 5, |demo| demo.count_letters() >= 40);
    demo.list_letters()
}

/// A letter without its greeting and links: what was chosen for its reader.
fn without_person(letter: &Letter) -> String {
    let lines = letter.text.lines().skip_while(|line| !line.trim().is_empty()).skip(2);
    lines.filter(|line| !line.contains("://")).collect::<Vec<_>>().join("\n")
}

/// Opens the first letter of the inbox as a newcomer would, and follows its link to the preferences.
async fn open_preferences_from_a_letter(browser: &Browser, demo: &Demo) {
    let client = &browser.client;
    client.goto(&demo.address("/")).await.unwrap();
    client.find(Locator::Css("ul.letters a")).await.expect("the inbox lists letters").click().await.unwrap();
    let frame = client.wait().for_element(Locator::Css("iframe.mail")).await.expect("a letter is shown");
    frame.enter_frame().await.unwrap();
    let link = client.find(Locator::Css("a[href$='/preferences']")).await.expect("a link to the preferences");
    let address = link.attr("href").await.unwrap().expect("an address");
    assert!(address.starts_with(&demo.address("/l/")), "{address}");
    client.enter_parent_frame().await.unwrap();
    client.goto(&address).await.unwrap();
}

#[tokio::test]
async fn the_telephone_is_360_pixels_wide_and_reaches_nobody_else() {
    let browser = Browser::open(Screen::Telephone).await;
    let page = "data:text/html,<meta name=viewport content='width=device-width'><p style='width:400px'>wide\
                <img src='http://elsewhere.example/x.png'>";
    browser.client.goto(page).await.unwrap();
    assert_eq!(browser.ask("return screen.width").await, 360);
    assert!(browser.overhang().await > 0);
    assert_eq!(browser.list_requests().await, ["http://elsewhere.example/x.png"]);
}

#[test]
fn the_demo_sends_forty_letters_and_fifteen_different_ones() {
    let mut demo = Demo::start();
    let letters = get_first_letters(&mut demo);
    let recipients: BTreeSet<&str> = letters.iter().map(|l| l.recipient.as_str()).collect();
    assert!(recipients.len() >= 40, "{} recipients", recipients.len());
    let different: BTreeSet<String> = letters.iter().map(without_person).collect();
    assert!(different.len() >= 15, "{} different letters", different.len());
}

#[test]
fn a_second_start_goes_on_where_it_was() {
    let mut demo = Demo::start();
    let told =
        |letters: Vec<Letter>| letters.into_iter().map(|l| (l.recipient, l.text)).collect::<BTreeSet<_>>();
    let first = told(get_first_letters(&mut demo));
    let (status, folder) = demo.stop();
    assert!(status.success(), "SIGTERM is a graceful end: {status}");
    let mut again = Demo::start_in(folder);
    let second = told(get_first_letters(&mut again));
    assert_eq!(first.difference(&second).count(), 0, "no letter is lost or changed");
    let recipients: BTreeSet<_> = second.iter().map(|(recipient, _)| recipient).collect();
    let repeated = first.iter().filter(|l| second.iter().filter(|s| s.0 == l.0 && s.1 == l.1).count() != 1);
    assert_eq!(repeated.count(), 0, "no letter is sent again");
    assert!(recipients.len() >= 40);
}

#[tokio::test]
async fn a_letter_asks_nothing_of_other_machines() {
    let mut demo = Demo::start();
    let letters = get_first_letters(&mut demo);
    let asking = [
        "src=",
        "srcset=",
        "background=",
        "<link",
        "@import",
        "url(",
        "<script",
        "<iframe",
        "<object",
        "<form",
    ];
    for letter in &letters {
        let html = letter.html.to_lowercase();
        let found: Vec<_> = asking.iter().filter(|word| html.contains(**word)).collect();
        assert!(found.is_empty(), "the letter to {} holds {found:?}", letter.recipient);
    }
    let browser = Browser::open(Screen::Desk).await;
    browser.client.goto(&demo.address("/")).await.unwrap();
    let first = browser.client.find(Locator::Css("ul.letters a")).await.expect("the inbox lists letters");
    first.click().await.unwrap();
    browser.client.wait().for_element(Locator::Css("iframe.mail")).await.expect("a letter is shown");
    let requests = browser.list_requests().await;
    let strange: Vec<_> = requests.iter().filter(|at| !at.starts_with(&demo.address("/"))).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

/// A mail program may show a letter in a column much narrower than the telephone.
#[tokio::test]
async fn no_button_of_a_letter_breaks_a_word_where_there_is_little_room() {
    let mut demo = Demo::start();
    let letters = get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    let folder = tempfile::tempdir().unwrap();
    for letter in letters.iter().take(5) {
        let file = folder.path().join("letter.html");
        std::fs::write(&file, &letter.html).unwrap();
        browser.client.goto(&format!("file://{}", file.display())).await.unwrap();
        browser.widen(270, 900, true).await;
        let words = "[...document.querySelectorAll('.btn-link, .ghost-link')]
            .filter(a => !/\\s/.test(a.textContent.trim()))";
        assert!(browser.ask(&format!("return {words}.length")).await.as_i64() >= Some(2), "yes and no");
        let broken = browser.ask(&format!("return {words}.filter(a => a.offsetHeight > 50).length")).await;
        assert_eq!(broken, 0, "in the letter to {}", letter.recipient);
    }
}

#[tokio::test]
async fn a_topic_followed_from_a_letter_stays_followed() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;
    let client = &browser.client;
    open_preferences_from_a_letter(&browser, &demo).await;
    let address = client.current_url().await.unwrap();
    let topic =
        client.find(Locator::Css("input[name=follow]:not(:checked)")).await.expect("a topic to follow");
    let term = topic.attr("value").await.unwrap().expect("a term");
    browser.ask(&format!("document.querySelector('input[name=follow][value=\"{term}\"]').click()")).await;
    browser.ask("document.querySelector('form button.btn').click()").await;
    client.wait().for_element(Locator::Css("[role=status]")).await.expect("the page says that it is saved");
    client.goto(address.as_str()).await.unwrap();
    let followed = format!("return document.querySelector('input[name=follow][value=\"{term}\"]').checked");
    assert_eq!(browser.ask(&followed).await, true, "{term} is followed after loading the page again");
}

#[tokio::test]
async fn who_unsubscribes_on_the_page_is_unsubscribed() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;
    let client = &browser.client;
    open_preferences_from_a_letter(&browser, &demo).await;
    let preferences = client.current_url().await.unwrap();
    client
        .find(Locator::Css("p.links a[href*=\"/u/\"]"))
        .await
        .expect("a link to unsubscribe")
        .click()
        .await
        .unwrap();
    let masked = client.wait().for_element(Locator::Css("main strong")).await.unwrap().text().await.unwrap();
    assert!(masked.contains("***@"), "the page says whose it is, masked: {masked}");
    client.goto(preferences.as_str()).await.unwrap();
    let note = "return document.querySelectorAll('main .note').length";
    assert_eq!(browser.ask(note).await, 0, "opening the page changed nothing");
    client.back().await.unwrap();
    client.wait().for_element(Locator::Css("button[name=confirm]")).await.unwrap().click().await.unwrap();
    client.wait().for_element(Locator::Css("form[action$='/undo']")).await.expect("it can be taken back");
    client.goto(preferences.as_str()).await.unwrap();
    assert_eq!(browser.ask(note).await, 1, "the preferences say that no letters come");
}

/// `/inbox/letter/17/text` and `/inbox/letter/18/text` are one kind of page.
fn kind_of_page(path: &str) -> String {
    if path.starts_with("/i/") {
        return "/i/*".to_owned();
    }
    let is_key = |part: &str| part.len() > 20 || part.starts_with(|c: char| c.is_ascii_digit());
    path.split('/').map(|part| if is_key(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_page_fits_a_telephone_and_asks_nothing_of_other_machines() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;
    let root = demo.address("");
    let mut waiting = vec!["/".to_owned()];
    let mut kinds = BTreeSet::new();
    let mut breaches = Vec::new();
    while let Some(path) = waiting.pop() {
        if !kinds.insert(kind_of_page(&path)) {
            continue;
        }
        browser.client.goto(&demo.address(&path)).await.unwrap();
        if browser.overhang().await > 0 {
            breaches.push(format!("{path} is wider than 360 px"));
        }
        let strange = browser.list_requests().await.into_iter().filter(|at| !at.starts_with(&root));
        breaches.extend(strange.map(|at| format!("{path} asks for {at}")));
        let links = "return [...document.querySelectorAll('a[href], iframe[src]')].map(a => a.href || a.src)";
        let links: Vec<String> = serde_json::from_value(browser.ask(links).await).unwrap();
        let own =
            links.iter().filter_map(|link| link.strip_prefix(&root)).filter(|path| !path.ends_with(".ics"));
        waiting.extend(own.map(|path| path.split('#').next().unwrap_or_default().to_owned()));
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    for kind in
        ["/", "/inbox/letter/*", "/inbox/letter/*/frame", "/l/*/preferences", "/u/*", "/l/*/item/*", "/i/*"]
    {
        assert!(kinds.contains(kind), "{kind} was not reached; these were: {kinds:?}");
    }
}
