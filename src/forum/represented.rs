//! An organisation as the make-up of the forum shows it: what it is, and where it is represented. No person stands here.

use super::organisation::Organisation;
use super::seat::Seat;
use super::settings::Forum;
use super::term::{OrganisationKind, TermIx};

/// An organisation with the places that represent it and run now, whoever has them, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Represented {
    /// The organisation.
    pub organisation: Organisation,
    /// Its places, without their spans: they run.
    pub seats: Vec<Seat>,
}

impl Represented {
    /// Whether it is a union: who has to do with one is told to nobody.
    pub fn is_union(&self) -> bool {
        self.organisation.kind == OrganisationKind::Union
    }

    /// The sectors of the groups where it is represented, and those of its places, each once.
    pub fn topics(&self, forum: &Forum) -> Vec<TermIx> {
        let mut topics = Vec::new();
        for seat in &self.seats {
            for topic in forum.sectors_of(seat.group).iter().chain(&seat.topics) {
                if !topics.contains(topic) {
                    topics.push(*topic);
                }
            }
        }
        topics
    }
}
