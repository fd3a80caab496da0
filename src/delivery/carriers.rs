//! Those who carry letters from the desk: one task for each kept connection.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::desk::{Desk, Verdict};
use super::maildir::Maildir;
use super::relay::Relay;
use super::smtp::{LinkError, Session, SmtpRelay};
use super::threads::Threads;

/// The tasks of one call.
pub(crate) struct Carriers {
    relay: Relay,
    tasks: JoinSet<Result<(), LinkError>>,
    /// How many connections may be kept; fewer once the relay refused one beside others.
    at_most: usize,
    /// Started with the first letter.
    threads: Option<Threads>,
}

impl Carriers {
    pub fn new(relay: Relay, at_most: usize) -> Carriers {
        Carriers { relay, tasks: JoinSet::new(), at_most: at_most.max(1), threads: None }
    }

    /// Makes sure that someone carries, and starts as many tasks as `letters` are worth. Without any
    /// connection yet it opens the first one here: an error means that the relay cannot be reached.
    pub async fn start(&mut self, desk: &Arc<Desk>, letters: usize) -> Result<(), LinkError> {
        let wanted = letters.clamp(1, self.at_most);
        let threads = self.threads.get_or_insert_with(Threads::start);
        if self.tasks.is_empty()
            && let Relay::Smtp(relay) = &self.relay
        {
            let thread = threads.next();
            let opening = relay.clone();
            // A connection belongs to the thread that opened it.
            let opened = thread.spawn(async move { opening.open().await });
            let session = tokio::select! {
                opened = opened => match opened {
                    Ok(session) => session?,
                    Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
                },
                () = desk.stopped() => return Ok(()),
            };
            self.tasks.spawn_on(carry_over_smtp(relay.as_ref().clone(), desk.clone(), Some(session)), thread);
        }
        while self.tasks.len() < wanted {
            match &self.relay {
                Relay::Smtp(relay) => self
                    .tasks
                    .spawn_on(carry_over_smtp(relay.as_ref().clone(), desk.clone(), None), threads.next()),
                Relay::Maildir(maildir) => self
                    .tasks
                    .spawn_on(carry_into_maildir(Arc::new(maildir.clone()), desk.clone()), threads.next()),
            };
        }
        Ok(())
    }

    /// Whether nobody carries.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits until one of them ends; answers why, if the relay refused a connection. Never answers
    /// while there is none.
    pub async fn next_end(&mut self) -> Option<LinkError> {
        match self.tasks.join_next().await {
            None => std::future::pending().await,
            Some(Ok(Ok(()))) => None,
            Some(Ok(Err(refused))) => {
                self.at_most = self.tasks.len().max(1);
                Some(refused)
            }
            Some(Err(panicked)) => {
                tracing::error!(error = %panicked, "a carrier failed");
                None
            }
        }
    }

    /// Waits until all have ended, saying QUIT.
    pub async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn carry_into_maildir(maildir: Arc<Maildir>, desk: Arc<Desk>) -> Result<(), LinkError> {
    maildir.carry(desk).await;
    Ok(())
}

/// Carries until the desk has nothing more; opens a new connection whenever one breaks. Ends with an
/// error once no connection can be opened.
async fn carry_over_smtp(
    relay: SmtpRelay,
    desk: Arc<Desk>,
    session: Option<Session>,
) -> Result<(), LinkError> {
    let mut session = session;
    while let Some(parcel) = desk.next().await {
        let mut open = match session.take() {
            Some(open) => open,
            None => {
                let opened = tokio::select! {
                    opened = relay.open() => opened,
                    () = desk.stopped() => {
                        desk.finish(parcel.id, Verdict::Back);
                        return Ok(());
                    }
                };
                match opened {
                    Ok(open) => open,
                    Err(refused) => {
                        desk.finish(parcel.id, Verdict::Back);
                        return Err(refused);
                    }
                }
            }
        };
        match open.carry(parcel, &desk).await {
            Ok(()) => return Ok(()),
            Err(broken) => tracing::debug!(reason = %broken, "a connection to the relay ended"),
        }
    }
    Ok(())
}
