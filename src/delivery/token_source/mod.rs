//! Access tokens for logging in with XOAUTH2: where they come from, and how long one is used.
//!
//! Relays and `feedback`'s mailbox share this room. It fetches a token once for many connections, keeps it
//! until shortly before it expires, and fetches another when a server refused the one it gave. How a token is
//! spoken stands in [`xoauth2`]; nothing of SMTP or IMAP comes in.

mod client_credentials;
mod elsewhere;
mod fetched;
mod settings;
mod xoauth2;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

pub use xoauth2::{explain_challenge, initial_response};

use self::client_credentials::ClientCredentials;
use self::elsewhere::Program;
use self::fetched::{Fetched, LENGTH_AT_MOST};
use crate::clock::Clock;
use crate::config::Secret;

/// A token of unknown life is used for so long; a server that refuses it earlier has it fetched anew.
const UNKNOWN_LIFE: TimeDelta = TimeDelta::minutes(5);
/// A token is given up so long before it expires, or after three quarters of its life if that is later.
const GIVEN_UP_BEFORE: TimeDelta = TimeDelta::minutes(5);

/// Gives access tokens. Cloning shares what is kept.
#[derive(Clone)]
pub struct TokenSource(Arc<Shared>);

struct Shared {
    origin: Origin,
    clock: Clock,
    state: Mutex<State>,
    /// Fetches that ended: who waited for one that failed does not fetch again.
    ended: AtomicU64,
}

enum Origin {
    /// Boxed: it is much larger than the others.
    ClientCredentials(Box<ClientCredentials>),
    File(PathBuf),
    Program(Program),
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    failure: Option<TokenError>,
}

struct Kept {
    token: Secret,
    fetched_at: DateTime<Utc>,
    use_until: DateTime<Utc>,
}

/// Why there is no token. Never holds a secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// The settings name no way, two ways, or half a way.
    #[error("{place}: {problem}")]
    Settings {
        /// Which table.
        place: String,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// The token could not be fetched.
    #[error("no access token from {origin}: {why}")]
    Fetch {
        /// Address, file or program.
        origin: String,
        /// What went wrong.
        why: String,
    },
}

impl TokenSource {
    /// A token, kept or fetched.
    pub async fn find_token(&self) -> Result<Secret, TokenError> {
        self.get(None).await
    }

    /// A token after a server refused this one: another one if there is any, else the same.
    pub async fn renew_token(&self, refused: &Secret) -> Result<Secret, TokenError> {
        self.get(Some(refused)).await
    }

    async fn get(&self, refused: Option<&Secret>) -> Result<Secret, TokenError> {
        let shared = &*self.0;
        let ended = shared.ended.load(Ordering::SeqCst);
        let mut state = shared.state.lock().await;
        let now = shared.clock.now();
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_good_at(now))
            && refused != Some(&kept.token)
        {
            return Ok(kept.token.clone());
        }
        if let Some(failure) = &state.failure
            && shared.ended.load(Ordering::SeqCst) > ended
        {
            return Err(failure.clone());
        }
        let fetched = shared.origin.fetch().await.and_then(|fetched| shared.origin.check(fetched));
        shared.ended.fetch_add(1, Ordering::SeqCst);
        state.failure = fetched.as_ref().err().cloned();
        let Fetched { token, life } = fetched?;
        if !matches!(shared.origin, Origin::File(_)) {
            let use_until = now + time_in_use(life);
            state.kept = Some(Kept { token: token.clone(), fetched_at: now, use_until });
        }
        Ok(token)
    }
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSource({})", self.0.origin.name())
    }
}

impl Kept {
    /// A clock that was set back says nothing of the token's age.
    fn is_good_at(&self, now: DateTime<Utc>) -> bool {
        (self.fetched_at..self.use_until).contains(&now)
    }
}

/// How long a token that lives for `life` is used.
fn time_in_use(life: Option<TimeDelta>) -> TimeDelta {
    match life {
        None => UNKNOWN_LIFE,
        Some(life) => life.max(TimeDelta::zero()) - GIVEN_UP_BEFORE.min(life.max(TimeDelta::zero()) / 4),
    }
}

impl Origin {
    fn name(&self) -> String {
        match self {
            Origin::ClientCredentials(credentials) => credentials.token_url.to_string(),
            Origin::File(path) => path.display().to_string(),
            Origin::Program(program) => program.name(),
        }
    }

    async fn fetch(&self) -> Result<Fetched, TokenError> {
        let fetched = match self {
            Origin::ClientCredentials(credentials) => credentials.fetch().await,
            Origin::File(path) => elsewhere::read_first_line(path),
            Origin::Program(program) => program.run().await,
        };
        fetched.map_err(|why| self.failed(why))
    }

    /// A token goes into a line between control characters: nothing but printable ASCII (RFC 6750, 2.1).
    fn check(&self, fetched: Fetched) -> Result<Fetched, TokenError> {
        let token = fetched.token.expose();
        if token.is_empty() {
            return Err(self.failed("the token is empty".to_owned()));
        }
        if token.len() > LENGTH_AT_MOST || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(self.failed("what came is no access token".to_owned()));
        }
        Ok(fetched)
    }

    fn failed(&self, why: String) -> TokenError {
        TokenError::Fetch { origin: self.name(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_given_up_before_it_expires() {
        let minutes = |n| Some(TimeDelta::minutes(n));
        assert_eq!(time_in_use(minutes(60)), TimeDelta::minutes(55));
        assert_eq!(time_in_use(minutes(8)), TimeDelta::minutes(6), "a short life is not all margin");
        assert_eq!(time_in_use(minutes(-8)), TimeDelta::zero());
        assert_eq!(time_in_use(None), TimeDelta::minutes(5));
    }

    #[test]
    fn a_clock_set_back_makes_no_old_token_good() {
        let noon = DateTime::UNIX_EPOCH + TimeDelta::hours(12);
        let kept =
            Kept { token: Secret::new("t"), fetched_at: noon, use_until: noon + TimeDelta::minutes(55) };
        assert!(kept.is_good_at(noon) && kept.is_good_at(noon + TimeDelta::minutes(54)));
        assert!(!kept.is_good_at(noon + TimeDelta::minutes(55)));
        assert!(!kept.is_good_at(noon - TimeDelta::seconds(1)));
    }
}
