//! Items from their rows.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::WorldError;
use super::item_fields::read_fields;
use super::place::Place;
use crate::content::{Importance, Item, ItemText, Lane, OPEN_DAYS};
use crate::forum::{Facet, Forum, Kind, Language, Term, Terms};
use crate::ids::ItemId;
use crate::store::{ItemRow, Store, VersionChoiceRow};

/// The newest version of every item, whatever its state, ordered by slug.
pub async fn load_items(store: &Store, forum: &Forum) -> Result<Vec<Item>, WorldError> {
    read_items(&store.list_items().await?, forum)
}

/// The items that are neither withdrawn nor closed at `at` (released or not), ordered by slug: all
/// that planning at or after `at` can need of what may still be sent, without years of archive.
pub async fn load_open_items(
    store: &Store,
    forum: &Forum,
    at: DateTime<Utc>,
) -> Result<Vec<Item>, WorldError> {
    read_items(&store.list_open_items(at, TimeDelta::days(OPEN_DAYS)).await?, forum)
}

/// The items with these keys, whatever their state, ordered by slug.
pub async fn load_items_by_ids(
    store: &Store,
    forum: &Forum,
    ids: &[ItemId],
) -> Result<Vec<Item>, WorldError> {
    read_items(&store.list_items_by_ids(ids).await?, forum)
}

/// The item called `slug`, if there is one.
pub async fn find_item(store: &Store, forum: &Forum, slug: &str) -> Result<Option<Item>, WorldError> {
    Ok(read_items(&store.find_item(slug).await?, forum)?.pop())
}

/// `item` with what each of its versions said of whom it is for; none for a version that names what is not there any more.
pub async fn load_choices(
    store: &Store,
    forum: &Forum,
    item: &Item,
) -> Result<Vec<Option<Item>>, WorldError> {
    let (terms, place) = (&forum.terms, Place(format!("item {}", item.slug)));
    let read = |row: VersionChoiceRow| -> Result<Item, WorldError> {
        let about: Vec<Term> = place.read_json("about", &row.about)?;
        Ok(Item {
            audience: place.read_audience(terms, row.audience.as_deref())?,
            about: about.iter().map(|t| place.find_term(terms, t)).collect::<Result<_, _>>()?,
            interested: row.interested,
            visibility: place.read_visibility(terms, &row.visibility)?,
            ..item.clone()
        })
    };
    let rows = store.list_version_choices(item.id).await?;
    Ok(rows.into_iter().map(|row| read(row).ok()).collect())
}

/// Every version of the item, the first first, each with a row of it. Of one that names what is not there any more the value
/// lacks that; the row has it.
pub async fn load_versions(
    store: &Store,
    forum: &Forum,
    item: ItemId,
) -> Result<Vec<(ItemRow, Item)>, WorldError> {
    let rows = store.list_item_versions(item).await?;
    let read = |of_one: &[ItemRow]| {
        let whole = read_item(of_one, &forum.terms);
        let bare = || read_item(&of_one.iter().map(without_terms).collect::<Vec<_>>(), &forum.terms);
        whole.or_else(|_| bare()).map(|item| (of_one[0].clone(), item))
    };
    rows.chunk_by(|a, b| a.version == b.version).map(read).collect()
}

/// The row as if it named no group, organisation or topic: for the forum, by nobody's choice.
fn without_terms(row: &ItemRow) -> ItemRow {
    let mut fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        fields.remove("group");
    }
    ItemRow {
        audience: None,
        about: "[]".to_owned(),
        visibility: "forum".to_owned(),
        source: None,
        fields: fields.to_string(),
        ..row.clone()
    }
}

/// Items of rows that stand together by item, ordered by slug.
pub fn read_items(rows: &[ItemRow], forum: &Forum) -> Result<Vec<Item>, WorldError> {
    let mut items = rows
        .chunk_by(|a, b| a.id == b.id)
        .map(|of_one| read_item(of_one, &forum.terms))
        .collect::<Result<Vec<_>, _>>()?;
    items.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(items)
}

/// One item of its rows, one per language.
fn read_item(rows: &[ItemRow], terms: &Terms) -> Result<Item, WorldError> {
    let row = &rows[0];
    let place = Place(format!("item {}", row.slug));
    let kind: Kind = place.read_word("kind", &row.kind)?;
    let texts = rows
        .iter()
        .map(|r| {
            let language: Language = place.read_word("language", &r.language)?;
            Ok((language, place.read_json::<ItemText>("text", &r.text)?))
        })
        .collect::<Result<BTreeMap<_, _>, WorldError>>()?;
    let about: Vec<Term> = place.read_json("about", &row.about)?;
    Ok(Item {
        id: row.id,
        slug: row.slug.clone(),
        public_id: row.public_id.clone(),
        version: row.version,
        kind,
        audience: place.read_audience(terms, row.audience.as_deref())?,
        about: about.iter().map(|t| place.find_term(terms, t)).collect::<Result<_, _>>()?,
        interested: row.interested,
        visibility: place.read_visibility(terms, &row.visibility)?,
        importance: place.known("importance", &row.importance, Importance::from_word(&row.importance))?,
        lane: place.known("lane", &row.lane, Lane::from_word(&row.lane))?,
        release_at: row.release_at,
        expires_at: row.expires_at,
        number: row.number,
        numbered_at: row.numbered_at,
        written_at: row.written_at,
        changed_at: row.changed_at.map_or(row.written_at, |at| at.max(row.written_at)),
        held: row.held_at.is_some(),
        withdrawn: row.withdrawn_at.is_some(),
        fields: read_fields(&row.fields, kind, terms, &place)?,
        source: match &row.source {
            Some(slug) => Some(place.find_term(terms, &Term::new(Facet::Org, slug.as_str()))?),
            None => None,
        },
        contact: row.contact.as_deref().map(|json| place.read_json("contact", json)).transpose()?,
        texts,
        language: place.read_word("language", &row.first_language)?,
        files: usize::try_from(row.files).unwrap_or(0),
    })
}
