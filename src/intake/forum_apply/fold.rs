//! A topic folded into another: whoever and whatever named it names the other from then on. Who may see an item hangs on
//! groups alone (DESIGN, section 2, line 2), so that folding sectors opens nothing to anybody.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::plan::{Folded, Plan};
use crate::content::{Audience, Item};
use crate::forum::{Forum, Recipient, TermIx};
use crate::ids::TermId;
use crate::store::{NamingDraft, NamingVersion, StoreError, Tx};

/// The one that goes and the one that stays.
pub(super) type Pair = (TermIx, TermIx);

/// What a plan folds, by places in the forum.
pub(super) fn list_pairs(forum: &Forum, plan: &Plan) -> Vec<Pair> {
    let pair = |folded: &Folded| Some((forum.terms.find(&folded.term)?, forum.terms.find(&folded.into)?));
    plan.folded.iter().filter_map(pair).collect()
}

/// People as they stand afterwards. Who hid the one and followed the other has both marks on what stays: there the rule
/// lets the hide win.
pub(super) fn recipients(before: &[Recipient], pairs: &[Pair]) -> Vec<Recipient> {
    let after = |recipient: &Recipient| {
        let mut recipient = recipient.clone();
        let standing = &mut recipient.standing;
        let topics = standing.seats.iter_mut().map(|seat| &mut seat.topics);
        for terms in topics.chain([&mut standing.follows, &mut standing.mutes]) {
            rename_all(terms, pairs);
        }
        recipient
    };
    before.iter().map(after).collect()
}

/// Items as they are addressed afterwards.
pub(super) fn items(before: &[Item], pairs: &[Pair]) -> Vec<Item> {
    let after = |item: &Item| {
        let mut item = item.clone();
        rename_all(&mut item.about, pairs);
        item.audience = item.audience.as_ref().map(|audience| renamed(audience, pairs));
        item
    };
    before.iter().map(after).collect()
}

fn other(term: TermIx, pairs: &[Pair]) -> TermIx {
    pairs.iter().find(|(from, _)| *from == term).map_or(term, |(_, into)| *into)
}

fn rename_all(terms: &mut Vec<TermIx>, pairs: &[Pair]) {
    let mut seen = HashSet::new();
    *terms = terms.iter().map(|term| other(*term, pairs)).filter(|term| seen.insert(*term)).collect();
}

fn renamed(audience: &Audience, pairs: &[Pair]) -> Audience {
    let all = |parts: &[Audience]| parts.iter().map(|part| renamed(part, pairs)).collect();
    match audience {
        Audience::Term(term) => Audience::Term(other(*term, pairs)),
        Audience::Not(inner) => Audience::Not(Box::new(renamed(inner, pairs))),
        Audience::And(parts) => Audience::And(all(parts)),
        Audience::Or(parts) => Audience::Or(all(parts)),
        same @ (Audience::All | Audience::Seat(..)) => same.clone(),
    }
}

/// Writes it, but for the trees and the topics of groups, which the plan has: marks, places, all versions of items, drafts,
/// sign-ups that wait, and the reasons of what was got, which corrections repeat. The log keeps what it said.
pub(super) async fn write(
    tx: &mut Tx,
    folded: &Folded,
    (from, into): (TermId, TermId),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let words = (folded.term.to_string(), folded.into.to_string());
    tx.fold_marks(from, into, now).await?;
    tx.fold_seat_topics(from, into).await?;
    for row in tx.list_naming_versions(&words.0).await? {
        let said = NamingVersion {
            audience: row.audience.as_deref().map(|text| in_audience(text, &words)),
            about: in_json(&row.about, "about", &words),
            given: in_json(&row.given, "", &words),
            ..row
        };
        tx.write_naming_version(&said).await?;
        tx.rename_in_reasons(said.item, &words.0, &words.1).await?;
    }
    for row in tx.list_naming_drafts(&words.0).await? {
        let said = NamingDraft {
            audience: row.audience.as_deref().map(|text| in_audience(text, &words)),
            about: in_json(&row.about, "about", &words),
            form: row.form.as_deref().map(|form| in_json(form, "", &words)),
            ..row
        };
        tx.write_naming_draft(&said).await?;
    }
    tx.rename_in_wishes(&words.0, &words.1).await
}

/// A text of JSON whose lists of terms and whose audiences name the other term. What cannot be read stays.
fn in_json(text: &str, key: &str, words: &(String, String)) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    rename_in(&mut value, key, words);
    value.to_string()
}

/// Only what stands under these keys is a term; a title may say anything.
fn rename_in(value: &mut Value, key: &str, words: &(String, String)) {
    match (key, value) {
        ("about", Value::Array(terms)) => {
            let mut seen = HashSet::new();
            terms.iter_mut().filter(|term| **term == words.0).for_each(|term| *term = words.1.clone().into());
            terms.retain(|term| seen.insert(term.clone()));
        }
        ("audience", Value::String(text)) => *text = in_audience(text, words),
        (_, Value::Object(fields)) => fields.iter_mut().for_each(|(key, inner)| rename_in(inner, key, words)),
        _ => {}
    }
}

/// An expression with the one term in place of the other. It need not be one that can be read: drafts keep what was typed.
fn in_audience(text: &str, (from, into): &(String, String)) -> String {
    let is_of_term = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '/');
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !is_of_term(c)).unwrap_or(rest.len());
        let (term, behind) = rest.split_at(word);
        said.push_str(if term == from { into } else { term });
        let gap = behind.find(is_of_term).unwrap_or(behind.len());
        said.push_str(&behind[..gap]);
        rest = &behind[gap..];
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> (String, String) {
        ("sector:care".to_owned(), "sector:health".to_owned())
    }

    #[test]
    fn a_term_is_renamed_where_it_stands_whole() {
        let before = "(sector:care or sector:care-home) and not sector:care\u{a0}or sektor:care";
        assert_eq!(
            in_audience(before, &words()),
            "(sector:health or sector:care-home) and not sector:health\u{a0}or sektor:care"
        );
        assert_eq!(in_audience("", &words()), "");
    }

    #[test]
    fn what_people_wrote_is_not_touched() {
        let form = r#"{"about":["sector:care","sector:health","sector:x"],"fields":{"audience":"sector:care","title":"sector:care"}}"#;
        let after = r#"{"about":["sector:health","sector:x"],"fields":{"audience":"sector:health","title":"sector:care"}}"#;
        assert_eq!(in_json(form, "", &words()), after);
        assert_eq!(in_json(r#"["sector:care"]"#, "about", &words()), r#"["sector:health"]"#);
        assert_eq!(in_json("{", "", &words()), "{");
    }
}
