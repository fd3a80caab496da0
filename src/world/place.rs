//! Which row is being read: what is wrong in it is told with its place.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::WorldError;
use crate::content::{Audience, Visibility};
use crate::forum::{Term, TermIx, Terms};
use crate::ids::TermId;

/// Which row is being read, for errors.
pub(super) struct Place(pub(super) String);

impl Place {
    pub(super) fn unreadable(&self, what: &'static str, value: impl std::fmt::Display) -> WorldError {
        WorldError::Unreadable { place: self.0.clone(), what, value: value.to_string() }
    }

    pub(super) fn known<T>(&self, what: &'static str, word: &str, value: Option<T>) -> Result<T, WorldError> {
        value.ok_or_else(|| self.unreadable(what, word))
    }

    pub(super) fn read_word<T: FromStr>(&self, what: &'static str, word: &str) -> Result<T, WorldError> {
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

    pub(super) fn lost(&self, term: impl std::fmt::Display) -> WorldError {
        WorldError::UnknownTerm { place: self.0.clone(), term: term.to_string() }
    }

    pub(super) fn read_audience(
        &self,
        terms: &Terms,
        text: Option<&str>,
    ) -> Result<Option<Audience>, WorldError> {
        let Some(text) = text else { return Ok(None) };
        match Audience::parse(text, terms) {
            Ok(audience) => Ok(Some(audience)),
            Err(error) => match error.problem {
                crate::content::audience::AudienceProblem::UnknownTerm { text, .. } => Err(self.lost(text)),
                _ => Err(self.unreadable("audience", error)),
            },
        }
    }

    pub(super) fn read_visibility(&self, terms: &Terms, text: &str) -> Result<Visibility, WorldError> {
        Visibility::parse(text, terms).map_err(|error| match error {
            crate::content::VisibilityError::Group { text, .. } => self.lost(text),
            crate::content::VisibilityError::Shape { text, .. } => self.unreadable("visibility", text),
        })
    }
}

/// The term with that stored key.
///
/// Every key in a row is that of a term, so one that the forum does not know came after it was read.
pub(super) fn find_stored(terms: &Terms, id: TermId) -> Result<TermIx, WorldError> {
    terms.find_stored(id).ok_or(WorldError::StaleForum)
}
