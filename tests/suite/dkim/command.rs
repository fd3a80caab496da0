//! `treff dkim generate`, and what `doctor` says of keys.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use treff::delivery::{PrivateKey, PublishedKey, Signer};

use crate::harness::Engine;
use crate::treff::Treff;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Makes a key and turns it on.
fn generate(treff: &Treff, selector: &str, algorithm: &str) -> Value {
    let args = ["dkim", "generate", "--domain", "Forum.example", "--selector", selector];
    let made = treff.run(&[&args[..], &["--algorithm", algorithm]].concat()).done().json;
    let settings =
        std::fs::read_to_string(treff.path("treff.toml")).unwrap() + "\n" + text(&made["settings"]);
    treff.write("treff.toml", settings);
    made
}

fn checks_called(doctor: &Value, name: &str) -> Vec<Value> {
    doctor["checks"].as_array().unwrap().iter().filter(|check| check["name"] == name).cloned().collect()
}

#[tokio::test]
async fn a_generated_key_signs_and_its_record_shows_it() {
    let treff = Treff::new(Engine::Sqlite).await;
    treff.run(&["init", "--no-input"]).done();
    for (selector, algorithm) in [("t2026", "rsa"), ("t2026e", "ed25519")] {
        let made = generate(&treff, selector, algorithm);
        assert_eq!((text(&made["domain"]), text(&made["algorithm"])), ("forum.example", algorithm));
        let path = treff.path("dkim").join(format!("{selector}.pem"));
        assert_eq!(text(&made["key_file"]), path.display().to_string());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let record = &made["record"];
        assert_eq!(text(&record["name"]), format!("{selector}._domainkey.forum.example"));
        let strings: Vec<&str> = record["strings"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(strings.concat(), text(&record["value"]));
        assert!(strings.iter().all(|s| s.len() <= 255));
        let zone: String = text(&record["zone"]).split('"').skip(1).step_by(2).collect();
        assert_eq!(zone, text(&record["value"]));
        let key = PrivateKey::from_pem(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(PublishedKey::read(&zone), Some(PublishedKey::of(&key).unwrap()));
    }
    let file = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let config = treff::config::Config::resolve(
        treff.database.folder.path().to_owned(),
        toml::from_str(&file).unwrap(),
        treff::config::Overrides::default(),
    );
    let signer = Signer::load(&config.unwrap(), "brev.forum.example").unwrap();
    let selectors: Vec<&str> = signer.keys().iter().map(|key| key.selector.as_str()).collect();
    assert_eq!(selectors, ["t2026", "t2026e"]);
}

#[tokio::test]
async fn a_key_that_is_there_is_never_overwritten() {
    let treff = Treff::new(Engine::Sqlite).await;
    let args = ["dkim", "generate", "--domain", "forum.example", "--selector", "t", "--out", "my.pem"];
    let made = treff.run(&args).done();
    assert_eq!(
        text(&made.json["settings"]),
        "[[dkim]]\ndomain = \"forum.example\"\nselector = \"t\"\nkey_file = \"my.pem\"\n"
    );
    let before = std::fs::read(treff.path("my.pem")).unwrap();
    let secret = String::from_utf8(before.clone()).unwrap();
    assert!(!made.stdout.contains(secret.lines().nth(1).unwrap()), "the private half is not printed");
    let refused = treff.run(&args).refused();
    assert_eq!(refused.len(), 1);
    assert_eq!(std::fs::read(treff.path("my.pem")).unwrap(), before);
    let people = treff.run_for_people(&["dkim", "generate", "--domain", "forum.example", "--selector", "u"]);
    assert!(people.done().stdout.contains("u._domainkey.forum.example. IN TXT ( \"v=DKIM1; k=rsa; p="));
}

#[tokio::test]
async fn names_that_cannot_stand_in_dns_are_refused() {
    let treff = Treff::new(Engine::Sqlite).await;
    for (domain, selector) in
        [("no", "t"), ("forum example", "t"), ("forum.example", "a;b"), ("forum.example", "")]
    {
        treff.run(&["dkim", "generate", "--domain", domain, "--selector", selector]).refused();
    }
    assert!(!treff.path("dkim").exists());
}

#[tokio::test]
async fn nothing_goes_unsigned_when_a_key_cannot_be_used() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let plain = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let sender =
        plain.replace("# address = \"forum@nordfjella.example\"", "address = \"brev@forum.example\"");
    assert_ne!(sender, plain);
    treff.write("treff.toml", &sender);
    generate(&treff, "t", "ed25519");
    treff.run(&["edition", "run", "weekly"]).done();
    let doctor = treff.run(&["doctor"]).json;
    assert_eq!(
        checks_called(&doctor, "dkim")[0]["result"],
        "warning",
        "a name for examples is not asked for"
    );
    std::fs::write(treff.path("dkim/t.pem"), "nothing").unwrap();
    let refused = treff.run(&["edition", "run", "weekly"]).refused();
    assert!(refused[0].contains("dkim/t.pem"), "{refused:?}");
    assert_eq!(checks_called(&treff.run(&["doctor"]).json, "dkim")[0]["result"], "error");
    treff.write(
        "treff.toml",
        sender + "[[dkim]]\ndomain = \"other.example\"\nselector = \"t\"\nkey_file = \"dkim/t.pem\"\n",
    );
    let refused = treff.run(&["edition", "run", "weekly"]).refused();
    assert!(refused[0].contains("other.example") && refused[0].contains("forum.example"), "{refused:?}");
    assert_eq!(treff.run(&["doctor"]).code, 1);
}
