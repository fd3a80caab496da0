//! From replies to states, and what a refusal means for its recipient.

use chrono::{DateTime, Utc};

use super::refusal::{Failure, classify_reply, hold_against};
use super::retry::{delay_after, jitter_of};
use super::smtp::Reply;
use crate::ids::DeliveryId;
use crate::store::{DeliveryState, Moved, Outcome, Settled, StoreError, Tx};

/// What a relay's reply makes of a letter: 2yz accepted, a final refusal rejected, all else deferred.
pub(crate) fn settle_reply(
    id: DeliveryId,
    reply: &Reply,
    attempts: i64,
    now: DateTime<Utc>,
    seed: u64,
) -> Settled {
    let outcome = if reply.is_good() {
        Outcome::Accepted
    } else if reply.is_final() {
        Outcome::Rejected
    } else {
        return defer(id, reply.written(), attempts, now, seed);
    };
    Settled { id, outcome, reply: reply.written() }
}

/// A letter that is to be tried again: by a relay's reply, or since something failed here. Then `why` begins with no code,
/// by which readers tell that nobody replied (RFC 5321, 4.2).
pub(crate) fn defer(id: DeliveryId, why: String, attempts: i64, now: DateTime<Utc>, seed: u64) -> Settled {
    let next_attempt_at = now + delay_after(attempts, jitter_of(seed, id.0, attempts));
    Settled { id, outcome: Outcome::Deferred { next_attempt_at }, reply: why }
}

/// Settles letters that `who` had armed, and holds against their recipients what the relay refused for
/// their address's sake: an address that does not exist is suspended in the same transaction.
pub(crate) async fn settle_in(
    tx: &mut Tx,
    now: DateTime<Utc>,
    who: &str,
    settled: &[Settled],
) -> Result<Vec<Moved>, StoreError> {
    if settled.is_empty() {
        return Ok(Vec::new());
    }
    let mut moved = tx.settle_letters(now, who, settled).await?;
    if moved.len() < settled.len() {
        // Others may have called the rest uncertain meanwhile: this is what really became of it.
        moved.extend(tx.settle_presumed(now, who, settled).await?);
    }
    let rejected: Vec<DeliveryId> =
        moved.iter().filter(|m| m.state == DeliveryState::Rejected).map(|m| m.id).collect();
    if rejected.is_empty() {
        return Ok(moved);
    }
    for (letter, recipient) in tx.list_recipients_of(&rejected).await? {
        let Some(reply) = settled.iter().find(|s| s.id == letter).map(|s| s.reply.as_str()) else {
            continue;
        };
        let Some((kind, status)) = classify_reply(reply) else { continue };
        let status = status.to_string();
        let failure =
            Failure { recipient, letter: Some(letter), kind, status: Some(&status), reason: reply, at: now };
        hold_against(tx, &failure).await?;
    }
    Ok(moved)
}
