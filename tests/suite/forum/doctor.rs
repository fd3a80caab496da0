use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use treff::store::One;

use crate::desk::name_server::NameServer;
use crate::dkim::pem;
use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{Output, Treff};

/// The results by name, in order.
fn results(output: &Output) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let checks = output.json["checks"].as_array().expect("a list of checks");
    checks.iter().map(|check| (text(&check["name"]), text(&check["result"]))).collect()
}

fn result_of(output: &Output, name: &str) -> String {
    results(output)
        .into_iter()
        .find(|(n, _)| n == name)
        .map(|(_, result)| result)
        .expect("the check was made")
}

on_both_engines! {
    async fn a_fresh_installation_lacks_its_forum(engine: Engine) {
        let treff = Treff::new(engine).await;
        treff.run(&["init", "--no-input"]).done();
        let output = treff.run(&["doctor"]);
        assert_eq!(output.code, 1);
        let pairs = results(&output);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, r)| (n.as_str(), r.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("configuration", "ok"),
                ("database", "ok"),
                ("keys", "ok"),
                ("forum", "error"),
                ("lead", "warning"),
                ("pace", "ok"),
                ("editions", "ok"),
                ("templates", "ok"),
                ("pages", "ok"),
                ("sender", "warning"),
                ("privacy", "warning"),
                ("relay", "ok"),
                ("dns", "ok"),
                ("dkim", "ok"),
                ("returned", "ok"),
                ("sending", "ok"),
            ]
        );
        let forum = &output.json["checks"][3];
        assert_eq!(forum["remedy"], json!("describe it in a file: treff forum apply forum.toml"));
    }

    async fn what_the_forum_itself_settles_of_sender_and_controller_counts(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        assert_eq!(result_of(&treff.run(&["doctor"]), "privacy"), "warning");
        let forum = std::fs::read_to_string(treff.path("forum.toml")).unwrap();
        let settled = "\n[sender]\nreply_name = \"Kari Nes\"\nreply_address = \"kari@nord.example\"\n\
                       [privacy]\ncontroller = \"Nord\"\ncontact = \"personvern@nord.example\"\n";
        let file = treff.write("forum.toml", forum + settled);
        treff.run(&["forum", "apply", &file]).done();
        let output = treff.run(&["doctor"]);
        assert_eq!(result_of(&output, "privacy"), "ok");
        let found = output.json["checks"].as_array().unwrap().iter().find(|check| check["name"] == "privacy").unwrap();
        assert_eq!(found["detail"], json!("Nord, personvern@nord.example"));
    }

    async fn an_edition_ahead_of_the_clock_is_told(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        assert_eq!(result_of(&treff.run(&["doctor"]), "editions"), "ok");
        treff.run(&["edition", "run", "daily", "--at", "2097-03-08T07:30:00+01:00"]).done();
        let output = treff.run(&["doctor"]).done();
        let found = output.json["checks"].as_array().unwrap().iter().find(|check| check["name"] == "editions").unwrap();
        assert_eq!(found["result"], "warning");
        assert_eq!(found["detail"], json!("opened ahead of the clock: daily 2097-03-08T06:30:00Z"));
    }

    async fn with_a_forum_nothing_is_in_error(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let output = treff.run(&["doctor"]).done();
        assert_eq!(result_of(&output, "forum"), "ok");
        assert!(!treff.path("outbox").exists(), "looking changes nothing");
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_is_the_only_thing_told() {
    let treff = Treff::new(Engine::Sqlite).await;
    treff.write("treff.toml", "[sender]\nadress = \"x\"\n");
    let output = treff.run(&["doctor"]);
    assert_eq!(output.code, 1);
    assert_eq!(results(&output), [("configuration".to_owned(), "error".to_owned())]);
}

#[tokio::test]
async fn settings_that_keep_letters_from_leaving_are_errors() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    treff.write(
        "treff.toml",
        "base_url = \"http://forum.example\"\ntemplates = \"own\"\n[sender]\naddress = \"forum\"\n",
    );
    treff.write("own/letter/letter.html", "{% if %}");
    let output = treff.run(&["doctor"]);
    assert_eq!(output.code, 1);
    assert_eq!(result_of(&output, "pages"), "error");
    assert_eq!(result_of(&output, "sender"), "error");
    assert_eq!(result_of(&output, "templates"), "error");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_with_its_remedy() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let gone = format!("sqlite://{}", treff.path("gone.db").display());
    let output =
        treff.command().env("TREFF_DATABASE_URL", &gone).args(["doctor", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["checks"][1]["name"], "database");
    assert_eq!(json["checks"][1]["result"], "error");
    assert!(!treff.path("gone.db").exists(), "looking creates nothing");
}

#[tokio::test]
async fn a_database_that_others_can_read_is_a_warning() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let path = treff.path("treff.db");
    let set_mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    set_mode(0o640);
    let output = treff.run(&["doctor"]);
    assert_eq!((output.code, result_of(&output, "database").as_str()), (0, "warning"));
    let remedy = output.json["checks"][1]["remedy"].as_str().unwrap();
    assert!(remedy.starts_with(&format!("chmod 600 {}*", path.display())), "{remedy}");
    set_mode(0o600);
    assert_eq!(result_of(&treff.run(&["doctor"]), "database"), "ok");
}

#[tokio::test]
async fn a_damaged_database_is_told_before_anybody_meets_the_damage() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let store = &treff.database.store;
    let mut tx = store.begin().await.unwrap();
    let find = "SELECT rootpage + 0 FROM sqlite_master WHERE name = 'offer'";
    let One(page): One<i64> = tx.get(find, vec![]).await.unwrap();
    tx.undo().await.unwrap();
    store.close().await;
    let mut file = std::fs::OpenOptions::new().write(true).open(treff.path("treff.db")).unwrap();
    file.seek(SeekFrom::Start((u64::try_from(page).unwrap() - 1) * 4096)).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();
    let output = treff.run(&["doctor"]);
    assert_eq!((output.code, result_of(&output, "database").as_str()), (1, "error"));
    let remedy = output.json["checks"][1]["remedy"].as_str().unwrap();
    assert!(remedy.contains("restore it from a backup"), "{remedy}");
}

#[tokio::test]
async fn a_lock_or_journal_that_the_sender_cannot_write_is_an_error() {
    for name in ["treff.db.sending", "treff.db.sending-2"] {
        let treff = Treff::with_forum(Engine::Sqlite).await;
        assert_eq!(result_of(&treff.run(&["doctor"]), "sending"), "ok");
        // A folder in its place: not even root could write it.
        std::fs::create_dir(treff.path(name)).unwrap();
        let output = treff.run(&["doctor"]);
        assert_eq!((output.code, result_of(&output, "sending").as_str()), (1, "error"));
        assert!(output.stdout.contains(name), "{}", output.stdout);
    }
}

#[tokio::test]
async fn a_file_beside_the_database_that_is_anothers_is_a_warning() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let lock = treff.write("treff.db.sending", "");
    if let Err(why) = std::os::unix::fs::chown(&lock, Some(4711), None) {
        eprintln!("left out, only root gives files away: {why}");
        return;
    }
    let output = treff.run(&["doctor"]);
    assert_eq!(result_of(&output, "database"), "warning");
    let remedy = output.json["checks"][1]["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("chown --reference="), "{remedy}");
}

#[tokio::test]
async fn a_server_that_does_not_run_is_not_to_be_created() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let url = "postgres://treff@127.0.0.1:1/treff";
    let output = treff.command().env("TREFF_DATABASE_URL", url).args(["doctor", "--json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (json["checks"][1]["name"].as_str(), json["checks"][1]["result"].as_str()),
        (Some("database"), Some("error"))
    );
    let remedy = json["checks"][1]["remedy"].as_str().unwrap();
    assert!(!remedy.contains("treff init"), "{remedy}");
}

#[tokio::test]
async fn a_server_that_is_read_only_runs_and_is_told_so() {
    let treff = Treff::with_forum(Engine::Postgres).await;
    let url = format!("{}?options=-c%20default_transaction_read_only%3Don", treff.database.url);
    let output = treff.command().env("TREFF_DATABASE_URL", url).args(["doctor", "--json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let remedy = json["checks"][1]["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("name a server that can be written"), "{json}");
}

#[tokio::test]
async fn every_secret_that_others_can_read_is_told_once() {
    let treff = Treff::new(Engine::Sqlite).await;
    let imap = "[returned.imap]\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"retur\"\npassword_file = \"mailbox\"\n";
    let house = "[[sign_in.oidc]]\nslug = \"feide\"\nname = \"Feide\"\nissuer = \"http://127.0.0.1:1\"\n\
                 client_id = \"treff\"\nclient_secret_file = \"house\"\n";
    treff.write("treff.toml", format!("{imap}{}{house}", imap.replace("returned", "drafts")));
    for name in ["mailbox", "house"] {
        let path = treff.write(name, "hemmelig\n");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let output = treff.run(&["doctor"]);
    let checks = output.json["checks"].as_array().unwrap().iter();
    let told: Vec<&str> = checks
        .filter(|check| check["name"] == "secrets")
        .map(|check| check["remedy"].as_str().unwrap())
        .collect();
    let remedy = |name: &str| format!("chmod 600 {}", treff.path(name).display());
    assert_eq!(told, [remedy("house"), remedy("mailbox")]);
}

#[tokio::test]
async fn a_relay_is_knocked_at() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let knock = || {
        let url = format!("smtp://127.0.0.1:{port}?tls=none");
        let output = treff.command().env("TREFF_RELAY_URL", url).args(["doctor", "--json"]).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let checks = json["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == "relay").unwrap()
    };
    let serving = std::thread::spawn(move || {
        use std::io::{BufRead, BufReader, Write};
        let (mut socket, _) = listener.accept().unwrap();
        socket.write_all(b"220 relay.test\r\n").unwrap();
        let mut hello = String::new();
        BufReader::new(socket.try_clone().unwrap()).read_line(&mut hello).unwrap();
        socket.write_all(b"250 relay.test\r\n").unwrap();
        hello
    });
    let answering = knock();
    assert_eq!(answering["result"], "ok");
    assert_eq!(answering["detail"], json!(format!("127.0.0.1:{port} answers without TLS")));
    assert!(serving.join().unwrap().starts_with("EHLO "));
    assert_eq!(knock()["result"], "error", "nobody listens any more");
}

/// What doctor says of DNS and of keys, of an installation that sends from nordfjella.no; a key signs if there is `pem`.
async fn ask_doctor(dns: &NameServer, pem: Option<&str>) -> Vec<Value> {
    let treff = Treff::new(Engine::Sqlite).await;
    let mut settings = format!(
        "relay_url = \"smtp://127.0.0.1:1?tls=none\"\nname_server = \"{}\"\n[sender]\naddress = \"post@nordfjella.no\"\n",
        dns.address
    );
    if let Some(pem) = pem {
        let path = treff.write("t.pem", pem);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        settings += "[[dkim]]\ndomain = \"nordfjella.no\"\nselector = \"t\"\nkey_file = \"t.pem\"\n";
    }
    treff.write("treff.toml", settings);
    let checks = treff.run(&["doctor"]).json["checks"].as_array().unwrap().clone();
    checks.into_iter().filter(|check| check["name"] == "dns" || check["name"] == "dkim").collect()
}

fn list_results(checks: &[Value], name: &str) -> Vec<String> {
    let own = checks.iter().filter(|check| check["name"] == name);
    own.map(|check| check["result"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_do_harm_are_in_error_and_not_only_those_that_are_missing() {
    let harm = NameServer::start(&[
        ("nordfjella.no", Some("v=spf1 mx -all")),
        ("nordfjella.no", Some("v=spf1 a -all")),
        ("_dmarc.nordfjella.no", Some("v=DMARC1; p=none")),
        ("_dmarc.nordfjella.no", Some("v=DMARC1; p=reject")),
    ])
    .await;
    assert_eq!(list_results(&ask_doctor(&harm, None).await, "dns"), ["error", "error"]);
    let many = "v=spf1 a mx a:a.example a:b.example a:c.example include:more.nordfjella.no -all";
    let long = NameServer::start(&[
        ("nordfjella.no", Some(many)),
        ("more.nordfjella.no", Some("v=spf1 a mx a:a.example a:b.example a:c.example -all")),
        ("_dmarc.nordfjella.no", Some("v=DMARC1; p=none")),
    ])
    .await;
    assert_eq!(list_results(&ask_doctor(&long, None).await, "dns"), ["ok", "error", "ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_others_can_read_hides_no_record_that_is_missing() {
    let dns = NameServer::start(&[]).await;
    let checks = ask_doctor(&dns, Some(pem("ed25519-v2"))).await;
    assert_eq!(list_results(&checks, "dkim"), ["warning", "error"]);
}
