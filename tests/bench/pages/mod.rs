//! Pages of a large forum, as browsers get them over HTTP on loopback: 100,000 recipients, 10,000 items, 2,000
//! organisations, 1,000,000 letters, on SQLite, and on PostgreSQL if `TREFF_TEST_POSTGRES` names a server. The 95th
//! percentile of each page is what DESIGN section 10 asks for: 50 ms.

mod list;
mod town;

use std::time::Instant;

use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::config::Overrides;
use treff::ids::RecipientId;
use treff::store::{FilledIn, NewAccount, NewDeskDraft, Store};
use treff::token::hash_of_secret;

use crate::figures::{Figures, print_row};
use list::list_pages;
use town::{ITEMS, LETTERS, RECIPIENTS, write_town};

/// Requests of each page that count, and those before them that warm up.
const REQUESTS: usize = 400;
const WARMING: usize = 20;

/// What links are signed with.
const KEY: [u8; 32] = [7; 32];

/// Measures and prints the family.
pub fn measure() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        measure_on("SQLite", &url, folder.path()).await;
        if let Some((url, name)) = make_postgres() {
            let folder = tempfile::tempdir().expect("a folder");
            measure_on("PostgreSQL", &url, folder.path()).await;
            psql(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    });
}

async fn measure_on(database: &str, url: &str, folder: &std::path::Path) {
    let store = Store::open(url, true).await.expect("the database opens");
    let started = Instant::now();
    write_town(&store).await;
    store.add_key(KEY, treff::clock::Clock::system().now()).await.expect("a key");
    println!(
        "{database}: {RECIPIENTS} recipients, {ITEMS} items and {LETTERS} letters written in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    let config = format!("database_url = \"{url}\"\nbase_url = \"http://127.0.0.1:1\"\n");
    std::fs::write(folder.join("treff.toml"), config).expect("a configuration");
    let app = App::open(&folder.join("treff.toml"), Overrides::default()).await.expect("the forum opens");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let stop = CancellationToken::new();
    let server = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { treff::web::serve(&app, listener, stop).await }
    });
    let draft = write_desk(&store).await;
    write_device(&store).await;
    let client = sign_in();
    for (page, paths) in list_pages(&KEY, &draft) {
        let reached = measure_page(&client, &base, &paths).await;
        print_row(&format!("{database}: {page}, 95th percentile"), "50 ms", &reached);
    }
    stop.cancel();
    drop(client);
    server.await.expect("the server ends").expect("the pages end well");
    store.close().await;
}

/// What the cookies of the lead's session and of a recipient's device hold.
const SECRET: &str = "bench";

/// A client whose requests to the desk are the lead's, and elsewhere the first recipient's.
fn sign_in() -> reqwest::Client {
    let cookie = reqwest::header::HeaderValue::from_static("treff-desk-landet=bench; treff-landet=bench");
    let headers = reqwest::header::HeaderMap::from_iter([(reqwest::header::COOKIE, cookie)]);
    reqwest::Client::builder()
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

/// The first recipient's telephone.
async fn write_device(store: &Store) {
    let now = treff::clock::Clock::system().now();
    let mut tx = store.begin().await.expect("a transaction");
    let until = now + chrono::TimeDelta::days(90);
    tx.open_device(now, RecipientId(1), &hash_of_secret(SECRET), "bench", until).await.expect("a device");
    tx.commit().await.expect("a commit");
}

/// The lead with a session, and a draft that reaches everybody: its public id.
async fn write_desk(store: &Store) -> String {
    let now = treff::clock::Clock::system().now();
    let rights = r#"["write","approve","send","people","administer"]"#;
    let new = NewAccount {
        email: "lead@forum.example",
        name: "Lise",
        rights,
        groups: &[],
        organisation: None,
        actor: "command",
    };
    let account = store.add_account(&new, now).await.expect("an account").expect("a new one");
    let mut tx = store.begin().await.expect("a transaction");
    let until = treff::staff::doors::session_expires_at(now, now);
    let secret = hash_of_secret(SECRET);
    let session = tx.open_session(now, account, (&secret, "bench"), until).await.expect("a session");
    tx.prove_session(session, now).await.expect("the second factor");
    tx.commit().await.expect("a commit");
    let public_id = "d".repeat(32);
    let form = r#"{"fields":{"title":"Til alle","body":"Tekst","kind":"tip","audience":"all"},"about":[]}"#;
    let filled_in = FilledIn {
        language: "nb",
        kind: Some("tip"),
        title: "Til alle",
        body: "Tekst",
        audience: "all",
        about: "[]".to_owned(),
        form: form.to_owned(),
    };
    let draft = NewDeskDraft { public_id: &public_id, account, corrects: None, filled_in };
    store.begin_draft(&draft, "command", now).await.expect("a draft");
    public_id
}

/// Milliseconds: the 95th percentile, and the median beside it.
async fn measure_page(client: &reqwest::Client, base: &str, paths: &[String]) -> String {
    let mut times = Vec::with_capacity(REQUESTS);
    for i in 0..WARMING + REQUESTS {
        let url = format!("{base}{}", paths[i % paths.len()]);
        let started = Instant::now();
        let answer = client.get(&url).send().await.expect("an answer");
        let status = answer.status();
        let body = answer.bytes().await.expect("a page");
        assert!(
            status.is_success(),
            "{url}: {status} {}",
            String::from_utf8_lossy(&body[..body.len().min(300)])
        );
        if i >= WARMING {
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let ninety_fifth = times[times.len() * 95 / 100];
    format!("{ninety_fifth:.1} ms (median {:.1} ms)", Figures::of(times).median())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is told by its environment where servers are")]
fn postgres_server() -> Option<String> {
    std::env::var("TREFF_TEST_POSTGRES").ok()
}

/// A fresh database on the server that the environment names: its URL and its name.
fn make_postgres() -> Option<(String, String)> {
    let server = postgres_server()?;
    let random = treff::clock::random_hex::<6>();
    let name = format!("treff_bench_{random}");
    psql(&format!("CREATE DATABASE {name}"));
    Some((format!("{server}/{name}"), name))
}

fn psql(statement: &str) {
    let Some(server) = postgres_server() else { return };
    let done = std::process::Command::new("psql")
        .args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", &format!("{server}/postgres"), "-c", statement])
        .status()
        .expect("psql is installed");
    assert!(done.success(), "{statement}");
}
