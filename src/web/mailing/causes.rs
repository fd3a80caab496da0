//! Why a mailing passes people over: as addresses name it, and as pages say it.

use crate::pipeline::Without;
use crate::web::words::Words;

/// The reason, whatever day it holds until; in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Passed {
    Nothing,
    Pausing,
    OnItsWay,
    Suspended,
    Unsubscribed,
    Unconfirmed,
}

impl Passed {
    const ALL: [Passed; 6] = [
        Passed::Nothing,
        Passed::Pausing,
        Passed::OnItsWay,
        Passed::Suspended,
        Passed::Unsubscribed,
        Passed::Unconfirmed,
    ];

    pub(super) fn of(without: Without) -> Passed {
        match without {
            Without::Nothing => Passed::Nothing,
            Without::Pausing(_) => Passed::Pausing,
            Without::OnItsWay => Passed::OnItsWay,
            Without::Suspended => Passed::Suspended,
            Without::Unsubscribed => Passed::Unsubscribed,
            Without::Unconfirmed => Passed::Unconfirmed,
        }
    }

    /// As addresses name it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Passed::Nothing => "nothing",
            Passed::Pausing => "pausing",
            Passed::OnItsWay => "on_its_way",
            Passed::Suspended => "suspended",
            Passed::Unsubscribed => "unsubscribed",
            Passed::Unconfirmed => "unconfirmed",
        }
    }

    /// The reverse.
    pub(super) fn from_word(word: &str) -> Option<Passed> {
        Passed::ALL.into_iter().find(|passed| passed.word() == word)
    }

    /// What it is called.
    pub(super) fn label(self, words: &Words) -> &String {
        let words = &words.mailing.without;
        match self {
            Passed::Nothing => &words.nothing,
            Passed::Pausing => &words.pausing,
            Passed::OnItsWay => &words.on_its_way,
            Passed::Suspended => &words.suspended,
            Passed::Unsubscribed => &words.unsubscribed,
            Passed::Unconfirmed => &words.unconfirmed,
        }
    }
}
