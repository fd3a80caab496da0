//! A recipient as they would be with choices that are not saved: for the preview, purely.

use crate::forum::{Facet, Forum, Recipient, Term, TermIx};
use crate::store::{PreferenceChanges, TermName};

/// `recipient` as saving `changes` would make them. `look_back_mark` is the watermark of 30 days ago:
/// a change of marks makes planning look again from there. What the forum does not know changes nothing.
pub fn try_changes(
    forum: &Forum,
    recipient: &Recipient,
    changes: &PreferenceChanges,
    look_back_mark: i64,
) -> Recipient {
    let mut tried = recipient.clone();
    let before = tried.standing.clone();
    let standing = &mut tried.standing;
    change_terms(forum, &mut standing.follows, &changes.follow, &changes.unfollow);
    change_terms(forum, &mut standing.mutes, &changes.mute, &changes.unmute);
    let taken: Vec<&str> = changes.unmute_kinds.iter().map(String::as_str).collect();
    standing.muted_kinds = standing
        .muted_kinds
        .iter()
        .filter(|kind| !taken.contains(&kind.word()))
        .chain(changes.mute_kinds.iter().filter_map(|word| word.parse().ok()))
        .collect();
    if *standing != before {
        tried.watermark = tried.watermark.min(look_back_mark);
    }
    if let Some(cadence) = changes.cadence.as_deref().and_then(|word| word.parse().ok()) {
        tried.cadence = cadence;
    }
    if let Some(language) = changes.language.as_deref().and_then(|tag| tag.parse().ok()) {
        tried.language = language;
    }
    if let Some(cap) = changes.cap {
        tried.cap = cap.and_then(|cap| u32::try_from(cap).ok());
    }
    if let Some(day) = changes.paused_until {
        tried.paused_until = day;
    }
    tried
}

fn change_terms(forum: &Forum, list: &mut Vec<TermIx>, begun: &[TermName], ended: &[TermName]) {
    let find = |name: &TermName| find_term(forum, name);
    let ended: Vec<TermIx> = ended.iter().filter_map(find).collect();
    list.retain(|term| !ended.contains(term));
    list.extend(begun.iter().filter_map(find));
    list.sort_unstable();
    list.dedup();
}

/// The forum's place of a term that the store names.
pub fn find_term(forum: &Forum, name: &TermName) -> Option<TermIx> {
    forum.terms.find(&Term::new(Facet::from_word(&name.facet)?, name.slug.as_str()))
}
