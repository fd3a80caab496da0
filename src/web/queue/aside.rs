//! Beside the form: who gets it as it stands, whom it misses, and what it does to the next letters.

use std::sync::Arc;

use serde::Serialize;

use super::late::{TooLate, tell_too_late};
use super::over::{Over, tell_over};
use super::told::Teller;
use crate::content::{Audience, Item};
use crate::forum::{Facet, TermIx};
use crate::insight::letters::tell_effect;
use crate::insight::reach::{Reached, Share};
use crate::letter::name_in_sentence;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::unions::{Discretion, Folded};
use crate::web::words::{Words, counted, fill};

/// Rows that stand without opening anything.
const SHOWN: usize = 6;
/// Rows of a list that can be opened.
const LISTED: usize = 200;
/// Names in a sentence.
const NAMED: usize = 4;

/// A label and how many of how many.
#[derive(Debug, Serialize)]
struct Row {
    label: String,
    told: String,
}

/// What stands beside the form.
#[derive(Debug, Default, Serialize)]
pub(super) struct Aside {
    /// "43 får denne".
    title: String,
    chosen: usize,
    interested: usize,
    of: usize,
    bar: String,
    rows: Vec<Row>,
    all_rows: Vec<Row>,
    /// What opens them.
    all: String,
    /// That organisations stand nowhere here, and why; empty: they do.
    withheld: String,
    missed: Vec<String>,
    broad: Option<String>,
    letters: Vec<Row>,
    counting: bool,
    /// Why nobody gets it, if it is over by then.
    over: Option<Over>,
    /// That some do not get it, since it is over before their next letter.
    late: Option<TooLate>,
    /// Nothing is chosen yet.
    empty: bool,
    /// Why nothing more than the title stands there; empty: it does.
    union: String,
    /// Where the names behind the counts stand; empty: nowhere.
    who: String,
}

impl Aside {
    /// Of an item that nobody would get, since nothing is chosen.
    pub(super) fn empty() -> Aside {
        Aside { empty: true, ..Aside::default() }
    }

    /// The same for what is queued already: the next letters hold it.
    pub(super) fn without_letters(self) -> Aside {
        Aside { letters: Vec::new(), counting: false, ..self }
    }

    /// The same for what corrects an item that is out: whom that reaches too late is counted among those who have it.
    pub(super) fn without_late(self) -> Aside {
        Aside { late: None, ..self }
    }

    /// The same beside a form that asks whether the item goes although it is over: the question says what helps.
    pub(super) fn beside_a_question(self, words: &Words) -> Aside {
        Aside { over: self.over.map(|over| over.without_advice(words)), ..self }
    }

    /// Whether a letter of its own makes an item come in time that is over else.
    pub(super) fn advises_letter(&self) -> bool {
        self.over.as_ref().is_some_and(|over| over.letter_helps)
    }

    /// Whether whoever looks is told to ask the lead, who can send it in time.
    pub(super) fn asks_lead(&self) -> bool {
        let over_asks = self.over.as_ref().is_some_and(|over| over.asks_lead);
        over_asks || self.late.as_ref().is_some_and(|late| late.asks_lead)
    }

    /// Of `item` as it stands; its names lie below `base`, if they may be shown.
    pub(super) async fn of(
        reading: &Reading,
        teller: &Teller<'_>,
        people: &Arc<People>,
        item: &Item,
        base: Option<&str>,
    ) -> Result<Aside, Refusal> {
        let words = &teller.words.queue.aside;
        let reached = people.everyone.look(&people.forum, item);
        let known = Some((&**people, &reached));
        let over = tell_over(reading, teller.words, (item, teller.may_send), known).await?;
        let little = tell_little(teller, people, item);
        let whom = little.is_none().then_some(&reached);
        let late = tell_too_late(reading, teller.words, people, (item, teller.may_send), whom).await?;
        let late = late.filter(|_| over.is_none());
        if let Some((title, union)) = little {
            return Ok(Aside { title, union, over, late, ..Aside::default() });
        }
        let number = |n: usize| n.to_string();
        let letters = reading.next_letters(people).await?;
        let organisations = people.tell_shares(&reached.organisations, teller.discreet);
        Ok(Aside {
            title: tell_count(teller, &reached),
            chosen: reached.chosen.len(),
            interested: reached.interested.len(),
            of: reached.active,
            bar: fill(
                &words.bar,
                &[
                    ("chosen", &number(reached.chosen.len())),
                    ("interested", &number(reached.interested.len())),
                    ("of", &number(reached.active)),
                ],
            ),
            rows: list_rows(teller, item, (&reached.groups, &organisations)),
            all_rows: list_all(teller, &reached.groups, &organisations),
            all: if organisations.withheld { &words.all_groups } else { &words.all }.clone(),
            withheld: if organisations.withheld { words.withheld.clone() } else { String::new() },
            missed: tell_walled(teller, people, item, &reached)
                .into_iter()
                .chain(tell_missed(teller, people, item, (&reached, &organisations)))
                .collect(),
            broad: (!reached.broad.is_empty())
                .then(|| fill(&words.broad, &[("count", &number(reached.broad.len()))])),
            counting: letters.is_none(),
            letters: letters.map_or_else(Vec::new, |letters| {
                let effect = tell_effect(letters, &reached);
                let row = |label: &str, n: usize| Row { label: label.to_owned(), told: number(n) };
                vec![
                    row(&words.first, effect.first_for),
                    row(&words.over, effect.over_cap_for),
                    row(&words.nothing, effect.nothing_for),
                ]
            }),
            over,
            late,
            who: base.map(|base| format!("{base}/who")).unwrap_or_default(),
            ..Aside::default()
        })
    }
}

/// "43 får denne".
fn tell_count(teller: &Teller<'_>, reached: &Reached) -> String {
    let words = &teller.words.queue.aside;
    counted(&words.title_one, &words.title, reached.recipients())
}

/// "43 får denne" of an item, as far as whoever looks may know.
pub(super) fn tell_title(teller: &Teller<'_>, people: &People, item: &Item) -> String {
    let reached = people.everyone.look(&people.forum, item);
    let little = tell_little(teller, people, item);
    little.map_or_else(|| tell_count(teller, &reached), |(title, _)| title)
}

/// A title and a reason, if nothing more may be told: who gets it may tell who is with a union, and who looks may not know.
pub(super) fn tell_little(teller: &Teller<'_>, people: &People, item: &Item) -> Option<(String, String)> {
    let words = &teller.words.queue.aside;
    if !teller.discreet {
        return None;
    }
    let title = match people.discretion(item, None) {
        Discretion::Open => return None,
        Discretion::Sum(chosen) => fill(&words.sum, &[("count", &chosen.to_string())]),
        Discretion::Nothing => words.uncounted.clone(),
    };
    Some((title, words.union.clone()))
}

fn row(teller: &Teller<'_>, share: &Share) -> Row {
    let label = teller.forum.name_of(share.term, teller.language).to_owned();
    Row { label, told: tell_share(teller, share.reached, share.of) }
}

/// "12 av 30", "ingen".
fn tell_share(teller: &Teller<'_>, reached: usize, of: usize) -> String {
    let words = &teller.words.queue.aside;
    match reached {
        0 => words.none.clone(),
        n => fill(&words.share, &[("count", &n.to_string()), ("of", &of.to_string())]),
    }
}

/// First what the lead named, then the groups that get most of it.
fn list_rows(teller: &Teller<'_>, item: &Item, (groups, organisations): (&[Share], &Folded)) -> Vec<Row> {
    let named = item.audience.as_ref().map_or_else(Vec::new, Audience::named_terms);
    let is_named = |share: &&Share| named.contains(&share.term);
    let mut shares: Vec<&Share> = groups.iter().chain(&organisations.shown).filter(is_named).collect();
    let mut groups: Vec<&Share> = groups.iter().filter(|s| s.reached > 0 && !is_named(s)).collect();
    groups.sort_by_key(|share| std::cmp::Reverse(share.reached));
    shares.extend(groups);
    shares.truncate(SHOWN);
    shares.into_iter().map(|share| row(teller, share)).collect()
}

/// Every group, then every organisation, those with most first; last the others, if some stand as one.
fn list_all(teller: &Teller<'_>, groups: &[Share], organisations: &Folded) -> Vec<Row> {
    let sorted = |shares: &[Share]| {
        let mut shares: Vec<Share> = shares.to_vec();
        shares.sort_by_key(|share| (std::cmp::Reverse(share.reached), std::cmp::Reverse(share.of)));
        shares
    };
    let all = sorted(groups).into_iter().chain(sorted(&organisations.shown));
    let mut rows: Vec<Row> = all.take(LISTED).map(|share| row(teller, &share)).collect();
    rows.extend(organisations.others.map(|(reached, of)| Row {
        label: teller.words.queue.aside.others.clone(),
        told: tell_share(teller, reached, of),
    }));
    rows
}

/// That some were chosen and may not have it.
fn tell_walled(teller: &Teller<'_>, people: &People, item: &Item, reached: &Reached) -> Option<String> {
    let words = &teller.words.queue.aside;
    let count = people.everyone.count_walled(&people.forum, item, reached);
    let told = counted(&words.walled_one, &words.walled, count);
    (count > 0).then(|| fill(&told, &[("wall", &teller.visibility(item.visibility))]))
}

/// Whole groups that get nothing, and of the kinds of organisation that the lead named those that get nothing: where some of
/// these are folded, whoever looks is told nothing of an item that names kinds.
fn tell_missed(
    teller: &Teller<'_>,
    people: &People,
    item: &Item,
    (reached, organisations): (&Reached, &Folded),
) -> Vec<String> {
    let words = &teller.words.queue.aside;
    let mut told = Vec::new();
    let groups: Vec<TermIx> = reached.missed_groups().map(|share| share.term).collect();
    if !groups.is_empty() && reached.recipients() > 0 {
        told.push(fill(&words.missed_groups, &[("names", &name_none(teller, &groups))]));
    }
    let named = item.audience.as_ref().map_or_else(Vec::new, Audience::named_terms);
    for kind in named.into_iter().filter(|term| teller.forum.terms.term(*term).facet == Facet::KindOfOrg) {
        let is_missed = |share: &&Share| share.reached == 0 && people.kinds.get(&share.term) == Some(&kind);
        let mut missed: Vec<TermIx> = organisations.shown.iter().filter(is_missed).map(|s| s.term).collect();
        missed.sort_unstable();
        if !missed.is_empty() {
            let kind = teller.kind_of_organisation(kind);
            told.push(fill(&words.missed_kind, &[("kind", kind), ("names", &name_some(teller, &missed))]));
        }
    }
    told
}

/// "A, B eller C", "A, B eller 3 andre grupper": of groups, after a word that says none of them.
fn name_none(teller: &Teller<'_>, terms: &[TermIx]) -> String {
    let words = &teller.words.queue.aside;
    let named = terms.iter().take(NAMED);
    let names: Vec<String> =
        named.map(|term| name_in_sentence(teller.forum, *term, teller.language)).collect();
    match (terms.len().saturating_sub(NAMED), names.split_last()) {
        (0, Some((last, first))) if !first.is_empty() => {
            fill(&words.or, &[("names", &first.join(", ")), ("last", last)])
        }
        (0, _) => names.join(", "),
        (more, _) => fill(
            if more == 1 { &words.or_more_one } else { &words.or_more },
            &[("names", &names.join(", ")), ("count", &more.to_string())],
        ),
    }
}

/// "A, B og 3 til".
fn name_some(teller: &Teller<'_>, terms: &[TermIx]) -> String {
    let named = terms.iter().take(NAMED).map(|term| teller.forum.name_of(*term, teller.language));
    let names = named.collect::<Vec<_>>().join(", ");
    match terms.len().saturating_sub(NAMED) {
        0 => names,
        more => fill(&teller.words.queue.aside.and_more, &[("names", &names), ("count", &more.to_string())]),
    }
}
