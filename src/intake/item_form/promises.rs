//! Promises in the form of minutes: rows of what, who and by when; and what the minutes say of the group's earlier ones.
//!
//! A row's fields end in its number from 1, `promise_what_1`; those of an earlier promise in its key, `was_said_17`.

use chrono::NaiveDate;

use super::fields::{PROMISE_FIELDS, is_promise_field};
use super::form::{FieldError, ItemForm};
use crate::content::{Kind, MOST_PROMISES, Promised};
use crate::intake::promises::{Said, Settling};

impl ItemForm {
    /// The numbers of the rows in which something stands, in their order.
    pub fn list_promise_rows(&self) -> Vec<usize> {
        let says = |number: &usize| {
            PROMISE_FIELDS.iter().any(|field| !self.get(&format!("{field}{number}")).trim().is_empty())
        };
        (1..=MOST_PROMISES).filter(says).collect()
    }

    /// Fills the rows in.
    pub(super) fn set_promises(&mut self, promises: &[Promised]) {
        for (promise, number) in promises.iter().zip(1..=MOST_PROMISES) {
            let seat = promise.seat.map(|seat| seat.to_string());
            let by = promise.by.map(|day| day.to_string());
            let values = [Some(promise.what.clone()), seat, by];
            for (field, value) in PROMISE_FIELDS.iter().zip(values) {
                self.set(&format!("{field}{number}"), &value.unwrap_or_default());
            }
        }
    }

    /// Empties the rows, and what is said of earlier promises.
    pub fn forget_promises(&mut self) {
        self.fields.retain(|name, _| !is_promise_field(name));
    }

    /// What the minutes say of earlier promises; "still open" without a new day says nothing, and nothing else than minutes
    /// does. Days that are none are told when the form is read.
    pub fn list_settlings(&self) -> Vec<Settling> {
        if self.kind() != Some(Kind::Minutes) {
            return Vec::new();
        }
        let said =
            self.fields.iter().filter_map(|(name, said)| Some((name.strip_prefix("was_said_")?, said)));
        let settling = |(id, said): (&str, &String)| {
            let of = |field: &str| self.get(&format!("{field}{id}")).trim().to_owned();
            let said = match said.as_str() {
                "done" => Said::Done,
                "dropped" => Said::Dropped,
                _ => Said::Moved(of("was_by_").parse().ok()?),
            };
            let (id, seen) = (id.parse().ok()?, of("was_seen_"));
            let is_new = said != Said::Moved(seen.parse().unwrap_or(NaiveDate::MIN));
            is_new.then_some(Settling { id, seen, said })
        };
        said.filter_map(settling).collect()
    }

    /// New days of earlier promises that are none, and promises of no group.
    pub(super) fn object_to_promises(&self) -> Vec<FieldError> {
        if self.kind() != Some(Kind::Minutes) {
            return Vec::new();
        }
        let days = self.fields.iter().filter(|(name, day)| {
            name.starts_with("was_by_") && !day.trim().is_empty() && day.trim().parse::<NaiveDate>().is_err()
        });
        let wrong = |field: &str, message: &str, missing| FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
            missing,
        };
        let mut errors: Vec<FieldError> =
            days.map(|(name, _)| wrong(name, "this is no day", false)).collect();
        if self.get("group").is_empty() && !self.list_promise_rows().is_empty() {
            errors.push(wrong("group", "promises belong to a group", true));
        }
        errors
    }
}
