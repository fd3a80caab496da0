//! The Nu HTML checker: one run of Java over all pages.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::collect::Page;

/// The errors that the checker finds; each is named once, with the first page that has it. Nothing is filtered.
pub fn check(node_modules: &Path, folder: &Path, pages: &[Page]) -> Vec<String> {
    std::fs::create_dir_all(folder).expect("a folder");
    for page in pages {
        std::fs::write(folder.join(format!("{}.html", page.name)), &page.html)
            .expect("the page can be written");
    }
    let jar = node_modules.join("vnu-jar/build/dist/vnu.jar");
    // The language is ours to say, and the walk asks it: a page of names is not always told rightly by guessing.
    let output = Command::new("java")
        .args(["-Xmx512m", "-jar"])
        .arg(jar)
        .args(["--format", "json", "--errors-only", "--no-langdetect", "--skip-non-html"])
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .expect("java is installed; tests/run installs it (Debian's default-jre-headless)");
    let told: Value = serde_json::from_slice(&output.stderr).expect("the checker answers in JSON");
    let messages = told["messages"].as_array().expect("a list of messages");
    let mut seen = BTreeSet::new();
    let text = |message: &Value, field: &str| message[field].as_str().unwrap_or_default().to_owned();
    let new = messages.iter().filter(|message| seen.insert(text(message, "message")));
    new.map(|message| {
        let page = text(message, "url");
        let page = page.rsplit('/').next().unwrap_or_default();
        format!("{page}: {} near {}", text(message, "message"), text(message, "extract"))
    })
    .collect()
}
