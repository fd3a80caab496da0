//! The rule: does this recipient get this item, and why?
//!
//! # The rule in plain words
//!
//! Two doors lead to a person. The project lead may have *chosen* them: the item has an audience,
//! such as "leaders of the health group, or decision-makers in municipalities", and they are in
//! it. Or they may have *asked*: they follow something that the item is about. One wall stands
//! around both doors: an item shown to a group alone never leaves that group.
//!
//! A person is what they are at home (their roles, their employer and its kind), and what they are in
//! the forum: the groups where they have a place today, the organisations that those places
//! represent, the sectors of those groups and places, and the sectors they follow. A place that has
//! ended, or has not begun, counts for nothing. Whatever is part of something bigger counts for the
//! bigger thing too: who sits in the night-shift project under the health group is in the health group.
//!
//! A person follows the topics that they ticked, their roles, their groups, and the sectors of
//! their groups and places. An item reaches a follower if it is about the very thing they follow,
//! about a part of it, or about something wider that contains it, in that order of strength.
//!
//! Then these lines are read from the top, and the first that applies decides:
//!
//! 0. The item is not out yet, is over, or was taken back: nobody gets it.
//! 1. The person does not receive letters (not confirmed, unsubscribed, suspended): not sent.
//! 2. The person may not see it: not sent.
//! 3. Neither door leads to the person: not sent.
//! 4. The lead marked it as required and the person is in the audience: sent, whatever they hide.
//! 5. The person hides this kind of item, or hides everything that it is about: not sent.
//! 6. Reasons that the person hides are struck out. If one is left, it is sent, and the reasons
//!    left are the ones that the letter names; if none is left, it is not sent.
//!
//! # In the code
//!
//! Invariant: everything here is a pure function of (item, recipient, now). The send, the preview,
//! the reach count and every "why" ask [`evaluate`]; the bulk form computes the same for all at once.
//! A [`Profile`] is what lines 1 to 6 read of a recipient at an instant.

pub mod bulk;
mod concern;
mod decision;
mod profile;
mod reasons;
mod rule;
mod selects;
mod sight;
mod written;

pub use concern::Concern;
pub use decision::{Because, Decision, Match, Reason, ReasonTerm};
pub use profile::Profile;
pub use reasons::gives_reason;
pub use rule::{Release, check_open_and_entitled, evaluate, is_entitled, is_muted_whole};
pub use selects::audience_selects;
pub use sight::Sight;
pub use written::WrittenReason;
