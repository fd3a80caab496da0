//! Everything that is held about a person: to read in their language, and to take along (GDPR art. 15 and 20).

use std::collections::HashMap;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;

use super::codes::{Place, Teller};
use crate::feedback::dossier::unfold;
use crate::web::item_view::Fact;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

/// What programs need and people don't: it stands in the file.
const HIDDEN: [&str; 15] = [
    "public_id",
    "revision",
    "watermark",
    "letter",
    "message_id",
    "id",
    "recipient",
    "points",
    "reasons",
    "last_planned_at",
    "text_hash",
    "versions",
    "feed",
    "not_same_as",
    "match",
];

/// What people look for first; the log of changes stands last.
const FIRST: [&str; 7] =
    ["recipient", "marks", "seats", "legal_basis", "union_grounds", "consents", "letters"];

/// A kind of rows.
#[derive(Serialize)]
struct Section {
    #[serde(skip)]
    rank: usize,
    title: String,
    entries: Vec<Vec<Fact>>,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    sections: Vec<Section>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "data.html";
}

/// GET: all of it, to read.
pub(super) async fn show(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let dossier = reading.dossier(&visitor.recipient).await?;
    let words = reading.0.words(visitor.recipient.language);
    let teller = Teller { site: &reading.0, visitor: &visitor, words, titles: titles_of(&dossier) };
    let mut sections = Vec::new();
    teller.tell("", &dossier, &mut sections);
    sections.sort_by_key(|section| section.rank);
    visitor.page(&reading.0, &Page { masked: visitor.recipient.email.masked(), sections })
}

/// GET: all of it, as a file of JSON.
pub(super) async fn export(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let mut dossier = reading.dossier(&visitor.recipient).await?;
    unfold(&mut dossier);
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"treff-export.json\""),
    ];
    Ok((headers, serde_json::to_string_pretty(&dossier)?).into_response())
}

/// The titles of items that stood in their letters, by slug: what they got they may read the name of.
fn titles_of(dossier: &Value) -> HashMap<String, String> {
    let rows = dossier["items"].as_array().into_iter().flatten();
    let titled = |row: &Value| Some((row["item"].as_str()?.to_owned(), row["title"].as_str()?.to_owned()));
    rows.filter_map(titled).collect()
}

impl Teller<'_> {
    /// Each list becomes a section, and so does each part that holds no lists; what has no rows is left out.
    fn tell(&self, name: &str, value: &Value, sections: &mut Vec<Section>) {
        let entries: Vec<Vec<Fact>> = match value {
            Value::Array(rows) => {
                rows.iter().map(|row| self.facts(name, row)).filter(|f| !f.is_empty()).collect()
            }
            Value::Object(fields) if fields.values().any(|v| v.is_array() || v.is_object()) => {
                fields.iter().for_each(|(field, value)| self.tell(field, value, sections));
                return;
            }
            Value::Object(_) => vec![self.facts(name, value)],
            _ => return,
        };
        if !entries.is_empty() {
            let rank = FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            let rank = if name == "changes" { rank + 1 } else { rank };
            sections.push(Section { rank, title: self.label(name), entries });
        }
    }

    /// A row of a part, its columns of JSON unfolded: only here, or a part with such a column would be taken for one of lists.
    fn facts(&self, part: &str, row: &Value) -> Vec<Fact> {
        let mut row = row.clone();
        unfold(&mut row);
        let Value::Object(fields) = &row else {
            let told = self.value(Place { part, field: "" }, &row);
            return told.map(|value| Fact { label: String::new(), value }).into_iter().collect();
        };
        let is_told = |field: &str| {
            // A name stands beside the code.
            let is_named = match (part, field) {
                ("recipient", "organisation") => true,
                ("items", "item") => fields.get("title").is_some_and(Value::is_string),
                _ => false,
            };
            !is_named && !HIDDEN.contains(&field)
        };
        let told = fields.iter().filter(|(field, _)| is_told(field.as_str()));
        let fact = |(field, value): (&String, &Value)| {
            Some(Fact { label: self.label(field), value: self.value(Place { part, field }, value)? })
        };
        told.filter_map(fact).collect()
    }

    fn label(&self, field: &str) -> String {
        self.words.access.labels.get(field).cloned().unwrap_or_else(|| field.replace('_', " "))
    }

    /// A value in plain words; none if there is nothing to tell. A number that stands for an organisation or for one of several
    /// items is a key.
    fn value(&self, place: Place<'_>, value: &Value) -> Option<String> {
        let words = &self.words.access.data;
        match value {
            Value::Null => None,
            Value::Bool(true) => Some(words.yes.clone()),
            Value::Bool(false) => Some(words.no.clone()),
            Value::Number(_) if place.field == "organisation" => None,
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) if text.is_empty() || text == "[]" || text == "{}" => None,
            Value::String(text) => Some(self.text(place, text)),
            Value::Array(list) => {
                let named = list.iter().filter(|value| !value.is_number());
                let told: Vec<String> = named.filter_map(|value| self.value(place, value)).collect();
                Some(told.join(", ")).filter(|text| !text.is_empty())
            }
            Value::Object(_) => self.named(value).or_else(|| {
                let facts = self.facts(place.part, value);
                let told: Vec<String> =
                    facts.into_iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
                Some(told.join("; ")).filter(|text| !text.is_empty())
            }),
        }
    }
}
