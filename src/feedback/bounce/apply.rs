//! What a returned mail does: the letter, the recipient, the record.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BounceKind, BounceReport, ReturnedMail};
use crate::delivery::{Failure, ReturnPaths, hold_against};
use crate::ids::{DeliveryId, RecipientId};
use crate::store::{NewReport, Store, StoreError};

/// A bounce that names no letter is taken to be about one that the relay took so recently: as long as mail
/// programs commonly try (RFC 5321, 4.5.4.1).
const TRIED_FOR_DAYS: i64 = 5;

/// A mail that was not understood is kept up to this size.
const KEPT_BYTES: usize = 256 * 1024;

/// What was done about one report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Whom it is about.
    pub recipient: Option<RecipientId>,
    /// Which letter.
    pub letter: Option<DeliveryId>,
    /// Whether the recipient gets nothing more.
    pub suspended: bool,
}

/// Whom and which letter a report is about.
struct Subject {
    recipient: RecipientId,
    letter: Option<DeliveryId>,
    /// The report speaks of the recipient's own address, not of one that it is forwarded to.
    is_own_address: bool,
}

/// Records every report of a returned mail and does what follows from it.
pub async fn take_in(
    store: &Store,
    return_paths: &ReturnPaths,
    now: DateTime<Utc>,
    mail: &ReturnedMail,
    raw: &[u8],
) -> Result<Vec<Taken>, StoreError> {
    let named = find_named_letter(store, return_paths, mail).await?;
    let mut done = Vec::with_capacity(mail.reports.len());
    for report in &mail.reports {
        let subject = find_subject(store, now, report, named).await?;
        done.push(apply(store, now, report, subject, raw).await?);
    }
    Ok(done)
}

/// The letter that a return path or a Message-ID names.
async fn find_named_letter(
    store: &Store,
    return_paths: &ReturnPaths,
    mail: &ReturnedMail,
) -> Result<Option<DeliveryId>, StoreError> {
    if let Some(letter) = mail.sent_to.iter().find_map(|address| return_paths.read(address)) {
        return Ok(Some(letter));
    }
    for id in &mail.message_ids {
        if let Some(row) = store.find_delivery_by_message_id(id).await? {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

async fn find_subject(
    store: &Store,
    now: DateTime<Utc>,
    report: &BounceReport,
    named: Option<DeliveryId>,
) -> Result<Option<Subject>, StoreError> {
    if let Some(letter) = named
        && let Some(row) = store.find_delivery(letter).await?
    {
        let is_own_address =
            report.named.is_empty() || row.recipient.as_ref().is_some_and(|own| report.named.contains(own));
        return Ok(Some(Subject { recipient: row.recipient_id, letter: Some(row.id), is_own_address }));
    }
    for address in &report.named {
        let Some(recipient) = store.find_recipient_at(address).await? else { continue };
        let recent = store.list_recent_letters(recipient, now - TimeDelta::days(TRIED_FOR_DAYS)).await?;
        // A hard bounce means that none of them arrived; of other failures only one alone is meant for sure.
        let letter = match report.kind {
            BounceKind::Hard => recent.first().copied(),
            _ if recent.len() == 1 => recent.first().copied(),
            _ => None,
        };
        return Ok(Some(Subject { recipient, letter, is_own_address: true }));
    }
    Ok(None)
}

async fn apply(
    store: &Store,
    now: DateTime<Utc>,
    report: &BounceReport,
    subject: Option<Subject>,
    raw: &[u8],
) -> Result<Taken, StoreError> {
    let mut tx = store.begin().await?;
    let mut taken = Taken {
        recipient: subject.as_ref().map(|s| s.recipient),
        letter: subject.as_ref().and_then(|s| s.letter),
        suspended: false,
    };
    match (report.kind.final_failure(), &subject) {
        (Some(kind), Some(Subject { recipient, letter, is_own_address: true })) => {
            let failure = Failure {
                recipient: *recipient,
                letter: *letter,
                kind,
                status: report.status.as_deref(),
                reason: &report.reason,
                at: now,
            };
            if let Some(letter) = letter {
                tx.settle_by_report(now, *letter, false, &report.reason).await?;
            }
            taken.suspended = hold_against(&mut tx, &failure).await?;
        }
        _ => {
            let is_unknown = report.kind == BounceKind::Unknown;
            tx.insert_report(&NewReport {
                kind: report.kind.word(),
                recipient: taken.recipient,
                letter: taken.letter,
                status: report.status.as_deref(),
                reason: &report.reason,
                received_at: now,
                raw: is_unknown.then(|| raw[..raw.len().min(KEPT_BYTES)].to_vec()),
            })
            .await?;
            if let Some(letter) = taken.letter
                && report.kind.shows_that_it_went()
            {
                tx.settle_by_report(now, letter, true, &report.reason).await?;
            }
            if let (BounceKind::Complaint, Some(recipient)) = (report.kind, taken.recipient) {
                taken.suspended = tx.suspend_recipient(now, recipient, "complaint").await?;
            }
        }
    }
    tx.commit().await?;
    Ok(taken)
}
