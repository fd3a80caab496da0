//! What the sender's domain says, in plain words, with the records to publish.

use treff::delivery::{PrivateKey, PublishedKey};

use super::{ADMIN, PAGE, Scene, expect_said};
use crate::delivery::server::{Do, Server, usual};
use crate::desk::name_server::NameServer;
use crate::desk::seat::{LISE, seat};
use crate::dkim::pem;
use crate::harness::Database;
use crate::on_both_databases;

/// What the page says after a trial where these records are published, and what it said before; letters are signed
/// for `signed`, if for anybody.
async fn try_domain(
    db: Database,
    records: &[(&str, Option<&str>)],
    domain: &str,
    signed: Option<&str>,
) -> (String, String) {
    let dns = NameServer::start(records).await;
    let relay = Server::start(usual(), |_| Do::Usual).await;
    let tables = signed.map_or_else(String::new, |signed| {
        std::fs::write(db.path("t2026.pem"), pem("ed25519-v2")).unwrap();
        format!("[[dkim]]\ndomain = \"{signed}\"\nselector = \"t2026\"\nkey_file = \"t2026.pem\"\n")
    });
    let scene = Scene { url: &relay.url(), domain, dns: Some(&dns), tables: &tables, ..Scene::default() };
    let pages = scene.open(db).await;
    let mut lise = seat(&pages, LISE, ADMIN).await;
    let before = lise.get(PAGE).await.body;
    (before, lise.post(PAGE, "").await.body)
}

/// The public half of the key that signs here, as DNS shows it.
fn published() -> String {
    PublishedKey::of(&PrivateKey::from_pem(pem("ed25519-v2").as_bytes()).unwrap()).unwrap().value()
}

on_both_databases! {
    async fn what_is_missing_stands_there_ready_to_be_copied(db: Database) {
        let (before, page) = try_domain(db, &[], "nordfjella.no", Some("nordfjella.no")).await;
        expect_said(&before, &["Posten i DNS er ikke prøvd ennå.", "t2026._domainkey.nordfjella.no", &published()]);
        expect_said(&page, &[
            "SPF: nordfjella.no sier ikke hvem som får sende for det.",
            "nevner tjeneren som sender brevene ut på nettet",
            "DMARC: nordfjella.no har ingen post.",
            "_dmarc.nordfjella.no",
            "v=DMARC1; p=none",
            "DKIM: DNS har ingen post t2026._domainkey.nordfjella.no.",
            &published(),
        ]);
    }

    async fn a_domain_that_answers_for_its_letters_is_in_order(db: Database) {
        let key = published();
        let records = [
            ("nordfjella.no", Some("google-site-verification=x")),
            ("nordfjella.no", Some("v=spf1 include:_spf.nordfjella.no ~all")),
            ("_spf.nordfjella.no", Some("v=spf1 ip4:192.0.2.0/24 -all")),
            ("_dmarc.nordfjella.no", Some("v=DMARC1; p=reject; sp=quarantine")),
            ("t2026._domainkey.nordfjella.no", Some(&key)),
        ];
        let (_, page) = try_domain(db, &records, "forum.nordfjella.no", Some("nordfjella.no")).await;
        expect_said(&page, &[
            "SPF: forum.nordfjella.no sier ikke",
            "havner i søppelposten (p=quarantine). Posten står hos nordfjella.no.",
            "DKIM: Brevene signeres for nordfjella.no, og DNS viser den rette nøkkelen.",
        ]);
    }

    async fn a_signature_of_a_domain_above_does_not_count_where_the_very_same_is_asked(db: Database) {
        let key = published();
        let records = [
            ("forum.nordfjella.no", Some("v=spf1 mx ~all")),
            ("_dmarc.forum.nordfjella.no", Some("v=DMARC1; p=quarantine; adkim=s")),
            ("t2026._domainkey.nordfjella.no", Some(&key)),
        ];
        let (_, page) = try_domain(db, &records, "forum.nordfjella.no", Some("nordfjella.no")).await;
        expect_said(&page, &[
            "SPF: forum.nordfjella.no sier hvem som får sende, og at andre skal mistenkes.",
            "krever signatur for nøyaktig forum.nordfjella.no (adkim=s), men brevene er signert for nordfjella.no.",
            "treff dkim generate --domain forum.nordfjella.no",
            "Noe hindrer brevene.",
        ]);
    }

    async fn records_that_do_harm_are_told(db: Database) {
        let others = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let records = [
            ("nordfjella.no", Some("v=spf1 mx -all")),
            ("nordfjella.no", Some("v=spf1 include:relay.example -all")),
            ("_dmarc.nordfjella.no", Some("v=DMARC1; rua=mailto:post@nordfjella.no")),
            ("t2026._domainkey.nordfjella.no", Some(others)),
        ];
        let (_, page) = try_domain(db, &records, "nordfjella.no", Some("nordfjella.no")).await;
        expect_said(&page, &[
            "SPF: nordfjella.no har 2 poster. Da teller ingen av dem.",
            "DMARC: Posten for nordfjella.no sier ikke hva mottakerne skal gjøre.",
            "viser en annen nøkkel enn den som signerer.",
            &published(),
        ]);
    }

    async fn a_record_that_asks_too_much_is_told(db: Database) {
        let records = [
            ("nordfjella.no", Some("v=spf1 a mx include:one.nordfjella.no include:two.nordfjella.no ?all")),
            ("one.nordfjella.no", Some("v=spf1 a mx exists:x.nordfjella.no include:two.nordfjella.no -all")),
            ("two.nordfjella.no", Some("v=spf1 a:a.nordfjella.no a:b.nordfjella.no -all")),
            ("_dmarc.nordfjella.no", Some("v=DMARC1; p=none")),
        ];
        let (_, page) = try_domain(db, &records, "nordfjella.no", None).await;
        expect_said(&page, &[
            "SPF: Posten for nordfjella.no stenger ingen ute",
            "krever mer enn 10 oppslag",
            "DKIM: Brevene signeres ikke her.",
        ]);
    }

    async fn a_name_server_that_fails_is_no_missing_record(db: Database) {
        let (_, page) = try_domain(db, &[("nordfjella.no", None)], "nordfjella.no", None).await;
        expect_said(&page, &["Vi fikk ikke svar om nordfjella.no."]);
        assert!(!page.contains("v=DMARC1") && !page.contains("127.0.0.1:53"), "{page}");
    }
}
