//! On what ground it is stored that somebody sits for a union: asked where they get the place, and kept with its date.

use axum::http::StatusCode;
use treff::feedback::erasure::{Erasure, PersonalFiles, erase_person};
use treff::ids::RecipientId;
use treff::store::MergeOrder;
use treff::token::Keys;

use super::importing::{fields_of, send};
use super::{PEOPLE, pages_of, place, replace};
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, seat};
use crate::dump::tell_difference;
use crate::harness::{Database, Engine};
use crate::on_both_databases;
use crate::on_both_engines;
use crate::pages::world::{KARI, KEY, Pages, now};
use crate::treff::Treff;

/// A union with a vacant place in the group, number 21.
async fn town(db: Database) -> Pages {
    let pages = pages_of(db).await;
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
           (121, 'org', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL), (122, 'represents', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL)"#,
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at) VALUES (21, 'forbundet', 'Forbundet', 'union', 121, 122, 0)",
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (21, 104, 21, 'member', 0)",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// What is recorded, a line for each ground.
const GROUNDS: &str =
    "SELECT r.email || ' ' || o.slug || ' ' || u.ground || ' ' || u.source || COALESCE(' ' || u.ended_because, '')
     FROM union_ground u JOIN recipient r ON r.id = u.recipient_id JOIN organisation o ON o.id = u.organisation_id ORDER BY u.id";
const OLA: &str = "name=Ola&email=ola%40nav.test&from=";
const OLA_SAID_YES: &str = "name=Ola&email=ola%40nav.test&from=&ground=consent";

on_both_databases! {
    async fn a_union_s_place_is_given_to_nobody_before_it_is_said_why_that_may_be_stored(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert!(lise.get("/desk/places/21").await.body.contains("Har sagt ja til oss"));
        assert!(!lise.get("/desk/places/1").await.body.contains("Har sagt ja til oss"), "not of another place");
        let before = pages.dump().await;
        for path in ["welcome", "replace"] {
            for ground in ["", "&ground=", "&ground=kanskje"] {
                let refused = lise.post(&format!("/desk/places/21/{path}"), &format!("{OLA}{ground}")).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {ground}");
                assert!(refused.body.contains("id=\"ground-error\"") && refused.body.contains("value=\"ola@nav.test\""), "{}", refused.body);
            }
        }
        let wrong = lise.post("/desk/places/21/welcome", "name=Ola&email=x&from=&ground=published").await;
        assert!(wrong.body.contains("value=\"published\" checked") && !wrong.body.contains("id=\"ground-error\""), "what was chosen stays: {}", wrong.body);
        assert!(pages.dump().await == before);
    }

    async fn what_was_said_of_a_union_s_place_is_kept_with_who_said_it(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/places/21/welcome", OLA_SAID_YES).await.body;
        assert!(shown.contains("«Har sagt ja til oss»"), "{shown}");
        place(&replace(&mut lise, "/desk/places/21", OLA_SAID_YES).await);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent account:1");
        let at = "SELECT CAST(recorded_at AS TEXT) FROM union_ground";
        assert_eq!(pages.text(at).await, now().timestamp_micros().to_string());
        let log = "SELECT actor || ' ' || subject FROM change WHERE action = 'union_ground.recorded'";
        assert_eq!(pages.text(log).await, "account:1 recipient:2");
        // Given again after a while, with another ground: the one takes the other's place.
        place(&lise.fill_in("/desk/places/21", "/desk/places/21/vacate", "on=").await);
        let published = "name=Ola&email=ola%40nav.test&from=&ground=published";
        place(&replace(&mut lise, "/desk/places/21", published).await);
        assert_eq!(pages.text(GROUNDS).await,
                   "ola@nav.test forbundet consent account:1 replaced\nola@nav.test forbundet published account:1");
        place(&replace(&mut lise, "/desk/places/1", "name=Per&email=per%40nav.test&from=&ground=consent").await);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM union_ground").await, "2", "none for a place of another sort");
    }

    async fn what_they_said_themselves_is_not_overwritten_at_the_desk(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at) VALUES (2, 21, 'consent', 'self', 0)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        place(&replace(&mut lise, "/desk/places/21", "name=Ola&email=ola%40nav.test&from=&ground=published").await);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent self");
    }

    async fn it_goes_with_the_person_and_with_what_is_kept_of_the_place(db: Database) {
        let pages = town(db).await;
        for sql in [
            "INSERT INTO seat_holder (seat_id, recipient_id, source, ends_at) VALUES (21, 1, 'desk', 5000), (21, 2, 'desk', NULL)",
            "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, ended_at, ended_because) VALUES
             (1, 21, 'consent', 'account:1', 1, NULL, NULL), (2, 21, 'published', 'account:1', 1, 2, 'replaced'), (2, 21, 'consent', 'account:1', 2, NULL, NULL)",
        ] {
            pages.run(sql).await;
        }
        let (store, half_a_year) = (&pages.db.store, chrono::DateTime::from_timestamp_micros(4000).unwrap());
        let retire = async |cutoff| store.retire(treff::store::KeptKind::EndedHolders, cutoff, now()).await.unwrap();
        assert_eq!(retire(half_a_year).await, 0, "as long as it is kept that they sat for it");
        let later = chrono::DateTime::from_timestamp_micros(6000).unwrap();
        let going = store.count_going(treff::store::KeptKind::EndedHolders, later).await.unwrap();
        assert_eq!(going, [("ended_holders", 1), ("union_grounds", 1)]);
        assert_eq!(retire(later).await, 2);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet published account:1 replaced\nola@nav.test forbundet consent account:1");
        let copy = serde_json::to_value(store.export_recipient(RecipientId(2), "command", now()).await.unwrap()).unwrap();
        assert_eq!(copy["union_grounds"][1], serde_json::json!({
            "union": "forbundet", "ground": "consent", "source": "account:1", "text": null, "recorded_at": "1970-01-01T00:00:00.000002Z",
            "ended_at": null, "ended_because": null,
        }));
        let app = treff::app::App::open(&pages.db.path("treff.toml"), treff::config::Overrides::default()).await.unwrap();
        let (keys, email) = (Keys::new(vec![(1, KEY)]), "ola@nav.test".parse().unwrap());
        let erasure = Erasure {
            id: Some(RecipientId(2)), email: &email, keys: &keys, public_id: "erased".to_owned(),
            files: PersonalFiles::of(&app.config), now: now(),
        };
        erase_person(store, &erasure).await.unwrap();
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM union_ground").await, "0");
        app.store.close().await;
    }

    async fn two_rows_of_one_person_have_one_ground_and_their_own_word_is_it(db: Database) {
        // What Kari's row has, what Ola's has, and what the one person has then.
        for (kari, ola, left) in [
            ("'consent', 'account:1', 1, NULL, NULL", "'published', 'import', 1, NULL, NULL", "consent account:1\npublished import merged"),
            ("'published', 'account:1', 1, NULL, NULL", "'consent', 'self', 1, NULL, NULL", "published account:1 merged\nconsent self"),
            ("'consent', 'self', 1, NULL, NULL", "'consent', 'self', 2, NULL, NULL", "consent self\nconsent self merged"),
            ("'consent', 'account:1', 1, NULL, NULL", "'consent', 'self', 1, 2, 'withdrawn'", "consent account:1 merged\nconsent self withdrawn"),
            ("'consent', 'account:1', 3, NULL, NULL", "'consent', 'self', 1, 2, 'withdrawn'", "consent account:1\nconsent self withdrawn"),
        ] {
            let pages = town(Database::create(if db.store.has_many_workers() { Engine::Postgres } else { Engine::Sqlite }).await).await;
            for (id, values) in [(1, kari), (2, ola)] {
                let sql = format!("INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, ended_at, ended_because) VALUES ({id}, 21, {values})");
                pages.run(sql.leak()).await;
            }
            let order = MergeOrder { kept: KARI, gone: RecipientId(2), public_id: "eeee", actor: "command", now: now() };
            treff::intake::merging::merge(&pages.db.store, &order, None).await.unwrap();
            let told = left.lines().map(|line| format!("kari@nav.test forbundet {line}")).collect::<Vec<_>>().join("\n");
            assert_eq!(pages.text(GROUNDS).await, told, "{kari} | {ola}");
        }
    }

    async fn the_log_tells_of_it_to_those_alone_who_keep_the_peoples_pages(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, r#"["people","administer"]"#).await;
        place(&replace(&mut lise, "/desk/places/21", OLA_SAID_YES).await);
        let mut per = seat(&pages, "per@forum.example", r#"["administer"]"#).await;
        let tells = |body: &str| ["ground&quot;", "ground\"\"", "ground\":"].iter().any(|text| body.contains(text));
        for path in ["/desk/log", "/desk/log/export.csv", "/desk/log/export.json"] {
            assert!(tells(&lise.get(path).await.body), "{path}");
            let told = per.get(path).await.body;
            assert!(told.contains("seat") && !tells(&told), "{path}: {told}");
        }
    }
}

const SHEET: &str = "epost;organisasjon;type;grupper;fagforeningsgrunnlag\n\
    kari@nav.test;Forbundet;fagforening;health/vara;\nola@nav.test;Forbundet;;health/leder;samtykke\n\
    siri@vik.example;Forbundet;;health;Offentlig\nper@vik.example;NAV;;health;samtykke\n";

on_both_databases! {
    async fn a_sheet_says_on_what_ground_and_rows_that_do_not_are_named(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let read = send(&lise, Some(("deltakere.csv", SHEET.as_bytes())), &[]).await;
        for said in [
            "Rad 2: Her sitter noen for en fagforening", "Rad 5: fagforeningsgrunnlag sier ingenting",
            "Sitter for Forbundet: har sagt ja til oss", "Sitter for Forbundet: har selv gjort vervet kjent", "Nye: 2 · Endret: 2",
        ] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
        assert_eq!(pages.text(GROUNDS).await, "", "nothing is written before it is confirmed");
        let done = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(done.body.contains("Ferdig. Nye: 2 · Endret: 2"), "{}", done.body);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent import\nsiri@vik.example forbundet published import");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'union_ground.recorded'").await, "account:1\naccount:1");
        let again = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(again.body.contains("Nye: 0 · Endret: 0 · Uendret: 4"), "{}", again.body);
        // Taken along and brought in again with nothing edited.
        let sheet = lise.post("/desk/people/export", "").await.body;
        assert!(sheet.contains("health/leader;forbundet;consent;") && sheet.contains(";forbundet;published;"), "{sheet}");
        let before = pages.dump().await;
        let read = send(&lise, Some(("people.csv", sheet.as_bytes())), &[]).await;
        let done = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(done.body.contains("Nye: 0 · Endret: 0"), "{}", done.body);
        assert_eq!(pages.text(GROUNDS).await.lines().count(), 2);
        let after = pages.dump().await;
        assert!(after == before, "{}", tell_difference(&before, &after));
    }

    async fn no_sheet_brings_back_what_somebody_withdrew_and_none_changes_what_stands(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, ended_at, ended_because) VALUES
                   (1, 21, 'consent', 'account:1', 1, 2, 'withdrawn'), (2, 21, 'published', 'account:1', 1, NULL, NULL)").await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "epost;grupper;representerer;union_ground\nkari@nav.test;health/vara;forbundet;samtykke\nola@nav.test;health;forbundet;samtykke\n";
        let read = send(&lise, Some(("p.csv", sheet.as_bytes())), &[]).await;
        assert!(read.body.contains("Rad 2: Denne personen har sagt at vi ikke lenger") && !read.body.contains("Her sitter noen"), "{}", read.body);
        let before = pages.text(GROUNDS).await;
        send(&lise, None, &fields_of(&read, "import")).await;
        assert_eq!(pages.text(GROUNDS).await, before);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM seat_holder WHERE seat_id <> 1").await, "2", "the places are given");
    }

    async fn a_cell_that_is_no_ground_and_rows_that_contradict_each_other_are_told(db: Database) {
        let pages = town(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "epost;grupper;representerer;union_ground\nkari@nav.test;health;forbundet;ja\nola@nav.test;health;forbundet;samtykke\nola@nav.test;health/leder;forbundet;offentlig\n";
        let read = send(&lise, Some(("p.csv", sheet.as_bytes())), &[]).await;
        for said in ["«ja» er ingen grunn til å lagre", "Her står published, men en rad over med samme adresse sier consent"] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
    }

    async fn who_sits_for_a_union_on_no_ground_is_shown_to_who_keeps_the_peoples_pages(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 2, 'import')").await;
        let mut lise = seat(&pages, LISE, r#"["people","administer"]"#).await;
        let mut per = seat(&pages, "per@forum.example", r#"["administer","send","write"]"#).await;
        for path in ["/desk", "/desk/places"] {
            let told = lise.get(path).await.body;
            assert!(told.contains("id=\"groundless\"") && told.contains("/desk/people/2"), "{path}: {told}");
            assert!(!per.get(path).await.body.contains("groundless"), "{path}");
        }
        assert_eq!(per.post("/desk/people/2/union-ground", "union=21&ground=consent").await.status, StatusCode::FORBIDDEN);
        let record = lise.get("/desk/settings/record").await.body;
        assert!(record.contains("ikke skrevet ned hvorfor det kan lagres: 1.") && record.contains("For noen er det ikke skrevet ned"), "{record}");
        let person = lise.get("/desk/people/2").await.body;
        assert!(person.contains("Sitter for Forbundet") && person.contains("Det er ikke skrevet ned hvorfor"), "{person}");
        assert_eq!(lise.post("/desk/people/2/union-ground", "union=21&ground=kanskje").await.status, StatusCode::BAD_REQUEST);
        for (who, union) in [(1, 21), (2, 1), (2, 99)] {
            let nothing = lise.post(&format!("/desk/people/{who}/union-ground"), &format!("union={union}&ground=consent")).await;
            assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{who} does not sit for {union}");
        }
        assert_eq!(pages.text(GROUNDS).await, "");
        assert_eq!(place(&lise.post("/desk/people/2/union-ground", "union=21&ground=published").await), "/desk/people/2?done=ground");
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet published account:1");
        let person = lise.get("/desk/people/2?done=ground").await.body;
        assert!(person.contains("Har selv gjort vervet kjent. Skrevet ned mandag 8. mars av Lise Lund.") || person.contains("Har selv gjort vervet kjent. Skrevet ned 8. mars"), "{person}");
        assert!(!lise.get("/desk/places").await.body.contains("groundless"));
        let record = lise.get("/desk/settings/record").await.body;
        assert!(record.contains("selv gjort vervet kjent: 1.") && !record.contains("ikke skrevet ned hvorfor"), "{record}");
        place(&lise.post("/desk/people/2/union-ground", "union=21&ground=withdrawn").await);
        assert!(lise.get("/desk/places").await.body.contains("at vi ikke lenger kan lagre det"));
    }

    // The record is for who administers, too, who may not know who sits for a union.
    async fn few_who_sit_for_a_union_are_told_by_no_number_in_the_record(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 2, 'import')").await;
        let mut keeper = seat(&pages, LISE, r#"["people","administer"]"#).await;
        let mut per = seat(&pages, "per@forum.example", r#"["administer"]"#).await;
        let (places, none, yes) = ("(særlig kategori, artikkel 9): ", "ikke skrevet ned hvorfor det kan lagres: ", "sagt ja til at det lagres: ");
        let says = |page: &str, told: &[(&str, &str)]| {
            for (line, number) in told {
                assert!(page.contains(&format!("{line}{number}.")), "{line}{number} in {page}");
            }
        };
        let record = per.get("/desk/settings/record").await.body;
        says(&record, &[(places, "færre enn fem"), (none, "færre enn fem")]);
        assert!(record.contains("De står under «Ledige plasser»"), "where it is mended: {record}");
        says(&keeper.get("/desk/settings/record").await.body, &[(places, "1"), (none, "1")]);
        for sql in [
            "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6)
             SELECT 40 + i, 'k' || CAST(i AS TEXT), 'k' || CAST(i AS TEXT) || '@vik.example', 'Person', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 0 FROM n",
            "INSERT INTO seat (id, group_id, organisation_id, position, created_at) SELECT id, 104, 21, 'member', 0 FROM recipient WHERE id > 40",
            "INSERT INTO seat_holder (seat_id, recipient_id, source) SELECT id, id, 'import' FROM recipient WHERE id > 40",
            "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at) VALUES (2, 21, 'consent', 'self', 0)",
        ] {
            pages.run(sql).await;
        }
        let record = per.get("/desk/settings/record").await.body;
        says(&record, &[(places, "fem eller flere"), (none, "fem eller flere"), (yes, "færre enn fem")]);
        says(&keeper.get("/desk/settings/record").await.body, &[(places, "7"), (none, "6"), (yes, "1")]);
        pages.run("DELETE FROM seat_holder WHERE recipient_id = 2").await;
        says(&per.get("/desk/settings/record").await.body, &[(places, "6"), (none, "6")]);
    }

    async fn they_say_yes_themselves_and_take_it_back_as_easily(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 2, 'import')").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut ola = Reader::signed_in(&pages, "ola@nav.test", 1).await;
        assert!(ola.get("/me").await.body.contains("Du sitter for en fagforening"));
        assert!(ola.get("/me/places").await.body.contains("det er ikke skrevet ned at du har sagt ja"));
        let yes = ola.post("/me/union-ground", "union=21&say=yes").await;
        assert!(yes.body.contains("Takk. Det er skrevet ned") && yes.body.contains("fordi du har sagt ja her"), "{}", yes.body);
        ola.post("/me/union-ground", "union=21&say=yes").await;
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent self", "twice is once");
        let text = pages.text("SELECT text FROM union_ground").await;
        assert!(text.contains("er en følsom opplysning") && text.ends_with("«Ja, dere kan lagre det»"), "what they said yes to is kept: {text}");
        assert!(!ola.get("/me").await.body.contains("Du sitter for en fagforening"));
        // Their own word stands, whatever the desk writes.
        let person = lise.get("/desk/people/2").await.body;
        assert!(person.contains("av personen selv") && !person.contains("value=\"published\""), "{person}");
        place(&lise.post("/desk/people/2/union-ground", "union=21&ground=published").await);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent self");
        let data = ola.get("/me/data").await.body;
        assert!(data.contains("Hvorfor vi lagrer at du sitter for en fagforening") && data.contains("deg selv"), "{data}");
        let no = ola.post("/me/union-ground", "union=21&say=no").await;
        assert!(no.body.contains("Det er trukket tilbake") && no.body.contains("Du trakk det tilbake"), "{}", no.body);
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent self withdrawn");
        assert!(lise.get("/desk/places").await.body.contains("at vi ikke lenger kan lagre det"), "the leads see it");
        assert_eq!(ola.post("/me/union-ground", "union=21&say=no").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ola.post("/me/union-ground", "union=21&say=x").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(ola.post("/me/union-ground", "union=1&say=yes").await.status, StatusCode::NOT_FOUND, "they do not sit for it");
        let exported = ola.get("/me/data/export.json").await.body;
        assert!(exported.contains("\"union_grounds\"") && exported.contains("\"withdrawn\""), "{exported}");
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 2).await;
        assert!(!kari.get("/me/places").await.body.contains("fagforening"), "who sits for none is told of none");
        assert_eq!(kari.post("/me/union-ground", "union=21&say=yes").await.status, StatusCode::NOT_FOUND);
        // What the desk wrote ends by their word, too.
        place(&lise.post("/desk/people/2/union-ground", "union=21&ground=published").await);
        ola.post("/me/union-ground", "union=21&say=no").await;
        assert_eq!(pages.text(GROUNDS).await, "ola@nav.test forbundet consent self withdrawn\nola@nav.test forbundet published account:1 withdrawn");
    }
}

on_both_engines! {
    async fn an_import_without_the_column_is_taken_and_warns(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let mut sheet = "epost;organisasjon;type;grupper\n".to_owned();
        for number in 1..=8 {
            sheet.push_str(&format!("p{number}@example.test;Forbundet;fagforening;health\n"));
        }
        let done = treff.run(&["people", "import", &treff.write("p.csv", &sheet)]).done().json;
        assert_eq!((&done["created"], &done["rejected"]), (&serde_json::json!(8), &serde_json::json!([])));
        let notice = done["notices"][0].as_str().unwrap();
        assert!(notice.starts_with("lines 2, 3, 4, 5, 6 and 3 others: ") && notice.contains("a column union_ground"), "{notice}");
        let ground = "epost;grupper;representerer;union_ground\np1@example.test;health;forbundet;consent\n";
        let done = treff.run(&["people", "import", &treff.write("g.csv", ground)]).done().json;
        assert_eq!((&done["changed"], &done["notices"]), (&serde_json::json!(1), &serde_json::json!([])));
    }

    async fn the_command_that_gives_a_union_s_place_says_why_that_may_be_stored(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let sheet = "epost;organisasjon;type;grupper\nkari@example.test;Forbundet;fagforening;health/leader\n";
        treff.run(&["people", "import", &treff.write("p.csv", sheet)]).done();
        let id = treff.run(&["seat", "list"]).done().json["seats"][0]["id"].to_string();
        let refused = treff.run(&["seat", "give", &id, "siri@vik.example"]).refused();
        assert!(refused[0].contains("--union-ground consent"), "{refused:?}");
        assert!(treff.run(&["seat", "give", &id, "siri@vik.example", "--union-ground", "kanskje"]).refused()[0].contains("write consent or published"));
        let given = treff.run(&["seat", "give", &id, "siri@vik.example", "--union-ground", "published"]).done().json;
        assert_eq!(given["recipient"], "siri@vik.example");
        treff.run(&["seat", "vacate", &id]).done();
        // What is recorded already is enough.
        treff.run(&["seat", "give", &id, "siri@vik.example"]).done();
    }
}
