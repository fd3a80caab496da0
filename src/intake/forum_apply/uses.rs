//! Nothing in use is silently dropped: who uses what a forum file no longer names.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::plan::Plan;
use crate::content::{Audience, Fields, Item, Visibility};
use crate::forum::{Forum, Term, TermIx};
use crate::store::{StoreError, TermUses, Tx};

/// A sentence for each term and cadence that would go and is in use.
pub(super) async fn list_uses(
    tx: &mut Tx,
    plan: &Plan,
    forum: &Forum,
    items: &[Item],
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let mut sentences = Vec::new();
    for term in &plan.go {
        let Some(ix) = forum.terms.find(term) else { continue };
        let Some(id) = forum.terms.stored(ix) else { continue };
        let uses = tx.count_term_uses(id, now).await?;
        let slugs: Vec<&str> = items.iter().filter(|i| names_term(i, ix)).map(|i| i.slug.as_str()).collect();
        sentences.extend(sentence(term, uses, &slugs));
    }
    for cadence in &plan.cadences_gone {
        let recipients = tx.count_cadence_uses(cadence.word()).await?;
        if recipients > 0 {
            let (who, hear) =
                (counted(recipients, "recipient"), if recipients == 1 { "hears" } else { "hear" });
            sentences.push(format!(
                "the cadence {cadence} is not in the file, but {who} {hear} by it; put it back, or let them hear by another"
            ));
        }
    }
    Ok(sentences)
}

fn sentence(term: &Term, uses: TermUses, items: &[&str]) -> Option<String> {
    let passive = [
        ("followed by", uses.followers, "recipient"),
        ("hidden by", uses.muters, "recipient"),
        ("the role of", uses.holders, "recipient"),
        ("the group of", uses.seats, "seat"),
        ("the group of", uses.ended_seats, "ended seat"),
        ("a topic of", uses.seat_topics, "seat"),
    ];
    let mut clauses: Vec<String> = passive
        .iter()
        .filter(|(_, number, _)| *number > 0)
        .map(|(how, number, noun)| format!("{how} {}", counted(*number, noun)))
        .collect();
    if !items.is_empty() {
        let noun = if items.len() == 1 { "the item" } else { "the items" };
        clauses.push(format!("named by {noun} {}", items.join(", ")));
    }
    (!clauses.is_empty())
        .then(|| format!("{term} is not in the file, but is {}; put it back", clauses.join(", ")))
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
    if let Visibility::Group(group) | Visibility::Only(group) = item.visibility {
        named.insert(group);
    }
    if let Fields::Minutes { group: Some(group), .. } = item.fields {
        named.insert(group);
    }
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
