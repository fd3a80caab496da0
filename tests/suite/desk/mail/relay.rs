//! Each way in which a relay may fail us, in plain words with what to do, and never with a secret.

use rcgen::{CertificateParams, date_time_ymd};
use tokio_rustls::TlsAcceptor;

use super::{ADMIN, PAGE, Scene, expect_said};
use crate::delivery::securing::{certificate, certificate_of};
use crate::delivery::server::{At, Do, Offers, Server, usual};
use crate::desk::seat::{LISE, seat};
use crate::harness::Database;
use crate::on_both_databases;

/// What the page says after a trial over a relay under `url`.
async fn try_relay(db: Database, url: &str, pem: Option<&str>) -> String {
    let pages = Scene { url, pem, ..Scene::default() }.open(db).await;
    let mut lise = seat(&pages, LISE, ADMIN).await;
    let page = lise.post(PAGE, "").await.body;
    assert!(!page.contains("hemmelig"), "the password is shown: {page}");
    page
}

async fn under_tls(tls: TlsAcceptor, plan: impl Fn(&At) -> Do + Send + Sync + 'static) -> Server {
    Server::start(Offers { lines: &["AUTH PLAIN"], tls: Some(tls), is_implicit: false }, plan).await
}

on_both_databases! {
    async fn nobody_listens(db: Database) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let page = try_relay(db, &format!("smtp://{address}?tls=none"), None).await;
        expect_said(&page, &[
            &format!("Maskinen svarer, men ingen tar imot på {address}."),
            "Se på porten: 587 for smtp://, 465 for smtps://.",
            "Noe hindrer brevene.",
        ]);
    }

    async fn there_is_no_such_name(db: Database) {
        // Longer than a name can be: nobody has to be asked.
        let host = format!("{}.example", "a".repeat(64));
        let page = try_relay(db, &format!("smtps://{host}"), None).await;
        expect_said(&page, &[&format!("Det finnes ingen tjener som heter {host}."), "Se etter skrivefeil i adressen"]);
    }

    async fn it_offers_no_encryption(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://localhost:{}", relay.address.port()), None).await;
        expect_said(&page, &["tilbyr ikke kryptering (STARTTLS)", "om en brannmur eller et virusfilter endrer e-posten"]);
    }

    async fn it_speaks_another_protocol(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtps://localhost:{}", relay.address.port()), None).await;
        expect_said(&page, &["svarer, men vi får ikke til å snakke sammen.", "Er de byttet om, ser det slik ut."]);
    }

    async fn its_certificate_is_not_known(db: Database) {
        let (_, tls) = certificate();
        let relay = under_tls(tls, |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://localhost:{}", relay.address.port()), None).await;
        expect_said(&page, &["er utstedt av noen som denne maskinen ikke kjenner.", "oppgi den som trust_file"]);
    }

    async fn its_certificate_is_out_of_its_time(db: Database) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        let (pem, tls) = certificate_of(params);
        let relay = under_tls(tls, |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://localhost:{}", relay.address.port()), Some(&pem)).await;
        expect_said(&page, &["gjelder ikke lenger.", "Be den som drifter e-posttjeneren, om å fornye det."]);
    }

    async fn its_certificate_is_of_another_name(db: Database) {
        let (pem, tls) = certificate_of(CertificateParams::new(vec!["relay.example".to_owned()]).unwrap());
        let relay = under_tls(tls, |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://localhost:{}", relay.address.port()), Some(&pem)).await;
        expect_said(&page, &["viser, er for et annet navn.", "om et sertifikat for localhost."]);
    }

    async fn the_password_is_wrong_and_its_answer_holds_it(db: Database) {
        let (pem, tls) = certificate();
        let relay = under_tls(tls, |at| match at.verb.as_str() {
            "AUTH" => Do::Say("535 5.7.8 hemmelig is wrong"),
            _ => Do::Usual,
        }).await;
        let page = try_relay(db, &format!("smtp://kari@localhost:{}", relay.address.port()), Some(&pem)).await;
        expect_said(&page, &[
            "godtar ikke brukernavnet eller passordet.",
            "Den svarte: 535 5.7.8 ",
            "Hos Microsoft 365 virker ikke passord lenger: Sett opp oauth2.",
        ]);
    }

    async fn it_lets_in_under_tls(db: Database) {
        let (pem, tls) = certificate();
        let relay = under_tls(tls, |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://kari@localhost:{}", relay.address.port()), Some(&pem)).await;
        expect_said(&page, &["slipper oss inn og vil ta imot brev herfra. Forbindelsen er kryptert."]);
    }

    async fn it_offers_no_log_in(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let page = try_relay(db, &format!("smtp://kari@{}?tls=none", relay.address), None).await;
        expect_said(&page, &["tilbyr ikke den innloggingen som er satt opp.", "er 587 eller 465, ikke 25."]);
    }

    async fn it_takes_no_letters_from_the_sender(db: Database) {
        let relay = Server::start(usual(), |at| match at.verb.as_str() {
            "MAIL" => Do::Say("550 5.7.60 not allowed to send as this sender"),
            _ => Do::Usual,
        }).await;
        let page = try_relay(db, &relay.url(), None).await;
        expect_said(&page, &[
            "tar ikke imot brev fra post@forum.example.",
            "Den svarte: 550 5.7.60 not allowed to send as this sender",
            "«Send som»",
        ]);
    }

    async fn it_turns_us_away(db: Database) {
        let relay = Server::start(usual(), |at| match at.verb.as_str() {
            "CONNECT" => Do::SayAndClose("554 5.7.1 <b>who</b> are you"),
            _ => Do::Usual,
        }).await;
        let page = try_relay(db, &relay.url(), None).await;
        expect_said(&page, &["avviser denne maskinen.", "Den svarte: 554 5.7.1 &lt;b&gt;who"]);
    }
}
