//! The file that says what is there already: what one begins with who changes a forum without its file.

use std::collections::HashMap;

use super::file::{FileTerm, ForumFile};
use crate::forum::{Facet, Forum, GroupKind, Term, TermIx};

impl ForumFile {
    /// What the file of `forum` would say; `kinds` are those of its groups.
    pub fn of(forum: &Forum, kinds: &HashMap<Term, GroupKind>) -> ForumFile {
        let of_facet = |facet| forum.terms.iter().filter(move |(_, term)| term.facet == facet);
        let terms = [Facet::Role, Facet::Group, Facet::Sector].into_iter().flat_map(of_facet);
        ForumFile {
            settings: forum.settings.clone(),
            slug_given: true,
            terms: terms.map(|(ix, term)| file_term(forum, ix, term, kinds.get(term).copied())).collect(),
            warnings: Vec::new(),
        }
    }
}

fn file_term(forum: &Forum, ix: TermIx, term: &Term, kind: Option<GroupKind>) -> FileTerm {
    let slug = |ix: TermIx| forum.terms.term(ix).slug.clone();
    let mut sectors: Vec<String> = forum.sectors_of(ix).iter().copied().map(slug).collect();
    sectors.sort();
    FileTerm {
        term: term.clone(),
        names: forum.terms.names(ix).clone(),
        parent: forum.terms.parent(ix).map(slug),
        kind,
        sectors,
    }
}
