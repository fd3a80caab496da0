//! Letters that a page shows in a frame and that stand nowhere else: kept for a while for whoever looked, under a name that
//! only their page says. So no address stands in the frame's own.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::mailing::VIEW_LASTS;
use super::{Reading, Writing};
use crate::clock::random_hex;
use crate::ids::AccountId;
use crate::web::staff::Staff;

/// So many are kept.
const KEPT_AT_MOST: usize = 50;

/// The latest ones.
#[derive(Default)]
pub(super) struct ShownLetters(Mutex<VecDeque<Shown>>);

struct Shown {
    name: String,
    account: AccountId,
    at: DateTime<Utc>,
    bytes: Vec<u8>,
}

impl Writing {
    /// Keeps a letter for the frame of a page of theirs, and drops what is too old to be found; the name that finds it.
    pub(in crate::web) async fn keep_shown(&self, staff: &Staff, bytes: Vec<u8>) -> String {
        let name = random_hex::<16>();
        let at = self.0.now();
        let shown = Shown { name: name.clone(), account: staff.account, at, bytes };
        let mut kept = self.0.0.desk.shown.0.lock().await;
        kept.retain(|shown| shown.at >= at - VIEW_LASTS);
        kept.push_back(shown);
        while kept.len() > KEPT_AT_MOST {
            kept.pop_front();
        }
        name
    }
}

impl Reading {
    /// The letter of that name, if it was shown to them just now.
    pub(in crate::web) async fn find_shown(&self, staff: &Staff, name: &str) -> Option<Vec<u8>> {
        let since = self.0.now() - VIEW_LASTS;
        let kept = self.0.0.desk.shown.0.lock().await;
        let is_theirs =
            |shown: &&Shown| shown.name == name && shown.account == staff.account && shown.at >= since;
        kept.iter().find(is_theirs).map(|shown| shown.bytes.clone())
    }
}
