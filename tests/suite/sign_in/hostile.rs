//! What must not let anybody in.

use axum::http::StatusCode;
use serde_json::json;

use super::house::{BACK, House, SECRET, come_by, form_of, go_away, person};
use super::signer::Signer;
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, add_account, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const SESSIONS: &str = "SELECT name FROM staff_session";

/// What a browser with this cookie is told about an answer, on the page and by its button.
async fn bring(pages: &Pages, cookie: &str, back: &str) -> [StatusCode; 2] {
    let mut reader = Reader { pages, cookie: cookie.to_owned() };
    let shown = reader.get(back).await;
    let mut reader = Reader { pages, cookie: cookie.to_owned() };
    [shown.status, reader.post(BACK, &form_of(back)).await.status]
}

on_both_databases! {
    async fn an_answer_is_good_once_and_in_the_browser_that_began(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let away = go_away(&mut reader, "").await;
        let cookie = reader.cookie.clone();
        let mut other = Reader::new(&pages);
        go_away(&mut other, "").await;
        let back = house.say(&away, person("s-1", LISE));
        let spent = [StatusCode::GONE; 2];
        assert_eq!(bring(&pages, "", &back).await, spent, "no browser began it");
        assert_eq!(bring(&pages, &other.cookie, &back).await, spent, "another browser began another");
        assert_eq!(bring(&pages, &cookie, &back.replace("state=", "state=x")).await, spent);
        assert_eq!(bring(&pages, &cookie, &format!("{BACK}?state=&code=")).await, spent);
        assert_eq!(pages.text(SESSIONS).await, "");
        assert_eq!(bring(&pages, &cookie, &back).await, [StatusCode::OK, StatusCode::SEE_OTHER]);
        assert_eq!(bring(&pages, &cookie, &back).await, spent, "it was used");
        assert_eq!(pages.text(SESSIONS).await.lines().count(), 1);
        assert_eq!(house.manner.lock().unwrap().asked.len(), 1, "the house was asked for the one that was good");
    }

    async fn a_second_press_in_the_same_browser_goes_where_the_first_went_and_nobody_elses_does(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let per = add_account(&pages, "per@forum.example", LEAD, &[]).await;
        let his = seat_account(&pages, per, "his", now()).await.cookie;
        let mut reader = Reader::new(&pages);
        let away = go_away(&mut reader, "/desk/account").await;
        let (begun, back) = (reader.cookie.clone(), house.say(&away, person("s-1", LISE)));
        assert_eq!(reader.post(BACK, &form_of(&back)).await.header("location"), "/desk/account");
        let before = pages.dump().await;
        for again in [reader.get(&back).await, reader.post(BACK, &form_of(&back)).await] {
            assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/desk/account"));
            assert!(again.headers.get("set-cookie").is_none(), "it opens nothing more");
        }
        let spent = [StatusCode::GONE; 2];
        assert_eq!(bring(&pages, &his, &back).await, spent, "another's session");
        assert_eq!(bring(&pages, &format!("{begun}; {his}"), &back).await, spent, "though it has the cookie of who began");
        assert!(pages.dump().await == before, "none of them changes anything");
        let hers = reader.cookie.clone();
        reader.post("/desk/account/sign-out", "session=here").await;
        assert_eq!(bring(&pages, &hers, &back).await, spent, "who signed out stays out");
        assert_eq!(house.manner.lock().unwrap().asked.len(), 1, "the house was asked once");
    }

    async fn who_stays_away_for_ten_minutes_begins_again(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
        pages.run("UPDATE sign_in_errand SET expires_at = expires_at - 600000000").await;
        assert_eq!(bring(&pages, &reader.cookie, &back).await, [StatusCode::GONE; 2]);
        assert_eq!(pages.db.store.retire_doors(now()).await.unwrap(), 1);
    }

    async fn a_token_that_is_not_to_be_believed_lets_nobody_in(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        for wrong in [
            json!({"iss": "https://evil.example"}),
            json!({"aud": "another"}),
            json!({"azp": "another"}),
            json!({"nonce": "another"}),
            json!({"nonce": null}),
            json!({"exp": now().timestamp() - 120}),
            json!({"iat": now().timestamp() - 3600}),
            json!({"sub": null}),
        ] {
            house.change(|manner| manner.claims = wrong.clone());
            let mut reader = Reader::new(&pages);
            let answer = come_by(&house, &mut reader, person("s-1", LISE)).await;
            assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{wrong}");
            assert!(answer.body.contains("Det gikk ikke med Feide nå"), "{}", answer.body);
        }
        assert_eq!(pages.text(SESSIONS).await, "");
        let log = pages.text("SELECT after FROM change WHERE action = 'sign_in.refused'").await;
        assert_eq!(log.matches("not_believed").count(), 8, "{log}");
    }

    async fn a_key_that_the_house_does_not_show_signs_nothing(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
        house.change(|manner| manner.signer = Signer::es256("one"));
        assert_eq!(reader.post(BACK, &form_of(&back)).await.status, StatusCode::BAD_GATEWAY, "same name, other key");
    }

    async fn houses_are_not_mixed_up(db: Database) {
        let (house, other) = (House::start().await, House::start().await);
        std::fs::write(db.path("house.secret"), SECRET).unwrap();
        let both = house.table("feide", "") + &other.table("other", "");
        let pages = Pages::with_settings(db, "", &both).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        for lie in ["iss=https%3A%2F%2Fevil.example", "iss=", "x=y"] {
            let mut reader = Reader::new(&pages);
            let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
            let (before, _) = back.split_once("iss=").unwrap();
            let answer = reader.post(BACK, &form_of(&format!("{before}{lie}"))).await;
            assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{lie}");
        }
        assert!(house.manner.lock().unwrap().asked.is_empty(), "no code goes anywhere then");
        let mut reader = Reader::new(&pages);
        let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
        let elsewhere = back.replace("/from/feide", "/from/other");
        assert_eq!(reader.get(&elsewhere).await.status, StatusCode::GONE);
        let answer = reader.post("/desk/sign-in/from/other", &form_of(&back)).await;
        assert_eq!(answer.status, StatusCode::GONE, "begun at one, brought to the other");
        assert!(other.manner.lock().unwrap().asked.is_empty());
    }

    async fn what_a_house_refuses_is_told_in_plain_words(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        let before = pages.dump().await;
        for (error, status, told) in [
            ("access_denied", StatusCode::FORBIDDEN, "ble avbrutt"),
            ("temporarily_unavailable", StatusCode::BAD_GATEWAY, "Prøv igjen om litt"),
            ("invalid_scope", StatusCode::BAD_GATEWAY, "Si fra til den som drifter"),
            ("%3Cscript%3E", StatusCode::BAD_GATEWAY, "Si fra til den som drifter"),
        ] {
            let answer = pages.get(&format!("{BACK}?error={error}&error_description=%3Cb%3Eevil&state=x")).await;
            assert_eq!(answer.status, status, "{error}");
            assert!(answer.body.contains(told) && !answer.body.contains("evil") && !answer.body.contains("<script"), "{}", answer.body);
            assert!(answer.body.contains("href=\"/desk/sign-in\""));
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn a_house_that_does_not_answer_leaves_the_other_ways(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        for wrong in [json!({"issuer": "https://another.example"}), json!({"jwks_uri": "http://keys.example/"}), json!({"code_challenge_methods_supported": ["plain"]})] {
            house.change(|manner| manner.document = wrong);
            let answer = pages.post("/desk/sign-in/with/feide", "").await;
            assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
            assert!(answer.body.contains("logg inn med en lenke på e-post"), "{}", answer.body);
        }
        drop(house);
        assert_eq!(pages.post("/desk/sign-in/with/feide", "").await.status, StatusCode::BAD_GATEWAY);
        assert_eq!(pages.get("/desk/sign-in").await.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT state_hash FROM sign_in_errand").await, "");
    }

    async fn a_client_begins_a_few_times_and_no_more(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        for _ in 0..30 {
            assert_eq!(pages.post("/desk/sign-in/with/feide", "").await.status, StatusCode::OK);
        }
        assert_eq!(pages.post("/desk/sign-in/with/feide", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn a_form_that_does_not_say_where_it_stood_lets_nobody_in(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
        for (name, value) in [("x-nothing", "x"), ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = axum::http::Request::post(BACK)
                .header("host", "forum.example")
                .header("cookie", &reader.cookie)
                .header(name, value)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(axum::body::Body::from(form_of(&back)));
            assert_eq!(pages.send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(reader.post(BACK, &form_of(&back)).await.status, StatusCode::SEE_OTHER, "and it was not used up");
    }

    async fn it_leads_to_a_page_of_our_own_and_nowhere_else(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example"] {
            let mut reader = Reader::new(&pages);
            let back = house.say(&go_away(&mut reader, foreign).await, person("s-1", LISE));
            assert_eq!(reader.post(BACK, &form_of(&back)).await.header("location"), "/desk");
        }
    }
}
