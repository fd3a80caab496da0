//! Whether an audience holds of a recipient.

use super::profile::Profile;
use crate::content::Audience;
use crate::forum::{Forum, Terms};

/// Whether the recipient is in the audience, whatever they mute and may see.
pub fn audience_selects(forum: &Forum, audience: &Audience, profile: &Profile) -> bool {
    selects(&forum.terms, audience, profile)
}

pub(super) fn selects(terms: &Terms, audience: &Audience, profile: &Profile) -> bool {
    match audience {
        Audience::All => true,
        Audience::Term(ix) => profile.holds(terms, *ix),
        Audience::Seat(group, position) => profile.sits_as(terms, *group, *position),
        Audience::Not(inner) => !selects(terms, inner, profile),
        Audience::And(parts) => parts.iter().all(|part| selects(terms, part, profile)),
        Audience::Or(parts) => parts.iter().any(|part| selects(terms, part, profile)),
    }
}
