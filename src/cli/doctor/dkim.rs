//! Whether letters are signed, and whether DNS shows the keys that sign them (RFC 6376, 3.6).

use std::os::unix::fs::PermissionsExt as _;

use super::{Check, dns};
use crate::config::Config;
use crate::delivery::{PublishedKey, Signer, SigningKey, record_name};
use crate::forum::EmailAddress;

const NAME: &str = "dkim";

/// One check for each key; one that says so if there is none.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let written = &config.file.dkim;
    if written.is_empty() {
        return vec![Check::ok(NAME, "letters are not signed here; let the relay sign, or make a key")];
    }
    let from = config.file.sender.address.as_deref().and_then(|text| text.parse::<EmailAddress>().ok());
    let Some(from) = from else {
        return vec![Check::error(
            NAME,
            "keys are named, but no sender's address that they could sign for",
            "set address under [sender] in treff.toml",
        )];
    };
    let signer = match Signer::load(config, from.domain()) {
        Ok(signer) => signer,
        Err(e) => {
            let remedy = "correct [[dkim]] in treff.toml; until then nothing is sent";
            return vec![Check::error(NAME, e.to_string(), remedy)];
        }
    };
    let mut checks = Vec::new();
    for key in signer.keys() {
        checks.push(check_key(key).await);
    }
    checks
}

async fn check_key(key: &SigningKey) -> Check {
    if let Some(check) = check_file(key) {
        return check;
    }
    let name = record_name(&key.domain, &key.selector);
    match PublishedKey::of(&key.key) {
        Err(e) => Check::error(NAME, format!("{name}: {e}"), "make a new key with treff dkim generate"),
        Ok(ours) => match dns::find_texts(&key.domain, &name).await {
            Ok(texts) => judge(&name, &ours, &texts),
            Err(why) => Check::warning(
                NAME,
                format!("{name} was not compared with the key: {why}"),
                format!("look yourself: dig +short TXT {name}; it should say {}", ours.value()),
            ),
        },
    }
}

/// A warning if others than its owner can read the key.
fn check_file(key: &SigningKey) -> Option<Check> {
    let mode = std::fs::metadata(&key.path).ok()?.permissions().mode();
    let is_open = mode & 0o077 != 0;
    is_open.then(|| {
        let path = key.path.display();
        Check::warning(NAME, format!("others than its owner can read {path}"), format!("chmod 600 {path}"))
    })
}

fn judge(name: &str, ours: &PublishedKey, texts: &[String]) -> Check {
    let add = || format!("add a TXT record to {name}: {}", ours.value());
    let published: Vec<PublishedKey> = texts.iter().filter_map(|text| PublishedKey::read(text)).collect();
    let [theirs] = &published[..] else {
        let found = match published.len() {
            0 => "has no DKIM record: receivers cannot check the signature",
            _ => "has several DKIM records: receivers take any of them",
        };
        return Check::error(NAME, format!("{name} {found}"), add());
    };
    if theirs.key.is_empty() {
        return Check::error(NAME, format!("{name} says that its key was revoked"), add());
    }
    if (&theirs.algorithm, &theirs.key) != (&ours.algorithm, &ours.key) {
        return Check::error(NAME, format!("{name} shows another key than the one that signs"), add());
    }
    if theirs.is_testing {
        let told = format!("{name} says t=y: receivers may treat letters as unsigned");
        return Check::warning(NAME, told, "take t=y out of the record");
    }
    Check::ok(NAME, format!("{name} shows the {} key that signs", ours.algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Verdict;
    use crate::delivery::{Algorithm, PrivateKey};

    #[test]
    fn the_published_key_is_compared_with_the_one_that_signs() {
        let made = || PublishedKey::of(&PrivateKey::generate(Algorithm::Ed25519).unwrap().0).unwrap();
        let (ours, other) = (made(), made());
        let name = "t._domainkey.forum.example";
        let result = |texts: &[String]| judge(name, &ours, texts).result;
        assert_eq!(result(&["v=spf1 -all".to_owned(), ours.value()]), Verdict::Ok);
        assert_eq!(result(&[ours.value().replace("k=", "t=y; k=")]), Verdict::Warning);
        for wrong in
            [vec![], vec![other.value()], vec![ours.value(), other.value()], vec!["v=DKIM1; p=".into()]]
        {
            assert_eq!(result(&wrong), Verdict::Error, "{wrong:?}");
        }
        assert!(judge(name, &ours, &[]).remedy.unwrap().contains(&ours.value()));
    }
}
