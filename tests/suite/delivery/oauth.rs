//! Logging in with XOAUTH2: tokens from a token server, a file and a program.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Environment, OAuth2Settings, Overrides, RelaySettings, Secret};
use treff::delivery::{Counts, OpenGate, Relay, Sender};

use super::rows::letters;
use super::sending::setup;
use super::server::{At, Do, Offers, Server, usual};
use crate::harness::{Database, Engine};
use crate::treff::Treff;

/// A token server that does as it is told: it answers the n-th request (from 1).
struct TokenServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TokenServer {
    async fn start(answer: impl Fn(usize) -> (u16, String) + Send + Sync + 'static) -> TokenServer {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let mut text = Vec::new();
                while !is_whole(&text) {
                    if socket.read_buf(&mut text).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                let number = {
                    let mut asked = told.lock().unwrap();
                    asked.push(String::from_utf8(text).unwrap());
                    asked.len()
                };
                let (status, body) = answer(number);
                let head = format!(
                    "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all((head + &body).as_bytes()).await;
            }
        });
        TokenServer { address, asked, task }
    }

    fn requests(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |n| n.trim().parse().unwrap())
}

fn token(name: &str) -> (u16, String) {
    (200, format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{name}"}}"#))
}

fn response(token: &str) -> String {
    let text = format!("user=forum@nes.example\x01auth=Bearer {token}\x01\x01");
    format!("AUTH XOAUTH2 {}", base64::engine::general_purpose::STANDARD.encode(text))
}

fn offers() -> Offers {
    Offers { lines: &["PIPELINING", "AUTH LOGIN XOAUTH2"], ..usual() }
}

fn asking(server: &TokenServer) -> OAuth2Settings {
    OAuth2Settings {
        token_url: Some(format!("http://{}/token", server.address)),
        client_id: Some("app-1".into()),
        client_secret_env: Some("APP_SECRET".into()),
        ..OAuth2Settings::default()
    }
}

/// Sends so many letters over the relay with these settings.
async fn send(db: &Database, relay: &Server, oauth2: OAuth2Settings, connections: usize) -> Counts {
    let settings = RelaySettings {
        url: format!("smtp://forum%40nes.example@{}?tls=none", relay.address),
        oauth2: Some(oauth2),
        ..RelaySettings::default()
    };
    let file = ConfigFile { relay: vec![settings], ..ConfigFile::default() };
    let environment = Environment::of([("APP_SECRET".to_owned(), Secret::new("svært & hemmelig"))]);
    let overrides = Overrides { database_url: Some(db.url.clone()), environment, ..Overrides::default() };
    let config = Config::resolve(db.folder.path().to_owned(), file, overrides).unwrap();
    let mut setup = setup(db, "maildir:unused", connections);
    setup.relay = Relay::open(&config, &Clock::system()).unwrap();
    let mut sender = Sender::start(setup).await.unwrap();
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

async fn reply(db: &Database) -> String {
    db.store.list_deliveries(None).await.unwrap()[0].reply.clone().unwrap()
}

const fn counts(accepted: u64, deferred: u64) -> Counts {
    Counts { accepted, deferred, rejected: 0, uncertain: 0 }
}

#[tokio::test]
async fn a_token_is_fetched_once_for_many_connections() {
    let db = letters(60).await;
    let tokens = TokenServer::start(|n| token(&format!("token-{n}"))).await;
    let relay = Server::start(offers(), |_| Do::Usual).await;
    assert_eq!(send(&db, &relay, asking(&tokens), 5).await, counts(60, 0));
    let seen = relay.seen.lock().unwrap();
    assert!(seen.logins.len() >= 2);
    assert!(seen.logins.iter().all(|login| *login == response("token-1")), "{:?}", seen.logins);
    let asked = tokens.asked.lock().unwrap();
    assert_eq!(asked.len(), 1);
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /token HTTP/1.1\r\n"), "{head}");
    assert_eq!(
        body,
        "grant_type=client_credentials&client_id=app-1&client_secret=sv%C3%A6rt+%26+hemmelig\
         &scope=https%3A%2F%2Foutlook.office365.com%2F.default"
    );
}

#[tokio::test]
async fn a_token_that_expires_in_mid_edition_is_refreshed() {
    let db = letters(60).await;
    let tokens = TokenServer::start(|n| token(&format!("token-{n}"))).await;
    let old = response("token-1");
    let relay = Server::start(offers(), move |at: &At| match at.verb.as_str() {
        "." if at.to == "kari9@example.test" => Do::SayAndClose("250 2.0.0 taken"),
        "AUTH" if at.connection > 1 && at.line == old => Do::Say("535 5.7.3 expired"),
        _ => Do::Usual,
    })
    .await;
    assert_eq!(send(&db, &relay, asking(&tokens), 1).await, counts(60, 0));
    assert_eq!(tokens.requests(), 2);
    assert_eq!(
        relay.seen.lock().unwrap().logins,
        [response("token-1"), response("token-1"), response("token-2")]
    );
}

#[tokio::test]
async fn a_token_that_is_refused_again_is_a_relay_that_cannot_be_used() {
    let db = letters(300).await;
    let tokens = TokenServer::start(|n| token(&format!("token-{n}"))).await;
    // {"status":"400","schemes":"Bearer","scope":"mail"}
    let challenge = "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJtYWlsIn0=";
    let relay = Server::start(
        offers(),
        move |at: &At| if at.verb == "AUTH" { Do::Say(challenge) } else { Do::Usual },
    )
    .await;
    assert_eq!(send(&db, &relay, asking(&tokens), 10).await, counts(0, 300));
    assert_eq!(
        reply(&db).await,
        format!(
            "the relay {} cannot be used: logging in failed: 535 5.7.8 not accepted \
             (status 400, schemes Bearer, scope mail)",
            relay.address
        )
    );
    assert!(tokens.requests() <= 5, "{}", tokens.requests());
}

#[tokio::test]
async fn a_token_server_that_refuses_is_told_without_the_secret() {
    let db = letters(2).await;
    let refusal = r#"{"error":"invalid_client","error_description":"not 'svært & hemmelig'"}"#;
    let tokens = TokenServer::start(|_| (401, refusal.to_owned())).await;
    let relay = Server::start(offers(), |_| Do::Usual).await;
    assert_eq!(send(&db, &relay, asking(&tokens), 2).await, counts(0, 2));
    assert_eq!(
        reply(&db).await,
        format!(
            "the relay {} cannot be used: logging in failed: no access token from http://{}/token: \
             HTTP 401: invalid_client: not '(secret)'",
            relay.address, tokens.address
        )
    );
    assert_eq!(relay.seen.lock().unwrap().connections, 0);
}

#[tokio::test]
async fn a_token_from_a_file_is_read_at_each_login() {
    let db = letters(20).await;
    let path = db.path("token");
    std::fs::write(&path, "from-file-1\n").unwrap();
    let relay = Server::start(offers(), move |at: &At| {
        if at.verb == "." && at.to == "kari3@example.test" {
            std::fs::write(&path, "from-file-2\n").unwrap();
            return Do::SayAndClose("250 2.0.0 taken");
        }
        Do::Usual
    })
    .await;
    let settings = OAuth2Settings { token_file: Some("token".into()), ..OAuth2Settings::default() };
    assert_eq!(send(&db, &relay, settings, 1).await, counts(20, 0));
    assert_eq!(relay.seen.lock().unwrap().logins, [response("from-file-1"), response("from-file-2")]);
}

#[tokio::test]
async fn a_token_from_a_program_is_its_first_line() {
    let program = |script: &str| OAuth2Settings {
        token_command: Some(vec!["/bin/sh".into(), "-c".into(), script.into()]),
        ..OAuth2Settings::default()
    };
    let db = letters(20).await;
    let relay = Server::start(offers(), |_| Do::Usual).await;
    let script = "echo run >> runs; echo from-program; echo more";
    assert_eq!(send(&db, &relay, program(script), 4).await, counts(20, 0));
    assert!(relay.seen.lock().unwrap().logins.iter().all(|login| *login == response("from-program")));
    assert_eq!(std::fs::read_to_string(db.path("runs")).unwrap(), "run\n", "once for all connections");

    let db = letters(1).await;
    assert_eq!(send(&db, &relay, program("echo hemmelig; exit 3"), 1).await, counts(0, 1));
    let told = reply(&db).await;
    assert!(
        told.ends_with(
            "no access token from /bin/sh: it failed with exit status: 3; run it yourself to see why"
        ),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_ever_logged() {
    let treff = Treff::new(Engine::Sqlite).await;
    let tokens = TokenServer::start(|_| token("bearer-of-light")).await;
    // It repeats what it was told.
    let relay = Server::start(offers(), |at: &At| match at.verb.as_str() {
        "AUTH" if at.line.contains("XOAUTH2") => Do::Say("535 5.7.8 not bearer-of-light"),
        "AUTH" => Do::Say("535 5.7.8 not password-treasure, cGFzc3dvcmQtdHJlYXN1cmU="),
        _ => Do::Usual,
    })
    .await;
    std::fs::write(treff.path("secret"), "client-treasure\n").unwrap();
    std::fs::write(treff.path("password"), "password-treasure\n").unwrap();
    let config = format!(
        "[[relay]]\nurl = \"smtp://kari@{relay}?tls=none\"\n[relay.oauth2]\ntoken_url = \"http://{tokens}/token\"\n\
         client_id = \"app-1\"\nclient_secret_file = \"secret\"\n\
         [[relay]]\nurl = \"smtp://kari@{relay}?tls=none\"\npassword_file = \"password\"\n",
        relay = relay.address,
        tokens = tokens.address
    );
    treff.write("treff.toml", config);
    let mut command = treff.command();
    command.env("TREFF_LOG", "trace").env_remove("TREFF_RELAY_URL").args(["doctor", "--json"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(relay.seen.lock().unwrap().logins.len(), 2, "{told}");
    assert!(told.contains("TRACE"), "{told}");
    for secret in ["bearer-of-light", "client-treasure", "password-treasure"] {
        let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
        for spelling in [secret, encoded.trim_end_matches('='), &encoded[..encoded.len() - 6]] {
            assert!(!told.contains(spelling), "{spelling} in:\n{told}");
        }
    }
    for login in &relay.seen.lock().unwrap().logins {
        for word in login.split(' ').skip(2) {
            assert!(!told.contains(word), "{word}");
        }
    }
    let document = told.lines().find(|line| line.contains("\"checks\"")).unwrap_or(&told);
    assert!(document.contains("(secret)") && document.contains("can be read by every user"), "{document}");
}
