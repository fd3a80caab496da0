//! Letters whose sender died: settled at the next start, at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::journal::{self, Past};
use super::lock::SendingLock;
use super::pace::judge_editions;
use super::recovery::{Fate, fate_of};
use super::relay::Relay;
use super::sender::{SendError, Sender, SenderSetup};
use super::settle::{settle_in, settle_reply};
use super::smtp::Reply;
use crate::clock::random_bytes;
use crate::store::{Orphan, Outcome, Settled};

/// Settles what every earlier sender left. `base` is where this sender's own journal will be.
///
/// On SQLite the sending lock is held, so every armed letter is an orphan and the files at `base` are its journal.
/// On PostgreSQL a worker is gone when its name can be locked. If its journal lies here, its letters
/// are settled at once; if not, it ran on another machine, whose journal would tell more: they
/// are left until their lease is over, then called uncertain.
pub(crate) async fn settle_all(setup: &SenderSetup, boot: &str, base: &Path) -> Result<(), SendError> {
    let mut by_worker = BTreeMap::<String, Vec<Orphan>>::new();
    for orphan in setup.store.list_orphans().await? {
        by_worker.entry(orphan.worker.clone()).or_default().push(orphan);
    }
    if !setup.store.has_many_workers() {
        let past = read_past(base)?;
        for (worker, orphans) in &by_worker {
            settle(setup, worker, orphans, &past, boot).await?;
        }
        for worker in setup.store.list_claimants().await? {
            setup.store.release_claims(&worker).await?;
        }
        return Ok(());
    }
    let here = journals_in(&setup.place);
    let claimants = setup.store.list_claimants().await?;
    let names: BTreeSet<&String> = by_worker.keys().chain(&claimants).chain(&here).collect();
    for name in names {
        let Some(_lock) = SendingLock::take_name(&setup.store, name).await? else { continue };
        setup.store.release_claims(name).await?;
        let orphans = by_worker.get(name).map(Vec::as_slice).unwrap_or_default();
        let its_base = setup.place.join(name);
        if here.contains(name) {
            settle(setup, name, orphans, &read_past(&its_base)?, boot).await?;
            journal::paths(&its_base).iter().for_each(|path| drop(std::fs::remove_file(path)));
        } else {
            let now = setup.clock.now();
            let over: Vec<Orphan> = orphans.iter().filter(|o| o.claimed_until <= now).cloned().collect();
            settle(setup, name, &over, &Past::default(), boot).await?;
        }
    }
    Ok(())
}

/// Settles what this sender itself left armed when a call ended in an error.
pub(crate) async fn settle_own(sender: &Sender) -> Result<(), SendError> {
    let orphans = sender.setup.store.list_orphans().await?;
    let own: Vec<Orphan> = orphans.into_iter().filter(|o| o.worker == sender.name).collect();
    if own.is_empty() {
        return Ok(());
    }
    settle(&sender.setup, &sender.name, &own, &read_past(&sender.base)?, &sender.boot).await?;
    let ids = own.iter().map(|o| o.id);
    sender.journal.settled(ids).map_err(|e| sender.journal_error(e))
}

async fn settle(
    setup: &SenderSetup,
    worker: &str,
    orphans: &[Orphan],
    past: &Past,
    boot: &str,
) -> Result<(), SendError> {
    if orphans.is_empty() {
        return Ok(());
    }
    let now = setup.clock.now();
    let seed = u64::from_ne_bytes(random_bytes());
    let settled: Vec<Settled> = orphans
        .iter()
        .map(|orphan| match fate_of(orphan.id, &orphan.boot, past, boot) {
            Fate::NotSent => Settled { id: orphan.id, outcome: Outcome::Queued, reply: String::new() },
            Fate::Replied { code, text } => {
                settle_reply(orphan.id, &Reply { code, text }, orphan.attempts, now, seed)
            }
            Fate::Unknown if lies_in_maildir(&setup.relay, orphan) => {
                Settled { id: orphan.id, outcome: Outcome::Accepted, reply: "250 2.0.0 found stored".into() }
            }
            Fate::Unknown => Settled {
                id: orphan.id,
                outcome: Outcome::Uncertain,
                reply: "the sender ended before the relay's reply was known".into(),
            },
        })
        .collect();
    let mut tx = setup.store.begin().await?;
    settle_in(&mut tx, now, worker, &settled).await?;
    judge_editions(&mut tx, now, &settled).await?;
    tx.commit().await?;
    let count = |state: fn(&Outcome) -> bool| settled.iter().filter(|s| state(&s.outcome)).count();
    tracing::info!(
        delivery.orphans = settled.len(),
        delivery.uncertain = count(|o| *o == Outcome::Uncertain),
        delivery.queued = count(|o| *o == Outcome::Queued),
        "letters of a sender that is gone were settled"
    );
    Ok(())
}

fn lies_in_maildir(relay: &Relay, orphan: &Orphan) -> bool {
    match relay {
        Relay::Maildir(maildir) => maildir.holds(orphan.id).unwrap_or(false),
        Relay::Smtp(_) => false,
    }
}

fn read_past(base: &Path) -> Result<Past, SendError> {
    Past::read(base).map_err(|source| SendError::Journal { path: base.to_owned(), source })
}

/// The workers whose journals lie in `folder`.
fn journals_in(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix("-1").or_else(|| name.strip_suffix("-2")).map(str::to_owned)
        })
        .collect()
}
