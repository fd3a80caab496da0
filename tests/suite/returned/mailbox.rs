//! A mailbox on a real IMAP server.

use std::process::Command;

use chrono::TimeDelta;
use treff::feedback::returned::{Returned, Visit};
use treff::store::MailboxRow;

use super::dovecot::{Dovecot, USER};
use super::{REPLY, bounce, kinds, open, suspended};
use crate::delivery::rows::{noon, queue_letters};
use crate::harness::{Database, Engine};
use crate::on_both_databases;
use crate::treff::{Process, Treff};

fn visit(understood: usize, unknown: usize) -> Visit {
    Visit { understood, unknown, failed: 0 }
}

const FAILED: Visit = Visit { understood: 0, unknown: 0, failed: 1 };

/// The mailbox of `server` with TLS, and what else is said.
fn settings(server: &Dovecot, more: &str) -> String {
    let trust = server.path("cert.pem");
    format!(
        "[imap]\nhost = \"localhost\"\nport = {}\nuser = \"{USER}\"\ntrust_file = \"{}\"\n{more}\n",
        server.tls_port,
        trust.display()
    )
}

fn with_password(db: &Database, server: &Dovecot, more: &str) -> Returned {
    open(db, &settings(server, &format!("password_env = \"PASSWORD\"\n{more}"))).unwrap()
}

on_both_databases! {
    async fn a_mailbox_is_read_and_a_person_s_mail_stays_unread(db: Database) {
        queue_letters(&db.store, 5).await;
        let server = Dovecot::start();
        server.deliver(&[bounce(1), REPLY.to_owned(), bounce(2)]);
        let mut returned = with_password(&db, &server, "");
        assert_eq!(returned.visit_all().await, visit(2, 1));
        assert_eq!(suspended(&db.store).await, [1, 2]);
        assert_eq!(server.read_and_unread(""), (2, 1));
        assert_eq!(returned.visit_all().await, visit(0, 0));
        server.deliver(&[bounce(3)]);
        assert_eq!(returned.visit_all().await, visit(1, 0));
        // What another process has read is known to the next.
        let mut after = with_password(&db, &server, "");
        if db.store.has_many_workers() {
            assert_eq!(after.visit_all().await, visit(0, 0), "the first one has the mailbox");
        }
        // As if the server had numbered its mails anew.
        let mut tx = db.store.begin().await.unwrap();
        tx.run("UPDATE mailbox SET uid_validity = 7", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(returned.visit_all().await, visit(0, 1), "the person's mail again, recorded once");
        assert_eq!(kinds(&db.store).await, ["hard", "unknown", "hard", "hard"]);
        assert_eq!(server.read_and_unread(""), (3, 1));
    }
}

on_both_databases! {
    async fn one_process_has_a_mailbox_at_a_time(db: Database) {
        let (now, store) = (noon(), &db.store);
        let (soon, later) = (now + TimeDelta::minutes(5), now + TimeDelta::minutes(6));
        let fresh = MailboxRow { uid_validity: 0, last_uid: 0 };
        assert_eq!(store.claim_mailbox("a", "one", now, soon).await.unwrap(), Some(fresh.clone()));
        assert_eq!(store.claim_mailbox("a", "two", now, soon).await.unwrap(), None);
        assert_eq!(store.claim_mailbox("b", "two", now, soon).await.unwrap(), Some(fresh));
        let read = MailboxRow { uid_validity: 3, last_uid: 12 };
        assert!(store.note_mailbox("a", "one", &read, soon).await.unwrap());
        assert!(!store.note_mailbox("a", "two", &read, soon).await.unwrap());
        assert_eq!(store.claim_mailbox("a", "one", now, soon).await.unwrap(), Some(read.clone()));
        assert_eq!(store.claim_mailbox("a", "two", later, later).await.unwrap(), Some(read));
    }
}

#[tokio::test]
async fn what_was_understood_is_moved_where_the_configuration_says() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let server = Dovecot::start();
    server.deliver(&[bounce(1), REPLY.to_owned(), bounce(2)]);
    let mut returned = with_password(&db, &server, "move_to = \"Lest av Treff\"");
    assert_eq!(returned.visit_all().await, visit(2, 1));
    assert_eq!((server.read_and_unread(""), server.read_and_unread(".Lest av Treff/")), ((0, 1), (2, 0)));
}

#[tokio::test]
async fn tokens_let_in_and_a_refused_one_is_fetched_anew() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let server = Dovecot::start();
    server.deliver(&[bounce(1)]);
    let token_file = db.path("token");
    std::fs::write(&token_file, "refused").unwrap();
    let more = format!("[imap.oauth2]\ntoken_file = \"{}\"", token_file.display());
    let mut returned = open(&db, &settings(&server, &more)).unwrap();
    assert_eq!(returned.visit_all().await, FAILED);
    std::fs::write(&token_file, server.token(USER)).unwrap();
    assert_eq!(returned.visit_all().await, visit(1, 0));
    // The first token that this program prints is refused, the second one is not.
    let script = format!(
        "test -e {0} && cat {0} || {{ echo refused; cp {1} {0}; }}",
        db.path("next").display(),
        token_file.display()
    );
    let more = format!("[imap.oauth2]\ntoken_command = [\"/bin/sh\", \"-c\", {script:?}]");
    server.deliver(&[bounce(2)]);
    assert_eq!(open(&db, &settings(&server, &more)).unwrap().visit_all().await, visit(1, 0));
    assert_eq!(suspended(&db.store).await, [1, 2]);
}

#[tokio::test]
async fn starttls_is_required_and_nothing_is_said_to_who_cannot_be_trusted() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let server = Dovecot::start();
    server.deliver(&[bounce(1)]);
    let plain = settings(&server, "password_env = \"PASSWORD\"")
        .replace(&server.tls_port.to_string(), &server.port.to_string());
    let starttls = format!("{plain}tls = \"starttls\"\n");
    let untrusted: String =
        starttls.lines().filter(|l| !l.starts_with("trust_file")).map(|l| format!("{l}\n")).collect();
    assert_eq!(open(&db, &untrusted).unwrap().visit_all().await, FAILED);
    assert_eq!(open(&db, &starttls).unwrap().visit_all().await, visit(1, 0));
    let wrong = starttls.replace("localhost", "127.0.0.1").replace(USER, "");
    assert!(open(&db, &wrong).is_err(), "nobody is named");
    let open_far_away = starttls.replace("starttls", "none").replace("localhost", "imap.example");
    assert!(open(&db, &open_far_away).is_err(), "no open connection leaves the machine");
}

#[tokio::test]
async fn a_server_that_strips_starttls_gets_no_password() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let db = Database::create(Engine::Sqlite).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let said = tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        stream.write_all(b"* OK hello\r\n").await.unwrap();
        let (mut said, mut line) = (String::new(), String::new());
        while stream.read_line(&mut line).await.unwrap() > 0 {
            let tag = line.split(' ').next().unwrap().to_owned();
            said.push_str(&line);
            line.clear();
            stream.write_all(format!("{tag} BAD what?\r\n").as_bytes()).await.unwrap();
        }
        said
    });
    let settings = format!(
        "[imap]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"starttls\"\nuser = \"a\"\npassword_env = \"PASSWORD\""
    );
    assert_eq!(open(&db, &settings).unwrap().visit_all().await, FAILED);
    assert_eq!(said.await.unwrap(), "T1 STARTTLS\r\n");
}

fn serve(treff: &Treff) -> Process {
    let mut command: Command = treff.command();
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("MAILBOX_PASSWORD", "hemmelig");
    Process(command.stderr(std::process::Stdio::null()).spawn().unwrap())
}

#[tokio::test]
async fn a_process_killed_amid_reading_counts_nothing_twice_and_loses_nothing() {
    const MAILS: usize = 200;
    let server = Dovecot::start();
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let plain = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let more = format!(
        "[returned]\nmaildir = \"bounces\"\n[returned.imap]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"{USER}\"\npassword_env = \"MAILBOX_PASSWORD\"\nevery_seconds = 1\n",
        server.port
    );
    let without = plain.replace("[returned]\n", "");
    treff.write("treff.toml", format!("{without}\n{more}"));
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(treff.path("bounces").join(part)).unwrap();
    }
    let mails: Vec<String> = (0..MAILS).map(bounce).collect();
    server.deliver(&mails);
    for (n, mail) in (0..MAILS).map(|n| (n, bounce(1000 + n))) {
        treff.write(&format!("bounces/new/{n}.test"), mail);
    }
    assert_eq!(
        treff.run(&["doctor"]).json["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c["name"] == "returned")
            .count(),
        2
    );
    let doctor = treff.command().env("MAILBOX_PASSWORD", "hemmelig").arg("doctor").output().unwrap();
    let told = String::from_utf8(doctor.stdout).unwrap();
    let named = format!("the mailbox on 127.0.0.1:{} can be read; {MAILS} unread mails wait", server.port);
    assert!(told.contains(&named), "{told}");
    let store = &treff.database.store;
    for stop_at in [MAILS / 4, MAILS, MAILS * 5 / 4] {
        let process = serve(&treff);
        while kinds(store).await.len() < stop_at {}
        drop(process);
    }
    let _last = serve(&treff);
    let is_done = || {
        let waiting = std::fs::read_dir(treff.path("bounces/new")).unwrap().count();
        waiting == 0 && server.read_and_unread("") == (MAILS, 0)
    };
    while !is_done() {
        tokio::task::yield_now().await;
    }
    let kinds = kinds(store).await;
    assert_eq!(kinds.len(), 2 * MAILS);
    assert!(kinds.iter().all(|kind| kind == "hard"));
}
