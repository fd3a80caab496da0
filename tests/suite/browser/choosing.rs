//! The preference page in a real browser, by keyboard: ticking shows what the next letter would hold; saving can be
//! taken back; *not for me* too.

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;

use super::demo::Demo;
use super::driver::{Browser, Screen};
use super::{get_first_letters, open_preferences_from_a_letter};

/// Presses a key where the focus is put: no pointer is needed anywhere.
async fn press(element: &Element, key: Key) {
    element.send_keys(&char::from(key).to_string()).await.expect("it takes the focus and the key");
}

async fn find(browser: &Browser, css: &str) -> Element {
    browser
        .client
        .wait()
        .for_element(Locator::Css(css))
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"))
}

async fn count(browser: &Browser, css: &str) -> i64 {
    let script = format!("return document.querySelectorAll({css:?}).length");
    browser.ask(&script).await.as_i64().expect("a number")
}

/// What the next letter would hold. On some days of the week that is more than nothing: items wait for their day.
const COMING: &str = "#preview ol.coming li";

/// Follows topics that are not followed, one after the other, until the preview names more than `before` items.
async fn follow_until_more_comes(browser: &Browser, before: i64) -> Vec<String> {
    let mut followed = Vec::new();
    let topics = "details[open] > ul input[name=follow]:not(:checked)";
    while count(browser, topics).await > 0 && followed.len() < 40 {
        let topic = find(browser, topics).await;
        followed.push(topic.attr("value").await.unwrap().expect("a term"));
        browser.ask("delete document.getElementById('preview').dataset.fresh").await;
        press(&topic, Key::Space).await;
        find(browser, "#preview[data-fresh]").await;
        if count(browser, COMING).await > before {
            return followed;
        }
    }
    panic!("following {followed:?} brings nothing more");
}

async fn choose_see_save_and_undo(screen: Screen) {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(screen).await;
    open_preferences_from_a_letter(&browser, &demo).await;
    assert!(browser.overhang().await <= 0, "the page fits the screen");
    let before = count(&browser, COMING).await;
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)").await;
    let followed = follow_until_more_comes(&browser, before).await;
    let short = find(&browser, "#preview-short").await.text().await.unwrap();
    let titles = find(&browser, "#preview").await.text().await.unwrap();
    assert_eq!(count(&browser, "[role=status]").await, 0, "nothing was saved by ticking");
    press(&find(&browser, ".prefs-bar button").await, Key::Enter).await;
    find(&browser, "[role=status]").await;
    assert_eq!(
        find(&browser, "#preview-short").await.text().await.unwrap(),
        short,
        "saving keeps what the preview promised"
    );
    let saved = find(&browser, "#preview").await.text().await.unwrap();
    assert_eq!(saved.lines().skip(3).collect::<Vec<_>>(), titles.lines().skip(3).collect::<Vec<_>>());
    press(&find(&browser, "form[action$='/preferences/undo'] button").await, Key::Enter).await;
    find(&browser, ".note[role=status]:not(:has(form))").await;
    for term in followed {
        let ticked = format!("return document.querySelector('input[name=follow][value=\"{term}\"]').checked");
        assert_eq!(browser.ask(&ticked).await, false, "{term} is followed no longer");
    }
    assert_eq!(count(&browser, COMING).await, before);
}

#[tokio::test]
async fn on_a_telephone_one_ticks_sees_saves_and_takes_back_by_keyboard() {
    choose_see_save_and_undo(Screen::Telephone).await;
}

#[tokio::test]
async fn at_a_desk_one_ticks_sees_saves_and_takes_back_by_keyboard() {
    choose_see_save_and_undo(Screen::Desk).await;
}

#[tokio::test]
async fn an_item_that_is_not_for_me_is_said_by_keyboard_and_taken_back() {
    let mut demo = Demo::start();
    let letters = get_first_letters(&mut demo);
    let link = |html: &str| Some(html.split('"').find(|part| part.ends_with("/not-for-me"))?.to_owned());
    let address = letters.iter().find_map(|letter| link(&letter.html)).expect("a letter with such a link");
    let browser = Browser::open(Screen::Telephone).await;
    browser.client.goto(&address).await.unwrap();
    assert!(browser.overhang().await <= 0, "the page fits the screen");
    assert!(count(&browser, "ul.reasons li").await > 0, "every reason is named");
    press(&find(&browser, "ul.reasons button").await, Key::Enter).await;
    let undo = find(&browser, "form[action$='/not-for-me/undo'] button").await;
    press(&undo, Key::Enter).await;
    find(&browser, "main:not(:has(form)) .note[role=status]").await;
    browser.client.goto(&address.replace(&tail(&address), "/preferences")).await.unwrap();
    assert_eq!(count(&browser, "input[name=mute]:checked").await, 0, "nothing is hidden");
    assert_eq!(count(&browser, "ul.history li").await, 2, "the page tells both");
}

/// What follows the letter's token in an item's address.
fn tail(address: &str) -> String {
    address[address.find("/item/").expect("an item of a letter")..].to_owned()
}
