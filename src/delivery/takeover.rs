//! Taking over from workers that are gone, on PostgreSQL.
//!
//! | the other worker | its claims | what it had armed |
//! |---|---|---|
//! | has ended, and its journal lies here | released at once | settled from the journal at once, exactly |
//! | holds no session, its journal lies elsewhere | released at once | uncertain once its lease is over |
//! | hangs, or is cut off from the database | released once its lease is over | uncertain then |
//!
//! That a process here has ended is told by the lock of the system on `NAME.lock` beside its journal, never by its
//! session: one that is cut off from the database may still be writing a final dot. So what is taken over is
//! queued again only where its sender can write nothing any more; else it is uncertain, and the sender's own word, or its
//! journal's, is heard as soon as it can be.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use super::files::{journals_in, lock_path, remove_files};
use super::journal::{self, Past};
use super::lock::{LockError, SendingLock};
use super::orphans::{read_past, settle_stored, settle_untold};
use super::watch::{Beaten, Watch};
use super::worker::{SendError, SenderSetup};
use crate::store::WorkerRow;

/// One worker's eye on the others.
pub(crate) struct Takeover {
    setup: SenderSetup,
    /// Its own name.
    name: String,
    boot: String,
    watch: Watch,
}

/// What was seen of another worker.
struct Other<'a> {
    name: &'a str,
    row: Option<&'a WorkerRow>,
    is_silent: bool,
}

impl Takeover {
    pub fn new(setup: SenderSetup, name: String, boot: String) -> Takeover {
        Takeover { setup, name, boot, watch: Watch::default() }
    }

    /// Looks once, among those that stand in the database, have left armed letters, or a journal here; with
    /// `claimants`, also among those who only left claims.
    /// Answers who is known to live.
    pub async fn look(&mut self, claimants: &[String]) -> Result<HashSet<String>, SendError> {
        let asked_at = Instant::now();
        let rows = self.setup.store.list_workers().await?;
        let orphans = self.setup.store.list_orphans().await?;
        let here = journals_in(&self.setup.place);
        let owners = orphans.iter().map(|orphan| &orphan.worker);
        let mut names: BTreeSet<&String> = owners.chain(&here).chain(claimants).collect();
        names.extend(rows.iter().map(|row| &row.name));
        names.remove(&self.name);
        let row_of = |name: &str| rows.iter().find(|row| row.name == name);
        let seen: Vec<Beaten> = names.iter().map(|name| self.beaten(name, row_of(name))).collect();
        let silent = self.watch.observe(asked_at, Instant::now(), &seen);
        for name in names {
            let other = Other { name, row: row_of(name), is_silent: silent.contains(name) };
            self.judge(&other, here.contains(name)).await?;
        }
        Ok(self.watch.list_beating(&silent))
    }

    fn beaten(&self, name: &str, row: Option<&WorkerRow>) -> Beaten {
        let lease = row.map_or(self.setup.lease, |row| Duration::from_secs(row.lease_seconds.unsigned_abs()));
        Beaten { name: name.to_owned(), beat: row.map(|row| row.beat), lease }
    }

    async fn judge(&self, other: &Other<'_>, has_journal_here: bool) -> Result<(), SendError> {
        let is_held = match other.row {
            Some(row) => row.is_held,
            None => self.setup.store.try_lock_worker(other.name).await?.is_none(),
        };
        if has_journal_here && let Some((past, _lock)) = self.find_past(other, is_held)? {
            return self.inherit(other, &past).await;
        }
        if other.is_silent {
            return self.presume(other).await;
        }
        if !is_held {
            self.setup.store.release_claims(other.name).await?;
        }
        Ok(())
    }

    /// The journal of one that has ended; none as long as its process may live. Without a word from this
    /// boot's own lock (an older program's journal, or one of another boot) its session must be gone as well.
    fn find_past(&self, other: &Other<'_>, is_held: bool) -> Result<Option<(Past, SendingLock)>, SendError> {
        let path = lock_path(&self.setup.place, other.name);
        let was_locked = path.exists();
        let lock = match SendingLock::try_take(&path) {
            Ok(lock) => lock,
            Err(LockError::Held { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let base = self.setup.place.join(other.name);
        let past = read_past(&base)?;
        let is_of_this_boot = was_locked && past.boot.as_deref() == Some(self.boot.as_str());
        let has_ended = is_of_this_boot || !is_held || other.is_silent;
        if !has_ended && !was_locked {
            // The lock is ours only because nobody had made one: left lying, the next look would take it for theirs.
            let _ = std::fs::remove_file(&path);
            return Ok(None);
        }
        // Another that took over may have removed the files since they were listed.
        let is_there = journal::paths(&base).iter().any(|file| file.exists());
        Ok((has_ended && is_there).then_some((past, lock)))
    }

    /// Settles what one that has ended left, as its journal here tells it.
    async fn inherit(&self, other: &Other<'_>, past: &Past) -> Result<(), SendError> {
        let mut tx = self.setup.store.begin().await?;
        tx.bury_worker(self.setup.clock.now(), other.name, None).await?;
        settle_untold(&mut tx, &self.setup, other.name, past, &self.boot).await?;
        tx.commit().await?;
        self.setup.store.release_claims(other.name).await?;
        remove_files(&self.setup.place, other.name);
        Ok(())
    }

    /// Calls uncertain what one that is out of reach has armed, unless it beats after all.
    async fn presume(&self, other: &Other<'_>) -> Result<(), SendError> {
        let mut tx = self.setup.store.begin().await?;
        let now = self.setup.clock.now();
        let is_buried = tx.bury_worker(now, other.name, other.row.map(|row| row.beat)).await?;
        if other.row.is_some() && !is_buried {
            return Ok(tx.undo().await?);
        }
        let untold = tx.list_untold(other.name).await?;
        settle_stored(&mut tx, &self.setup, other.name, &untold).await?;
        let presumed = tx.presume_uncertain(now, other.name).await?;
        tx.commit().await?;
        let released = self.setup.store.release_claims(other.name).await?;
        if let Some(row) = other.row {
            tracing::warn!(
                worker.name = %row.name, worker.place = %row.place,
                delivery.uncertain = presumed.len(), delivery.released = released,
                "a worker gave no sign of life for its lease; what it had armed is uncertain until it tells"
            );
        }
        Ok(())
    }
}
