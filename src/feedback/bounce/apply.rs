//! What a returned mail does: the letter, the recipient, the record. All of one mail is one transaction, and the same
//! mail counts once, on whatever ways it comes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BounceKind, BounceReport, Leaving, ReturnedMail};
use crate::delivery::{Failure, ReturnPaths, hold_against, judge_returned};
use crate::ids::{DeliveryId, RecipientId};
use crate::store::{NewReport, Store, StoreError, Tx};

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
    /// Whether the lead is asked anew who has the recipient's place now.
    pub asked: bool,
    /// Whether the recipient unsubscribed by this mail.
    pub unsubscribed: bool,
    /// Whether the same mail was taken in before: then nothing was done.
    pub again: bool,
}

/// Whom and which letter a report is about.
struct Subject {
    recipient: RecipientId,
    letter: Option<DeliveryId>,
    /// The report speaks of the recipient's own address, not of one that it is forwarded to.
    is_own_address: bool,
}

/// Records every report of a returned mail and does what follows from it, unless the same mail was taken in before.
/// `now` is real time, `raw` the mail's bytes.
pub async fn take_in(
    store: &Store,
    return_paths: &ReturnPaths,
    now: DateTime<Utc>,
    mail: &ReturnedMail,
    raw: &[u8],
) -> Result<Vec<Taken>, StoreError> {
    let named = find_named_letter(store, return_paths, mail).await?;
    let mut subjects = Vec::with_capacity(mail.reports.len());
    for report in &mail.reports {
        subjects.push(find_subject(store, now, report, named).await?);
    }
    let mut tx = store.begin().await?;
    if !tx.note_taken(&mail.content, now).await? {
        return Ok(vec![Taken { again: true, ..Taken::default() }; mail.reports.len()]);
    }
    let mut done = Vec::with_capacity(mail.reports.len());
    if let Leaving::By(recipient) = mail.leaving {
        for report in &mail.reports {
            done.push(leave(&mut tx, now, recipient, report).await?);
        }
        tx.commit().await?;
        return Ok(done);
    }
    for (report, subject) in mail.reports.iter().zip(&subjects) {
        done.push(apply(&mut tx, now, report, subject.as_ref(), raw).await?);
    }
    tx.commit().await?;
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
    tx: &mut Tx,
    now: DateTime<Utc>,
    report: &BounceReport,
    subject: Option<&Subject>,
    raw: &[u8],
) -> Result<Taken, StoreError> {
    let mut taken = Taken {
        recipient: subject.map(|s| s.recipient),
        letter: subject.and_then(|s| s.letter),
        ..Taken::default()
    };
    if let (Some(kind), Some(Subject { recipient, letter, is_own_address: true })) =
        (report.kind.final_failure(), subject)
    {
        let failure = Failure {
            recipient: *recipient,
            letter: *letter,
            kind,
            status: report.status.as_deref(),
            reason: &report.reason,
            at: now,
        };
        if let Some(letter) = letter {
            take_back(tx, now, *letter, report).await?;
        }
        taken.suspended = hold_against(tx, &failure).await?;
        taken.asked = taken.suspended;
        return Ok(taken);
    }
    let kept = (report.kind == BounceKind::Unknown).then_some(raw);
    record(tx, now, report, &taken, kept).await?;
    if let Some(letter) = taken.letter
        && report.kind.shows_that_it_went()
    {
        tx.settle_by_report(now, letter, true, &report.reason).await?;
    }
    match (report.kind, subject) {
        (BounceKind::Complaint, Some(subject)) => {
            taken.suspended = tx.suspend_recipient(now, subject.recipient, "complaint").await?;
        }
        (BounceKind::AutoReply, Some(subject)) if report.suggests.is_some() && subject.is_own_address => {
            taken.asked = tx.ask_who_has_this_place(subject.recipient, "left", now).await?;
        }
        _ => {}
    }
    Ok(taken)
}

/// What one click does, by mail. It is understood, so nothing of the mail is kept.
async fn leave(
    tx: &mut Tx,
    now: DateTime<Utc>,
    recipient: RecipientId,
    report: &BounceReport,
) -> Result<Taken, StoreError> {
    let unsubscribed = tx.unsubscribe_recipient(recipient, "mail", now).await?;
    let taken = Taken { recipient: Some(recipient), unsubscribed, ..Taken::default() };
    record(tx, now, report, &taken, None).await?;
    Ok(taken)
}

/// A letter that did not arrive: what it held is owed again, and if policy refused it, its edition is judged.
async fn take_back(
    tx: &mut Tx,
    now: DateTime<Utc>,
    letter: DeliveryId,
    report: &BounceReport,
) -> Result<(), StoreError> {
    let reply = match &report.status {
        Some(status) if !report.reason.contains(status.as_str()) => format!("{status} {}", report.reason),
        _ => report.reason.clone(),
    };
    let moved = tx.settle_by_report(now, letter, false, &reply).await?;
    if moved.is_some() && report.kind == BounceKind::Policy {
        judge_returned(tx, now, letter).await?;
    }
    Ok(())
}

async fn record(
    tx: &mut Tx,
    now: DateTime<Utc>,
    report: &BounceReport,
    taken: &Taken,
    kept: Option<&[u8]>,
) -> Result<(), StoreError> {
    tx.insert_report(&NewReport {
        kind: report.kind.word(),
        recipient: taken.recipient,
        letter: taken.letter,
        status: report.status.as_deref(),
        reason: &report.reason,
        received_at: now,
        raw: kept.map(|raw| raw[..raw.len().min(KEPT_BYTES)].to_vec()),
        suggests: report.suggests.as_ref().map(|s| (s.email.as_str(), s.name.as_deref())),
    })
    .await
}
