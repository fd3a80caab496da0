//! Short mails on their way: to a relay, into a folder, again, and never twice.

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::delivery::SendError;
use treff::feedback::notices::{NoticeReader, write_notice};
use treff::forum::Language;
use treff::letter::Notice;
use treff::pipeline::{NoticeDesk, Pipeline, PipelineError};

use crate::delivery::server::{Do, Server, usual};
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{KARI, now, write_forum};

/// A forum whose short mails go to `relay`.
struct Scene {
    db: Database,
    app: App,
}

impl Scene {
    async fn with_relay(db: Database, relay: &str) -> Scene {
        write_forum(&db.store).await;
        std::fs::write(
            db.path("treff.toml"),
            format!(
                "database_url = \"{}\"\nbase_url = \"https://forum.example\"\nrelay_url = \"{relay}\"\n",
                db.url
            ),
        )
        .unwrap();
        let mut app = App::open(&db.path("treff.toml"), Overrides::default()).await.unwrap();
        app.clock = Clock::simulated(now());
        Scene { db, app }
    }

    async fn queue(&self) {
        self.queue_to("kari@nav.test").await;
    }

    async fn queue_to(&self, address: &str) {
        let notice = Notice::SignIn { link: 1, minutes: 10 };
        let address = address.parse().unwrap();
        let to = NoticeReader { recipient: Some(KARI), address: &address, language: Language::Nb };
        let notice = write_notice(&notice, to, now(), TimeDelta::hours(1));
        let mut tx = self.db.store.begin().await.unwrap();
        tx.queue_notice(now(), &notice).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn send(&self) -> usize {
        let pipeline = Pipeline::build(&self.app).await.unwrap();
        NoticeDesk::open(&pipeline).unwrap().send_due(&CancellationToken::new()).await.unwrap()
    }

    /// Kari's status, and why.
    async fn kari(&self) -> String {
        let mut tx = self.db.store.begin().await.unwrap();
        let told = "SELECT TRIM(status || ' ' || COALESCE(status_cause, '')) FROM recipient WHERE id = $1";
        let treff::store::One(told) = tx.get(told, vec![KARI.into()]).await.unwrap();
        told
    }

    async fn states(&self) -> String {
        let mut tx = self.db.store.begin().await.unwrap();
        let rows: Vec<treff::store::One<String>> = tx
            .all("SELECT state || ' ' || COALESCE(address, '-') || ' ' || COALESCE(reply, '') FROM notice ORDER BY id", vec![])
            .await
            .unwrap();
        rows.into_iter().map(|row| row.0).collect::<Vec<_>>().join("\n")
    }
}

on_both_databases! {
    async fn a_relay_gets_it_once_and_the_address_is_forgotten(db: Database) {
        let server = Server::start(usual(), |_| Do::Usual).await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        assert_eq!((scene.send().await, scene.send().await), (1, 0));
        assert_eq!(scene.states().await, "sent - 250 2.0.0");
        let taken = server.seen.lock().unwrap().taken.clone();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, "kari@nav.test");
        let from = &taken[0].from;
        assert!(from.starts_with("bounce+n1.") && from.ends_with("@forum.example"), "a bounce tells which came back: {from}");
        assert!(taken[0].text.contains("Auto-Submitted: auto-generated\r\n"), "{}", taken[0].text);
        assert!(taken[0].text.contains("https://forum.example/d/"), "{}", taken[0].text);
    }

    async fn a_folder_gets_it_as_a_file(db: Database) {
        let scene = Scene::with_relay(db, "maildir:outbox").await;
        scene.queue().await;
        assert_eq!(scene.send().await, 1);
        assert_eq!(scene.states().await, "sent - 250 2.0.0 stored");
        let mail = std::fs::read_to_string(scene.db.path("outbox/new/notice-1")).unwrap();
        assert!(mail.contains("To: kari@nav.test\r\n"), "{mail}");
    }

    async fn a_folder_that_cannot_be_made_is_told_by_its_name(db: Database) {
        let scene = Scene::with_relay(db, "maildir:treff.toml/outbox").await;
        let refused = NoticeDesk::open(&Pipeline::build(&scene.app).await.unwrap()).err();
        match refused {
            Some(PipelineError::Sending(SendError::Maildir { path, .. })) => {
                assert!(path.ends_with("treff.toml/outbox"), "{}", path.display());
            }
            other => panic!("{other:?}"),
        }
    }

    async fn what_the_relay_puts_off_is_tried_again_later(db: Database) {
        let server = Server::start(usual(), |at| match (at.verb.as_str(), at.connection) {
            ("RCPT", 1) => Do::Say("451 4.3.0 kari@nav.test is busy"),
            _ => Do::Usual,
        })
        .await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        assert_eq!(scene.send().await, 1);
        assert_eq!(scene.states().await, "queued kari@nav.test 451 4.3.0");
        scene.app.clock.set(now() + TimeDelta::seconds(73));
        assert_eq!(scene.send().await, 1);
        assert_eq!(scene.states().await, "sent - 250 2.0.0");
        assert_eq!(server.recipients(), ["kari@nav.test"]);
    }

    async fn what_the_relay_refuses_is_given_up(db: Database) {
        let server = Server::start(usual(), |at| match at.verb.as_str() {
            "RCPT" => Do::Say("550 5.1.1 kari@nav.test is unknown"),
            _ => Do::Usual,
        })
        .await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        assert_eq!((scene.send().await, scene.send().await), (1, 0));
        assert_eq!(scene.states().await, "refused - 550 5.1.1");
    }

    // DESIGN section 5: rejections in the SMTP dialogue end where bounces do.
    async fn an_address_that_the_relay_does_not_know_is_suspended(db: Database) {
        let server = Server::start(usual(), |at| match at.verb.as_str() {
            "RCPT" => Do::Say("550 5.1.1 kari@nav.test is unknown"),
            _ => Do::Usual,
        })
        .await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue_to("kari@ny.test").await;
        scene.send().await;
        assert_eq!(scene.kari().await, "active", "a new address that is asked about is not hers yet");
        scene.queue().await;
        scene.send().await;
        assert_eq!(scene.kari().await, "suspended bounce: hard 5.1.1");
    }

    async fn what_speaks_of_us_suspends_nobody(db: Database) {
        let server = Server::start(usual(), |at| match (at.verb.as_str(), at.connection) {
            ("MAIL", 1) => Do::Say("550 5.1.1 unknown sender"),
            ("MAIL", 2) => Do::Say("530 5.7.0 authenticate first"),
            _ => Do::Usual,
        })
        .await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        scene.queue().await;
        assert_eq!(scene.send().await, 2);
        assert_eq!(scene.states().await, "refused - 550 5.1.1\nqueued kari@nav.test 530 5.7.0", "the second waits for us");
        assert_eq!(scene.kari().await, "active");
    }

    async fn what_broke_behind_its_final_dot_is_not_sent_again(db: Database) {
        let server = Server::start(usual(), |at| if at.verb == "." { Do::Close } else { Do::Usual }).await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        assert_eq!((scene.send().await, scene.send().await), (1, 0));
        assert_eq!(scene.states().await, "uncertain - the connection broke behind the final dot");
        assert_eq!(server.recipients(), ["kari@nav.test"]);
    }

    async fn what_broke_before_its_final_dot_is_tried_again(db: Database) {
        let server = Server::start(usual(), |at| if at.verb == "DATA" { Do::Close } else { Do::Usual }).await;
        let scene = Scene::with_relay(db, &server.url()).await;
        scene.queue().await;
        assert_eq!(scene.send().await, 1);
        assert_eq!(scene.states().await, "queued kari@nav.test the connection broke");
    }
}
