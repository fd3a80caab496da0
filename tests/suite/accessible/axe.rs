//! axe-core in a real browser, on telephone and desk, in the light and in the dark.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::driver::Browser;

/// Width, colour scheme, and which rules are asked.
type View = (u32, &'static str, &'static str);

/// What does not depend on colours is asked once at each width, what does in each scheme, too.
const EVERY_VIEW: [View; 4] =
    [(360, "light", ALL), (360, "dark", COLOURS), (1280, "light", COLOURS), (1280, "dark", ALL)];

/// Pages of another language have the same elements in the same colours.
const WORDS_VIEW: [View; 1] = [(360, "light", WORDS)];

/// Every rule, those for habit and for WCAG 2.2's sizes of targets too.
const ALL: &str = "{ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }";

/// The rules that depend on colours.
const COLOURS: &str = "{ resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] }";

/// The rules that depend on words: which language they are in, whether there are any, and how much room they take.
const WORDS: &str = "{ resultTypes: ['violations'], runOnly: ['document-title', 'html-has-lang', 'html-lang-valid',
    'html-xml-lang-mismatch', 'valid-lang', 'button-name', 'link-name', 'label', 'select-name', 'input-button-name',
    'summary-name', 'svg-img-alt', 'image-alt', 'empty-heading', 'empty-table-header', 'page-has-heading-one',
    'label-content-name-mismatch', 'identical-links-same-purpose', 'aria-command-name', 'target-size'] }";

/// What axe-core finds in the page of a file, and whether it is wider than 320 pixels. The pages of one `language`, nb, are
/// looked at in every view.
pub async fn audit(browser: &Browser, axe: &str, (file, name): (&Path, &str), language: &str) -> Vec<String> {
    browser.client.goto(&format!("file://{}", file.display())).await.expect("the page opens");
    browser.ask(&format!("{axe}; return typeof window.axe")).await;
    let mut breaches = Vec::new();
    let views: &[View] = if language == "nb" { &EVERY_VIEW } else { &WORDS_VIEW };
    for &(width, scheme, rules) in views {
        show(browser, width, scheme).await;
        for violation in run(browser, rules).await {
            breaches.push(format!("{name} at {width} px, {scheme}: {violation}"));
        }
    }
    show(browser, 320, "light").await;
    if browser.overhang().await > 0 {
        breaches.push(format!("{name} is wider than 320 px"));
    }
    breaches
}

async fn show(browser: &Browser, width: u32, scheme: &str) {
    browser.widen(width, 900, width < 1000).await;
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.command("Emulation.setEmulatedMedia", &media).await;
    browser.wait_for_media(&format!("(prefers-color-scheme: {scheme})")).await;
}

async fn run(browser: &Browser, options: &str) -> Vec<String> {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const told = v => v.id + ': ' + v.help + ' (' + v.nodes.slice(0, 3).map(n => n.target.join(' ')
             + ' - ' + ((n.any.concat(n.all, n.none)[0] || {{}}).message || '')).join('; ') + ')';
         axe.run(document, {options}).then(r => done(r.violations.map(told)), e => done(['axe failed: ' + e]));"
    );
    let found: Value = browser.client.execute_async(&script, vec![]).await.expect("axe runs");
    serde_json::from_value(found).expect("texts")
}
