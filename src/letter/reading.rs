//! How long a letter takes to read: what of each piece is read, and how many minutes that takes.

use super::context::{Card, CardContact, Carried, CarriedTitle, HandoverText, IntroductionText};

/// A piece of a letter with the texts in it that are read: not its links and buttons.
pub(super) trait Read {
    fn texts(&self) -> Vec<&str>;

    fn count_words(&self) -> usize {
        self.texts().into_iter().map(|text| text.split_whitespace().count()).sum()
    }
}

impl Read for Card<'_> {
    fn texts(&self) -> Vec<&str> {
        let one = [&self.date_and_when, &self.due].into_iter().flatten();
        let said = std::iter::once(&self.title).chain(&self.paragraphs).chain(one).chain(&self.from);
        let contact = self.contact.iter().flat_map(CardContact::texts);
        self.heading.into_iter().chain(said.map(String::as_str)).chain(contact).chain([&*self.why]).collect()
    }
}

impl Read for CardContact {
    fn texts(&self) -> Vec<&str> {
        [&*self.before, &*self.name].into_iter().chain(self.phone.as_deref()).collect()
    }
}

impl Read for Carried<'_> {
    fn texts(&self) -> Vec<&str> {
        vec![&self.words.carried, self.read_now]
    }
}

impl Read for CarriedTitle {
    fn texts(&self) -> Vec<&str> {
        std::iter::once(&*self.title).chain(self.when.as_deref()).collect()
    }
}

impl Read for IntroductionText<'_> {
    fn texts(&self) -> Vec<&str> {
        std::iter::once(self.heading).chain(self.sentences.iter().map(String::as_str)).collect()
    }
}

impl Read for HandoverText<'_> {
    fn texts(&self) -> Vec<&str> {
        let said = self.sentences.iter().map(String::as_str);
        std::iter::once(self.heading).chain(said).chain([self.older]).collect()
    }
}

/// How many minutes `words` words take to read: 230 a minute, to the nearest, at least one.
pub(super) fn minutes_to_read(words: usize) -> usize {
    ((words + 115) / 230).max(1)
}
