//! What the first press of a page's button answered, kept for a while: a second press of the same page, also one that comes
//! while the first is still at work, does nothing and is answered alike. For what begins something, is mailed, or is shown
//! this once, and leaves nothing in the rows by which the second press could tell; all else is judged by the rows
//! (docs/decisions, a page remembers its first press).

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, OnceCell};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::{Reading, Writing};
use crate::clock::Clock;
use crate::token::hash_of_secret;
use crate::web::refusal::Refusal;

/// So long a page is known to have been pressed.
pub(in crate::web) const PAGE_LASTS: TimeDelta = TimeDelta::minutes(10);

/// So long a mail that was asked for is not sent again to the same person, and what is shown once is shown again to who
/// pressed.
pub(in crate::web) const BRIEFLY: TimeDelta = TimeDelta::minutes(1);

/// So many are kept, and those that are still at work.
const KEPT_AT_MOST: usize = 500;

/// The latest ones.
#[derive(Default)]
pub(super) struct Presses(Arc<Mutex<VecDeque<Press>>>);

struct Press {
    /// The SHA-256 of its name: names may hold whom it is about.
    name: String,
    until: DateTime<Utc>,
    answer: Arc<OnceCell<String>>,
    /// Forgets it at `until`, though nothing is pressed any more; goes with it.
    _forgetting: AbortOnDropHandle<()>,
}

impl Press {
    /// Whether somebody still waits for its answer: forgotten, it would be done twice.
    fn is_at_work(&self) -> bool {
        self.answer.get().is_none() && Arc::strong_count(&self.answer) > 1
    }
}

fn prune(kept: &mut VecDeque<Press>, now: DateTime<Utc>) {
    kept.retain(|press| now < press.until || press.is_at_work());
}

impl Presses {
    /// Where the answer to that press lies or will lie.
    async fn find(&self, clock: &Clock, name: &str, lasts: TimeDelta) -> Arc<OnceCell<String>> {
        let (now, name) = (clock.now(), hash_of_secret(name));
        let mut kept = self.0.lock().await;
        prune(&mut kept, now);
        if let Some(press) = kept.iter().find(|press| press.name == name) {
            return press.answer.clone();
        }
        let (answer, until) = (Arc::new(OnceCell::new()), now + lasts);
        let forgetting = self.forget_at(clock, until);
        kept.push_back(Press { name, until, answer: answer.clone(), _forgetting: forgetting });
        while kept.len() > KEPT_AT_MOST {
            let Some(oldest) = kept.iter().position(|press| !press.is_at_work()) else { break };
            kept.remove(oldest);
        }
        answer
    }

    /// Forgets, at `until`, whatever lasts no longer.
    fn forget_at(&self, clock: &Clock, until: DateTime<Utc>) -> AbortOnDropHandle<()> {
        let (kept, clock) = (Arc::downgrade(&self.0), clock.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            clock.sleep_until(until).await;
            if let Some(kept) = kept.upgrade() {
                prune(&mut *kept.lock().await, until);
            }
        }))
    }

    /// Forgets one that came to nothing, unless another press of its name is at work.
    async fn forget_failed(&self, answer: &Arc<OnceCell<String>>) {
        let mut kept = self.0.lock().await;
        // Under the lock nobody joins: one count is the list's, one that of who asks.
        let is_over = answer.get().is_none() && Arc::strong_count(answer) <= 2;
        kept.retain(|press| !(is_over && Arc::ptr_eq(&press.answer, answer)));
    }

    /// The same as [`Presses::find`], if that page was pressed.
    async fn find_known(&self, name: &str, now: DateTime<Utc>) -> Option<Arc<OnceCell<String>>> {
        let name = hash_of_secret(name);
        let mut kept = self.0.lock().await;
        prune(&mut kept, now);
        kept.iter().find(|press| press.name == name).map(|press| press.answer.clone())
    }
}

/// The name of a press: what it does, who presses, and the page's token or whatever else tells that page from others.
pub(in crate::web) fn name_press(parts: &[&str]) -> String {
    format!("{parts:?}")
}

impl Writing {
    /// Does what a button does, once for all presses of that name, and answers each with what the first was answered. What
    /// fails is forgotten: the next press does it anew. It is done to its end though who pressed goes away: a browser whose
    /// button is pressed twice drops the first answer.
    pub(in crate::web) async fn press_once<E, Act, Done>(
        &self,
        (name, lasts): (String, TimeDelta),
        act: Act,
    ) -> Result<Result<String, E>, Refusal>
    where
        E: Send + 'static,
        Act: FnOnce(Writing) -> Done + Send + 'static,
        Done: Future<Output = Result<String, E>> + Send + 'static,
    {
        let site = self.0.clone();
        let answer = site.0.desk.presses.find(&site.0.clock, &name, lasts).await;
        let writing = Writing(site.clone());
        let done = async move {
            let done = answer.get_or_try_init(|| Box::pin(act(writing))).await.cloned();
            if done.is_err() {
                site.0.desk.presses.forget_failed(&answer).await;
            }
            done
        };
        let done = tokio::spawn(done.in_current_span());
        done.await.map_err(|error| Refusal::broken(&error))
    }
}

impl Reading {
    /// What the first press of that name was answered, if there was one: for who may not press any more, by what it did.
    pub(in crate::web) async fn find_answer(&self, name: &str) -> Option<String> {
        let answer = self.0.0.desk.presses.find_known(name, self.0.now()).await?;
        // One that is still at work is waited for.
        answer.get_or_try_init(|| async { Err(()) }).await.ok().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minute * 60, 0).unwrap()
    }

    #[tokio::test]
    async fn a_press_is_known_again_for_a_while_and_no_longer() {
        let (presses, clock) = (Presses::default(), Clock::simulated(at(0)));
        presses.find(&clock, "one", PAGE_LASTS).await.set("first".to_owned()).unwrap();
        clock.set(at(9));
        assert_eq!(presses.find(&clock, "one", PAGE_LASTS).await.get().map(String::as_str), Some("first"));
        assert_eq!(presses.find(&clock, "other", PAGE_LASTS).await.get(), None);
        clock.set(at(10));
        assert_eq!(
            presses.find(&clock, "one", PAGE_LASTS).await.get(),
            None,
            "after ten minutes it is another"
        );
    }

    #[tokio::test]
    async fn a_press_is_forgotten_in_time_though_nobody_presses_any_more() {
        let (presses, clock) = (Presses::default(), Clock::simulated(at(0)));
        presses
            .find(&clock, "codes of somebody@forum.example", BRIEFLY)
            .await
            .set("first".to_owned())
            .unwrap();
        assert!(!presses.0.lock().await[0].name.contains("somebody"), "nor is its name kept");
        let mut looks = 0;
        clock.set(at(1));
        while !presses.0.lock().await.is_empty() {
            looks += 1;
            assert!(looks < 1000, "it is still kept");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_oldest_of_too_many_is_forgotten_but_none_that_is_at_work() {
        let (presses, clock) = (Presses::default(), Clock::simulated(at(0)));
        let at_work = presses.find(&clock, "at work", PAGE_LASTS).await;
        for n in 0..KEPT_AT_MOST {
            presses.find(&clock, &n.to_string(), PAGE_LASTS).await.set(n.to_string()).unwrap();
        }
        clock.set(at(1));
        assert_eq!(presses.0.lock().await.len(), KEPT_AT_MOST);
        assert_eq!(presses.find_known("1", at(1)).await.unwrap().get().map(String::as_str), Some("1"));
        assert!(presses.find_known("0", at(1)).await.is_none());
        let again = presses.find(&clock, "at work", PAGE_LASTS).await;
        assert!(Arc::ptr_eq(&at_work, &again), "who presses again waits for the first");
    }

    #[tokio::test]
    async fn what_failed_takes_nobody_s_place() {
        let (presses, clock) = (Presses::default(), Clock::simulated(at(0)));
        let (one, two) =
            (presses.find(&clock, "one", PAGE_LASTS).await, presses.find(&clock, "one", PAGE_LASTS).await);
        presses.forget_failed(&one).await;
        assert!(presses.find_known("one", at(0)).await.is_some(), "another press of it is at work");
        drop(one);
        presses.forget_failed(&two).await;
        assert!(presses.find_known("one", at(0)).await.is_none());
    }

    #[test]
    fn the_parts_of_a_name_do_not_run_together() {
        assert_ne!(name_press(&["a", "b c"]), name_press(&["a b", "c"]));
        assert_ne!(name_press(&["a\", \"b"]), name_press(&["a", "b"]));
    }
}
