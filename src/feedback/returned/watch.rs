//! Looking into each place again and again; one that fails is tried ever more seldom.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::error::{ReturnedError, VisitError};
use super::imap::ImapMailbox;
use super::maildir::WatchedFolder;
use super::{Intake, Letterbox, Visit};
use crate::clock::Clock;
use crate::config::{Config, MailPlace};
use crate::delivery::ReturnPaths;
use crate::store::Store;
use crate::token::Keys;

/// How often a folder on this machine is looked into.
const FOLDER_EVERY: Duration = Duration::from_secs(5);
/// How often at least a place is tried that fails again and again.
const AT_LEAST_EVERY: Duration = Duration::from_secs(15 * 60);

enum Place {
    Folder(WatchedFolder),
    Mailbox(Box<ImapMailbox>),
}

impl Place {
    async fn visit(&mut self, intake: &Intake) -> Result<Visit, VisitError> {
        match self {
            Place::Folder(folder) => folder.visit(intake).await,
            Place::Mailbox(mailbox) => mailbox.visit(intake).await,
        }
    }

    async fn let_go(&mut self, intake: &Intake) {
        if let Place::Mailbox(mailbox) = self {
            mailbox.let_go(intake).await;
        }
    }

    fn every(&self) -> Duration {
        match self {
            Place::Folder(_) => FOLDER_EVERY,
            Place::Mailbox(mailbox) => mailbox.every(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Place::Folder(_) => "maildir",
            Place::Mailbox(_) => "imap",
        }
    }
}

/// The places where mail comes in, each with what takes it in.
pub struct Returned {
    places: Vec<(Place, Intake)>,
}

impl Returned {
    /// The places that the configuration names; secrets must be readable now, nothing is asked yet. What people write to
    /// those under `[drafts]` goes into `letterbox`.
    pub fn open(
        config: &Config,
        store: &Store,
        keys: Keys,
        clock: &Clock,
        letterbox: Arc<dyn Letterbox>,
    ) -> Result<Returned, ReturnedError> {
        // Reading needs no domain: return paths are told by their tag.
        let return_paths = Arc::new(ReturnPaths::new(keys.clone(), ""));
        let intake =
            Intake { store: store.clone(), clock: clock.clone(), keys, return_paths, letterbox: None };
        let mut places = Vec::new();
        for watched in config.watched_places() {
            let place = match watched.place {
                MailPlace::Maildir(folder) => Place::Folder(WatchedFolder::at(config.folder.join(folder))),
                MailPlace::Imap(imap) => {
                    Place::Mailbox(Box::new(ImapMailbox::open(imap, watched.section, config, clock)?))
                }
            };
            let letterbox = watched.takes_drafts.then(|| letterbox.clone());
            places.push((place, Intake { letterbox, ..intake.clone() }));
        }
        Ok(Returned { places })
    }

    /// Looks once into each place; what failed there is told and counts as one.
    pub async fn visit_all(&mut self) -> Visit {
        let mut all = Visit::default();
        for (place, intake) in &mut self.places {
            match place.visit(intake).await {
                Ok(visit) => {
                    all.understood += visit.understood;
                    all.unknown += visit.unknown;
                    all.failed += visit.failed;
                }
                Err(error) => {
                    tracing::warn!(returned.place = place.kind(), error = %error, "returned mail cannot be read");
                    all.failed += 1;
                }
            }
        }
        all
    }

    /// Looks into every place again and again until `stop`.
    pub async fn watch(self, stop: CancellationToken) {
        let mut tasks = tokio::task::JoinSet::new();
        for (place, intake) in self.places {
            tasks.spawn(watch_one(place, intake, stop.clone()));
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(error = %error, "a place where mail comes in is watched no more; start treff again");
            }
        }
    }
}

async fn watch_one(mut place: Place, intake: Intake, stop: CancellationToken) {
    let mut failures: u32 = 0;
    while !stop.is_cancelled() {
        let visited = tokio::select! {
            visited = place.visit(&intake) => visited,
            () = stop.cancelled() => break,
        };
        match visited {
            Ok(visit) => {
                if std::mem::take(&mut failures) > 0 {
                    tracing::info!(returned.place = place.kind(), "returned mail is read again");
                }
                if visit.understood + visit.unknown > 0 {
                    tracing::info!(
                        returned.place = place.kind(),
                        mail.understood = visit.understood,
                        mail.unknown = visit.unknown,
                        "returned mail was taken in"
                    );
                }
            }
            Err(error) if failures == 0 => {
                failures += 1;
                tracing::warn!(
                    returned.place = place.kind(),
                    error = %error,
                    "returned mail cannot be read; it is tried again"
                );
            }
            Err(error) => {
                failures += 1;
                tracing::debug!(returned.place = place.kind(), error = %error, "returned mail still cannot be read");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(delay_after(place.every(), failures)) => {}
            () = stop.cancelled() => {}
        }
    }
    place.let_go(&intake).await;
}

/// The usual pace, doubled with each failure in a row.
fn delay_after(usual: Duration, failures: u32) -> Duration {
    (usual * 2u32.pow(failures.min(10))).min(AT_LEAST_EVERY.max(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_fails_is_tried_ever_more_seldom() {
        let seconds = |failures| delay_after(Duration::from_secs(60), failures).as_secs();
        assert_eq!([seconds(0), seconds(1), seconds(3), seconds(4), seconds(50)], [60, 120, 480, 900, 900]);
    }
}
