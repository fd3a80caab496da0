//! The form of one topic, role or group, and what was filled in.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::forum::{Facet, Forum, GroupKind, Language, Names, Term, TermIx};
use crate::intake::forum_file::{EditFault, FileTerm, TermEdit};
use crate::web::choice::Choice;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;

/// What was filled in, and of what.
#[derive(Debug, Default, Clone, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Said {
    /// Of the page that confirms: the facet's word.
    pub(super) facet: String,
    /// Likewise; empty for a new one.
    pub(super) slug: String,
    /// Likewise: whether it is to be taken away.
    pub(super) take: String,
    /// Of what is folded: the slug of the other topic.
    pub(super) into: String,
    /// Of the page that confirms: what was shown.
    pub(super) seen: String,
    /// Likewise: tells that page from others, so that it is done once.
    pub(super) token: String,
    pub(super) name_nb: String,
    pub(super) name_nn: String,
    pub(super) name_en: String,
    pub(super) parent: String,
    pub(super) kind: String,
    pub(super) sector: Vec<String>,
}

#[derive(Serialize)]
struct NameField {
    field: &'static str,
    label: String,
    value: String,
    lang: &'static str,
}

#[derive(Serialize)]
pub(super) struct Page {
    facet: &'static str,
    /// Empty: a new one.
    slug: String,
    title: String,
    names: Vec<NameField>,
    parents: Vec<Choice>,
    kinds: Vec<Choice>,
    sectors: Vec<Choice>,
    /// What a topic may be folded into.
    folds: Vec<Choice>,
    wrong_name: bool,
    wrong_parent: bool,
    wrong_fold: bool,
    /// A sentence over the form; empty if there is none.
    note: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "topics_one.html";
}

/// A role, group or sector by the words of an address; those alone are the forum's own.
pub(super) fn facet_of(staff: &Staff, word: &str) -> Result<Facet, Refusal> {
    let own = |facet: &Facet| matches!(facet, Facet::Role | Facet::Group | Facet::Sector);
    Facet::from_word(word).filter(own).ok_or_else(|| staff.nothing_there())
}

/// The term of an address.
pub(super) fn find(staff: &Staff, facet: Facet, slug: &str) -> Result<TermIx, Refusal> {
    staff.forum.terms.find(&Term::new(facet, slug)).ok_or_else(|| staff.nothing_there())
}

/// GET: an empty form.
pub(super) async fn show_new(
    reading: Reading,
    staff: Staff,
    Path(facet): Path<String>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    let said = Said { kind: GroupKind::Competence.word().to_owned(), ..Said::default() };
    reading.0.desk_page(&staff, &page_of(&reading, &staff, (facet, ""), &said))
}

/// GET: as it stands.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path((facet, slug)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let facet = facet_of(&staff, &facet)?;
    reading.0.desk_page(&staff, &standing(&reading, &staff, (facet, &slug)).await?)
}

/// The form as the forum stands.
pub(super) async fn standing(
    reading: &Reading,
    staff: &Staff,
    (facet, slug): (Facet, &str),
) -> Result<Page, Refusal> {
    let ix = find(staff, facet, slug)?;
    let kind = reading.group_kind(staff.forum.terms.term(ix)).await?;
    Ok(page_of(reading, staff, (facet, slug), &Said::of(&staff.forum, ix, kind)))
}

impl Said {
    fn of(forum: &Forum, ix: TermIx, kind: Option<GroupKind>) -> Said {
        let name = |language| forum.terms.names(ix).0.get(&language).cloned().unwrap_or_default();
        let slug = |ix: TermIx| forum.terms.term(ix).slug.clone();
        Said {
            name_nb: name(Language::Nb),
            name_nn: name(Language::Nn),
            name_en: name(Language::En),
            parent: forum.terms.parent(ix).map(slug).unwrap_or_default(),
            kind: kind.map(|kind| kind.word().to_owned()).unwrap_or_default(),
            sector: forum.sectors_of(ix).iter().copied().map(slug).collect(),
            ..Said::default()
        }
    }

    fn names(&self) -> Names {
        let given =
            [(Language::Nb, &self.name_nb), (Language::Nn, &self.name_nn), (Language::En, &self.name_en)];
        let clean = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
        let names = given.into_iter().map(|(language, name)| (language, clean(name)));
        Names(names.filter(|(_, name)| !name.is_empty()).collect::<BTreeMap<_, _>>())
    }

    /// What is asked for, of the term `slug` or, if that is empty, of a new one whose slug is `free`.
    pub(super) fn read(&self, (facet, slug): (Facet, &str), free: impl Fn(&Names) -> String) -> TermEdit {
        if !self.into.is_empty() {
            return TermEdit::Fold {
                from: Term::new(facet, slug),
                into: Term::new(facet, self.into.as_str()),
            };
        }
        if !self.take.is_empty() {
            return TermEdit::TakeAway(Term::new(facet, slug));
        }
        let names = self.names();
        let slug = if slug.is_empty() { free(&names) } else { slug.to_owned() };
        let is_group = facet == Facet::Group;
        TermEdit::Put(FileTerm {
            term: Term::new(facet, slug),
            names,
            parent: (!self.parent.is_empty()).then(|| self.parent.clone()),
            kind: is_group.then(|| self.kind.parse().unwrap_or(GroupKind::Adhoc)),
            sectors: if is_group { self.sector.clone() } else { Vec::new() },
        })
    }
}

impl Page {
    /// The same, with what is wrong in it.
    pub(super) fn with_fault(self, fault: EditFault, gone: &str) -> Page {
        match fault {
            EditFault::Name => Page { wrong_name: true, ..self },
            EditFault::Parent => Page { wrong_parent: true, ..self },
            EditFault::Gone => self.with_note(gone),
        }
    }

    /// The same, with no topic chosen to fold it into.
    pub(super) fn with_nothing_to_fold_into(self) -> Page {
        Page { wrong_fold: true, ..self }
    }

    /// The same under a sentence.
    pub(super) fn with_note(self, note: &str) -> Page {
        Page { note: note.to_owned(), ..self }
    }
}

/// The form as it was filled in.
pub(super) fn page_of(reading: &Reading, staff: &Staff, (facet, slug): (Facet, &str), said: &Said) -> Page {
    let words = reading.0.words(staff.language);
    let (one, forum, language) = (&words.topics.one, &staff.forum, staff.language);
    let own = forum.terms.find(&Term::new(facet, slug));
    let title = match (own, facet) {
        (Some(ix), _) => forum.name_of(ix, language).to_owned(),
        (None, Facet::Group) => one.new_group.clone(),
        (None, Facet::Role) => one.new_role.clone(),
        (None, _) => one.new_sector.clone(),
    };
    let field = |field, language: Language, value: &str| NameField {
        field,
        label: words.language.get(&language).cloned().unwrap_or_default(),
        value: value.to_owned(),
        lang: language.tag(),
    };
    let choice = |(ix, depth): (TermIx, usize), chosen: bool| Choice {
        value: forum.terms.term(ix).slug.clone(),
        label: forum.name_of(ix, language).to_owned(),
        depth,
        chosen,
    };
    let slug_at = |ix: TermIx| forum.terms.term(ix).slug.as_str();
    let may_be_above = |ix: TermIx| own.is_none_or(|own| !forum.terms.is_at_or_under(ix, own));
    let parents = forum.list_tree(facet, language).into_iter().filter(|(ix, _)| may_be_above(*ix));
    let folds = |own: TermIx| {
        let others = forum.list_tree(Facet::Sector, language).into_iter().filter(move |(ix, _)| *ix != own);
        others.map(|at| choice(at, slug_at(at.0) == said.into)).collect()
    };
    let is_group = facet == Facet::Group;
    let sectors = if is_group { forum.list_tree(Facet::Sector, language) } else { Vec::new() };
    let kinds = GroupKind::ALL.into_iter().filter(|_| is_group).map(|kind| Choice {
        value: kind.word().to_owned(),
        label: words.topics.group_kind.get(kind.word()).cloned().unwrap_or_default(),
        depth: 0,
        chosen: kind.word() == said.kind,
    });
    Page {
        facet: facet.word(),
        slug: slug.to_owned(),
        title,
        names: vec![
            field("name_nb", Language::Nb, &said.name_nb),
            field("name_nn", Language::Nn, &said.name_nn),
            field("name_en", Language::En, &said.name_en),
        ],
        parents: parents.map(|at| choice(at, slug_at(at.0) == said.parent)).collect(),
        kinds: kinds.collect(),
        sectors: sectors
            .into_iter()
            .map(|at| choice(at, said.sector.iter().any(|sector| sector == slug_at(at.0))))
            .collect(),
        folds: own.filter(|_| facet == Facet::Sector).map(folds).unwrap_or_default(),
        wrong_name: false,
        wrong_parent: false,
        wrong_fold: false,
        note: String::new(),
    }
}
