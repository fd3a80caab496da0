//! Postfix's own test server, told to fail at every stage.

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::delivery::{Counts, OpenGate, Sender};

use crate::delivery::rows::{noon, queue_letters, states};
use crate::delivery::sending::{send_all, send_to_silent, setup, shorten};
use crate::delivery::sinking::{Sink, list_dumps, start_sink};
use crate::harness::{Database, Engine};

/// A database with letters and a sink for them.
struct Scene {
    db: Database,
    folder: TempDir,
    sink: Sink,
    url: String,
}

impl Scene {
    async fn new(letters: i64, options: &[&str]) -> Scene {
        let db = Database::create(Engine::Sqlite).await;
        queue_letters(&db.store, letters).await;
        let folder = tempfile::Builder::new().prefix("sink").tempdir().unwrap();
        let (sink, address) = start_sink(folder.path(), options);
        Scene { db, folder, sink, url: format!("smtp://{address}?tls=none") }
    }

    /// Sends a day later, when everything deferred is due again.
    async fn send_next_day(&self) -> Counts {
        let mut setup = setup(&self.db, &self.url, 2);
        setup.clock = Clock::simulated(noon() + TimeDelta::days(1));
        let mut sender = Sender::start(setup).await.unwrap();
        sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
    }

    async fn states(&self) -> Vec<String> {
        states(&self.db.store).await.into_iter().map(|(_, state, _)| state).collect()
    }
}

/// How often the sink has a whole letter for recipient `n`.
fn count_whole(folder: &Path, n: i64) -> usize {
    let (to, last) = (format!("X-Rcpt-Args: <kari{n}@example.test>\n"), "Hei.\n.skjult\n\n");
    list_dumps(folder).iter().filter(|dump| dump.contains(&to) && dump.ends_with(last)).count()
}

/// Sends `letters` to a sink with `options`: every letter ends in one of the states `ends`.
async fn all_end(options: &[&str], letters: i64, ends: &[&str]) -> Scene {
    let scene = Scene::new(letters, options).await;
    send_all(&scene.db, &scene.url, 2).await;
    let states = scene.states().await;
    assert!(states.iter().all(|state| ends.contains(&state.as_str())), "smtp-sink {options:?}: {states:?}");
    for (n, state) in (1..).zip(&states) {
        let times = count_whole(scene.folder.path(), n);
        assert!(times <= 1, "smtp-sink {options:?} has letter {n} {times} times");
        assert!(times == 1 || state != "accepted", "smtp-sink {options:?} lost letter {n}");
    }
    scene
}

/// Three 421 in a row pause the domain, so a letter may not even have been tried.
const UNSENT: &[&str] = &["queued", "deferred"];

#[tokio::test]
async fn a_sink_that_drops_at_a_stage_before_the_dot_leaves_everything_unsent() {
    for stage in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"] {
        for (option, plain) in [("-q", false), ("-Q", false), ("-q", true), ("-Q", true)] {
            let options = if plain { vec!["-p", option, stage] } else { vec![option, stage] };
            all_end(&options, 6, UNSENT).await;
        }
    }
}

#[tokio::test]
async fn a_sink_that_drops_at_the_dot_leaves_every_letter_uncertain_and_none_is_sent_again() {
    for options in [vec!["-q", "."], vec!["-p", "-q", "."]] {
        let scene = all_end(&options, 6, &["uncertain"]).await;
        let before = list_dumps(scene.folder.path()).len();
        assert_eq!(scene.send_next_day().await, Counts::default(), "{options:?}");
        assert_eq!(scene.states().await, ["uncertain"; 6], "{options:?}");
        assert_eq!(list_dumps(scene.folder.path()).len(), before, "{options:?}");
    }
}

#[tokio::test]
async fn a_sink_that_says_no_at_a_stage_defers_or_rejects() {
    for stage in ["CONNECT", "EHLO,HELO"] {
        all_end(&["-r", stage], 6, UNSENT).await;
        all_end(&["-f", stage], 6, UNSENT).await;
    }
    for stage in ["MAIL", "RCPT", "DATA", ".", ".,QUIT"] {
        all_end(&["-r", stage], 6, &["deferred"]).await;
        all_end(&["-f", stage], 6, &["rejected"]).await;
    }
    // A relay that refuses RSET is out of step: its connection ends, and a letter that meets that three times waits.
    all_end(&["-r", "RCPT,RSET"], 6, &["deferred"]).await;
    all_end(&["-f", "RCPT,RSET"], 6, &["rejected", "deferred"]).await;
    // 421 after the dot is a refusal as well.
    all_end(&["-Q", "."], 6, UNSENT).await;
}

#[tokio::test]
async fn a_sink_that_says_no_where_nothing_hangs_on_it_takes_everything() {
    for options in [
        ["-q", "QUIT"],
        ["-Q", "RSET"],
        ["-f", "EHLO"],
        ["-r", "QUIT,RSET"],
        ["-h", "relay.example.test"],
        ["-e", "-8"],
        ["-p", "-E"],
        ["-P", "-a"],
    ] {
        all_end(&options, 6, &["accepted"]).await;
    }
}

#[tokio::test]
async fn a_sink_that_refuses_ahead_of_the_dot_never_gets_a_letter_twice() {
    for options in [["-A", "0"], ["-B", "554 5.7.1 no"]] {
        let scene = all_end(&options, 6, &["rejected", "uncertain", "queued", "deferred", "accepted"]).await;
        scene.send_next_day().await;
        for n in 1..=6 {
            assert!(count_whole(scene.folder.path(), n) <= 1, "smtp-sink {options:?}, letter {n}");
        }
    }
}

#[tokio::test]
async fn a_sink_that_answers_the_dot_too_late_has_letters_that_stay_uncertain() {
    // Far longer than the sender waits for it, so that a busy machine does not hear the reply after all. Not pipelined: of
    // what comes behind a dot in one piece, this sink answers the rest before the dot, and so a MAIL's reply is the dot's.
    let scene = Scene::new(2, &["-p", "-W", ".:600"]).await;
    let short = Duration::from_millis(500);
    send_to_silent(&scene.db, &scene.url, 2, |relay| relay.deadlines.dot = short).await;
    assert_eq!(scene.states().await, ["uncertain"; 2]);
    // It takes both, late.
    while (1..=2).any(|n| count_whole(scene.folder.path(), n) == 0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(scene.send_next_day().await, Counts::default());
    assert_eq!(scene.states().await, ["uncertain"; 2]);
    assert_eq!((1..=2).map(|n| count_whole(scene.folder.path(), n)).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn a_sink_that_goes_away_in_the_middle_costs_nothing_but_what_was_behind_its_dot() {
    for options in [["-M", "5"], ["-n", "1"]] {
        let scene = all_end(&options, 20, &["accepted", "uncertain", "queued", "deferred"]).await;
        let uncertain = scene.states().await.iter().filter(|state| *state == "uncertain").count();
        assert!(uncertain <= 2, "{options:?}: {uncertain} uncertain with 2 connections");
    }
}

#[tokio::test]
async fn a_relay_that_falls_silent_without_closing_meets_the_deadlines() {
    let scene = Scene::new(400, &[]).await;
    let (sending, stopping) = tokio::join!(send_to_silent(&scene.db, &scene.url, 2, shorten), async {
        while list_dumps(scene.folder.path()).len() < 5 {
            tokio::task::yield_now().await;
        }
        scene.sink.signal("-STOP");
    });
    let ((), before) = (stopping, sending);
    assert!(before.uncertain <= 2 && before.accepted < 400, "{before:?}");
    assert_eq!(before.rejected, 0);
    scene.sink.signal("-CONT");
    let after = scene.send_next_day().await;
    assert_eq!(before.accepted + before.uncertain + after.accepted, 400, "{before:?}, {after:?}");
    drop(scene.sink);
    let mut dumps: Vec<String> = list_dumps(scene.folder.path());
    dumps.retain(|dump| dump.ends_with("Hei.\n.skjult\n\n"));
    let to = |dump: &String| dump.split_once("X-Rcpt-Args: ").unwrap().1.lines().next().unwrap().to_owned();
    let mut all: Vec<String> = dumps.iter().map(to).collect();
    let (taken, _) = (all.len(), all.sort());
    all.dedup();
    assert_eq!(all.len(), taken, "none twice");
    assert!(taken as u64 >= before.accepted + after.accepted);
}
