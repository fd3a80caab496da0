//! Telling the lead by mail what they must hear of.

use std::time::Duration;

use super::approval::EDITION_UNAPPROVED;
use super::changes::CHANGE_UNAPPROVED;
use super::{Pipeline, PipelineError};
use crate::clock::random_hex;
use crate::delivery::{EDITION_PAUSED, NoteFate, Relay, Signer};
use crate::letter::{PausedEdition, UnapprovedEdition};
use crate::staff::Right;
use crate::store::AlertRow;
use crate::world::load_forum;

/// How long one note may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an alert tells.
enum Told {
    Paused(PausedEdition),
    Unapproved(UnapprovedEdition),
}

impl Pipeline {
    /// Mails open alerts that nobody has mailed yet to whoever may send, once: what fails is logged.
    /// Outside the ledger, so that a paused edition does not hold them.
    pub async fn mail_alerts(&self, relay: &Relay) -> Result<(), PipelineError> {
        for alert in self.store.take_unmailed_alerts(self.clock.now()).await? {
            match alert.kind.as_str() {
                EDITION_PAUSED => {
                    let paused: PausedEdition = serde_json::from_str(&alert.details)?;
                    self.mail_alert(relay, &alert, Told::Paused(paused)).await?;
                }
                EDITION_UNAPPROVED | CHANGE_UNAPPROVED => {
                    let waits: UnapprovedEdition = serde_json::from_str(&alert.details)?;
                    self.mail_alert(relay, &alert, Told::Unapproved(waits)).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn mail_alert(&self, relay: &Relay, alert: &AlertRow, told: Told) -> Result<(), PipelineError> {
        let settings = load_forum(&self.store).await?.settings;
        let masthead = self.masthead(&settings)?;
        let from = masthead.sender.as_str();
        let signer = Signer::load(&self.config, masthead.domain())?;
        let right = match &told {
            Told::Paused(_) => Right::Send,
            Told::Unapproved(_) => Right::Approve,
        };
        for lead in self.store.list_lead_addresses(right.word(), self.clock.now()).await? {
            let Ok(to) = lead.parse() else { continue };
            let random = random_hex::<8>();
            let message_id = format!("{}.alert.{}.{random}@{}", masthead.slug, alert.id, masthead.domain());
            let now = self.clock.now();
            let written = match &told {
                Told::Paused(paused) => {
                    paused.write_letter(settings.language, &masthead, &to, now, &message_id)
                }
                Told::Unapproved(waits) => {
                    waits.write_letter(settings.language, &masthead, &to, now, &message_id)
                }
            };
            let letter = match written {
                Ok(letter) => letter,
                Err(error) => {
                    tracing::error!(alert.id, error = %error, "an alert cannot be written");
                    return Ok(());
                }
            };
            // An alert goes, if need be, unsigned.
            let signed = [signer.sign(&letter, now).unwrap_or_default(), letter].concat();
            let name = format!("alert-{}-{random}", alert.id);
            let sent =
                tokio::time::timeout(PATIENCE, relay.send_note(&name, from, to.as_str(), signed)).await;
            match sent {
                Ok(NoteFate::Taken(_)) => tracing::info!(alert.id, "an alert was mailed to the lead"),
                Ok(fate) => tracing::error!(alert.id, error = ?fate, "an alert could not be mailed"),
                Err(_) => tracing::error!(alert.id, "an alert could not be mailed within a minute"),
            }
        }
        Ok(())
    }
}
