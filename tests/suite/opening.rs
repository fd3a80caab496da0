//! A database that a program finds: of an older one, of one that was never released, of one that begins at the same
//! moment, with a user who may only read, or left beside the one that is asked.

use std::process::{Child, Output, Stdio};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use treff::store::{One, REMEDY_FOR_TABLES, REMEDY_IF_UNRELEASED, place_of};

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

/// What undoes migration 51, and that it ran.
const BACK: [&str; 2] = ["DROP TABLE former_times", "DELETE FROM _sqlx_migrations WHERE version = 51"];

/// Runs statements in the database.
async fn run_in(treff: &Treff, statements: &[&'static str]) {
    let mut tx = treff.database.store.begin().await.unwrap();
    for sql in statements {
        tx.run(*sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The number of the last migration that ran.
async fn last_version(treff: &Treff) -> i64 {
    let mut tx = treff.database.store.begin().await.unwrap();
    let One(last): One<i64> = tx.get("SELECT MAX(version) FROM _sqlx_migrations", vec![]).await.unwrap();
    tx.undo().await.unwrap();
    last
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

on_both_engines! {
    async fn that_tables_were_brought_up_to_date_is_told_once_and_not_in_the_answer(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        run_in(&treff, &BACK).await;
        let listed = treff.run(&["people", "list"]).done();
        let expected = format!("the tables of {} were brought from ", place_of(&treff.database.url));
        assert!(listed.stderr.contains(&expected), "{}", listed.stderr);
        assert!(listed.stderr.contains(": an older treff no longer opens them"), "{}", listed.stderr);
        assert!(listed.json.is_object(), "{}", listed.stdout);
        assert_eq!(treff.run(&["people", "list"]).done().stderr, "");
    }

    async fn a_database_of_a_program_that_was_never_released_is_told_so(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let otherwise = "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2)
                         WHERE version = 1";
        run_in(&treff, &[otherwise]).await;
        let told = treff.run_for_people(&["people", "list"]);
        assert_eq!(told.code, 1);
        let place = place_of(&treff.database.url);
        let expected = format!("the database {place} was made by a program that was never released");
        assert!(told.stderr.contains(&expected), "{}", told.stderr);
        assert!(told.stderr.contains("no backup of it helps"), "{}", told.stderr);
        let doctor = treff.run(&["doctor"]);
        assert_eq!(doctor.json["checks"][1]["remedy"], REMEDY_IF_UNRELEASED);
    }

    async fn doctor_leaves_older_tables_as_they_are_and_asks_nothing_of_them(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        run_in(&treff, &BACK).await;
        let doctor = treff.run(&["doctor"]).done();
        assert!(!doctor.stderr.contains("were brought from"), "{}", doctor.stderr);
        let checks = doctor.json["checks"].as_array().unwrap();
        assert_eq!(checks[1]["name"], "database");
        assert_eq!(checks[1]["result"], "warning");
        let detail = checks[1]["detail"].as_str().unwrap();
        assert!(detail.starts_with("its tables are of version "), "{detail}");
        for left_out in ["keys", "forum", "lead", "pace", "editions", "sender", "privacy"] {
            assert!(checks.iter().all(|check| check["name"] != left_out), "{left_out}: {checks:?}");
        }
        // What the missing migration makes is not there.
        run_in(&treff, &["CREATE TABLE former_times (a BIGINT)", "DROP TABLE former_times"]).await;
        treff.run(&["people", "list"]).done();
        let doctor = treff.run(&["doctor"]).done();
        assert!(doctor.json["checks"][1]["detail"].as_str().unwrap().ends_with("its tables up to date"));
    }

    async fn an_upgrade_that_fails_midway_leaves_the_tables_to_the_program_that_made_them(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        // The first that is missing can run; what the next one adds is there already.
        run_in(&treff, &[BACK[0], "DELETE FROM _sqlx_migrations WHERE version > 50"]).await;
        let failed = treff.run_for_people(&["people", "list"]);
        assert_eq!(failed.code, 1);
        assert!(failed.stderr.contains(REMEDY_FOR_TABLES), "{}", failed.stderr);
        assert_eq!(last_version(&treff).await, 50);
        run_in(&treff, &["CREATE TABLE former_times (a BIGINT)"]).await;
    }
}

#[tokio::test]
async fn tables_that_cannot_be_brought_up_to_date_are_told_with_their_place_and_a_remedy() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    // Its table is in the way.
    run_in(&treff, &BACK[1..]).await;
    for command in [&["people", "list"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let failed = treff.run_for_people(command);
        assert_eq!(failed.code, 1);
        let place = treff.path("treff.db").display().to_string();
        assert!(
            failed.stderr.contains(&place) && failed.stderr.contains(REMEDY_FOR_TABLES),
            "{}",
            failed.stderr
        );
    }
}

#[tokio::test]
async fn doctor_makes_no_tables_in_an_empty_database_on_a_server() {
    let treff = Treff::new(Engine::Postgres).await;
    run_in(&treff, &["DROP TABLE _sqlx_migrations"]).await;
    let doctor = treff.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    let check = &doctor.json["checks"][1];
    assert_eq!(check["name"], "database");
    assert_eq!(check["result"], "error");
    assert!(check["remedy"].as_str().unwrap().contains("treff init"), "{check}");
    // It would be there already.
    run_in(&treff, &["CREATE TABLE _sqlx_migrations (a BIGINT)"]).await;
}

#[tokio::test]
async fn programs_that_make_a_database_at_once_all_find_it_made() {
    for _ in 0..3 {
        let treff = Treff::new(Engine::Sqlite).await;
        let begin = || -> Child {
            let mut command = treff.command();
            command.env("TREFF_DATABASE_URL", "sqlite://new.db").args(["init", "--no-input"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let begun: Vec<Child> = (0..4).map(|_| begin()).collect();
        for program in begun {
            let ended = program.wait_with_output().unwrap();
            assert_eq!(ended.status.code(), Some(0), "{}", told(&ended));
        }
    }
}

/// A role of the server that may read what there is in a database, and no more.
struct Reader {
    owner: PgConnection,
    role: String,
    url: url::Url,
}

/// A password that nothing may tell.
const PASSWORD: &str = "password-treasure";

impl Reader {
    async fn of(treff: &Treff) -> Reader {
        let role = format!("reader_{}", hex::encode(treff::clock::random_bytes::<8>()));
        let mut url = url::Url::parse(&treff.database.url).unwrap();
        url.set_username(&role).unwrap();
        url.set_password(Some(PASSWORD)).unwrap();
        let owner = PgConnection::connect(&treff.database.url).await.unwrap();
        let mut reader = Reader { owner, role, url };
        let role = &reader.role;
        let statements = [
            format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"),
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
            format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"),
        ];
        reader.run_as_owner(statements).await;
        reader
    }

    async fn run_as_owner(&mut self, statements: impl IntoIterator<Item = String>) {
        for sql in statements {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut self.owner).await.unwrap();
        }
    }

    fn run(&self, treff: &Treff, command: &[&str]) -> Output {
        treff.command().env("TREFF_DATABASE_URL", self.url.as_str()).args(command).output().unwrap()
    }

    /// A role outlives the database that it was made for.
    async fn leave(mut self) {
        let role = &self.role;
        let statements = [format!("DROP OWNED BY {role}"), format!("DROP ROLE {role}")];
        self.run_as_owner(statements).await;
        self.owner.close().await.unwrap();
    }
}

#[tokio::test]
async fn who_may_make_no_tables_works_with_those_that_are_there_and_is_told_what_lacks() {
    let treff = Treff::with_forum(Engine::Postgres).await;
    let reader = Reader::of(&treff).await;
    let shown = reader.run(&treff, &["forum", "show"]);
    let doctor = reader.run(&treff, &["doctor", "--json"]);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 20991231000000, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    run_in(&treff, &[newer]).await;
    let before_newer = reader.run(&treff, &["forum", "show"]);
    run_in(&treff, &["DELETE FROM _sqlx_migrations WHERE version = 20991231000000"]).await;
    run_in(&treff, &BACK).await;
    let refused = [&["forum", "show"][..], &["serve", "--listen", "127.0.0.1:0"]];
    let refused = refused.map(|command| reader.run(&treff, command));
    reader.leave().await;
    assert_eq!((shown.status.code(), told(&shown)), (Some(0), String::new()));
    let doctor: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let remedy = doctor["checks"][1]["remedy"].as_str().unwrap();
    assert!(remedy.contains("GRANT CREATE ON SCHEMA public"), "{remedy}");
    let cause = told(&before_newer);
    assert!(cause.contains("a newer treff made the database"), "{cause}");
    for refused in refused {
        assert_eq!(refused.status.code(), Some(1));
        let told = told(&refused);
        let place = format!("the database {}", place_of(&treff.database.url));
        assert!(told.contains(&place) && told.contains("GRANT CREATE ON SCHEMA public"), "{told}");
        assert!(!told.contains(PASSWORD), "{told}");
    }
}

#[tokio::test]
async fn where_a_right_is_missing_nobody_is_sent_to_the_backup() {
    let treff = Treff::with_forum(Engine::Postgres).await;
    let mut reader = Reader::of(&treff).await;
    let shut = ["account", "forum"].map(|table| format!("REVOKE SELECT ON {table} FROM {}", reader.role));
    reader.run_as_owner(shut).await;
    let doctor = reader.run(&treff, &["doctor", "--json"]);
    reader.leave().await;
    let doctor: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
    for name in ["lead", "forum"] {
        let check = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap();
        let remedy = check["remedy"].as_str().unwrap();
        assert!(remedy.starts_with("name a server that can be written"), "{check}");
    }
}

#[tokio::test]
async fn doctor_names_the_forum_that_was_left_in_a_file_beside_an_empty_server() {
    let treff = Treff::new(Engine::Postgres).await;
    treff.run(&["init", "--no-input"]).done();
    let find = || {
        let checks = treff.run(&["doctor"]).json["checks"].clone();
        checks.as_array().unwrap().iter().find(|check| check["name"] == "forum").unwrap().clone()
    };
    let in_file = |args: &[&str]| {
        let done =
            treff.command().env("TREFF_DATABASE_URL", "sqlite://treff.db").args(args).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{done:?}");
    };
    in_file(&["init", "--no-input"]);
    assert_eq!(find()["detail"], "there is none yet", "the file holds none either");
    let forum = treff.write("forum.toml", FORUM);
    in_file(&["forum", "apply", &forum]);
    let path = treff.path("treff.db").display().to_string();
    let found = find();
    assert_eq!(found["detail"], format!("there is none yet; {path} holds one"));
    let remedy = found["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("go on with that one") && remedy.contains("treff database copy"), "{found}");
}
