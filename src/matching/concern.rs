//! Which items concern an organisation: what the rule would give somebody there, whoever that is.

use chrono::DateTime;

use super::decision::ReasonTerm;
use super::profile::Profile;
use super::rule::{Release, evaluate};
use crate::content::Item;
use crate::forum::{Facet, Forum, KindSet, Represented, Seat, Standing, Status, TermIx};

/// What an organisation stands for, ready to be asked about one item after the other.
///
/// Somebody is who works there, or has one of its places, or all of them; with every role or with none; who follows and hides
/// nothing. A role alone is no reason: it is a person's.
pub struct Concern<'f> {
    forum: &'f Forum,
    org: TermIx,
    somebody: Vec<Profile>,
}

impl<'f> Concern<'f> {
    /// That of an organisation with its running places.
    pub fn of(forum: &'f Forum, of: &Represented) -> Concern<'f> {
        let mut somebody: Vec<Profile> = Vec::new();
        for standing in list_standings(forum, of) {
            // Its places have no beginning and no end: any instant will do.
            let profile = Profile::new(forum, &standing, DateTime::UNIX_EPOCH);
            if !somebody.contains(&profile) {
                somebody.push(profile);
            }
        }
        Concern { forum, org: of.organisation.org, somebody }
    }

    /// Whether the item concerns the organisation: it contributed it, or the rule gives it to somebody there by something that
    /// is the organisation's own, not a person's. The instant is that of the release, for being over ends sending, not
    /// reading. Who may read the item is not asked here.
    pub fn includes(&mut self, item: &Item) -> bool {
        let reached = |profile: &mut Profile| {
            profile.now = item.release_at;
            reaches(self.forum, item, profile)
        };
        item.source == Some(self.org) || self.somebody.iter_mut().any(reached)
    }
}

fn reaches(forum: &Forum, item: &Item, profile: &Profile) -> bool {
    let decision = evaluate(forum, item, profile, Release::ByTime);
    decision.reasons.iter().any(|reason| match reason.term {
        ReasonTerm::All | ReasonTerm::Seat(..) => true,
        ReasonTerm::Term(ix) => !is_role(forum, ix),
    })
}

fn list_standings(forum: &Forum, of: &Represented) -> Vec<Standing> {
    let roles: Vec<TermIx> = forum.terms.iter().map(|(ix, _)| ix).filter(|ix| is_role(forum, *ix)).collect();
    let each = of.seats.iter().map(std::slice::from_ref);
    let places: Vec<&[Seat]> = std::iter::once(&[][..]).chain(each).chain([of.seats.as_slice()]).collect();
    let with = |roles: &[TermIx]| -> Vec<Standing> {
        places.iter().map(|seats| standing_of(of, seats, roles)).collect()
    };
    [with(&[]), with(&roles)].concat()
}

fn standing_of(of: &Represented, seats: &[Seat], roles: &[TermIx]) -> Standing {
    Standing {
        status: Status::Active,
        roles: roles.to_vec(),
        workplace: of.organisation.workplace(),
        seats: seats.to_vec(),
        admitted: false,
        follows: Vec::new(),
        mutes: Vec::new(),
        muted_kinds: KindSet::default(),
    }
}

fn is_role(forum: &Forum, ix: TermIx) -> bool {
    forum.terms.term(ix).facet == Facet::Role
}
