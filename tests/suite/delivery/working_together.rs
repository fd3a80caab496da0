//! Several `treff worker` processes on one PostgreSQL database, some of which are killed, stopped or cut off.
//!
//! `TREFF_TOGETHER_LETTERS=20000 TREFF_TOGETHER_BLOWS=60` makes it the long run of the issue. Each instance has a
//! folder of its own, as on another machine: no journal of the other's workers can be read there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::config::Overrides;
use treff::delivery::{Counts, OpenGate, Relay, Sender};
use treff::forum::Cadence;
use treff::pipeline::Pipeline;
use treff::store::{One, Store};

use super::crew::{CountingRelay, Instance, below, check_ledger, number};
use super::proxy::{Proxy, Way};
use super::recovering::until;
use super::rows::queue_letters;
use super::sending::setup;
use super::server::{At, Do, Server, usual};
use crate::harness::{Database, Engine};
use crate::treff::Process;

/// A forum with its relay and two instances.
struct Scene {
    db: Database,
    relay: CountingRelay,
    letters: usize,
    instances: [Instance; 2],
}

async fn scene(letters: usize) -> Scene {
    let db = Database::create(Engine::Postgres).await;
    let relay = CountingRelay::start().await;
    let folder = |name: &str| -> PathBuf {
        let folder = db.path(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    // A process that is stopped within a transaction keeps its locks for so long.
    let separator = if db.url.contains('?') { '&' } else { '?' };
    let database = format!("{}{separator}options=-c%20idle_in_transaction_session_timeout%3D2s", db.url);
    let first = Instance { folder: folder("one"), database, relay: relay.server.url() };
    first.set_up(letters).await;
    let second = first.second(&folder("two"));
    Scene { db, relay, letters, instances: [first, second] }
}

impl Scene {
    async fn count(&self, sql: &'static str) -> usize {
        let mut tx = self.db.store.begin().await.unwrap();
        let One(count): One<i64> = tx.get(sql, vec![]).await.unwrap();
        usize::try_from(count).unwrap()
    }

    async fn count_in(&self, state: &'static str) -> usize {
        let mut tx = self.db.store.begin().await.unwrap();
        let One(count): One<i64> =
            tx.get("SELECT COUNT(*) FROM delivery WHERE state = $1", vec![state.into()]).await.unwrap();
        usize::try_from(count).unwrap()
    }

    /// Waits until everyone is planned and no letter waits, is claimed or is armed.
    async fn wait_until_done(&self) {
        let longest = Duration::from_secs(120 + self.letters as u64 / 10);
        let done = tokio::time::timeout(longest, async {
            loop {
                let ended = self
                    .count("SELECT COUNT(*) FROM delivery WHERE state NOT IN ('queued', 'deferred', 'attempting')")
                    .await;
                if ended == self.letters {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        if done.await.is_err() {
            let mut states = self.instances[0].run(&["delivery", "list"]).await["deliveries"].to_string();
            states.truncate(2000);
            panic!("it does not come to an end: {states}");
        }
    }

    /// Waits until workers have told what others presumed of their letters.
    async fn wait_for_late_truth(&self) {
        until(async || {
            self.count("SELECT COUNT(*) FROM delivery WHERE state = 'uncertain' AND presumed = attempts")
                .await
                == 0
        })
        .await;
    }

    async fn check(&self) -> usize {
        check_ledger(&self.instances[0], &self.relay, self.letters).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_of_two_instances_send_together_while_some_are_killed_and_stopped() {
    let (letters, blows) = (number("TREFF_TOGETHER_LETTERS", 1500), number("TREFF_TOGETHER_BLOWS", 6));
    let scene = scene(letters).await;
    let mut workers: Vec<Process> = (0..4).map(|n| scene.instances[n % 2].start_worker()).collect();
    scene.instances[0].add_item(true).await;
    let (mut kills, mut stops) = (0, 0);
    for blow in 0..blows {
        let who = below(4);
        tokio::select! {
            () = scene.relay.after_events(below(4 * letters / blows)) => {}
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
        if blow % 2 == 0 {
            kills += 1;
            drop(std::mem::replace(&mut workers[who], scene.instances[who % 2].start_worker()));
        } else {
            stops += 1;
            workers[who].signal("STOP");
            // Longer than its lease for some, shorter for others.
            tokio::time::sleep(Duration::from_millis(500 + below(4000) as u64)).await;
            workers[who].signal("CONT");
        }
    }
    scene.wait_until_done().await;
    scene.wait_for_late_truth().await;
    scene.wait_until_done().await;
    let uncertain = scene.check().await;
    assert!(uncertain <= 10 * kills, "{uncertain} uncertain after {kills} kills and {stops} stops");
    assert_eq!(scene.relay.server.recipients().len(), scene.relay.count_taken().len(), "none twice");
    eprintln!("{letters} letters, {kills} kills, {stops} stops: {uncertain} uncertain");
    for worker in &mut workers {
        assert!(worker.is_running());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_for_longer_than_its_lease_repeats_nothing_and_tells_the_truth_when_it_wakes() {
    let scene = scene(600).await;
    let stopped = scene.instances[0].start_worker();
    scene.instances[0].add_item(true).await;
    scene.relay.after_events(300).await;
    stopped.signal("STOP");
    let armed = scene.count_in("attempting").await;
    let _other = scene.instances[1].start_worker();
    scene.wait_until_done().await;
    let uncertain = scene.count_in("uncertain").await;
    assert!(uncertain <= armed, "{uncertain} are uncertain, {armed} were armed");
    stopped.signal("CONT");
    scene.wait_for_late_truth().await;
    scene.wait_until_done().await;
    assert_eq!(scene.check().await, 0, "all replies had come, or were still to be read");
    assert_eq!(scene.relay.server.recipients().len(), scene.letters, "none twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_cut_off_from_the_database_stops_sending_and_goes_on_when_it_is_back() {
    for cut in [Way::Closed, Way::Silent] {
        let scene = scene(600).await;
        let url = scene.instances[0].database.clone();
        let (_, rest) = url.split_once('@').unwrap();
        let (target, _) = rest.split_once('/').unwrap();
        let proxy = Proxy::start(target.to_owned()).await;
        let database = url.replace(target, &proxy.address.to_string());
        let mut cut_off = Instance { database, ..scene.instances[0].clone() }.start_worker();
        scene.instances[0].add_item(true).await;
        scene.relay.after_events(300).await;
        proxy.set(cut);
        let _other = scene.instances[1].start_worker();
        scene.wait_until_done().await;
        assert!(cut_off.is_running(), "{cut:?}: it waits for the database");
        proxy.set(Way::Open);
        scene.wait_for_late_truth().await;
        scene.wait_until_done().await;
        assert_eq!(scene.check().await, 0, "{cut:?}");
        assert_eq!(scene.relay.server.recipients().len(), scene.letters, "{cut:?}: none twice");
        assert!(cut_off.is_running());
        until(async || scene.db.store.count_living_workers().await.unwrap() == 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_the_server_ends_cost_a_worker_nothing() {
    let scene = scene(600).await;
    let mut worker = scene.instances[0].start_worker();
    let _beside_it = scene.instances[0].start_worker();
    scene.instances[0].add_item(true).await;
    for _ in 0..3 {
        scene.relay.after_events(300).await;
        scene
            .count(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
    }
    scene.wait_until_done().await;
    scene.wait_for_late_truth().await;
    scene.wait_until_done().await;
    assert_eq!(scene.check().await, 0);
    assert_eq!(scene.relay.server.recipients().len(), scene.letters, "none twice");
    assert!(worker.is_running());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_worker_began_to_plan_another_finishes() {
    let scene = scene(3000).await;
    let planner = scene.instances[0].start_worker();
    scene.instances[0].add_item(true).await;
    until(async || scene.count("SELECT COUNT(*) FROM digest").await > 0).await;
    drop(planner);
    let planned = scene.count("SELECT COUNT(*) FROM digest").await;
    assert!(planned < scene.letters, "all {planned} were planned before it was killed");
    let _other = scene.instances[1].start_worker();
    scene.wait_until_done().await;
    assert_eq!(scene.count("SELECT COUNT(*) FROM edition").await, 1);
    assert_eq!(scene.count("SELECT COUNT(*) FROM edition WHERE planned_at IS NOT NULL").await, 1);
    assert!(scene.check().await <= 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_edition_run_finishes_what_another_that_was_stopped_holds() {
    let scene = scene(600).await;
    scene.instances[0].add_item(false).await;
    let mut stopped = Process(scene.instances[0].command(&["edition", "run", "weekly"]).spawn().unwrap());
    scene.relay.after_events(300).await;
    stopped.signal("STOP");
    let done = scene.instances[1].run(&["edition", "run", "weekly"]).await;
    assert_eq!(scene.count_in("queued").await + scene.count_in("attempting").await, 0, "{done}");
    stopped.signal("CONT");
    // It may end with an error: the server has ended the transaction that it was stopped in. Then its journal tells.
    until(async || !stopped.is_running()).await;
    scene.instances[0].run(&["edition", "run", "weekly"]).await;
    scene.wait_for_late_truth().await;
    assert_eq!(scene.check().await, 0);
    assert_eq!(scene.relay.server.recipients().len(), 600, "none twice");
}

async fn pipeline(instance: &Instance) -> Pipeline {
    let overrides = Overrides {
        database_url: Some(instance.database.clone()),
        relay_url: Some(instance.relay.clone()),
        ..Overrides::default()
    };
    let app = App::open(&instance.folder.join("treff.toml"), overrides).await.unwrap();
    Pipeline::build(&app).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_open_and_plan_one_edition_share_the_work() {
    let letters = number("TREFF_TOGETHER_LETTERS", 6000);
    let scene = scene(letters).await;
    scene.instances[0].add_item(false).await;
    let (one, two) = (pipeline(&scene.instances[0]).await, pipeline(&scene.instances[1]).await);
    let now = one.clock.now();
    let (first, second) =
        tokio::join!(one.open_edition(Cadence::Weekly, now), two.open_edition(Cadence::Weekly, now));
    let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());
    assert_eq!(first.id, second.id);
    let plan = |pipeline: Pipeline| {
        let row = first.clone();
        tokio::spawn(async move { pipeline.plan_edition(&row).await.unwrap() })
    };
    let (a, b) = tokio::join!(plan(one), plan(two));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.digests + b.digests, letters);
    assert_eq!(scene.count("SELECT COUNT(*) FROM digest").await, letters);
    let in_vain = a.in_vain + b.in_vain;
    eprintln!("{letters} planned by two: {} and {}, {in_vain} in vain", a.digests, b.digests);
    assert!(in_vain * 2 <= letters, "{in_vain} of {letters} were composed in vain");
    assert!(a.digests.min(b.digests) > 0, "both took part");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edition_run_beside_a_worker_counts_its_own_work_only() {
    let scene = scene(600).await;
    let _worker = scene.instances[1].start_worker();
    scene.instances[0].add_item(false).await;
    let run = async || scene.instances[0].run(&["edition", "run", "weekly"]).await;
    let (one, two) = tokio::join!(run(), run());
    scene.wait_until_done().await;
    let sum = |field: &str| one[field].as_u64().unwrap() + two[field].as_u64().unwrap();
    assert!(sum("digests") <= 600 && sum("accepted") <= 600, "{one} {two}");
    assert_eq!(sum("uncertain") + sum("rejected") + sum("deferred"), 0, "{one} {two}");
    assert_eq!(scene.check().await, 0);
    assert_eq!(scene.relay.server.recipients().len(), 600, "none twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_letter_goes_once_the_last_beat_is_too_old() {
    let db = Database::create(Engine::Postgres).await;
    queue_letters(&db.store, 3).await;
    let (_, rest) = db.url.split_once('@').unwrap();
    let (target, _) = rest.split_once('/').unwrap();
    let proxy = Arc::new(Proxy::start(target.to_owned()).await);
    let way = proxy.clone();
    // The first letter's DATA is granted only when the sender has been cut off for too long.
    let server = Server::start(usual(), move |at: &At| {
        if at.verb == "DATA" && at.connection == 1 {
            way.set(Way::Closed);
            std::thread::sleep(Duration::from_secs(1));
        }
        Do::Usual
    })
    .await;
    let mut cut_off = setup(&db, &server.url(), 1);
    cut_off.store = Store::open(&db.url.replace(target, &proxy.address.to_string()), false).await.unwrap();
    cut_off.lease = Duration::from_secs(1);
    if let Relay::Smtp(smtp) = &mut cut_off.relay {
        smtp[0].deadlines.data = Duration::from_secs(10);
    }
    let mut sender = Sender::start(cut_off).await.unwrap();
    let stop = CancellationToken::new();
    assert!(sender.send_due(None, &OpenGate, &stop).await.is_err(), "the database is away");
    assert_eq!(server.recipients(), Vec::<String>::new());
    proxy.set(Way::Open);
    let done = sender.send_due(None, &OpenGate, &stop).await.unwrap();
    assert_eq!(done, Counts { accepted: 3, ..Counts::default() });
    assert_eq!(server.recipients().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_second_worker_says_who_sends_and_ends() {
    let db = Database::create(Engine::Sqlite).await;
    let folder = db.path("instance");
    std::fs::create_dir(&folder).unwrap();
    let relay = CountingRelay::start().await;
    let instance = Instance { folder, database: db.url.clone(), relay: relay.server.url() };
    instance.set_up(1).await;
    let serving = Process(instance.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap());
    let lock = db.path("treff.db.sending");
    until(async || std::fs::read_to_string(&lock).is_ok_and(|text| !text.is_empty())).await;
    assert_eq!(std::fs::metadata(&lock).unwrap().permissions().mode() & 0o077, 0);
    let second = instance.command(&["worker"]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let expected = format!(
        "another process sends from this database: process {} on {} (it holds {}); leave the sending to it or stop \
         it first, for several senders together need PostgreSQL",
        serving.0.id(),
        host.trim(),
        lock.display()
    );
    assert_eq!(told, serde_json::json!({ "errors": [expected] }));
    instance.add_item(false).await;
    let run = instance.run(&["edition", "run", "weekly"]).await;
    assert_eq!((run["left_to_another"].as_bool(), run["accepted"].as_u64()), (Some(true), Some(0)));
}
