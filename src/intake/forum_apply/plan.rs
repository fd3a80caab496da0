//! What a forum file would change: the file beside the forum that is there. Pure.

use serde::Serialize;

use crate::forum::{Cadence, Facet, Forum, GroupKind, House, Language, Names, Term, TermIx, tell_too_long};
use crate::intake::forum_file::{FileTerm, ForumFile, TermEdit};

/// The forum that is there, with what [`Forum`] leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// None before the first apply.
    pub forum: Option<&'a Forum>,
    /// The kind of each group; by the group's term.
    pub kinds: &'a std::collections::HashMap<Term, GroupKind>,
}

/// What the file would change, in the order of the file; what goes in the order of age.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The settings that become different, by their keys in the file.
    pub settings: Vec<&'static str>,
    /// Terms that come.
    pub come: Vec<Term>,
    /// Terms that the file no longer names.
    pub go: Vec<Term>,
    /// Of those that go: what is another one from now on. A file cannot say so; the desk's edit does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<Folded>,
    /// Terms that are called something else.
    pub renamed: Vec<Renamed>,
    /// Terms that lie under another parent.
    pub moved: Vec<Moved>,
    /// Groups that become another kind of group.
    pub kinds: Vec<KindChanged>,
    /// Groups with other sectors.
    pub sectors: Vec<SectorsChanged>,
    /// Cadences that the file no longer gives times for.
    #[serde(skip)]
    pub cadences_gone: Vec<Cadence>,
}

/// A sector that is another one from now on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Folded {
    /// The one that goes.
    pub term: Term,
    /// The one that everything names instead.
    pub into: Term,
}

/// A term that is called something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Renamed {
    /// Which.
    pub term: Term,
    /// What it was called.
    pub from: Names,
    /// What it is called.
    pub to: Names,
}

/// A term that lies under another parent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Which.
    pub term: Term,
    /// What it lay under.
    pub from: Option<Term>,
    /// What it lies under.
    pub to: Option<Term>,
}

/// A group of another kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindChanged {
    /// Which.
    pub term: Term,
    /// What it was.
    pub from: Option<GroupKind>,
    /// What it is.
    pub to: Option<GroupKind>,
}

/// A group with other sectors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectorsChanged {
    /// Which.
    pub group: Term,
    /// What it had.
    pub from: Vec<Term>,
    /// What it has.
    pub to: Vec<Term>,
}

impl Plan {
    /// Whether the file says what is there already.
    pub fn is_empty(&self) -> bool {
        *self == Plan::default()
    }

    /// Whether trees or sectors of groups change, so that recipients may hold or follow other things.
    pub fn changes_what_is_held(&self) -> bool {
        !self.moved.is_empty() || !self.sectors.is_empty() || !self.folded.is_empty()
    }

    /// What is wrong with the names of `file` that come or change: what stands already stands, however long it is.
    pub fn list_too_long(&self, file: &ForumFile) -> Vec<String> {
        let forum = self.settings.contains(&"name").then(|| tell_too_long("name", &file.settings.name));
        let is_new = |term: &Term| self.come.contains(term);
        let terms = file.terms.iter().flat_map(|wanted| {
            let before = self.renamed.iter().find(|renamed| renamed.term == wanted.term);
            let changes = move |language: &Language, name: &String| {
                is_new(&wanted.term) || before.is_some_and(|b| b.from.0.get(language) != Some(name))
            };
            let new = wanted.names.0.iter().filter(move |(language, name)| changes(language, name));
            new.filter_map(move |(_, name)| tell_too_long(&format!("name of {}", wanted.term), name))
        });
        forum.flatten().into_iter().chain(terms).collect()
    }

    /// Those that go and are not another one from now on.
    pub fn dropped(&self) -> impl Iterator<Item = &Term> {
        self.go.iter().filter(|term| !self.folded.iter().any(|folded| folded.term == **term))
    }
}

/// Compares `file` with what is `present`.
pub fn plan(file: &ForumFile, present: Present<'_>) -> Plan {
    let mut plan = Plan { settings: changed_settings(file, present.forum), ..Plan::default() };
    for wanted in &file.terms {
        match find(present.forum, &wanted.term) {
            Some((forum, ix)) => compare_term(wanted, forum, ix, present, &mut plan),
            None => {
                plan.come.push(wanted.term.clone());
                if !wanted.sectors.is_empty() {
                    let to = sectors(wanted);
                    plan.sectors.push(SectorsChanged { group: wanted.term.clone(), from: Vec::new(), to });
                }
            }
        }
    }
    let Some(forum) = present.forum else { return plan };
    plan.go = forum
        .terms
        .iter()
        .map(|(_, term)| term)
        .filter(|term| matches!(term.facet, Facet::Role | Facet::Group | Facet::Sector))
        .filter(|term| !file.terms.iter().any(|wanted| wanted.term == **term))
        .cloned()
        .collect();
    let kept = &file.settings.cadences;
    plan.cadences_gone =
        forum.settings.cadences.keys().filter(|cadence| !kept.contains_key(cadence)).copied().collect();
    plan
}

/// What a plan cannot read off two files.
pub(super) fn folded_by(edit: &TermEdit) -> Vec<Folded> {
    match edit {
        TermEdit::Fold { from, into } => vec![Folded { term: from.clone(), into: into.clone() }],
        TermEdit::Put(_) | TermEdit::TakeAway(_) => Vec::new(),
    }
}

fn find<'a>(forum: Option<&'a Forum>, term: &Term) -> Option<(&'a Forum, TermIx)> {
    let forum = forum?;
    Some((forum, forum.terms.find(term)?))
}

fn compare_term(wanted: &FileTerm, forum: &Forum, ix: TermIx, present: Present<'_>, plan: &mut Plan) {
    let term = || wanted.term.clone();
    let names = forum.terms.names(ix);
    if *names != wanted.names {
        plan.renamed.push(Renamed { term: term(), from: names.clone(), to: wanted.names.clone() });
    }
    let from = forum.terms.parent(ix).map(|parent| forum.terms.term(parent).clone());
    let to = wanted.parent.as_ref().map(|slug| Term::new(wanted.term.facet, slug));
    if from != to {
        plan.moved.push(Moved { term: term(), from, to });
    }
    let kind = present.kinds.get(&wanted.term).copied();
    if kind != wanted.kind {
        plan.kinds.push(KindChanged { term: term(), from: kind, to: wanted.kind });
    }
    let mut from: Vec<Term> =
        forum.sectors_of(ix).iter().map(|sector| forum.terms.term(*sector).clone()).collect();
    from.sort();
    let to = sectors(wanted);
    if from != to {
        plan.sectors.push(SectorsChanged { group: term(), from, to });
    }
}

fn sectors(wanted: &FileTerm) -> Vec<Term> {
    wanted.sectors.iter().map(|slug| Term::new(Facet::Sector, slug)).collect()
}

fn changed_settings(file: &ForumFile, present: Option<&Forum>) -> Vec<&'static str> {
    let to = &file.settings;
    let from = present.map(|forum| &forum.settings);
    [
        ("name", from.is_none_or(|f| f.name != to.name)),
        ("slug", from.is_none_or(|f| f.slug != to.slug)),
        ("time_zone", from.is_none_or(|f| f.zone != to.zone)),
        ("language", from.is_none_or(|f| f.language != to.language)),
        ("holidays", from.is_none_or(|f| f.holidays != to.holidays)),
        ("pause", from.is_none_or(|f| f.pause != to.pause)),
        ("cap", from.is_none_or(|f| f.cap != to.cap)),
        ("learning", from.is_none_or(|f| f.learning != to.learning)),
        ("cadence", from.is_none_or(|f| f.cadences != to.cadences)),
    ]
    .into_iter()
    .filter_map(|(key, changed)| changed.then_some(key))
    .chain(changed_house(from.map_or(&House::default(), |f| &f.house), &to.house))
    .collect()
}

/// The tables of the file whose keys change, and the logo.
fn changed_house(from: &House, to: &House) -> Vec<&'static str> {
    let sender = |h: &House| {
        (h.sender.clone(), h.reply_name.clone(), h.reply_address.clone(), h.postal_address.clone())
    };
    let privacy = |h: &House| (h.controller.clone(), h.privacy_contact.clone(), h.officer.clone());
    let letter = |h: &House| (h.colour, h.about.clone());
    [
        ("sender", sender(from) != sender(to)),
        ("privacy", privacy(from) != privacy(to)),
        ("letter", letter(from) != letter(to)),
        ("basis", from.grounds != to.grounds),
        ("texts", from.texts != to.texts),
        ("logo", from.logo != to.logo),
    ]
    .into_iter()
    .filter_map(|(key, changed)| changed.then_some(key))
    .collect()
}
