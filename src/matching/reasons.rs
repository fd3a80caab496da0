//! Gathering reasons (line 3) and striking muted ones (line 6).

use super::decision::{Match, Reason, ReasonTerm};
use super::profile::Profile;
use super::selects::selects;
use crate::content::{Audience, Item};
use crate::forum::{TermIx, Terms};

/// The audience's terms that stand under no `not` and that the recipient holds, `all` if there is
/// none; nothing if the audience does not hold.
pub(super) fn list_audience_reasons(terms: &Terms, audience: &Audience, profile: &Profile) -> Vec<Reason> {
    if !selects(terms, audience, profile) {
        return Vec::new();
    }
    let mut reasons: Vec<Reason> = audience
        .terms_under_no_not()
        .into_iter()
        .filter(|leaf| selects(terms, leaf, profile))
        .filter_map(|leaf| match leaf {
            Audience::Term(ix) => Some(ReasonTerm::Term(*ix)),
            Audience::Seat(group, position) => Some(ReasonTerm::Seat(*group, *position)),
            _ => None,
        })
        .map(|term| Reason { term, how: Match::Audience })
        .collect();
    if reasons.is_empty() {
        reasons.push(Reason { term: ReasonTerm::All, how: Match::Audience });
    }
    reasons
}

/// Each about-term, once, that a followed term equals or that lies under or above one.
pub(super) fn list_interest_reasons(terms: &Terms, item: &Item, profile: &Profile) -> Vec<Reason> {
    if !item.interested {
        return Vec::new();
    }
    let mut reasons: Vec<Reason> = Vec::new();
    for &about in &item.about {
        let Some(how) = find_interest(terms, about, profile) else { continue };
        let reason = Reason { term: ReasonTerm::Term(about), how };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// Whether what the profile holds or follows gives this reason of the item by itself, whatever else the audience asks and
/// whether it is open to them. `all` is what nobody's own gives.
pub fn gives_reason(terms: &Terms, item: &Item, profile: &Profile, reason: &Reason) -> bool {
    match (reason.how, reason.term) {
        (Match::Audience, ReasonTerm::All) => false,
        (Match::Audience, ReasonTerm::Term(term)) => profile.holds(terms, term),
        (Match::Audience, ReasonTerm::Seat(group, position)) => profile.sits_as(terms, group, position),
        _ => list_interest_reasons(terms, item, profile).contains(reason),
    }
}

/// How the about-term meets what the recipient follows: the strongest way.
fn find_interest(terms: &Terms, about: TermIx, profile: &Profile) -> Option<Match> {
    let followed = profile.followed();
    if followed.contains(&about) {
        Some(Match::Equal)
    } else if terms.at_and_above(about).any(|above| followed.contains(&above)) {
        Some(Match::Under)
    } else if followed.iter().any(|&own| terms.is_at_or_under(own, about)) {
        Some(Match::Above)
    } else {
        None
    }
}

/// Whether the recipient mutes what the reason names, or something above it. A group and position
/// lie under the group; `all` lies under nothing.
pub(super) fn is_struck(terms: &Terms, reason: &Reason, profile: &Profile) -> bool {
    match reason.term {
        ReasonTerm::All => false,
        ReasonTerm::Term(ix) | ReasonTerm::Seat(ix, _) => profile.mutes(terms, ix),
    }
}
