//! The transpose of a square of bits.

/// Turns 64 rows of 64 bits: afterwards bit `c` of word `r` is what bit `r` of word `c` was.
///
/// Swaps ever smaller off-diagonal blocks (Eklundh, "A fast computer method for matrix
/// transposing", 1972): 6 rounds of 32 swaps.
pub(super) fn transpose(square: &mut [u64; 64]) {
    swap_blocks::<32>(square, 0x0000_0000_ffff_ffff);
    swap_blocks::<16>(square, 0x0000_ffff_0000_ffff);
    swap_blocks::<8>(square, 0x00ff_00ff_00ff_00ff);
    swap_blocks::<4>(square, 0x0f0f_0f0f_0f0f_0f0f);
    swap_blocks::<2>(square, 0x3333_3333_3333_3333);
    swap_blocks::<1>(square, 0x5555_5555_5555_5555);
}

/// `low` has the lower `SIZE` bits of each 2 × `SIZE` set.
#[inline(always)]
fn swap_blocks<const SIZE: usize>(square: &mut [u64; 64], low: u64) {
    for pair in square.chunks_exact_mut(2 * SIZE) {
        let (upper, lower) = pair.split_at_mut(SIZE);
        for (a, b) in upper.iter_mut().zip(lower) {
            let differ = ((*a >> SIZE) ^ *b) & low;
            *b ^= differ;
            *a ^= differ << SIZE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_become_columns(rows in prop::array::uniform32(any::<[u64; 2]>())) {
            let before: [u64; 64] = std::array::from_fn(|i| rows[i / 2][i % 2]);
            let mut after = before;
            transpose(&mut after);
            for (r, row) in after.iter().enumerate() {
                for (c, column) in before.iter().enumerate() {
                    prop_assert_eq!(row >> c & 1, column >> r & 1);
                }
            }
        }
    }
}
