//! The rule for everybody at once: the same answers as [`evaluate`](super::evaluate), a bit per recipient.
//!
//! A [`Crowd`] keeps, for each thing that the rule asks of a recipient ("holds sector:health",
//! "follows something under it", "mutes minutes"), a column of bits, one per recipient. An item is
//! wired over those columns once; then words of 64 recipients run through the wiring together.
//! For the best few items of each recipient, every item gives a row of bits per number of points
//! that it can have, the rows are sorted by points, and squares of 64 rows by 64 recipients are
//! transposed, so that a recipient's first bits are the recipient's best items. Iterating compressed
//! bitmaps instead was 17 times slower in the prototype (DESIGN section 10).
//!
//! Invariant: a property test holds this equal to the evaluator, decision for decision.

mod column;
mod crowd;
mod inputs;
mod top;
mod transpose;
mod verdicts;
mod weigh;
mod wiring;

pub use crowd::Crowd;
pub use top::{Grade, Tops};
pub use verdicts::Verdicts;

/// How many words of 64 recipients run through the wiring together: rows of all items for one such
/// block stay in the second-level cache.
const BLOCK_WORDS: usize = 32;
/// Recipients in a block.
const BLOCK_BITS: usize = BLOCK_WORDS * 64;

/// One bit for each recipient of a block.
type Block = [u64; BLOCK_WORDS];

const NOBODY: Block = [0; BLOCK_WORDS];
const EVERYBODY: Block = [u64::MAX; BLOCK_WORDS];
