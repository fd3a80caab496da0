//! A withdrawn event: whoever has got it or comes is told once, with the calendar's cancellation.

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::intake::item_queue::{Tells, withdraw_item};
use treff::pipeline::{NoticeDesk, Pipeline, Reminders};

use crate::delivery::server::{Do, Server, usual};
use crate::desk::seat::seat;
use crate::pages::world::{FORUM_ITEM, KARI, Pages, letter_token, now, percent_encode, unsubscribe_token};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const NOTICES: &str = "SELECT kind || ' ' || state || ' ' || COALESCE(address, '-') FROM notice ORDER BY id";
const NOW: &str = "2027-03-08T08:00:00Z";
const BEGINS: &str = "2027-04-08T07:00:00Z";
const ENDS: &str = "2027-04-08T13:00:00Z";
const OLA_COMES: &str = "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at)
                         VALUES (2, 2, 'coming', 'device', 1804000000000000)";

async fn pipeline(pages: &Pages, at: &str) -> Pipeline {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    let at: DateTime<Utc> = at.parse().unwrap();
    app.clock = Clock::simulated(at);
    Pipeline::build(&app).await.unwrap()
}

async fn withdraw(pages: &Pages, tells: Tells<'_>) {
    assert!(withdraw_item(&pages.db.store, "samling", tells, now()).await.unwrap());
}

/// How many are told at that instant that an event is cancelled.
async fn tell(pages: &Pages, at: &str) -> usize {
    pipeline(pages, at).await.tell_of_cancelled_events().await.unwrap()
}

/// Sends what is due at that instant; how many mails were tried.
async fn send(pages: &Pages, at: &str) -> usize {
    let pipeline = pipeline(pages, at).await;
    NoticeDesk::open(&pipeline).unwrap().send_due(&CancellationToken::new()).await.unwrap()
}

async fn with_relay(db: crate::harness::Database, server: &Server) -> Pages {
    Pages::with_settings(db, &format!("relay_url = \"{}\"\n", server.url()), "").await
}

on_both_databases! {
    async fn who_has_got_a_withdrawn_event_is_told_once(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(tell(&pages, NOW).await, 0, "the event stands; the withdrawn tip in the same letter is no event");
        withdraw(&pages, Tells::Them("")).await;
        Reminders::default().tick(&pipeline(&pages, NOW).await).await.unwrap();
        assert_eq!(tell(&pages, NOW).await, 0, "once");
        assert_eq!(pages.text(NOTICES).await, "called_off queued kari@nav.test");
        pages.run("DELETE FROM notice").await;
        assert_eq!(tell(&pages, BEGINS).await, 0, "once for ever, whatever became of the mail");
    }

    async fn several_workers_and_one_that_is_killed_tell_everybody_once(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET admitted = TRUE WHERE id = 2").await;
        pages.run(OLA_COMES).await;
        withdraw(&pages, Tells::Them("")).await;
        let mut killed = pages.db.store.begin().await.unwrap();
        let item = treff::ids::ItemId(2);
        assert!(killed.record_reminder((item, KARI, treff::store::CALLED_OFF), now(), now()).await.unwrap());
        drop(killed);
        let (one, other) = (pipeline(&pages, NOW).await, pipeline(&pages, NOW).await);
        let (one, other) = tokio::join!(one.tell_of_cancelled_events(), other.tell_of_cancelled_events());
        assert_eq!(one.unwrap() + other.unwrap(), 2);
        assert_eq!(pages.text(NOTICES).await, "called_off queued kari@nav.test\ncalled_off_coming queued ola@nav.test");
    }

    async fn who_comes_or_sends_another_is_told_without_a_letter(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery_item SET returned = TRUE").await;
        pages.run("UPDATE recipient SET admitted = TRUE WHERE id = 2").await;
        pages.run(OLA_COMES).await;
        withdraw(&pages, Tells::Them("")).await;
        for (change, told) in [
            ("UPDATE answer SET answer = 'not_coming'", 0),
            ("UPDATE answer SET answer = 'coming', ended_at = 1804000000000001", 0),
            ("UPDATE answer SET answer = 'sending', ended_at = NULL", 1),
        ] {
            pages.run(change).await;
            assert_eq!(tell(&pages, NOW).await, told, "{change}");
        }
        assert_eq!(pages.text(NOTICES).await, "called_off_sending queued ola@nav.test");
    }

    async fn nobody_is_told_who_left_pauses_or_may_not_have_it_nor_of_what_is_over(db: Database) {
        let pages = Pages::over(db).await;
        withdraw(&pages, Tells::Them("")).await;
        let active = "UPDATE recipient SET status = 'active', paused_until = NULL";
        for (change, back) in [
            ("UPDATE recipient SET status = 'unsubscribed' WHERE id = 1", active),
            ("UPDATE recipient SET status = 'suspended' WHERE id = 1", active),
            ("UPDATE recipient SET status = 'erased' WHERE id = 1", active),
            ("UPDATE recipient SET paused_until = '2027-04-09' WHERE id = 1", active),
            ("UPDATE item_version SET visibility = 'only:health' WHERE item_id = 2", "UPDATE item_version SET visibility = 'forum' WHERE item_id = 2"),
            ("UPDATE delivery SET state = 'attempting'", "UPDATE delivery SET state = 'accepted'"),
            ("UPDATE delivery SET state = 'cancelled'", "UPDATE delivery SET state = 'accepted'"),
            ("UPDATE delivery_item SET returned = TRUE", "UPDATE delivery_item SET returned = FALSE"),
            ("UPDATE item SET withdrawn_at = NULL WHERE id = 2", "UPDATE item SET withdrawn_at = 1 WHERE id = 2"),
        ] {
            if change.contains("only:health") {
                pages.run("UPDATE seat_holder SET ends_at = 1").await;
            }
            pages.run(change).await;
            assert_eq!(tell(&pages, NOW).await, 0, "{change}");
            pages.run(back).await;
        }
        assert_eq!(tell(&pages, ENDS).await, 0, "it is over");
        // The end of registration is no matter.
        pages.run("UPDATE item_version SET expires_at = 1804493000000000 WHERE item_id = 2").await;
        pages.run("UPDATE item SET closes_at = 1804493000000000 WHERE id = 2").await;
        assert_eq!(tell(&pages, BEGINS).await, 1);
    }

    async fn nobody_is_told_if_whoever_withdrew_it_wished_so_or_did_long_ago(db: Database) {
        let pages = Pages::over(db).await;
        withdraw(&pages, Tells::Nobody).await;
        assert_eq!(tell(&pages, NOW).await, 0);
        assert!(!withdraw_item(&pages.db.store, "samling", Tells::Them("nå"), now()).await.unwrap());
        assert_eq!(tell(&pages, NOW).await, 0, "again changes nothing");
        withdraw_item(&pages.db.store, "aapen", Tells::Them("Feil"), now()).await.unwrap();
        assert_eq!(pages.text("SELECT reason FROM cancellation").await, "", "an article is no event");
    }

    async fn a_pause_holds_it_until_it_ends(db: Database) {
        let pages = Pages::over(db).await;
        withdraw(&pages, Tells::Them("")).await;
        pages.run("UPDATE recipient SET paused_until = '2027-04-07' WHERE id = 1").await;
        assert_eq!((tell(&pages, NOW).await, tell(&pages, "2027-04-06T21:59:00Z").await), (0, 0));
        assert_eq!(tell(&pages, "2027-04-06T22:00:00Z").await, 1, "the pause is over");
    }

    async fn it_is_asked_again_when_the_mail_goes(db: Database) {
        let server = Server::start(usual(), |_| Do::Usual).await;
        let pages = with_relay(db, &server).await;
        withdraw(&pages, Tells::Them("")).await;
        let again = ["UPDATE item SET withdrawn_at = 1 WHERE id = 2", "UPDATE recipient SET status = 'active'", "DELETE FROM reminder", "DELETE FROM notice"];
        for change in [
            "UPDATE recipient SET status = 'suspended' WHERE id = 1",
            "UPDATE recipient SET status = 'unsubscribed' WHERE id = 1",
            "UPDATE item SET withdrawn_at = NULL WHERE id = 2",
        ] {
            assert_eq!(tell(&pages, NOW).await, 1);
            pages.run(change).await;
            send(&pages, NOW).await;
            assert_eq!(pages.text(NOTICES).await, "called_off cancelled -", "{change}");
            for sql in again {
                pages.run(sql).await;
            }
        }
        assert_eq!(tell(&pages, NOW).await, 1);
        pages.run("UPDATE recipient SET paused_until = '2027-03-10' WHERE id = 1").await;
        assert_eq!((send(&pages, NOW).await, send(&pages, NOW).await), (1, 0), "it waits for the end of the pause");
        assert_eq!(server.recipients(), Vec::<String>::new());
        send(&pages, "2027-03-09T23:00:00Z").await;
        assert_eq!(server.recipients(), ["kari@nav.test"]);
        assert_eq!(pages.text(NOTICES).await, "called_off sent -");
    }

    async fn a_reminder_that_waits_does_not_go_when_its_event_is_taken_back(db: Database) {
        let server = Server::start(usual(), |_| Do::Usual).await;
        let pages = with_relay(db, &server).await;
        pages.run("UPDATE delivery_item SET because = 'audience' WHERE item_id = 2").await;
        pages.run(OLA_COMES).await;
        pages.run("UPDATE answer SET recipient_id = 1").await;
        let due = "2027-04-06T05:30:00Z";
        assert!(pipeline(&pages, due).await.remind().await.unwrap() > 0);
        withdraw(&pages, Tells::Nobody).await;
        send(&pages, due).await;
        assert_eq!(server.recipients(), Vec::<String>::new());
        let states = pages.text("SELECT DISTINCT state FROM notice").await;
        assert_eq!(states, "cancelled");
    }

    async fn the_mail_says_what_when_why_and_whom_to_ask_and_takes_it_out_of_calendars(db: Database) {
        let server = Server::start(usual(), |_| Do::Usual).await;
        let pages = with_relay(db, &server).await;
        pages.run("UPDATE item_version SET contact = '{\"name\":\"Åse Nes\",\"email\":\"ase@example.test\",\"phone\":\"900 00 000\"}' WHERE item_id = 2").await;
        let link = format!("/l/{}/item/{FORUM_ITEM}/event.ics", letter_token());
        let before = pages.get(&link).await.body;
        withdraw(&pages, Tells::Them("Foredragsholderen\r\ner syk.")).await;
        assert_eq!((tell(&pages, NOW).await, send(&pages, NOW).await), (1, 1));
        let taken = server.seen.lock().unwrap().taken.clone();
        let [mail] = taken.as_slice() else { panic!("{taken:?}") };
        assert_eq!(mail.to, "kari@nav.test");
        let parsed = mail_parser::MessageParser::default().parse(mail.text.as_bytes()).unwrap();
        assert_eq!(parsed.subject(), Some("Avlyst: Samling for forumet"));
        let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "Dessverre er «Samling for forumet» avlyst.",
            "Det skulle vært torsdag 8. april kl. 9–15, Fylkeshuset.",
            "Grunn: Foredragsholderen er syk.",
            "Spør Åse Nes, ase@example.test, 900 00 000.",
            "fordi du har fått arrangementet i et brev",
            "samling.ics",
        ] {
            assert!(text.contains(said) && html.contains(said), "{said}: {text}");
        }
        let leave = format!("List-Unsubscribe: <https://forum.example/u/{}>,\r\n <mailto:", unsubscribe_token());
        assert!(mail.text.contains(&leave) && mail.text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{}", mail.text);
        assert!(mail.text.contains("Content-Type: text/calendar; charset=utf-8; method=CANCEL\r\n"), "{}", mail.text);
        let file = std::str::from_utf8(parsed.attachment(0).unwrap().contents()).unwrap();
        assert_eq!(file, pages.get(&link).await.body, "as the letter's own link gives it by now");
        let line = |file: &str, key: &str| file.split("\r\n").find_map(|line| line.strip_prefix(key).map(str::to_owned)).unwrap();
        assert_eq!(line(file, "UID:"), line(&before, "UID:"));
        assert_eq!((line(&before, "SEQUENCE:"), line(file, "SEQUENCE:")), ("0".into(), "1".into()));
        assert_eq!((line(file, "METHOD:"), line(file, "STATUS:")), ("CANCEL".into(), "CANCELLED".into()));
    }

    async fn each_reads_it_in_their_language(db: Database) {
        let pages = Pages::with_settings(db, "relay_url = \"maildir:outbox\"\n", "").await;
        pages.run("UPDATE recipient SET language = 'nn' WHERE id = 1").await;
        pages.run("UPDATE recipient SET admitted = TRUE, language = 'en' WHERE id = 2").await;
        pages.run(OLA_COMES).await;
        withdraw(&pages, Tells::Them("")).await;
        assert_eq!((tell(&pages, NOW).await, send(&pages, NOW).await), (2, 2));
        for (name, subject, all) in [
            ("notice-1", "Avlyst: Samling for forumet", ["Diverre er «Samling for forumet» avlyst.", "Det skulle vore torsdag 8. april kl. 9–15, Fylkeshuset."]),
            ("notice-2", "Cancelled: Samling for forumet", ["is cancelled. You have answered that you are coming.", "It was planned for Thursday 8 April 9:00–15:00, Fylkeshuset."]),
        ] {
            let mail = std::fs::read(pages.db.path(&format!("outbox/new/{name}"))).unwrap();
            let parsed = mail_parser::MessageParser::default().parse(&mail).unwrap();
            assert_eq!(parsed.subject(), Some(subject));
            let text = parsed.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            for said in all {
                assert!(text.contains(said), "{said}: {text}");
            }
            assert!(!text.contains("Grunn") && !text.contains("Reason"), "none was given: {text}");
        }
    }

    async fn when_who_was_told_is_forgotten_nobody_is_told_again(db: Database) {
        let pages = Pages::over(db).await;
        withdraw(&pages, Tells::Them("")).await;
        pages.run("UPDATE item SET closes_at = 1804493000000000 WHERE id = 2").await;
        pages.run("UPDATE item_version SET expires_at = 1804493000000000 WHERE item_id = 2").await;
        assert_eq!(tell(&pages, NOW).await, 1);
        let cutoff = "2027-04-01T00:00:00Z".parse().unwrap();
        pages.db.store.retire(treff::store::KeptKind::Answers, cutoff, now()).await.unwrap();
        assert_eq!(pages.text("SELECT kind FROM reminder").await, "");
        assert_eq!(tell(&pages, NOW).await, 0);
    }

    async fn the_desk_says_whom_it_concerns_and_asks_whether_they_are_told(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(OLA_COMES).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get("/desk/items/samling").await.body;
        for said in [
            "Har fått arrangementet eller svart at de kommer: 2. Av dem kommer eller sender en annen: 1.",
            "Får e-post om at det er avlyst: 1.",
            "har pause til det er over: 1. Ta kontakt med dem selv.",
            "name=\"tell\" value=\"yes\" checked",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!lead.get("/desk/items/aapen").await.body.contains("name=\"tell\""), "no event");
        let form = format!("tell=yes&reason={}", percent_encode("Salen er <stengt>."));
        lead.post("/desk/items/samling/withdraw", &form).await;
        assert_eq!(pages.text("SELECT reason FROM cancellation").await, "Salen er <stengt>.");
        let page = lead.get("/desk/items/samling?done=withdrawn").await.body;
        assert!(page.contains("Får e-post om at det er avlyst: 1.") && !page.contains("name=\"tell\""), "{page}");
        assert_eq!(tell(&pages, NOW).await, 1);
        assert!(lead.get("/desk/items/samling").await.body.contains("Har fått e-post om at det er avlyst: 1."));
    }

    async fn the_desk_tells_nobody_if_nobody_is_to_be_told(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        lead.post("/desk/items/samling/withdraw", "reason=Feil").await;
        assert_eq!(tell(&pages, NOW).await, 0);
        assert!(lead.get("/desk/items/samling").await.body.contains("Ingen får e-post om at det er avlyst."));
    }

    async fn who_may_not_know_of_unions_sees_no_counts_of_what_goes_to_one(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        pages.run("UPDATE item_version SET audience = 'represents:nav' WHERE item_id = 2").await;
        let mut sender = seat(&pages, "sender@forum.example", r#"["write","send"]"#).await;
        let page = sender.get("/desk/items/samling").await.body;
        assert!(page.contains("name=\"tell\"") && !page.contains("Har fått arrangementet"), "{page}");
        assert!(!page.contains("Får e-post om at det er avlyst: "), "{page}");
    }
}

on_both_engines! {
    async fn withdrawing_an_event_says_how_many_are_told(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", "email\nkari@example.test\nola@example.test\n");
        treff.run(&["people", "import", &people]).done();
        let event = |title: &str| format!("+++\nkind = \"event\"\ntitle = \"{title}\"\naudience = \"all\"\nlane = \"urgent\"\nstarts_at = 2097-04-08T09:00:00Z\n+++\n");
        for (file, title) in [("sam.md", "Samling"), ("stille.md", "Stille")] {
            treff.write(file, event(title));
            treff.run(&["item", "add", file]).done();
        }
        treff.run(&["edition", "run", "urgent"]).done();
        treff.write("aldri.md", event("Aldri sendt"));
        treff.run(&["item", "add", "aldri.md"]).done();
        let run = |rest: &[&str]| treff.run(&[&["item", "withdraw"], rest].concat()).done().json;
        let answer = |slug: &str, withdrawn: bool, changed: bool, dry_run: bool, (concerned, to_tell): (usize, usize)| json!({
            "item": slug, "withdrawn": withdrawn, "changed": changed, "dry_run": dry_run,
            "concerned": concerned, "coming": 0, "to_tell": to_tell, "told": 0,
        });
        assert_eq!(run(&["aldri"]), answer("aldri", true, true, false, (0, 0)), "nobody was told of it");
        assert_eq!(run(&["sam", "--dry-run"]), answer("sam", false, true, true, (2, 2)));
        assert_eq!(run(&["sam", "--reason", "Sykdom"]), answer("sam", true, true, false, (2, 2)));
        assert_eq!(run(&["sam", "--tell-nobody"]), answer("sam", true, false, false, (2, 2)), "again changes nothing");
        assert_eq!(run(&["stille", "--tell-nobody"]), answer("stille", true, true, false, (2, 0)));
        assert_eq!(
            treff.run_for_people(&["item", "withdraw", "sam"]).done().stdout,
            "Unchanged, withdrawn already: sam\n2 have got it or come; 0 of them come or send another\n\
             treff serve mails 2 that it is cancelled, those who pause when their pause is over\n"
        );
        assert_eq!(
            treff.run(&["item", "withdraw", "sam", "--reason", &"x".repeat(301)]).refused(),
            ["--reason has 301 characters; write at most 300"]
        );
        let both = treff.run_for_people(&["item", "withdraw", "sam", "--reason", "x", "--tell-nobody"]);
        assert_eq!(both.code, 2, "{}", both.stderr);
    }
}
