//! A person at the desk who knows nothing but what the screen says: links and buttons are found by their words, fields by
//! their labels. All of it works with scripts of pages switched off, too.
//!
//! Every page on the way is looked at: it fits 360 and 1280 pixels, and says nothing that a lead would have to look up.
//! `TREFF_TEST_SHOTS` names a folder for pictures of each in both widths.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use fantoccini::Locator;
use serde_json::{Value, json};

use super::driver::Browser;
use crate::harness::option_env_at_run;

const HANDS: &str = include_str!("hands.js");
/// Longer than any page takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(25);

/// Words of the program's own that a lead never meets (NEEDS, words on screen), and English ones that every English
/// sentence has.
const STRANGE: &[&str] = &[
    "seat",
    "seats",
    "term",
    "terms",
    "facet",
    "watermark",
    "expression",
    "edition",
    "editions",
    "digest",
    "cadence",
    "weekly",
    "the",
    "and",
    "with",
    "your",
    "this",
    "item",
    "items",
    "letter",
    "unknown",
    "none",
    "null",
    "undefined",
];

impl Browser {
    /// Follows a link.
    pub async fn go(&self, words: &str) {
        self.go_in("", words).await;
    }

    /// Follows a link or presses a button that leads to a page; of several with these words, the one nearest to `scope`.
    pub async fn go_in(&self, scope: &str, words: &str) {
        self.evaluate("document.documentElement.dataset.before = 'yes'").await;
        self.click_words(scope, words).await;
        let is_there = "document.readyState === 'complete' && !document.documentElement.dataset.before";
        self.wait_until_true(is_there, &format!("a page behind «{words}»")).await;
        self.look().await;
    }

    /// Presses what leads to no page: what folds and unfolds.
    pub async fn unfold(&self, words: &str) {
        self.click_words("", words).await;
    }

    /// Opens an address that somebody was given, in a mail.
    pub async fn open_link(&self, address: &str) {
        self.client.goto(address).await.expect("the page loads");
        self.look().await;
    }

    /// Writes into a field, over what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        self.fill_in("", label, text).await;
    }

    /// The same; of several fields with this label, the one nearest to `scope`.
    pub async fn fill_in(&self, scope: &str, label: &str, text: &str) {
        self.seek("field", scope, label).await;
        let kind = self.hands("kind()").await;
        if ["date", "time"].iter().any(|own| kind == *own) {
            // Browsers ask for days in the order of the machine's own language.
            self.hands(&format!("set({})", json!(text))).await;
            return;
        }
        self.hands("focus()").await;
        self.command("Input.insertText", &json!({ "text": text })).await;
    }

    /// Chooses from a list.
    pub async fn pick(&self, label: &str, option: &str) {
        self.pick_in("", label, option).await;
    }

    /// The same; of several lists with this label, the one nearest to `scope`.
    pub async fn pick_in(&self, scope: &str, label: &str, option: &str) {
        self.seek("field", scope, label).await;
        let fault = self.hands(&format!("pick({})", json!(option))).await;
        assert_eq!(fault, "", "«{label}»: {}", self.page().await);
    }

    /// Ticks a box, or chooses one of several.
    pub async fn tick(&self, label: &str) {
        self.seek("field", "", label).await;
        self.click_sought().await;
    }

    /// Gives a file to a field.
    pub async fn hand_in(&self, label: &str, file: &Path) {
        self.seek("field", "", label).await;
        let field = self.client.find(Locator::Css("[data-sought]")).await.expect("the field");
        field.send_keys(&file.display().to_string()).await.expect("the file is taken");
    }

    /// All that can be read on the page, in one line.
    pub async fn page(&self) -> String {
        self.hands("text()").await.as_str().expect("a text").to_owned()
    }

    /// What can be read, line by line.
    pub async fn lines(&self) -> Vec<String> {
        serde_json::from_value(self.hands("lines()").await).expect("lines")
    }

    /// Sees that the page says all of this.
    pub async fn reads(&self, all: &[&str]) {
        let page = self.page().await;
        for words in all {
            assert!(page.contains(words), "«{words}» is not in: {page}");
        }
    }

    /// Waits until the page says this, by itself: scripts show what goes on.
    pub async fn wait_to_read(&self, words: &str) {
        let says = format!("({HANDS}).text().includes({})", json!(words));
        self.wait_until_true(&says, &format!("«{words}»")).await;
    }

    /// Opens a page again and again until it says this.
    pub async fn go_until(&self, link: &str, words: &str) {
        let asked_at = Instant::now();
        self.go(link).await;
        while !self.page().await.contains(words) {
            assert!(asked_at.elapsed() < PATIENCE, "«{words}» did not come: {}", self.page().await);
            tokio::time::sleep(PAUSE).await;
            self.go(link).await;
        }
    }

    /// The number before these words, as in "12 får denne".
    pub async fn number_before(&self, words: &str) -> usize {
        let lines = self.lines().await;
        let number = lines.iter().find_map(|line| line.strip_suffix(words)?.trim().parse().ok());
        number.unwrap_or_else(|| panic!("no number before «{words}»: {lines:?}"))
    }

    /// Marks a link or button by its words, as `[data-sought]`.
    pub async fn seek_control(&self, scope: &str, words: &str) {
        self.seek("control", scope, words).await;
    }

    /// Marks a field by its label, as `[data-sought]`.
    pub async fn seek_field(&self, scope: &str, label: &str) {
        self.seek("field", scope, label).await;
    }

    async fn seek(&self, what: &str, scope: &str, words: &str) {
        let fault = self.hands(&format!("{what}({}, {})", json!(words), json!(scope))).await;
        assert_eq!(fault, "", "near «{scope}» on: {}", self.page().await);
    }

    async fn click_words(&self, scope: &str, words: &str) {
        self.seek("control", scope, words).await;
        self.click_sought().await;
    }

    /// A real click, where the thing is.
    async fn click_sought(&self) {
        let middle = self.hands("middle()").await;
        for kind in ["mousePressed", "mouseReleased"] {
            let how =
                json!({ "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", &how).await;
        }
    }

    async fn hands(&self, call: &str) -> Value {
        self.evaluate(&format!("({HANDS}).{call}")).await
    }

    /// What an expression gives, also where scripts of pages are switched off.
    async fn evaluate(&self, expression: &str) -> Value {
        let answer = self.try_evaluate(expression).await;
        answer.unwrap_or_else(|fault| panic!("{expression}: {fault}"))
    }

    async fn try_evaluate(&self, expression: &str) -> Result<Value, Value> {
        let how = json!({ "expression": expression, "returnByValue": true });
        let answer =
            self.try_command("Runtime.evaluate", &how).await.map_err(|fault| json!(fault.to_string()))?;
        if answer["exceptionDetails"].is_null() { Ok(answer["result"]["value"].clone()) } else { Err(answer) }
    }

    /// Waits until an expression is true, also where scripts of pages are switched off.
    pub(super) async fn wait_until_true(&self, expression: &str, what: &str) {
        let asked_at = Instant::now();
        while self.try_evaluate(expression).await.ok() != Some(Value::Bool(true)) {
            assert!(asked_at.elapsed() < PATIENCE, "{what} did not come: {}", self.page().await);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Looks at a page in both widths.
    async fn look(&self) {
        let address = self.client.current_url().await.expect("an address");
        let page = self.page().await;
        assert!(!address.path().starts_with("/desk") || !page.contains("Noe gikk galt"), "{address}: {page}");
        let lower = self.hands("said()").await.as_str().expect("a text").to_lowercase();
        let said = lower.split(' ').filter(|word| !word.contains("://"));
        let words: Vec<&str> =
            said.flat_map(|word| word.split(|c: char| !c.is_alphanumeric() && c != '-')).collect();
        let strange: Vec<_> = STRANGE.iter().filter(|word| words.contains(word)).collect();
        assert!(strange.is_empty(), "{address} says {strange:?}: {lower}");
        for width in [360, 1280] {
            self.widen(width, 900, width == 360).await;
            let overhang = self.hands("overhang()").await;
            self.keep_picture(width, address.path()).await;
            assert!(overhang.as_i64() <= Some(0), "{address} is {overhang} pixels wider than {width}");
            let cut = self.hands("cut()").await;
            assert_eq!(cut.as_str(), Some(""), "{address} parts or clips words at {width} pixels");
        }
    }

    async fn keep_picture(&self, width: u32, path: &str) {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let Some(folder) = option_env_at_run("TREFF_TEST_SHOTS") else { return };
        let height = self.evaluate("document.documentElement.scrollHeight").await;
        let whole = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let how = json!({ "captureBeyondViewport": true, "clip": whole });
        let picture = self.command("Page.captureScreenshot", &how).await;
        let picture = picture["data"].as_str().expect("a picture");
        let picture = base64::engine::general_purpose::STANDARD.decode(picture).expect("a picture");
        let number = COUNT.fetch_add(1, Ordering::Relaxed) / 2;
        let name = format!("{number:03}-{width}{}.png", path.replace('/', "-"));
        std::fs::write(Path::new(&folder).join(name), picture).expect("the picture is kept");
    }
}
