//! What stands in everybody's next letter: counted over the same plan that is sent.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::preview::preview_edition;
use crate::forum::{Cadence, Recipient};
use crate::insight::letters::NextLetter;
use crate::store::Store;

/// The next letter of each of `recipients`, in their order; `None`: none comes next. Each one's own cadence is asked.
pub async fn list_next_letters(
    store: &Store,
    recipients: &[(Cadence, String, Option<u32>)],
    cap: u32,
    clock_now: DateTime<Utc>,
) -> Result<Vec<Option<NextLetter>>, PipelineError> {
    let mut items: HashMap<String, usize> = HashMap::new();
    for cadence in Cadence::ALL {
        if cadence == Cadence::Urgent || !recipients.iter().any(|(own, _, _)| *own == cadence) {
            continue;
        }
        let view = preview_edition(store, cadence, None, clock_now).await?;
        items.extend(view.without_digest.into_iter().map(|address| (address, 0)));
        items.extend(view.digests.into_iter().map(|d| (d.recipient, d.items.len() + d.carried_over.len())));
    }
    let letter = |(_, address, own): &(Cadence, String, Option<u32>)| {
        let items = *items.get(address)?;
        Some(NextLetter { items, cap: own.unwrap_or(cap) as usize })
    };
    Ok(recipients.iter().map(letter).collect())
}

/// Whose letter it is, for [`list_next_letters`].
pub fn letter_of(recipient: &Recipient) -> (Cadence, String, Option<u32>) {
    (recipient.cadence, recipient.email.to_string(), recipient.cap)
}
