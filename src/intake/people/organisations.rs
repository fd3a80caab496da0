//! The organisations that a file speaks of: those the forum has, and those the file brings.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use super::headings::Column;
use crate::forum::{OrganisationKind, is_slug, slug_of};
use crate::ids::OrganisationId;

/// An organisation's place in the [`Catalogue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct OrganisationIx(pub usize);

/// An organisation as it stands or is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// None: it is to be added.
    pub id: Option<OrganisationId>,
    pub slug: String,
    pub name: String,
    pub kind: OrganisationKind,
    /// Name or kind became different from what is stored.
    pub changed: bool,
}

impl Entry {
    /// Named by nothing but its slug so far: the first name given is taken.
    fn is_nameless(&self) -> bool {
        self.name == self.slug
    }
}

/// Why a cell names no organisation.
pub(super) struct OrganisationError {
    pub column: Column,
    pub error: String,
}

/// Every organisation by slug and by name.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    entries: Vec<Entry>,
    by_id: HashMap<OrganisationId, OrganisationIx>,
    by_slug: HashMap<String, OrganisationIx>,
    by_name: HashMap<String, Vec<OrganisationIx>>,
    notices: Vec<String>,
    /// Those of `notices`: a file of many rows may say each again and again.
    noted: HashSet<String>,
}

impl Catalogue {
    /// The organisations that stand already.
    pub(super) fn of(stored: impl IntoIterator<Item = Entry>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for entry in stored {
            catalogue.add(entry);
        }
        catalogue
    }

    pub(super) fn get(&self, ix: OrganisationIx) -> &Entry {
        &self.entries[ix.0]
    }

    pub(super) fn find_stored(&self, id: OrganisationId) -> Option<OrganisationIx> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (OrganisationIx, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (OrganisationIx(at), entry))
    }

    /// What the lead should know: each once.
    pub(super) fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// The organisation of a row: by its slug if given, else by its name; added if unknown.
    pub(super) fn declare(
        &mut self,
        name: Option<&str>,
        slug: Option<&str>,
        kind: Option<OrganisationKind>,
    ) -> Result<Option<OrganisationIx>, OrganisationError> {
        let ix = match (slug, name) {
            (Some(slug), name) => self.declare_slug(slug, name),
            (None, Some(name)) => self
                .declare_name(name)
                .map_err(|error| OrganisationError { column: Column::Organisation, error })?,
            (None, None) => return Ok(None),
        };
        if let Some(kind) = kind {
            self.settle_kind(ix, kind);
        }
        Ok(Some(ix))
    }

    /// An organisation that a seat represents: its slug or its name; added if unknown.
    pub(super) fn declare_represented(&mut self, text: &str) -> Result<OrganisationIx, OrganisationError> {
        let word = ["represents:", "org:"].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text).trim();
        if let Some(known) = self.by_slug.get(word) {
            return Ok(*known);
        }
        if is_slug(word) && !self.by_name.contains_key(&folded(word)) {
            return Ok(self.declare_slug(word, None));
        }
        self.declare_name(word).map_err(|error| OrganisationError { column: Column::Represents, error })
    }

    fn declare_slug(&mut self, slug: &str, name: Option<&str>) -> OrganisationIx {
        let Some(&ix) = self.by_slug.get(slug) else {
            return self.add_new(slug.to_owned(), name.unwrap_or(slug).to_owned());
        };
        if let Some(name) = name {
            self.settle_name(ix, name);
        }
        ix
    }

    fn declare_name(&mut self, name: &str) -> Result<OrganisationIx, String> {
        let slug = slug_of(name);
        let known = self.by_slug.get(&slug).copied();
        if let Some(ix) = known.filter(|ix| folded(&self.get(*ix).name) == folded(name)) {
            return Ok(ix);
        }
        match self.by_name.get(&folded(name)).map(Vec::as_slice) {
            Some([one]) => return Ok(*one),
            Some([first, ..]) => {
                let first = &self.get(*first).slug;
                return Err(format!(
                    "several organisations are called \"{name}\"; say which in a column org, such as {first}"
                ));
            }
            _ => {}
        }
        match known {
            Some(ix) if self.get(ix).is_nameless() => {
                self.settle_name(ix, name);
                Ok(ix)
            }
            Some(ix) => Err(format!(
                "\"{name}\" would get the slug {slug}, which \"{}\" has; give it another in a column org",
                self.get(ix).name
            )),
            None if slug.is_empty() => {
                Err(format!("\"{name}\" gives no slug; give the organisation one in a column org"))
            }
            None => Ok(self.add_new(slug, name.to_owned())),
        }
    }

    fn settle_name(&mut self, ix: OrganisationIx, name: &str) {
        let entry = &mut self.entries[ix.0];
        if entry.is_nameless() && entry.name != name {
            entry.name = name.to_owned();
            entry.changed = entry.id.is_some();
            self.by_name.entry(folded(name)).or_default().push(ix);
        } else if folded(&entry.name) != folded(name) {
            let notice = format!(
                "the organisation {} keeps its name \"{}\"; the file also calls it \"{name}\"",
                entry.slug, entry.name
            );
            self.note(notice);
        }
    }

    fn settle_kind(&mut self, ix: OrganisationIx, kind: OrganisationKind) {
        let entry = &mut self.entries[ix.0];
        if entry.kind == OrganisationKind::Other && kind != entry.kind {
            entry.kind = kind;
            entry.changed = entry.id.is_some();
        } else if kind != OrganisationKind::Other && entry.kind != kind {
            let notice = format!(
                "the organisation {} keeps its kind {}; the file also calls it {kind}",
                entry.slug, entry.kind
            );
            self.note(notice);
        }
    }

    fn note(&mut self, notice: String) {
        if self.noted.insert(notice.clone()) {
            self.notices.push(notice);
        }
    }

    fn add_new(&mut self, slug: String, name: String) -> OrganisationIx {
        self.add(Entry { id: None, slug, name, kind: OrganisationKind::Other, changed: false })
    }

    fn add(&mut self, entry: Entry) -> OrganisationIx {
        let ix = OrganisationIx(self.entries.len());
        self.by_slug.insert(entry.slug.clone(), ix);
        self.by_id.extend(entry.id.map(|id| (id, ix)));
        self.by_name.entry(folded(&entry.name)).or_default().push(ix);
        self.entries.push(entry);
        ix
    }
}

/// A name without what people spell differently: case, blanks, hyphens, dots, and letters of two characters.
fn folded(name: &str) -> String {
    name.nfc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_rows_give_reason_to_say_is_said_once_in_the_order_of_the_rows() {
        let mut catalogue = Catalogue::default();
        for name in ["NAV", "Nye NAV", "NAV Nord", "Nye NAV"] {
            assert!(catalogue.declare(Some(name), Some("nav"), None).is_ok());
        }
        let told = |name: &str| {
            format!("the organisation nav keeps its name \"NAV\"; the file also calls it \"{name}\"")
        };
        assert_eq!(catalogue.take_notices(), [told("Nye NAV"), told("NAV Nord")]);
    }

    #[test]
    fn a_name_that_was_stored_in_letters_of_two_characters_is_known_again() {
        let (id, kind) = (Some(OrganisationId(1)), OrganisationKind::Other);
        let (slug, name) = ("asnes-kommune".to_owned(), "A\u{30a}snes kommune".to_owned());
        let mut catalogue = Catalogue::of([Entry { id, slug, name, kind, changed: false }]);
        let found = catalogue.declare(Some("Åsnes kommune"), None, None).ok().flatten();
        assert_eq!(found, Some(OrganisationIx(0)));
    }
}
