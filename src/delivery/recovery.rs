//! What becomes of letters whose sender died: the pure part.
//!
//! On the same boot the journal is whole, because plain appends outlive the process: no `dot` means
//! that nothing went; a reply is a reply; a `dot` alone means that nobody knows. After another boot, or
//! without the journal, only a reply that reached the disk is proof.

use super::journal::{Past, Seen};
use crate::ids::DeliveryId;

/// What a letter's last attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It surely did not go: queued again, not counted.
    NotSent,
    /// The relay replied.
    Replied {
        /// The three digits.
        code: u16,
        /// The rest.
        text: String,
    },
    /// Nobody knows.
    Unknown,
}

/// The fate of a letter that was armed on `armed_on`, as the journal of its sender tells it.
pub fn fate_of(letter: DeliveryId, armed_on: &str, past: &Past, this_boot: &str) -> Fate {
    let journal_is_whole = past.boot.as_deref() == Some(this_boot) && armed_on == this_boot;
    match past.seen.get(&letter) {
        Some(Seen::Reply { code, text }) => Fate::Replied { code: *code, text: text.clone() },
        None if journal_is_whole => Fate::NotSent,
        Some(Seen::Dot) | None => Fate::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// One step of a model sender with one letter at a time on its only connection.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// The relay takes the letter; the sender reads the reply.
        Taken,
        /// The relay refuses it for now, before its dot.
        Deferred,
        /// The connection breaks before the dot was out.
        BrokenBefore,
        /// The relay takes it, but the reply never arrives.
        BrokenBehind,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop::sample::select(vec![Step::Taken, Step::Deferred, Step::BrokenBefore, Step::BrokenBehind])
    }

    /// The journal's bytes and, after each, what the relay has of letter 1..: the truth.
    #[derive(Default)]
    struct Model {
        text: String,
        /// (length of the journal when it happened, letter)
        taken: Vec<(usize, i64)>,
        /// (length when it was armed, letter); the sync stands at that length.
        armed: Vec<(usize, i64)>,
    }

    fn play(steps: &[Step]) -> Model {
        let mut m = Model { text: "treff b 2\n".into(), ..Model::default() };
        for (letter, step) in (1..).zip(steps) {
            m.armed.push((m.text.len(), letter));
            match step {
                Step::Taken => {
                    m.text.push_str(&format!("dot {letter}\n"));
                    m.taken.push((m.text.len(), letter));
                    m.text.push_str(&format!("reply {letter} 250 ok\n"));
                }
                Step::Deferred => m.text.push_str(&format!("reply {letter} 450 later\n")),
                Step::BrokenBefore => m.text.push_str(&format!("dot {letter}\nback {letter}\n")),
                Step::BrokenBehind => {
                    m.text.push_str(&format!("dot {letter}\n"));
                    m.taken.push((m.text.len(), letter));
                }
            }
        }
        m
    }

    fn past(text: &str) -> Past {
        Past::parse(&["treff b 1\n".to_owned(), text.to_owned()])
    }

    proptest! {
        /// `kill -9` after any byte of the journal: a letter that the relay may have is never called
        /// unsent, one that it cannot have is never called accepted, and only what stood behind a dot is unknown.
        #[test]
        fn a_killed_sender_loses_nothing_and_repeats_nothing(
            steps in prop::collection::vec(step(), 1..20), cut in 0.0..1.0f64
        ) {
            let m = play(&steps);
            let head = "treff b 2\n".len();
            let cut = head + ((m.text.len() - head) as f64 * cut) as usize;
            let past = past(&m.text[..cut]);
            let mut unknown = HashMap::new();
            for (at, letter) in &m.armed {
                if *at > cut { continue; }
                let fate = fate_of(DeliveryId(*letter), "b", &past, "b");
                // The relay can have it only if its dot line was finished before the kill.
                let relay_may_have_it = m.taken.iter().any(|(t, l)| l == letter && *t <= cut);
                match fate {
                    Fate::NotSent => prop_assert!(!relay_may_have_it, "letter {} would be repeated", letter),
                    Fate::Replied { code: 250, .. } => prop_assert!(relay_may_have_it, "letter {} would be lost", letter),
                    Fate::Replied { .. } => prop_assert!(!relay_may_have_it),
                    Fate::Unknown => drop(unknown.insert(*letter, relay_may_have_it)),
                }
            }
            let broken = steps.iter().filter(|s| matches!(s, Step::BrokenBehind)).count();
            prop_assert!(unknown.len() <= broken + 1, "one connection leaves one unknown at the kill");
        }

        /// A power cut at any byte: the journal keeps at least what was synced before the last arming;
        /// nothing that the relay has is ever queued again, nothing that it lacks is called accepted.
        #[test]
        fn a_power_cut_calls_nothing_unsent(steps in prop::collection::vec(step(), 1..20), kept in 0.0..1.0f64) {
            let m = play(&steps);
            let synced = m.armed.last().map_or(0, |(at, _)| *at);
            let cut = synced + ((m.text.len() - synced) as f64 * kept) as usize;
            let past = past(&m.text[..cut]);
            for (_, letter) in &m.armed {
                match fate_of(DeliveryId(*letter), "b", &past, "later") {
                    Fate::NotSent => prop_assert!(false, "another boot never proves that nothing went"),
                    Fate::Replied { code: 250, .. } => prop_assert!(m.taken.iter().any(|(_, l)| l == letter)),
                    Fate::Replied { .. } | Fate::Unknown => {}
                }
            }
        }
    }

    #[test]
    fn without_its_journal_a_letter_s_fate_is_unknown() {
        assert_eq!(fate_of(DeliveryId(1), "b", &Past::default(), "b"), Fate::Unknown);
    }
}
