//! What a returned mail does: the letter, the recipient, the record. All of one mail is one transaction, and the same
//! mail counts once, on whatever ways it comes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BounceKind, BounceReport, Leaving, ReturnedMail};
use crate::delivery::{Failure, ReturnPaths, SentMail, TRIED_FOR_DAYS, hold_against, judge_returned};
use crate::forum::EmailAddress;
use crate::ids::{DeliveryId, RecipientId};
use crate::store::{Arrival, NewReport, Store, StoreError, Tx, again_on_collision};

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
    /// Whether the mail is kept for the lead and nothing follows from it, since it names several and no letter of ours.
    pub kept: bool,
    /// Whether the same mail was taken in before: then nothing was done.
    pub again: bool,
}

/// Which mail came back, as it says itself.
#[derive(Debug, Clone, Copy)]
enum Returned {
    /// One of ours, by its return path or its Message-ID.
    Ours(SentMail),
    /// One that is no letter: its Message-ID is unknown here.
    Another,
    /// It does not say.
    Untold,
}

/// Whose address a report speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The recipient's own.
    Own,
    /// One that the recipient had before: the letter failed, and the address of today may be a good one.
    Former,
    /// One that the recipient's mail is forwarded to.
    Elsewhere,
}

/// Whom and which letter a report is about.
struct Subject {
    recipient: RecipientId,
    letter: Option<DeliveryId>,
    whose: Whose,
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
    let returned = find_returned(store, return_paths, mail).await?;
    let mut subjects = Vec::with_capacity(mail.reports.len());
    for report in &mail.reports {
        subjects.push(find_subject(store, now, report, returned).await?);
    }
    // Whoever changes many has the forum before the recipient.
    again_on_collision(|| try_to_take_in(store, now, (mail, raw), returned, &subjects)).await
}

async fn try_to_take_in(
    store: &Store,
    now: DateTime<Utc>,
    (mail, raw): (&ReturnedMail, &[u8]),
    returned: Returned,
    subjects: &[Option<Subject>],
) -> Result<Vec<Taken>, StoreError> {
    let mut tx = store.begin().await?;
    if !tx.note_taken(&mail.content, now).await? {
        tx.undo().await?;
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
    if !matches!(returned, Returned::Ours(_)) && name_several(subjects) {
        let kept = Taken { kept: true, ..Taken::default() };
        keep_whole(&mut tx, now, mail, &kept, raw).await?;
        tx.commit().await?;
        return Ok(vec![kept; mail.reports.len()]);
    }
    for (report, subject) in mail.reports.iter().zip(subjects) {
        if let Returned::Ours(SentMail::Notice(notice)) = returned
            && is_of_short_mail(report, subject.as_ref())
        {
            settle_notice(&mut tx, now, notice, report).await?;
        }
        done.push(apply(&mut tx, now, report, subject.as_ref(), raw).await?);
    }
    tx.commit().await?;
    Ok(done)
}

/// Whether reports are about more than one recipient.
fn name_several(subjects: &[Option<Subject>]) -> bool {
    let mut recipients = subjects.iter().flatten().map(|subject| subject.recipient);
    recipients.next().is_some_and(|first| recipients.any(|other| other != first))
}

/// Each mail of ours has one recipient: one that names several and shows none of ours is of another sender's mail, or
/// anybody's invention. It is recorded once, as a mail that was not understood.
async fn keep_whole(
    tx: &mut Tx,
    now: DateTime<Utc>,
    mail: &ReturnedMail,
    taken: &Taken,
    raw: &[u8],
) -> Result<(), StoreError> {
    let reason = mail.reports.first().map_or("", |report| report.reason.as_str());
    record(tx, now, &BounceReport::unknown(reason), taken, Some(raw)).await
}

/// The mail that a return path or a Message-ID names.
async fn find_returned(
    store: &Store,
    return_paths: &ReturnPaths,
    mail: &ReturnedMail,
) -> Result<Returned, StoreError> {
    if let Some(sent) = mail.sent_to.iter().find_map(|address| return_paths.read(address)) {
        return Ok(Returned::Ours(sent));
    }
    for id in mail.returned_ids.iter().chain(&mail.answered_ids) {
        if let Some(row) = store.find_delivery_by_message_id(id).await? {
            return Ok(Returned::Ours(SentMail::Letter(row.id)));
        }
    }
    Ok(if mail.returned_ids.is_empty() { Returned::Untold } else { Returned::Another })
}

async fn find_subject(
    store: &Store,
    now: DateTime<Utc>,
    report: &BounceReport,
    returned: Returned,
) -> Result<Option<Subject>, StoreError> {
    let named: Vec<String> = report.named.iter().map(|address| in_one_spelling(address)).collect();
    if let Some(subject) = find_addressee(store, returned, &named).await? {
        return Ok(Some(subject));
    }
    for address in &named {
        let Some(recipient) = store.find_recipient_id(address).await? else { continue };
        let recent = store.list_recent_letters(recipient, now - TimeDelta::days(TRIED_FOR_DAYS)).await?;
        let letter = match (returned, report.kind) {
            (Returned::Another | Returned::Ours(SentMail::Notice(_)), _) => None,
            // A hard bounce means that none of them arrived; of other failures only one alone is meant for sure.
            (_, BounceKind::Hard) => recent.first().copied(),
            _ if recent.len() == 1 => recent.first().copied(),
            _ => None,
        };
        return Ok(Some(Subject { recipient, letter, whose: Whose::Own }));
    }
    Ok(None)
}

/// To whom the mail that came back had gone; `named` are the addresses that the report names.
async fn find_addressee(
    store: &Store,
    returned: Returned,
    named: &[String],
) -> Result<Option<Subject>, StoreError> {
    match returned {
        Returned::Ours(SentMail::Letter(letter)) => {
            let Some(row) = store.find_delivery(letter).await? else { return Ok(None) };
            if let Some(kept) = store.find_merged_into(row.recipient_id).await? {
                let whose = whose_address_of_merged(store, kept, named).await?;
                return Ok(Some(Subject { recipient: kept, letter: Some(row.id), whose }));
            }
            let whose = whose_address(store, row.recipient_id, row.recipient.as_ref(), named).await?;
            Ok(Some(Subject { recipient: row.recipient_id, letter: Some(row.id), whose }))
        }
        Returned::Ours(SentMail::Notice(notice)) => {
            let Some(owner) = store.find_notice(notice).await? else { return Ok(None) };
            let Some(recipient) = owner.recipient else { return Ok(None) };
            // A short mail may have gone to an address that is only to be the reader's: unnamed, it is not held against theirs.
            let whose = match named {
                [] => Whose::Elsewhere,
                named => whose_address(store, recipient, owner.email.as_ref(), named).await?,
            };
            Ok(Some(Subject { recipient, letter: None, whose }))
        }
        Returned::Another | Returned::Untold => Ok(None),
    }
}

/// An address as rows have it: a report may tell a domain in Unicode, or a letter in two characters.
fn in_one_spelling(address: &str) -> String {
    address.parse::<EmailAddress>().map_or_else(|_| address.to_owned(), String::from)
}

/// Whose address the report of a letter names; if it names none, the one that it went to is meant.
async fn whose_address(
    store: &Store,
    recipient: RecipientId,
    own: Option<&String>,
    named: &[String],
) -> Result<Whose, StoreError> {
    if named.is_empty() || own.is_some_and(|own| named.contains(own)) {
        return Ok(Whose::Own);
    }
    let former = store.list_former_addresses(recipient).await?;
    Ok(if former.iter().any(|address| named.contains(address)) { Whose::Former } else { Whose::Elsewhere })
}

/// The same of a letter that went to another row of the person `kept`, whose address is one that they had before; if none is
/// named, it is that one.
async fn whose_address_of_merged(
    store: &Store,
    kept: RecipientId,
    named: &[String],
) -> Result<Whose, StoreError> {
    for address in named {
        if store.find_recipient_id(address).await? == Some(kept) {
            return Ok(Whose::Own);
        }
    }
    let former = store.list_former_addresses(kept).await?;
    let is_theirs = named.is_empty() || former.iter().any(|address| named.contains(address));
    Ok(if is_theirs { Whose::Former } else { Whose::Elsewhere })
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
    if let Some(subject) = subject
        && let Some(kind) = report.kind.final_failure()
        && subject.whose != Whose::Elsewhere
    {
        if let Some(letter) = subject.letter {
            take_back(tx, now, letter, report).await?;
        }
        if subject.whose == Whose::Former {
            record(tx, now, report, &taken, None).await?;
            return Ok(taken);
        }
        let failure = Failure {
            recipient: subject.recipient,
            letter: subject.letter,
            kind,
            status: report.status.as_deref(),
            reason: &report.reason,
            at: now,
        };
        taken.suspended = hold_against(tx, &failure).await?;
        taken.asked = taken.suspended;
        return Ok(taken);
    }
    let kept = (report.kind == BounceKind::Unknown).then_some(raw);
    record(tx, now, report, &taken, kept).await?;
    if let Some(letter) = taken.letter
        && report.kind.shows_that_it_went()
    {
        tx.accept_by_report(now, letter).await?;
    }
    match (report.kind, subject) {
        (BounceKind::Complaint, Some(subject)) => {
            taken.suspended = tx.suspend_recipient(now, subject.recipient, "complaint").await?;
        }
        (BounceKind::AutoReply, Some(subject))
            if report.suggests.is_some() && subject.whose == Whose::Own =>
        {
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
    let moved = tx.reject_by_report(now, letter, &reply).await?;
    if moved.is_some() && report.kind == BounceKind::Policy {
        judge_returned(tx, now, letter).await?;
    }
    Ok(())
}

/// Whether a report tells what became of a short mail, not of what the reader's server made of it: a forwarding that
/// failed says nothing of the mail that had arrived.
fn is_of_short_mail(report: &BounceReport, subject: Option<&Subject>) -> bool {
    report.named.is_empty() || subject.is_none_or(|subject| subject.whose != Whose::Elsewhere)
}

/// A short mail that did not arrive, or did.
async fn settle_notice(
    tx: &mut Tx,
    now: DateTime<Utc>,
    notice: i64,
    report: &BounceReport,
) -> Result<(), StoreError> {
    let arrival = match report.kind {
        kind if kind.final_failure().is_some() => Arrival::Lost,
        kind if kind.shows_that_it_went() => Arrival::Arrived,
        _ => return Ok(()),
    };
    tx.settle_notice_by_report(now, notice, arrival, report.status.as_deref()).await
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
