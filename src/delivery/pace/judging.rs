//! Pausing an edition whose first letters were refused by policy, and telling the lead.

use chrono::{DateTime, Utc};

use super::first_letters::{FIRST_LETTERS, Judgement, judge};
use crate::delivery::refusal::{Refusal, answers_mail, classify_failure};
use crate::delivery::smtp::Enhanced;
use crate::ids::{DeliveryId, EditionId};
use crate::store::{NewAlert, Outcome, PauseCause, Settled, StoreError, Tx};

/// The kind of alert that a paused edition raises.
pub const EDITION_PAUSED: &str = "edition_paused";

/// Whether a refusal for good speaks of policy: 5.7.z (RFC 3463, 3.8), words that say so without a code, or our sender
/// refused, whatever the code.
pub(crate) fn is_policy_refusal(reply: &str) -> bool {
    answers_mail(reply) || classify_failure(Enhanced::find(reply), reply) == Refusal::Policy
}

/// Judges the editions of those letters that policy refused, in the transaction that settled them. Pauses those that failed, raises an alert for each, and answers which.
pub(crate) async fn judge_editions(
    tx: &mut Tx,
    now: DateTime<Utc>,
    settled: &[Settled],
) -> Result<Vec<EditionId>, StoreError> {
    let rejected = settled.iter().filter(|s| s.outcome == Outcome::Rejected);
    let refused: Vec<DeliveryId> = rejected.filter(|s| is_policy_refusal(&s.reply)).map(|s| s.id).collect();
    let mut paused = Vec::new();
    if refused.is_empty() {
        return Ok(paused);
    }
    for edition in tx.list_unjudged_editions(&refused).await? {
        if judge_edition(tx, now, "worker", edition).await? {
            paused.push(edition);
        }
    }
    Ok(paused)
}

/// Judges the edition of a letter that policy refused only after the relay had taken it, as returned mail tells, in the
/// transaction that took its word; whether that pauses it. That the first letters seemed to go well does not matter
/// any more; that a person let the edition go on does.
pub(crate) async fn judge_returned(
    tx: &mut Tx,
    now: DateTime<Utc>,
    letter: DeliveryId,
) -> Result<bool, StoreError> {
    match tx.find_edition_never_alerted(letter, EDITION_PAUSED).await? {
        Some(edition) => judge_edition(tx, now, "bounce", edition).await,
        None => Ok(false),
    }
}

async fn judge_edition(
    tx: &mut Tx,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let replies = tx.list_first_replies(edition, FIRST_LETTERS).await?;
    match judge(replies.iter().map(|r| r.state == "rejected" && is_policy_refusal(&r.reply))) {
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
                return Ok(true);
            }
        }
    }
    Ok(false)
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
