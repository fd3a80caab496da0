//! Looking goes nowhere; trying asks everybody at once, one trial at a time.

use axum::http::StatusCode;

use super::{ADMIN, PAGE, Scene, expect_said};
use crate::delivery::server::{Do, Server, usual};
use crate::desk::name_server::NameServer;
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::Pages;

const WELL: [(&str, Option<&str>); 2] = [
    ("nordfjella.no", Some("v=spf1 ip4:127.0.0.1 -all")),
    ("_dmarc.nordfjella.no", Some("v=DMARC1; p=none")),
];

on_both_databases! {
    async fn looking_at_the_page_asks_nobody_and_changes_nothing(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let dns = NameServer::start(&WELL).await;
        let scene = Scene { url: &relay.url(), domain: "nordfjella.no", dns: Some(&dns), ..Scene::default() };
        let pages = scene.open(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let before = pages.dump().await;
        let page = lise.get(PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        expect_said(&page.body, &[
            &format!("Brevene går ut over {}.", relay.address),
            "SPF og DMARC for nordfjella.no er ikke prøvd ennå.",
            "Brevene kommer fra post@nordfjella.no. Svar går til Lise Lund (lise@nordfjella.no).",
            "Lenkene i brevene går til https://forum.example.",
            "Ingen leser brev som kommer i retur.",
            "Ikke sjekket",
        ]);
        assert_eq!(relay.seen.lock().unwrap().connections, 0);
        assert!(dns.asked.lock().unwrap().is_empty());
        assert_eq!(pages.dump().await, before);
    }

    async fn trying_asks_relay_and_domain_and_sends_no_letter(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let dns = NameServer::start(&WELL).await;
        let scene = Scene { url: &relay.url(), domain: "nordfjella.no", dns: Some(&dns), ..Scene::default() };
        let pages = scene.open(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let tried = lise.post(PAGE, "").await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
        expect_said(&tried.body, &[
            &format!("{} slipper oss inn og vil ta imot brev herfra. Forbindelsen er ikke kryptert.", relay.address),
            "SPF: nordfjella.no sier hvem som får sende, og at andre skal avvises.",
            "DMARC: nordfjella.no har en post, og ber mottakerne om bare å følge med (p=none).",
            "Brevene kommer ut, men noe bør sees på.",
            "Prøvd mandag 8. mars kl. 9.",
        ]);
        let seen = relay.seen.lock().unwrap();
        let lines: Vec<&str> = seen.lines.iter().skip(1).map(String::as_str).collect();
        assert_eq!(lines, ["MAIL FROM:<post@nordfjella.no>", "RSET", "QUIT"]);
        assert!(seen.taken.is_empty());
        let mut asked = dns.asked.lock().unwrap().clone();
        asked.sort();
        assert_eq!(asked, ["_dmarc.nordfjella.no", "nordfjella.no"]);
    }

    async fn only_one_tries_at_a_time(db: Database) {
        let relay = Server::start(usual(), |at| if at.verb == "CONNECT" { Do::Hang } else { Do::Usual }).await;
        let pages = Scene { url: &relay.url(), ..Scene::default() }.open(db).await;
        let mut first = seat(&pages, LISE, ADMIN).await;
        let mut second = seat(&pages, "ola@forum.example", ADMIN).await;
        let answer = tokio::select! {
            _ = first.post(PAGE, "") => panic!("the relay says nothing, and the trial was over"),
            answer = async {
                while relay.seen.lock().unwrap().connections == 0 {
                    tokio::task::yield_now().await;
                }
                second.post(PAGE, "").await
            } => answer,
        };
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        expect_said(&answer.body, &["Noen prøver akkurat nå.", "Brevene går ut over"]);
        assert_eq!(relay.seen.lock().unwrap().connections, 1);
    }

    async fn nobody_tries_all_the_time(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for _ in 0..10 {
            let tried = lise.post(PAGE, "").await;
            assert_eq!(tried.status, StatusCode::OK);
            expect_said(&tried.body, &[
                "Brevene går ikke ut ennå",
                "Brevene legges i mappa outbox og går ikke ut",
                "bruker en oppdiktet",
            ]);
        }
        let refused = lise.post(PAGE, "").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        expect_said(&refused.body, &["Vent et kvarter"]);
    }

    async fn what_is_wrong_in_the_file_is_told_at_once(db: Database) {
        let scene = Scene {
            url: "smtps://kari@relay.example",
            tables: "[returned]\nmaildir = \"finnes-ikke\"\n[[dkim]]\ndomain = \"forum.example\"\nselector = \"t2026\"\n\
                     key_file = \"borte.pem\"\n",
            ..Scene::default()
        };
        let pages = scene.open(db).await;
        std::fs::remove_file(pages.db.path("password")).unwrap();
        let mut lise = seat(&pages, LISE, ADMIN).await;
        expect_said(&lise.get(PAGE).await.body, &[
            "Passordet til e-posttjeneren mangler eller kan ikke leses.",
            "DKIM: Nøkkelen kan ikke brukes. Inntil det er rettet, sendes ingenting.",
            "Brev som kommer i retur, blir lest. Det er ikke prøvd ennå.",
            "Ikke noe program sender brev akkurat nå.",
        ]);
        let tried = lise.post(PAGE, "").await.body;
        expect_said(&tried, &[
            "Mappa for brev som kommer i retur, kan ikke brukes.",
            "forum.example er et navn for eksempler",
            "Noe hindrer brevene.",
        ]);
    }

    async fn what_the_forum_says_of_its_sender_is_what_the_relay_is_asked_about(db: Database) {
        let relay = Server::start(usual(), |_| Do::Usual).await;
        let pages = Scene { url: &relay.url(), ..Scene::default() }.open(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        lise.fill_in("/desk/settings/sender", "/desk/settings/sender", "sender=brev%40forum.example&reply_name=Ola+Nes&reply_address=ola%40nes.example").await;
        let page = lise.post(PAGE, "").await.body;
        expect_said(&page, &["Brevene kommer fra brev@forum.example. Svar går til Ola Nes (ola@nes.example)."]);
        assert!(relay.seen.lock().unwrap().lines.contains(&"MAIL FROM:<brev@forum.example>".to_owned()));
    }

    async fn a_test_to_oneself_is_for_who_may_send(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer","send"]"#).await;
        expect_said(&lise.get(PAGE).await.body, &["href=\"/desk/mailing/letter\"", "det går bare til lise@forum.example"]);
        let mut ola = seat(&pages, "ola@forum.example", ADMIN).await;
        let page = ola.get(PAGE).await.body;
        assert!(!page.contains("/desk/mailing/letter"), "a way that does not open");
        expect_said(&page, &["Den som har rett til å sende"]);
        assert!(ola.get("/desk/settings").await.body.contains("href=\"/desk/settings/mail\""));
    }

    async fn today_leads_there_when_letters_wait_that_no_relay_takes(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer","send"]"#).await;
        let mut ola = seat(&pages, "ola@forum.example", r#"["send"]"#).await;
        let leads = |body: &str| body.contains("href=\"/desk/settings/mail\"");
        assert!(!leads(&lise.get("/desk").await.body), "nothing waits");
        pages.run("UPDATE delivery SET state = 'deferred'").await;
        expect_said(&lise.get("/desk").await.body, &["Brevene venter på e-posttjeneren.", "Kommer brevene fram?"]);
        assert!(!leads(&ola.get("/desk").await.body), "it does not open to them");
    }
}
