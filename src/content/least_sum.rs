//! How small a sum may be told.

/// The smallest sum of people, and of what single people did, that is told at all. Whoever knows a group knows who four of
/// its people are; of fewer than these a sum could tell of one person, which nobody agreed to.
pub const LEAST_SUM: i64 = 5;
