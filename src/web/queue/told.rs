//! Terms and expressions in plain words: what chips say, and what another expression comes down to.

use crate::content::audience::{Chip, Chips};
use crate::content::{Audience, Visibility};
use crate::forum::{Facet, Forum, Language, Position, TermIx};
use crate::letter::name_in_sentence;
use crate::staff::Right;
use crate::web::staff::Staff;
use crate::web::words::{Words, fill};

/// Who tells, to whom.
pub(in crate::web) struct Teller<'a> {
    pub(super) forum: &'a Forum,
    pub(super) language: Language,
    pub(super) words: &'a Words,
    /// Who works for a union, or how few, is for those who keep the people's own pages (GDPR, art. 9).
    pub(super) discreet: bool,
    /// They may have a letter of its own sent.
    pub(super) may_send: bool,
}

impl<'a> Teller<'a> {
    /// To somebody at the desk.
    pub(in crate::web) fn new(forum: &'a Forum, staff: &Staff, words: &'a Words) -> Teller<'a> {
        let (discreet, may_send) = (!staff.may(Right::People), staff.may(Right::Send));
        Teller { forum, language: staff.language, words, discreet, may_send }
    }
}

impl Teller<'_> {
    /// What a chip says: "Kompetansegruppe helse", "Leder i kompetansegruppe helse", "Arbeider i NAV".
    pub(super) fn chip(&self, chip: Chip) -> String {
        match chip {
            Chip::All => self.words.queue.who.all.clone(),
            Chip::Term(term) => self.term(term),
            Chip::Seat(group, position) => fill(
                &self.words.queue.who.seat,
                &[
                    ("position", self.position(position)),
                    ("group", &name_in_sentence(self.forum, group, self.language)),
                ],
            ),
        }
    }

    /// What a term says by itself.
    pub(super) fn term(&self, term: TermIx) -> String {
        let words = &self.words.queue.who;
        let name = match self.forum.terms.term(term).facet {
            Facet::KindOfOrg => self.kind_of_organisation(term).to_owned(),
            Facet::Sector => name_in_sentence(self.forum, term, self.language),
            _ => self.forum.name_of(term, self.language).to_owned(),
        };
        let pattern = match self.forum.terms.term(term).facet {
            Facet::Org => &words.works_at,
            Facet::KindOfOrg => &words.works_in_kind,
            Facet::Represents => &words.represents,
            Facet::Role => &words.role,
            Facet::Sector => &words.sector,
            Facet::Group => return name,
        };
        fill(pattern, &[("name", &name)])
    }

    /// The ten kinds have words of ours.
    pub(super) fn kind_of_organisation(&self, term: TermIx) -> &str {
        let slug = &self.forum.terms.term(term).slug;
        self.words.queue.organisation.get(slug).map_or(slug.as_str(), String::as_str)
    }

    pub(super) fn position(&self, position: Position) -> &str {
        self.words.queue.position.get(&position).map_or(position.slug(), String::as_str)
    }

    /// An expression in plain words, brackets where they are needed.
    pub(in crate::web) fn audience(&self, audience: &Audience) -> String {
        self.expression(audience, false)
    }

    /// Who may see an item, as the form words it.
    pub(in crate::web) fn visibility(&self, visibility: Visibility) -> String {
        let words = &self.words.queue.more;
        match visibility {
            Visibility::Public => words.see_public.clone(),
            Visibility::Forum => words.see_forum.clone(),
            Visibility::Group(group) => {
                fill(&words.see_group, &[("name", self.forum.name_of(group, self.language))])
            }
            Visibility::Only(group) => {
                fill(&words.see_only, &[("name", &name_in_sentence(self.forum, group, self.language))])
            }
        }
    }

    fn expression(&self, audience: &Audience, inner: bool) -> String {
        let words = &self.words.queue.who;
        let text = match audience {
            Audience::All => return self.chip(Chip::All),
            Audience::Term(term) => return self.chip(Chip::Term(*term)),
            Audience::Seat(group, position) => return self.chip(Chip::Seat(*group, *position)),
            Audience::Not(part) => return format!("{} {}", words.not, self.expression(part, true)),
            Audience::Or(parts) => self.join(parts, &words.or),
            Audience::And(parts) => self.join(parts, &words.and),
        };
        if inner { format!("({text})") } else { text }
    }

    fn join(&self, parts: &[Audience], word: &str) -> String {
        let told: Vec<String> = parts.iter().map(|part| self.expression(part, true)).collect();
        told.join(&format!(" {word} "))
    }
}

/// The chips of a typed expression; `Err`: it cannot be read, `Ok(None)`: it has another form.
pub(super) fn read_chips(forum: &Forum, typed: &str) -> Result<Option<Chips>, ()> {
    if typed.trim().is_empty() {
        return Ok(Some(Chips::default()));
    }
    Audience::parse(typed, &forum.terms).map(|audience| Chips::of(&audience)).map_err(|_| ())
}

/// A chip as a form's field names it: as the language writes it.
pub(super) fn write_chip(forum: &Forum, chip: Chip) -> String {
    let chips = Chips { any: vec![vec![chip]], but_not: Vec::new() };
    chips.audience().map_or_else(String::new, |audience| audience.written(&forum.terms))
}

/// The reverse.
pub(super) fn read_chip(forum: &Forum, text: &str) -> Option<Chip> {
    match read_chips(forum, text).ok()??.any.as_slice() {
        [row] if row.len() == 1 => row.first().copied(),
        _ => None,
    }
}
