//! Items from their rows.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;

use super::WorldError;
use super::item_fields::read_fields;
use crate::content::{Audience, Importance, Item, ItemText, Lane, OPEN_DAYS, Visibility};
use crate::forum::{Facet, Forum, Kind, Language, Term, TermIx, Terms};
use crate::ids::ItemId;
use crate::store::{ItemRow, Store};

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

/// Which row is being read, for errors.
pub(super) struct Place(String);

impl Place {
    fn unreadable(&self, what: &'static str, value: impl std::fmt::Display) -> WorldError {
        WorldError::Unreadable { place: self.0.clone(), what, value: value.to_string() }
    }

    fn known<T>(&self, what: &'static str, word: &str, value: Option<T>) -> Result<T, WorldError> {
        value.ok_or_else(|| self.unreadable(what, word))
    }

    fn read_word<T: FromStr>(&self, what: &'static str, word: &str) -> Result<T, WorldError> {
        word.parse().map_err(|_| self.unreadable(what, word))
    }

    pub(super) fn read_json<T: DeserializeOwned>(
        &self,
        what: &'static str,
        json: &str,
    ) -> Result<T, WorldError> {
        serde_json::from_str(json).map_err(|error| self.unreadable(what, error))
    }

    pub(super) fn find_term(&self, terms: &Terms, term: &Term) -> Result<TermIx, WorldError> {
        terms.find(term).ok_or_else(|| self.lost(term))
    }

    fn lost(&self, term: impl std::fmt::Display) -> WorldError {
        WorldError::UnknownTerm { place: self.0.clone(), term: term.to_string() }
    }

    fn read_audience(&self, terms: &Terms, text: Option<&str>) -> Result<Option<Audience>, WorldError> {
        let Some(text) = text else { return Ok(None) };
        match Audience::parse(text, terms) {
            Ok(audience) => Ok(Some(audience)),
            Err(error) => match error.problem {
                crate::content::audience::AudienceProblem::UnknownTerm { text, .. } => Err(self.lost(text)),
                _ => Err(self.unreadable("audience", error)),
            },
        }
    }

    fn read_visibility(&self, terms: &Terms, text: &str) -> Result<Visibility, WorldError> {
        Visibility::parse(text, terms).map_err(|error| match error {
            crate::content::VisibilityError::Group { text, .. } => self.lost(text),
            crate::content::VisibilityError::Shape { text, .. } => self.unreadable("visibility", text),
        })
    }
}
