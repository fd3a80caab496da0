//! What the page that tells whether letters arrive reads, and the one trial at a time that it may begin.

use tokio::sync::Semaphore;

use super::{Reading, Writing};
use crate::checkup::sending::{self, Sending};
use crate::checkup::trial::{Standing, Trial};
use crate::forum::Forum;
use crate::letter::Masthead;
use crate::web::limits::MAIL_TRIALS;
use crate::web::refusal::Refusal;

/// So many trials at once, whoever asks: relay and name server are others'.
pub(in crate::web) const TRIALS_AT_ONCE: usize = 1;

/// Why nobody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum NotTried {
    /// Somebody is trying now.
    Busy,
    /// It was tried often lately.
    TooOften,
}

impl Reading {
    /// How things stand by the settings. Reads files beside the requests' threads.
    pub(in crate::web) async fn mail_standing(&self, forum: &Forum) -> Result<Standing, Refusal> {
        let (config, clock) = (self.0.config().clone(), self.0.0.clock.clone());
        let mut sender = self.0.sender(forum);
        // What the forum says of it counts only where the operator named an address, and as letters take it.
        if sender.address.is_some()
            && let Ok(masthead) = Masthead::new(&forum.settings, &config)
        {
            sender.address = Some(masthead.sender.to_string());
        }
        let reading = move || Standing::read(&config, &sender, &clock);
        tokio::task::spawn_blocking(reading).await.map_err(|error| Refusal::broken(&error))
    }

    /// Who sends letters now.
    pub(in crate::web) async fn who_sends(&self) -> Result<Sending, Refusal> {
        Ok(sending::check(&self.0.config().database_url, self.store()).await?)
    }
}

impl Writing {
    /// Asks relay, DNS and mailbox; not while another does, nor too often.
    pub(in crate::web) async fn try_mail(
        &self,
        standing: &Standing,
        address: Option<&str>,
    ) -> Result<Trial, NotTried> {
        let site = &self.0.0;
        let _one: tokio::sync::SemaphorePermit<'_> =
            Semaphore::try_acquire(&site.trying).map_err(|_| NotTried::Busy)?;
        if !site.limits.admit(MAIL_TRIALS, "", self.0.now()) {
            return Err(NotTried::TooOften);
        }
        Ok(Trial::run(&site.config, standing, address, &site.clock).await)
    }
}
