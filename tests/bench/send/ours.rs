//! Our sender, as `treff edition run` sets it up.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, DkimKey, Overrides};
use treff::delivery::{
    Algorithm, OpenGate, PrivateKey, Relay, Sender, SenderSetup, SignedLetters, Signer, sending_place,
};
use treff::pipeline::LetterAssembly;
use treff::store::Store;
use treff::token::Keys;

use super::letters::{DOMAIN, Ledger};
use super::settings::{Setting, Signature};
use super::sink::Sink;

/// Name of the key's file in its folder.
const KEY_FILE: &str = "dkim.pem";

/// What one round gave.
pub struct Sent {
    /// Letters a second.
    pub rate: f64,
    /// Microseconds of processor time a letter: user and system of this process, SQLite's included.
    pub micros: f64,
}

/// Our sender and the key that it signs with.
pub struct Ours {
    runtime: Runtime,
    sessions: usize,
    key: Option<TempDir>,
}

impl Ours {
    /// Makes a key if the setting wants one.
    pub fn new(setting: &Setting) -> Result<Ours, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let key = match setting.signature {
            Signature::None => None,
            Signature::Rsa => Some(make_key(Algorithm::Rsa)?),
            Signature::Ed25519 => Some(make_key(Algorithm::Ed25519)?),
        };
        Ok(Ours { runtime: runtime.map_err(|e| e.to_string())?, sessions: setting.sessions, key })
    }

    /// The key's folder, and in it the key's file in PEM (PKCS#8).
    pub fn key(&self) -> Option<std::path::PathBuf> {
        self.key.as_ref().map(|folder| folder.path().join(KEY_FILE))
    }

    /// Sends a fresh copy of the ledger's letters.
    pub fn send(&self, sink: &Sink, ledger: &Ledger) -> Sent {
        let folder = tempfile::tempdir().expect("a folder");
        let database = ledger.copy_into(folder.path());
        let rounded = self.runtime.block_on(async {
            let (store, mut sender) = self.start(sink, folder.path(), &database).await;
            let before = processor_micros();
            let start = Instant::now();
            let sent = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.expect("sending");
            let seconds = start.elapsed().as_secs_f64();
            let micros = processor_micros() - before;
            assert_eq!(sent.accepted, ledger.letters as u64);
            drop(sender);
            store.close().await;
            (seconds, micros)
        });
        let letters = ledger.letters as f64;
        Sent { rate: letters / rounded.0, micros: rounded.1 / letters }
    }

    async fn start(&self, sink: &Sink, folder: &Path, database: &Path) -> (Store, Sender) {
        let url = format!("sqlite://{}", database.display());
        let store = Store::open(&url, false).await.expect("a database");
        let overrides = Overrides {
            database_url: Some(url),
            relay_url: Some(format!("smtp://{}?tls=none", sink.address())),
            ..Overrides::default()
        };
        let mut file = ConfigFile::default();
        file.delivery.connections = self.sessions;
        file.dkim.extend(self.key().map(|key_file| DkimKey {
            domain: DOMAIN.into(),
            selector: "figures".into(),
            key_file,
        }));
        let config = Config::resolve(folder.to_owned(), file, overrides).expect("a configuration");
        let signer = Signer::load(&config, DOMAIN).expect("a key");
        let keys = Keys::new(vec![(1, [7; 32])]);
        let letters = Arc::new(LetterAssembly::new(store.clone(), keys.clone()));
        let setup = SenderSetup {
            store: store.clone(),
            clock: Clock::system(),
            relay: Relay::open(&config, &Clock::system()).expect("a relay"),
            assembly: SignedLetters::around(letters, signer, Clock::system()),
            keys,
            domain: DOMAIN.into(),
            connections: self.sessions,
            lease: Duration::from_secs(30),
            place: sending_place(&config),
        };
        (store, Sender::start(setup).await.expect("a sender"))
    }
}

fn make_key(algorithm: Algorithm) -> Result<TempDir, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let (_, pem) = PrivateKey::generate(algorithm).map_err(|e| e.to_string())?;
    std::fs::write(folder.path().join(KEY_FILE), pem.expose()).map_err(|e| e.to_string())?;
    Ok(folder)
}

/// User and system time of this process so far.
fn processor_micros() -> f64 {
    let ticks = list_ticks();
    (ticks[0] + ticks[1]) * 10_000.0
}

/// The same of the programs that this process has waited for.
pub fn processor_micros_of_others() -> f64 {
    let ticks = list_ticks();
    (ticks[2] + ticks[3]) * 10_000.0
}

/// Hundredths of a second: user and system time of this process, and of those that it waited for (proc(5)).
fn list_ticks() -> [f64; 4] {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = behind_name.split_whitespace().skip(11).map(|f| f.parse().unwrap_or(0.0));
    std::array::from_fn(|_| fields.next().unwrap_or(0.0))
}
