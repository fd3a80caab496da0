//! Whether letters are signed, and whether DNS shows the keys that sign them (RFC 6376, 3.6).

use super::check::Check;
use crate::checkup::dkim::{OwnKey, Shown, Signing, compare, read_keys};
use crate::checkup::dns::Resolver;
use crate::config::Config;
use crate::delivery::PublishedKey;

const NAME: &str = "dkim";

/// One check for each key, and one more for each file that others can read; one that says so if there is no key.
pub(super) async fn check(config: &Config, resolver: &Resolver) -> Vec<Check> {
    let keys = match read_keys(config) {
        Signing::Nobody => {
            return vec![Check::ok(NAME, "letters are not signed here; let the relay sign, or make a key")];
        }
        Signing::NoSender => {
            return vec![Check::error(
                NAME,
                "keys are named, but no sender's address that they could sign for",
                "set address under [sender] in treff.toml",
            )];
        }
        Signing::Unusable(e) => {
            let remedy = "correct [[dkim]] in treff.toml; until then nothing is sent";
            return vec![Check::error(NAME, e.to_string(), remedy)];
        }
        Signing::Keys(keys) => keys,
    };
    let mut checks = Vec::new();
    for key in &keys {
        checks.extend(check_file(key));
        checks.push(check_record(key, resolver).await);
    }
    checks
}

/// A word of its file, if others can read it.
fn check_file(key: &OwnKey) -> Option<Check> {
    let path = key.open_file.as_ref()?.display();
    let told = format!("others than its owner can read {path}");
    Some(Check::warning(NAME, told, format!("chmod 600 {path}")))
}

async fn check_record(key: &OwnKey, resolver: &Resolver) -> Check {
    let name = &key.record_name;
    match &key.public {
        Err(e) => Check::error(NAME, format!("{name}: {e}"), "make a new key with treff dkim generate"),
        Ok(ours) => tell(name, ours, compare(resolver, key, ours).await),
    }
}

fn tell(name: &str, ours: &PublishedKey, shown: Shown) -> Check {
    let wrong = |found: &str| {
        let add = format!("add a TXT record to {name}: {}", ours.value());
        Check::error(NAME, format!("{name} {found}"), add)
    };
    match shown {
        Shown::Same => Check::ok(NAME, format!("{name} shows the {} key that signs", ours.algorithm)),
        Shown::Testing => Check::warning(
            NAME,
            format!("{name} says t=y: receivers may treat letters as unsigned"),
            "take t=y out of the record",
        ),
        Shown::Nothing => wrong("has no DKIM record: receivers cannot check the signature"),
        Shown::Several => wrong("has several DKIM records: receivers take any of them"),
        Shown::Revoked => wrong("says that its key was revoked"),
        Shown::Other => wrong("shows another key than the one that signs"),
        Shown::NotAsked(why) => Check::warning(
            NAME,
            format!("{name} was not compared with the key: {why}"),
            format!("look yourself: dig +short TXT {name}; it should say {}", ours.value()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Algorithm, PrivateKey};

    #[test]
    fn the_remedy_holds_the_record_to_publish() {
        let ours = PublishedKey::of(&PrivateKey::generate(Algorithm::Ed25519).unwrap().0).unwrap();
        let told = tell("t._domainkey.forum.example", &ours, Shown::Nothing);
        assert!(told.remedy.unwrap().contains(&ours.value()));
    }
}
