//! How domains stand, as the database keeps it for all workers.

use chrono::{DateTime, Utc};

use crate::delivery::pace::Standing;
use crate::store::{DomainPaceRow, StoreError, Tx};

/// How a domain stands now; none if as any other.
pub(super) type DomainStanding = (String, Option<Standing>);

/// A stored row as the domain and how it stands: only those have one that do not stand as any other.
pub(super) fn read_standing(row: DomainPaceRow) -> (String, Standing) {
    (row.domain, Standing { in_a_row: row.in_a_row, paused_until: row.paused_until })
}

/// Writes down what changed of domains.
pub(super) async fn keep_standings(
    tx: &mut Tx,
    now: DateTime<Utc>,
    changed: &[DomainStanding],
) -> Result<(), StoreError> {
    for (domain, standing) in changed {
        match standing {
            None => tx.forget_domain_pace(now, domain).await?,
            Some(Standing { in_a_row, paused_until }) => {
                let row = DomainPaceRow {
                    domain: domain.clone(),
                    in_a_row: *in_a_row,
                    paused_until: *paused_until,
                };
                tx.keep_domain_pace(now, &row).await?;
            }
        }
    }
    Ok(())
}
