//! Nothing in use is silently dropped: who uses what a forum file no longer names.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use super::plan::Plan;
use crate::content::{Audience, Item};
use crate::forum::{Cadence, Forum, Term, TermIx};
use crate::ids::TermId;
use crate::store::{Store, StoreError, TermUses, Tx};

/// A term or a cadence that would go and is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InUse {
    /// A role, a group or a sector.
    Term {
        /// Which.
        term: Term,
        /// By how many rows.
        uses: TermUses,
        /// The slugs of the items whose newest version names it, out or not.
        items: Vec<String>,
    },
    /// A cadence.
    Cadence {
        /// Which.
        cadence: Cadence,
        /// How many hear by it.
        recipients: i64,
    },
}

/// What of that which would go is in use.
pub(super) async fn list_uses(
    tx: &mut Tx,
    plan: &Plan,
    forum: &Forum,
    items: &[Item],
    now: DateTime<Utc>,
) -> Result<Vec<InUse>, StoreError> {
    let mut in_use = Vec::new();
    for (term, ix, id) in stored(plan.dropped(), forum) {
        in_use.extend(use_of(term, ix, tx.count_term_uses(id, now).await?, items));
    }
    for cadence in &plan.cadences_gone {
        let recipients = tx.count_cadence_uses(cadence.word()).await?;
        in_use.extend((recipients > 0).then_some(InUse::Cadence { cadence: *cadence, recipients }));
    }
    Ok(in_use)
}

/// Which of `terms` are in use, asked without a lock.
pub(super) async fn list_term_uses(
    store: &Store,
    terms: impl Iterator<Item = &Term>,
    forum: &Forum,
    items: &[Item],
    now: DateTime<Utc>,
) -> Result<Vec<InUse>, StoreError> {
    let mut in_use = Vec::new();
    for (term, ix, id) in stored(terms, forum) {
        in_use.extend(use_of(term, ix, store.count_term_uses(id, now).await?, items));
    }
    Ok(in_use)
}

fn stored<'a>(terms: impl Iterator<Item = &'a Term>, forum: &Forum) -> Vec<(&'a Term, TermIx, TermId)> {
    let find = |term: &'a Term| {
        let ix = forum.terms.find(term)?;
        Some((term, ix, forum.terms.stored(ix)?))
    };
    terms.filter_map(find).collect()
}

fn use_of(term: &Term, ix: TermIx, uses: TermUses, items: &[Item]) -> Option<InUse> {
    let naming = items.iter().filter(|item| names_term(item, ix));
    let items: Vec<String> = naming.map(|item| item.slug.clone()).collect();
    let is_used = uses != TermUses::default() || !items.is_empty();
    is_used.then(|| InUse::Term { term: term.clone(), uses, items })
}

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InUse::Term { term, uses, items } => f.write_str(&sentence(term, *uses, items)),
            InUse::Cadence { cadence, recipients } => {
                let who = counted(*recipients, "recipient");
                let hear = if *recipients == 1 { "hears" } else { "hear" };
                write!(
                    f,
                    "the cadence {cadence} is not in the file, but {who} {hear} by it; put it back, or let them hear by another"
                )
            }
        }
    }
}

fn sentence(term: &Term, uses: TermUses, items: &[String]) -> String {
    let passive = [
        ("followed by", uses.followers, "recipient"),
        ("hidden by", uses.muters, "recipient"),
        ("the role of", uses.holders, "recipient"),
        ("the group of", uses.seats, "seat"),
        ("the group of", uses.ended_seats, "ended seat"),
        ("a topic of", uses.seat_topics, "seat"),
        ("the group of", uses.goals, "goal"),
    ];
    let mut clauses: Vec<String> = passive
        .iter()
        .filter(|(_, number, _)| *number > 0)
        .map(|(how, number, noun)| format!("{how} {}", counted(*number, noun)))
        .collect();
    if uses.writers > 0 {
        let write = if uses.writers == 1 { "writes" } else { "write" };
        let who = counted(uses.writers, "account");
        clauses.push(format!("the group that {who} {write} for (change that under Accounts at the desk)"));
    }
    if !items.is_empty() {
        let noun = if items.len() == 1 { "the item" } else { "the items" };
        clauses.push(format!("named by {noun} {}", items.join(", ")));
    }
    format!("{term} is not in the file, but is {}; put it back", clauses.join(", "))
}

fn counted(number: i64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Whether the newest version of an item, open or not, names the term.
fn names_term(item: &Item, term: TermIx) -> bool {
    let mut named: BTreeSet<TermIx> = item.about.iter().copied().chain(item.source).collect();
    if let Some(audience) = &item.audience {
        gather(audience, &mut named);
    }
    named.extend(item.visibility.group().into_iter().chain(item.fields.group_met()));
    named.contains(&term)
}

fn gather(audience: &Audience, named: &mut BTreeSet<TermIx>) {
    match audience {
        Audience::All => {}
        Audience::Term(term) | Audience::Seat(term, _) => _ = named.insert(*term),
        Audience::Not(inner) => gather(inner, named),
        Audience::And(parts) | Audience::Or(parts) => parts.iter().for_each(|part| gather(part, named)),
    }
}
