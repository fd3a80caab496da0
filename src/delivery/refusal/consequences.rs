//! What follows for the recipient.
//!
//! Hard: suspended at once, and the lead is asked who has this place now. Policy: never held against the recipient. Soft:
//! at most one a day counts; five in a row whose first and last lie at least 14 days apart suspend.

use chrono::{DateTime, TimeDelta, Utc};

use super::Refusal;
use super::phrases::speaks_of_mailbox;
use crate::delivery::smtp::Enhanced;
use crate::ids::{DeliveryId, RecipientId};
use crate::store::{NewReport, StoreError, Tx};

/// So many soft bounces in a row suspend ...
pub const SOFT_IN_A_ROW: usize = 5;
/// ... if the first and the last lie at least so many days apart.
pub const SOFT_SPAN_DAYS: i64 = 14;

/// A letter that was accepted so recently may still come back: as long as mail programs commonly try (RFC 5321, 4.5.4.1).
pub const TRIED_FOR_DAYS: i64 = 5;

/// Whether soft bounces at `bounced_at` (ascending) suspend a recipient whose other letters were
/// accepted, and did not come back, at `arrived_at`: such a one between two bounces begins the row anew.
pub fn is_soft_row_full(bounced_at: &[DateTime<Utc>], arrived_at: &[DateTime<Utc>]) -> bool {
    let mut row: Vec<DateTime<Utc>> = Vec::new();
    for &at in bounced_at {
        match row.last() {
            Some(&last) if arrived_at.iter().any(|&a| last < a && a < at) => row = vec![at],
            Some(&last) if last.date_naive() == at.date_naive() => {}
            _ => row.push(at),
        }
    }
    let (Some(first), Some(last)) = (row.first(), row.last()) else { return false };
    row.len() >= SOFT_IN_A_ROW && *last - *first >= TimeDelta::days(SOFT_SPAN_DAYS)
}

/// A final failure of a letter to one of our recipients.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// Whose address it was.
    pub recipient: RecipientId,
    /// Which letter, if it is known.
    pub letter: Option<DeliveryId>,
    /// What kind.
    pub kind: Refusal,
    /// The enhanced status code.
    pub status: Option<&'a str>,
    /// What the other side said, in one line.
    pub reason: &'a str,
    /// Real time.
    pub at: DateTime<Utc>,
}

/// Records a failure and does what follows from it for the recipient; whether they were suspended.
pub async fn hold_against(tx: &mut Tx, failure: &Failure<'_>) -> Result<bool, StoreError> {
    tx.insert_report(&NewReport {
        kind: failure.kind.word(),
        recipient: Some(failure.recipient),
        letter: failure.letter,
        status: failure.status,
        reason: failure.reason,
        received_at: failure.at,
        raw: None,
        suggests: None,
    })
    .await?;
    let suspends = match failure.kind {
        Refusal::Hard => true,
        Refusal::Policy => false,
        Refusal::Soft => {
            let soft = tx.list_soft_bounces(failure.recipient).await?;
            let counted: Vec<DateTime<Utc>> = soft
                .into_iter()
                .filter(|bounce| !is_about_the_letter(bounce.status.as_deref(), &bounce.reason))
                .map(|bounce| bounce.received_at)
                .collect();
            let accepted_by = failure.at - TimeDelta::days(TRIED_FOR_DAYS);
            is_soft_row_full(&counted, &tx.list_arrivals(failure.recipient, accepted_by).await?)
        }
    };
    if !suspends {
        return Ok(false);
    }
    let suspended = tx.suspend_recipient(failure.at, failure.recipient, &cause_of(failure)).await?;
    if suspended {
        tx.ask_who_has_this_place(failure.recipient, failure.kind.word(), failure.at).await?;
    }
    Ok(suspended)
}

/// Why somebody is suspended, for the lead.
fn cause_of(failure: &Failure<'_>) -> String {
    let status = failure.status.map(|status| format!(" {status}")).unwrap_or_default();
    match failure.kind {
        Refusal::Soft => format!("bounce: {SOFT_IN_A_ROW} soft in a row, the last{status}"),
        kind => format!("bounce: {}{status}", kind.word()),
    }
}

/// Too large, or wrong in protocol, content or sender (x.3.4, x.5.z, x.6.z, x.1.7, x.1.8): our doing, not the
/// recipient's. Some say x.5.0 of any failure: there the words may speak of the mailbox.
fn is_about_the_letter(status: Option<&str>, reason: &str) -> bool {
    status.and_then(Enhanced::parse).is_some_and(|s| match (s.subject, s.detail) {
        (5, 0) => !speaks_of_mailbox(reason),
        (3, 4) | (5 | 6, _) | (1, 7 | 8) => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n) + TimeDelta::hours(7)
    }

    fn days(n: &[i64]) -> Vec<DateTime<Utc>> {
        n.iter().map(|&n| day(n)).collect()
    }

    #[test]
    fn five_in_a_row_over_fourteen_days_suspend() {
        assert!(is_soft_row_full(&days(&[0, 3, 7, 10, 14]), &[]));
        assert!(!is_soft_row_full(&days(&[0, 3, 7, 10, 13]), &[]), "too close together");
        assert!(!is_soft_row_full(&days(&[0, 7, 14, 21]), &[]), "too few");
    }

    #[test]
    fn several_on_a_day_count_once() {
        let mut many = days(&[0, 0, 0, 7, 14]);
        many[1] += TimeDelta::hours(1);
        many[2] += TimeDelta::hours(2);
        assert!(!is_soft_row_full(&many, &[]));
    }

    #[test]
    fn a_letter_that_arrived_begins_the_row_anew() {
        assert!(!is_soft_row_full(&days(&[0, 7, 14, 21, 28]), &[day(10)]));
        assert!(is_soft_row_full(&days(&[0, 7, 14, 21, 28, 35, 42]), &[day(10)]));
    }

    #[test]
    fn a_protocol_error_counts_where_its_words_speak_of_the_mailbox() {
        assert!(is_about_the_letter(Some("5.5.0"), "550 5.5.0 bad sequence"));
        assert!(is_about_the_letter(Some("5.5.2"), "552 5.5.2 mailbox syntax"));
        assert!(!is_about_the_letter(Some("5.5.0"), "552 5.5.0 the mailbox takes nothing"));
        assert!(!is_about_the_letter(Some("5.5.0"), "552 5.5.0 over quota"));
    }
}
