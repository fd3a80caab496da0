//! What a sender is told about its pace.

use std::sync::Mutex;

use chrono::TimeDelta;

use super::pace::{OfficeHours, Rates};
use super::sender::Sender;
use crate::config::PaceSettings;

impl Sender {
    /// Keeps office hours from now on: outside them letters of planned editions stay queued, and days on
    /// which nothing opens do not count towards the 72 h after which a letter is superseded.
    pub fn keep_hours(&mut self, hours: Option<OfficeHours>) {
        self.worker.hours = hours;
    }

    /// Keeps to the rates of a configuration from now on; with none letters go as fast as they can.
    pub fn keep_rates(&mut self, settings: &PaceSettings) {
        self.worker.rates = Mutex::new(Rates::new(settings));
    }

    /// A call that must wait for letters' turns ends after `at_most`; the next one goes on.
    pub fn wait_at_most(&mut self, at_most: TimeDelta) {
        self.worker.waits_at_most = Some(at_most);
    }
}
