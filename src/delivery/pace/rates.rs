//! Letters a minute, to the relay and to each recipients' domain, and letters to a domain at the same time.
//!
//! The generic cell rate algorithm (ITU-T I.371, annex A): a bucket remembers when it would be level again. A
//! letter may go if that lies no further ahead than its tolerance, 50 ms worth of letters. With an interval of
//! `60 s / (N - b + 1)` and a tolerance of `b - 1` intervals no half-open minute ever holds more than N: the
//! tolerance only makes up for what a commit takes, and is no burst.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{DomainPace, PaceSettings};

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// The share of a minute's letters that may go ahead of their time: 50 ms worth.
const AHEAD: i64 = 1_200;
/// A worker holds so many seconds' worth of letters that wait for their turn; what is over goes back.
const IN_HAND_SECONDS: u32 = 30;
/// What goes back is due again within this time at the latest.
const PUT_OFF_AT_MOST: TimeDelta = TimeDelta::hours(1);
/// A worker never holds more letters than these.
const IN_HAND_AT_MOST: usize = 2_000;

/// When a letter may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// Not before then.
    At(DateTime<Utc>),
    /// Once a letter to the same domain is back.
    WhenOneIsBack,
}

/// One limit of so many letters a minute.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    level_at: Option<DateTime<Utc>>,
}

/// What a limit means for one of several workers.
#[derive(Debug, Clone, Copy)]
struct Measure {
    interval: TimeDelta,
    tolerance: TimeDelta,
}

impl Measure {
    fn new(per_minute: u32, workers: u32) -> Measure {
        let (rate, workers) = (i64::from(per_minute.max(1)), i64::from(workers.max(1)));
        let ahead = (rate / workers / AHEAD - 1).max(0);
        let left = rate - ahead * workers;
        let interval = (MINUTE * workers + left - 1) / left;
        Measure {
            interval: TimeDelta::microseconds(interval),
            tolerance: TimeDelta::microseconds(interval * ahead),
        }
    }
}

impl Bucket {
    /// When it would be level again; none if it is. Letters never fill it further than this: one that seems fuller was
    /// filled before the clock was set back, and says nothing any more.
    fn level_at(&self, measure: Measure, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let furthest = now + measure.tolerance + measure.interval * 3;
        self.level_at.filter(|level_at| *level_at <= furthest)
    }

    /// The first instant at which a letter may go.
    fn opens_at(&self, measure: Measure, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.level_at(measure, now).map(|level_at| level_at - measure.tolerance)
    }

    fn take(&mut self, measure: Measure, now: DateTime<Utc>) {
        let level_at = self.level_at(measure, now).map_or(now, |level_at| level_at.max(now));
        self.level_at = Some(level_at + measure.interval);
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    bucket: Bucket,
    /// The last turn that was promised to a letter put off.
    promised_until: Option<DateTime<Utc>>,
}

/// The limits as configured, and how full they are.
#[derive(Debug, Clone)]
pub(crate) struct Rates {
    per_minute: Option<u32>,
    named: HashMap<String, DomainPace>,
    others: DomainPace,
    /// What is configured holds for all workers together.
    workers: u32,
    relay: Bucket,
    lanes: HashMap<String, Lane>,
}

impl Rates {
    /// The limits of a configuration; none if it has none.
    pub fn new(settings: &PaceSettings) -> Option<Rates> {
        let named: HashMap<String, DomainPace> =
            settings.domain.iter().map(|(key, pace)| (key.0.clone(), *pace)).collect();
        let limits = |pace: &DomainPace| pace.per_minute.is_some() || pace.connections.is_some();
        let has_limits = settings.per_minute.is_some() || named.values().any(limits);
        has_limits.then(|| Rates {
            per_minute: settings.per_minute.map(|n| n.0),
            others: named.get("*").copied().unwrap_or_default(),
            named,
            workers: 1,
            relay: Bucket::default(),
            lanes: HashMap::new(),
        })
    }

    /// Divides the rates among so many living workers, and forgets domains that are as any other again.
    pub fn share_among(&mut self, workers: u64, now: DateTime<Utc>) {
        self.workers = u32::try_from(workers).unwrap_or(u32::MAX).max(1);
        self.lanes.retain(|_, lane| lane.bucket.level_at > Some(now) || lane.promised_until > Some(now));
    }

    /// When a letter to `domain` may go while `on_the_way` others to it are.
    pub fn find_turn(&self, domain: &str, on_the_way: usize, now: DateTime<Utc>) -> Turn {
        let rule = self.rule_of(domain);
        if rule.connections.is_some_and(|at_most| on_the_way >= at_most.0 as usize) {
            return Turn::WhenOneIsBack;
        }
        let relay = self.measure(self.per_minute).and_then(|measure| self.relay.opens_at(measure, now));
        let lane = self
            .measure(rule.per_minute.map(|n| n.0))
            .and_then(|measure| self.lanes.get(domain)?.bucket.opens_at(measure, now));
        match relay.max(lane) {
            Some(opens_at) if now < opens_at => Turn::At(opens_at),
            _ => Turn::Now,
        }
    }

    /// A letter to `domain` goes now.
    pub fn take_turn(&mut self, domain: &str, now: DateTime<Utc>) {
        if let Some(measure) = self.measure(self.per_minute) {
            self.relay.take(measure, now);
        }
        if let Some(measure) = self.measure(self.rule_of(domain).per_minute.map(|n| n.0)) {
            self.lanes.entry(domain.to_owned()).or_default().bucket.take(measure, now);
        }
    }

    /// How many letters to `domain` a worker should hold: those that may go within half a minute.
    pub fn hold_at_most(&self, domain: &str) -> usize {
        self.half_a_minute_of(self.rule_of(domain).per_minute.map(|n| n.0))
    }

    /// How many letters a worker should hold in all.
    pub fn hold_at_most_in_all(&self) -> usize {
        self.half_a_minute_of(self.per_minute)
    }

    /// Promises a turn to a letter to `domain` that goes back: behind all that were promised before.
    pub fn promise_turn(&mut self, domain: &str, now: DateTime<Utc>) -> DateTime<Utc> {
        let measure = self.measure(self.rule_of(domain).per_minute.map(|n| n.0));
        let interval = measure.map_or(TimeDelta::zero(), |measure| measure.interval);
        let soonest = now + TimeDelta::seconds(i64::from(IN_HAND_SECONDS));
        let lane = self.lanes.entry(domain.to_owned()).or_default();
        let turn = lane.promised_until.map_or(soonest, |last| (last + interval).max(soonest));
        let turn = turn.min(now + PUT_OFF_AT_MOST);
        lane.promised_until = Some(turn);
        turn
    }

    fn half_a_minute_of(&self, per_minute: Option<u32>) -> usize {
        let share = |rate: u32| (rate / self.workers * IN_HAND_SECONDS / 60).max(1) as usize;
        per_minute.map_or(IN_HAND_AT_MOST, share).min(IN_HAND_AT_MOST)
    }

    fn rule_of(&self, domain: &str) -> DomainPace {
        self.named.get(domain).copied().unwrap_or(self.others)
    }

    fn measure(&self, per_minute: Option<u32>) -> Option<Measure> {
        per_minute.map(|rate| Measure::new(rate, self.workers))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates(text: &str) -> Rates {
        Rates::new(&toml::from_str(text).unwrap()).unwrap()
    }

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros)
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_no_letter_for_the_time_that_it_jumped() {
        let mut rates = rates("per_minute = 60\n[domain.\"nav.example\"]\nper_minute = 6\n");
        let hour = 3_600_000_000;
        rates.take_turn("nav.example", at(hour));
        assert_eq!(rates.find_turn("nav.example", 0, at(0)), Turn::Now);
        rates.take_turn("nav.example", at(0));
        assert_eq!(rates.find_turn("nav.example", 0, at(1_500_000)), Turn::At(at(10_000_000)));
        assert_eq!(rates.find_turn("x.example", 0, at(500_000)), Turn::At(at(1_000_000)));
    }

    /// Sends to `domain` whenever it may for `seconds`, looking every `step` microseconds.
    fn send(rates: &mut Rates, domain: &str, seconds: i64, step: i64) -> Vec<i64> {
        let mut sent = Vec::new();
        let mut now = 0;
        while now < seconds * 1_000_000 {
            while rates.find_turn(domain, 0, at(now)) == Turn::Now {
                rates.take_turn(domain, at(now));
                sent.push(now);
            }
            now += step;
        }
        sent
    }

    fn most_in_a_minute(sent: &[i64]) -> usize {
        let behind = |first: i64| sent.partition_point(|at| *at < first + MINUTE);
        (0..sent.len()).map(|n| behind(sent[n]) - n).max().unwrap_or(0)
    }

    #[test]
    fn no_rules_are_no_rates() {
        assert!(Rates::new(&PaceSettings::default()).is_none());
        assert!(Rates::new(&toml::from_str("[domain.\"nav.test\"]\n").unwrap()).is_none());
    }

    #[test]
    fn sixty_a_minute_are_one_a_second() {
        let sent = send(&mut rates("per_minute = 60"), "nav.test", 5, 1_000);
        assert_eq!(sent, [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000]);
    }

    #[test]
    fn a_named_domain_has_its_own_limit_and_every_other_one_that_of_the_star() {
        let mut rates = rates("[domain.\"nav.test\"]\nper_minute = 2\n[domain.\"*\"]\nper_minute = 60\n");
        rates.take_turn("nav.test", at(0));
        rates.take_turn("a.example", at(0));
        assert_eq!(rates.find_turn("nav.test", 0, at(0)), Turn::At(at(30_000_000)));
        assert_eq!(rates.find_turn("a.example", 0, at(0)), Turn::At(at(1_000_000)));
        assert_eq!(rates.find_turn("b.example", 0, at(0)), Turn::Now, "each domain its own");
    }

    #[test]
    fn a_domain_has_at_most_its_connections_on_their_way() {
        let rates = rates("[domain.\"nav.test\"]\nconnections = 2\n");
        assert_eq!(rates.find_turn("nav.test", 1, at(0)), Turn::Now);
        assert_eq!(rates.find_turn("nav.test", 2, at(0)), Turn::WhenOneIsBack);
        assert_eq!(rates.find_turn("b.example", 100, at(0)), Turn::Now);
    }

    #[test]
    fn promised_turns_stand_in_a_row_and_never_lie_more_than_an_hour_ahead() {
        let mut rates = rates("[domain.\"nav.test\"]\nper_minute = 2\n");
        let turns: Vec<i64> =
            (0..200).map(|_| rates.promise_turn("nav.test", at(0)).timestamp() - at(0).timestamp()).collect();
        assert_eq!(turns[..3], [30, 60, 90]);
        assert_eq!(turns[199], 3_600);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_minute_holds_more_than_the_rate(
            rate in 1u32..20_000, step in 1_000i64..3_000_000,
        ) {
            let sent = send(&mut rates(&format!("per_minute = {rate}")), "nav.test", 130, step);
            prop_assert!(most_in_a_minute(&sent) <= rate as usize);
        }

        #[test]
        fn workers_together_send_the_rate_and_nearly_all_of_it(rate in 600u32..20_000, workers in 1u64..9) {
            let mut one = rates(&format!("per_minute = {rate}"));
            one.share_among(workers, at(0));
            let sent = send(&mut one, "nav.test", 60, 1_000).len() as f64 * workers as f64;
            let (least, most) = (f64::from(rate) * 0.95, f64::from(rate) + workers as f64);
            prop_assert!(least <= sent && sent <= most, "{sent} of {rate}");
        }

        #[test]
        fn nothing_starves(rate in 1u32..600, domains in 1usize..6) {
            let mut rates = rates(&format!("[domain.\"*\"]\nper_minute = {rate}\n"));
            let mut sent = vec![0usize; domains];
            for tick in 0..1_300 {
                for (n, count) in sent.iter_mut().enumerate() {
                    let domain = format!("d{n}.example");
                    if rates.find_turn(&domain, 0, at(tick * 100_000)) == Turn::Now {
                        rates.take_turn(&domain, at(tick * 100_000));
                        *count += 1;
                    }
                }
            }
            prop_assert!(sent.iter().all(|count| *count >= (rate as usize).min(500)), "{sent:?}");
        }
    }
}
