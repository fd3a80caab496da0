//! A sample: one question more, about one item that somebody did not get.

use axum::http::StatusCode;
use treff::store::Arg;

use super::{hidden, path};
use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{GROUP_ITEM, Pages};

/// Stands where an item's public id does: 32 times the same digit, as in the world.
const MISSED: &str = "cccccccccccccccccccccccccccccccc";
const SAID: &str = "SELECT CAST(item_id AS TEXT) || ' ' || answer || ' ' || CAST(COALESCE(edition_id, 0) AS TEXT) FROM probe ORDER BY item_id";
const LOG: &str = "SELECT subject FROM change WHERE action = 'probe.answered'";
const FOLLOWS: &str = "SELECT t.slug FROM interest i JOIN term t ON t.id = i.term_id
                       WHERE i.mark = 'follow' AND i.ended_at IS NULL ORDER BY 1";

/// An item about industry, which Kari does not follow, of that key and that public id.
async fn withhold(pages: &Pages, (id, public_id): (i64, &str), visibility: &str) {
    let mut tx = pages.db.store.begin().await.unwrap();
    let key = || -> Arg { id.into() };
    let slug = format!("sveis-{id}");
    tx.run(
        "INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, created_at)
         VALUES ($1, $2, $3, 1, 1804000000000000, $1, 1804000000000000, 0)",
        vec![key(), public_id.into(), slug.into()],
    )
    .await
    .unwrap();
    tx.run(
        r#"INSERT INTO item_version (item_id, version, kind, about, interested, visibility, importance, lane, language, fields, given, created_at)
           VALUES ($1, 1, 'tip', '["sector:industry"]', TRUE, $2, 'normal', 'digest', 'nb', '{}', '{}', 0)"#,
        vec![key(), visibility.into()],
    )
    .await
    .unwrap();
    let text = format!(
        r#"{{"title":"Sveisekurs {id} <i>","body":"Sju plasser er ledige. Og mer.","minutes":{{"achieved":null,"how":null,"next":null,"why":null}},"place":null}}"#
    );
    let sql = "INSERT INTO item_text (item_id, version, language, text) VALUES ($1, 1, 'nb', $2)";
    tx.run(sql, vec![key(), text.into()]).await.unwrap();
    tx.raise_change_number().await.unwrap();
    tx.commit().await.unwrap();
}

async fn change(pages: &Pages, sql: &'static str) {
    pages.run(sql).await;
    pages.run("UPDATE forum SET change_number = change_number + 1").await;
}

fn answer(word: &str) -> String {
    format!("item={MISSED}&answer={word}")
}

on_both_databases! {
    async fn who_has_answered_is_shown_one_item_that_was_not_sent_and_looking_asks_nothing(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        assert!(!pages.get(&path("hit")).await.body.contains("Stikkprøve"));
        let before = pages.post(&path("hit"), "").await.body;
        for said in ["<h2 id=\"sample\">Stikkprøve</h2>", "<button class=\"btn ghost\" name=\"answer\" value=\"yes\">", "<button class=\"btn ghost\" name=\"answer\" value=\"no\">", "Sveisekurs 12 &lt;i&gt;", "svaret slettes etter 90 dager"] {
            assert!(before.contains(said), "{said} in {before}");
        }
        assert!(!before.contains("Sju plasser"), "what is for the forum alone is named and no more: {before}");
        assert_eq!(hidden(&before, "item").as_deref(), Some(MISSED));
        let again = pages.post(&path("miss"), "").await.body;
        assert_eq!(hidden(&again, "item").as_deref(), Some(MISSED), "the same letter asks the same");
        change(&pages, "UPDATE item_version SET visibility = 'public' WHERE item_id = 12").await;
        assert!(pages.post(&path("hit"), "").await.body.contains("Sju plasser er ledige."));
        assert_eq!(pages.text(SAID).await, "");
    }

    async fn a_yes_leads_to_the_item_and_to_its_topic_and_is_asked_once(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        withhold(&pages, (13, "dddddddddddddddddddddddddddddddd"), "group:health").await;
        pages.post(&path("hit"), "").await;
        for _ in 0..2 {
            let done = pages.post(&path("sample"), &answer("yes")).await;
            assert_eq!(done.status, StatusCode::OK);
            for said in ["Da skulle «Sveisekurs 12 &lt;i&gt;» ha stått i brevet ditt.", "href=\"/items/sveis-12\"", "value=\"industry\">Følg industri"] {
                assert!(done.body.contains(said), "{said} in {}", done.body);
            }
        }
        let changed_mind = pages.post(&path("sample"), &answer("no")).await;
        assert!(changed_mind.body.contains("href=\"/items/sveis-12\""), "what was said first stands");
        assert_eq!(pages.text(SAID).await, "12 yes 1");
        assert_eq!(pages.text(LOG).await, "delivery:7", "once, and never the answer itself");
        let followed = pages.post(&path("sample/follow"), &format!("item={MISSED}&topic=industry")).await.body;
        assert!(followed.contains("Nå følger du industri."), "{followed}");
        assert_eq!(pages.text(FOLLOWS).await, "health\nindustry");
        let undo = hidden(&followed, "change").unwrap();
        pages.post(&path("preferences/undo"), &format!("change={undo}")).await;
        assert_eq!(pages.text(FOLLOWS).await, "health");
        assert!(!pages.post(&path("hit"), "").await.body.contains("Stikkprøve"));
    }

    async fn a_public_item_opens_at_once_and_a_no_is_thanked_for(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "public").await;
        let no = pages.post(&path("sample"), &answer("no")).await.body;
        assert!(no.contains("Da var det riktig at saken ikke sto i brevet ditt.") && !no.contains("sveis-12"), "{no}");
        let follow = pages.post(&path("sample/follow"), &format!("item={MISSED}&topic=industry")).await.body;
        assert!(follow.contains("Spørsmålet gjelder ikke lenger."), "{follow}");
        assert_eq!(pages.text(FOLLOWS).await, "health");
        pages.run("DELETE FROM probe").await;
        let yes = pages.post(&path("sample"), &answer("yes")).await.body;
        assert!(yes.contains("href=\"/i/sveis-12\"") && !yes.contains("sender vi deg en lenke"), "{yes}");
    }

    async fn who_skips_is_not_asked_again(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        let done = pages.post(&path("sample"), &answer("skipped")).await.body;
        assert!(done.contains("Vi spør ikke om den saken igjen.") && !done.contains("sveis-12"), "{done}");
        assert!(!pages.post(&path("hit"), "").await.body.contains("Stikkprøve"));
        assert_eq!(pages.text(SAID).await, "12 skipped 1");
    }

    async fn nobody_is_asked_about_what_they_have_hide_or_may_not_see(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        let asks = async || pages.post(&path("hit"), "").await.body.contains("Stikkprøve");
        assert!(asks().await);
        for (why, so, back) in [
            ("for a group", "UPDATE item_version SET visibility = 'group:health' WHERE item_id = 12", "UPDATE item_version SET visibility = 'forum' WHERE item_id = 12"),
            ("withdrawn", "UPDATE item SET withdrawn_at = 1 WHERE id = 12", "UPDATE item SET withdrawn_at = NULL WHERE id = 12"),
            ("closed", "UPDATE item_version SET expires_at = 1804400000000000 WHERE item_id = 12", "UPDATE item_version SET expires_at = NULL WHERE item_id = 12"),
            ("out for more than a month", "UPDATE item SET numbered_at = 1801800000000000 WHERE id = 12", "UPDATE item SET numbered_at = 1804000000000000 WHERE id = 12"),
            ("not out", "UPDATE item SET number = NULL, numbered_at = NULL WHERE id = 12", "UPDATE item SET number = 12, numbered_at = 1804000000000000 WHERE id = 12"),
            ("hidden kind", "INSERT INTO muted_kind (recipient_id, kind, source, started_at) VALUES (1, 'tip', 'person', 0)", "DELETE FROM muted_kind"),
            ("hidden topic", "INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (1, 103, 'mute', 'person', 0)", "DELETE FROM interest WHERE term_id = 103"),
            ("followed", "INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (1, 103, 'follow', 'person', 0)", "DELETE FROM interest WHERE term_id = 103"),
            ("coming", "INSERT INTO carry (recipient_id, item_id, times) VALUES (1, 12, 1)", "DELETE FROM carry"),
            ("got", "UPDATE delivery_item SET item_id = 12 WHERE item_id = 4", "UPDATE delivery_item SET item_id = 4 WHERE item_id = 12"),
            ("asked about before", "INSERT INTO probe (recipient_id, item_id, answer, answered_at) VALUES (1, 12, 'no', 0)", "DELETE FROM probe"),
            ("asked beside this letter", "INSERT INTO probe (recipient_id, item_id, edition_id, answer, answered_at) VALUES (1, 1, 1, 'no', 0)", "DELETE FROM probe"),
            ("no learning", "UPDATE recipient SET learning = FALSE", "UPDATE recipient SET learning = TRUE"),
            ("no learning anywhere", "UPDATE forum SET learning = FALSE", "UPDATE forum SET learning = TRUE"),
            ("who gets no letters", "UPDATE recipient SET status = 'unsubscribed'", "UPDATE recipient SET status = 'active'"),
        ] {
            change(&pages, so).await;
            assert!(!asks().await, "{why}");
            change(&pages, back).await;
            assert!(asks().await, "{why} no more");
        }
        change(&pages, "UPDATE recipient SET admitted = FALSE").await;
        change(&pages, "UPDATE seat_holder SET ends_at = 1").await;
        assert!(!asks().await, "an outsider is not asked about what is for the forum");
    }

    async fn a_form_that_names_another_item_keeps_nothing_and_tells_nothing(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "group:health").await;
        for item in [GROUP_ITEM, MISSED, "11111111111111111111111111111111", "finnes-ikke", ""] {
            let told = pages.post(&path("sample"), &format!("item={item}&answer=yes")).await;
            assert_eq!(told.status, StatusCode::OK);
            assert!(told.body.contains("Spørsmålet gjelder ikke lenger."), "{item}: {}", told.body);
            assert!(!told.body.contains("Hemmelig") && !told.body.contains("Sveisekurs"), "{item}: {}", told.body);
        }
        assert_eq!(pages.post(&path("sample"), &answer("kanskje")).await.status, StatusCode::BAD_REQUEST);
        change(&pages, "UPDATE item_version SET visibility = 'forum' WHERE item_id = 12").await;
        change(&pages, "UPDATE recipient SET learning = FALSE").await;
        let told = pages.post(&path("sample"), &answer("yes")).await;
        assert!(told.body.contains("Spørsmålet gjelder ikke lenger."), "{}", told.body);
        assert_eq!(pages.text(SAID).await, "");
        assert_eq!(pages.text(LOG).await, "");
    }

    async fn on_their_own_pages_stands_what_the_newest_letter_asks(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        let me = reader.get("/me").await.body;
        assert!(me.contains("Stikkprøve") && me.contains("Sju plasser er ledige.") && me.contains("action=\"/me/sample\""), "{me}");
        let done = reader.fill_in("/me", "/me/sample", "answer=yes").await.body;
        assert!(done.contains("href=\"/items/sveis-12\"") && !done.contains("sender vi deg en lenke"), "{done}");
        assert_eq!(reader.get("/items/sveis-12").await.status, StatusCode::OK);
        assert_eq!(pages.text(SAID).await, "12 yes 1");
        let followed = reader.post("/me/sample/follow", &format!("item={MISSED}&topic=industry")).await.body;
        assert!(followed.contains("Nå følger du industri."), "{followed}");
        assert!(!reader.get("/me").await.body.contains("Stikkprøve"));
        change(&pages, "UPDATE delivery SET state = 'rejected'").await;
        assert_eq!(reader.post("/me/sample", &answer("yes")).await.status, StatusCode::BAD_REQUEST, "no letter, no question");
    }

    async fn another_letter_asks_about_another_item_and_never_the_same_twice(db: Database) {
        let pages = Pages::over(db).await;
        withhold(&pages, (12, MISSED), "forum").await;
        withhold(&pages, (13, "dddddddddddddddddddddddddddddddd"), "forum").await;
        let first = hidden(&pages.post(&path("hit"), "").await.body, "item").unwrap();
        pages.post(&path("sample"), &format!("item={first}&answer=no")).await;
        pages.run("UPDATE probe SET edition_id = NULL").await;
        let second = hidden(&pages.post(&path("hit"), "").await.body, "item").unwrap();
        assert_ne!(first, second);
        pages.post(&path("sample"), &format!("item={second}&answer=no")).await;
        pages.run("UPDATE probe SET edition_id = NULL").await;
        assert!(!pages.post(&path("hit"), "").await.body.contains("Stikkprøve"));
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM probe").await, "2");
    }
}
