//! Pausing an edition, because policy refused its first letters or because somebody says so; letting it go on, and
//! cancelling what is left of it. What is written here is told to the lead.

use chrono::{DateTime, Utc};

use super::pace::{FIRST_LETTERS, Judgement, is_policy_refusal, judge};
use crate::ids::{DeliveryId, EditionId};
use crate::store::{DeliveryState, NewAlert, Outcome, PauseCause, Settled, Store, StoreError, Tx};

/// The kind of alert that a paused edition raises.
pub const EDITION_PAUSED: &str = "edition_paused";

/// Pauses an edition: its unsent letters stay queued. False if it is paused already. `now` is real time.
pub async fn pause_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let paused = tx.pause_edition(now, actor, edition, PauseCause::Hand).await?;
    tx.commit().await?;
    Ok(paused)
}

/// Lets a paused edition go on and ends its alert. False if it is not paused. The first letters that paused it are
/// not judged again. `now` is real time.
pub async fn resume_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let resumed = end_pause(&mut tx, now, actor, edition).await?;
    tx.commit().await?;
    Ok(resumed)
}

/// Cancels what is left of an edition and ends its alert: unsent letters end and return their items, who is not planned yet
/// is not planned in it; all of it comes in the next ordinary edition. Answers how many letters ended. What the relay has
/// or is getting just now goes. `now` is real time.
pub async fn cancel_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<usize, StoreError> {
    let mut tx = store.begin().await?;
    let ended = tx.end_edition(now, actor, edition).await?;
    end_pause(&mut tx, now, actor, edition).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends an edition's pause and its alert; whether it was paused.
async fn end_pause(
    tx: &mut Tx,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let was_paused = tx.resume_edition(now, actor, edition).await?;
    tx.end_alert(now, EDITION_PAUSED, &format!("edition:{edition}")).await?;
    Ok(was_paused)
}

/// Judges the editions of those letters that policy refused, in the transaction that settled them. Pauses those that failed,
/// and raises an alert for each.
pub(crate) async fn judge_editions(
    tx: &mut Tx,
    now: DateTime<Utc>,
    settled: &[Settled],
) -> Result<(), StoreError> {
    let rejected = settled.iter().filter(|s| s.outcome == Outcome::Rejected);
    let refused: Vec<DeliveryId> = rejected.filter(|s| is_policy_refusal(&s.reply)).map(|s| s.id).collect();
    if refused.is_empty() {
        return Ok(());
    }
    for edition in tx.list_unjudged_editions(&refused).await? {
        judge_edition(tx, now, "worker", edition).await?;
    }
    Ok(())
}

/// Judges the edition of a letter that policy refused only after the relay had taken it, as returned mail tells, in the
/// transaction that took its word. That the first letters seemed to go well does not matter any more; that a person let
/// the edition go on does.
pub(crate) async fn judge_returned(
    tx: &mut Tx,
    now: DateTime<Utc>,
    letter: DeliveryId,
) -> Result<(), StoreError> {
    match tx.find_edition_never_alerted(letter, EDITION_PAUSED).await? {
        Some(edition) => judge_edition(tx, now, "bounce", edition).await,
        None => Ok(()),
    }
}

async fn judge_edition(
    tx: &mut Tx,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<(), StoreError> {
    let replies = tx.list_first_replies(edition, FIRST_LETTERS).await?;
    let refusals = replies.iter().map(|r| r.state == DeliveryState::Rejected && is_policy_refusal(&r.reply));
    match judge(refusals) {
        Judgement::Open => {}
        Judgement::Passed => tx.close_judgement(edition).await?,
        Judgement::Pauses { refused, of } => {
            tx.close_judgement(edition).await?;
            if tx.pause_edition(now, actor, edition, PauseCause::Policy).await? {
                raise(tx, now, edition, refused, of).await?;
                tracing::error!(
                    edition.id = edition.0,
                    delivery.refused = refused,
                    delivery.letters = of,
                    "the edition is paused: policy refused too many of its first letters"
                );
            }
        }
    }
    Ok(())
}

async fn raise(
    tx: &mut Tx,
    now: DateTime<Utc>,
    edition: EditionId,
    refused: usize,
    of: usize,
) -> Result<(), StoreError> {
    let row = tx.get_edition(edition).await?;
    let text = format!(
        "The {} edition of {} is paused: policy refused {refused} of its first {of} letters. Find out why (SPF, \
         DKIM, DMARC, a blocklist), then let it go on with treff edition resume {} --at {}",
        row.cadence,
        row.occurs_at.format("%Y-%m-%dT%H:%M:%SZ"),
        row.cadence,
        row.occurs_at.format("%Y-%m-%dT%H:%M:%SZ"),
    );
    let details = serde_json::json!({
        "cadence": row.cadence, "occurs_at": row.occurs_at, "refused": refused, "of": of,
    });
    tx.raise_alert(
        now,
        &NewAlert { kind: EDITION_PAUSED, subject: format!("edition:{edition}"), text, details },
    )
    .await
}
