//! What someone may read: line 2 of the rule spelled out as a short list, so that a database can filter by it.
//!
//! Archive, item pages, search, feeds and attachments all ask a [`Sight`]; none of them knows visibilities by itself.

use chrono::{DateTime, Utc};

use super::profile::Profile;
use crate::content::{Item, Visibility};
use crate::forum::{Facet, Forum, TermIx, Terms};

/// The visibilities that include a reader, at the instant for which it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    visibilities: Vec<Visibility>,
    now: DateTime<Utc>,
}

impl Sight {
    /// Of whoever comes by: `public` alone.
    pub fn of_everyone(now: DateTime<Utc>) -> Sight {
        Sight { visibilities: vec![Visibility::Public], now }
    }

    /// Of a recipient. Whether letters go to them does not count: unsubscribing and bounces end sending, not reading.
    pub fn of(forum: &Forum, profile: &Profile) -> Sight {
        let mut visibilities = vec![Visibility::Public];
        if profile.is_insider() {
            visibilities.push(Visibility::Forum);
        }
        let is_group = |ix: &TermIx| forum.terms.term(*ix).facet == Facet::Group;
        for held in profile.held.iter().copied().filter(is_group) {
            for group in forum.terms.at_and_above(held) {
                if !visibilities.contains(&Visibility::Group(group)) {
                    visibilities.push(Visibility::Group(group));
                }
            }
        }
        visibilities.extend(profile.own_groups().iter().map(|group| Visibility::Only(*group)));
        Sight { visibilities, now: profile.now() }
    }

    /// The same without what is for a group: feeds, and whatever else is read without signing in.
    #[must_use]
    pub fn without_groups(mut self) -> Sight {
        self.visibilities.retain(|v| matches!(v, Visibility::Public | Visibility::Forum));
        self
    }

    /// The instant for which it holds.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether `public` is all.
    pub fn is_of_everyone(&self) -> bool {
        self.visibilities == [Visibility::Public]
    }

    /// The visibilities as rows hold them.
    pub fn written(&self, terms: &Terms) -> Vec<String> {
        self.visibilities.iter().map(|visibility| visibility.written(terms)).collect()
    }

    /// Whether the item may be read: released, not withdrawn, visible. Expiry ends sending, not reading.
    pub fn includes(&self, item: &Item) -> bool {
        item.is_readable(self.now) && self.visibilities.contains(&item.visibility)
    }
}
