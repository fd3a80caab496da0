//! Which workers have fallen silent: the pure part of taking over.
//!
//! Others' beats are watched with this process's own steady clock, so that neither a clock that jumps nor two
//! machines whose clocks differ make a living worker seem gone.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// What was seen of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beaten {
    /// Its name.
    pub name: String,
    /// Its counter; none for a name that has left letters but stands nowhere.
    pub beat: Option<i64>,
    /// So long without a beat, and it counts as gone.
    pub lease: Duration,
}

/// Since when each worker's counter stands where it stands.
#[derive(Debug, Default)]
pub(crate) struct Watch(HashMap<String, Standing>);

#[derive(Debug)]
struct Standing {
    beat: Option<i64>,
    since: Instant,
    has_moved: bool,
}

impl Watch {
    /// Notes what was seen between `asked_at` and `answered_at`, and tells whose counter has not moved for
    /// its lease. Time after `asked_at` does not count as silence: this process may have been stopped.
    pub fn observe(&mut self, asked_at: Instant, answered_at: Instant, seen: &[Beaten]) -> Vec<String> {
        let mut silent = Vec::new();
        let mut next = HashMap::new();
        for worker in seen {
            let standing = match self.0.remove(&worker.name) {
                Some(standing) if standing.beat == worker.beat => standing,
                before => Standing { beat: worker.beat, since: answered_at, has_moved: before.is_some() },
            };
            if asked_at.saturating_duration_since(standing.since) >= worker.lease {
                silent.push(worker.name.clone());
            }
            next.insert(worker.name.clone(), standing);
        }
        self.0 = next;
        silent
    }

    /// Those whose counter was seen to move, and has not fallen silent since.
    pub fn list_beating(&self, silent: &[String]) -> HashSet<String> {
        let moved = self.0.iter().filter(|(name, standing)| standing.has_moved && !silent.contains(name));
        moved.map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(beat: i64) -> Vec<Beaten> {
        vec![Beaten { name: "one".into(), beat: Some(beat), lease: Duration::from_secs(30) }]
    }

    #[test]
    fn a_worker_is_silent_once_its_counter_has_stood_for_its_lease() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        let mut look = |second, beat| {
            let at = start + Duration::from_secs(second);
            !watch.observe(at, at, &seen(beat)).is_empty()
        };
        assert!(!look(0, 4), "whatever it is, it was just seen for the first time");
        assert!(!look(29, 4));
        assert!(look(30, 4));
        assert!(!look(31, 5), "it beats again");
        assert!(!look(60, 5));
        assert!(look(61, 5));
    }

    #[test]
    fn a_watcher_that_was_stopped_itself_takes_nobody_for_gone() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        watch.observe(start, start, &seen(4));
        // Stopped for an hour between the question and the look at its answer.
        let later = start + Duration::from_secs(3600);
        assert_eq!(watch.observe(start + Duration::from_secs(5), later, &seen(4)), Vec::<String>::new());
        assert_eq!(watch.observe(later, later, &seen(5)), Vec::<String>::new());
    }

    #[test]
    fn one_that_went_away_and_came_back_is_watched_anew() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        watch.observe(start, start, &seen(4));
        let at = start + Duration::from_secs(40);
        watch.observe(at, at, &[]);
        assert_eq!(watch.observe(at, at, &seen(4)), Vec::<String>::new());
    }

    #[test]
    fn only_who_was_seen_to_beat_is_known_to_live() {
        let (mut watch, start) = (Watch::default(), Instant::now());
        watch.observe(start, start, &seen(4));
        assert!(watch.list_beating(&[]).is_empty(), "its row may be a dead one's");
        watch.observe(start, start, &seen(5));
        assert!(watch.list_beating(&[]).contains("one"));
        watch.observe(start, start, &seen(5));
        assert!(watch.list_beating(&[]).contains("one"));
        assert!(watch.list_beating(&["one".to_owned()]).is_empty());
    }
}
