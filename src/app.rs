//! The composition root: opens the store and the clock once, and reads the keys. `pipeline` builds letters and relay out of it.

use std::path::Path;

use crate::clock::Clock;
use crate::config::{Config, Overrides};
use crate::store::Store;
use crate::token::Keys;

/// What a command or `serve` works with.
#[derive(Debug, Clone)]
pub struct App {
    /// The operator's settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The forum's database, up to date.
    pub store: Store,
}

impl App {
    /// Reads the configuration and opens the database, which must be there.
    pub async fn open(config: &Path, overrides: Overrides) -> anyhow::Result<App> {
        let config = Config::load(config, overrides)?;
        let store = Store::open(&config.database_url, false).await?;
        Ok(App { config, clock: Clock::system(), store })
    }

    /// The signing keys of links; a forum without any was never initialised.
    pub async fn keys(&self) -> anyhow::Result<Keys> {
        let keys = self.store.list_keys().await?;
        anyhow::ensure!(!keys.is_empty(), "the database holds no signing key; create one with treff init");
        Ok(Keys::new(keys))
    }
}
