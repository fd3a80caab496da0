//! Addresses beyond ASCII (RFC 6531, RFC 6532), from the sheet to the wire.

use super::bounces::notification;
use super::server::{Do, Offers, Server, usual};
use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::Treff;

const ITEM: &str = "+++\nkind = \"tip\"\ntitle = \"Kurs\"\naudience = \"all\"\n+++\nMeld deg p\u{e5}.\n";

/// Two people; one's address is written with an a and a ring, in capitals.
async fn forum_of_two(engine: Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    let people = treff
        .write("people.csv", "epost;navn\nKA\u{30a}RE@Fj\u{f8}s.example;K\u{e5}re Moe\nper@x.test;Per Li\n");
    treff.run(&["people", "import", &people]).done();
    let item = treff.write("kurs.md", ITEM);
    treff.run(&["item", "add", &item]).done();
    treff
}

async fn run_edition(treff: &Treff, lines: &'static [&'static str]) -> (Server, serde_json::Value) {
    let server = Server::start(Offers { lines, ..usual() }, |_| Do::Usual).await;
    let mut command = treff.command();
    command.env("TREFF_RELAY_URL", server.url()).args(["--json", "edition", "run", "weekly"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (server, serde_json::from_slice(&output.stdout).unwrap())
}

on_both_engines! {
    async fn a_letter_to_such_an_address_goes_with_smtputf8_and_no_other_does(engine: Engine) {
        let treff = forum_of_two(engine).await;
        let (server, done) = run_edition(&treff, &["PIPELINING", "8BITMIME", "SMTPUTF8"]).await;
        assert_eq!((&done["accepted"], &done["rejected"]), (&2.into(), &0.into()));
        assert_eq!(server.recipients(), ["k\u{e5}re@xn--fjs-1na.example", "per@x.test"]);
        let seen = server.seen.lock().unwrap();
        let letter_of = |to: &str| seen.taken.iter().find(|t| t.to.starts_with(to)).unwrap();
        let (kare, per) = (letter_of("k\u{e5}re"), letter_of("per"));
        assert!(kare.text.contains("To: =?utf-8?B?S8OlcmUgTW9l?= <k\u{e5}re@xn--fjs-1na.example>\r\n"), "{}", kare.text);
        assert!(per.text.is_ascii());
        let mail_of = |from: &str| seen.lines.iter().find(|l| l.starts_with("MAIL") && l.contains(from)).unwrap().clone();
        assert!(kare.from.is_ascii() && kare.from.starts_with("bounce+"), "the return path stays one that all can read");
        assert!(mail_of(&kare.from).ends_with("> BODY=8BITMIME SMTPUTF8"), "{}", mail_of(&kare.from));
        assert!(mail_of(&per.from).ends_with('>'), "{}", mail_of(&per.from));
    }

    async fn a_relay_that_cannot_is_told_nothing_and_the_ledger_says_why(engine: Engine) {
        let treff = forum_of_two(engine).await;
        let (server, done) = run_edition(&treff, &["PIPELINING", "8BITMIME"]).await;
        assert_eq!((&done["accepted"], &done["rejected"]), (&1.into(), &1.into()));
        assert_eq!(server.recipients(), ["per@x.test"]);
        assert!(!server.seen.lock().unwrap().lines.iter().any(|line| !line.is_ascii()));
        let refused = treff.run(&["delivery", "list", "--state", "rejected"]).done().json["deliveries"][0].clone();
        assert_eq!(refused["recipient"], "k\u{e5}re@xn--fjs-1na.example");
        assert_eq!(refused["reply"], "553 5.6.7 the address is not in ASCII; the relay does not offer SMTPUTF8");
        let listed = treff.run(&["people", "list"]).done().stdout;
        assert!(listed.contains("k\u{e5}re@xn--fjs-1na.example") && !listed.contains("suspended"), "{listed}");
    }

    async fn a_letter_to_somebody_erased_is_not_promised_again(engine: Engine) {
        let treff = forum_of_two(engine).await;
        run_edition(&treff, &["PIPELINING", "8BITMIME"]).await;
        let letters = treff.run(&["delivery", "list"]).done().json["deliveries"].clone();
        let per = letters.as_array().unwrap().iter().find(|l| l["recipient"] == "per@x.test").unwrap()["id"].to_string();
        let mut tx = treff.database.store.begin().await.unwrap();
        tx.run("UPDATE delivery SET state = 'uncertain' WHERE state = 'accepted'", Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
        treff.run(&["people", "erase", "per@x.test"]).done();
        let refused = treff.run(&["delivery", "retry", &per]);
        assert_eq!((refused.code, &refused.json["retried"]), (1, &serde_json::json!([])));
        assert_eq!(
            refused.json["refused"][0]["error"],
            format!("its recipient was erased, or merged into another; settle it: treff delivery settle {per}")
        );
        treff.run(&["delivery", "settle", &per]).done();
    }

    async fn such_an_address_is_found_however_it_is_typed(engine: Engine) {
        let treff = forum_of_two(engine).await;
        for typed in ["k\u{e5}re@fj\u{f8}s.example", "Ka\u{30a}re@xn--fjs-1na.example"] {
            treff.run(&["people", "set", typed, "--follow", "sector:health"]).done();
            let exported = treff.run(&["people", "export", typed]).done().stdout;
            assert!(exported.contains("k\u{e5}re@xn--fjs-1na.example"), "{exported}");
        }
        let again = treff.write("again.csv", "epost\nk\u{e5}re@fj\u{f8}s.example\n");
        let imported = treff.run(&["people", "import", &again]).done().json;
        assert_eq!((&imported["created"], &imported["unchanged"]), (&0.into(), &1.into()));
        let erased = treff.run(&["people", "erase", "KA\u{30a}RE@fj\u{f8}s.example"]).done().stdout;
        assert!(!treff.run(&["people", "list"]).done().stdout.contains("xn--fjs-1na"), "{erased}");
    }

    async fn a_bounce_counts_in_whatever_spelling_it_names_the_address(engine: Engine) {
        let treff = forum_of_two(engine).await;
        run_edition(&treff, &["PIPELINING", "8BITMIME", "SMTPUTF8"]).await;
        let letters = treff.run(&["delivery", "list"]).done().json["deliveries"].clone();
        let to_kare = |l: &&serde_json::Value| l["recipient"] == "k\u{e5}re@xn--fjs-1na.example";
        let letter = letters.as_array().unwrap().iter().find(to_kare).unwrap()["message_id"].clone();
        let about = "Final-Recipient: utf-8; K\u{e5}re@Fj\u{f8}s.example\nAction: failed\nStatus: 5.1.1";
        let mail = notification(about).replace("1@forum.example.test>\nSubject", &format!("{}>\nSubject", letter.as_str().unwrap()));
        let mail = treff.write("bounce.eml", mail);
        let report = treff.run(&["bounce", &mail]).done().json["reports"][0].clone();
        assert_eq!(report["recipient"], "K\u{e5}re@Fj\u{f8}s.example", "as the report names it");
        let listed = treff.run(&["people", "list"]).done().json["recipients"].clone();
        let kare = listed.as_array().unwrap().iter().find(|r| r["email"] == "k\u{e5}re@xn--fjs-1na.example").unwrap();
        assert_eq!(kare["status"], "suspended");
        let rejected = treff.run(&["delivery", "list", "--state", "rejected"]).done().json["deliveries"].clone();
        assert_eq!(rejected[0]["message_id"], letter);
    }
}
