//! Relays in plain words: whether they take letters, else at which stage they stopped, for what cause, and what to do.

use std::path::Path;

use super::told::{Mark, Told};
use crate::checkup::relay::{Folder, Knock, Opened, PATIENCE, is_protected};
use crate::checkup::trial::{Standing, Trial};
use crate::delivery::{Cause, LinkError, RelayError, SmtpRelay, Stage};
use crate::web::words::{MailRelay as Words, fill};

/// What is known of where letters go, with a trial if there was one; `sender` is whence they come.
pub(super) fn tell(words: &Words, standing: &Standing, trial: Option<&Trial>, sender: &str) -> Vec<Told> {
    let mut told = match &standing.relay {
        Opened::Folder(folder) => {
            vec![tell_folder(words, standing, folder, trial.and_then(|trial| trial.folder.as_ref()))]
        }
        Opened::Unusable(error) => vec![tell_unusable(words, error)],
        Opened::Servers(relays) => {
            let knock = |at: usize| trial.and_then(|trial| trial.knocks.get(at));
            relays
                .iter()
                .enumerate()
                .map(|(at, relay)| tell_server(&Teller { words, relay, sender }, knock(at)))
                .collect()
        }
    };
    told.extend(standing.open_secrets.iter().map(|path| {
        let path = standing.as_written(path);
        let filled = |text: &str| fill(text, &[("path", &path)]);
        Told::plain(Mark::Look, filled(&words.open_secret)).with(&filled(&words.open_secret_do))
    }));
    told
}

fn tell_folder(words: &Words, standing: &Standing, folder: &Path, tried: Option<&Folder>) -> Told {
    let at = |text: &str, folder: &Path| fill(text, &[("folder", &standing.as_written(folder))]);
    match tried {
        None | Some(Folder::Takes | Folder::WillBeMade) => {
            Told::plain(Mark::Look, at(&words.folder, folder)).with(&words.folder_do)
        }
        Some(Folder::Shut { at: nearest, .. }) => {
            Told::plain(Mark::Wrong, at(&words.folder_shut, nearest)).with(&words.folder_shut_do)
        }
    }
}

/// What is wrong with the settings: never a secret, nor what the system said of a file.
fn tell_unusable(words: &Words, error: &RelayError) -> Told {
    let (text, steps) = match error {
        RelayError::Url(_) | RelayError::UrlOf { .. } => (&words.bad_url, &words.bad_url_do),
        RelayError::Password(_) | RelayError::LoginOf { .. } | RelayError::Secret(_) => {
            (&words.no_password, &words.no_password_do)
        }
        RelayError::Token(_) => (&words.bad_token, &words.no_token_do),
        RelayError::Tls(_) => (&words.bad_trust, &words.bad_trust_do),
    };
    Told::plain(Mark::Wrong, text).with(steps)
}

/// A relay about to be told of.
struct Teller<'a> {
    words: &'a Words,
    relay: &'a SmtpRelay,
    sender: &'a str,
}

impl Teller<'_> {
    fn fill(&self, text: &str) -> String {
        let seconds = PATIENCE.as_secs().to_string();
        let (name, host) = (self.relay.name(), &self.relay.host);
        fill(text, &[("name", &name), ("host", host), ("sender", self.sender), ("seconds", &seconds)])
    }

    fn wrong(&self, (text, steps): (&str, &str)) -> Told {
        Told::plain(Mark::Wrong, self.fill(text)).with(&self.fill(steps))
    }
}

fn tell_server(teller: &Teller<'_>, knock: Option<&Knock>) -> Told {
    let words = teller.words;
    match knock {
        None => Told::plain(Mark::Unknown, teller.fill(&words.untried)),
        Some(Knock::LetIn) => {
            let how = if is_protected(teller.relay) { &words.encrypted } else { &words.open };
            Told::plain(Mark::Good, format!("{} {how}", teller.fill(&words.good)))
        }
        Some(Knock::Silent) => teller.wrong((&words.silent, &words.silent_do)),
        Some(Knock::Stopped(stopped)) => {
            let said = match stopped.code {
                Some(_) => fill(&words.said, &[("reply", &stopped.why)]),
                None => String::new(),
            };
            Told { said, ..teller.wrong(explain(words, stopped)) }
        }
    }
}

/// What it means, and what to do.
fn explain<'a>(words: &'a Words, stopped: &LinkError) -> (&'a str, &'a str) {
    match (stopped.stage, stopped.cause) {
        (_, Cause::NameNotFound) => (&words.no_name, &words.no_name_do),
        (_, Cause::Refused) => (&words.refused, &words.refused_do),
        (_, Cause::Unreachable) => (&words.unreachable, &words.unreachable_do),
        (_, Cause::TimedOut) => (&words.silent, &words.silent_do),
        (Stage::StartTls, Cause::NotOffered | Cause::SaidNo) => (&words.no_tls, &words.no_tls_do),
        (_, Cause::CertificateExpired) => (&words.expired, &words.expired_do),
        (_, Cause::CertificateOfOther) => (&words.other_name, &words.other_name_do),
        (_, Cause::CertificateUnknown) => (&words.unknown_issuer, &words.unknown_issuer_do),
        (Stage::Handshake, _) | (_, Cause::OtherProtocol) => {
            (&words.other_protocol, &words.other_protocol_do)
        }
        (_, Cause::NoToken) => (&words.no_token, &words.no_token_do),
        (Stage::Login, Cause::NotOffered) => (&words.no_login, &words.no_login_do),
        (Stage::Login, Cause::SaidNo) => (&words.wrong_password, &words.wrong_password_do),
        (Stage::Sender, Cause::SaidNo) => (&words.wrong_sender, &words.wrong_sender_do),
        (_, Cause::Closed | Cause::SaidNo) => (&words.turned_away, &words.turned_away_do),
        (_, Cause::NotOffered | Cause::Other) => (&words.other, &words.other_do),
    }
}
