//! Which relay may be used now, and over how many connections: pure, of what happened and when.
//!
//! A relay that says 421 or refuses a connection beside others gets half as many, and one more again every half
//! minute. One that lets nobody in, or on whose connections nothing gets done, rests for 1, 5, then 15 minutes.

use chrono::{DateTime, TimeDelta, Utc};

/// Minutes that a relay rests after failing once, twice, ... in a row; later ones as long as the last.
const REST_MINUTES: [i64; 3] = [1, 5, 15];
/// One more connection is allowed again after so long without trouble.
const GROWS_EVERY: TimeDelta = TimeDelta::seconds(30);
/// So many connections in a row on which no letter got a reply of its own are a failure.
const BARREN_AT_MOST: u32 = 3;

/// How a connection to a relay ended, or why there was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It had nothing more to carry.
    Done,
    /// None was opened; so many others to this relay were open or being opened.
    Refused {
        /// How many.
        others: usize,
    },
    /// The relay said 421.
    SentAway,
    /// It broke.
    Broke,
}

/// How one relay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Health {
    /// Connections that it may have when all is well.
    full: usize,
    /// Connections that it might have at `reduced_at`.
    reduced_to: usize,
    reduced_at: Option<DateTime<Utc>>,
    /// Counts reductions: connections begun before the last one say nothing new.
    wave: u32,
    /// Failures in a row.
    failures: u32,
    failed_at: Option<DateTime<Utc>>,
    /// Connections in a row on which no letter got a reply of its own.
    barren: u32,
}

impl Health {
    /// A relay of which nothing is known.
    pub fn of(full: usize) -> Health {
        let full = full.max(1);
        Health { full, reduced_to: full, reduced_at: None, wave: 0, failures: 0, failed_at: None, barren: 0 }
    }

    /// The wave that a connection begun now belongs to.
    pub fn wave(&self) -> u32 {
        self.wave
    }

    /// How many connections it may have.
    pub fn allowed(&self, now: DateTime<Utc>) -> usize {
        let Some(since) = self.reduced_at else { return self.full };
        let grown = (now - since).num_seconds().max(0) / GROWS_EVERY.num_seconds();
        self.full.min(self.reduced_to.saturating_add(usize::try_from(grown).unwrap_or(usize::MAX)))
    }

    /// Whether it rests. A clock that was set back ends a rest.
    pub fn rests(&self, now: DateTime<Utc>) -> bool {
        let Some(since) = self.failed_at else { return false };
        let step = (self.failures.max(1) as usize - 1).min(REST_MINUTES.len() - 1);
        (since..since + TimeDelta::minutes(REST_MINUTES[step])).contains(&now)
    }

    /// Notes how a connection of `wave` ended on which so many letters had `answered`.
    pub fn note(&mut self, ending: Ending, wave: u32, answered: u64, now: DateTime<Utc>) {
        if answered > 0 {
            self.failures = 0;
            self.failed_at = None;
            self.barren = 0;
        }
        match ending {
            Ending::Done => {}
            Ending::Refused { others: 0 } => self.fail(now),
            Ending::Refused { .. } => self.reduce(wave, now),
            // Some relays say 421 for a recipient's domain: only a row of them speaks of the relay.
            Ending::SentAway if answered == 0 && self.allowed(now) == 1 => self.note_barren(now),
            Ending::SentAway => self.reduce(wave, now),
            Ending::Broke if answered > 0 => {}
            Ending::Broke => self.note_barren(now),
        }
    }

    fn note_barren(&mut self, now: DateTime<Utc>) {
        self.barren += 1;
        if self.barren >= BARREN_AT_MOST {
            self.fail(now);
        }
    }

    fn reduce(&mut self, wave: u32, now: DateTime<Utc>) {
        if wave == self.wave {
            self.reduced_to = (self.allowed(now) / 2).max(1);
            self.reduced_at = Some(now);
            self.wave += 1;
        }
    }

    fn fail(&mut self, now: DateTime<Utc>) {
        // Connections that fail together are one failure.
        if !self.rests(now) {
            self.failures += 1;
        }
        self.failed_at = Some(now);
        self.barren = 0;
    }
}

/// The first relay in order that does not rest.
pub(crate) fn choose(relays: &[Health], now: DateTime<Utc>) -> Option<usize> {
    relays.iter().position(|relay| !relay.rests(now))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_relay_that_lets_nobody_in_rests_longer_each_time() {
        let mut relay = Health::of(10);
        let mut now = 0;
        for minutes in [1, 5, 15, 15] {
            assert!(!relay.rests(at(now)));
            relay.note(Ending::Refused { others: 0 }, relay.wave(), 0, at(now));
            assert!(relay.rests(at(now + minutes * 60 - 1)), "{minutes}");
            now += minutes * 60;
        }
        relay.note(Ending::Done, relay.wave(), 1, at(now));
        relay.note(Ending::Refused { others: 0 }, relay.wave(), 0, at(now));
        assert!(!relay.rests(at(now + 60)), "a letter that got through begins the row anew");
    }

    #[test]
    fn the_next_in_order_is_chosen_and_the_first_again_after_its_rest() {
        let mut relays = [Health::of(10), Health::of(10)];
        assert_eq!(choose(&relays, at(0)), Some(0));
        relays[0].note(Ending::Refused { others: 0 }, 0, 0, at(0));
        assert_eq!(choose(&relays, at(0)), Some(1));
        relays[1].note(Ending::Refused { others: 0 }, 0, 0, at(30));
        assert_eq!(choose(&relays, at(59)), None);
        assert_eq!(choose(&relays, at(60)), Some(0));
    }

    #[test]
    fn a_421_halves_and_time_brings_one_after_the_other_back() {
        let mut relay = Health::of(10);
        relay.note(Ending::SentAway, 0, 5, at(0));
        assert_eq!(relay.allowed(at(0)), 5);
        relay.note(Ending::SentAway, 0, 5, at(0));
        assert_eq!(relay.allowed(at(0)), 5, "begun before it was halved: no news");
        relay.note(Ending::SentAway, 1, 5, at(0));
        assert_eq!(relay.allowed(at(0)), 2);
        assert_eq!((relay.allowed(at(29)), relay.allowed(at(30)), relay.allowed(at(90))), (2, 3, 5));
        assert_eq!(relay.allowed(at(9999)), 10);
        assert_eq!(relay.allowed(at(-9999)), 2, "a clock set back");
    }

    #[test]
    fn a_connection_refused_beside_others_halves_too() {
        let mut relay = Health::of(10);
        relay.note(Ending::Refused { others: 3 }, 0, 0, at(0));
        assert_eq!((relay.allowed(at(0)), relay.rests(at(0))), (5, false));
    }

    #[test]
    fn three_421_in_a_row_on_the_only_connection_are_a_failure() {
        let mut relay = Health::of(1);
        for answered in [0, 0, 1, 0, 0] {
            relay.note(Ending::SentAway, relay.wave(), answered, at(0));
            assert!(!relay.rests(at(0)), "it may speak of a recipient's domain");
        }
        relay.note(Ending::SentAway, relay.wave(), 0, at(0));
        assert!(relay.rests(at(0)));
    }

    #[test]
    fn three_connections_that_break_before_any_letter_are_a_failure() {
        let mut relay = Health::of(4);
        for answered in [0, 0, 1, 0, 0] {
            relay.note(Ending::Broke, 0, answered, at(0));
            assert!(!relay.rests(at(0)));
        }
        relay.note(Ending::Broke, 0, 0, at(0));
        assert!(relay.rests(at(0)));
    }

    fn barren_ending() -> impl Strategy<Value = Ending> {
        prop_oneof![Just(Ending::SentAway), Just(Ending::Broke)]
    }

    fn any_ending() -> impl Strategy<Value = Ending> {
        prop_oneof![barren_ending(), (0..3usize).prop_map(|others| Ending::Refused { others })]
    }

    proptest! {
        /// A relay that lets us in and sends us away again rests after few connections.
        #[test]
        fn a_storm_is_bounded(full in 1..1000usize, endings in prop::collection::vec(barren_ending(), 13)) {
            let mut relay = Health::of(full);
            for ending in endings {
                relay.note(ending, relay.wave(), 0, at(0));
                prop_assert!((1..=full).contains(&relay.allowed(at(0))));
            }
            prop_assert!(relay.rests(at(0)));
        }

        /// A relay never rests longer than a quarter of an hour.
        #[test]
        fn no_rest_is_longer_than_a_quarter_of_an_hour(
            endings in prop::collection::vec((any_ending(), 0..2u64, 0..4000i64), 1..60),
        ) {
            let mut relay = Health::of(10);
            let mut now = 0;
            for (ending, answered, seconds) in endings {
                now += seconds;
                relay.note(ending, relay.wave(), answered, at(now));
                prop_assert!(!relay.rests(at(now + 900)));
            }
        }
    }
}
