//! Letters a second over loopback, against Postfix's own test programs.
//!
//! Each round sends the same number of letters of the same size twice to one `smtp-sink`: with
//! `smtp-source`, and with our sender from a fresh SQLite ledger, letters put together from pieces with
//! their links signed, every state durable.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Overrides};
use treff::delivery::{OpenGate, Relay, Sender, SenderSetup};
use treff::letter::{Letter, hash_of_piece};
use treff::pipeline::LetterAssembly;
use treff::store::{Arg, Store};
use treff::token::Keys;

use crate::figures::{Figures, ROUNDS, print_row, rest, time};

const LETTERS: usize = 10_000;
const BYTES: usize = 37_000;
const CONNECTIONS: usize = 10;

/// Prints the rows.
pub fn measure() {
    let Some(sink) = Sink::start() else {
        println!("send: smtp-sink and smtp-source are not installed (Debian: postfix); skipped\n");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (mut theirs, mut ours, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(LETTERS as f64 / time(|| sink.receive_from_smtp_source()).0);
        rest();
        let (rate, micros) = runtime.block_on(send_once(&sink));
        ours.push(rate);
        cpu.push(micros);
        rest();
    }
    print_row(
        "letters a second, 37 KB, 10 connections, loopback, unsigned, state durable in SQLite",
        "smtp-source in the same run",
        &format!(
            "{}; smtp-source {}",
            Figures::of(ours.clone()).written(0, ""),
            Figures::of(theirs.clone()).written(0, "")
        ),
    );
    print_row("the same as a ratio", "at least 1.0 x", &Figures::ratios(&ours, &theirs).written(2, " x"));
    print_row("sender's CPU per letter, unsigned", "50 us", &Figures::of(cpu).written(0, " us"));
}

/// A running `smtp-sink`.
struct Sink {
    process: Child,
    address: String,
}

impl Sink {
    fn start() -> Option<Sink> {
        let free = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?;
        let mut sink = Command::new("smtp-sink");
        if Path::new("/root").metadata().is_ok() && is_root() {
            sink.args(["-u", "nobody"]);
        }
        let process = sink.arg(free.to_string()).arg("1000").stdout(Stdio::null()).spawn().ok()?;
        let sink = Sink { process, address: free.to_string() };
        while std::net::TcpStream::connect(&sink.address).is_err() {
            rest();
        }
        Some(sink)
    }

    fn receive_from_smtp_source(&self) {
        let done = Command::new("smtp-source")
            .args([
                "-d",
                "-s",
                &CONNECTIONS.to_string(),
                "-m",
                &LETTERS.to_string(),
                "-l",
                &BYTES.to_string(),
            ])
            .arg(&self.address)
            .stdout(Stdio::null())
            .status();
        assert!(done.is_ok_and(|status| status.success()), "smtp-source failed");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// Letters a second, and microseconds of processor time a letter.
async fn send_once(sink: &Sink) -> (f64, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("treff.db").display());
    let store = Store::open(&url, true).await.expect("a database");
    let keys = Keys::new(vec![(1, [7; 32])]);
    queue(&store).await;
    let overrides = Overrides {
        database_url: Some(url),
        relay_url: Some(format!("smtp://{}?tls=none", sink.address)),
        ..Overrides::default()
    };
    let config =
        Config::resolve(folder.path().to_owned(), ConfigFile::default(), overrides).expect("a configuration");
    let setup = SenderSetup {
        store: store.clone(),
        clock: Clock::system(),
        relay: Relay::open(&config, &Clock::system()).expect("a relay"),
        assembly: Arc::new(LetterAssembly::new(store.clone(), keys.clone())),
        keys,
        domain: "forum.example.test".into(),
        connections: CONNECTIONS,
        lease: Duration::from_secs(30),
        place: SenderSetup::place_of(&config),
    };
    let mut sender = Sender::start(setup).await.expect("a sender");
    let before = processor_micros();
    let start = std::time::Instant::now();
    let sent = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.expect("sending");
    let seconds = start.elapsed().as_secs_f64();
    let micros = processor_micros() - before;
    assert_eq!(sent.accepted, LETTERS as u64);
    store.close().await;
    (LETTERS as f64 / seconds, micros / LETTERS as f64)
}

/// User and system time of this process so far.
fn processor_micros() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<f64> = behind_name.split_whitespace().map(|f| f.parse().unwrap_or(0.0)).collect();
    (fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0)) * 10_000.0
}

/// Queues [`LETTERS`] letters of about [`BYTES`] bytes: a frame and seven cards of forty, each letter another choice.
async fn queue(store: &Store) {
    let line = "Innhold som er kodet en gang og brukt i mange brev, linje for linje, s=C3=A5.\r\n";
    let body = |bytes: usize| line.repeat(bytes / line.len());
    let frame = format!(
        "From: Forum <forum@forum.example.test>\r\nTo: \u{1}T\r\nSubject: \u{1}S\r\nMessage-ID: <\u{1}M>\r\n\
         List-Unsubscribe: <https://forum.example.test/u/\u{1}U>\r\n\r\n\u{2}{}\u{2}{}\u{2}",
        body(2500),
        body(2500)
    );
    let card = |n: usize| {
        let link = "https://forum.example.test/l/\u{1}L/item/1\r\n";
        format!("{n}\r\n{}{link}\u{2}{link}{}\u{2}", body(900), body(3500))
    };
    let mut pieces: Vec<(String, Vec<u8>)> = vec![frame]
        .into_iter()
        .chain((0..40).map(card))
        .map(|piece| (hash_of_piece(piece.as_bytes()), piece.into_bytes()))
        .collect();
    let frame_hash = pieces[0].0.clone();
    let mut tx = store.begin().await.expect("a transaction");
    tx.insert_pieces(&pieces).await.expect("pieces");
    let cards: Vec<String> = pieces.drain(1..).map(|(hash, _)| hash).collect();
    tx.run(
        "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
            VALUES (1, 'weekly', 0, 0, 0, 7, '{}', 0)",
        vec![],
    )
    .await
    .expect("an edition");
    let rows: Vec<(i64, String)> =
        (1..=LETTERS as i64).map(|n| (n, letter(n, &frame_hash, &cards))).collect();
    for some in rows.chunks(1000) {
        let json = serde_json::to_string(some).expect("json");
        tx.run(
            "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen,
                                    token_version, revision, watermark, created_at)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[0]'), 'p' || json_extract(value, '$[0]') || '@example.test',
                    'Kari Nes', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0 FROM json_each($1)",
            vec![Arg::from(json.clone())],
        )
        .await
        .expect("recipients");
        tx.run(
            "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                                   message_id, dated_at, letter)
             SELECT json_extract(value, '$[0]'), 1, json_extract(value, '$[0]'), 'queued', 0, $2, 0, 0,
                    json_extract(value, '$[0]') || '@forum.example.test', 0, json_extract(value, '$[1]') FROM json_each($1)",
            vec![Arg::from(json), Arg::from(Clock::system().now())],
        )
        .await
        .expect("letters");
    }
    tx.commit().await.expect("committed");
}

fn letter(n: i64, frame: &str, cards: &[String]) -> String {
    let chosen = (0..7).map(|i| cards[(n as usize * 7 + i * 3) % cards.len()].clone());
    let letter = Letter {
        pieces: std::iter::once(frame.to_owned()).chain(chosen).collect(),
        to: format!("Kari Nes <p{n}@example.test>"),
        subject: "Frist fredag: innspill (+ 6 saker)".into(),
        greeting: "Hei, Kari".into(),
        message_id: format!("{n}@forum.example.test"),
        key_id: 1,
        token_version: 0,
    };
    serde_json::to_string(&letter).expect("json")
}
