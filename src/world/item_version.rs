//! An item's content as the row of a version: the reverse of reading it.

use crate::content::search::{ANALYSIS, list_stems};
use crate::content::{Item, ItemText};
use crate::forum::{Language, Term, Terms};
use crate::store::{NewStem, NewVersion};

use super::fields_json;

/// `item` as its next stored version, with the files of the version before; `given` is what its file gave, as JSON.
pub fn version_row(item: &Item, given: String, terms: &Terms) -> NewVersion {
    let about: Vec<&Term> = item.about.iter().map(|term| terms.term(*term)).collect();
    NewVersion {
        kind: item.kind.word().to_owned(),
        audience: item.audience.as_ref().map(|audience| audience.written(terms)),
        about: json(&about),
        interested: item.interested,
        visibility: item.visibility.written(terms),
        importance: item.importance.word().to_owned(),
        lane: item.lane.word().to_owned(),
        release_at: item.release_at,
        expires_at: item.expires_at,
        closes_at: item.date_of_close(),
        source: item.source.map(|source| terms.term(source).slug.clone()),
        contact: item.contact.as_ref().map(json),
        language: item.language.tag().to_owned(),
        fields: fields_json(&item.fields, terms).to_string(),
        given,
        texts: item.texts.iter().map(text_row).collect(),
        attachments: None,
        stems: list_new_stems(item),
        analysis: ANALYSIS,
    }
}

/// The stems to find an item by, as rows.
pub fn list_new_stems(item: &Item) -> Vec<NewStem> {
    let row = |s: crate::content::search::IndexedStem| NewStem {
        family: s.family.word().to_owned(),
        stem: s.stem,
        weight: s.weight,
    };
    list_stems(item).into_iter().map(row).collect()
}

fn text_row((language, text): (&Language, &ItemText)) -> (String, String) {
    (language.tag().to_owned(), json(text))
}

/// Plain values of our own always have a JSON form.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
