//! What cannot be copied is told, and leaves the target as empty as it was.

use std::fs::File;

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use treff::store::{CopyOrder, Target};

use super::Move;
use crate::harness::{EmptyDatabase, Engine};
use crate::treff::Treff;

/// What went wrong on the way, exit 1; nothing is there.
async fn failed(moving: &Move) -> String {
    let failed = moving.copy();
    assert_eq!(failed.code, 1, "{}{}", failed.stdout, failed.stderr);
    assert_eq!(moving.count_tables_there().await, 0, "it is as empty as before");
    failed.json["errors"][0].as_str().expect("an error").to_owned()
}

#[tokio::test]
async fn while_somebody_sends_nothing_is_copied_but_a_dry_run() {
    let moving = Move::begin().await;
    let path = moving.treff.path("treff.db.sending");
    std::fs::write(&path, "process 7 on nes\n").unwrap();
    let sending = File::open(&path).unwrap();
    sending.try_lock().unwrap();
    let told = failed(&moving).await;
    let file = moving.treff.path("treff.db").display().to_string();
    assert!(told.starts_with(&format!("process 7 on nes sends from {file}")), "{told}");
    assert!(told.contains("stop treff serve first"), "{told}");
    moving.copy_with(&["--dry-run"]).done();
    drop(sending);
    moving.copy().done();
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_leaves_nothing() {
    let moving = Move::begin().await;
    let tried = moving.copy_with(&["--dry-run"]).done();
    assert_eq!(moving.count_tables_there().await, 0);
    assert_eq!(tried.json["dry_run"], true);
    let copied = moving.copy().done();
    assert_eq!(copied.json["dry_run"], false);
    assert_eq!((&copied.json["tables"], &copied.json["rows"]), (&tried.json["tables"], &tried.json["rows"]));
}

#[tokio::test]
async fn what_is_not_empty_is_left_as_it_is() {
    let moving = Move::begin().await;
    moving.copy().done();
    let told = moving.copy().refused();
    assert!(told[0].contains("is not empty, it has public._sqlx_migrations, public.account, "), "{told:?}");
    assert!(told[0].contains("Name an empty one"), "{told:?}");
    let other = Move { treff: moving.treff, target: EmptyDatabase::create() };
    let mut db = other.connect_there().await;
    for sql in ["CREATE SCHEMA theirs", "CREATE VIEW theirs.own AS SELECT 1"] {
        sqlx::query(sql).execute(&mut db).await.unwrap();
    }
    let told = other.copy().refused();
    assert!(told[0].contains("it has theirs.own;"), "{told:?}");
}

#[tokio::test]
async fn a_forum_on_postgresql_has_no_way_to_go() {
    let (treff, target) = (Treff::with_forum(Engine::Postgres).await, EmptyDatabase::create());
    let told = treff.run(&["database", "copy", "--to", &target.url]).refused();
    assert_eq!(told, ["the forum is on PostgreSQL already; a copy of it is pg_dump's to make"]);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_without_its_password() {
    let moving = Move::begin().await;
    let copy_to = |url: &str| moving.treff.run(&["database", "copy", "--to", url]);
    for url in ["sqlite://other.db", "mysql://treff:password-treasure@db.example/treff", "postgres://[x"] {
        let told = copy_to(url).refused();
        assert_eq!(
            told,
            ["--to is no address of a PostgreSQL database; write postgres://USER@HOST/NAME"],
            "{url}"
        );
    }
    let down = copy_to("postgres://treff:password-treasure@127.0.0.1:1/treff");
    assert_eq!(down.code, 1);
    assert!(
        down.stderr.contains("the PostgreSQL database treff on 127.0.0.1:1 cannot be opened"),
        "{}",
        down.stderr
    );
    assert!(!down.stderr.contains("treasure") && !down.stderr.contains("treff.db"), "{}", down.stderr);
}

#[tokio::test]
async fn a_database_that_has_not_every_letter_is_refused() {
    let target =
        EmptyDatabase::create_as("ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc");
    let moving = Move { treff: Treff::with_forum(Engine::Sqlite).await, target };
    let told = moving.copy().refused();
    assert!(told[0].contains("is encoded in LATIN1") && told[0].contains("--encoding UTF8"), "{told:?}");
}

#[tokio::test]
async fn where_there_is_no_forum_there_is_nothing_to_copy() {
    let (treff, target) = (Treff::new(Engine::Sqlite).await, EmptyDatabase::create());
    treff.run(&["init", "--no-input"]).done();
    let told = treff.run(&["database", "copy", "--to", &target.url]).refused();
    assert!(told[0].contains("holds no forum to copy"), "{told:?}");
}

#[tokio::test]
async fn a_value_that_fits_no_column_is_told_with_its_row() {
    let moving = Move::begin().await;
    let wrong = [
        ("'1.5 ganger'", "cap in the table forum holds a text instead of a whole number where id = 1"),
        ("7.5", "cap in the table forum holds the number 7.5 instead of a whole number where id = 1"),
    ];
    for (value, expected) in wrong {
        moving.write(&[&format!("UPDATE forum SET cap = {value}")]).await;
        let tried = moving.copy_with(&["--dry-run"]);
        assert_eq!(tried.code, 1, "a dry run tells it too");
        let told = tried.json["errors"][0].as_str().unwrap().to_owned();
        assert!(told.starts_with(expected) && told.contains("nothing was copied"), "{told}");
        assert_eq!(moving.count_tables_there().await, 0, "it is as empty as before");
    }
    let broken = "UPDATE group_sector SET group_id = x'00'";
    moving.write(&["UPDATE forum SET cap = 7", broken]).await;
    let told = moving.copy_with(&["--dry-run"]);
    let told = told.json["errors"][0].as_str().unwrap().to_owned();
    assert!(told.contains("where group_id is no key AND sector_id = "), "{told}");
    let broken = "UPDATE change SET subject = CAST(x'61ff' AS TEXT) WHERE id = 1";
    moving.write(&["DELETE FROM group_sector", broken]).await;
    let told = failed(&moving).await;
    assert!(
        told.starts_with("subject in the table change holds a text that is not UTF-8 where id = 1"),
        "{told}"
    );
}

#[tokio::test]
async fn a_row_that_names_one_that_is_not_there_is_told() {
    let moving = Move::begin().await;
    let nobody =
        "INSERT INTO former_address (recipient_id, address, until_at) VALUES (77, 'a@example.test', 0)";
    moving.write(&[nobody]).await;
    let told = failed(&moving).await;
    assert!(told.contains("failed while filling the table former_address"), "{told}");
    assert!(told.contains("(Key (recipient_id)=(77) is not present in table \"recipient\")"), "{told}");
    moving
        .write(&["DELETE FROM former_address", "UPDATE term SET parent_id = 999 WHERE slug = 'process'"])
        .await;
    let told = moving.copy_rows().await.unwrap_err().to_string();
    assert!(told.contains("Key (parent_id)=(999) is not present in table \"term\""), "{told}");
    assert_eq!(moving.count_tables_there().await, 0, "it is as empty as before");
    moving.write(&["UPDATE term SET parent_id = NULL WHERE parent_id = 999"]).await;
    moving.copy().done();
}

#[tokio::test]
async fn who_may_make_no_tables_there_is_told_of_that_database_and_not_of_the_forum_s() {
    let moving = Move::begin().await;
    let mut owner = moving.connect_there().await;
    let role = format!("mover_{}", hex::encode(treff::clock::random_bytes::<8>()));
    let make = format!("CREATE ROLE {role} LOGIN");
    for sql in [make.as_str(), "REVOKE CREATE ON SCHEMA public FROM PUBLIC"] {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut owner).await.unwrap();
    }
    let mut url = url::Url::parse(&moving.target.url).unwrap();
    url.set_username(&role).unwrap();
    let refused = moving.treff.run(&["database", "copy", "--to", url.as_str()]);
    sqlx::query(sqlx::AssertSqlSafe(format!("DROP ROLE {role}"))).execute(&mut owner).await.unwrap();
    assert_eq!(refused.code, 1);
    let told = refused.json["errors"][0].as_str().unwrap().to_owned();
    assert!(told.contains("failed while making its tables"), "{told}");
    assert!(told.contains("GRANT CREATE ON SCHEMA public"), "{told}");
    assert!(!told.contains("treff.db"), "{told}");
}

#[tokio::test]
async fn a_nul_in_a_text_becomes_the_sign_that_one_was_there_and_is_told() {
    let moving = Move::begin().await;
    moving.write(&["UPDATE change SET subject = 'a' || char(0) || 'b' WHERE id < 3"]).await;
    let copied = moving.copy().done();
    assert_eq!(copied.json["replaced"], json!([{ "table": "change", "column": "subject", "rows": 2 }]));
    assert!(copied.stderr.contains("in 2 rows of change, subject held a NUL"), "{}", copied.stderr);
    let mut db = moving.connect_there().await;
    let there: Vec<String> = sqlx::query_scalar("SELECT DISTINCT subject FROM change WHERE id < 3")
        .fetch_all(&mut db)
        .await
        .unwrap();
    assert_eq!(there, ["a\u{fffd}b"]);
}

#[tokio::test]
async fn a_table_that_another_program_keeps_in_the_file_is_left_and_told() {
    let moving = Move::begin().await;
    moving.write(&["CREATE TABLE _backup_seq (id INTEGER PRIMARY KEY)"]).await;
    let copied = moving.copy().done();
    assert_eq!(copied.json["left"], json!(["_backup_seq"]));
    assert!(
        copied.stderr.contains("the table _backup_seq is not Treff's, and was left"),
        "{}",
        copied.stderr
    );
    let added = Move { target: EmptyDatabase::create(), ..moving };
    added.write(&["ALTER TABLE term ADD COLUMN note TEXT"]).await;
    let told = failed(&added).await;
    assert!(told.starts_with("only one of the two databases has note in its table term"), "{told}");
}

/// Whether another program could begin to write to the file now.
fn can_write(url: &str) -> bool {
    let begin = async || {
        let mut db = SqliteConnection::connect(url).await.unwrap();
        sqlx::query("PRAGMA busy_timeout = 0").execute(&mut db).await.unwrap();
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut db).await.is_ok();
        db.close().await.unwrap();
        begun
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(begin())).join().unwrap())
}

#[tokio::test]
async fn nobody_writes_while_it_is_copied_but_a_dry_run_keeps_nobody_waiting() {
    let moving = Move::begin().await;
    let database = &moving.treff.database;
    for dry_run in [true, false] {
        let seen = std::cell::RefCell::new(Vec::new());
        let progress = |done, of| seen.borrow_mut().push((can_write(&database.url), done, of));
        let target = Target::reach(&moving.target.url).await.unwrap();
        database.store.copy_to(target, &CopyOrder { dry_run, progress: &progress }).await.unwrap();
        let seen = seen.into_inner();
        assert!(seen.len() > 20 && seen.iter().all(|(could, ..)| *could == dry_run), "{dry_run}: {seen:?}");
        let (_, done, of) = seen.last().unwrap();
        assert!(done == of && *of > 20, "{seen:?}");
    }
    assert!(can_write(&database.url), "afterwards anybody may");
}

#[tokio::test]
async fn of_two_that_copy_to_one_database_the_second_is_told() {
    let moving = Move::begin().await;
    let _first = Target::reach(&moving.target.url).await.unwrap();
    let told = failed(&moving).await;
    assert!(told.contains("something else is writing to it"), "{told}");
}
