//! Reasons in plain words: to the reader themselves ("Du følger Helse"), and about a recipient ("Følger Helse").

use super::refusal::Refusal;
use super::words::{Words, fill};
use crate::feedback::links::{OpenItem, OpenLetter};
use crate::forum::{Facet, Forum, Language, Position, TermIx};
use crate::letter::name_in_sentence;
use crate::matching::{Because, Match, Reason, ReasonTerm, WrittenReason};

/// The reasons of a ledger row; terms that the forum no longer knows are left out.
pub(super) fn read_reasons(forum: &Forum, json: &str) -> Result<Vec<Reason>, serde_json::Error> {
    let written: Vec<WrittenReason> = serde_json::from_str(json)?;
    Ok(written.iter().filter_map(|reason| Reason::read(reason, &forum.terms)).collect())
}

/// The term that muting takes to strike the reason; `None` for "all".
fn muting_term(reason: &Reason) -> Option<TermIx> {
    match reason.term {
        ReasonTerm::All => None,
        ReasonTerm::Term(ix) | ReasonTerm::Seat(ix, _) => Some(ix),
    }
}

/// The reasons why the letter held the item; none for a title that comes next.
pub(super) fn list_reasons(letter: &OpenLetter, open: &OpenItem) -> Result<Vec<Reason>, Refusal> {
    let Some(held) = &open.held else { return Ok(Vec::new()) };
    Ok(read_reasons(&letter.forum, &held.reasons)?)
}

/// Whether a page that a link alone opens may say what the reason names.
fn may_be_named(forum: &Forum, reason: &Reason, discreet: bool) -> bool {
    muting_term(reason).is_none_or(|ix| may_name(forum, ix, discreet))
}

/// Whether a page that a link alone opens may say the term. Whom a seat represents and what a person is
/// at home may tell of a union office (GDPR art. 9); so may the groups of who sits for a union (`discreet`).
pub(super) fn may_name(forum: &Forum, ix: TermIx, discreet: bool) -> bool {
    match forum.terms.term(ix).facet {
        Facet::Sector => true,
        Facet::Group => !discreet,
        Facet::Role | Facet::Org | Facet::KindOfOrg | Facet::Represents => false,
    }
}

/// Reasons that read alike: a page tells them once, and hides them together.
pub(super) struct Told {
    /// "Du følger Helse".
    pub(super) text: String,
    /// What muting takes to strike them all; nothing for "all".
    pub(super) terms: Vec<TermIx>,
    /// The term that the text names.
    pub(super) named: Option<TermIx>,
    /// The forum chose the item for the reader, whatever they follow.
    pub(super) chosen: bool,
}

/// To the reader of a letter, in the order of the reasons, in `words` of any language.
pub(super) fn tell_reader(words: &Words, letter: &OpenLetter, reasons: &[Reason]) -> Vec<Told> {
    let (forum, language) = (&letter.forum, letter.recipient.language);
    let mut lines: Vec<Told> = Vec::new();
    for reason in reasons {
        let text = tell_person(words, forum, language, letter.discreet, reason);
        let term = muting_term(reason);
        match lines.iter_mut().find(|line| line.text == text) {
            Some(line) => line.terms.extend(term.filter(|ix| !line.terms.contains(ix))),
            None => lines.push(Told {
                text,
                terms: term.into_iter().collect(),
                named: term.filter(|ix| may_name(forum, *ix, letter.discreet)),
                chosen: reason.how == Match::Audience,
            }),
        }
    }
    lines
}

/// To the person themselves: "Du følger Helse".
pub(super) fn tell_person(
    words: &Words,
    forum: &Forum,
    language: Language,
    discreet: bool,
    reason: &Reason,
) -> String {
    let words = &words.reason;
    if !may_be_named(forum, reason, discreet) {
        let chosen = reason.how == Match::Audience;
        return if chosen { &words.you_chosen } else { &words.you_fits }.clone();
    }
    let Some(ix) = muting_term(reason) else { return words.you_chosen_all.clone() };
    let pattern = match reason.how {
        Match::Audience => &words.you_chosen_group,
        Match::Equal => &words.you_equal,
        Match::Under => &words.you_under,
        Match::Above => &words.you_above,
    };
    fill(pattern, &[("name", &name_in_sentence(forum, ix, language))])
}

/// About a recipient: "Følger Helse".
pub(super) fn tell_lead(words: &Words, forum: &Forum, language: Language, reason: &Reason) -> String {
    let named = |pattern: &str, ix| fill(pattern, &[("name", &name_in_sentence(forum, ix, language))]);
    let words_of = &words.reason;
    match (reason.term, reason.how) {
        (ReasonTerm::All, _) => words_of.chosen_all.clone(),
        (ReasonTerm::Seat(group, position), _) => {
            let pattern = fill(&words_of.chosen_seat, &[("position", position_word(words, position))]);
            named(&pattern, group)
        }
        (ReasonTerm::Term(ix), Match::Audience) => named(&words_of.chosen, ix),
        (ReasonTerm::Term(ix), Match::Equal) if forum.terms.term(ix).facet == Facet::Role => {
            named(&words_of.own_role, ix)
        }
        (ReasonTerm::Term(ix), Match::Equal) => named(&words_of.equal, ix),
        (ReasonTerm::Term(ix), Match::Under) => named(&words_of.under, ix),
        (ReasonTerm::Term(ix), Match::Above) => named(&words_of.above, ix),
    }
}

fn position_word(words: &Words, position: Position) -> &str {
    words.position.get(&position).map_or(position.slug(), String::as_str)
}

/// The line of the rule: "Sendes uansett tema", "Ikke sendt, fordi ...".
pub(super) fn tell_because(words: &Words, because: Because) -> &str {
    words.because.get(because.word()).map_or(because.word(), String::as_str)
}
