//! Whether letters can leave: the relay.

use std::path::Path;

use super::check::Check;
use crate::checkup::relay::{
    Folder, Knock, Opened, PATIENCE, is_protected, knock, list_open_secrets, open, try_folder,
};
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::{Cause, SmtpRelay, Stage};

const NAME: &str = "relay";

/// Knocks at each relay, with TLS and log-in as when sending, and goes away again.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let mut checks = check_secrets(config);
    match open(config, &Clock::system()) {
        Opened::Folder(folder) => checks.push(check_folder(&folder)),
        Opened::Servers(relays) => {
            for relay in &relays {
                checks.push(tell(relay, knock(relay, None).await));
            }
        }
        Opened::Unusable(e) => {
            let remedy = "correct relay_url or [[relay]] in treff.toml, or TREFF_RELAY_URL";
            checks.push(Check::error(NAME, e.to_string(), remedy));
        }
    }
    checks
}

fn tell(relay: &SmtpRelay, knock: Knock) -> Check {
    let place = relay.name();
    match knock {
        Knock::LetIn => {
            let how = if is_protected(relay) { "with TLS" } else { "without TLS" };
            let who = if relay.login.is_some() { ", logged in" } else { "" };
            Check::ok(NAME, format!("{place} answers {how}{who}"))
        }
        Knock::Stopped(e) => Check::error(NAME, e.to_string(), remedy_for(e.stage, e.cause)),
        Knock::Silent => Check::error(
            NAME,
            format!("{place} does not let us in within {} s", PATIENCE.as_secs()),
            remedy_for(Stage::Connect, Cause::TimedOut),
        ),
    }
}

/// What to do about a relay that stops at this stage, for this cause.
fn remedy_for(stage: Stage, cause: Cause) -> &'static str {
    if cause == Cause::CertificateExpired {
        return "ask whoever runs the relay to renew its certificate; is this machine's clock right?";
    }
    match stage {
        Stage::Connect => {
            "is the relay's url right, and may this machine reach it? a firewall may close the port; ask whoever runs it"
        }
        Stage::Greeting | Stage::Hello | Stage::Letters => {
            "ask whoever runs the relay whether this machine may use it; is the port right (587 for smtp://, 465 for smtps://)?"
        }
        Stage::StartTls => "use smtps:// if the relay speaks TLS from the start (port 465)",
        Stage::Handshake => {
            "is the host the name in the relay's certificate? a certificate of your own authority goes into trust_file"
        }
        Stage::Login | Stage::Sender => {
            "are user and password (or oauth2) right, and may this user send over this relay?"
        }
    }
}

/// Files of secrets that other users of this machine can read.
fn check_secrets(config: &Config) -> Vec<Check> {
    let tell = |path: &Path| {
        Check::warning(
            "secrets",
            format!("{} can be read by every user of this machine", path.display()),
            format!("chmod 600 {}", path.display()),
        )
    };
    list_open_secrets(config).iter().map(|path| tell(path)).collect()
}

/// A folder that is there must take a file; one that is not is made by the first letter.
fn check_folder(folder: &Path) -> Check {
    match try_folder(folder) {
        Folder::Takes => Check::ok(NAME, format!("letters go into the folder {}", folder.display())),
        Folder::WillBeMade => {
            Check::ok(NAME, format!("letters will go into the folder {}", folder.display()))
        }
        Folder::Shut { at, why } => Check::error(
            NAME,
            format!("no file can be written into {}: {why}", at.display()),
            "let the user that runs treff write there, or change relay_url in treff.toml",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_out_of_its_time_is_not_blamed_on_its_name() {
        let expired = remedy_for(Stage::Handshake, Cause::CertificateExpired);
        assert!(expired.contains("renew") && !expired.contains("name"), "{expired}");
        let other = remedy_for(Stage::Handshake, Cause::CertificateOfOther);
        assert!(other.contains("the name in the relay's certificate"), "{other}");
    }
}
