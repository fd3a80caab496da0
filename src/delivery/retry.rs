//! When a deferred letter is tried again: a pure function.

use chrono::TimeDelta;

/// Minutes after the first, second, ... attempt; every later one waits as long as the last.
const MINUTES: [i64; 6] = [1, 5, 15, 60, 120, 240];

/// The share by which a delay may be shorter or longer.
const SPREAD: f64 = 0.2;

/// How long to wait after the `attempts`-th attempt was deferred: 1, 5, 15 minutes, 1, 2, 4 hours,
/// then every 4 hours, +-20 %. `jitter` lies in [-1, 1]; what lies outside counts as the nearer end.
pub fn delay_after(attempts: i64, jitter: f64) -> TimeDelta {
    let step = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX).min(MINUTES.len() - 1);
    let seconds = MINUTES[step] as f64 * 60.0 * (1.0 + SPREAD * jitter.clamp(-1.0, 1.0));
    TimeDelta::seconds(seconds.round() as i64)
}

/// A number in [-1, 1] for one attempt of one letter, spread by `seed`, which the composition root
/// draws: letters deferred together do not come back together.
pub fn jitter_of(seed: u64, letter: i64, attempts: i64) -> f64 {
    // SplitMix64's finaliser (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    let mut z =
        seed ^ (letter as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (attempts as u64).rotate_left(32);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_grow_to_four_hours_and_stay_there() {
        let minutes: Vec<i64> = (1..=9).map(|n| delay_after(n, 0.0).num_minutes()).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 120, 240, 240, 240, 240]);
    }

    #[test]
    fn jitter_moves_a_delay_by_a_fifth_at_most() {
        assert_eq!(delay_after(1, -1.0), TimeDelta::seconds(48));
        assert_eq!(delay_after(1, 7.0), TimeDelta::seconds(72));
        assert_eq!(delay_after(i64::MAX, 1.0), TimeDelta::seconds(4 * 3600 * 6 / 5));
    }

    #[test]
    fn the_jitter_of_many_letters_fills_its_range_evenly() {
        let mut tenths = [0usize; 20];
        for letter in 0..20_000 {
            let jitter = jitter_of(7, letter, 1);
            assert!((-1.0..=1.0).contains(&jitter));
            tenths[(((jitter + 1.0) * 10.0) as usize).min(19)] += 1;
        }
        assert!(tenths.iter().all(|&n| (850..1150).contains(&n)), "{tenths:?}");
    }
}
