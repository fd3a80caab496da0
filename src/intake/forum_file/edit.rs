//! One role, group or sector of a forum file changed, added or taken away: what the desk asks for. Pure.

use super::file::{FileTerm, ForumFile};
use crate::forum::{Facet, Names, Term, is_slug, slug_of, tell_too_long};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermEdit {
    /// This one, in place of the one of the same facet and slug if there is one.
    Put(FileTerm),
    /// It goes: what lies under it lies under what it lay under, and no group has it as a topic.
    TakeAway(Term),
    /// This sector is the other one from now on: what lies under it lies under the other, groups that had it have the other.
    /// Who and what else names it is for whoever applies the edit.
    Fold {
        /// The one that goes.
        from: Term,
        /// The one that stays.
        into: Term,
    },
}

/// Why an edit does not fit the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    /// It has no name in any language, or one that is too long.
    #[error("it has no name, or one that is too long")]
    Name,
    /// What it should lie under is not there, is itself, or lies under it.
    #[error("it cannot lie there")]
    Parent,
    /// It is not there, or a sector that it should have is not.
    #[error("it is not there any more")]
    Gone,
}

impl ForumFile {
    /// Makes an edit; an edit that does not fit changes nothing.
    pub fn edit(&mut self, edit: &TermEdit) -> Result<(), EditFault> {
        match edit {
            TermEdit::Put(wanted) => self.put(wanted.clone()),
            TermEdit::TakeAway(term) => self.take_away(term),
            TermEdit::Fold { from, into } => self.fold(from, into),
        }
    }

    fn put(&mut self, mut wanted: FileTerm) -> Result<(), EditFault> {
        let is_long = wanted.names.0.values().any(|name| tell_too_long("name", name).is_some());
        if is_long || wanted.names.0.is_empty() || !is_slug(&wanted.term.slug) {
            return Err(EditFault::Name);
        }
        let facet = wanted.term.facet;
        if wanted.parent.as_ref().is_some_and(|parent| !self.may_lie_under(&wanted.term, parent)) {
            return Err(EditFault::Parent);
        }
        let has = |slug: &String| self.find(Facet::Sector, slug).is_some();
        if (facet == Facet::Group) != wanted.kind.is_some() || !wanted.sectors.iter().all(has) {
            return Err(EditFault::Gone);
        }
        wanted.sectors.sort();
        wanted.sectors.dedup();
        match self.terms.iter_mut().find(|term| term.term == wanted.term) {
            Some(standing) => *standing = wanted,
            None => self.terms.push(wanted),
        }
        Ok(())
    }

    fn take_away(&mut self, term: &Term) -> Result<(), EditFault> {
        let gone = self.find(term.facet, &term.slug).ok_or(EditFault::Gone)?.clone();
        self.terms.retain(|standing| standing.term != *term);
        for standing in &mut self.terms {
            if standing.term.facet == term.facet && standing.parent.as_ref() == Some(&term.slug) {
                standing.parent.clone_from(&gone.parent);
            }
            if term.facet == Facet::Sector {
                standing.sectors.retain(|slug| *slug != term.slug);
            }
        }
        Ok(())
    }

    /// Sectors alone: a group decides who may see what, and a role is what somebody is.
    fn fold(&mut self, from: &Term, into: &Term) -> Result<(), EditFault> {
        let is_pair = from.facet == Facet::Sector && into.facet == Facet::Sector && from != into;
        let gone = self.find(from.facet, &from.slug).filter(|_| is_pair).ok_or(EditFault::Gone)?.clone();
        let lies_under = !self.may_lie_under(from, &into.slug);
        self.find(into.facet, &into.slug).ok_or(EditFault::Gone)?;
        self.terms.retain(|standing| standing.term != *from);
        for standing in &mut self.terms {
            if standing.term == *into && lies_under {
                // It comes to stand where the other stood.
                standing.parent.clone_from(&gone.parent);
            } else if standing.term.facet == Facet::Sector && standing.parent.as_ref() == Some(&from.slug) {
                standing.parent = Some(into.slug.clone());
            }
            if standing.sectors.contains(&from.slug) {
                standing.sectors.retain(|slug| *slug != from.slug);
                standing.sectors.push(into.slug.clone());
                standing.sectors.sort();
                standing.sectors.dedup();
            }
        }
        Ok(())
    }

    fn find(&self, facet: Facet, slug: &str) -> Option<&FileTerm> {
        self.terms.iter().find(|standing| standing.term.facet == facet && standing.term.slug == slug)
    }

    /// Whether `term` can lie under the one called `parent` without a circle.
    fn may_lie_under(&self, term: &Term, parent: &str) -> bool {
        let mut above = Some(parent.to_owned());
        while let Some(slug) = above {
            if slug == term.slug {
                return false;
            }
            let Some(standing) = self.find(term.facet, &slug) else { return false };
            above = standing.parent.clone();
        }
        true
    }

    /// A slug for a new term: of its name as the forum's own language says it, with a number if that is taken.
    pub fn free_slug(&self, facet: Facet, names: &Names) -> String {
        let made = slug_of(names.in_language(self.settings.language, ""));
        let made = if is_slug(&made) { made } else { facet.word().to_owned() };
        let numbered = (2..).map(|number| format!("{made}-{number}"));
        let mut slugs = std::iter::once(made.clone()).chain(numbered);
        slugs.find(|slug| self.find(facet, slug).is_none()).unwrap_or(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forum::{GroupKind, Language};
    use crate::intake::forum_file::read_forum_file;

    fn file() -> ForumFile {
        let text = "name = \"Forumet\"\n[cadence]\nweekly = \"0 30 7 * * Mon\"
            [[sector]]\nslug = \"industry\"\nname = { nb = \"Industri\" }
            [[sector]]\nslug = \"process\"\nparent = \"industry\"\nname = { nb = \"Prosess\" }
            [[sector]]\nslug = \"oil\"\nparent = \"process\"\nname = { nb = \"Olje\" }
            [[group]]\nslug = \"g\"\nkind = \"competence\"\nname = { nb = \"G\" }\nsectors = [\"process\"]";
        read_forum_file("forum.toml", text).expect("the file is right")
    }

    fn sector(slug: &str, parent: Option<&str>) -> FileTerm {
        FileTerm {
            term: Term::new(Facet::Sector, slug),
            names: Names::one(Language::Nb, "Navn"),
            parent: parent.map(str::to_owned),
            kind: None,
            sectors: Vec::new(),
        }
    }

    #[test]
    fn nothing_comes_to_lie_under_itself_or_under_what_is_not_there() {
        for parent in ["process", "oil", "nowhere"] {
            let mut file = file();
            let edit = TermEdit::Put(sector("process", Some(parent)));
            assert_eq!(file.edit(&edit), Err(EditFault::Parent), "{parent}");
            assert_eq!(file, self::file());
        }
    }

    #[test]
    fn what_lies_under_something_taken_away_moves_up_and_groups_lose_the_topic() {
        let mut file = file();
        file.edit(&TermEdit::TakeAway(Term::new(Facet::Sector, "process"))).unwrap();
        assert_eq!(file.find(Facet::Sector, "oil").unwrap().parent.as_deref(), Some("industry"));
        assert!(file.find(Facet::Group, "g").unwrap().sectors.is_empty());
        assert_eq!(file.edit(&TermEdit::TakeAway(Term::new(Facet::Sector, "process"))), Err(EditFault::Gone));
    }

    #[test]
    fn what_is_folded_leaves_no_hole_and_no_circle() {
        let fold = |from: &str, into: &str| {
            let mut file = file();
            let edit =
                TermEdit::Fold { from: Term::new(Facet::Sector, from), into: Term::new(Facet::Sector, into) };
            file.edit(&edit).map(|()| file)
        };
        let parent = |file: &ForumFile, slug: &str| file.find(Facet::Sector, slug).unwrap().parent.clone();
        let up = fold("process", "industry").unwrap();
        assert_eq!(parent(&up, "oil").as_deref(), Some("industry"));
        assert_eq!(up.find(Facet::Group, "g").unwrap().sectors, ["industry"]);
        let down = fold("industry", "oil").unwrap();
        assert_eq!(parent(&down, "oil"), None, "it stands where the other stood");
        assert_eq!(parent(&down, "process").as_deref(), Some("oil"));
        for (from, into) in [("oil", "oil"), ("nowhere", "oil"), ("oil", "nowhere")] {
            assert_eq!(fold(from, into), Err(EditFault::Gone), "{from} into {into}");
        }
        let group = Term::new(Facet::Group, "g");
        let edit = TermEdit::Fold { from: group, into: Term::new(Facet::Sector, "oil") };
        assert_eq!(file().edit(&edit), Err(EditFault::Gone));
    }

    #[test]
    fn a_new_name_keeps_the_key_and_a_new_term_gets_a_free_one() {
        let mut file = file();
        let names = Names::one(Language::Nb, "Process");
        assert_eq!(file.free_slug(Facet::Sector, &names), "process-2");
        assert_eq!(file.free_slug(Facet::Role, &Names::one(Language::Nb, "–")), "role");
        file.edit(&TermEdit::Put(sector("process", Some("industry")))).unwrap();
        assert_eq!(file.terms.len(), self::file().terms.len());
    }

    #[test]
    fn a_name_has_at_most_two_hundred_characters() {
        let named = |name: String| {
            TermEdit::Put(FileTerm { names: Names::one(Language::Nb, name), ..sector("new", None) })
        };
        assert_eq!(file().edit(&named("ø".repeat(200))), Ok(()), "characters, and not bytes");
        assert_eq!(file().edit(&named("ø".repeat(201))), Err(EditFault::Name));
    }

    #[test]
    fn a_group_has_a_kind_and_nothing_else_has_one() {
        let mut group = sector("new", None);
        group.term.facet = Facet::Group;
        assert_eq!(file().edit(&TermEdit::Put(group.clone())), Err(EditFault::Gone));
        group.kind = Some(GroupKind::Adhoc);
        group.sectors = vec!["nowhere".to_owned()];
        assert_eq!(file().edit(&TermEdit::Put(group.clone())), Err(EditFault::Gone));
        group.sectors = vec!["oil".to_owned(), "oil".to_owned()];
        file().edit(&TermEdit::Put(group)).unwrap();
    }
}
