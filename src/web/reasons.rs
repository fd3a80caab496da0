//! Reasons in plain words: to the reader themselves ("Du følger Helse"), and about a recipient ("Følger Helse").

use super::words::{Words, fill};
use crate::feedback::links::OpenLetter;
use crate::forum::{Facet, Forum, Language, Position, TermIx};
use crate::matching::{Because, Match, Reason, ReasonTerm, WrittenReason};

/// The reasons of a ledger row; terms that the forum no longer knows are left out.
pub(super) fn read_reasons(forum: &Forum, json: &str) -> Result<Vec<Reason>, serde_json::Error> {
    let written: Vec<WrittenReason> = serde_json::from_str(json)?;
    Ok(written.iter().filter_map(|reason| Reason::read(reason, &forum.terms)).collect())
}

/// The term that muting takes to strike the reason; `None` for "all".
pub(super) fn muting_term(reason: &Reason) -> Option<TermIx> {
    match reason.term {
        ReasonTerm::All => None,
        ReasonTerm::Term(ix) | ReasonTerm::Seat(ix, _) => Some(ix),
    }
}

/// Whether a page that a link alone opens may say the term. Whom a seat represents and what a person is
/// at home may tell of a union office (GDPR art. 9); so may the groups of who sits for a union (`discreet`).
pub(super) fn may_be_named(forum: &Forum, reason: &Reason, discreet: bool) -> bool {
    let Some(ix) = muting_term(reason) else { return true };
    match forum.terms.term(ix).facet {
        Facet::Sector => true,
        Facet::Group => !discreet,
        Facet::Role => reason.how != Match::Audience,
        Facet::Org | Facet::KindOfOrg | Facet::Represents => false,
    }
}

/// To the reader: "Du følger Helse".
pub(super) fn tell_reader(words: &Words, letter: &OpenLetter, reason: &Reason) -> String {
    let (words, forum, language) = (&words.reason, &letter.forum, letter.recipient.language);
    if !may_be_named(forum, reason, letter.discreet) {
        return words.you_chosen.clone();
    }
    let Some(ix) = muting_term(reason) else { return words.you_chosen_all.clone() };
    let pattern = match reason.how {
        Match::Audience => &words.you_chosen_group,
        Match::Equal => &words.you_equal,
        Match::Under => &words.you_under,
        Match::Above => &words.you_above,
    };
    fill(pattern, &[("name", forum.name_of(ix, language))])
}

/// About a recipient: "Følger Helse".
pub(super) fn tell_lead(words: &Words, forum: &Forum, language: Language, reason: &Reason) -> String {
    let name = |ix| forum.name_of(ix, language);
    match (reason.term, reason.how) {
        (ReasonTerm::All, _) => words.reason.chosen_all.clone(),
        (ReasonTerm::Seat(group, position), _) => fill(
            &words.reason.chosen_seat,
            &[("position", position_word(words, position)), ("name", name(group))],
        ),
        (ReasonTerm::Term(ix), Match::Audience) => fill(&words.reason.chosen, &[("name", name(ix))]),
        (ReasonTerm::Term(ix), Match::Equal) => fill(&words.reason.equal, &[("name", name(ix))]),
        (ReasonTerm::Term(ix), Match::Under) => fill(&words.reason.under, &[("name", name(ix))]),
        (ReasonTerm::Term(ix), Match::Above) => fill(&words.reason.above, &[("name", name(ix))]),
    }
}

fn position_word(words: &Words, position: Position) -> &str {
    words.position.get(&position).map_or(position.slug(), String::as_str)
}

/// The line of the rule: "Sendes uansett tema", "Ikke sendt, fordi ...".
pub(super) fn tell_because(words: &Words, because: Because) -> &str {
    words.because.get(because.word()).map_or(because.word(), String::as_str)
}
