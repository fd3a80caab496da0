//! A successor's first digest begins with what the predecessor got through this seat.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::content::Item;
use crate::forum::{Forum, Seat, Standing, Status};
use crate::ids::{ItemId, SeatId};
use crate::matching::{Profile, Reason, gives_reason};

/// A seat that a recipient took over and was not yet welcomed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Handover {
    /// The seat.
    pub seat: SeatId,
    /// What a predecessor got through it; decided anew for the successor.
    pub items: HashSet<ItemId>,
}

/// Whether an item that a holder got with `reasons` came to them through `seat` rather than through their own choices
/// alone: what the seat holds and follows gives one of these reasons by itself. Where an audience joins the group with a
/// role, the group is such a reason. Whether the successor gets it is decided anew.
pub fn passes_through_seat(
    forum: &Forum,
    item: &Item,
    reasons: &[Reason],
    seat: &Seat,
    now: DateTime<Utc>,
) -> bool {
    let bare = Standing {
        status: Status::Active,
        roles: Vec::new(),
        workplace: Vec::new(),
        seats: vec![Seat { starts_at: None, ends_at: None, ..seat.clone() }],
        admitted: false,
        follows: Vec::new(),
        mutes: Vec::new(),
        muted_kinds: Default::default(),
    };
    let profile = Profile::new(forum, &bare, now);
    reasons.iter().any(|reason| gives_reason(&forum.terms, item, &profile, reason))
}
