//! Signing up: confirmed from the mailbox, told to nobody else.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use treff::feedback::knocks::answer_knocks;
use treff::token::Keys;

use super::reader::{filled, link_path};
use crate::on_both_databases;
use crate::pages::world::{Answer, KEY, Pages, now};

const FORM: &str = "name=Nils+%3Cscript%3E&organisation=Vik+kommune&language=nn&topic=sector:health&topic=sector:nowhere\
                    &topic=role:steward&consent=yes";
const NOTICES: &str =
    "SELECT kind || ' ' || COALESCE(address, '-') || ' ' || details FROM notice ORDER BY id";
const PEOPLE: &str =
    "SELECT email || ' ' || name || ' ' || status || ' ' || language || ' ' || CAST(admitted AS TEXT)
                      FROM recipient WHERE email NOT LIKE 'ola%' AND email NOT LIKE 'kari%'";

async fn ask(pages: &Pages, address: &str) -> Answer {
    pages.post("/sign-up", &format!("email={address}&{FORM}")).await
}

async fn answer(pages: &Pages) {
    answer_knocks(&pages.db.store, now()).await.unwrap();
}

on_both_databases! {
    async fn nothing_is_held_or_sent_before_the_mailbox_says_yes(db: Database) {
        let pages = Pages::over(db).await;
        let form = pages.get("/sign-up?topic=sector:elderly&language=en&email=evil@example.test").await.body;
        assert!(form.contains(r#"value="sector:elderly" checked"#) && form.contains("Care of the elderly"), "{form}");
        assert!(!form.contains("evil@example.test"), "an address fills in no person");
        let sent = ask(&pages, "nils@example.test").await;
        assert_eq!(sent.status, StatusCode::OK);
        assert!(sent.body.contains("Sjå i innboksen din") && !sent.body.contains("Nils"), "{}", sent.body);
        answer(&pages).await;
        assert_eq!(pages.text(PEOPLE).await, "");
        assert_eq!(pages.text("SELECT kind || ' ' || language FROM notice").await, "confirm_sign_up nn");
        let details: serde_json::Value = serde_json::from_str(&pages.text("SELECT details FROM notice").await).unwrap();
        assert_eq!(details, serde_json::json!({ "link": 1, "hours": 48 }), "no word of a stranger");
        let before = pages.dump().await;
        for _ in 0..100 {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(pages.ask(method, &link_path(1)).await.status, StatusCode::OK);
            }
        }
        assert_eq!(pages.dump().await, before);
        let page = pages.get(&link_path(1)).await.body;
        assert!(page.contains("<strong>n***@example.test</strong>") && page.contains("<li>Helse "), "{page}");
        let done = pages.post(&link_path(1), "").await;
        assert!(done.body.contains("Velkomen!") && done.body.contains("/u/"), "{}", done.body);
        let person = pages.text(PEOPLE).await;
        assert!(person.starts_with("nils@example.test Nils <script> active nn "), "{person}");
        assert!(person.ends_with(" false") || person.ends_with(" 0"), "an outsider until admitted: {person}");
        let follows = "SELECT t.slug || ' ' || i.source FROM interest i JOIN term t ON t.id = i.term_id
                       JOIN recipient r ON r.id = i.recipient_id WHERE r.email LIKE 'nils%'";
        assert_eq!(pages.text(follows).await, "health person");
        assert_eq!(pages.text("SELECT version || ' ' || source FROM consent").await, "2026-11 nn sign_up");
        assert_eq!(pages.text("SELECT basis || ': ' || source FROM legal_basis").await, "consent: påmelding på nettsidene");
        assert_eq!(pages.text("SELECT said_organisation FROM recipient WHERE said_organisation IS NOT NULL").await, "Vik kommune");
        assert_eq!(pages.text("SELECT COALESCE(address, '-') || details FROM mail_link").await, "-{}");
        let own = |column| format!("SELECT CAST({column} AS TEXT) FROM recipient WHERE email LIKE 'nils%'");
        let [version, id] = [own("token_version"), own("public_id")].map(|sql| &*sql.leak());
        let mark = treff::token::birth_mark(&pages.text(id).await);
        assert_eq!(pages.text(version).await, mark.to_string(), "links to who had the number before open nothing");
        assert_eq!(pages.post(&link_path(1), "").await.status, StatusCode::GONE);
    }

    async fn who_is_forgotten_while_they_confirm_is_somebody_new(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        pages.run("UPDATE recipient SET email = 'nils@example.test' WHERE id = 2").await;
        let mut erasing = pages.db.store.begin().await.unwrap();
        let erase = "UPDATE recipient SET status = 'erased', email = NULL, name = '' WHERE id = 2";
        erasing.run(erase, vec![]).await.unwrap();
        let erased = async {
            pages.db.until_waiting(1).await;
            erasing.commit().await
        };
        let link = link_path(1);
        let (done, erased) = tokio::join!(pages.post(&link, ""), erased);
        erased.unwrap();
        assert!(done.body.contains("Velkomen!"), "{}", done.body);
        let people = "SELECT status || ' ' || COALESCE(email, '') FROM recipient WHERE id = 2 OR email = 'nils@example.test' ORDER BY id";
        assert_eq!(pages.text(people).await, "erased \nactive nils@example.test");
    }

    async fn who_confirms_while_somebody_changes_many_waits_for_them(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        // As whoever folds topics: the forum, then the links that wait.
        let mut folding = pages.db.store.begin().await.unwrap();
        folding.lock_forum().await.unwrap();
        let folded = async {
            pages.db.until_waiting(1).await;
            folding.run("UPDATE mail_link SET details = details", vec![]).await.unwrap();
            folding.commit().await
        };
        let link = link_path(1);
        let (done, folded) = tokio::join!(pages.post(&link, ""), folded);
        folded.unwrap();
        assert!(done.body.contains("Velkomen!"), "{}", done.body);
        assert!(pages.text(PEOPLE).await.contains("nils@example.test"));
    }

    async fn who_confirms_while_their_mail_comes_back_is_welcomed(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        pages.run("UPDATE recipient SET email = 'nils@example.test', status = 'suspended' WHERE id = 2").await;
        // Each then wants what the other has: the bounce the forum, the sign-up his row. It waits longer, so it is undone.
        let mut bounce = pages.db.store.begin().await.unwrap();
        bounce.run("UPDATE recipient SET name = name WHERE id = 2", vec![]).await.unwrap();
        let counted = async {
            pages.db.until_waiting(1).await;
            match bounce.raise_change_number().await {
                Ok(()) => bounce.commit().await.unwrap(),
                Err(error) => assert!(error.is_collision(), "{error}"),
            }
        };
        let link = link_path(1);
        let (done, ()) = tokio::join!(pages.post(&link, ""), counted);
        assert!(done.body.contains("Velkomen!"), "{}", done.body);
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 2").await, "active");
    }

    async fn who_confirms_twice_is_welcomed_twice_and_is_one_recipient(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        let link = link_path(1);
        let (page, other) = (pages.get(&link).await, pages.get(&link).await);
        let sent = filled(&page, &link, "");
        let (first, second) = tokio::join!(pages.post(&link, &sent), pages.post(&link, &sent));
        let third = pages.post(&link, &sent).await;
        assert!(first.body.contains("Velkomen!") && first.body.contains("n***@example.test"), "{}", first.body);
        for told in [second, third] {
            assert_eq!((told.status, &told.body), (StatusCode::OK, &first.body));
        }
        assert_eq!(pages.text(PEOPLE).await.lines().count(), 1);
        assert_eq!(pages.post(&link, &filled(&other, &link, "")).await.status, StatusCode::GONE);
    }

    async fn who_asks_for_the_head_alone_gets_that_of_the_page(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/sign-up", "/sign-up?topic=sector:elderly&topic=sector:health&language=en", "/sign-up?organisation=nav"] {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(pages.ask(method, path).await.status, StatusCode::OK, "{path}");
            }
        }
        let both = pages.get("/sign-up?topic=sector:elderly&topic=sector:health").await.body;
        assert!(both.contains(r#"value="sector:elderly" checked"#) && both.contains(r#"value="sector:health" checked"#), "{both}");
    }

    async fn known_or_not_the_page_says_the_same(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 2").await;
        let mut said = Vec::new();
        for address in ["kari@nav.test", "ola@nav.test", "nils@example.test"] {
            let answer = ask(&pages, address).await;
            assert_eq!(answer.status, StatusCode::OK);
            said.push(answer.body);
        }
        assert!(said.iter().all(|body| *body == said[0]));
        answer(&pages).await;
        let kinds = "SELECT kind || ' ' || address FROM notice ORDER BY id";
        assert_eq!(
            pages.text(kinds).await,
            "already_here kari@nav.test\nconfirm_sign_up ola@nav.test\nconfirm_sign_up nils@example.test"
        );
    }

    async fn a_persons_own_word_outweighs_an_earlier_no(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'suspended', status_cause = 'complaint' WHERE id = 2").await;
        ask(&pages, "ola@nav.test").await;
        answer(&pages).await;
        assert!(pages.post(&link_path(1), "").await.body.contains("Velkomen!"));
        let status = "SELECT status || ' ' || COALESCE(status_cause, '-') || ' ' || name FROM recipient WHERE id = 2";
        assert_eq!(pages.text(status).await, "active - Ola Nordmann");
    }

    async fn who_was_erased_may_come_back_as_somebody_new(db: Database) {
        let pages = Pages::over(db).await;
        let hash = Keys::new(vec![(1, KEY)]).address_hash("nils@example.test");
        let mut tx = pages.db.store.begin().await.unwrap();
        tx.run("INSERT INTO erased_address (hash, erased_at) VALUES ($1, 0)", vec![hash.clone().into()]).await.unwrap();
        tx.commit().await.unwrap();
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        pages.post(&link_path(1), "").await;
        assert!(pages.text(PEOPLE).await.contains("nils@example.test"));
        assert!(!pages.db.store.is_erased(&hash).await.unwrap());
    }

    async fn leaving_takes_the_consent_back_and_regret_gives_it_again(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer(&pages).await;
        let done = pages.post(&link_path(1), "").await.body;
        let from = done.find("/u/").unwrap();
        let leave: String = done[from..].chars().take_while(|c| *c != '"').collect();
        pages.post(&leave, "confirm=yes").await;
        let consents = "SELECT source || CASE WHEN ended_at IS NULL THEN '' ELSE ' ended' END FROM consent ORDER BY id";
        assert_eq!(pages.text(consents).await, "sign_up ended");
        pages.post(&format!("{leave}/undo"), "").await;
        assert_eq!(pages.text(consents).await, "sign_up ended\nundo");
    }

    async fn nothing_is_written_down_without_consent_without_an_address_or_by_a_program(db: Database) {
        let pages = Pages::over(db).await;
        for form in ["email=nils@example.test&name=Nils", "email=nils&consent=yes&name=Nils"] {
            let answer = pages.post("/sign-up", form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("aria-invalid") && answer.body.contains(r#"value="Nils""#), "{}", answer.body);
            assert!(answer.body.contains(r#"<p class="note bad" role="alert">"#), "said above the form, whose fields a telephone shows one by one");
        }
        assert!(!pages.get("/sign-up").await.body.contains(r#"role="alert""#), "nothing is wrong before anything is sent");
        let robot = pages.post("/sign-up", &format!("email=nils@example.test&website=x&{FORM}")).await;
        assert_eq!(robot.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT address FROM knock").await, "");
    }

    async fn letters_in_another_language_than_the_page_are_asked_for_at_once(db: Database) {
        let pages = Pages::over(db).await;
        let form = pages.get("/sign-up?language=nb").await.body;
        let wording = crate::prefs::hidden(&form, "wording").unwrap();
        let said = format!("email=nils@example.test&{FORM}&wording={wording}");
        let unread = pages.post("/sign-up", &said.replace("&consent=yes", "")).await;
        assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unread.body.contains("<html lang=\"nb\"") && unread.body.contains(r#"value="nn" checked"#), "{}", unread.body);
        let sent = pages.post("/sign-up", &said).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        assert!(sent.body.contains("<html lang=\"nb\""), "the page stays in its language: {}", sent.body);
        answer(&pages).await;
        assert_eq!(pages.text("SELECT kind || ' ' || language FROM notice").await, "confirm_sign_up nn");
        pages.post(&link_path(1), "").await;
        assert_eq!(pages.text("SELECT version FROM consent").await, "2026-11 nb", "the wording that was read");
        assert_eq!(pages.text("SELECT language FROM recipient WHERE email LIKE 'nils%'").await, "nn");
        let changed = pages.post("/sign-up", &format!("email=nina@example.test&{FORM}&wording=abc")).await;
        assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY, "it is no wording of ours");
    }

    async fn what_nobody_confirms_is_forgotten(db: Database) {
        let pages = Pages::over(db).await;
        ask(&pages, "nils@example.test").await;
        answer_knocks(&pages.db.store, now() - TimeDelta::hours(48)).await.unwrap();
        assert_eq!(pages.post(&link_path(1), "").await.status, StatusCode::GONE);
        assert_eq!(pages.text(PEOPLE).await, "");
        assert_eq!(pages.db.store.retire_doors(now()).await.unwrap(), 1);
        assert_eq!(pages.db.store.retire_doors(now()).await.unwrap(), 0);
        assert_eq!(pages.text("SELECT details FROM mail_link").await, "");
        assert!(pages.text(NOTICES).await.starts_with("confirm_sign_up"));
    }
}
