//! A draft as an item file: what was sent in, ready for the lead to choose who gets it. Pure.
//!
//! Nothing that a stranger wrote decides anything: who gets the item, what it is about, and whom to call stand as
//! remarks that the lead takes up or not.

use toml::Value;

use crate::forum::{find_line, plain_line};
use crate::store::DraftRow;

/// The file. With an `audience` it is complete; without one, `treff item add` asks for it.
pub fn write_draft_file(draft: &DraftRow, audience: Option<&str>) -> String {
    let said = |key: &str| {
        let fields: serde_json::Value = serde_json::from_str(&draft.fields).unwrap_or_default();
        fields[key].as_str().map(str::to_owned).unwrap_or_default()
    };
    let about: Vec<String> = serde_json::from_str(&draft.about).unwrap_or_default();
    let sender = [&draft.sender_name, &draft.sender_email, &draft.sender_organisation];
    let sender: Vec<&str> = sender.into_iter().flatten().map(String::as_str).collect();
    let mut lines = vec!["+++".to_owned()];
    lines.push(key("kind", draft.kind.as_deref().unwrap_or("tip")));
    lines.push(key("title", &draft.title));
    lines.push(key("language", &draft.language));
    remark(&mut lines, "For whom, says the sender", &draft.audience_words);
    remark(&mut lines, "Why it matters", &said("why"));
    remark(&mut lines, "Forwarded from", &said("forwarded_from"));
    match audience {
        Some(audience) => lines.push(key("audience", audience)),
        None => lines.push(
            "# audience = \"\"     # who gets this? for example group:health or role:decision-maker"
                .to_owned(),
        ),
    }
    if !about.is_empty() {
        let about = about.iter().map(|term| Value::from(term.as_str()).to_string()).collect::<Vec<_>>();
        lines.push(format!("# about = [{}]", about.join(", ")));
    }
    remark(&mut lines, "Sent in by", &sender.join(", "));
    if let (Some(name), Some(email)) = (&draft.sender_name, &draft.sender_email) {
        lines.push("# Ask before you name them as the one to call:".to_owned());
        lines.push(format!("# {}", key("contact", &format!("{name} <{email}>"))));
    }
    lines.push("+++".to_owned());
    lines.push(draft.body.clone());
    let link = said("link");
    if !link.is_empty() {
        lines.extend([String::new(), format!("<{link}>")]);
    }
    lines.join("\n") + "\n"
}

/// `key = "value"`, whatever the value holds, on one line.
fn key(name: &str, value: &str) -> String {
    format!("{name} = {}", Value::from(plain_line(value)))
}

/// A remark of as many lines as the text has.
fn remark(lines: &mut Vec<String>, label: &str, text: &str) {
    let mut label = format!("{label}: ");
    for line in text.lines().filter_map(find_line) {
        lines.push(format!("# {}{line}", std::mem::take(&mut label)));
    }
}
