//! What the codes of the program stand for in a person's own copy, in their language. A code is known by the field that it
//! stands in: people's own words stay as they are, also where they look like one.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::forum::{Cadence, Facet, Kind, Language, Position, Term};
use crate::web::site::Site;
use crate::web::visitor::Visitor;
use crate::web::words::Words;

/// Where a value stands: in which part of the copy, and in which field there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) part: &'a str,
    pub(super) field: &'a str,
}

/// Tells what is held in the reader's words.
pub(super) struct Teller<'a> {
    pub(super) site: &'a Site,
    pub(super) visitor: &'a Visitor,
    pub(super) words: &'a Words,
    /// Of items, by slug.
    pub(super) titles: HashMap<String, String>,
}

impl Teller<'_> {
    /// A text as people read it.
    pub(super) fn text(&self, place: Place<'_>, text: &str) -> String {
        let told = match place.field {
            field if field.ends_with("_at") => self.instant(text),
            "by_on" | "on" => self.day(text, Some),
            // Letters come again on the day that is stored.
            "paused_until" => self.day(text, |day| day.pred_opt()),
            _ => self.term(place, text).or_else(|| self.code(place, text)),
        };
        told.unwrap_or_else(|| text.to_owned())
    }

    /// The name of a term that is written as its facet and its slug.
    pub(super) fn named(&self, value: &Value) -> Option<String> {
        let facet = Facet::from_word(value.get("facet")?.as_str()?)?;
        self.name_of(&Term::new(facet, value.get("slug")?.as_str()?))
    }

    fn name_of(&self, term: &Term) -> Option<String> {
        let (forum, language) = (&self.visitor.forum, self.visitor.recipient.language);
        forum.terms.find(term).map(|ix| forum.name_of(ix, language).to_owned())
    }

    fn instant(&self, text: &str) -> Option<String> {
        let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
        Some(self.site.pen(&self.visitor.forum, self.visitor.recipient.language).instant(at))
    }

    fn day(&self, text: &str, told: impl Fn(NaiveDate) -> Option<NaiveDate>) -> Option<String> {
        let day = told(text.parse().ok()?)?;
        let pen = self.site.pen(&self.visitor.forum, self.visitor.recipient.language);
        Some(pen.locale.day(day, pen.today))
    }

    fn term(&self, place: Place<'_>, text: &str) -> Option<String> {
        let term = match (place.part, place.field) {
            (_, "group") => Term::new(Facet::Group, text),
            (_, "organisation" | "represents" | "union") => Term::new(Facet::Org, text),
            ("marks", "what") | (_, "about" | "roles" | "follows" | "term") => text.parse().ok()?,
            _ => return None,
        };
        self.name_of(&term)
    }

    fn code(&self, place: Place<'_>, text: &str) -> Option<String> {
        let words = self.words;
        match (place.part, place.field) {
            (_, "item") => self.titles.get(text).cloned(),
            (_, "cadence") => {
                let named =
                    text.parse().ok().and_then(|cadence: Cadence| words.cadence.get(&cadence).cloned());
                named.or_else(|| self.value_of(text))
            }
            (_, "language") => words.language.get(&text.parse::<Language>().ok()?).cloned(),
            (_, "position") => words.position.get(&text.parse::<Position>().ok()?).cloned(),
            (_, "mute_kinds" | "unmute_kinds") | ("marks", "what") => {
                text.parse::<Kind>().ok().map(|kind| words.kinds_of(kind).to_owned())
            }
            (_, "kind") => self.value_of(text),
            ("letters", "state") => words.state.get(text).cloned(),
            (_, "state") => self.value_of(text).or_else(|| words.state.get(text).cloned()),
            (_, "action") => self.value_of(text).or_else(|| words.desk.action.get(text).cloned()),
            (_, "actor") if text.starts_with("account:") => self.value_of("account"),
            (_, "cause" | "status_cause") => self.value_of(cause_of(text)),
            (_, "chosen") => words.access.labels.get(text).cloned(),
            (_, field) => CODED.contains(&field).then(|| self.value_of(text)).flatten(),
        }
    }

    fn value_of(&self, text: &str) -> Option<String> {
        self.words.access.values.get(text).cloned()
    }
}

/// Fields that hold codes and nothing that anybody wrote, but for sources, of which some are told in words.
const CODED: [&str; 11] = [
    "actor",
    "answer",
    "basis",
    "because",
    "ended_because",
    "ground",
    "legal_basis",
    "mark",
    "purpose",
    "source",
    "status",
];

/// The word of a cause of status, without how it was before and which code a mail came back with.
fn cause_of(text: &str) -> &str {
    text.split([',', ':']).next().unwrap_or(text)
}
