//! `treff people` as a person or a program runs it.

use serde_json::json;
use treff::store::{Arg, One};

use super::traces;
use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::Treff;

const PEOPLE: &str = "epost;navn;organisasjon;type;rolle;grupper;sektorer\n\
    kari@example.test;Kari Nes;Vik kommune;kommune;decision-maker;health/leader;health\n\
    ola@example.test;Ola Moe;Elvheim Metallverk;bedrift;;;industry\n";

async fn forum_with_people(engine: Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    let file = treff.write("deltakere.csv", PEOPLE);
    treff.run(&["people", "import", &file]).done();
    treff
}

async fn texts(treff: &Treff, sql: &'static str) -> Vec<String> {
    let mut tx = treff.database.store.begin().await.unwrap();
    let rows: Vec<One<String>> = tx.all(sql, Vec::<Arg>::new()).await.unwrap();
    rows.into_iter().map(|One(text)| text).collect()
}

on_both_engines! {
    async fn an_import_tells_its_counts_and_ends_by_what_was_left_out(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let good = treff.write("deltakere.csv", PEOPLE);
        let tried = treff.run(&["people", "import", &good, "--dry-run"]).done();
        let counts = |created, changed, unchanged, dry_run| json!({
            "created": created, "changed": changed, "unchanged": unchanged, "rejected": [], "dry_run": dry_run,
            "notices": [],
        });
        assert_eq!(tried.json, counts(2, 0, 0, true));
        assert_eq!(treff.run(&["people", "import", &good]).done().json, counts(2, 0, 0, false));
        assert_eq!(treff.run(&["people", "import", &good]).done().json, counts(0, 0, 2, false));
        let bad = treff.write("feil.csv", "epost,rolle\nny@example.test,\nx@example.test,decision-makr\n");
        let partly = treff.run(&["people", "import", &bad]);
        assert_eq!(partly.code, 1);
        assert_eq!(partly.json["created"], 1);
        assert_eq!(partly.json["rejected"], json!([{
            "line": 3, "column": "rolle",
            "error": "unknown role \"decision-makr\"; did you mean \"decision-maker\"?",
        }]));
        let told = treff.run_for_people(&["people", "import", &bad]);
        assert_eq!(told.stdout, "created: 0, changed: 0, unchanged: 1, rows left out: 1\n");
        assert_eq!(told.stderr,
            "treff: line 3, column rolle: unknown role \"decision-makr\"; did you mean \"decision-maker\"?\n");
    }

    async fn of_many_cells_that_cannot_be_used_people_are_told_some_and_programs_all(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let bad = treff.write("feil.csv", format!("epost\n{}", "x\n".repeat(230)));
        let told = treff.run_for_people(&["people", "import", &bad]);
        assert_eq!(told.stdout, "created: 0, changed: 0, unchanged: 0, rows left out: 230\n");
        assert_eq!(told.stderr.lines().count(), 201);
        assert!(told.stderr.ends_with("and 30 more cells that cannot be used; --json lists them all\n"), "{}", told.stderr);
        let all = treff.run(&["people", "import", &bad]).json;
        assert_eq!(all["rejected"].as_array().map(Vec::len), Some(230));
    }

    async fn a_file_that_cannot_be_read_is_bad_input(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let wide = treff.write("bred.csv", format!("epost;navn\n{}x\n", ";".repeat(1000)));
        assert_eq!(treff.run(&["people", "import", &wide]).refused(), [format!(
            "{wide}: line 2: from here on the file holds more than 1000 columns; leave out what is no list of people, or \
             split it"
        )]);
        let nobody = treff.write("tom.csv", "navn;rolle\nKari;x\n");
        assert_eq!(treff.run(&["people", "import", &nobody]).refused(), [format!(
            "{nobody}: there is no column \"email\" (or \"epost\"); the header has: navn, rolle"
        )]);
        let missing = treff.path("finnes-ikke.csv").display().to_string();
        assert_eq!(treff.run(&["people", "import", &missing]).refused(),
            [format!("{missing}: No such file or directory (os error 2)")]);
    }

    async fn people_are_listed_by_address(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let listed = treff.run(&["people", "list"]).done().json;
        let seat = listed["recipients"][0]["seats"][0]["id"].clone();
        assert_eq!(listed, json!({"recipients": [
            {
                "email": "kari@example.test", "name": "Kari Nes", "organisation": "vik-kommune", "status": "active",
                "cadence": "weekly", "language": "nb", "roles": ["role:decision-maker"], "groups": ["group:health"],
                "seats": [{"id": seat, "group": "group:health", "position": "leader",
                           "represents": "represents:vik-kommune", "starts_at": null, "ends_at": null}],
                "follows": ["sector:health"], "mutes": [], "admitted": false, "cap": null, "paused_until": null,
            },
            {
                "email": "ola@example.test", "name": "Ola Moe", "organisation": "elvheim-metallverk",
                "status": "active", "cadence": "weekly", "language": "nb", "roles": [], "groups": [], "seats": [],
                "follows": ["sector:industry"], "mutes": [], "admitted": true, "cap": null, "paused_until": null,
            },
        ]}));
        let told = treff.run_for_people(&["people", "list"]).done().stdout;
        assert!(told.ends_with("\n2 recipients\n"), "{told}");
    }

    async fn choices_are_made_together_and_forgotten_together(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let set = treff.run(&[
            "people", "set", "Ola@Example.test", "--follow", "sector:health", "--follow", "org:vik-kommune",
            "--mute", "tip", "--mute", "sector:process", "--cadence", "daglig", "--language", "nn",
            "--pause-until", "2027-08-16",
        ]).done().json;
        assert_eq!(set["changed"], true);
        let ola = &set["recipient"];
        assert_eq!(
            (&ola["follows"], &ola["mutes"], &ola["cadence"], &ola["language"], &ola["paused_until"]),
            (&json!(["sector:health", "sector:industry", "org:vik-kommune"]), &json!(["sector:process", "tip"]),
             &json!("daily"), &json!("nn"), &json!("2027-08-16")),
        );
        let forgot = treff.run(&[
            "people", "set", "ola@example.test", "--forget", "tip", "--forget", "sector:health",
            "--forget", "sector:industry", "--forget", "sector:process", "--mute", "sector:industry",
        ]).done().json;
        assert_eq!(forgot["recipient"]["follows"], json!(["org:vik-kommune"]));
        assert_eq!(forgot["recipient"]["mutes"], json!(["sector:industry"]));
        treff.run(&["people", "import", "deltakere.csv"]).done();
        let after = treff.run(&["people", "list"]).done().json["recipients"][1].clone();
        assert_eq!(after["follows"], json!(["org:vik-kommune"]));
        assert_eq!((&after["cadence"], &after["language"]), (&json!("daily"), &json!("nn")));
    }

    async fn forgetting_takes_nothing_that_is_held(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let forgot = treff.run(&[
            "people", "set", "kari@example.test", "--forget", "group:health", "--forget", "role:decision-maker",
            "--forget", "sector:health",
        ]).done().json["recipient"].clone();
        assert_eq!((&forgot["roles"], &forgot["groups"], &forgot["follows"]),
                   (&json!(["role:decision-maker"]), &json!(["group:health"]), &json!([])));
    }

    async fn a_wrong_choice_changes_nothing_and_is_told(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let before = treff.run(&["people", "list"]).done().json;
        let refused = treff.run(&[
            "people", "set", "ola@example.test", "--follow", "sector:helth", "--mute", "tips", "--cadence", "monthly",
            "--language", "sv", "--pause-until", "i morgen", "--forget", "event",
        ]).refused();
        assert_eq!(refused, [
            "--follow sector:helth: the forum has no such term; did you mean sector:health?",
            "--mute tips: there is no such kind; did you mean tip? A term is written facet:slug, such as sector:health",
            "--cadence: the forum sends nothing monthly; choose one of daily, weekly, or add it under [cadence] in \
             the forum file",
            "--language: unknown language \"sv\"; the languages are nb, nn and en",
            "--pause-until: \"i morgen\" is no day; write it like 2027-08-16",
        ].map(|line| line.to_owned()));
        assert_eq!(treff.run(&["people", "list"]).done().json, before);
        assert_eq!(treff.run(&["people", "set", "hvem@example.test", "--mute", "tip"]).refused(),
            ["no recipient has the address hvem@example.test; see treff people list"]);
        assert_eq!(treff.run(&["people", "set", "ola@example.test"]).refused(),
            ["nothing to set; name at least one of --follow, --mute, --forget, --cadence, --language and --pause-until"]);
    }

    async fn an_export_holds_everything_and_is_logged(engine: Engine) {
        let treff = forum_with_people(engine).await;
        traces::leave(&treff).await;
        let told = treff.run_for_people(&["people", "export", "kari@example.test"]).done();
        let json = treff.run(&["people", "export", "kari@example.test"]).done().json;
        assert_eq!(json["recipient"]["email"], "kari@example.test");
        let what = |list: &str, field: &str| -> Vec<String> {
            let rows = json[list].as_array().unwrap().iter();
            rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(what("marks", "what"), ["sector:health", "role:decision-maker", "tip"]);
        assert_eq!(what("seats", "group"), ["health"]);
        assert_eq!(what("legal_basis", "source"), [""], "the file's name is no source");
        assert_eq!(what("letters", "state"), ["accepted", "queued"]);
        assert_eq!(json["letters"][0]["letter"]["to"], "Kari Nes <kari@example.test>");
        assert_eq!(what("letters", "subject"), ["Saker", "Saker"]);
        assert_eq!(what("items", "title"), ["Et tips"]);
        assert_eq!(json["items"][0]["reasons"], json!([{"term": "sector:health", "match": "equal"}]));
        assert_eq!(what("taps", "answer"), ["hit"]);
        assert_eq!(what("reports", "kind"), ["soft"]);
        assert_eq!(what("carried", "item"), ["tips"]);
        assert_eq!(what("changes", "action"),
                   ["recipient.imported", "recipient.exported", "recipient.exported"]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&told.stdout).unwrap()["letters"], json["letters"]);
    }

    async fn an_erased_person_leaves_an_empty_row_and_vacant_seats(engine: Engine) {
        let treff = forum_with_people(engine).await;
        traces::leave(&treff).await;
        let receipt = treff.run(&["people", "erase", "Kari@Example.test"]).done().json;
        assert_eq!(receipt["recipient"], "kari@example.test");
        assert_eq!((&receipt["earlier"], &receipt["finished"], &receipt["files_removed"]),
                   (&json!(false), &json!(true), &json!(1)));
        assert_eq!(receipt["items_naming"], json!(["tips"]));
        let seat = receipt["database"]["seats_vacated"][0]["seat"].clone();
        assert_eq!(receipt["database"], json!({
            "rows_removed": 6, "rows_unnamed": 1, "letters_cancelled": 1, "letters_emptied": 2, "letters_under_way": 0,
            "reports_emptied": 2, "changes_redacted": 1,
            "seats_vacated": [
                {"seat": seat, "group": "health", "position": "leader", "represents": "vik-kommune"},
            ],
        }));
        let listed = treff.run(&["people", "list"]).done().json;
        assert_eq!(listed["recipients"].as_array().unwrap().len(), 1);
        assert_eq!(texts(&treff, "SELECT status || name FROM recipient ORDER BY id LIMIT 1").await, ["erased"]);
        assert_eq!(texts(&treff, "SELECT state FROM delivery ORDER BY id").await, ["accepted", "cancelled"]);
        for command in ["export", "set"] {
            treff.run(&["people", command, "kari@example.test"]).refused();
        }
        let again = treff.run(&["people", "erase", "kari@example.test"]).done().json;
        assert_eq!((&again["earlier"], &again["database"]), (&json!(true), &json!(null)));
        let import = treff.run(&["people", "import", "deltakere.csv"]);
        assert_eq!((import.code, &import.json["rejected"][0]["line"]), (1, &json!(2)));
        let successor = "epost;organisasjon;grupper\nny@example.test;Vik kommune;health/leader\n";
        treff.run(&["people", "import", &treff.write("ny.csv", successor)]).done();
        let listed = treff.run(&["people", "list"]).done().json;
        assert_eq!(listed["recipients"][0]["seats"][0]["id"], seat);
        treff.run(&["people", "erase", "hvem@example.test"]).refused();
    }

    async fn a_vacated_seat_goes_to_whoever_is_imported_next(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let seats = treff.run(&["seat", "list"]).done().json;
        let id = seats["seats"][0]["id"].to_string();
        assert_eq!(seats["seats"][0]["holder"], "kari@example.test");
        assert_eq!(treff.run(&["seat", "list", "--vacant"]).done().json, json!({ "seats": [] }));
        let vacated = treff.run(&["seat", "vacate", &id, "--on", "2026-03-01"]).done().json;
        assert_eq!(vacated["vacant_from"], "2026-02-28T23:00:00Z");
        assert_eq!(treff.run(&["seat", "list", "--vacant"]).done().json["seats"][0]["holder"], json!(null));
        assert_eq!(treff.run(&["seat", "vacate", &id, "--on", "2026-03-01"]).refused(),
            [format!("nobody has seat {id} at 2026-03-01 00:00; see treff seat list")]);
        let successor = "epost;organisasjon;grupper\nny@example.test;Vik kommune;health/leader\n";
        treff.run(&["people", "import", &treff.write("ny.csv", successor)]).done();
        let seats = treff.run(&["seat", "list"]).done().json["seats"].clone();
        assert_eq!((seats.as_array().unwrap().len(), &seats[0]["id"].to_string(), &seats[0]["holder"]),
                   (1, &id, &json!("ny@example.test")));
    }

    async fn a_day_whose_midnight_the_clock_skips_is_a_day(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let file = std::fs::read_to_string(treff.path("forum.toml")).unwrap();
        let file = treff.write("forum.toml", file.replace("Europe/Oslo", "America/Havana"));
        treff.run(&["forum", "apply", &file]).done();
        let id = treff.run(&["seat", "list"]).done().json["seats"][0]["id"].to_string();
        let vacated = treff.run(&["seat", "vacate", &id, "--on", "2027-03-14"]).done().json;
        assert_eq!(vacated["vacant_from"], "2027-03-14T05:00:00Z");
    }

    async fn a_place_is_given_and_whoever_had_it_has_it_no_more(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let id = treff.run(&["seat", "list"]).done().json["seats"][0]["id"].to_string();
        let given = treff.run(&["seat", "give", &id, "Siri@vik.example", "--name", "Siri Nes"]).done().json;
        assert_eq!((&given["recipient"], &given["created"], &given["replaced"]), (&json!("siri@vik.example"), &json!(true), &json!(1)));
        let seats = treff.run(&["seat", "list"]).done().json["seats"].clone();
        assert_eq!((seats.as_array().unwrap().len(), &seats[0]["holder"]), (1, &json!("siri@vik.example")));
        treff.run(&["seat", "give", &id, "siri@vik.example"]).refused();
        treff.run(&["seat", "give", &id, "per@vik.example", "--on", "2099-03-01"]).done();
        let told = treff.run_for_people(&["seat", "list"]).done().stdout;
        let row_of = |holder: &str| told.lines().find(|line| line.contains(holder)).unwrap().split_whitespace().collect::<Vec<_>>();
        assert!(row_of("siri@").ends_with(&["2099-03-01", "00:00"]), "until: {told}");
        assert!(row_of("per@").ends_with(&["per@vik.example", "2099-03-01", "00:00"]), "from: {told}");
        assert!(told.lines().any(|line| line.split_whitespace().eq(["seat", "group", "position", "represents", "holder", "from", "until"])), "{told}");
        assert!(told.ends_with("\n1 seats\n"), "one seat, of which two rows tell: {told}");
        assert_eq!(treff.run(&["seat", "give", "99", "siri@vik.example"]).refused(),
            ["there is no seat 99, or it is over by then; see treff seat list"]);
    }

    async fn an_address_that_is_nobody_s_is_taken_out_of_what_others_said(engine: Engine) {
        let treff = forum_with_people(engine).await;
        traces::leave(&treff).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO answer (item_id, recipient_id, answer, sent_name, sent_email, source, answered_at)
             SELECT 901, id, 'sending', 'Siri', 'siri@example.test', 'letter', 0 FROM recipient WHERE email = 'kari@example.test'",
            "INSERT INTO passed_on (recipient_id, item_id, colleague, said_at)
             SELECT id, 901, 'Siri Nes <Siri@example.test>', 0 FROM recipient WHERE email = 'kari@example.test'",
            "INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at)
             SELECT r.id, MIN(h.seat_id), 'Siri', 'siri@example.test', 0 FROM recipient r JOIN seat_holder h ON h.recipient_id = r.id
             WHERE r.email = 'kari@example.test' GROUP BY r.id",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let receipt = treff.run(&["people", "erase", "siri@example.test"]).done().json;
        assert_eq!((&receipt["earlier"], &receipt["finished"]), (&json!(false), &json!(true)));
        assert_eq!((&receipt["database"]["rows_unnamed"], &receipt["database"]["letters_emptied"]), (&json!(3), &json!(0)));
        let left = "SELECT COALESCE(a.sent_name, '') || COALESCE(a.sent_email, '') || COALESCE(p.colleague, '') || l.successor_name || l.successor_email
                    FROM answer a JOIN passed_on p ON p.recipient_id = a.recipient_id JOIN left_place l ON l.recipient_id = a.recipient_id";
        assert_eq!(texts(&treff, left).await, [""]);
        assert_eq!(texts(&treff, "SELECT action FROM change ORDER BY id DESC LIMIT 1").await, ["address.forgotten"]);
        assert_eq!(treff.run(&["people", "erase", "siri@example.test"]).refused(),
            ["no recipient has the address siri@example.test; see treff people list"]);
        assert_eq!(treff.run(&["people", "list"]).done().json["recipients"].as_array().unwrap().len(), 2);
    }

    async fn an_address_that_is_nobody_s_is_taken_out_of_drafts_and_whom_a_mail_was_from_goes_whole(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_email, received_at, changed_at)
               VALUES ('d1', 'mail', 'new', 'nb', 'Fra per@vik.example', 'Spør Per@vik.example først', '{"forwarded_from":"Per Aas <per@vik.example>","left_out":["kart.pdf: tom"]}', 'per@vik.example', '[]', 'ola@example.test', 0, 0)"#,
            r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_email, received_at, changed_at)
               VALUES ('d2', 'form', 'new', 'nb', 'Kurs', 'Hei', '{"link":"https://vik.example/kurs","why":"Spør per@vik.example"}', '', '[]', 'ola@example.test', 1, 1)"#,
            r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_email, received_at, changed_at)
               VALUES ('d3', 'mail', 'new', 'nb', 'Kurs', 'kasper@vik.example', '{"forwarded_from":"Kasper <kasper@vik.example>","left_out":[]}', '', '[]', 'ola@example.test', 2, 2)"#,
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let receipt = treff.run(&["people", "erase", "per@vik.example"]).done().json;
        assert_eq!(receipt["database"]["rows_unnamed"], json!(5));
        let said = "SELECT title || '|' || body || '|' || audience_words FROM draft ORDER BY received_at";
        assert_eq!(texts(&treff, said).await, ["Fra |Spør  først|", "Kurs|Hei|", "Kurs|kasper@vik.example|"]);
        let fields: Vec<serde_json::Value> = texts(&treff, "SELECT fields FROM draft ORDER BY received_at").await
            .iter().map(|fields| serde_json::from_str(fields).unwrap()).collect();
        assert_eq!(fields, [
            json!({"left_out": ["kart.pdf: tom"]}),
            json!({"link": "https://vik.example/kurs", "why": "Spør "}),
            json!({"forwarded_from": "Kasper <kasper@vik.example>", "left_out": []}),
        ]);
        treff.run(&["people", "erase", "per@vik.example"]).refused();
    }

    async fn a_draft_that_became_an_item_forgets_who_sent_it_also_if_nothing_else_names_them(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO item (id, public_id, slug, version, release_at, created_at) VALUES (901, 'i1', 'kurs', 1, 0, 0)",
            r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_name, sender_email, sender_organisation, received_at, changed_at, settled_at, item_id)
               VALUES ('d1', 'mail', 'taken', 'nb', 'Kurs', 'Hilsen Per', '{"why":"Viktig"}', 'alle', '[]', 'Per', 'per@vik.example', 'Vik kommune', 0, 0, 1, 901)"#,
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let receipt = treff.run(&["people", "erase", "per@vik.example"]).done().json;
        assert_eq!((&receipt["database"]["rows_unnamed"], &receipt["database"]["rows_removed"]), (&json!(1), &json!(0)));
        let left = "SELECT title || '|' || body || '|' || fields || '|' || audience_words || '|' || COALESCE(sender_name, '')
                        || COALESCE(sender_email, '') || COALESCE(sender_organisation, '') FROM draft";
        assert_eq!(texts(&treff, left).await, ["Kurs||{}||"]);
        treff.run(&["people", "erase", "per@vik.example"]).refused();
    }

    async fn an_address_is_taken_out_of_goals_and_of_their_signs(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO goal (group_id, goal, sign, written_by, written_at)
             SELECT id, 'Per (Per@vik.example) ringer ti', 'per@vik.example', 'command', 0 FROM term WHERE facet = 'group' AND slug = 'health'",
            "INSERT INTO goal (group_id, goal, sign, written_by, written_at)
             SELECT id, 'Fem', 'Si det til per@vik.example', 'command', 1 FROM term WHERE facet = 'group' AND slug = 'health'",
            "INSERT INTO goal (group_id, goal, sign, written_by, written_at)
             SELECT id, 'kasper@vik.example', NULL, 'command', 2 FROM term WHERE facet = 'group' AND slug = 'health'",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let receipt = treff.run(&["people", "erase", "per@vik.example"]).done().json;
        assert_eq!(receipt["database"]["rows_unnamed"], json!(3));
        let said = "SELECT goal || '|' || COALESCE(sign, 'none') FROM goal ORDER BY written_at";
        assert_eq!(texts(&treff, said).await, ["Per () ringer ti|none", "Fem|Si det til", "kasper@vik.example|none"]);
        treff.run(&["people", "erase", "per@vik.example"]).refused();
    }

    async fn an_address_is_taken_out_of_the_page_of_effects(engine: Engine) {
        let treff = forum_with_people(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "UPDATE effect_page SET draft = '{\"introduction\":\"Spør per@vik.example\"}', introduction = 'Spør per@vik.example'",
            "INSERT INTO effect_line (position, group_slug, kind, words, beside, language) VALUES
             (0, 'health', 'gain', 'Per (per@vik.example) ringte', 'Via PER@vik.example', 'nb'),
             (1, 'health', 'gain', 'kasper@vik.example', NULL, 'nb')",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let receipt = treff.run(&["people", "erase", "per@vik.example"]).done().json;
        assert_eq!(receipt["database"]["rows_unnamed"], json!(4));
        assert_eq!(texts(&treff, "SELECT draft || introduction FROM effect_page").await, [r#"{"introduction":"Spør "}Spør "#]);
        let said = "SELECT words || '|' || COALESCE(beside, 'none') FROM effect_line ORDER BY position";
        assert_eq!(texts(&treff, said).await, ["Per () ringte|Via ", "kasper@vik.example|none"]);
    }
}
