//! What holds for every command.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use sqlx::Connection as _;

use crate::harness::Engine;
use crate::treff::{Process, Treff, program};

#[tokio::test]
async fn a_usage_error_is_a_document_as_well() {
    let treff = Treff::new(Engine::Sqlite).await;
    for wrong in [&["bogus"][..], &["delivery", "retry", "x"], &["edition", "plan"]] {
        let errors = treff.run(wrong).refused();
        assert_eq!(errors.len(), 1, "{wrong:?}");
        assert!(errors[0].starts_with("error: "), "{errors:?}");
    }
}

fn full() -> std::process::Stdio {
    std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_is_a_failure() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    for args in [&["forum", "show"][..], &["people", "list", "--json"]] {
        let lost = treff.command().args(args).stdout(full()).output().unwrap();
        assert_eq!(lost.status.code(), Some(1), "{args:?}");
        let told = String::from_utf8(lost.stderr).unwrap();
        assert!(told.contains("the answer could not be written: "), "{told}");
    }
}

#[tokio::test]
async fn nobody_need_read_what_is_logged() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let listed =
        treff.command().env("TREFF_LOG", "debug").args(["people", "list"]).stderr(full()).output().unwrap();
    assert_eq!(listed.status.code(), Some(0));
    assert!(!listed.stdout.is_empty());
}

#[tokio::test]
async fn no_log_whatever_is_asked_of_it_holds_the_token_of_a_link() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let mut command = treff.command();
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("TREFF_LOG", "trace,tower_http::csrf::service=trace");
    let mut serving = Process(command.stderr(std::process::Stdio::piped()).spawn().unwrap());
    let mut log = BufReader::new(serving.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = log
        .find_map(|line| Some(line.split_once("server.address=")?.1.split_whitespace().next()?.to_owned()));
    let rest = std::thread::spawn(move || log.collect::<Vec<_>>().join("\n"));
    let mut connection = std::net::TcpStream::connect(address.unwrap()).unwrap();
    connection
        .write_all(b"GET /l/token-treasure HTTP/1.1\r\nHost: forum\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    drop(serving);
    let told = rest.join().unwrap();
    assert!(told.contains("DEBUG") && told.contains("http.route"), "{told}");
    assert!(!told.contains("token-treasure"), "{told}");
}

#[tokio::test]
async fn an_address_that_is_none_is_told_with_where_it_stands() {
    let treff = Treff::new(Engine::Sqlite).await;
    let told = |name: &str, value: &str| {
        let told = treff.command().env(name, value).args(["people", "list"]).output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{told:?}");
        String::from_utf8(told.stderr).unwrap()
    };
    let remedy = "write sqlite://PATH or postgres://USER@HOST/NAME";
    assert_eq!(
        told("TREFF_DATABASE_URL", "foo"),
        format!("treff: TREFF_DATABASE_URL is \"foo\": {remedy}\n")
    );
    let secret = told("TREFF_DATABASE_URL", "postgre://treff:token-treasure@db.example/treff");
    assert!(secret.contains("...@db.example/treff") && !secret.contains("token-treasure"), "{secret}");
    let file = treff.write("treff.toml", "database_url = \"foo\"\n");
    assert_eq!(told("TREFF_DATABASE_URL", ""), format!("treff: {file}: database_url is \"foo\": {remedy}\n"));
    treff.write("treff.toml", "base_url = \"x\"\n");
    assert!(told("TREFF_LOG", "").starts_with(&format!("treff: {file}: base_url is \"x\": write where")));
    let doctor = treff.command().env("TREFF_BASE_URL", "forum.example").arg("doctor").output().unwrap();
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.contains("correct TREFF_BASE_URL in the environment"), "{doctor}");
}

#[tokio::test]
async fn a_variable_that_is_empty_names_nothing() {
    let treff = Treff::new(Engine::Sqlite).await;
    let listed = treff.command().env("TREFF_DATABASE_URL", "").args(["people", "list"]).output().unwrap();
    let told = String::from_utf8(listed.stderr).unwrap();
    assert!(told.contains("there is no configuration at"), "{told}");
    assert_eq!(listed.status.code(), Some(2));
    treff.run(&["init", "--no-input"]).done();
    let call = |name: &str, args: &[&str]| {
        let mut command = program();
        command.current_dir(treff.path(".")).env("TREFF_DATABASE_URL", &treff.database.url);
        // No relay of that kind: what would run on ends with that.
        command.env("TREFF_RELAY_URL", "http://relay.example").env(name, "").args(args).output().unwrap()
    };
    let listed = call("TREFF_CONFIG", &["account", "list"]);
    assert_eq!(listed.status.code(), Some(0), "{listed:?}");
    let named = call("TREFF_CONFIG", &["--config", "", "account", "list"]);
    assert_eq!(named.status.code(), Some(2), "an empty option is a mistake: {named:?}");
    let served = call("TREFF_LOG", &["serve", "--listen", "127.0.0.1:0"]);
    let log = String::from_utf8(served.stderr).unwrap();
    assert!(log.contains("server.address=") && log.contains("there is no forum yet"), "{log}");
}

#[tokio::test]
async fn a_database_that_is_not_ours_to_open_is_told_with_its_remedy() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let (empty, other) = (treff.write("empty.db", ""), treff.path("other.db"));
    let theirs = sqlx::sqlite::SqliteConnectOptions::new().filename(&other).create_if_missing(true);
    let mut theirs = sqlx::SqliteConnection::connect_with(&theirs).await.unwrap();
    sqlx::query("CREATE TABLE theirs (a)").execute(&mut theirs).await.unwrap();
    let failures = [
        (format!("sqlite://{empty}"), "there is no database at", "create it with treff init"),
        (format!("sqlite://{}", other.display()), "another program's database", "correct database_url"),
        (
            format!("sqlite://{}", treff.path(".").display()),
            "cannot be read or written",
            "let the user that runs treff write it",
        ),
        (
            format!("sqlite://{}", treff.write("text.db", "no database, ".repeat(99))),
            "cannot be read or written",
            "restore it from a backup",
        ),
    ];
    for (url, what, remedy) in failures {
        let told = treff.command().env("TREFF_DATABASE_URL", &url).args(["people", "list"]).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.contains(what) && told.contains(remedy), "{url}: {told}");
    }
    let url = format!("sqlite://{}", other.display());
    let init = treff.command().env("TREFF_DATABASE_URL", url).args(["init", "--no-input"]).output().unwrap();
    assert_eq!(init.status.code(), Some(1), "{init:?}");
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master").fetch_all(&mut theirs).await.unwrap();
    assert_eq!(tables, ["theirs"], "nothing was made in it");
}

crate::on_both_engines! {
    async fn a_database_of_a_newer_program_is_told_so(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
                     SELECT 20991231000000, 'later', installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        tx.run(newer, vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let told = treff.command().args(["people", "list"]).output().unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.contains("a newer treff made the database") && told.contains("run that one"), "{told}");
        let doctor = treff.command().arg("doctor").output().unwrap();
        assert!(String::from_utf8_lossy(&doctor.stdout).contains("run the treff that made it"), "{doctor:?}");
    }
}
