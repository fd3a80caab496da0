//! Whether the sender's domain says who may send for it: SPF and DMARC, asked of a name server.

use std::time::Duration;

use super::dmarc::{self, Dmarc};
use super::dns::{DnsError, Resolver};
use super::settings::{sender_address, stays_here};
use super::spf::{self, Spf};
use crate::config::Config;

/// So long the questions behind an SPF record may take: somebody waits.
const PATIENCE: Duration = Duration::from_secs(8);

/// What DNS says of the domain that letters come from.
#[derive(Debug)]
pub enum Domain {
    /// Nobody needs to ask: letters stay on this machine, or no sender is named.
    NotNeeded,
    /// Nobody could be asked.
    NotAsked {
        /// The domain.
        domain: String,
        /// Why.
        why: DnsError,
    },
    /// It was asked.
    Asked {
        /// The domain.
        domain: String,
        /// Who may send.
        spf: Spf,
        /// How many questions that takes receivers; none if it cannot be told.
        lookups: Option<usize>,
        /// What becomes of what others send.
        dmarc: Dmarc,
    },
}

/// The domain that is to be asked about, if any.
pub fn find_domain(config: &Config) -> Option<String> {
    let address = sender_address(&config.file.sender).filter(|_| !stays_here(config))?;
    Some(address.domain().to_owned())
}

/// Asks for the records of the sender's domain, and for those that they go on to.
pub async fn check(config: &Config, resolver: &Resolver) -> Domain {
    let Some(domain) = find_domain(config) else { return Domain::NotNeeded };
    match tokio::try_join!(resolver.find_texts(&domain), find_dmarc(resolver, &domain)) {
        Ok((texts, dmarc)) => {
            let spf = spf::read(&texts);
            let lookups = count_lookups(resolver, &spf).await;
            Domain::Asked { domain, spf, lookups, dmarc }
        }
        Err(why) => Domain::NotAsked { domain, why },
    }
}

async fn count_lookups(resolver: &Resolver, spf: &Spf) -> Option<usize> {
    let Spf::One { text, .. } = spf else { return None };
    tokio::time::timeout(PATIENCE, spf::count_lookups(resolver, text)).await.ok().flatten()
}

/// The record at the domain, else the nearest above it.
async fn find_dmarc(resolver: &Resolver, domain: &str) -> Result<Dmarc, DnsError> {
    for candidate in dmarc::list_candidates(domain) {
        let texts = resolver.find_texts(&format!("_dmarc.{candidate}")).await?;
        if let Some(found) = dmarc::read(domain, candidate, &texts) {
            return Ok(found);
        }
    }
    Ok(Dmarc::Missing)
}
