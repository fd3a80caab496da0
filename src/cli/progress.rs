//! Bars on standard error while long work goes on, if that is a terminal.

use std::convert::Infallible;
use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use crate::forum::Cadence;
use crate::store::{EditionRow, Store, StoreError};

/// How often a bar is drawn anew.
const EVERY: Duration = Duration::from_millis(500);

/// A bar that begins with what is done; hidden where standard error is no terminal.
pub(super) fn bar(doing: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(doing)
}

/// Shows how many letters are written and gone of the cadence's latest edition at or before `until`, for as long as it is polled.
///
/// It looks at the ledger and not at the sender: other processes may send the same edition.
pub(super) async fn show_letters(store: &Store, cadence: Cadence, until: DateTime<Utc>) -> Infallible {
    if !stderr().is_terminal() {
        return std::future::pending().await;
    }
    let bar = bar("letters");
    loop {
        tokio::time::sleep(EVERY).await;
        // What cannot be read now is read the next time; whatever is wrong, the work itself tells.
        if let Ok(Some((gone, all))) = count(store, cadence, until).await {
            bar.set_length(all);
            bar.set_position(gone);
        }
    }
}

/// Of the letters of the edition, how many wait no more, and how many there are.
async fn count(
    store: &Store,
    cadence: Cadence,
    until: DateTime<Utc>,
) -> Result<Option<(u64, u64)>, StoreError> {
    let Some(EditionRow { id, .. }) = store.find_latest_edition(cadence.word(), until).await? else {
        return Ok(None);
    };
    let (all, waiting) = (store.count_letters(id).await?, store.count_waiting(id).await?);
    Ok(u64::try_from(all - waiting).ok().zip(u64::try_from(all).ok()))
}
