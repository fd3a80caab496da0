//! Letters whose sender died: settled from its journal.

use std::path::Path;

use super::journal::Past;
use super::pausing::judge_editions;
use super::recovery::{Fate, fate_of};
use super::relay::Relay;
use super::settle::{settle_in, settle_reply};
use super::smtp::Reply;
use super::worker::{SendError, SenderSetup, Worker};
use crate::clock::random_bytes;
use crate::store::{Orphan, Outcome, Settled, Tx};

/// Settles what every earlier sender left in a SQLite database. The sending lock is held, so every armed letter is
/// an orphan, and the files at `base` are its journal.
pub(crate) async fn settle_all(setup: &SenderSetup, boot: &str, base: &Path) -> Result<(), SendError> {
    let past = read_past(base)?;
    let mut workers: Vec<String> =
        setup.store.list_orphans().await?.into_iter().map(|orphan| orphan.worker).collect();
    workers.dedup();
    for worker in &workers {
        let mut tx = setup.store.begin().await?;
        settle_untold(&mut tx, setup, worker, &past, boot).await?;
        tx.commit().await?;
    }
    for worker in setup.store.list_claimants().await? {
        setup.store.release_claims(&worker).await?;
    }
    Ok(())
}

/// Settles what this sender itself left armed when a call ended in an error, or what others called uncertain
/// while it was out of reach.
pub(crate) async fn settle_own(worker: &Worker) -> Result<(), SendError> {
    let mut tx = worker.setup.store.begin().await?;
    if !tx.list_untold(&worker.name).await?.is_empty() {
        worker.journal.write_out().map_err(|e| worker.journal_error(e))?;
        let past = read_past(&worker.base)?;
        settle_untold(&mut tx, &worker.setup, &worker.name, &past, &worker.boot).await?;
    }
    tx.commit().await?;
    // What is still open there was settled by somebody else: the lead, or a bounce.
    worker.journal.all_settled().map_err(|e| worker.journal_error(e))
}

/// Settles what `worker` may have left untold, as its journal tells it.
pub(crate) async fn settle_untold(
    tx: &mut Tx,
    setup: &SenderSetup,
    worker: &str,
    past: &Past,
    boot: &str,
) -> Result<(), SendError> {
    let untold = tx.list_untold(worker).await?;
    if untold.is_empty() {
        return Ok(());
    }
    let seed = u64::from_ne_bytes(random_bytes());
    let settled: Vec<Settled> = untold.iter().map(|orphan| judge(setup, orphan, past, boot, seed)).collect();
    let now = setup.clock.now();
    settle_in(tx, now, worker, &settled).await?;
    judge_editions(tx, now, &settled).await?;
    let count = |state: fn(&Outcome) -> bool| settled.iter().filter(|s| state(&s.outcome)).count();
    tracing::info!(
        delivery.orphans = settled.len(),
        delivery.uncertain = count(|o| *o == Outcome::Uncertain),
        delivery.queued = count(|o| *o == Outcome::Queued),
        "letters of a sender that was gone were settled"
    );
    Ok(())
}

fn judge(setup: &SenderSetup, orphan: &Orphan, past: &Past, boot: &str, seed: u64) -> Settled {
    let id = orphan.id;
    match fate_of(id, &orphan.boot, past, boot) {
        Fate::NotSent => Settled { id, outcome: Outcome::Queued, reply: String::new() },
        Fate::Replied { code, text } => {
            settle_reply(id, &Reply::of(code, text), orphan.attempts, setup.clock.now(), seed)
        }
        Fate::Unknown if lies_in_maildir(&setup.relay, orphan) => stored(orphan),
        Fate::Unknown => Settled {
            id,
            outcome: Outcome::Uncertain,
            reply: "the sender ended before the relay's reply was known".into(),
        },
    }
}

/// Settles as accepted what the mailbox folder itself holds.
pub(crate) async fn settle_stored(
    tx: &mut Tx,
    setup: &SenderSetup,
    worker: &str,
    untold: &[Orphan],
) -> Result<(), SendError> {
    let found: Vec<Settled> =
        untold.iter().filter(|orphan| lies_in_maildir(&setup.relay, orphan)).map(stored).collect();
    settle_in(tx, setup.clock.now(), worker, &found).await?;
    Ok(())
}

fn stored(orphan: &Orphan) -> Settled {
    Settled { id: orphan.id, outcome: Outcome::Accepted, reply: "250 2.0.0 found stored".into() }
}

fn lies_in_maildir(relay: &Relay, orphan: &Orphan) -> bool {
    match relay {
        Relay::Maildir(maildir) => maildir.holds(orphan.id, &orphan.message_id).unwrap_or(false),
        Relay::Smtp(_) => false,
    }
}

pub(crate) fn read_past(base: &Path) -> Result<Past, SendError> {
    Past::read(base).map_err(|source| SendError::Journal { path: base.to_owned(), source })
}
