//! What the pages about mailings say alike.

use chrono::{DateTime, Utc};

use crate::delivery::OnceMore;
use crate::forum::Cadence;
use crate::ids::EditionId;
use crate::store::{DeliveryState, EditionRow};
use crate::web::refusal::Refusal;
use crate::web::site::Tally;
use crate::web::staff::Staff;
use crate::web::words::Words;

/// Where a mailing's page is.
pub(super) fn path_of(id: EditionId) -> String {
    format!("/desk/mailing/sent/{id}")
}

/// The coming mailing that the path names.
pub(super) fn find(
    staff: &Staff,
    coming: &[(Cadence, DateTime<Utc>)],
    word: &str,
) -> Result<(Cadence, DateTime<Utc>), Refusal> {
    let one = coming.iter().find(|(cadence, _)| cadence.word() == word).copied();
    one.ok_or_else(|| staff.nothing_there())
}

/// `Hver uke`; urgent ones have a name of their own.
pub(super) fn tell_often(words: &Words, cadence: Cadence) -> String {
    if cadence == Cadence::Urgent {
        return words.mailing.sent.urgent.clone();
    }
    words.cadence.get(&cadence).cloned().unwrap_or_else(|| cadence.to_string())
}

/// The same of a mailing.
pub(super) fn name_rhythm(words: &Words, row: &EditionRow) -> String {
    row.cadence
        .parse()
        .ok()
        .filter(|cadence| words.cadence.contains_key(cadence))
        .map_or_else(|| words.mailing.sent.urgent.clone(), |cadence| tell_often(words, cadence))
}

/// Whether something of it is still to be planned or sent.
pub(super) fn is_open(row: &EditionRow, tally: &Tally) -> bool {
    row.planned_at.is_none() || tally.open() > 0
}

/// Whether letters in that state are listed: what waits, is being sent or was accepted needs nobody.
pub(super) fn is_listed(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Queued | DeliveryState::Attempting | DeliveryState::Accepted)
}

/// What was done about a letter, as the address names it.
pub(super) fn word_of(done: OnceMore) -> &'static str {
    match done {
        OnceMore::Due => "due",
        OnceMore::MayComeTwice | OnceMore::TriedAgain => "again",
        OnceMore::Stopped(_) | OnceMore::Erased(_) => "stopped",
        OnceMore::Overtaken => "overtaken",
        OnceMore::Wordless(_) => "wordless",
        OnceMore::Emptied(_) => "emptied",
        OnceMore::Changed(_) => "changed",
        OnceMore::Waits | OnceMore::Not(_) | OnceMore::Unknown => "late",
    }
}
