//! What a sender is told about its pace.

use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};

use super::pace::{OfficeHours, Rates};
use super::sender::{SendError, Sender};
use crate::config::PaceSettings;

impl Sender {
    /// Keeps office hours from now on: outside them letters of planned editions stay queued, and days on
    /// which nothing opens do not count towards the 72 h after which a letter is superseded.
    pub fn keep_hours(&mut self, hours: Option<OfficeHours>) {
        self.hours = hours;
    }

    /// Keeps to the rates of a configuration from now on; with none letters go as fast as they can.
    pub fn keep_rates(&mut self, settings: &PaceSettings) {
        self.rates = Mutex::new(Rates::new(settings));
    }

    /// A call that must wait for letters' turns ends after `at_most`; the next one goes on.
    pub fn wait_at_most(&mut self, at_most: TimeDelta) {
        self.waits_at_most = Some(at_most);
    }

    /// Whether a call that began at `begun_at` may still wait until `until`.
    pub(crate) fn waits_for(&self, until: DateTime<Utc>, begun_at: DateTime<Utc>) -> bool {
        self.waits_at_most.is_none_or(|at_most| until - begun_at <= at_most)
    }

    /// The rates hold for all living workers together.
    pub(crate) async fn share_rates(&self) -> Result<(), SendError> {
        if self.rates().is_none() {
            return Ok(());
        }
        let (store, now) = (&self.setup.store, self.setup.clock.now());
        let workers = if store.has_many_workers() { store.count_living_workers().await? } else { 1 };
        if let Some(rates) = self.rates().as_mut() {
            rates.share_among(workers, now);
        }
        Ok(())
    }

    pub(crate) fn rates(&self) -> MutexGuard<'_, Option<Rates>> {
        self.rates.lock().unwrap_or_else(|e| e.into_inner())
    }
}
