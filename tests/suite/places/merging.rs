//! Two rows of one person become one: nothing they had, chose or refused is lost, nothing comes twice, and no link opens
//! more than before.

use axum::http::StatusCode;
use treff::ids::ItemId;
use treff::store::{ErasureOrder, MergeOrder};
use treff::token::{Claim, Purpose};

use super::{PEOPLE, pages_of, place};
use crate::desk::seat::{LISE, seat};
use crate::harness::{Database, Engine};
use crate::on_both_databases;
use crate::pages::world::{Answer, KARI, Pages, now, sign};
use crate::treff::Treff;

const OLA: treff::ids::RecipientId = treff::ids::RecipientId(2);
const PAIR: &str = "/desk/people/duplicates/1/2";

/// What Ola's row has, of every kind: the column that says whose it is, and what writes a row.
const TRACES: &[(&str, &str)] = &[
    (
        "recipient_role.recipient_id",
        "INSERT INTO recipient_role (recipient_id, role_id, source, started_at) VALUES (2, 105, 'import', 0)",
    ),
    (
        "interest.recipient_id",
        "INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (2, 103, 'follow', 'person', 0), (2, 101, 'follow', 'person', 0), (2, 102, 'mute', 'person', 0)",
    ),
    (
        "muted_kind.recipient_id",
        "INSERT INTO muted_kind (recipient_id, kind, source, started_at) VALUES (2, 'tip', 'person', 0)",
    ),
    (
        "seat_holder.recipient_id",
        "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (1, 2, 'import')",
    ),
    (
        "legal_basis.recipient_id",
        "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) VALUES (2, 'public_task', 'x', 0)",
    ),
    (
        "union_ground.recipient_id",
        "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at) VALUES (2, 1, 'consent', 'account:1', 0)",
    ),
    (
        "consent.recipient_id",
        "INSERT INTO consent (recipient_id, version, text_hash, source, given_at) VALUES (2, 'v', 'h', 'sign_up', 0)",
    ),
    (
        "tap.recipient_id",
        "INSERT INTO tap (recipient_id, item_id, answer, tapped_at) VALUES (2, 1, 'not_for_me', 5)",
    ),
    (
        "report.recipient_id",
        "INSERT INTO report (kind, recipient_id, reason, received_at) VALUES ('soft', 2, 'full', 0)",
    ),
    (
        "question.recipient_id",
        "INSERT INTO question (recipient_id, because, asked_at) VALUES (2, 'hard', 0), (1, 'left', 0)",
    ),
    (
        "answer.recipient_id",
        "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) VALUES (2, 2, 'coming', 'letter', 9), (2, 1, 'not_coming', 'letter', 8)",
    ),
    (
        "offer.recipient_id",
        "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times) VALUES (1, 2, '', 'letter', 0, 0, 1)",
    ),
    (
        "passed_on.recipient_id",
        "INSERT INTO passed_on (recipient_id, item_id, said_at) VALUES (2, 1, 0), (1, 1, 0)",
    ),
    (
        "probe.recipient_id",
        "INSERT INTO probe (recipient_id, item_id, edition_id, answer, answered_at) VALUES (2, 1, NULL, 'yes', 0), (1, 1, NULL, 'no', 0), (2, 6, 1, 'no', 0), (1, 5, 1, 'yes', 0), (2, 2, NULL, 'skipped', 0)",
    ),
    (
        "reminder.recipient_id",
        "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at) VALUES (2, 2, 'coming', 0, 0), (2, 1, 'coming', 0, 0)",
    ),
    (
        "left_place.recipient_id",
        "INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at) VALUES (2, 1, '', '', 0)",
    ),
    (
        "notice.recipient_id",
        "INSERT INTO notice (kind, recipient_id, language, details, queued_at, next_attempt_at, attempts, expires_at, state) VALUES ('link', 2, 'nb', '{}', 0, 0, 1, 0, 'sent'), ('link', 2, 'nb', '{}', 0, 0, 1, 0, 'queued')",
    ),
    (
        "mail_link.recipient_id",
        "INSERT INTO mail_link (purpose, recipient_id, details, asked_at, expires_at, used_at) VALUES ('sign_in', 2, '{}', 0, 0, 1), ('sign_in', 2, '{}', 0, 9000000000000000, NULL)",
    ),
    (
        "device.recipient_id",
        "INSERT INTO device (recipient_id, secret_hash, name, opened_at, expires_at) VALUES (2, 'hash', 'x', 0, 9000000000000000)",
    ),
    (
        "feed_token.recipient_id",
        "INSERT INTO feed_token (recipient_id, hash, kind, created_at) VALUES (2, 'feed', 'news', 0)",
    ),
    (
        "former_address.recipient_id",
        "INSERT INTO former_address (recipient_id, address, until_at) VALUES (2, 'before@nav.example', 0)",
    ),
    (
        "draft.sender_id",
        "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_id, received_at, changed_at) VALUES ('dd', 'form', 'new', 'nb', 'T', 'B', '{}', '', '[]', 2, 0, 0)",
    ),
    (
        "promise.told_by",
        "INSERT INTO promise (item_id, group_id, position, what, state, told, told_by, changed_at) VALUES (1, 104, 1, 'Ringe', 'done', 'Ja', 2, 0)",
    ),
    (
        "change.recipient_id",
        "INSERT INTO change (changed_at, actor, action, subject, recipient_id) VALUES (0, 'page', 'preferences.changed', 'recipient:2', 2)",
    ),
    ("carry.recipient_id", "INSERT INTO carry (recipient_id, item_id, times) VALUES (2, 6, 1), (1, 5, 1)"),
    ("digest.recipient_id", ""),
    (
        "delivery.recipient_id",
        "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision, message_id, dated_at) VALUES (8, 1, 2, 'accepted', 1, 0, 0, 1, 'o@forum.example', 1804487400000000)",
    ),
    (
        "delivery_item.recipient_id",
        "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points, carried, correction, returned) VALUES (8, 2, 1, 1, 0, 'interest', '[]', 30, 0, FALSE, FALSE), (8, 2, 5, 1, 1, 'audience', '[]', 40, 0, FALSE, FALSE)",
    ),
    (
        "merged.recipient_id",
        "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at) VALUES (3, 'cccc', NULL, '', 'nb', 'weekly', 'erased', FALSE, FALSE, '[]', 1, 1, 0, 0)",
    ),
    ("came_by.recipient_id", "INSERT INTO came_by (recipient_id, organisation_id, came_at) VALUES (2, 1, 0)"),
    ("merged.into_id", "INSERT INTO merged (recipient_id, into_id, merged_at) VALUES (3, 2, 0)"),
    ("not_same.one_id", "INSERT INTO not_same (one_id, other_id, said_at) VALUES (2, 3, 0)"),
    ("not_same.other_id", "INSERT INTO not_same (one_id, other_id, said_at) VALUES (1, 2, 0)"),
];

/// What stays with the emptied row: the letters that went to its address, so that their links open nothing of the kept one.
const STAYS: [&str; 4] =
    ["digest.recipient_id", "delivery.recipient_id", "delivery_item.recipient_id", "merged.recipient_id"];

async fn leave_traces(pages: &Pages) {
    for (_, sql) in TRACES.iter().filter(|(_, sql)| !sql.is_empty()) {
        pages.run(sql).await;
    }
}

async fn merge(pages: &Pages) {
    let order = MergeOrder { kept: KARI, gone: OLA, public_id: "eeee", actor: "command", now: now() };
    treff::intake::merging::merge(&pages.db.store, &order, None).await.unwrap();
}

const GOT: &str = "SELECT CAST(item_id AS TEXT) FROM delivery_item WHERE recipient_id = 1 AND NOT returned ORDER BY item_id";
const STATES: &str = "SELECT CAST(id AS TEXT) || ' ' || status || ' ' || COALESCE(status_cause, '') FROM recipient ORDER BY id";

fn hidden(page: &Answer, name: &str) -> String {
    let from = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let rest = page.body.split_once(&from).unwrap_or_else(|| panic!("{name} in {}", page.body)).1;
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn every_column_that_names_a_person_is_known_here() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    let columns = pages
        .text(
            "SELECT DISTINCT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             LEFT JOIN pragma_foreign_key_list(m.name) f ON f.\"from\" = c.name
             WHERE m.type = 'table' AND (f.\"table\" = 'recipient' OR c.name = 'recipient_id') ORDER BY 1",
        )
        .await;
    let known = |column: &&str| TRACES.iter().any(|(name, _)| name == column);
    let forgotten: Vec<&str> = columns.lines().filter(|column| !known(column)).collect();
    assert!(forgotten.is_empty(), "store/merging.rs and this list do not say what becomes of {forgotten:?}");
    assert_eq!(columns.lines().count(), TRACES.len());
}

on_both_databases! {
    async fn everything_that_the_other_row_had_is_the_kept_one_s(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        merge(&pages).await;
        for (column, _) in TRACES.iter().filter(|(column, _)| !STAYS.contains(column)) {
            let (table, name) = column.split_once('.').unwrap();
            let left: &'static str = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE {name} = 2").leak();
            assert_eq!(pages.text(left).await, "0", "{column}");
        }
        assert_eq!(pages.text(GOT).await, "1\n2\n3\n4\n5", "the union of what both got");
        assert_eq!(pages.text("SELECT CAST(item_id AS TEXT) FROM delivery_item WHERE recipient_id = 2").await, "1");
        assert_eq!(pages.text("SELECT CAST(item_id AS TEXT) FROM carry WHERE recipient_id = 1 ORDER BY item_id").await, "6", "what the other address got is owed no more");
        assert_eq!(pages.text("SELECT mark || CAST(term_id AS TEXT) FROM interest WHERE recipient_id = 1 AND ended_at IS NULL ORDER BY mark, term_id").await, "follow101\nfollow103\nmute102\nmute106");
        assert_eq!(pages.text("SELECT kind FROM muted_kind WHERE recipient_id = 1 AND ended_at IS NULL").await, "tip");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM seat_holder WHERE recipient_id = 1 AND ends_at IS NULL").await, "1", "a place that both had is held once");
        assert_eq!(pages.text("SELECT answer FROM answer WHERE ended_at IS NULL").await, "coming", "the later answer stands");
        assert_eq!(pages.text("SELECT because FROM question WHERE closed_at IS NULL").await, "left");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM feed_token WHERE revoked_at IS NULL").await, "0");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM device").await, "0");
        assert_eq!(pages.text("SELECT address FROM former_address WHERE recipient_id = 1 ORDER BY id").await, "before@nav.example\nola@nav.test");
        assert_eq!(pages.text("SELECT COALESCE(email, '-') || name || status FROM recipient WHERE id = 2").await, "-erased");
        assert_eq!(pages.text("SELECT CAST(into_id AS TEXT) FROM merged ORDER BY recipient_id").await, "1\n1");
        assert!(pages.text("SELECT before FROM change WHERE action = 'recipient.merged'").await.contains("ola@nav.test"));
    }

    async fn old_links_to_the_other_address_open_nothing_but_unsubscribe_the_person(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        let letter = sign(Claim { purpose: Purpose::Letter, version: 0, subject: 8 });
        let leave = sign(Claim { purpose: Purpose::Unsubscribe, version: 0xbbbb, subject: 2 });
        assert_eq!(pages.get(&format!("/l/{letter}/preferences")).await.status, StatusCode::OK);
        merge(&pages).await;
        for path in ["", "/preferences", "/item/11111111111111111111111111111111"] {
            let answer = pages.get(&format!("/l/{letter}{path}")).await;
            assert!(matches!(answer.status, StatusCode::GONE | StatusCode::NOT_FOUND), "{path}: {}", answer.status);
            assert!(!answer.body.contains("nav.test"), "{path}: {}", answer.body);
        }
        let own = crate::pages::world::letter_token();
        assert_eq!(pages.get(&format!("/l/{own}/preferences")).await.status, StatusCode::OK, "the kept one's links go on");
        assert_eq!(pages.post(&format!("/u/{leave}"), "List-Unsubscribe=One-Click").await.status, StatusCode::OK);
        assert_eq!(pages.text(STATES).await, "1 unsubscribed one-click\n2 erased \n3 erased ");
    }

    async fn a_letter_that_the_other_address_refused_goes_on_bringing_the_kept_one_its_items(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        pages.run("UPDATE delivery SET state = 'rejected' WHERE id = 8").await;
        pages.run("UPDATE delivery_item SET returned = TRUE WHERE delivery_id = 8").await;
        let brought = async |who| {
            let letter = pages.db.store.find_letter_with(who, ItemId(5)).await.unwrap();
            letter.map(|letter| letter.delivery.0)
        };
        assert_eq!((brought(OLA).await, brought(KARI).await), (Some(8), None));
        merge(&pages).await;
        assert_eq!(brought(KARI).await, Some(8));
    }

    async fn who_said_no_by_one_address_gets_nothing_by_the_other(db: Database) {
        let pages = pages_of(db).await;
        pages.db.store.unsubscribe_recipient(OLA, "link", now()).await.unwrap();
        merge(&pages).await;
        assert_eq!(pages.text(STATES).await, "1 unsubscribed link\n2 erased ");
        assert!(pages.db.store.take_back_unsubscribing(KARI, now()).await.unwrap(), "they alone take it back");
    }

    async fn who_switched_learning_off_by_one_address_keeps_no_answers(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        pages.run("INSERT INTO tap (recipient_id, item_id, answer, tapped_at) VALUES (1, 2, 'not_for_me', 5)").await;
        pages.run("UPDATE recipient SET learning = FALSE WHERE id = 2").await;
        merge(&pages).await;
        assert_eq!(pages.text("SELECT CAST(id AS TEXT) FROM recipient WHERE NOT learning").await, "1");
        assert_eq!(pages.text("SELECT answer FROM tap UNION ALL SELECT answer FROM probe").await, "");
    }

    async fn what_waited_comes_once_and_only_what_neither_has_got(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        pages.run("UPDATE delivery SET state = 'queued' WHERE id = 7").await;
        pages.run("DELETE FROM carry").await;
        merge(&pages).await;
        assert_eq!(pages.text("SELECT state FROM delivery ORDER BY id").await, "cancelled\naccepted");
        assert_eq!(pages.text(GOT).await, "1\n5");
        assert_eq!(pages.text("SELECT CAST(item_id AS TEXT) FROM carry WHERE recipient_id = 1 AND ended_at IS NULL ORDER BY item_id").await, "2\n3\n4");
    }

    async fn while_a_letter_to_one_of_them_is_on_its_way_nothing_is_merged(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        pages.run("UPDATE delivery SET state = 'attempting' WHERE id = 8").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post(PAIR, "kept=1").await;
        let form = format!("kept=1&seen={}", hidden(&shown, "seen"));
        let before = pages.dump().await;
        let refused = lise.post(&format!("{PAIR}/merge"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("er på vei akkurat nå"), "{}", refused.body);
        assert_eq!(pages.dump().await, before);
        pages.run("UPDATE delivery SET state = 'accepted' WHERE id = 8").await;
        assert_eq!(place(&lise.post(&format!("{PAIR}/merge"), &form).await), "/desk/people/1?done=merged");
    }

    async fn a_pair_is_found_shown_side_by_side_and_merged(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET name = 'Kari Nes'").await;
        pages.run("UPDATE recipient SET chosen = '[\"cadence\"]', cadence = 'daily' WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, r#"["people","administer"]"#).await;
        let list = lise.get("/desk/people/duplicates").await.body;
        assert!(list.contains("Samme navn, og samme organisasjon eller gruppe") && list.contains(PAIR), "{list}");
        assert!(lise.get("/desk/people").await.body.contains("/desk/people/duplicates"));
        let both = lise.get(PAIR).await.body;
        assert!(both.contains("Bruk kari@nav.test") && both.contains("Bruk ola@nav.test") && both.contains("Medlem, Kompetansegruppe helse"), "{both}");
        assert_eq!(lise.post(PAIR, "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let shown = lise.post(PAIR, "kept=2").await;
        for said in ["Brevene går til ola@nav.test.", "kari@nav.test er ikke i bruk lenger", "Medlem, Kompetansegruppe helse", "Tillitsvalgt", "Følger</dt>"] {
            assert!(shown.body.contains(said), "{said} in {}", shown.body);
        }
        assert_eq!(pages.text("SELECT subject FROM change WHERE action = 'recipient.viewed' ORDER BY id").await, "recipient:2\nrecipient:1");
        pages.run("UPDATE recipient SET revision = revision + 1 WHERE id = 1").await;
        let form = format!("kept=2&seen={}", hidden(&shown, "seen"));
        let anew = lise.post(&format!("{PAIR}/merge"), &form).await;
        assert!(anew.status == StatusCode::CONFLICT && anew.body.contains("Se over, og bekreft på nytt"), "{}", anew.body);
        let form = format!("kept=2&seen={}", hidden(&anew, "seen"));
        for _ in 0..2 {
            let merged = lise.post(&format!("{PAIR}/merge"), &form).await;
            assert_eq!(place(&merged), "/desk/people/2?done=merged", "pressed twice, it is done");
        }
        let kept = lise.get("/desk/people/2?done=merged").await.body;
        assert!(kept.contains("De er slått sammen") && kept.contains("Medlem, Kompetansegruppe helse"), "{kept}");
        let looked = lise.post("/desk/people/2", "").await.body;
        assert!(looked.contains("Samling for forumet"), "letters to the other address are shown: {looked}");
        assert_eq!(lise.get("/desk/people/1").await.status, StatusCode::NOT_FOUND);
        assert!(lise.get("/desk/log").await.body.contains("<b>To oppføringer slått sammen</b>"));
        assert!(lise.get("/desk/people/duplicates").await.body.contains("Vi fant ingen"));
    }

    async fn two_who_are_two_are_not_shown_again(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET name = 'Kari Nes'").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert_eq!(place(&lise.post("/desk/people/duplicates/2/1/apart", "").await), "/desk/people/duplicates?done=apart");
        let list = lise.get("/desk/people/duplicates?done=apart").await.body;
        assert!(list.contains("De kommer ikke opp igjen") && list.contains("Vi fant ingen"), "{list}");
        assert_eq!(pages.text("SELECT CAST(one_id AS TEXT) || CAST(other_id AS TEXT) FROM not_same").await, "12");
        for path in ["/desk/people/duplicates/1/1", "/desk/people/duplicates/1/99"] {
            assert_eq!(lise.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(lise.post(&format!("{path}/apart"), "").await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn the_kept_one_s_copy_has_the_other_s_letters_and_erasing_empties_them(db: Database) {
        let pages = pages_of(db).await;
        leave_traces(&pages).await;
        pages.run("INSERT INTO letter (delivery_id, content) VALUES (8, '{\"to\":\"ola@nav.test\"}')").await;
        // The contact of an item is the lead's to correct, not an erasure's.
        pages.run("UPDATE item_version SET contact = NULL").await;
        merge(&pages).await;
        // A letter to the other address comes back after the merge.
        pages.run("INSERT INTO report (kind, recipient_id, delivery_id, reason, received_at) VALUES ('soft', 2, 8, 'full: <ola@nav.test>', 9)").await;
        let copy = pages.db.store.export_recipient(KARI, "command", now()).await.unwrap();
        let letters: Vec<i64> = copy.letters.iter().map(|letter| letter.delivery.0).collect();
        assert_eq!(letters, [7, 8]);
        assert_eq!(copy.items.len(), 6, "of both letters");
        assert_eq!(copy.reports.len(), 2);
        let order = ErasureOrder {
            id: KARI,
            email: "kari@nav.test",
            hash_of: &|_| "h".to_owned(),
            public_id: "ffff",
            empty_letter: &|_| "{}".to_owned(),
            naming: treff::store::Naming {
                names_them: &|_, _| false,
                without_them: &treff::forum::without_mentions,
            },
            now: now(),
        };
        let erased = pages.db.store.erase_recipient(&order).await.unwrap();
        assert_eq!(erased.letters_emptied, 2);
        assert!(!pages.dump().await.contains("ola@nav.test"), "the other address is forgotten too");
    }
}

#[tokio::test]
async fn the_command_lists_pairs_previews_and_merges() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let people =
        "epost;navn;organisasjon\nkari.nes@vik.example;Kari Nes;Vik\nkarines@vik.example;Kari Nes;Vik\n";
    let file = treff.write("folk.csv", people);
    treff.run(&["people", "import", &file]).done();
    let pairs = treff.run(&["people", "duplicates"]).done().json;
    assert_eq!(pairs["pairs"][0]["because"], "address");
    let merge = ["people", "merge", "kari.nes@vik.example", "karines@vik.example"];
    let tried = treff.run(&[&merge[..], &["--dry-run"]].concat()).done().json;
    assert_eq!((&tried["kept"], &tried["dry_run"]), (&"kari.nes@vik.example".into(), &true.into()));
    assert_eq!(treff.run(&["people", "list"]).done().json["recipients"].as_array().unwrap().len(), 2);
    treff.run(&merge).done();
    assert_eq!(treff.run(&["people", "list"]).done().json["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(treff.run(&["people", "duplicates"]).done().json["pairs"], serde_json::json!([]));
    for command in
        [&["people", "erase"][..], &["people", "export"], &["people", "resume"], &["people", "set"]]
    {
        let gone = treff.run(&[command, &["karines@vik.example"]].concat()).refused();
        let told = "karines@vik.example is a former address of kari.nes@vik.example; name that one";
        assert!(gone.iter().any(|line| line.contains(told)), "{command:?}: {gone:?}");
    }
    let same = treff.run(&["people", "merge", "kari.nes@vik.example", "kari.nes@vik.example"]).refused();
    assert!(same[0].contains("no such two people"), "{same:?}");
}
