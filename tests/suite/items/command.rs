//! `treff item` as a person or a program runs it.

use serde_json::json;
use treff::intake::item_file::{SlugFrom, read_item_file};
use treff::intake::item_queue::{QueueError, queue_items};
use treff::store::One;

use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

/// A tip for everyone, to be released in years.
const TIP: &str = "+++\nkind = \"tip\"\ntitle = \"Spør tidlig\"\naudience = \"all\"\nrelease_at = 2097-03-01T08:00:00Z\n+++\nTekst.\n";

/// Kari sits in the health group and follows nothing else; Ola follows health; Per follows industry.
const PEOPLE: &str = "email;name;organisation;groups;sectors\n\
    kari@example.test;Kari Nes;Vik kommune;health;\n\
    ola@example.test;Ola Moe;Elvheim Metallverk;;health\n\
    per@example.test;Per Li;Elvheim Metallverk;;industry\n";

on_both_engines! {
    // From before there was a limit.
    async fn a_title_that_is_too_long_is_refused_where_it_is_new_and_stands_where_it_is_not(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("spor.md", TIP);
        treff.run(&["item", "add", "spor.md"]).done();
        let long = "ø".repeat(201);
        let mut tx = treff.database.store.begin().await.unwrap();
        tx.run("UPDATE item_text SET text = REPLACE(text, 'Spør tidlig', $1)", vec![treff::store::Arg::from(long.clone())]).await.unwrap();
        tx.commit().await.unwrap();
        treff.write("spor.md", TIP.replace("Spør tidlig", &long));
        assert_eq!(treff.run(&["item", "add", "spor.md"]).done().json["unchanged"], json!(["spor"]));
        assert_eq!(treff.run(&["item", "correct", "spor", "spor.md"]).done().json["changed"], false);
        treff.write("spor.md", TIP.replace("Spør tidlig", &"å".repeat(202)));
        for command in [["item", "add", "spor.md"].as_slice(), &["item", "correct", "spor", "spor.md"]] {
            let refused = treff.run(command).refused().join("\n");
            assert!(refused.contains("spor.md:3: title has 202 characters; write at most 200"), "{refused}");
        }
    }

    async fn adding_says_how_many_get_each_item_and_by_which_door(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        let item = |title: &str, more: &str| format!("+++\nkind = \"tip\"\ntitle = \"{title}\"\n{more}\n+++\n");
        treff.write("items/a.md", item("A", "audience = \"group:health\"\nabout = [\"sector:health\"]\nsource = \"vik-kommune\""));
        treff.write("items/b.md", item("B", "about = [\"sector:process\"]\nrelease_at = 2097-01-01"));
        treff.write("items/c.md", item("C", "audience = \"role:shop-steward\""));
        let added = treff.run(&["item", "add", "items"]).done();
        assert_eq!(added.json["reach"], json!([
            {"item": "a", "recipients": 2, "by_choice": 1, "by_interest": 1},
            {"item": "b", "recipients": 1, "by_choice": 0, "by_interest": 1},
            {"item": "c", "recipients": 0, "by_choice": 0, "by_interest": 0},
        ]));
        assert_eq!(
            added.json["warnings"],
            json!(["item c reaches nobody as things stand; check audience, about and visibility"])
        );
    }

    // 5 March 2097 is a Tuesday. Kari and Per hear on Mondays, Ola every day.
    async fn an_item_that_is_over_before_the_next_letter_of_all_whom_it_reaches_is_warned_of(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        treff.run(&["people", "set", "ola@example.test", "--cadence", "daily"]).done();
        let item = |title: &str, more: &str| {
            format!("+++\nkind = \"tip\"\ntitle = \"{title}\"\nrelease_at = 2097-03-05\nexpires_at = 2097-03-07\n{more}\n+++\n")
        };
        treff.write("items/a.md", item("A", "audience = \"group:health\""));
        treff.write("items/b.md", item("B", "audience = \"all\""));
        treff.write("items/c.md", item("C", "audience = \"group:health\"\nlane = \"urgent\""));
        treff.write("items/d.md", item("D", "audience = \"group:health\"").replace("03-07", "03-14"));
        let warned = json!([
            "item a is closed (at 2097-03-07T23:00:00+00:00) before the next letter of all whom it reaches: nobody will get it; \
             put lane = \"urgent\" or a later expires_at into the file and add it again",
            "item b is closed (at 2097-03-07T23:00:00+00:00) before the next letter of 2 of the 3 whom it reaches: they will not \
             get it; put lane = \"urgent\" or a later expires_at into the file and add it again"
        ]);
        assert_eq!(treff.run(&["item", "add", "items", "--dry-run"]).done().json["warnings"], warned);
        assert_eq!(treff.run(&["item", "add", "items"]).done().json["warnings"], warned);

        treff.write("d.md", item("D", "audience = \"group:health\""));
        let warned = json!([
            "item d is closed (at 2097-03-07T23:00:00+00:00) before the next letter of all whom it reaches: nobody will get it; \
             put lane = \"urgent\" or a later expires_at into the file and correct it again"
        ]);
        assert_eq!(treff.run(&["item", "correct", "d", "d.md", "--dry-run"]).done().json["warnings"], warned);
        assert_eq!(treff.run(&["item", "correct", "d", "d.md"]).done().json["warnings"], warned);
    }

    async fn a_forum_that_changed_since_the_files_were_read_is_told(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let store = &treff.database.store;
        let before = treff::world::load_forum(store).await.unwrap();
        let bytes = b"+++\nkind = \"tip\"\ntitle = \"T\"\naudience = \"role:shop-steward\"\n+++\n";
        let file = read_item_file("a.md", SlugFrom::Stem("a"), bytes, &before).unwrap();
        let steward = "[[role]]\nslug = \"shop-steward\"\nname = { nb = \"Tillitsvalgt\" }\n";
        treff.write("forum.toml", FORUM.replace(steward, ""));
        treff.run(&["forum", "apply", "forum.toml"]).done();
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let queued = queue_items(store, &before, &[file], now, String::new, false).await;
        assert!(matches!(queued, Err(QueueError::ForumChanged)));
        assert!(store.list_items().await.unwrap().is_empty());
    }

    async fn items_are_added_listed_and_added_again_unchanged(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("items/tidlig.md", TIP);
        treff.write(
            "items/referat-helse.md",
            "+++\nkind = \"minutes\"\ntitle = \"Referat\"\nabout = [\"sector:health\"]\nvisibility = \"group:health\"\n\
             importance = \"required\"\nlane = \"urgent\"\naudience = \"group:health and (role:decision-maker)\"\n\
             release_at = \"2097-03-02\"\nexpires_at = \"2097-04-30\"\n+++\n",
        );
        treff.write("items/ikke.txt", "no item");
        let added = treff.run(&["item", "add", "items"]).done();
        let warnings = json!([
            "items/referat-helse.md: the minutes lack an answer: achieved, how, next, why",
            "item referat-helse reaches nobody as things stand; check audience, about and visibility",
            "item tidlig reaches nobody as things stand; check audience, about and visibility",
        ]);
        let nobody = |item| json!({"item": item, "recipients": 0, "by_choice": 0, "by_interest": 0});
        assert_eq!(added.json, json!({
            "added": ["referat-helse", "tidlig"], "changed": [], "unchanged": [], "warnings": warnings,
            "reach": [nobody("referat-helse"), nobody("tidlig")], "dry_run": false,
        }));
        let again = treff.run(&["item", "add", "items/tidlig.md", "items"]).done();
        assert_eq!(again.json["unchanged"], json!(["tidlig", "referat-helse"]));
        assert_eq!(treff.run(&["item", "list"]).done().json, json!({"items": [
            {"slug": "referat-helse", "kind": "minutes", "title": "Referat", "version": 1, "languages": ["nb"],
             "release_at": "2097-03-01T23:00:00Z", "closes_at": "2097-04-30T22:00:00Z", "number": null,
             "withdrawn": false, "audience": "group:health and role:decision-maker", "about": ["sector:health"],
             "visibility": "group:health", "importance": "required", "lane": "urgent"},
            {"slug": "tidlig", "kind": "tip", "title": "Spør tidlig", "version": 1, "languages": ["nb"],
             "release_at": "2097-03-01T08:00:00Z", "closes_at": null, "number": null,
             "withdrawn": false, "audience": "all", "about": [], "visibility": "forum",
             "importance": "normal", "lane": "digest"},
        ]}));
    }

    async fn what_is_no_toml_is_told_with_the_key_and_what_to_do(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("to.md", "+++\nkind = \"tip\"\ntitle = \"T\"\nkind = \"event\"\n+++\n");
        assert_eq!(treff.run(&["item", "add", "to.md"]).refused(), ["to.md:4: kind stands on line 2 already; keep one of them"]);
        treff.write("halv.md", "+++\nkind = \"tip\"\ntitle = 'T\naudience = \"all\"\n+++\n");
        let told = treff.run(&["item", "add", "halv.md"]).refused();
        assert_eq!(told[0], "halv.md:3: a text in quotation marks is not closed; write ' at its end");
        for word in ["tip", "article"] {
            treff.write("bar.md", format!("+++\nkind = {word}\ntitle = \"T\"\naudience = \"all\"\n+++\n"));
            let told = treff.run(&["item", "add", "bar.md"]).refused();
            assert_eq!(told[0], "bar.md:2: a text stands in quotation marks, such as kind = \"tip\"; true and false stand without");
        }
    }

    async fn one_bad_file_keeps_all_out_and_every_error_is_told(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("tidlig.md", TIP);
        treff.write("tom.md", "");
        treff.write("feil.md", "+++\nkind = \"tipp\"\ntitle = \"T\"\nabout = [\"sector:helth\"]\n+++\n");
        let refused = treff.run(&["item", "add", "tidlig.md", "feil.md", "borte.md", "tom.md"]).refused();
        assert_eq!(refused, [
            "feil.md:2: unknown kind \"tipp\"; the kinds are minutes, event, research, article, experience, tip, \
             request, call; the nearest is tip",
            "feil.md:4: about: unknown term \"sector:helth\"; the nearest known term is sector:health",
            "borte.md: cannot be read: No such file or directory (os error 2)",
            "tom.md:1: an item file begins with a line +++, then kind, title and the rest, then a line +++",
        ]);
        assert_eq!(treff.run(&["item", "list"]).done().json, json!({"items": []}));
    }

    async fn a_folder_holds_items_in_several_languages(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("items/tidlig.md", TIP);
        let english = TIP.replace("kind", "slug = \"tidlig\"\nlanguage = \"en\"\nkind").replace("Spør tidlig", "Ask early");
        treff.write("items/tidlig-en.md", english);
        assert_eq!(treff.run(&["item", "add", "items"]).done().json["added"], json!(["tidlig"]));
        let listed = treff.run(&["item", "list"]).done().json;
        assert_eq!(listed["items"][0]["languages"], json!(["nb", "en"]));
        let row = treff.database.store.find_item("tidlig").await.unwrap().remove(0);
        assert_eq!(row.first_language, "nb");
    }

    async fn a_dry_run_says_what_would_come_and_adds_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("tidlig.md", TIP);
        let said = treff.run_for_people(&["item", "add", "tidlig.md", "--dry-run"]).done();
        assert_eq!(said.stdout, "Would add (1): tidlig\ntidlig: 0 get this: 0 chosen, 0 by interest\n");
        assert_eq!(
            said.stderr,
            "treff: item tidlig reaches nobody as things stand; check audience, about and visibility\n"
        );
        assert_eq!(treff.run(&["item", "list"]).done().json, json!({"items": []}));
    }

    async fn an_item_is_changed_before_release_and_corrected_after_it(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let at_once = |title: &str| format!("+++\nkind = \"tip\"\ntitle = \"{title}\"\nabout = [\"sector:health\"]\n+++\n");
        treff.write("tidlig.md", TIP);
        treff.write("straks.md", at_once("Straks"));
        treff.run(&["item", "add", "tidlig.md", "straks.md"]).done();
        treff.write("tidlig.md", TIP.replace("tidlig", "svært tidlig"));
        let changed = treff.run(&["item", "add", "tidlig.md"]).done();
        assert_eq!(changed.json["changed"], json!(["tidlig"]));
        treff.write("straks.md", at_once("Rettet"));
        assert_eq!(
            treff.run(&["item", "add", "straks.md"]).refused(),
            ["straks.md:1: item straks is released already; correct it with treff item correct straks straks.md"]
        );
        treff.write("Rettet utgave.md", at_once("Rettet"));
        let corrected = treff.run(&["item", "correct", "straks", "Rettet utgave.md"]).done();
        assert_eq!(corrected.json, json!({
            "item": "straks", "version": 2, "changed": true,
            "warnings": ["item straks reaches nobody as things stand; check audience, about and visibility"],
            "reach": [{"item": "straks", "recipients": 0, "by_choice": 0, "by_interest": 0}], "dry_run": false,
        }));
        let again = treff.run(&["item", "correct", "straks", "Rettet utgave.md"]).done();
        assert_eq!(again.json, json!({
            "item": "straks", "version": 2, "changed": false, "warnings": [], "reach": [], "dry_run": false,
        }));
        assert_eq!(treff.run(&["item", "add", "straks.md"]).done().json["unchanged"], json!(["straks"]));
    }

    async fn a_correction_says_whom_it_reaches_and_how_many_more_than_before(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        let write = |front: &str| {
            treff.write("g.md", format!("+++\nkind = \"tip\"\ntitle = \"T\"\n{front}\n+++\n"));
        };
        write("audience = \"all\"\nvisibility = \"group:health\"");
        treff.run(&["item", "add", "g.md"]).done();
        write("audience = \"all\"");
        let told = "visibility was group:health and is forum now: 2 more may read it";
        let expected = |dry_run: bool| json!({
            "item": "g", "version": 2, "changed": true, "warnings": [told], "dry_run": dry_run,
            "reach": [{"item": "g", "recipients": 3, "by_choice": 3, "by_interest": 0}],
        });
        assert_eq!(treff.run(&["item", "correct", "g", "g.md", "--dry-run"]).done().json, expected(true));
        let tried = treff.run_for_people(&["item", "correct", "g", "g.md", "--dry-run"]).done();
        assert_eq!(tried.stdout, "Would correct: g would be version 2\ng: 3 get this: 3 chosen, 0 by interest\n");
        assert_eq!(tried.stderr, format!("treff: {told}\n"));
        assert_eq!(treff.run(&["item", "list"]).done().json["items"][0]["visibility"], "group:health");
        assert_eq!(treff.run(&["item", "correct", "g", "g.md"]).done().json, expected(false));

        let warned = |front: &str| {
            write(front);
            treff.run(&["item", "correct", "g", "g.md"]).done().json["warnings"].clone()
        };
        assert_eq!(warned("audience = \"group:health\""), json!([]), "fewer get it");
        assert_eq!(warned("audience = \"all\""), json!(["audience was group:health and is all now: 2 more get it"]));
        assert_eq!(
            warned("audience = \"all\"\nvisibility = \"public\""),
            json!(["visibility was forum and is public now: everybody may read it"])
        );
        assert_eq!(warned("audience = \"all\"\nvisibility = \"group:health\""), json!([]));
    }

    async fn a_file_of_another_item_corrects_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("one.md", TIP);
        treff.write("two.md", TIP.replace("kind", "slug = \"two\"\nkind"));
        treff.run(&["item", "add", "one.md", "two.md"]).done();
        treff.write("two.md", TIP.replace("kind", "slug = \"two\"\nkind").replace("Tekst", "Rettet"));
        assert_eq!(
            treff.run(&["item", "correct", "one", "two.md"]).refused(),
            ["two.md:2: this file is of item two; treff item correct two two.md, or take slug away"]
        );
        let corrected = treff.run(&["item", "correct", "two", "two.md"]).done().json;
        assert_eq!((&corrected["version"], &corrected["changed"]), (&json!(2), &json!(true)));
        treff.write("two.md", TIP.replace("Tekst", "Rettet"));
        assert_eq!(treff.run(&["item", "correct", "one", "two.md"]).done().json["changed"], json!(true));
    }

    async fn a_correction_without_a_language_is_of_the_text_that_is_there(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        let write = |name: &str, front: &str, title: &str| {
            let text = format!("+++\nkind = \"tip\"\ntitle = \"{title}\"\naudience = \"all\"\n{front}\n+++\n");
            treff.write(name, text);
        };
        let listed = || {
            let items = treff.run(&["item", "list"]).done().json["items"].clone();
            items.as_array().unwrap().iter().map(|item| json!([item["title"], item["languages"]])).collect::<Vec<_>>()
        };
        write("en.md", "language = \"nn\"", "Feil");
        treff.run(&["item", "add", "en.md"]).done();
        write("fix.md", "", "Rett");
        let corrected = treff.run(&["item", "correct", "en", "fix.md"]).done().json;
        assert_eq!((&corrected["version"], &corrected["warnings"]), (&json!(2), &json!([])));
        assert_eq!(listed(), [json!(["Rett", ["nn"]])]);

        write("to.md", "language = \"en\"", "Right");
        let added = treff.run(&["item", "correct", "en", "to.md"]).done().json;
        assert_eq!(added["warnings"], json!(["to.md: adds en; nn stays as it was"]));
        write("fix.md", "", "Rettare");
        assert_eq!(treff.run(&["item", "correct", "en", "fix.md"]).refused(), [
            "fix.md:1: item en is there in nn and en, and not in the forum's nb; say which text this is, such as language = \"nn\""
        ]);
        write("tre.md", "language = \"nb\"", "Riktig");
        let added = treff.run(&["item", "correct", "en", "tre.md"]).done().json;
        assert_eq!(added["warnings"], json!(["tre.md: adds nb; nn and en stay as they were"]));
        write("fix.md", "", "Riktigere");
        let corrected = treff.run(&["item", "correct", "en", "fix.md"]).done().json;
        assert_eq!((&corrected["version"], &corrected["warnings"]), (&json!(5), &json!([])));
        let texts = treff.database.store.find_item("en").await.unwrap();
        let has = |language: &str, title: &str| {
            texts.iter().any(|row| row.language == language && row.text.contains(&format!("\"{title}\"")))
        };
        assert!(has("nb", "Riktigere") && has("nn", "Rett") && has("en", "Right"), "{texts:?}");
    }

    async fn a_withdrawn_item_stays_withdrawn(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("tidlig.md", TIP);
        treff.run(&["item", "add", "tidlig.md"]).done();
        let withdraw = || treff.run(&["item", "withdraw", "tidlig"]).done().json;
        let answer = |changed: bool| json!({
            "item": "tidlig", "withdrawn": true, "changed": changed, "dry_run": false,
            "concerned": 0, "coming": 0, "to_tell": 0, "told": 0,
        });
        assert_eq!((withdraw(), withdraw()), (answer(true), answer(false)));
        assert_eq!(treff.run(&["item", "list"]).done().json["items"][0]["withdrawn"], true);
        assert_eq!(
            treff.run(&["item", "correct", "tidlig", "tidlig.md"]).refused(),
            ["tidlig.md:1: item tidlig is withdrawn and cannot be corrected"]
        );
        assert_eq!(
            treff.run(&["item", "withdraw", "tidleg"]).refused(),
            ["there is no item \"tidleg\"; the nearest is tidlig; treff item list names them all"]
        );
    }

    async fn every_change_is_in_the_audit_log_and_noticed_by_serve(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let store = &treff.database.store;
        treff.write("tidlig.md", TIP);
        treff.write("rettet.md", TIP.replace("Tekst", "Ny tekst"));
        for (command, noticed) in [
            (vec!["add", "tidlig.md"], true),
            (vec!["add", "tidlig.md"], false),
            (vec!["correct", "tidlig", "rettet.md"], true),
            (vec!["correct", "tidlig", "rettet.md"], false),
            (vec!["withdraw", "tidlig"], true),
            (vec!["withdraw", "tidlig"], false),
        ] {
            let before = store.find_change_number().await.unwrap();
            treff.run(&[&["item"], command.as_slice()].concat()).done();
            assert_eq!(store.find_change_number().await.unwrap() != before, noticed, "{command:?}");
        }
        let mut tx = store.begin().await.unwrap();
        let rows: Vec<One<String>> = tx
            .all("SELECT action FROM change WHERE subject = 'item:tidlig' ORDER BY id", vec![])
            .await
            .unwrap();
        let actions: Vec<_> = rows.into_iter().map(|One(action)| action).collect();
        assert_eq!(actions, ["item.added", "item.corrected", "item.withdrawn"]);
    }
}
