//! Two rows that are one person: what the kept one will be, told before it is done, and doing it. The desk and
//! `treff people merge` come here.
//!
//! What a person said wins over what stood by default, and the law wins over comfort: who unsubscribed or complained by one
//! address gets nothing by the other, whatever is hidden by either stays hidden, and a pause holds until the later day.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::ids::RecipientId;
use crate::store::{MergeOrder, MergeRow, StatusCause, Store, StoreError, Tx};

/// Why two people were not merged; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What they chose could not be read.
    #[error("what they chose cannot be read: {0}")]
    Chosen(#[from] serde_json::Error),
    /// One of them is not there, or both are the same.
    #[error("there are no such two people any more; see treff people list")]
    NotThere,
    /// Nobody has confirmed the address that would stay.
    #[error("nobody has confirmed the address that would stay; keep the other one")]
    Unconfirmed,
    /// Mail to one of them is just being sent.
    #[error("a letter to one of the two is just being sent; try again in a minute")]
    UnderWay,
    /// One of them changed since this was shown.
    #[error("one of the two changed since this was shown; look again")]
    Changed,
}

/// Two people, as they stood when they were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Who stays.
    pub kept: MergeRow,
    /// Whose row is emptied.
    pub gone: MergeRow,
    /// What the kept row becomes.
    pub combined: MergeRow,
}

impl Merge {
    /// Moves with every change of either: what was shown, and must hold.
    pub fn binding(&self) -> String {
        format!("{}.{}", self.kept.revision, self.gone.revision)
    }
}

/// What a merge would make of two people; writes nothing.
///
/// # Errors
/// See [`MergeError`].
pub async fn preview_merge(store: &Store, kept: RecipientId, gone: RecipientId) -> Result<Merge, MergeError> {
    if kept == gone {
        return Err(MergeError::NotThere);
    }
    let rows = (store.find_merge_row(kept).await?, store.find_merge_row(gone).await?);
    weigh(rows)
}

/// Merges two people in one transaction: what became of them, and how many unsent letters ended (what they held comes in
/// the next one). `binding` is what was shown, if anything was.
///
/// # Errors
/// See [`MergeError`].
pub async fn merge(
    store: &Store,
    order: &MergeOrder<'_>,
    binding: Option<&str>,
) -> Result<(Merge, usize), MergeError> {
    if order.kept == order.gone {
        return Err(MergeError::NotThere);
    }
    let mut tx = store.begin().await?;
    let merged = merge_in(&mut tx, order, binding).await;
    tx.close(merged).await
}

async fn merge_in(
    tx: &mut Tx,
    order: &MergeOrder<'_>,
    binding: Option<&str>,
) -> Result<(Merge, usize), MergeError> {
    tx.lock_forum().await?;
    let rows = (tx.lock_merge_row(order.kept).await?, tx.lock_merge_row(order.gone).await?);
    let merge = weigh(rows)?;
    if binding.is_some_and(|binding| binding != merge.binding()) {
        return Err(MergeError::Changed);
    }
    let moved = tx.merge_rows(order, (&merge.combined, &merge.gone)).await?;
    let letters_ended = moved.ok_or(MergeError::UnderWay)?;
    Ok((merge, letters_ended))
}

/// Remembers that two rows are two people: they are not proposed again.
pub async fn keep_apart(
    store: &Store,
    pair: (RecipientId, RecipientId),
    actor: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    store.say_not_same(pair, actor, now).await
}

fn weigh(rows: (Option<MergeRow>, Option<MergeRow>)) -> Result<Merge, MergeError> {
    let there = |row: Option<MergeRow>| row.filter(|row| row.email.is_some()).ok_or(MergeError::NotThere);
    let (kept, gone) = (there(rows.0)?, there(rows.1)?);
    if kept.status == "unconfirmed" {
        return Err(MergeError::Unconfirmed);
    }
    let combined = combine(&kept, &gone)?;
    Ok(Merge { kept, gone, combined })
}

/// What the kept row becomes. Pure.
fn combine(kept: &MergeRow, gone: &MergeRow) -> Result<MergeRow, serde_json::Error> {
    let chose = |row: &MergeRow| serde_json::from_str::<BTreeSet<String>>(&row.chosen);
    let (mine, theirs) = (chose(kept)?, chose(gone)?);
    // What was chosen by the other address counts where the kept one has chosen nothing.
    let takes_theirs = |what: &str| theirs.contains(what) && !mine.contains(what);
    let pick = |what: &str, own: &str, other: &str| {
        if takes_theirs(what) { other.to_owned() } else { own.to_owned() }
    };
    let (status, status_cause) = combine_status(kept, gone);
    let earliest = |a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>| a.into_iter().chain(b).min();
    let chosen: BTreeSet<&String> = mine.union(&theirs).collect();
    Ok(MergeRow {
        email: kept.email.clone(),
        name: if kept.name.is_empty() { gone.name.clone() } else { kept.name.clone() },
        organisation: kept.organisation.or(gone.organisation),
        said_organisation: kept.said_organisation.clone().or_else(|| gone.said_organisation.clone()),
        language: pick("language", &kept.language, &gone.language),
        cadence: pick("cadence", &kept.cadence, &gone.cadence),
        cap: kept.cap.or(gone.cap),
        status,
        status_cause,
        paused_until: kept.paused_until.clone().max(gone.paused_until.clone()),
        admitted: kept.admitted || gone.admitted,
        imported: kept.imported || gone.imported,
        introduced_at: earliest(kept.introduced_at, gone.introduced_at),
        chosen: serde_json::to_string(&chosen)?,
        learning: kept.learning && gone.learning,
        urgent_off_at: earliest(kept.urgent_off_at, gone.urgent_off_at),
        revision: kept.revision,
    })
}

/// Who said no by either address gets nothing; mail that came back was about the other address alone.
fn combine_status(kept: &MergeRow, gone: &MergeRow) -> (String, Option<String>) {
    let cause_of = |row: &MergeRow| StatusCause::read(row.status_cause.as_deref().unwrap_or("merged"));
    let said_no = |row: &MergeRow| {
        row.status == "unsubscribed" || (row.status == "suspended" && cause_of(row).is_complaint())
    };
    if said_no(kept) || !said_no(gone) {
        return (kept.status.clone(), kept.status_cause.clone());
    }
    // Taking it back gives the kept one the status that they had.
    let cause = StatusCause::after(&cause_of(gone).how, &kept.status);
    (gone.status.clone(), Some(cause.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(status: &str, cause: Option<&str>) -> MergeRow {
        MergeRow {
            email: Some("a@b.example".to_owned()),
            name: String::new(),
            organisation: None,
            said_organisation: None,
            language: "nb".to_owned(),
            cadence: "weekly".to_owned(),
            cap: None,
            status: status.to_owned(),
            status_cause: cause.map(str::to_owned),
            paused_until: None,
            admitted: false,
            imported: false,
            introduced_at: None,
            chosen: "[]".to_owned(),
            learning: true,
            urgent_off_at: None,
            revision: 1,
        }
    }

    #[test]
    fn a_no_by_either_address_holds_for_both() {
        let cases = [
            (("active", None), ("unsubscribed", Some("page")), ("unsubscribed", Some("page"))),
            (("unsubscribed", Some("page")), ("active", None), ("unsubscribed", Some("page"))),
            (
                ("suspended", Some("bounce 5.1.1")),
                ("unsubscribed", Some("one-click, was suspended")),
                ("unsubscribed", Some("one-click, was suspended")),
            ),
            (("active", None), ("suspended", Some("complaint")), ("suspended", Some("complaint"))),
            (("active", None), ("suspended", Some("bounce 5.1.1")), ("active", None)),
            (("active", None), ("unconfirmed", None), ("active", None)),
        ];
        for (kept, gone, becomes) in cases {
            let combined = combine(&row(kept.0, kept.1), &row(gone.0, gone.1)).unwrap();
            assert_eq!(
                (combined.status.as_str(), combined.status_cause.as_deref()),
                becomes,
                "{kept:?} {gone:?}"
            );
        }
    }

    #[test]
    fn what_was_chosen_beats_what_stood_by_default_and_the_kept_one_s_choice_beats_the_other_s() {
        let theirs = MergeRow {
            cadence: "monthly".into(),
            language: "en".into(),
            chosen: r#"["cadence","language"]"#.into(),
            ..row("active", None)
        };
        let mine =
            MergeRow { language: "nn".into(), chosen: r#"["language"]"#.into(), ..row("active", None) };
        let combined = combine(&mine, &theirs).unwrap();
        assert_eq!((combined.cadence.as_str(), combined.language.as_str()), ("monthly", "nn"));
        assert_eq!(combined.chosen, r#"["cadence","language"]"#);
    }

    #[test]
    fn pauses_and_what_is_switched_off_hold() {
        let at = |day: &str| format!("2027-0{day}T00:00:00Z").parse().ok();
        let mine = MergeRow { paused_until: Some("2027-05-01".into()), ..row("active", None) };
        let theirs = MergeRow {
            paused_until: Some("2027-06-01".into()),
            urgent_off_at: at("1-01"),
            learning: false,
            cap: Some(3),
            ..row("active", None)
        };
        let combined = combine(&mine, &theirs).unwrap();
        assert_eq!(combined.paused_until.as_deref(), Some("2027-06-01"));
        assert_eq!((combined.learning, combined.cap, combined.urgent_off_at), (false, Some(3), at("1-01")));
    }
}
