use serde_json::json;
use treff::store::Arg;

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

const PEOPLE: &str = "email;name;organisation;role;groups;sectors;cadence\n\
    kari@example.test;Kari Nes;Nordfjella;decision-maker;health/leader;industry;weekly\n\
    ola@example.test;Ola Vik;Nordfjella;;health|health-night;;daily\n\
    liv@example.test;Liv Dal;Nordfjella;;;process;weekly\n";

/// A forum with three people and three items.
async fn busy_forum(engine: Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    let people = treff.write("people.csv", PEOPLE);
    treff.run(&["people", "import", &people]).done();
    for (name, about) in
        [("helse", "sector:health"), ("prosess", "sector:process"), ("industri", "sector:industry")]
    {
        let text = format!(
            "+++\nkind = \"tip\"\ntitle = \"Om {name}\"\nabout = [\"{about}\"]\nrelease_at = \"2026-01-05T08:00:00Z\"\n+++\nTekst.\n"
        );
        let file = treff.write(&format!("{name}.md"), text);
        treff.run(&["item", "add", &file]).done();
    }
    treff
}

on_both_engines! {
    async fn what_is_in_use_is_not_dropped(engine: Engine) {
        let treff = busy_forum(engine).await;
        let before = treff.database.store.list_terms().await.unwrap();
        let bare = "name = \"Kompetanseforum Nordfjella\"\ntime_zone = \"Europe/Oslo\"\n[cadence]\nweekly = \"0 30 7 * * Mon\"\n";
        let path = treff.write("bare.toml", bare);
        let expected = [
            "role:decision-maker is not in the file, but is the role of 1 recipient; put it back",
            "group:health is not in the file, but is the group of 2 seats; put it back",
            "group:health-night is not in the file, but is the group of 1 seat; put it back",
            "sector:health is not in the file, but is named by the item helse; put it back",
            "sector:industry is not in the file, but is followed by 1 recipient, named by the item industri; put it back",
            "sector:process is not in the file, but is followed by 1 recipient, named by the item prosess; put it back",
            "the cadence daily is not in the file, but 1 recipient hears by it; put it back, or let them hear by another",
        ]
        .map(|line| format!("{path}: {line}"));
        assert_eq!(treff.run(&["forum", "apply", &path, "--dry-run"]).refused(), expected);
        assert_eq!(treff.run(&["forum", "apply", &path]).refused(), expected);
        assert_eq!(treff.database.store.list_terms().await.unwrap(), before);
    }

    async fn a_group_that_an_account_writes_for_is_in_use(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.run(&["account", "add", "per@example.test", "--right", "write", "--group", "health-night"]).done();
        let night = "[[group]]\nslug = \"health-night\"\nkind = \"adhoc\"\nparent = \"health\"\nname = { nb = \"Nattvaktprosjektet\" }\n";
        assert!(FORUM.contains(night));
        let path = treff.write("without.toml", FORUM.replace(night, ""));
        let expected = [format!("{path}: group:health-night is not in the file, but is the group that 1 account writes for (change that under Accounts at the desk); put it back")];
        assert_eq!(treff.run(&["forum", "apply", &path, "--dry-run"]).refused(), expected);
        assert_eq!(treff.run(&["forum", "apply", &path]).refused(), expected);
    }

    async fn what_nobody_uses_goes_with_the_marks_that_ended(engine: Engine) {
        let treff = busy_forum(engine).await;
        treff.run(&["people", "set", "liv@example.test", "--follow", "role:shop-steward"]).done();
        treff.run(&["people", "set", "liv@example.test", "--forget", "role:shop-steward"]).done();
        let without = FORUM.replace("[[role]]\nslug = \"shop-steward\"\nname = { nb = \"Tillitsvalgt\" }\n", "");
        treff.write("forum.toml", without);
        assert_eq!(treff.run(&["forum", "apply", "forum.toml"]).done().json["go"], json!(["role:shop-steward"]));
        let terms = treff.database.store.list_terms().await.unwrap();
        assert!(!terms.iter().any(|term| term.slug == "shop-steward"));
    }

    async fn an_apply_tells_who_gains_and_loses_which_open_items(engine: Engine) {
        let treff = busy_forum(engine).await;
        // Health no longer has its sector but industry; process moves to the top.
        let changed = FORUM
            .replace("sectors = [\"health\"]", "sectors = [\"industry\"]")
            .replace("parent = \"industry\"\n", "");
        treff.write("forum.toml", changed);
        let gains = json!([{"recipient": "ola@example.test", "item": "industri"}]);
        let loses = json!([
            {"recipient": "kari@example.test", "item": "helse"},
            {"recipient": "kari@example.test", "item": "prosess"},
            {"recipient": "liv@example.test", "item": "industri"},
            {"recipient": "ola@example.test", "item": "helse"},
        ]);
        for dry_run in [true, false] {
            let mut args = vec!["forum", "apply", "forum.toml"];
            args.extend(dry_run.then_some("--dry-run"));
            let done = treff.run(&args).done();
            assert_eq!(done.json["gains"], gains);
            assert_eq!(done.json["loses"], loses);
        }
        for (email, item, decision) in [
            ("ola@example.test", "industri", "deliver"),
            ("kari@example.test", "helse", "withheld"),
            ("kari@example.test", "prosess", "withheld"),
            ("liv@example.test", "industri", "withheld"),
        ] {
            assert_eq!(treff.run(&["why", email, item]).done().json["decision"], decision, "{email} {item}");
        }
    }

    async fn a_change_of_trees_sets_everyone_back_and_a_new_name_does_not(engine: Engine) {
        let treff = busy_forum(engine).await;
        let store = &treff.database.store;
        let mut tx = store.begin().await.unwrap();
        tx.run("UPDATE recipient SET watermark = $1", vec![Arg::Int(Some(1_000_000))]).await.unwrap();
        tx.commit().await.unwrap();
        let watermarks = async || -> Vec<i64> {
            let forum = treff::world::load_forum(store).await.unwrap();
            let people = treff::world::load_recipients(store, &forum).await.unwrap();
            people.iter().map(|recipient| recipient.watermark).collect()
        };
        treff.write("forum.toml", FORUM.replace("{ nb = \"Helse\" }", "{ nb = \"Helse og omsorg\" }"));
        treff.run(&["forum", "apply", "forum.toml"]).done();
        assert_eq!(watermarks().await, [1_000_000; 3]);
        treff.write("forum.toml", FORUM.replace("parent = \"industry\"\n", ""));
        treff.run(&["forum", "apply", "forum.toml"]).done();
        assert_eq!(watermarks().await, [0; 3]);
    }
}
