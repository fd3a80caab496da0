//! Where time and randomness enter: read here once, handed on as arguments.
//!
//! Deciding code never sees a [`Clock`]; it takes the instant it decides at.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::watch;

/// Tells the time. Cloning shares the source.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Simulated(Arc<watch::Sender<DateTime<Utc>>>),
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands at `now` until [`Clock::set`] moves it: for tests, and for what the demo lets have been.
    pub fn simulated(now: DateTime<Utc>) -> Clock {
        Clock(Source::Simulated(Arc::new(watch::Sender::new(now))))
    }

    /// The present instant in UTC, cut to whole microseconds (what both databases keep).
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Simulated(at) => *at.borrow(),
        }
    }

    /// Moves a simulated clock; the system's clock stays untouched.
    pub fn set(&self, now: DateTime<Utc>) {
        if let Source::Simulated(at) = &self.0 {
            at.send_replace(now.trunc_subsecs(6));
        }
    }

    /// How many wait for a simulated clock to be moved; the system's clock moves by itself.
    pub fn count_sleepers(&self) -> usize {
        match &self.0 {
            Source::System => 0,
            Source::Simulated(at) => at.receiver_count(),
        }
    }

    /// Returns at `at`, or at once if that is past. By a simulated clock: once it was moved there.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        match &self.0 {
            Source::System => tokio::time::sleep((at - self.now()).to_std().unwrap_or_default()).await,
            Source::Simulated(now) => {
                // Fails only if the clock is gone, which this borrow keeps from happening.
                let _ = now.subscribe().wait_for(|now| at <= *now).await;
            }
        }
    }
}

/// A point in real time, also where a [`Clock`] is simulated: for leases between processes.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    steady: Instant,
    system: SystemTime,
}

impl Moment {
    /// Now.
    pub fn now() -> Moment {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
        let system = SystemTime::now();
        Moment { steady: Instant::now(), system }
    }

    /// How long ago it was. Time in which the process was stopped counts, and so does, as the system's
    /// clock tells, time in which the machine slept. A system's clock set back makes it no shorter.
    pub fn elapsed(&self) -> Duration {
        let by_system = Moment::now().system.duration_since(self.system).unwrap_or_default();
        self.steady.elapsed().max(by_system)
    }
}

/// Random bytes from the operating system: keys and secrets are made of these.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads randomness")]
    let bytes = rand::random();
    bytes
}

/// So many random bytes in lower-case hex: public ids (16 bytes) and names that nobody guesses.
pub fn random_hex<const N: usize>() -> String {
    hex::encode(random_bytes::<N>())
}
