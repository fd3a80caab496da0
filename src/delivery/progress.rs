//! Whether the loop that sends still goes on.
//!
//! A beat that comes from a task of its own says only that the process lives. So the loop notes each of its steps here, and
//! the beat is given only while it goes on, or has nothing to do: a worker whose loop hangs (a disk that does not answer,
//! a lock that is never given back) is taken over like one that is gone.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// So many beats go into a lease.
const BEATS_IN_A_LEASE: u32 = 6;

/// How often a worker beats, and looks after others.
pub fn beats_every(lease: Duration) -> Duration {
    lease / BEATS_IN_A_LEASE
}

/// A loop may stand still for so many leases: with the usual one for six minutes, longer than any statement of ours
/// waits for its answer. What waits longer by right says so (see [`Progress::while_waiting`]).
const LEASES: u32 = 12;

/// The loop's last step. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// None while the worker holds nothing and has nothing to do.
    last: Arc<Mutex<Option<Instant>>>,
    at_most: Duration,
    every: Duration,
}

/// The worker is at work until this is dropped.
#[derive(Debug)]
pub(crate) struct AtWork(Progress);

impl Drop for AtWork {
    fn drop(&mut self) {
        *self.0.last() = None;
    }
}

impl Progress {
    /// Of a worker with this lease, which has nothing to do yet.
    pub fn of(lease: Duration) -> Progress {
        Progress { last: Arc::default(), at_most: lease * LEASES, every: beats_every(lease) }
    }

    /// Begins to work.
    pub fn begin(&self) -> AtWork {
        *self.last() = Some(Instant::now());
        AtWork(self.clone())
    }

    /// Notes that the loop goes on.
    pub fn step(&self) {
        let mut last = self.last();
        if last.is_some() {
            *last = Some(Instant::now());
        }
    }

    /// Waits for what ends by a deadline of its own, or is nobody's fault: the waiting counts as going on.
    pub async fn while_waiting<T>(&self, waiting: impl Future<Output = T>) -> T {
        tokio::pin!(waiting);
        loop {
            self.step();
            if let Ok(done) = tokio::time::timeout(self.every, &mut waiting).await {
                self.step();
                return done;
            }
        }
    }

    /// For how long the loop has stood still, if that is too long.
    pub fn find_standstill(&self) -> Option<Duration> {
        let stands = self.last().map(|at| at.elapsed());
        stands.filter(|stands| *stands > self.at_most)
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.last.lock().unwrap_or_else(|e| e.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loop_that_is_at_work_can_stand_still() {
        let progress = Progress::of(Duration::ZERO);
        assert_eq!(progress.find_standstill(), None, "it has nothing to do");
        let at_work = progress.begin();
        assert!(progress.find_standstill().is_some());
        drop(at_work);
        progress.step();
        assert_eq!(progress.find_standstill(), None, "a step does not begin anything");
    }

    #[test]
    fn a_step_begins_the_time_anew() {
        let progress = Progress::of(Duration::from_secs(1));
        let _at_work = progress.begin();
        let long_ago =
            Instant::now().checked_sub(Duration::from_secs(13)).expect("the machine runs that long");
        *progress.last() = Some(long_ago);
        assert!(progress.find_standstill().is_some());
        progress.step();
        assert_eq!(progress.find_standstill(), None);
    }
}
