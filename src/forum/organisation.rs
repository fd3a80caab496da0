//! Organisations: where recipients work, and which seats represent.

use super::term::{OrganisationKind, TermIx};
use crate::ids::OrganisationId;

/// An organisation with the three terms that speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The stored row.
    pub id: OrganisationId,
    /// Stable, unique; the slug of its `org:` and `represents:` terms.
    pub slug: String,
    /// As it calls itself.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its `org:` term: held by who works there.
    pub org: TermIx,
    /// Its `represents:` term: held by who has a seat that represents it.
    pub represents: TermIx,
    /// The `kind-of-org:` term of its kind: held by who works there.
    pub kind_of_org: TermIx,
}

impl Organisation {
    /// What who works there holds: `org:` and `kind-of-org:`.
    pub fn workplace(&self) -> Vec<TermIx> {
        vec![self.org, self.kind_of_org]
    }
}
