//! Sending a letter once more because somebody says so: one code for `treff delivery retry` and the desk, which both ask
//! the gate first whether anything of it may still go.

use chrono::{DateTime, Utc};

use crate::ids::DeliveryId;
use crate::store::{DeliveryState, Resending, Store, StoreError};

/// What was done about a letter, or why nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnceMore {
    /// It was put off, and is due now.
    Due,
    /// It may have arrived; it is queued again, with the same Message-ID and bytes.
    MayComeTwice,
    /// It was refused; it is queued again, with the same Message-ID and bytes.
    TriedAgain,
    /// It waits to be sent already.
    Waits,
    /// Letters to its recipient are stopped: it would not be let go.
    Stopped(DeliveryState),
    /// Its recipient was erased, or merged into another.
    Erased(DeliveryState),
    /// It was refused, and what it held is in a later letter or over.
    Overtaken,
    /// It is so old that its words are not kept any more.
    Wordless(DeliveryState),
    /// Nothing of it may go to its recipient any more: the check before sending would end it at once.
    Emptied(DeliveryState),
    /// It may have arrived, and what it held has changed since: it cannot go as it went.
    Changed(DeliveryState),
    /// Its state is final, or it is just being sent.
    Not(DeliveryState),
    /// There is no such letter.
    Unknown,
}

impl OnceMore {
    /// Whether something was done.
    pub fn is_done(self) -> bool {
        matches!(self, OnceMore::Due | OnceMore::MayComeTwice | OnceMore::TriedAgain)
    }
}

/// Makes a deferred letter due and queues an uncertain or a rejected one again. `now` is real time. Of what the letter holds
/// it asks nothing: it never answers [`OnceMore::Emptied`] or [`OnceMore::Changed`].
pub async fn send_once_more(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    id: DeliveryId,
) -> Result<OnceMore, StoreError> {
    if let Some((state, is_erased)) = store.find_stopped(id).await? {
        return Ok(if is_erased { OnceMore::Erased(state) } else { OnceMore::Stopped(state) });
    }
    if let Some(state) = store.find_wordless(id).await? {
        return Ok(OnceMore::Wordless(state));
    }
    Ok(match store.retry_letter(now, actor, id).await? {
        Some(DeliveryState::Deferred) => OnceMore::Due,
        Some(DeliveryState::Uncertain) => OnceMore::MayComeTwice,
        Some(DeliveryState::Queued) => OnceMore::Waits,
        Some(DeliveryState::Rejected) => match store.resend_rejected(now, actor, id).await? {
            Resending::Queued => OnceMore::TriedAgain,
            Resending::Stopped => OnceMore::Stopped(DeliveryState::Rejected),
            Resending::Revised | Resending::Overtaken => OnceMore::Overtaken,
            Resending::NotRejected(Some(state)) => OnceMore::Not(state),
            Resending::NotRejected(None) => OnceMore::Unknown,
        },
        Some(state) => OnceMore::Not(state),
        None => OnceMore::Unknown,
    })
}
