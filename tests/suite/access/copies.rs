//! One's own copy: to read in the words of pages, and as a file whose words stay those of programs.

use serde_json::json;
use treff::store::One;

use super::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{KARI, Pages, now};

const ADDRESS: &str = "kari@nav.test";

/// Rows with every code that the page once showed as it is stored.
const CODES: [&str; 8] = [
    r#"INSERT INTO letter (delivery_id, content) VALUES (7, '{"p":[],"s":"=?utf-8?B?S29vcmRpbmVyaW5nc2dydXBwYSBpbm5mw7hyZXIgZmVsbGVzIGth?=\r\n =?utf-8?B?bGVuZGVyIGZvciBr?= =?utf-8?B?w6VyIG9nIMO4bnNrZXI=?="}')"#,
    "UPDATE recipient SET paused_until = '2027-01-10'",
    "INSERT INTO carry (recipient_id, item_id, times, ended_at, ended_because) VALUES (1, 1, 1, 0, 'sent'), (1, 5, 1, NULL, NULL)",
    r#"INSERT INTO change (changed_at, actor, action, subject, recipient_id, after) VALUES (0, 'page', 'promise.moved', 'item:1', 1, '{"by_on":"2027-01-10","id":4}')"#,
    r#"INSERT INTO change (changed_at, actor, action, subject, recipient_id, after) VALUES (0, 'command', 'recipient.imported', 'recipient:1', 1,
       '{"organisation":"nav","follows":["sector:elderly"],"seats":[{"group":"health","position":"member","represents":"nav"}]}')"#,
    r#"INSERT INTO change (changed_at, actor, action, subject, recipient_id, after) VALUES (0, 'account:1', 'preferences.changed', 'recipient:1', 1,
       '{"revision":2,"follow":[{"facet":"sector","slug":"industry"}],"mute_kinds":["tip"]}')"#,
    "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times) VALUES (1, 1, 'open', 'device', 0, 0, 1)",
    "INSERT INTO promise (item_id, group_id, position, what, seat_id, by_on, state, changed_at) VALUES (1, 104, 1, 'tip', 1, '2027-01-10', 'open', 0)",
];

const IN_BOKMAAL: &str = "UPDATE recipient SET language = 'nb' WHERE id = 1";
const IN_NYNORSK: &str = "UPDATE recipient SET language = 'nn' WHERE id = 1";
const IN_ENGLISH: &str = "UPDATE recipient SET language = 'en' WHERE id = 1";

async fn page_with_codes(pages: &Pages, language: &'static str) -> String {
    for sql in CODES {
        pages.run(sql).await;
    }
    pages.run(language).await;
    Reader::signed_in(pages, ADDRESS, 1).await.get("/me/data").await.body
}

/// The values that stand on the page.
fn values(page: &str) -> Vec<&str> {
    page.split("<dd>").skip(1).map(|rest| rest.split("</dd>").next().unwrap()).collect()
}

on_both_databases! {
    async fn ones_own_copy_says_in_words_what_programs_say_in_codes(db: Database) {
        let pages = Pages::over(db).await;
        let page = page_with_codes(&pages, IN_BOKMAAL).await;
        let values = values(&page);
        for told in [
            "Koordineringsgruppa innfører felles kalender for kår og ønsker", "den passer med temaene dine", "sendes uansett tema", "sendt",
            "åpent", "Løfte fikk ny frist", "Kompetansegruppe helse", "NAV", "10. januar", "9. januar", "en som arbeider for forumet",
        ] {
            assert!(values.contains(&told), "{told} in {values:?}");
        }
        for told in ["Følger: Eldreomsorg", "Gruppe: Kompetansegruppe helse", "Begynte å følge: Industri", "Skjulte: tips"] {
            assert!(page.contains(told), "{told} in {page}");
        }
        for code in ["interest", "audience", "required", "sent", "nav", "health", "promise.moved", "2027-01-10", "account:1"] {
            assert!(!values.contains(&code), "{code} in {values:?}");
        }
        assert!(!page.contains("=?utf-8") && !page.contains("follows:"), "{page}");
    }

    async fn how_often_and_when_are_told_as_other_pages_tell_it(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        for (language, often, when) in [
            (IN_BOKMAAL, "Hver uke", "mandag 8. mars kl. 7.30"),
            (IN_NYNORSK, "Kvar veke", "måndag 8. mars kl. 7.30"),
            (IN_ENGLISH, "Every week", "Monday 8 March at 7:30"),
        ] {
            pages.run(language).await;
            let page = reader.get("/me/data").await.body;
            assert!(values(&page).contains(&often) && values(&page).contains(&when), "{often}, {when} in {page}");
        }
        pages.run("UPDATE edition SET cadence = 'urgent'").await;
        let page = reader.get("/me/data").await.body;
        assert!(values(&page).contains(&"urgent letter"), "{page}");
    }

    async fn what_people_wrote_stays_as_it_is_also_where_it_looks_like_a_code(db: Database) {
        let pages = Pages::over(db).await;
        let page = page_with_codes(&pages, IN_BOKMAAL).await;
        let values = values(&page);
        assert!(values.contains(&"open") && values.contains(&"tip"), "a message and a promise: {values:?}");
    }

    async fn no_code_is_left_without_words_in_any_language(db: Database) {
        let pages = Pages::over(db).await;
        let page = page_with_codes(&pages, IN_ENGLISH).await;
        for told in ["it fits your topics", "sent whatever the topic", "somebody who works for the forum"] {
            assert!(values(&page).contains(&told), "{told} in {page}");
        }
        pages.run(IN_NYNORSK).await;
        let page = Reader::signed_in(&pages, ADDRESS, 2).await.get("/me/data").await.body;
        for told in ["ho passar med temaa dine", "blir send uansett tema", "ein som arbeider for forumet"] {
            assert!(values(&page).contains(&told), "{told} in {page}");
        }
    }

    async fn the_file_keeps_the_words_of_programs_but_its_subject_is_as_people_read_it(db: Database) {
        let pages = Pages::over(db).await;
        page_with_codes(&pages, IN_BOKMAAL).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 2).await;
        let copy: serde_json::Value = serde_json::from_str(&reader.get("/me/data/export.json").await.body).unwrap();
        assert_eq!(copy["letters"][0]["subject"], "Koordineringsgruppa innfører felles kalender for kår og ønsker");
        assert_eq!((&copy["items"][0]["because"], &copy["seats"][0]["group"]), (&json!("interest"), &json!("health")));
        assert_eq!(copy["promises"][0]["by_on"], json!("2027-01-10"));
        assert!(copy["carried"].as_array().unwrap().iter().any(|row| row["ended_because"] == "sent"), "{copy}");
    }

    async fn an_imported_file_s_name_is_told_as_no_source(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO legal_basis (recipient_id, basis, source, recorded_at)
                   VALUES (1, 'public_task', 'Kopi av people.csv', 5), (1, 'public_task', 'deltakerlista fra fylket', 6)").await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let page = reader.get("/me/data").await.body;
        assert!(page.contains("deltakerlista fra fylket") && !page.contains("people.csv"), "{page}");
        let copy: serde_json::Value = serde_json::from_str(&reader.get("/me/data/export.json").await.body).unwrap();
        let told = |row: usize| &copy["legal_basis"][row]["source"];
        assert_eq!((told(0), told(1)), (&json!(""), &json!("deltakerlista fra fylket")));
    }

    async fn ones_own_copy_waits_for_nobody_who_writes(db: Database) {
        let pages = Pages::over(db).await;
        let mut writing = pages.db.store.begin().await.unwrap();
        writing.run("UPDATE recipient SET name = 'Kari Vik' WHERE id = 1", vec![]).await.unwrap();
        let name = async || pages.db.store.read_dossier(KARI, now()).await.unwrap().recipient.name;
        assert_eq!(name().await, "Kari <script>alert(1)</script>", "as it stood before");
        writing.commit().await.unwrap();
        assert_eq!(name().await, "Kari Vik");
    }

    async fn what_is_only_read_stands_at_one_instant(db: Database) {
        let pages = Pages::over(db).await;
        const NAME: &str = "SELECT name FROM recipient WHERE id = 2";
        let mut reading = pages.db.store.begin_reading().await.unwrap();
        let One(before): One<String> = reading.get(NAME, vec![]).await.unwrap();
        pages.run("UPDATE recipient SET name = 'Ola Vik' WHERE id = 2").await;
        let One(after): One<String> = reading.get(NAME, vec![]).await.unwrap();
        assert_eq!((before.as_str(), after), ("Ola Nordmann", before.clone()));
    }

    async fn the_title_in_ones_own_copy_is_that_of_the_language_that_the_letter_showed(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO item_text (item_id, version, language, text) VALUES (2, 1, 'en', '{"title":"A gathering"}')"#).await;
        let title = async || pages.db.store.read_dossier(KARI, now()).await.unwrap().items[1].title.clone();
        for (language, told) in [(IN_NYNORSK, "Samling for forumet"), (IN_BOKMAAL, "Samling for forumet"), (IN_ENGLISH, "A gathering")] {
            pages.run(language).await;
            assert_eq!(title().await.as_deref(), Some(told), "{language}");
        }
        pages.run("UPDATE item_text SET language = 'nn' WHERE item_id = 2 AND language = 'nb'").await;
        assert_eq!(title().await.as_deref(), Some("A gathering"));
        pages.run("DELETE FROM item_text WHERE item_id = 2 AND language = 'en'").await;
        assert_eq!(title().await.as_deref(), Some("Samling for forumet"), "an English reader reads nynorsk at last");
    }
}
