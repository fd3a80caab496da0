//! What an item says, for who tells it elsewhere: in a list, a preview, a feed, a letter.

use super::item::{ItemText, Minutes};
use super::markdown::{in_sentences, lead};

impl Minutes {
    /// The four answers in the order of the form: what was achieved, how, what comes next, why.
    pub fn in_order(&self) -> [Option<&str>; 4] {
        [&self.achieved, &self.how, &self.next, &self.why].map(Option::as_deref)
    }
}

impl ItemText {
    /// What it says first, on one line of at most `max` characters: of minutes all that was achieved, of a text its first
    /// sentences, and of minutes that say neither the first of their other answers.
    pub fn gist(&self, max: usize) -> String {
        let [achieved, others @ ..] = self.minutes.in_order();
        let told = |answer: &str| in_sentences(answer, max);
        let first = achieved.map(told).into_iter().chain([lead(&self.body, max)]);
        let mut all = first.chain(others.into_iter().flatten().map(told));
        all.find(|gist| !gist.is_empty()).unwrap_or_default()
    }
}
