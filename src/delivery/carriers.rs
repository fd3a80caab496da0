//! Those who carry letters from the desk: one task for each kept connection, over the relay that is preferred
//! among those that can be used.
//!
//! A relay that cannot be used is left for the next one in order, and a preferred one is tried again beside the
//! others once it has rested: when it lets us in, they end behind the letter that they carry. Only letters that surely did not
//! go come back to the desk, so only these go over another relay.

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, Parcel, Verdict};
use super::maildir::Maildir;
use super::relay::Relay;
use super::relay::health::{Ending, Health, choose};
use super::smtp::{Broken, LinkError, Session, SmtpRelay, Stage};
use super::threads::Threads;
use crate::clock::Clock;

/// So often in one round every relay is tried although all of them rest; again after a letter got through.
const TRIES_WHILE_ALL_REST: u32 = 3;

/// How each relay stands, in order of preference; outlives the rounds.
#[derive(Debug, Default)]
pub(crate) struct Standings(Mutex<Vec<Health>>);

impl Standings {
    /// Of relays that nothing is known of; each has its own connections, and no more than `at_most`.
    pub fn of(relay: &Relay, at_most: usize) -> Standings {
        let Relay::Smtp(relays) = relay else { return Standings::default() };
        let full = |relay: &SmtpRelay| Health::of(relay.connections.min(at_most));
        Standings(Mutex::new(relays.iter().map(full).collect()))
    }

    fn all(&self) -> MutexGuard<'_, Vec<Health>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// No relay lets us in: why, for each in order.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(LinkError::to_string).collect::<Vec<_>>().join("; "))]
pub(crate) struct NoRelay(Vec<LinkError>);

/// How a task ended.
struct Ended {
    relay: usize,
    wave: u32,
    ending: Ending,
    /// Letters that got a reply over its connection.
    answered: u64,
    /// Why, if the relay is to blame.
    why: Option<LinkError>,
}

/// The tasks of one call.
pub(crate) struct Carriers {
    relay: Arc<Relay>,
    standings: Arc<Standings>,
    clock: Clock,
    at_most: usize,
    tasks: JoinSet<Option<Ended>>,
    /// Tasks of each relay.
    numbers: Vec<usize>,
    /// Why each relay could not be used the last time.
    refusals: Vec<Option<LinkError>>,
    /// The relay that new tasks carry over.
    current: usize,
    /// Tells the tasks of the current relay to end.
    leave: CancellationToken,
    /// A preferred relay that is being tried beside the current one, and what tells its tasks to end.
    trying: Option<(usize, CancellationToken)>,
    tries_left: u32,
    /// Started with the first letter.
    threads: Option<Threads>,
}

impl Carriers {
    pub fn new(relay: Relay, standings: Arc<Standings>, clock: Clock, at_most: usize) -> Carriers {
        let number = standings.all().len();
        Carriers {
            relay: Arc::new(relay),
            standings,
            clock,
            at_most: at_most.max(1),
            tasks: JoinSet::new(),
            numbers: vec![0; number],
            refusals: vec![None; number],
            current: 0,
            leave: CancellationToken::new(),
            trying: None,
            tries_left: TRIES_WHILE_ALL_REST,
            threads: None,
        }
    }

    /// Makes sure that someone carries, and starts as many tasks as `letters` are worth. Without any
    /// connection yet it opens the first one here: an error means that no relay can be used.
    pub async fn start(&mut self, desk: &Arc<Desk>, letters: usize) -> Result<(), NoRelay> {
        if self.tasks.is_empty() && matches!(*self.relay, Relay::Smtp(_)) {
            self.open_first(desk).await?;
        }
        if !desk.is_stopping() {
            self.fill(desk, letters);
        }
        Ok(())
    }

    /// Starts a task over the first relay in order that lets us in. While all rest each is tried all the same,
    /// now and then.
    async fn open_first(&mut self, desk: &Arc<Desk>) -> Result<(), NoRelay> {
        for relay in self.list_candidates() {
            let wave = self.standings.all()[relay].wave();
            let (thread, opening) = (self.next_thread(), self.smtp(relay));
            // A connection belongs to the thread that opened it.
            let opened = thread.spawn(async move { opening.open().await });
            let opened = tokio::select! {
                opened = opened => opened.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())),
                () = desk.stopped() => return Ok(()),
            };
            match opened {
                Ok(session) => {
                    (self.current, self.trying) = (relay, None);
                    self.leave = CancellationToken::new();
                    self.spawn_carrier(relay, desk, Some(session), &thread);
                    return Ok(());
                }
                Err(refused) => {
                    tracing::warn!(error = %refused, "a relay cannot be used");
                    self.note(relay, Ending::Refused { others: 0 }, wave, 0, Some(refused));
                }
            }
        }
        Err(NoRelay(self.refusals.iter().flatten().cloned().collect()))
    }

    fn list_candidates(&mut self) -> Vec<usize> {
        let now = self.clock.now();
        let rests: Vec<bool> = self.standings.all().iter().map(|relay| relay.rests(now)).collect();
        if rests.contains(&false) {
            (0..rests.len()).filter(|&relay| !rests[relay]).collect()
        } else if self.tries_left > 0 {
            self.tries_left -= 1;
            (0..rests.len()).collect()
        } else {
            Vec::new()
        }
    }

    /// Starts tasks until `letters` are cared for or no more are allowed. Opens nothing itself.
    fn fill(&mut self, desk: &Arc<Desk>, letters: usize) {
        let wanted = letters.clamp(1, self.at_most);
        if let Relay::Maildir(maildir) = &*self.relay {
            while self.tasks.len() < wanted {
                let threads = self.threads.get_or_insert_with(Threads::start);
                self.tasks
                    .spawn_on(carry_into_maildir(Arc::new(maildir.clone()), desk.clone()), threads.next());
            }
            return;
        }
        let now = self.clock.now();
        let Some(best) = choose(&self.standings.all(), now) else { return };
        self.turn_to(best, desk, now);
        if self.standings.all()[self.current].rests(now) {
            return;
        }
        let allowed = self.standings.all()[self.current].allowed(now);
        while self.tasks.len() < self.at_most && self.numbers[self.current] < wanted.min(allowed) {
            let thread = self.next_thread();
            self.spawn_carrier(self.current, desk, None, &thread);
        }
    }

    /// Makes `best` the current relay, at once if the current one is of no use, else once it has let us in.
    fn turn_to(&mut self, best: usize, desk: &Arc<Desk>, now: DateTime<Utc>) {
        if self.leave.is_cancelled()
            && let Some((relay, leave)) = self.trying.take()
        {
            (self.current, self.leave) = (relay, leave);
        }
        if self.numbers[self.current] == 0 || self.standings.all()[self.current].rests(now) {
            if self.trying.is_none() && best != self.current {
                self.current = best;
                self.leave = CancellationToken::new();
            }
        } else if best < self.current && self.trying.is_none() {
            self.try_preferred(best, desk);
        }
    }

    fn try_preferred(&mut self, relay: usize, desk: &Arc<Desk>) {
        let carrier = self.carrier(relay, desk, CancellationToken::new());
        self.trying = Some((relay, carrier.leave.clone()));
        self.numbers[relay] += 1;
        let thread = self.next_thread();
        self.tasks.spawn_on(carrier.try_and_carry(self.leave.clone()), &thread);
    }

    fn spawn_carrier(&mut self, relay: usize, desk: &Arc<Desk>, session: Option<Session>, thread: &Handle) {
        let carrier = self.carrier(relay, desk, self.leave.clone());
        self.numbers[relay] += 1;
        self.tasks.spawn_on(carrier.run(session), thread);
    }

    fn carrier(&self, relay: usize, desk: &Arc<Desk>, leave: CancellationToken) -> Carrier {
        let wave = self.standings.all()[relay].wave();
        Carrier { relay: self.smtp(relay), number: relay, wave, desk: desk.clone(), leave }
    }

    fn next_thread(&mut self) -> Handle {
        self.threads.get_or_insert_with(Threads::start).next().clone()
    }

    fn smtp(&self, relay: usize) -> SmtpRelay {
        match &*self.relay {
            Relay::Smtp(relays) => relays[relay].clone(),
            Relay::Maildir(_) => unreachable!("a mailbox folder has no standings"),
        }
    }

    fn note(&mut self, relay: usize, ending: Ending, wave: u32, answered: u64, why: Option<LinkError>) {
        let now = self.clock.now();
        self.standings.all()[relay].note(ending, wave, answered, now);
        if answered > 0 {
            self.tries_left = TRIES_WHILE_ALL_REST;
        }
        if why.is_some() {
            self.refusals[relay] = why;
        }
    }

    /// How many connections the relay in use may have now, at least one. While none is in use nobody knows which one
    /// will let us in: the fewest that any may have.
    pub fn allowed(&self) -> usize {
        let now = self.clock.now();
        let standings = self.standings.all();
        let is_in_use = |relay: &&Health| self.numbers[self.current] > 0 && !relay.rests(now);
        let in_use = standings.get(self.current).filter(is_in_use).map(|relay| relay.allowed(now));
        let fewest = || standings.iter().map(|relay| relay.allowed(now)).min();
        in_use.or_else(fewest).unwrap_or(self.at_most).min(self.at_most)
    }

    /// Whether nobody carries.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits until one of them ends, and starts others for what lies on the desk, as far as the relays allow.
    /// Never answers while there is none.
    pub async fn next_end(&mut self, desk: &Arc<Desk>) {
        match self.tasks.join_next().await {
            None => std::future::pending().await,
            Some(Ok(None)) => {}
            Some(Ok(Some(ended))) => self.hear(ended),
            Some(Err(panicked)) => tracing::error!(error = %panicked, "a carrier failed"),
        }
        let waiting = desk.count_waiting();
        if waiting > 0 && !desk.is_stopping() {
            self.fill(desk, self.tasks.len() + waiting);
        }
    }

    fn hear(&mut self, ended: Ended) {
        let Ended { relay, wave, ending, answered, why } = ended;
        self.numbers[relay] = self.numbers[relay].saturating_sub(1);
        let was_tried = self.trying.as_ref().is_some_and(|(tried, _)| *tried == relay);
        let ending = match ending {
            Ending::Refused { .. } if was_tried => Ending::Refused { others: 0 },
            Ending::Refused { .. } => Ending::Refused { others: self.numbers[relay] },
            other => other,
        };
        if was_tried && !self.leave.is_cancelled() {
            self.trying = None;
        }
        if let Some(why) = &why {
            tracing::debug!(relay.name = why.relay, reason = why.why, "a connection to a relay ended");
        }
        self.note(relay, ending, wave, answered, why);
    }

    /// Waits until all have ended, saying QUIT.
    pub async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn carry_into_maildir(maildir: Arc<Maildir>, desk: Arc<Desk>) -> Option<Ended> {
    maildir.carry(desk).await;
    None
}

/// One connection to one relay.
struct Carrier {
    relay: SmtpRelay,
    /// The relay's place in the order.
    number: usize,
    wave: u32,
    desk: Arc<Desk>,
    leave: CancellationToken,
}

impl Carrier {
    /// Carries over one connection until it ends; opens it for the first letter if it is not open yet.
    async fn run(self, session: Option<Session>) -> Option<Ended> {
        let (session, first) = match session {
            Some(session) => (session, None),
            None => {
                let first = tokio::select! {
                    biased;
                    () = self.leave.cancelled() => None,
                    first = self.desk.next() => first,
                };
                let Some(first) = first else { return Some(self.ended(Ending::Done, 0, None)) };
                match self.open_for(&first).await {
                    Ok(session) => (session, Some(first)),
                    Err(ended) => return Some(ended),
                }
            }
        };
        Some(self.carry(session, first).await)
    }

    /// Opens a connection before it takes a letter, and tells the others to end once it is open.
    async fn try_and_carry(self, others_leave: CancellationToken) -> Option<Ended> {
        let opened = tokio::select! {
            opened = self.relay.open() => opened,
            () = self.desk.closed() => return Some(self.ended(Ending::Done, 0, None)),
        };
        match opened {
            Ok(session) => {
                others_leave.cancel();
                Some(self.carry(session, None).await)
            }
            Err(why) => Some(self.ended(Ending::Refused { others: 0 }, 0, Some(why))),
        }
    }

    /// A session for a letter, which goes back if there is none.
    async fn open_for(&self, first: &Parcel) -> Result<Session, Ended> {
        let opened = tokio::select! {
            opened = self.relay.open() => opened.map_err(Some),
            () = self.desk.stopped() => Err(None),
        };
        opened.map_err(|refused| {
            self.desk.finish(first.id, Verdict::Back);
            match refused {
                Some(why) => self.ended(Ending::Refused { others: 0 }, 0, Some(why)),
                None => self.ended(Ending::Done, 0, None),
            }
        })
    }

    async fn carry(&self, mut session: Session, first: Option<Parcel>) -> Ended {
        let carried = session.carry(first, &self.desk, &self.leave).await;
        let answered = session.answered();
        match carried {
            Ok(()) => self.ended(Ending::Done, answered, None),
            Err(_) if self.desk.is_stopping() => self.ended(Ending::Done, answered, None),
            Err(Broken { why, is_farewell }) => {
                let ending = if is_farewell { Ending::SentAway } else { Ending::Broke };
                self.ended(ending, answered, Some(self.relay.failed(Stage::Letters, why)))
            }
        }
    }

    fn ended(&self, ending: Ending, answered: u64, why: Option<LinkError>) -> Ended {
        Ended { relay: self.number, wave: self.wave, ending, answered, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_allowed_as_the_relay_in_use_may_have_and_before_that_as_any_may_have() {
        let clock = Clock::simulated(DateTime::UNIX_EPOCH);
        let standings = Arc::new(Standings(Mutex::new(vec![Health::of(10), Health::of(3)])));
        let mut carriers = Carriers::new(Relay::Maildir(Maildir::at("unused")), standings, clock.clone(), 10);
        assert_eq!(carriers.allowed(), 3, "none is in use");
        carriers.numbers[0] = 1;
        assert_eq!(carriers.allowed(), 10);
        carriers.note(0, Ending::SentAway, 0, 5, None);
        assert_eq!(carriers.allowed(), 5, "it said 421");
        carriers.note(0, Ending::Refused { others: 0 }, 1, 0, None);
        assert_eq!(carriers.allowed(), 3, "it rests");
        let folder = Carriers::new(Relay::Maildir(Maildir::at("unused")), Arc::default(), clock, 4);
        assert_eq!(folder.allowed(), 4);
    }
}
