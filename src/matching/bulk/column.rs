//! One bit per recipient, kept small where few are set.

use super::{BLOCK_BITS, BLOCK_WORDS, Block};

/// Recipients in a chunk; a place within it fits 16 bits.
const CHUNK_BITS: usize = 1 << 16;
/// From so many on, plain words take less room than places of 16 bits.
const DENSE_FROM: usize = CHUNK_BITS / 16;

/// A growing column of bits, set in ascending order.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    /// By chunk number, ascending; chunks without a bit are left out.
    chunks: Vec<(usize, Chunk)>,
    last: Option<usize>,
}

#[derive(Debug, Clone)]
enum Chunk {
    Sparse(Vec<u16>),
    Dense(Box<[u64]>),
}

impl Column {
    /// Sets the bit of `recipient`, which is not below any set before. Setting the last again does nothing.
    pub(super) fn set(&mut self, recipient: usize) {
        if self.last == Some(recipient) {
            return;
        }
        debug_assert!(self.last < Some(recipient), "columns grow upwards");
        self.last = Some(recipient);
        let number = recipient / CHUNK_BITS;
        if self.chunks.last().is_none_or(|(last, _)| *last != number) {
            self.chunks.push((number, Chunk::Sparse(Vec::new())));
        }
        if let Some((_, chunk)) = self.chunks.last_mut() {
            chunk.set(recipient % CHUNK_BITS);
        }
    }

    /// Whether no bit is set.
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Adds the bits of block number `block` to `into`.
    pub(super) fn add_block(&self, block: usize, into: &mut Block) {
        let start = block * BLOCK_BITS;
        let Ok(at) = self.chunks.binary_search_by_key(&(start / CHUNK_BITS), |(number, _)| *number) else {
            return;
        };
        self.chunks[at].1.add_block(start % CHUNK_BITS, into);
    }
}

impl Chunk {
    fn set(&mut self, place: usize) {
        match self {
            Chunk::Dense(words) => words[place / 64] |= 1 << (place % 64),
            Chunk::Sparse(places) if places.len() < DENSE_FROM => places.push(place as u16),
            Chunk::Sparse(places) => {
                let mut words = vec![0u64; CHUNK_BITS / 64].into_boxed_slice();
                for set in places.iter().map(|p| usize::from(*p)).chain([place]) {
                    words[set / 64] |= 1 << (set % 64);
                }
                *self = Chunk::Dense(words);
            }
        }
    }

    fn add_block(&self, start: usize, into: &mut Block) {
        match self {
            Chunk::Dense(words) => {
                let words = &words[start / 64..start / 64 + BLOCK_WORDS];
                into.iter_mut().zip(words).for_each(|(to, from)| *to |= from);
            }
            Chunk::Sparse(places) => {
                let from = places.partition_point(|place| usize::from(*place) < start);
                for place in &places[from..] {
                    let bit = usize::from(*place) - start;
                    if bit >= BLOCK_BITS {
                        break;
                    }
                    into[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_comes_back_from_sparse_and_dense_chunks() {
        let everyone = 3 * CHUNK_BITS;
        for step in [1, 3, 63, 64, 1000, CHUNK_BITS + 1] {
            let mut column = Column::default();
            (0..everyone).step_by(step).for_each(|recipient| column.set(recipient));
            for block in 0..everyone / BLOCK_BITS {
                let mut got = [0; BLOCK_WORDS];
                column.add_block(block, &mut got);
                for bit in 0..BLOCK_BITS {
                    let expected = (block * BLOCK_BITS + bit).is_multiple_of(step);
                    assert_eq!(got[bit / 64] >> (bit % 64) & 1 == 1, expected, "step {step}");
                }
            }
        }
    }
}
