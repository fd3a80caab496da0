//! When, and what to whom: schedule, opening and recovery, composing digests (rank, cap, carry over).

pub mod rank;
