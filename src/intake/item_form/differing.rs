//! In which fields two forms say something else.

use std::collections::BTreeSet;

use super::fields::{PROMISE_FIELDS, SHARED, TEXTS, WAS_FIELDS, is_chosen};
use super::form::ItemForm;
use crate::forum::Language;

impl ItemForm {
    /// The fields in which the form says something else than `other`, of all that somebody chooses: its own texts, those of
    /// each language, the others, promises. What it is about stands in none of them.
    pub fn list_differing<'f>(&'f self, other: &'f ItemForm) -> Vec<&'f str> {
        let names: BTreeSet<&str> =
            self.fields.keys().chain(other.fields.keys()).map(String::as_str).collect();
        let differs = |name: &&str| is_chosen(name) && said(self, name) != said(other, name);
        let mut differing: Vec<&str> = names.into_iter().filter(differs).collect();
        differing.sort_by_key(|name| place_of(name));
        differing
    }
}

/// What the form says in a field. That an earlier promise is still open says no more than nothing does.
fn said<'f>(form: &'f ItemForm, name: &str) -> &'f str {
    match form.get(name).trim() {
        "open" if name.starts_with("was_said_") => "",
        said => said,
    }
}

/// Where a field stands among those that are told: in which part, of which promise, and where in that.
fn place_of(name: &str) -> (usize, i64, usize) {
    let index = |names: &[&str], name: &str| names.iter().position(|own| *own == name);
    if let Some(text) = index(&TEXTS, name) {
        return (0, 0, text);
    }
    if let Some((field, tag)) = name.rsplit_once('_')
        && let Some(text) = index(&TEXTS, field)
        && let Some(language) = Language::ALL.iter().position(|language| language.tag() == tag)
    {
        return (1 + language, 0, text);
    }
    let others = 1 + Language::ALL.len();
    if let Some(shared) = index(&SHARED, name) {
        return (others, 0, shared);
    }
    let numbered = |fields: &[&str]| {
        let number =
            |(at, before): (usize, &&str)| Some((name.strip_prefix(*before)?.parse::<i64>().ok()?, at));
        fields.iter().enumerate().find_map(number)
    };
    match (numbered(&PROMISE_FIELDS), numbered(&WAS_FIELDS)) {
        (Some((row, at)), _) => (others + 1, row, at),
        (None, Some((id, at))) => (others + 2, id, at),
        (None, None) => (others + 3, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> ItemForm {
        ItemForm::of([(name, value)])
    }

    #[test]
    fn no_field_that_somebody_chooses_is_passed_over() {
        let nothing = ItemForm::default();
        let unchosen = [
            "topics",
            "looked_over",
            "bare",
            "ahead",
            "over",
            "nobody",
            "at_once",
            "walled",
            "keep",
            "of_version",
            "late",
        ];
        for name in nothing.list_fields().into_keys() {
            let told = if unchosen.contains(&name.as_str()) { vec![] } else { vec![name.as_str()] };
            let form = with(&name, "x");
            assert_eq!(form.list_differing(&nothing), told, "{name} filled in");
            assert_eq!(nothing.list_differing(&form), told, "{name} emptied");
            assert_eq!(form.list_differing(&with(&name, " x ")), Vec::<&str>::new(), "{name}");
        }
        for name in ["promise_what_1", "promise_who_10", "promise_by_2", "was_said_17", "was_by_17"] {
            assert_eq!(with(name, "x").list_differing(&nothing), [name]);
        }
    }

    #[test]
    fn what_is_still_open_says_no_more_than_nothing() {
        let nothing = ItemForm::default();
        assert_eq!(with("was_said_17", "open").list_differing(&nothing), Vec::<&str>::new());
        assert_eq!(with("was_seen_17", "2027-03-04").list_differing(&nothing), Vec::<&str>::new());
        assert_eq!(with("was_said_17", "open").list_differing(&with("was_said_17", "done")), ["was_said_17"]);
    }

    #[test]
    fn texts_come_first_and_promises_last_in_their_order() {
        let names = [
            "title",
            "why",
            "title_nn",
            "body_en",
            "kind",
            "interested",
            "lane",
            "promise_what_2",
            "promise_who_2",
            "promise_by_2",
            "promise_what_10",
            "was_said_9",
            "was_by_9",
            "was_said_11",
        ];
        let form = ItemForm::of(names.iter().rev().map(|name| (*name, "x")));
        assert_eq!(form.list_differing(&ItemForm::default()), names);
    }
}
