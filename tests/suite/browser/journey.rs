//! What a recipient does with a letter, from beginning to end, on a telephone and with the keyboard alone.

use fantoccini::key::Key;

use super::demo::{Demo, Letter};
use super::driver::{Browser, Screen};
use super::get_first_letters;

/// A letter with an event that can be answered.
fn find_letter(letters: Vec<Letter>) -> Letter {
    let is_it =
        |letter: &Letter| letter.html.contains("/answer/coming") && letter.html.contains("/not-for-me");
    letters.into_iter().find(is_it).expect("a letter with an event")
}

/// A walk from one letter.
struct Walk {
    browser: Browser,
    letter: String,
    folder: tempfile::TempDir,
}

impl Walk {
    async fn begin(letter: &Letter) -> Walk {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("letter.html");
        std::fs::write(&file, &letter.html).unwrap();
        let letter = format!("file://{}", file.display());
        Walk { browser: Browser::open(Screen::Telephone).await, letter, folder }
    }

    /// Opens the letter again, and by keyboard one of its links.
    async fn open(&self, link: &str, then: &str) {
        self.browser.client.goto(&self.letter).await.unwrap();
        self.browser.follow(link, then).await;
        assert_eq!(self.browser.overhang().await, 0, "the page behind {link} fits 360 pixels");
    }
}

const DONE: &str = "main [role=status]";

#[tokio::test]
async fn a_recipient_follows_says_no_answers_pauses_and_leaves_by_keyboard() {
    let mut demo = Demo::start();
    let walk = Walk::begin(&find_letter(get_first_letters(&mut demo))).await;
    let browser = &walk.browser;

    // Follow.
    walk.open("a[href$='/preferences']", "input[name=follow]").await;
    let address = browser.client.current_url().await.unwrap();
    browser.ask("document.querySelectorAll('details').forEach(d => { d.open = true })").await;
    browser.tab_to("input[name=follow]:not(:checked)").await;
    let term = browser.ask("return document.activeElement.value").await;
    browser.press(' ').await;
    browser.follow("form button.btn:not(.ghost)", DONE).await;
    let followed = format!(
        "return [...document.querySelectorAll('input[name=follow]')].some(i => i.value === {term} && i.checked)"
    );
    browser.client.goto(address.as_str()).await.unwrap();
    assert_eq!(browser.ask(&followed).await, true, "{term} is followed");

    // Not for me.
    walk.open("a[href$='/not-for-me']", "main form").await;
    browser.follow("main form button.btn", DONE).await;

    // An event.
    walk.open("a[href*='/answer/coming']", "main form").await;
    browser.follow("main form button.btn:not(.ghost)", DONE).await;

    // A pause: the twelfth of December reads the same however a browser orders day and month.
    walk.open("a[href$='/preferences']", "input[type=date]").await;
    browser.tab_to("input[type=date]").await;
    let year = browser.ask("return new Date().getMonth() === 11 && new Date().getDate() >= 12 ? new Date().getFullYear() + 1 : new Date().getFullYear()").await;
    browser.write(&format!("1212{year}")).await;
    let written = browser.ask("return document.querySelector('input[type=date]').value").await;
    assert_eq!(written, format!("{year}-12-12"));
    browser.follow("form button.btn:not(.ghost)", DONE).await;
    browser.client.goto(address.as_str()).await.unwrap();
    let paused = browser.ask("return document.querySelector('input[type=date]').value").await;
    assert_eq!(paused, format!("{year}-12-12"), "the pause stands after loading the page again");

    // Leave, and regret it.
    walk.open("a[href*='/u/']", "button[name=confirm]").await;
    browser.follow("button[name=confirm]", "form[action$='/undo']").await;
    browser.tab_to("form[action$='/undo'] button").await;
    browser.press(Key::Enter.into()).await;
    browser.client.wait().for_element(fantoccini::Locator::Css("main h1")).await.unwrap();
    assert!(walk.folder.path().exists());
}
