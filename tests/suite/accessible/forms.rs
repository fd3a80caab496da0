//! The forms of a page, as a browser would send them.

use crate::pages::markup::{Element, list_elements};
use crate::pages::world::percent_encode;

/// One form, or one of its buttons that sends it elsewhere.
#[derive(Debug, Clone)]
pub struct Form {
    pub method: String,
    pub action: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    kind: String,
    value: String,
    /// Whether it is sent as it stands.
    chosen: bool,
    required: bool,
}

/// How a form is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// Nothing where something is asked, and a day that is long over.
    Wrong,
    /// What is asked, and every box ticked: so that something changes.
    Right,
    /// What is asked, and no box ticked: so that it changes back.
    Bare,
}

/// The forms of a page that is shown at `path`.
pub fn list_forms(html: &str, path: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut inside = false;
    for element in list_elements(html) {
        match element.name.as_str() {
            "form" => {
                inside = true;
                let action = element.attribute("action").filter(|a| !a.is_empty()).unwrap_or(path).to_owned();
                let method = element.attribute("method").unwrap_or("get").to_lowercase();
                forms.push(Form { method, action, fields: Vec::new() });
            }
            "/form" => inside = false,
            "input" | "select" | "textarea" | "option" | "button" if inside => {
                if let Some(form) = forms.last_mut() {
                    form.take(&element);
                }
                if let (Some(elsewhere), Some(form)) =
                    (element.attribute("formaction"), forms.last().cloned())
                {
                    let at = forms.len() - 1;
                    forms.insert(at, Form { action: elsewhere.to_owned(), ..form });
                }
            }
            _ => {}
        }
    }
    forms
}

impl Form {
    fn take(&mut self, element: &Element) {
        let text = |name: &str| element.attribute(name).unwrap_or_default().to_owned();
        let has = |name: &str| element.attribute(name).is_some();
        if element.name == "option" {
            if let Some(select) = self.fields.last_mut().filter(|f| f.kind == "select")
                && (has("selected") || !select.chosen)
            {
                select.value = text("value");
                select.chosen = true;
            }
            return;
        }
        let kind = match element.name.as_str() {
            "input" if has("type") => text("type"),
            "input" => "text".to_owned(),
            other => other.to_owned(),
        };
        let chosen = match kind.as_str() {
            "radio" | "checkbox" => has("checked"),
            "button" => has("name"),
            "select" => false,
            _ => true,
        };
        self.fields.push(Field {
            name: text("name"),
            kind,
            value: text("value"),
            chosen,
            required: has("required"),
        });
    }

    /// The ways in which it is worth being sent.
    pub fn list_manners(&self) -> Vec<Manner> {
        let has_boxes = self.fields.iter().any(|field| field.kind == "checkbox");
        [Manner::Wrong, Manner::Right].into_iter().chain(has_boxes.then_some(Manner::Bare)).collect()
    }

    /// What tells forms apart: where they lead, and what they ask.
    pub fn signature(&self) -> String {
        let names: std::collections::BTreeSet<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        format!("{} {}", self.method, names.into_iter().collect::<Vec<_>>().join(","))
    }

    /// The form as it is sent by someone whose address is `email`.
    pub fn filled(&self, manner: Manner, email: &str) -> String {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut pressed = false;
        for field in self.fields.iter().filter(|f| !f.name.is_empty()) {
            let is_button = field.kind == "button" || field.kind == "submit";
            let is_box = field.kind == "checkbox";
            let is_sent = match manner {
                Manner::Wrong => field.chosen,
                Manner::Right => field.chosen || field.required || is_box,
                Manner::Bare => field.required || (field.chosen && !is_box),
            };
            if (is_button && pressed) || !is_sent {
                continue;
            }
            pressed |= is_button;
            pairs.push((field.name.clone(), field.said(manner, email)));
        }
        let written = pairs.iter().map(|(n, v)| format!("{}={}", percent_encode(n), percent_encode(v)));
        written.collect::<Vec<_>>().join("&")
    }
}

impl Field {
    fn said(&self, manner: Manner, email: &str) -> String {
        let asked =
            ["text", "email", "textarea", "search", "url", "tel", "date"].contains(&self.kind.as_str());
        match (manner, self.kind.as_str()) {
            (Manner::Wrong, "date") => "1999-01-01".to_owned(),
            (Manner::Wrong, "email") => "ikke en adresse".to_owned(),
            (Manner::Wrong, _) if asked => String::new(),
            (_, "email") if self.value.is_empty() => email.to_owned(),
            (_, _) if asked && self.value.is_empty() && self.required => "Prøve".to_owned(),
            _ => self.value.clone(),
        }
    }
}
