//! When, and what to whom: schedule, opening, composing digests (rank, cap, carry over).
//!
//! Everything here is pure: the planning of an edition, its preview and its recovery call the same
//! [`compose()`] with the same inputs, which were fixed when the edition was opened. Nothing here
//! writes; `pipeline` does, through `store`.

mod cancellation;
mod compose;
mod handover;
mod late;
mod learned;
mod opening;
pub mod rank;
mod recheck;
mod reminders;
pub mod schedule;

pub use cancellation::{Telling, called_off_until, tell_called_off};
pub use compose::{CarryChange, Composed, Entry, Got, History, Marks, Passing, compose};
pub use handover::{Handover, passes_through_seat};
pub use late::{Hearing, Late, count_late, count_missed, may_close_before};
pub use learned::{HIT, Lesson, LessonOn, MISS, NOT_FOR_ME, Tap, learned_points, list_lessons};
pub use opening::{Edition, give_numbers, hears, is_planned_for};
pub use recheck::{Kept, Recheck, recheck};
pub use reminders::{
    Occasion, PROMISE_REMINDED_AT_MOST_DAYS_BEFORE, is_reminded, may_be_reminded_of, reminded_at,
    reminded_of_promise_at,
};
