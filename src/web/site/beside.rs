//! What takes long to count over many people: counted while one waits in a small forum, beside in a large one. What was
//! counted is kept, and counted anew once anything was written.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::{Reading, Site};
use crate::web::refusal::Refusal;

/// Up to so many people it is counted while one waits.
pub(super) const AT_ONCE: i64 = 3_000;

/// What is counted beside is counted anew at most so often, however much changes.
const ANEW_EVERY: TimeDelta = TimeDelta::seconds(30);

/// So much is kept.
const KEPT_AT_MOST: usize = 50;

/// So much is kept of what moves: it holds a row for each person.
const MOVING_AT_MOST: usize = 5;

/// Values by key.
pub(in crate::web) struct Beside<K, V>(Arc<Mutex<HashMap<K, Slot<V>>>>);

struct Slot<V> {
    counted: Option<Counted<V>>,
    /// Of who counts it beside.
    turn: Turn,
}

/// One counts at a time.
#[derive(Default)]
pub(super) struct Turn(Arc<AtomicBool>);

impl Turn {
    /// None while somebody has it.
    pub(super) fn take(&self) -> Option<Taken> {
        let was_taken = self.0.swap(true, Ordering::AcqRel);
        (!was_taken).then(|| Taken(self.0.clone()))
    }

    fn is_taken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The turn of who counts. It ends with the value, also where the count breaks off by a panic.
pub(super) struct Taken(Arc<AtomicBool>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

struct Counted<V> {
    /// The last row of the audit log before it was counted: every write moves it.
    change: i64,
    at: DateTime<Utc>,
    value: Arc<V>,
}

/// A value, as far as it is known.
pub(in crate::web) struct Seen<V> {
    /// None while it is counted for the first time.
    pub(in crate::web) value: Option<Arc<V>>,
    /// When it was counted, if something changed since and it is counted anew.
    pub(in crate::web) as_of: Option<DateTime<Utc>>,
}

impl<K, V> Default for Beside<K, V> {
    fn default() -> Self {
        Beside(Arc::default())
    }
}

impl<K: Hash + Eq + Copy + Send + 'static, V: Send + Sync + 'static> Beside<K, V> {
    /// The same for a page that stands without it: counted in a small forum; in a large one as it was counted last, and
    /// nothing is begun.
    pub(super) async fn find_if_quick<F, Work>(
        &self,
        reading: &Reading,
        key: K,
        count: F,
    ) -> Result<Option<Arc<V>>, Refusal>
    where
        F: FnOnce(Site) -> Work + Send + 'static,
        Work: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        let (people, _) = reading.store().find_revisions().await?;
        if people <= AT_ONCE {
            return Ok(self.find(reading, key, count).await?.value);
        }
        let slots = self.0.lock().await;
        Ok(slots.get(&key).and_then(|slot| slot.counted.as_ref()).map(|counted| counted.value.clone()))
    }

    /// The value of `key`, which `count` counts over the site.
    pub(super) async fn find<F, Work>(&self, reading: &Reading, key: K, count: F) -> Result<Seen<V>, Refusal>
    where
        F: FnOnce(Site) -> Work + Send + 'static,
        Work: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        let change = reading.store().find_last_change().await?;
        let (people, _) = reading.store().find_revisions().await?;
        let now = reading.0.now();
        let mut slots = self.0.lock().await;
        let slot = open_slot(&mut slots, key, KEPT_AT_MOST);
        if let Some(counted) = slot.counted.as_ref().filter(|counted| counted.change == change) {
            return Ok(Seen { value: Some(counted.value.clone()), as_of: None });
        }
        if people <= AT_ONCE {
            let counted = Box::pin(count(reading.0.clone())).await?;
            let value = Arc::new(counted);
            slot.counted = Some(Counted { change, at: now, value: value.clone() });
            return Ok(Seen { value: Some(value), as_of: None });
        }
        let as_of = slot.counted.as_ref().map(|counted| counted.at);
        let value = slot.counted.as_ref().map(|counted| counted.value.clone());
        if let Some(turn) = slot.begin_anew(now) {
            let (slots, site) = (self.0.clone(), reading.0.clone());
            run_beside(move || keep_beside(slots, turn, key, (change, now), count(site)));
        }
        Ok(Seen { value, as_of })
    }

    /// The same of what moves without a row of the log, as letters on their way do: in a small forum counted whenever somebody
    /// asks, in a large one as it was counted last, and anew every half minute.
    pub(super) async fn find_moving<F, Work>(
        &self,
        reading: &Reading,
        key: K,
        count: F,
    ) -> Result<Option<Arc<V>>, Refusal>
    where
        F: FnOnce(Site) -> Work + Send + 'static,
        Work: Future<Output = Result<V, Refusal>> + Send + 'static,
    {
        let (people, _) = reading.store().find_revisions().await?;
        if people <= AT_ONCE {
            return Ok(Some(Arc::new(Box::pin(count(reading.0.clone())).await?)));
        }
        let now = reading.0.now();
        let mut slots = self.0.lock().await;
        let slot = open_slot(&mut slots, key, MOVING_AT_MOST);
        let value = slot.counted.as_ref().map(|counted| counted.value.clone());
        if let Some(turn) = slot.begin_anew(now) {
            let (slots, site) = (self.0.clone(), reading.0.clone());
            run_beside(move || keep_beside(slots, turn, key, (0, now), count(site)));
        }
        Ok(value)
    }
}

impl<V> Slot<V> {
    /// The turn to count it anew beside, if it is old and nobody does.
    fn begin_anew(&self, now: DateTime<Utc>) -> Option<Taken> {
        let is_old = self.counted.as_ref().is_none_or(|counted| counted.at + ANEW_EVERY <= now);
        if is_old { self.turn.take() } else { None }
    }
}

/// The slot of `key`; what was counted before goes if there is no room for it beside.
fn open_slot<K: Hash + Eq, V>(slots: &mut HashMap<K, Slot<V>>, key: K, at_most: usize) -> &mut Slot<V> {
    if slots.len() >= at_most && !slots.contains_key(&key) {
        slots.retain(|_, slot| slot.turn.is_taken());
    }
    slots.entry(key).or_insert_with(|| Slot { counted: None, turn: Turn::default() })
}

/// Does what takes seconds on a thread of its own. It computes for long between two awaits: on the threads that answer
/// requests it would hold up every page, and two of them would stop a machine of two cores.
pub(super) fn run_beside<Work: Future<Output = ()>>(work: impl FnOnce() -> Work + Send + 'static) {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(work()));
}

async fn keep_beside<K: Hash + Eq, V>(
    slots: Arc<Mutex<HashMap<K, Slot<V>>>>,
    _turn: Taken,
    key: K,
    (change, at): (i64, DateTime<Utc>),
    work: impl Future<Output = Result<V, Refusal>>,
) {
    let counted = work.await;
    let mut slots = slots.lock().await;
    let Some(slot) = slots.get_mut(&key) else { return };
    // What failed is in the log by now, and tried again when somebody asks.
    if let Ok(value) = counted {
        slot.counted = Some(Counted { change, at, value: Arc::new(value) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_may_be_but_what_is_being_counted() {
        let mut slots: HashMap<usize, Slot<()>> = HashMap::new();
        let turn = open_slot(&mut slots, 0, 3).turn.take();
        for key in 1..3 {
            open_slot(&mut slots, key, 3);
        }
        open_slot(&mut slots, 2, 3);
        assert_eq!(slots.len(), 3, "what is there needs no room");
        open_slot(&mut slots, 3, 3);
        let mut kept: Vec<usize> = slots.into_keys().collect();
        kept.sort_unstable();
        assert_eq!(kept, [0, 3]);
        drop(turn);
    }

    async fn break_off() -> Result<(), Refusal> {
        panic!("it breaks off")
    }

    #[tokio::test]
    async fn what_broke_off_may_be_counted_anew() {
        let slots: Arc<Mutex<HashMap<usize, Slot<()>>>> = Arc::default();
        let now = DateTime::UNIX_EPOCH;
        let begin = async || open_slot(&mut *slots.lock().await, 0, KEPT_AT_MOST).begin_anew(now);
        let turn = begin().await.expect("nobody counts it");
        assert!(begin().await.is_none(), "one at a time");
        let broken = tokio::spawn(keep_beside(slots.clone(), turn, 0, (0, now), break_off()));
        assert!(broken.await.is_err_and(|error| error.is_panic()));
        assert!(begin().await.is_some());
    }
}
