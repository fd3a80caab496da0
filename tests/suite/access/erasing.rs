//! After an erasure through the page no file of the installation holds an address that the person had.

use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::delivery::name_test;
use treff::feedback::erasure::{Erasure, PersonalFiles, erase_person};
use treff::ids::RecipientId;
use treff::pipeline::{NoticeDesk, Pipeline};
use treff::store::{Store, StoreError};

use super::reader::{Reader, link_path};
use crate::harness::{Database, Engine};
use crate::pages::world::{KEY, Pages, now};

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list_files(&path, files) } else { files.push(path) }
    }
}

/// The files of the installation that name the text, in any case.
fn naming(pages: &Pages, text: &str) -> Vec<String> {
    let mut files = Vec::new();
    list_files(pages.db.folder.path(), &mut files);
    let names = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        bytes.windows(text.len()).any(|w| w == text.as_bytes())
    };
    files.into_iter().filter(names).map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// Sends the short mails that wait.
pub async fn send_notices(pages: &Pages) {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    app.clock = Clock::simulated(now());
    let pipeline = Pipeline::build(&app).await.unwrap();
    NoticeDesk::open(&pipeline).unwrap().send_due(&CancellationToken::new()).await.unwrap();
    app.store.close().await;
}

#[tokio::test]
async fn no_file_holds_any_address_of_theirs() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    // A letter in the folder, a returned mail, a colleague who names them, somebody who types their address.
    let outbox = pages.db.path("outbox/new");
    std::fs::create_dir_all(&outbox).unwrap();
    // And a letter from before a restore, whose number another has by now.
    for name in ["7", "earlier-999-1"] {
        std::fs::write(outbox.join(name), "To: Kari <kari@nav.test>\r\n\r\nHei").unwrap();
    }
    std::fs::write(pages.db.path("treff.db.sending-1"), "reply 7 250 kari@nav.test ok\n").unwrap();
    let mut tx = pages.db.store.begin().await.unwrap();
    tx.run(
        "INSERT INTO report (kind, recipient_id, reason, received_at, raw) VALUES ('soft', 1, 'kari@nav.test full', 0, $1)",
        vec![b"To: KARI@nav.test\r\n\r\nfull".to_vec().into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
    reader.post("/me/places/1/left", "name=Per&email=per@nav.test").await;
    pages.post("/sign-up", "email=kari@nav.test&consent=yes").await;
    send_notices(&pages).await;
    reader.post("/me/address", "email=kari@vik.example").await;
    send_notices(&pages).await;
    assert_eq!(reader.post(&link_path(3), "").await.status, StatusCode::OK);
    send_notices(&pages).await;
    let mut ola = Reader::signed_in(&pages, "ola@nav.test", 4).await;
    pages.run("INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at) VALUES (2, 1, 'Kari', 'kari@vik.example', 0)").await;
    pages.post("/link", "email=kari@vik.example").await;
    assert!(naming(&pages, "kari@nav.test").len() >= 4 && !naming(&pages, "kari@vik.example").is_empty());

    let receipt = reader.post("/me/erase", "sure=yes").await;
    assert!(receipt.body.contains("Du er glemt"), "{}", receipt.body);
    for text in ["kari@nav.test", "kari@vik.example"] {
        assert_eq!(naming(&pages, text), [""; 0], "{text}");
    }
    assert!(!naming(&pages, "ola@nav.test").is_empty());
    assert_eq!(ola.get("/me").await.status, StatusCode::OK);
}

/// Mails and words that concern somebody whose address ends like Kari's, and one that names both.
const OTHERS: [&str; 8] = [
    "UPDATE recipient SET email = 'sikari@nav.test' WHERE id = 2",
    "INSERT INTO report (kind, reason, received_at, raw) VALUES ('unknown', 'Kan noen ringe meg?', 0, CAST('From: sikari@nav.test' AS {bytes}))",
    "INSERT INTO report (kind, reason, received_at, raw) VALUES ('unknown', 'Om Kari Hansen', 0, CAST('Ring KARI@nav.test' AS {bytes}))",
    "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision, message_id, dated_at, reply)
     VALUES (8, 1, 2, 'accepted', 1, 0, 0, 1, 'n@forum.example', 1804487400000000, '250 ok <sikari@nav.test> <Kari@NAV.test>')",
    r#"INSERT INTO notice (kind, address, language, details, queued_at, next_attempt_at, expires_at, state, attempts)
       VALUES ('reply', 'per@nav.test', 'nb', '{"from":"sikari@nav.test"}', 0, 0, 9, 'queued', 0)"#,
    r#"INSERT INTO notice (kind, address, language, details, queued_at, next_attempt_at, expires_at, state, attempts)
       VALUES ('reply', 'per@nav.test', 'nb', '{"text":"Hei\nkari@nav.test"}', 0, 0, 9, 'queued', 0)"#,
    r#"INSERT INTO change (changed_at, actor, action, subject, after) VALUES (0, 'page', 'x', 'y', '{"a":"sikari@nav.test","b":"kari@nav.test"}')"#,
    "UPDATE item_version SET contact = 'Siri, sikari@nav.test' WHERE item_id = 1",
];

crate::on_both_databases! {
    async fn whose_address_ends_alike_keeps_all_that_is_theirs(db: Database) {
        let pages = Pages::over(db).await;
        let bytes = if pages.db.store.has_many_workers() { "BYTEA" } else { "BLOB" };
        let mut tx = pages.db.store.begin().await.unwrap();
        for sql in OTHERS {
            tx.run(sql.replace("{bytes}", bytes).leak() as &'static str, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let email = "kari@nav.test".parse().unwrap();
        let keys = treff::token::Keys::new(vec![(1, KEY)]);
        let erasure = Erasure {
            id: Some(RecipientId(1)),
            email: &email,
            keys: &keys,
            public_id: "erased".to_owned(),
            files: PersonalFiles::default(),
            now: now(),
        };
        let receipt = erase_person(&pages.db.store, &erasure).await.unwrap();
        assert!(!receipt.items_naming.contains(&"aapen".to_owned()), "{:?}", receipt.items_naming);
        assert_eq!(pages.text("SELECT reason FROM report WHERE raw IS NOT NULL").await, "Kan noen ringe meg?");
        assert_eq!(pages.text("SELECT reason FROM report WHERE raw IS NULL").await, "", "its subject names her");
        assert_eq!(pages.text("SELECT reply FROM delivery WHERE id = 8").await, "250 ok <sikari@nav.test> <>");
        assert_eq!(pages.text("SELECT details FROM notice WHERE kind = 'reply'").await, r#"{"from":"sikari@nav.test"}"#);
        assert_eq!(pages.text("SELECT after FROM change WHERE action = 'x'").await, r#"{"a":"sikari@nav.test","b":""}"#);
        assert!(!pages.dump().await.to_lowercase().replace("sikari@nav.test", "").contains("kari@nav.test"));
    }
}

crate::on_both_databases! {
    async fn the_receipt_names_an_account_under_an_address_that_they_had_before(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (1, 'tidligere@nav.test', 0)").await;
        pages.run("INSERT INTO account (email, name, rights, created_at) VALUES ('tidligere@nav.test', 'Kari', '[]', 0)").await;
        let email = "kari@nav.test".parse().unwrap();
        let keys = treff::token::Keys::new(vec![(1, KEY)]);
        let (public_id, files) = ("erased".to_owned(), PersonalFiles::default());
        let erasure = Erasure { id: Some(RecipientId(1)), email: &email, keys: &keys, public_id, files, now: now() };
        let receipt = erase_person(&pages.db.store, &erasure).await.unwrap();
        let named: Vec<&String> = receipt.outside.iter().filter(|told| told.contains("account")).collect();
        assert_eq!(named, ["the account tidligere@nav.test with which they sign in as staff"]);
    }
}

crate::on_both_databases! {
    async fn who_is_erased_while_somebody_changes_many_is_erased_all_the_same(db: Database) {
        let pages = Pages::over(db).await;
        let email = "kari@nav.test".parse().unwrap();
        let keys = treff::token::Keys::new(vec![(1, KEY)]);
        let (public_id, files) = ("erased".to_owned(), PersonalFiles::default());
        let erasure = Erasure { id: Some(RecipientId(1)), email: &email, keys: &keys, public_id, files, now: now() };
        // Each then wants what the other has: the erasure the forum, the change of many her row. It waits longer, so it is undone.
        let mut folding = pages.db.store.begin().await.unwrap();
        folding.lock_forum().await.unwrap();
        let folded = async {
            pages.db.until_waiting(1).await;
            match folding.run("UPDATE recipient SET name = name WHERE id = 1", vec![]).await {
                Ok(_) => folding.commit().await.unwrap(),
                Err(error) => assert!(StoreError::from(error).is_collision()),
            }
        };
        let (receipt, ()) = tokio::join!(erase_person(&pages.db.store, &erasure), folded);
        assert!(receipt.unwrap().database.is_some());
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 1").await, "erased");
    }
}

#[tokio::test]
async fn on_postgresql_no_table_is_left_out_of_forgetting() {
    let db = Database::create(Engine::Postgres).await;
    assert!(db.store.forget_deleted().await.unwrap());
    let mut tx = db.store.begin().await.unwrap();
    let left_out = "SELECT CAST(relname AS TEXT) FROM pg_stat_user_tables WHERE last_vacuum IS NULL";
    let left_out: Vec<treff::store::One<String>> = tx.all(left_out, vec![]).await.unwrap();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[tokio::test]
async fn on_postgresql_a_receipt_names_tables_that_are_not_vacuumed_for_us() {
    let pages = Pages::over(Database::create(Engine::Postgres).await).await;
    pages.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_write_all_data").await;
    let email = "kari@nav.test".parse().unwrap();
    let keys = treff::token::Keys::new(vec![(1, KEY)]);
    let (public_id, files) = ("erased".to_owned(), PersonalFiles::default());
    let erasure =
        Erasure { id: Some(RecipientId(1)), email: &email, keys: &keys, public_id, files, now: now() };
    // Who reads and writes everything and owns nothing.
    let url = format!("{}?options[role]=pg_write_all_data", pages.db.url);
    let guest = Store::open(&url, false).await.unwrap();
    let receipt = erase_person(&guest, &erasure).await.unwrap();
    guest.close().await;
    assert!(receipt.database.is_some(), "the rows are gone all the same");
    let told = receipt.outside.iter().find(|line| line.contains("run VACUUM")).expect("a remedy");
    assert!(told.contains(", recipient, "), "{told}");
    assert!(pages.db.store.list_tables_left().await.unwrap().is_empty(), "their owner leaves none");
}

#[tokio::test]
async fn on_sqlite_only_forgetting_writes_its_copy_into_a_file() {
    let db = Database::create(Engine::Sqlite).await;
    assert!(db.store.forget_deleted().await.unwrap());
    let mut tx = db.store.begin().await.unwrap();
    let treff::store::One(place): treff::store::One<i64> = tx.get("PRAGMA temp_store", vec![]).await.unwrap();
    assert_eq!(place, 2, "in memory, as before");
}

/// A file that names the address and that nobody can write while the value lives: a program that runs.
struct Unwritable {
    program: std::process::Child,
}

impl Unwritable {
    fn put(path: &Path, address: &str) -> Unwritable {
        use std::io::Write as _;
        std::fs::copy("/bin/sleep", path).unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        write!(file, "\nreply 7 250 {address} ok\n").unwrap();
        drop(file);
        Unwritable { program: std::process::Command::new(path).arg("60").spawn().unwrap() }
    }
}

impl Drop for Unwritable {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[tokio::test]
async fn stopped_after_the_rows_and_asked_again_no_file_holds_a_former_address() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    pages
        .run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (1, 'kari@vik.example', 0)")
        .await;
    let outbox = pages.db.path("outbox/new");
    std::fs::create_dir_all(&outbox).unwrap();
    std::fs::write(outbox.join("7"), "To: Kari <kari@vik.example>\r\n\r\nHei").unwrap();
    std::fs::write(pages.db.path("treff.db.sending-2"), "reply 7 250 kari@vik.example ok\n").unwrap();
    let journal = Unwritable::put(&pages.db.path("treff.db.sending-1"), "kari@nav.test");
    let app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    let email = "kari@nav.test".parse().unwrap();
    let keys = treff::token::Keys::new(vec![(1, KEY)]);
    let erasure = |id| Erasure {
        id,
        email: &email,
        keys: &keys,
        public_id: "erased".to_owned(),
        files: PersonalFiles::of(&app.config),
        now: now(),
    };
    let stopped = erase_person(&pages.db.store, &erasure(Some(RecipientId(1)))).await.unwrap_err();
    assert!(stopped.to_string().contains("treff.db.sending-1: cannot be cleaned"), "{stopped}");
    assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 1").await, "erased", "the rows are gone");
    drop(journal);
    let receipt = erase_person(&pages.db.store, &erasure(None)).await.unwrap();
    assert!(receipt.earlier && receipt.finished);
    for text in ["kari@nav.test", "kari@vik.example"] {
        assert_eq!(naming(&pages, text), [""; 0], "{text}");
    }
    app.store.close().await;
}

#[tokio::test]
async fn who_asked_for_a_strangers_address_takes_nothing_of_the_strangers_along() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    let outbox = pages.db.path("outbox/new");
    std::fs::create_dir_all(&outbox).unwrap();
    for name in ["notice-900", "alert-3-0a1b"] {
        std::fs::write(outbox.join(name), "To: lead@vik.example\r\n\r\nTil deg").unwrap();
    }
    std::fs::write(pages.db.path("treff.db.sending-1"), "reply 900 250 lead@vik.example ok\n").unwrap();
    for sql in [
        "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_name, sender_email, received_at, changed_at)
         VALUES ('d1', 'mail', 'new', 'nb', 'Kurs', 'Hei', '{}', '', '[]', 'Per', 'lead@vik.example', 0, 0)",
        "INSERT INTO report (kind, reason, received_at, raw) VALUES ('unknown', 'Om kurset', 0, CAST('From: lead@vik.example' AS BLOB))",
        "INSERT INTO notice (id, kind, address, language, details, queued_at, next_attempt_at, expires_at, state, attempts)
         VALUES (900, 'reply', 'lead@vik.example', 'nb', '{}', 0, 9000000000000000, 9100000000000000, 'queued', 0)",
        "INSERT INTO change (changed_at, actor, action, subject, after) VALUES (0, 'page', 'x', 'y', '{\"a\":\"lead@vik.example\"}')",
        r#"UPDATE item_version SET contact = '{"email":"lead@vik.example"}' WHERE item_id = 1"#,
    ] {
        pages.run(sql).await;
    }
    let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
    reader.post("/me/address", "email=lead@vik.example").await;
    let receipt = reader.post("/me/erase", "sure=yes").await.body;
    assert!(receipt.contains("Du er glemt") && !receipt.contains("aapen"), "{receipt}");
    for (kept, sql) in [
        ("Per", "SELECT sender_name FROM draft WHERE public_id = 'd1'"),
        ("Om kurset", "SELECT reason FROM report WHERE raw IS NOT NULL"),
        ("lead@vik.example", "SELECT address FROM notice WHERE id = 900"),
        (r#"{"a":"lead@vik.example"}"#, "SELECT after FROM change WHERE action = 'x'"),
        ("", "SELECT address FROM mail_link WHERE address = 'lead@vik.example'"),
    ] {
        assert_eq!(pages.text(sql).await, kept, "{sql}");
    }
    assert_eq!(["notice-900", "alert-3-0a1b"].map(|name| outbox.join(name).exists()), [true, true]);
    let journal = std::fs::read_to_string(pages.db.path("treff.db.sending-1")).unwrap();
    assert!(journal.contains("lead@vik.example"), "{journal}");
}

#[tokio::test]
async fn tests_of_their_letter_go_too_and_mail_to_an_address_that_they_never_confirmed() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    let outbox = pages.db.path("outbox/new");
    std::fs::create_dir_all(&outbox).unwrap();
    let keys = treff::token::Keys::new(vec![(1, KEY)]);
    let [own, of_ola] = [1, 2].map(|id| name_test(&keys, RecipientId(id), "0a1b"));
    let of_another_forum = "test-1-0123456789abcdef-0a1b".to_owned();
    for name in [&own, &of_ola, &of_another_forum] {
        std::fs::write(outbox.join(name), "To: lead@forum.example\r\n\r\nHei Kari").unwrap();
    }
    let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
    reader.post("/me/address", "email=kari@vik.example").await;
    send_notices(&pages).await;
    assert!(!naming(&pages, "kari@vik.example").is_empty());
    assert!(reader.post("/me/erase", "sure=yes").await.body.contains("Du er glemt"));
    let stays = |name: &String| outbox.join(name).exists();
    assert_eq!([&own, &of_ola, &of_another_forum].map(stays), [false, true, true]);
    assert_eq!(naming(&pages, "kari@vik.example"), [""; 0]);
    assert_eq!(
        pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM erased_address").await,
        "1",
        "nobody has said that the other one is theirs"
    );
}
