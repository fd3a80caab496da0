//! TLS and logging in.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, DeliverySettings, Overrides, Secret};
use treff::delivery::{Counts, OpenGate, Relay, Sender, SmtpRelay};

use super::rows::queue_letters;
use super::sending::setup;
use super::server::{Do, Offers, Server, usual};
use crate::harness::{Database, Engine};

/// A certificate for localhost and 127.0.0.1, in PEM, and a server's end of TLS that shows it.
pub fn certificate() -> (String, TlsAcceptor) {
    certificate_of(CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap())
}

/// Any other.
pub fn certificate_of(params: CertificateParams) -> (String, TlsAcceptor) {
    let key_pair = KeyPair::generate().unwrap();
    let made = params.self_signed(&key_pair).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key_pair.serialize_der()));
    let provider = std::sync::Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.der().clone()], key)
        .unwrap();
    (made.pem(), TlsAcceptor::from(std::sync::Arc::new(config)))
}

/// Sends two letters over a relay under `url`, trusting `pem`, as the user the URL names.
async fn send(url: &str, pem: Option<&str>) -> (Database, Counts) {
    send_with(url, pem, |_| {}).await
}

/// The same over a relay that was changed.
pub async fn send_with(
    url: &str,
    pem: Option<&str>,
    change: impl FnOnce(&mut SmtpRelay),
) -> (Database, Counts) {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 2).await;
    let mut file = ConfigFile::default();
    if let Some(pem) = pem {
        std::fs::write(db.path("trusted.pem"), pem).unwrap();
        file.delivery = DeliverySettings { trust_file: Some("trusted.pem".into()), ..file.delivery };
    }
    let overrides = Overrides {
        database_url: Some(db.url.clone()),
        relay_url: Some(url.to_owned()),
        relay_password: Some(Secret::new("hemmelig æøå")),
        ..Overrides::default()
    };
    let config = Config::resolve(db.folder.path().to_owned(), file, overrides).unwrap();
    let mut setup = setup(&db, "maildir:unused", 1);
    setup.relay = Relay::open(&config, &Clock::system()).unwrap();
    if let Relay::Smtp(relays) = &mut setup.relay {
        change(&mut relays[0]);
    }
    let mut sender = Sender::start(setup).await.unwrap();
    let done = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
    drop(sender);
    (db, done)
}

const DONE: Counts = Counts { accepted: 2, deferred: 0, rejected: 0, uncertain: 0 };
const DEFERRED: Counts = Counts { accepted: 0, deferred: 2, rejected: 0, uncertain: 0 };

async fn server(lines: &'static [&'static str], tls: TlsAcceptor, is_implicit: bool) -> Server {
    Server::start(Offers { lines, tls: Some(tls), is_implicit }, |_| Do::Usual).await
}

pub async fn reply(db: &Database) -> String {
    db.store.list_deliveries(None).await.unwrap()[0].reply.clone().unwrap()
}

#[tokio::test]
async fn starttls_comes_before_the_password_which_goes_as_plain() {
    let (pem, tls) = certificate();
    let server = server(&["PIPELINING", "AUTH LOGIN PLAIN"], tls, false).await;
    let (_db, done) =
        send(&format!("smtp://kari%40nes@localhost:{}", server.address.port()), Some(&pem)).await;
    assert_eq!(done, DONE);
    let seen = server.seen.lock().unwrap();
    // base64 of NUL kari@nes NUL hemmelig æøå
    assert_eq!(seen.logins, ["AUTH PLAIN AGthcmlAbmVzAGhlbW1lbGlnIMOmw7jDpQ=="]);
    let verbs: Vec<&str> = seen.lines.iter().map(|l| l.split(' ').next().unwrap()).take(4).collect();
    assert_eq!(verbs, ["EHLO", "STARTTLS", "EHLO", "AUTH"]);
}

#[tokio::test]
async fn implicit_tls_begins_at_once_and_login_is_spoken_where_plain_is_not() {
    let (pem, tls) = certificate();
    let server = server(&["PIPELINING", "AUTH LOGIN"], tls, true).await;
    let (_db, done) = send(&format!("smtps://kari@localhost:{}", server.address.port()), Some(&pem)).await;
    assert_eq!(done, DONE);
    assert_eq!(server.seen.lock().unwrap().logins, ["AUTH LOGIN a2FyaQ== aGVtbWVsaWcgw6bDuMOl"]);
}

#[tokio::test]
async fn a_relay_without_starttls_or_with_an_unknown_certificate_gets_nothing() {
    let plain = Server::start(usual(), |_| Do::Usual).await;
    let (db, done) = send(&format!("smtp://localhost:{}", plain.address.port()), None).await;
    assert_eq!(done, DEFERRED);
    assert_eq!(
        reply(&db).await,
        format!(
            "the relay localhost:{} cannot be used: STARTTLS failed: the relay does not offer it; use smtps://, or \
             ?tls=none if it is on this machine",
            plain.address.port()
        )
    );
    let (_, tls) = certificate();
    let unknown = server(&["PIPELINING"], tls, false).await;
    let (db, done) = send(&format!("smtp://localhost:{}", unknown.address.port()), None).await;
    assert_eq!(done, DEFERRED);
    assert!(reply(&db).await.contains("the TLS handshake failed"), "{}", reply(&db).await);
    assert!(!unknown.seen.lock().unwrap().lines.iter().any(|l| l.starts_with("MAIL")));
}

#[tokio::test]
async fn a_certificate_that_has_expired_or_names_another_gets_nothing_and_is_named() {
    let mut expired = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (expired.not_before, expired.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let other = CertificateParams::new(vec!["relay.example".to_owned()]).unwrap();
    for (params, why) in [(expired, "expired"), (other, "not valid for name")] {
        let (pem, tls) = certificate_of(params);
        for (scheme, is_implicit) in [("smtp", false), ("smtps", true)] {
            let server = server(&["PIPELINING"], tls.clone(), is_implicit).await;
            let (db, done) =
                send(&format!("{scheme}://localhost:{}", server.address.port()), Some(&pem)).await;
            assert_eq!(done, DEFERRED, "{scheme} {why}");
            let told = reply(&db).await;
            assert!(told.contains("the TLS handshake failed") && told.contains(why), "{scheme}: {told}");
            assert!(
                !server.seen.lock().unwrap().lines.iter().any(|l| l.starts_with("MAIL")),
                "{scheme} {why}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_password_defers_everything_and_says_so() {
    let (pem, tls) = certificate();
    let offers = Offers { lines: &["AUTH PLAIN"], tls: Some(tls), is_implicit: false };
    let server =
        Server::start(offers, |at| if at.verb == "AUTH" { Do::Say("535 5.7.8 wrong") } else { Do::Usual })
            .await;
    let (db, done) = send(&format!("smtp://kari@localhost:{}", server.address.port()), Some(&pem)).await;
    assert_eq!(done, DEFERRED);
    let told = reply(&db).await;
    assert!(told.ends_with("logging in failed: 535 5.7.8 wrong"), "{told}");
    assert!(!told.contains("hemmelig"));
}

#[test]
fn a_password_is_asked_for_and_never_shown() {
    let overrides =
        Overrides { relay_url: Some("smtps://kari@relay.example".into()), ..Overrides::default() };
    let config = Config::resolve("/nowhere".into(), ConfigFile::default(), overrides).unwrap();
    assert_eq!(
        Relay::open(&config, &Clock::system()).unwrap_err().to_string(),
        "relay_url names the user kari, but there is no password; set TREFF_RELAY_PASSWORD, or password_file under [delivery]"
    );
    assert_eq!(format!("{:?}", Secret::new("hemmelig")), "(secret)");
}
