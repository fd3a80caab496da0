//! The promises of minutes as a file gives them: what, who, by when. Whose addresses they are is looked up when the file is
//! queued, for a file is read without the people.

use chrono_tz::Tz;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::front_matter::FrontMatter;
use super::times::{read_datetime, read_text_as_time};
use crate::content::{LONGEST_PROMISE, MOST_PROMISES, Promised, nearest_word};
use crate::forum::one_line;
use crate::ids::SeatId;
use crate::intake::toml_faults::described;

/// The keys of a promise.
const KEYS: [&str; 3] = ["what", "owner", "by"];

/// Whose a promise is, as the file names them: an address, or the number of a place; and on which line.
pub(super) type Owner = Option<(String, usize)>;

impl<'a> FrontMatter<'a> {
    /// The promises in their order, and whose each is.
    pub(super) fn promises(&mut self, zone: Tz) -> (Vec<Promised>, Vec<Owner>) {
        let Some(value) = self.take("promises") else { return Default::default() };
        let DeValue::Array(list) = &value else {
            let _: Option<()> =
                self.wrong_type("promises", "a list such as [{ what = \"Ring ti bedrifter\" }]", &value);
            return Default::default();
        };
        if list.len() > MOST_PROMISES {
            let message = format!("promises holds {}; minutes carry at most {MOST_PROMISES}", list.len());
            self.fail_at("promises", message);
        }
        list.iter().filter_map(|entry| self.promise(entry, zone)).unzip()
    }

    fn promise(&mut self, entry: &Spanned<DeValue<'a>>, zone: Tz) -> Option<(Promised, Owner)> {
        let line = self.line_at(entry.span().start);
        let DeValue::Table(table) = entry.get_ref() else {
            let message = format!(
                "a promise must be a table such as {{ what = \"Ring ti bedrifter\" }}, not {}",
                described(entry.get_ref())
            );
            self.fail(line, message);
            return None;
        };
        for key in table.iter().map(|(key, _)| key).filter(|key| !KEYS.contains(&&**key.get_ref())) {
            let nearest = nearest_word(key.get_ref(), KEYS).unwrap_or("what");
            let message =
                format!("unknown key \"{}\" of a promise; the nearest known key is {nearest}", key.get_ref());
            self.fail(self.line_at(key.span().start), message);
        }
        let what = self.text_of(table, "what").map(|(text, line)| (one_line(&text, usize::MAX), line));
        let owner = self.text_of(table, "owner").filter(|(owner, _)| !owner.is_empty());
        let by = self.day_of(table, zone);
        let Some((what, line)) = what.filter(|(what, _)| !what.is_empty()) else {
            self.fail(line, "a promise lacks what; write what will be done");
            return None;
        };
        let length = what.chars().count();
        if length > LONGEST_PROMISE {
            let message = format!(
                "what of a promise has {length} characters; write at most {LONGEST_PROMISE}, and the rest in next"
            );
            self.fail(line, message);
            return None;
        }
        let seat = owner.as_ref().and_then(|(owner, _)| owner.parse().ok()).map(SeatId);
        Some((Promised { what, seat, by }, owner))
    }

    fn text_of(&mut self, table: &DeTable<'a>, key: &str) -> Option<(String, usize)> {
        let value = table.get(key)?;
        let line = self.line_at(value.span().start);
        match value.get_ref().as_str() {
            Some(text) => Some((text.trim().to_owned(), line)),
            None => {
                let message =
                    format!("{key} of a promise must be text in quotes, not {}", described(value.get_ref()));
                self.fail(line, message);
                None
            }
        }
    }

    fn day_of(&mut self, table: &DeTable<'a>, zone: Tz) -> Option<chrono::NaiveDate> {
        let value = table.get("by")?;
        let line = self.line_at(value.span().start);
        let given = match value.get_ref() {
            DeValue::Datetime(datetime) => read_datetime(datetime, &datetime.to_string()),
            DeValue::String(text) => read_text_as_time(text),
            other => Err(format!("must be a date such as 2027-03-13, not {}", described(other))),
        };
        given
            .map_err(|message| self.fail(line, format!("by of a promise: {message}")))
            .ok()
            .map(|g| g.day(zone))
    }
}
