//! All of it together, for a page: how things stand by the settings, and what those answer who are asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::JoinSet;

use super::dkim::{self, OwnKey, Shown, Signing};
use super::dns::Resolver;
use super::domain::{self, Domain};
use super::relay::{self, Folder, Knock, Opened};
use super::returned::{self, TriedPlace};
use super::settings::{self, Pages, SenderFound, Templates};
use crate::clock::Clock;
use crate::config::{Config, Sender};

/// So long the mailbox of returned mail may take: somebody waits for the page.
const PATIENCE: Duration = Duration::from_secs(8);

/// How things stand by the settings.
#[derive(Debug)]
pub struct Standing {
    /// Where relative paths of the settings start.
    folder: PathBuf,
    /// Whether letters stay on this machine.
    pub stays_here: bool,
    /// Who sends.
    pub sender: SenderFound,
    /// Where links lead.
    pub pages: Pages,
    /// Which templates are used.
    pub templates: Templates,
    /// Where letters go.
    pub relay: Opened,
    /// Files of secrets that everybody on this machine can read.
    pub open_secrets: Vec<PathBuf>,
    /// The domain that is to be asked about.
    pub domain: Option<String>,
    /// Who signs.
    pub signing: Signing,
    /// Whether returned mail is read.
    pub is_watched: bool,
}

impl Standing {
    /// Reads the settings and the files that they name; `sender` is who sends. Goes nowhere and changes nothing, but reads
    /// files: not for a thread that others wait for.
    pub fn read(config: &Config, sender: &Sender, clock: &Clock) -> Standing {
        Standing {
            folder: config.folder.clone(),
            stays_here: settings::stays_here(config),
            sender: settings::check_sender(sender),
            pages: settings::check_pages(config),
            // Ours are tried when the program is built and when it starts; only others' may have changed since.
            templates: match config.file.templates {
                Some(_) => settings::check_templates(config),
                None => Templates::BuiltIn,
            },
            relay: relay::open(config, clock),
            open_secrets: relay::list_open_secrets(config),
            domain: domain::find_domain(config),
            signing: dkim::read_keys(config),
            is_watched: returned::is_watched(config),
        }
    }

    /// A path as the operator wrote it: from the settings' folder, if it lies there.
    pub fn as_written(&self, path: &Path) -> String {
        let written = path.strip_prefix(&self.folder).ok().filter(|rest| !rest.as_os_str().is_empty());
        written.unwrap_or(path).display().to_string()
    }

    fn keys(&self) -> &[OwnKey] {
        match &self.signing {
            Signing::Keys(keys) => keys,
            Signing::Nobody | Signing::NoSender | Signing::Unusable(_) => &[],
        }
    }
}

/// What those answered who were asked.
#[derive(Debug)]
pub struct Trial {
    /// Each relay's, in order of preference.
    pub knocks: Vec<Knock>,
    /// The folder's that stands for a relay.
    pub folder: Option<Folder>,
    /// DNS, of the sender's domain.
    pub domain: Domain,
    /// DNS, of each key; none for a key that has no public half.
    pub keys: Vec<Option<Shown>>,
    /// Each place where mail comes in.
    pub returned: Vec<TriedPlace>,
}

impl Trial {
    /// Asks all of them at once. `address` is whence letters come. No letter is sent. Never longer than half a minute.
    pub async fn run(config: &Config, standing: &Standing, address: Option<&str>, clock: &Clock) -> Trial {
        let resolver = Resolver::of(config);
        let (knocks, domain, keys, returned) = tokio::join!(
            knock_at_all(&standing.relay, address),
            domain::check(config, &resolver),
            compare_all(standing.keys(), &resolver),
            returned::try_all(config, clock, PATIENCE),
        );
        let folder = match &standing.relay {
            Opened::Folder(folder) => Some(relay::try_folder(folder)),
            Opened::Servers(_) | Opened::Unusable(_) => None,
        };
        Trial { knocks, folder, domain, keys, returned }
    }
}

async fn knock_at_all(opened: &Opened, address: Option<&str>) -> Vec<Knock> {
    let Opened::Servers(relays) = opened else { return Vec::new() };
    let mut asking = JoinSet::new();
    for (at, relay) in relays.iter().cloned().enumerate() {
        let address = address.map(str::to_owned);
        asking.spawn(async move { (at, relay::knock(&relay, address.as_deref()).await) });
    }
    let mut answers = asking.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, knock)| knock).collect()
}

async fn compare_all(keys: &[OwnKey], resolver: &Resolver) -> Vec<Option<Shown>> {
    let mut shown = Vec::new();
    for key in keys {
        shown.push(match &key.public {
            Ok(ours) => Some(dkim::compare(resolver, key, ours).await),
            Err(_) => None,
        });
    }
    shown
}
