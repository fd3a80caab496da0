//! A paused edition, as an operator sees it.

use std::process::{Command, Stdio};

use super::recovering::until;
use super::server::{At, Do, Server, usual};
use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{Output, Treff};

const ITEM: &str = "+++\nkind = \"tip\"\ntitle = \"Kurs\"\naudience = \"all\"\n+++\nMeld deg på.\n";

/// A forum of 40 with an item for all, and an account that may send.
async fn forum_of_forty(engine: Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    bring_forty(&treff).await;
    treff
}

async fn bring_forty(treff: &Treff) {
    let mut people = "email,language\n".to_owned();
    (1..=40).for_each(|n| people.push_str(&format!("kari{n}@nav.example,nb\n")));
    let file = treff.write("people.csv", people);
    treff.run(&["people", "import", &file]).done();
    let item = treff.write("kurs.md", ITEM);
    treff.run(&["item", "add", &item]).done();
    treff
        .database
        .store
        .add_lead("lead@forum.example", "Lise Lund", chrono::DateTime::UNIX_EPOCH)
        .await
        .unwrap();
}

/// Runs a command beside the server of this test.
async fn run(treff: &Treff, server: &Server, config: &str, args: &[&str]) -> Output {
    treff.write("treff.toml", config);
    let mut command = treff.command();
    command.env("TREFF_RELAY_URL", server.url()).args(args);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    Output {
        code: output.status.code().unwrap(),
        json: serde_json::from_str(&stdout).unwrap_or_default(),
        stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn decoded(letter: &str) -> String {
    letter.replace("=\r\n", "")
}

/// A window of one hour, three days from now, as the configuration has it.
fn window_in_three_days() -> String {
    let day = (treff::clock::Clock::system().now() + chrono::TimeDelta::days(3))
        .with_timezone(&chrono_tz::Europe::Oslo);
    format!("[pace]\nwindow = \"{} 10:00-11:00\"\n", day.format("%a"))
}

on_both_engines! {
    async fn outside_office_hours_letters_wait_and_the_run_says_so(engine: Engine) {
        let treff = forum_of_forty(engine).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        let config = window_in_three_days();
        let closed = run(&treff, &server, &config, &["--json", "edition", "run", "weekly"]).await.done();
        assert_eq!((&closed.json["digests"], &closed.json["accepted"], &closed.json["waiting"]), (&40.into(), &0.into(), &40.into()));
        let opens_at: chrono::DateTime<chrono_tz::Tz> = closed.json["opens_at"]
            .as_str()
            .and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok())
            .unwrap()
            .with_timezone(&chrono_tz::Europe::Oslo);
        assert_eq!(opens_at.format("%H:%M").to_string(), "10:00");
        let told = run(&treff, &server, &config, &["edition", "run", "weekly"]).await.done();
        assert!(told.stdout.contains("40 letters wait for the window of [pace] in treff.toml: it opens "), "{}", told.stdout);
        let open = run(&treff, &server, "", &["--json", "edition", "run", "weekly"]).await.done();
        assert_eq!((&open.json["accepted"], &open.json["opens_at"]), (&40.into(), &serde_json::Value::Null));
        let bad = run(&treff, &server, "[pace]\nwindow = \"always\"\n", &["--json", "edition", "list"]).await.refused();
        assert!(bad[0].contains("at line 2, column 10"), "{bad:?}");
    }

    async fn an_edition_that_policy_refuses_pauses_tells_the_lead_and_goes_on_when_told(engine: Engine) {
        let treff = forum_of_forty(engine).await;
        let strict = Server::start(usual(), |at: &At| {
            if at.verb == "." && at.to.ends_with("nav.example") { Do::Say("550 5.7.1 refused") } else { Do::Usual }
        })
        .await;
        let config = "[delivery]\nconnections = 1\n";
        let first = run(&treff, &strict, config, &["--json", "edition", "run", "weekly"]).await.done();
        let rejected = first.json["rejected"].as_i64().unwrap();
        assert!((11..=15).contains(&rejected), "{}", first.json);
        assert_eq!(first.json["digests"], 40);
        assert_eq!(first.json["paused_because"], "policy");
        assert_eq!(first.json["waiting"], 40 - rejected);
        assert!(!first.stderr.contains('@'), "no address in the log: {}", first.stderr);

        let mailed = strict.seen.lock().unwrap().taken.clone();
        assert_eq!(mailed.iter().map(|t| t.to.as_str()).collect::<Vec<_>>(), ["lead@forum.example"]);
        assert!(decoded(&mailed[0].text).contains("treff edition resume weekly --at "), "{}", mailed[0].text);

        let again = run(&treff, &strict, config, &["edition", "run", "weekly"]).await.done();
        assert!(again.stdout.contains(&format!("{} letters wait. Paused: policy", 40 - rejected)), "{}", again.stdout);
        let shown = run(&treff, &strict, config, &["--json", "edition", "show", "weekly"]).await.done();
        assert_eq!(shown.json["paused_because"], "policy");
        assert_eq!(shown.json["digests"].as_array().unwrap().len(), 40);
        assert_eq!(strict.seen.lock().unwrap().taken.len(), 1, "the lead is told once");

        let resumed = run(&treff, &strict, config, &["--json", "edition", "resume", "weekly"]).await.done();
        assert_eq!((&resumed.json["changed"], &resumed.json["paused_because"]), (&true.into(), &serde_json::Value::Null));
        let friendly = Server::start(usual(), |_| Do::Usual).await;
        let rest = run(&treff, &friendly, config, &["--json", "edition", "run", "weekly"]).await.done();
        assert_eq!((&rest.json["accepted"], &rest.json["waiting"]), (&(40 - rejected).into(), &0.into()));
        assert_eq!(treff.database.store.list_open_alerts().await.unwrap(), []);
    }

    async fn a_pause_that_is_told_is_of_the_edition_that_ran_and_not_of_a_later_one(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.run(&["edition", "run", "weekly", "--at", "2097-03-08T12:00:00+01:00"]).done();
        bring_forty(&treff).await;
        let strict = Server::start(usual(), |at: &At| {
            if at.verb == "." && at.to.ends_with("nav.example") { Do::Say("550 5.7.1 refused") } else { Do::Usual }
        })
        .await;
        let ran = run(&treff, &strict, "[delivery]\nconnections = 1\n", &["edition", "run", "weekly"]).await.done();
        assert!(ran.stdout.contains("Paused: policy refused too many of its first letters."), "{}", ran.stdout);
        assert!(!ran.stdout.contains("2097"), "{}", ran.stdout);
    }

    async fn a_run_that_is_stopped_ends_in_part_and_tells_what_waits(engine: Engine) {
        let treff = forum_of_forty(engine).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        treff.write("treff.toml", "[pace]\nper_minute = 60\n");
        let mut command = treff.command();
        command.env("TREFF_RELAY_URL", server.url()).args(["--json", "edition", "run", "weekly"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until(async || !server.recipients().is_empty()).await;
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(asked.unwrap().success());
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!((ended.status.code(), json["accepted"].as_u64().map(|n| n + json["waiting"].as_u64().unwrap())), (Some(1), Some(40)), "{json}");
        assert!(json["warnings"].to_string().contains("letters wait; the same command goes on with them"), "{json}");
        let rest = run(&treff, &server, "", &["--json", "edition", "run", "weekly"]).await.done();
        assert_eq!((&rest.json["waiting"], server.recipients().len()), (&0.into(), 40));
    }

    async fn letters_that_wait_for_a_change_to_be_approved_are_told(engine: Engine) {
        let treff = forum_of_forty(engine).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        let closed = window_in_three_days();
        run(&treff, &server, &closed, &["--json", "edition", "run", "weekly"]).await.done();
        let better = treff.write("kurs.md", ITEM.replace("Meld deg på.", "Meld deg av."));
        run(&treff, &server, "", &["--json", "item", "correct", "kurs", &better]).await.done();
        let held = run(&treff, &server, "[approval]\nrequired = true\n", &["--json", "edition", "run", "weekly"]).await;
        assert_eq!((held.code, &held.json["waiting"], &held.json["awaiting_approval"]), (1, &40.into(), &40.into()), "{}", held.stderr);
        assert!(held.json["warnings"].to_string().contains("40 letters wait for approval"), "{}", held.stdout);
        assert!(held.stderr.contains("/desk/mailing/changed"), "{}", held.stderr);
        assert_eq!(server.recipients(), ["lead@forum.example"], "who may approve hears of it, and nobody else of anything");
        let store = &treff.database.store;
        let mut tx = store.begin().await.unwrap();
        let held = tx.run("UPDATE delivery SET next_attempt_at = planned_at WHERE next_attempt_at > planned_at", vec![]).await;
        assert_eq!(held.unwrap(), 40, "all were put off");
        tx.commit().await.unwrap();
        let free = run(&treff, &server, "", &["--json", "edition", "run", "weekly"]).await.done();
        assert_eq!((&free.json["accepted"], &free.json["awaiting_approval"]), (&40.into(), &0.into()), "where nobody asks nothing waits");
        assert_eq!(server.recipients().len(), 41, "and the lead was mailed");
        assert_eq!(store.list_open_alerts().await.unwrap(), []);
    }

    async fn an_edition_is_paused_by_hand_until_it_is_resumed(engine: Engine) {
        let treff = forum_of_forty(engine).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        let missing = run(&treff, &server, "", &["--json", "edition", "pause", "weekly"]).await.refused();
        assert_eq!(missing, ["no weekly edition was opened; open one with treff edition run weekly"]);
        let down = Server::start(usual(), |at: &At| {
            if at.verb == "CONNECT" { Do::SayAndClose("421 later") } else { Do::Usual }
        })
        .await;
        run(&treff, &down, "", &["--json", "edition", "run", "weekly"]).await.done();
        let paused = run(&treff, &server, "", &["--json", "edition", "pause", "weekly"]).await.done();
        assert_eq!((&paused.json["paused_because"], &paused.json["waiting"]), (&"hand".into(), &40.into()));
        let listed = run(&treff, &server, "", &["--json", "edition", "list"]).await.done();
        assert_eq!(listed.json["editions"][0]["paused_because"], "hand");
        let doctor = run(&treff, &server, "", &["--json", "doctor"]).await;
        let checks = doctor.json["checks"].as_array().unwrap();
        let pace = checks.iter().find(|check| check["name"] == "pace").unwrap();
        assert_eq!((&pace["result"], &pace["detail"]), (&"warning".into(), &"paused by hand: 1 of the editions".into()));
        run(&treff, &server, "", &["--json", "edition", "resume", "weekly"]).await.done();
        let none: Vec<String> = Vec::new();
        assert_eq!(server.recipients(), none, "nothing went meanwhile, and the lead, who did it, hears nothing");
    }
}
