//! "Your next letter would hold these": what the plan would compose, in the words of the page.

use serde::Serialize;

use super::owner::Owner;
use crate::forum::Recipient;
use crate::pipeline::{Coming, ComingItem, ComingLetter};
use crate::web::reasons::tell_person;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::words::{PrefsPreview, Words, counted, fill};

/// An item as the preview names it.
#[derive(Serialize)]
struct Line {
    kind: String,
    title: String,
    /// The title's language, where it is not the page's.
    lang: Option<&'static str>,
    why: String,
}

/// The coming letter.
#[derive(Serialize)]
pub(super) struct Preview {
    /// When, or why there is none.
    day: String,
    /// What it rests on: what is saved, or what the form says.
    basis: String,
    lines: Vec<Line>,
    /// "2 saker til kommer i brevet etter.", and how many may close before; empty if none do.
    more: String,
    /// In one line, for the bar that stays in sight.
    pub(super) short: String,
}

/// The coming letter of `shown`: as saved, or as the form says.
pub(super) async fn show_coming(
    reading: &Reading,
    owner: &Owner,
    shown: &Recipient,
) -> Result<Preview, Refusal> {
    let coming = reading.coming(&owner.library, shown).await?;
    let words = owner.words(reading);
    let own = &words.prefs.preview;
    let basis = if *shown == owner.recipient { &own.basis_saved } else { &own.basis_tried };
    let empty = |day: &str| Preview {
        day: day.to_owned(),
        basis: String::new(),
        lines: Vec::new(),
        more: String::new(),
        short: day.to_owned(),
    };
    let letter = match coming {
        Coming::Letter(letter) => letter,
        Coming::NotSettled => return Ok(empty(&own.not_settled)),
        Coming::OnItsWay => return Ok(empty(&own.on_its_way)),
        Coming::NoLetters => return Ok(empty(&own.no_letters)),
    };
    let day = reading.0.pen(owner.forum(), owner.language()).weekday_and_day(letter.occurs_at);
    let count = count_items(words, letter.items.len());
    let lines = letter.items.iter().map(|coming| line_of(owner, words, coming)).collect();
    Ok(Preview {
        short: fill(&own.short, &[("day", &day), ("count", &count)]),
        basis: if letter.items.is_empty() { own.nothing.clone() } else { basis.clone() },
        more: tell_more(own, &letter),
        day: crate::letter::capitalised(&day),
        lines,
    })
}

/// How many items over the cap come in the letter after, and how many may be closed by then.
fn tell_more(words: &PrefsPreview, letter: &ComingLetter) -> String {
    let told = [
        (letter.carried_over - letter.closing, &words.more_one, &words.more_other),
        (letter.closing, &words.closing_one, &words.closing_other),
    ];
    let told = told.into_iter().filter(|(count, ..)| *count > 0);
    told.map(|(count, one, other)| counted(one, other, count)).collect::<Vec<_>>().join(" ")
}

fn count_items(words: &Words, count: usize) -> String {
    match count {
        0 => words.prefs.preview.items_none.clone(),
        some => counted(&words.inbox.items_one, &words.inbox.items_other, some),
    }
}

fn line_of(owner: &Owner, words: &Words, coming: &ComingItem) -> Line {
    let item = &coming.item;
    if !owner.may_see(item) {
        let title = words.prefs.preview.restricted.clone();
        return Line { kind: words.kind_of(item.kind).to_owned(), title, lang: None, why: String::new() };
    }
    let (language, text) = item.text_for(owner.language());
    let why = coming.reasons.first().map_or_else(String::new, |reason| {
        tell_person(words, owner.forum(), owner.language(), owner.discreet, reason)
    });
    Line {
        kind: words.kind_of(item.kind).to_owned(),
        title: text.title.clone(),
        lang: (language != owner.language()).then(|| language.tag()),
        why,
    }
}
