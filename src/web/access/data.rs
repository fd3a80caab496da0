//! Everything that is held about a person: to read in their language, and to take along (GDPR art. 15 and 20).

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;

use crate::feedback::dossier::unfold;
use crate::forum::{Kind, Language, Position, Term};
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;
use crate::web::words::Words;

/// What programs need and people don't: it stands in the file.
const HIDDEN: [&str; 11] = [
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
];

/// What people look for first; the log of changes stands last.
const FIRST: [&str; 7] =
    ["recipient", "marks", "seats", "legal_basis", "union_grounds", "consents", "letters"];

/// One fact.
#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

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
    let teller =
        Teller { site: &reading.0, visitor: &visitor, words: reading.0.words(visitor.recipient.language) };
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

struct Teller<'a> {
    site: &'a Site,
    visitor: &'a Visitor,
    words: &'a Words,
}

impl Teller<'_> {
    /// Each list becomes a section, and so does each part that holds no lists; what has no rows is left out.
    fn tell(&self, name: &str, value: &Value, sections: &mut Vec<Section>) {
        let entries: Vec<Vec<Fact>> = match value {
            Value::Array(rows) => rows.iter().map(|row| self.facts(row)).filter(|f| !f.is_empty()).collect(),
            Value::Object(fields) if fields.values().any(|v| v.is_array() || v.is_object()) => {
                fields.iter().for_each(|(field, value)| self.tell(field, value, sections));
                return;
            }
            Value::Object(_) => vec![self.facts(value)],
            _ => return,
        };
        if !entries.is_empty() {
            let rank = FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            let rank = if name == "changes" { rank + 1 } else { rank };
            sections.push(Section { rank, title: self.label(name), entries });
        }
    }

    /// A row, its columns of JSON unfolded: only here, or a part with such a column would be taken for one of lists.
    fn facts(&self, row: &Value) -> Vec<Fact> {
        let mut row = row.clone();
        unfold(&mut row);
        let Value::Object(fields) = &row else {
            return self
                .value("", &row)
                .map(|value| Fact { label: String::new(), value })
                .into_iter()
                .collect();
        };
        let told = fields.iter().filter(|(field, _)| !HIDDEN.contains(&field.as_str()));
        let fact = |(field, value): (&String, &Value)| {
            Some(Fact { label: self.label(field), value: self.value(field, value)? })
        };
        told.filter_map(fact).collect()
    }

    fn label(&self, field: &str) -> String {
        self.words.access.labels.get(field).cloned().unwrap_or_else(|| field.replace('_', " "))
    }

    /// A value in plain words; none if there is nothing to tell.
    fn value(&self, field: &str, value: &Value) -> Option<String> {
        let words = &self.words.access.data;
        match value {
            Value::Null => None,
            Value::Bool(true) => Some(words.yes.clone()),
            Value::Bool(false) => Some(words.no.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) if text.is_empty() || text == "[]" || text == "{}" => None,
            Value::String(text) => Some(self.text(field, text)),
            Value::Array(list) => {
                let told: Vec<String> = list.iter().filter_map(|value| self.value("", value)).collect();
                Some(told.join(", ")).filter(|text| !text.is_empty())
            }
            Value::Object(_) => {
                let told: Vec<String> = self
                    .facts(value)
                    .into_iter()
                    .map(|fact| format!("{}: {}", fact.label, fact.value))
                    .collect();
                Some(told.join("; ")).filter(|text| !text.is_empty())
            }
        }
    }

    fn text(&self, field: &str, text: &str) -> String {
        let zone = self.visitor.forum.settings.zone;
        if field.ends_with("_at")
            && let Ok(at) = chrono::DateTime::parse_from_rfc3339(text)
        {
            let pen = self.site.pen(&self.visitor.forum, self.visitor.recipient.language);
            let local = at.with_timezone(&zone);
            return format!("{} {}", pen.locale.day(local.date_naive(), pen.today), local.format("%H:%M"));
        }
        if field == "state" {
            return self.words.state_of(text).to_owned();
        }
        self.code(field, text).unwrap_or_else(|| text.to_owned())
    }

    /// What a code of the program's stands for; none if it is none: people's own words stay as they are.
    fn code(&self, field: &str, text: &str) -> Option<String> {
        let (words, forum) = (self.words, &self.visitor.forum);
        if let Some(ix) = text.parse().ok().and_then(|term: Term| forum.terms.find(&term)) {
            return Some(forum.name_of(ix, self.visitor.recipient.language).to_owned());
        }
        let of_field = match field {
            "kind" => text.parse().ok().map(|kind: Kind| words.kind_of(kind).to_owned()),
            "language" => {
                text.parse().ok().and_then(|language: Language| words.language.get(&language).cloned())
            }
            "position" => {
                text.parse().ok().and_then(|position: Position| words.position.get(&position).cloned())
            }
            _ => None,
        };
        of_field.or_else(|| words.access.values.get(text).cloned())
    }
}
