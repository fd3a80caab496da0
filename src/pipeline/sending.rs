//! One edition, from its opening to its letters' fates.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Pipeline, PipelineError};
use crate::forum::Cadence;

/// What one call of `edition run` did: counts of this call's work alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// The cadence's word.
    pub cadence: String,
    /// The occurrence; `null` if the cadence has none by then.
    pub occurs_at: Option<DateTime<Utc>>,
    /// Letters queued.
    pub digests: usize,
    /// The relay said 250.
    pub accepted: usize,
    /// To be tried again later.
    pub deferred: usize,
    /// Refused for good.
    pub rejected: usize,
    /// Nobody can say.
    pub uncertain: usize,
    /// Another process holds the sending lock and sends what was planned here.
    pub left_to_another: bool,
}

impl Pipeline {
    /// Opens the edition of `cadence` at the latest occurrence at or before `at` (or the clock's now),
    /// or goes on with it: plans whom it has not planned, and sends what is due of it.
    pub async fn run_edition(
        &self,
        cadence: Cadence,
        at: Option<DateTime<Utc>>,
    ) -> Result<RunCounts, PipelineError> {
        let mut counts = RunCounts {
            cadence: cadence.word().to_owned(),
            occurs_at: None,
            digests: 0,
            accepted: 0,
            deferred: 0,
            rejected: 0,
            uncertain: 0,
            left_to_another: false,
        };
        let now = at.unwrap_or_else(|| self.clock.now());
        let Some(row) = self.open_edition(cadence, now).await? else { return Ok(counts) };
        counts.occurs_at = Some(row.occurs_at);
        counts.digests += self.plan_edition(&row).await?.digests;
        Ok(counts)
    }
}
