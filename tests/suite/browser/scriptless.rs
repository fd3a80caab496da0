//! With JavaScript switched off everything is there: choosing, seeing what it would give, saving, taking it back,
//! answering.

use fantoccini::Locator;
use serde_json::json;

use super::demo::Demo;
use super::driver::{Browser, Screen};
use super::get_first_letters;

impl Browser {
    /// Clicks through the DevTools protocol: WebDriver's own click waits for scripts.
    async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        let click = format!("document.querySelector({css:?}).click()");
        self.command("Runtime.evaluate", &json!({ "expression": click })).await;
    }

    /// The same where another page follows, which must show something.
    async fn click_to(&self, css: &str, then: &str) {
        self.click(css).await;
        let shown = self.client.wait().for_element(Locator::Css(then)).await;
        assert!(
            shown.is_ok(),
            "{css} leads to a page without {then}:\n{}",
            self.client.source().await.unwrap()
        );
    }
}

#[tokio::test]
async fn without_scripts_one_chooses_looks_saves_takes_back_and_answers() {
    let mut demo = Demo::start();
    let letters = get_first_letters(&mut demo);
    let words = || letters.iter().flat_map(|letter| letter.text.split_whitespace());
    let browser = Browser::open(Screen::Telephone).await;
    browser.switch_scripts_off().await;
    let client = &browser.client;
    let page = "data:text/html,<p id=off>off<script>document.getElementById('off').id = 'on'</script>";
    client.goto(page).await.unwrap();
    client.find(Locator::Css("p#off")).await.expect("scripts are off");

    client.goto(words().find(|word| word.ends_with("/preferences")).expect("a link")).await.unwrap();
    let topic = "details[open] input[name=follow]:not(:checked)";
    let topic = client.find(Locator::Css(topic)).await.expect("a topic that is not followed");
    let term = topic.attr("value").await.unwrap().expect("a term");
    let field = format!("input[name=follow][value='{term}']");
    let ticked = format!("{field}[checked]");
    browser.click(&field).await;
    browser.click_to("button[formaction$='/preferences/preview']", "p[role=status] a[href='#preview']").await;
    client.find(Locator::Css(&ticked)).await.expect("what was ticked stays ticked");
    browser.click_to(".prefs-bar button", "form[action$='/preferences/undo']").await;
    client.find(Locator::Css(&ticked)).await.expect("it is followed");
    browser.click_to("form[action$='/preferences/undo'] button", "[role=status]:not(:has(form))").await;
    assert!(client.find(Locator::Css(&ticked)).await.is_err(), "it is followed no longer");

    let link = words().find(|word| word.ends_with("/answer/coming")).expect("a letter with an event");
    client.goto(link).await.unwrap();
    browser.click_to("main form button.btn", "main [role=status]").await;
}
