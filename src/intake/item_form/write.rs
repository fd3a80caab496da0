//! A filled-in form as item files: one line for each key, so that an error's line tells the field.

use super::fields::PROMISE_FIELDS;
use super::form::ItemForm;
use crate::content::Kind;
use crate::forum::{Forum, Language};

/// An item file, and the field that each line of its front matter came from.
pub(super) struct FormFile {
    /// The whole file.
    pub(super) text: String,
    /// By line, from the second of the file on; empty where a line came from none.
    pub(super) lines: Vec<String>,
}

/// A file for the first language, and one for each other in which something stands; the lines of `head` stand first in each.
pub(super) fn write_files(form: &ItemForm, head: &[String], forum: &Forum) -> Vec<FormFile> {
    let first = form.language().unwrap_or(forum.settings.language);
    let others = form.other_languages(forum).into_iter().map(Some);
    std::iter::once(None).chain(others).map(|other| write_file(form, head, first, other)).collect()
}

struct Lines<'a> {
    form: &'a ItemForm,
    text: String,
    fields: Vec<String>,
}

/// The file of the first language, or of another, whose fields carry its tag.
fn write_file(form: &ItemForm, head: &[String], first: Language, other: Option<Language>) -> FormFile {
    let mut lines = Lines { form, text: "+++\n".to_owned(), fields: Vec::new() };
    let language = other.unwrap_or(first);
    let of = |field: &str| other.map_or_else(|| field.to_owned(), |other| format!("{field}_{other}"));
    head.iter().for_each(|line| lines.line("", line));
    let kind = form.kind().unwrap_or(Kind::Article);
    lines.add("kind", "kind", kind.word());
    lines.add_field("title", &of("title"));
    lines.add("language", "language", language.tag());
    lines.add_shared();
    lines.add_kind(kind);
    if kind == Kind::Minutes {
        for key in ["achieved", "how", "next", "why"] {
            lines.add_field(key, &of(key));
        }
    }
    if kind == Kind::Event {
        lines.add_field("place", &of("place"));
    }
    if kind == Kind::Minutes {
        lines.add_promises();
    }
    let body = with_link(form.get(&of("body")), form.get("link").trim());
    FormFile { text: format!("{}+++\n{body}", lines.text), lines: lines.fields }
}

impl Lines<'_> {
    /// `key = "value"`, whatever the value holds, on one line.
    fn add(&mut self, key: &str, field: &str, value: &str) {
        let written = serde_json::to_string(value).unwrap_or_default().replace('\u{7f}', "");
        self.line(field, &format!("{key} = {written}"));
    }

    fn line(&mut self, field: &str, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.fields.push(field.to_owned());
    }

    /// What stands in a field, if anything does.
    fn add_field(&mut self, key: &str, field: &str) {
        let value = self.form.get(field).trim().to_owned();
        let value = if is_one_line(key) { value.replace(['\n', '\t'], " ") } else { value };
        if !value.is_empty() {
            self.add(key, field, &value);
        }
    }

    /// A day, with a time if one stands beside it.
    fn add_time(&mut self, key: &str, day: &str, time: &str) {
        let (on, at) = (self.form.get(day).trim().to_owned(), self.form.get(time).trim().to_owned());
        match (on.is_empty(), at.is_empty()) {
            (true, true) => {}
            (true, false) => self.add(key, day, &at),
            (false, true) => self.add(key, day, &on),
            (false, false) => self.add(key, day, &format!("{on} {at}")),
        }
    }

    fn add_shared(&mut self) {
        for key in ["audience", "visibility", "importance", "lane", "source"] {
            self.add_field(key, key);
        }
        if !self.form.about.is_empty() {
            let about = serde_json::to_string(&self.form.about).unwrap_or_default();
            self.line("about", &format!("about = {about}"));
        }
        if self.form.get("interested") == "no" {
            self.line("interested", "interested = false");
        }
        self.add_time("release_at", "release_on", "release_time");
        self.add_field("expires_at", "expires_on");
        let [name, email, phone] = ["contact_name", "contact_email", "contact_phone"]
            .map(|field| self.form.get(field).trim().to_owned());
        let address = if email.is_empty() { name } else { format!("{name} <{email}>").trim().to_owned() };
        let contact =
            [address, phone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        if !contact.is_empty() {
            self.add("contact", if email.is_empty() { "contact_name" } else { "contact_email" }, &contact);
        }
    }

    /// Tables of their own: what stands behind them in the front matter would be theirs.
    fn add_promises(&mut self) {
        for number in self.form.list_promise_rows() {
            self.line(&format!("promise_what_{number}"), "[[promises]]");
            for (key, field) in ["what", "owner", "by"].into_iter().zip(PROMISE_FIELDS) {
                self.add_field(key, &format!("{field}{number}"));
            }
        }
    }

    fn add_kind(&mut self, kind: Kind) {
        match kind {
            Kind::Minutes => {
                self.add_field("group", "group");
                self.add_field("met_on", "met_on");
            }
            Kind::Event => {
                self.add_time("starts_at", "starts_on", "starts_time");
                // An end without a day is on the day of the start.
                let same_day = self.form.get("ends_on").is_empty() && !self.form.get("ends_time").is_empty();
                self.add_time("ends_at", if same_day { "starts_on" } else { "ends_on" }, "ends_time");
                self.add_field("registration_url", "registration_url");
                if self.form.get("gathering") == "yes" {
                    self.line("gathering", "gathering = true");
                }
            }
            Kind::Request => self.add_field("wanted_by", "wanted_by"),
            Kind::Call => self.add_field("deadline", "deadline"),
            Kind::Research | Kind::Article | Kind::Experience | Kind::Tip => {}
        }
    }
}

fn is_one_line(key: &str) -> bool {
    !matches!(key, "achieved" | "how" | "next" | "why")
}

/// The text with the link at its end, unless it stands in it.
fn with_link(body: &str, link: &str) -> String {
    if link.is_empty() || body.contains(link) {
        body.to_owned()
    } else {
        format!("{}\n\n<{}>\n", body.trim_end(), link.replace(['<', '>', ' '], ""))
    }
}
