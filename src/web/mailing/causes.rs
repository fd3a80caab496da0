//! Why a mailing passes people over: as addresses name it, and as pages say it.

use crate::pipeline::Without;
use crate::web::words::Words;

/// The causes as addresses name them.
pub(super) const CAUSES: [&str; 6] =
    ["nothing", "pausing", "on_its_way", "suspended", "unsubscribed", "unconfirmed"];

/// Which of [`CAUSES`].
pub(super) fn place_of(without: Without) -> usize {
    match without {
        Without::Nothing => 0,
        Without::Pausing(_) => 1,
        Without::OnItsWay => 2,
        Without::Suspended => 3,
        Without::Unsubscribed => 4,
        Without::Unconfirmed => 5,
    }
}

/// What the causes are called.
pub(super) fn labels(words: &Words) -> [&String; 6] {
    let words = &words.mailing.without;
    [
        &words.nothing,
        &words.pausing,
        &words.on_its_way,
        &words.suspended,
        &words.unsubscribed,
        &words.unconfirmed,
    ]
}
