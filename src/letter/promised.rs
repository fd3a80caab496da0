//! Promises in letters: to their owner what they have promised, and in the card of minutes what the group promises. Whose a
//! promise is, only its owner's letter tells.

use super::card::CardMaker;
use super::locale::fill;
use super::view::OwnPromise;
use super::why::name_in_sentence;
use crate::content::{Item, Promised};
use crate::forum::plain_line;

/// How much of a card the promises of minutes take, in characters.
const PROMISES_MAX: usize = 240;

impl CardMaker<'_> {
    /// What the reader has promised: by when, in which group, and whether it came with the place.
    pub(super) fn promise_line(&self, promise: &OwnPromise<'_>, discreet: bool) -> String {
        let words = &self.locale.promised;
        let what = plain_line(promise.what);
        let what = what.trim_end_matches('.');
        let told = match promise.by {
            None => format!("{what}."),
            Some(day) => {
                let pattern = if day < self.today.day { &words.late } else { &words.by };
                let day = self.locale.weekday_and_day(day, self.today.day);
                fill(pattern, &[("what", what), ("day", &day)])
            }
        };
        let of_group = match discreet {
            true => told,
            false => {
                let group = name_in_sentence(self.forum, promise.group, self.language);
                fill(&words.of, &[("promise", &told), ("group", &group)])
            }
        };
        if promise.inherited { fill(&words.inherited, &[("promise", &of_group)]) } else { of_group }
    }

    /// What minutes promise, as far as there is room; at least one.
    pub(super) fn promises(&self, item: &Item) -> Option<String> {
        let words = &self.locale.promised;
        let told: Vec<String> = item.promises().iter().map(|promise| self.told_promise(promise)).collect();
        let (mut room, mut shown) = (PROMISES_MAX, 0);
        for text in &told {
            let length = text.chars().count();
            if shown > 0 && length > room {
                break;
            }
            room = room.saturating_sub(length);
            shown += 1;
        }
        let left = told.len() - shown;
        let promises = told[..shown].join("; ");
        let promises = match left {
            0 => promises,
            _ => fill(
                words.more.for_count(left),
                &[("promises", promises.as_str()), ("count", &left.to_string())],
            ),
        };
        (shown > 0).then(|| fill(&words.minutes, &[("promises", &promises)]))
    }

    fn told_promise(&self, promise: &Promised) -> String {
        let what = plain_line(&promise.what);
        let what = what.trim_end_matches('.').to_owned();
        match promise.by {
            None => what,
            Some(day) => {
                let day = self.locale.day(day, self.today.day);
                fill(&self.locale.promised.in_minutes, &[("what", &what), ("day", &day)])
            }
        }
    }
}
