//! Somebody goes to a house and comes back.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::sync::Barrier;

use super::house::{BACK, House, SECRET, come_by, form_of, go_away, person};
use super::signer::Signer;
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, add_account};
use crate::on_both_databases;
use crate::pages::world::Pages;

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const TIES: &str = "SELECT account_id || ' ' || subject FROM account_identity ORDER BY id";
const SESSIONS: &str = "SELECT name FROM staff_session";

on_both_databases! {
    async fn who_has_an_account_comes_in_and_needs_no_code(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let door = reader.get("/desk/sign-in?next=/desk/account").await.body;
        assert!(door.contains("action=\"/desk/sign-in/with/feide\"") && door.contains("Logg inn med Feide"), "{door}");
        let away = go_away(&mut reader, "/desk/account").await;
        for wanted in ["response_type=code", "scope=openid+email", "code_challenge_method=S256", "client_id=treff+forum"] {
            assert!(away.contains(wanted), "{away}");
        }
        let back = house.say(&away, person("s-1", "Lise@Forum.example"));
        let before = pages.dump().await;
        for method in [Method::GET, Method::HEAD] {
            let page = reader.ask(method, &back, "").await;
            assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
            assert_eq!(page.header("referrer-policy"), "same-origin");
        }
        let page = reader.get(&back).await;
        assert!(page.body.contains("<form method=\"post\" class=\"onward\"") && page.body.contains("onward-"), "{}", page.body);
        assert!(page.header("content-security-policy").contains("script-src 'self'"));
        assert_eq!(pages.dump().await, before, "coming back changes nothing before the button");
        let came = reader.post(BACK, &form_of(&back)).await;
        assert_eq!((came.status, came.header("location")), (StatusCode::SEE_OTHER, "/desk/account"), "{}", came.body);
        let cookies: Vec<_> = came.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
        assert!(cookies[0].starts_with("__Host-treff-desk-nordfjella=") && cookies[0].contains("Max-Age=7776000"), "{cookies:?}");
        assert!(cookies[1].starts_with("__Host-treff-errand-nordfjella=; Max-Age=0"), "{cookies:?}");
        assert_eq!(reader.get("/desk").await.status, StatusCode::OK, "no code is asked for");
        let account = reader.get("/desk/account").await.body;
        assert!(account.contains("siden 8. mars · med Feide") || account.contains("· med Feide</small>"), "{account}");
        assert!(account.contains("action=\"/desk/account/untie\""));
        assert_eq!(pages.text(TIES).await, "1 s-1");
        let log = reader.get("/desk/log").await.body;
        for told in ["Konto knyttet til en innloggingstjeneste", "gikk god for innloggingen", "Gikk til en innloggingstjeneste"] {
            assert!(log.contains(told), "{told}");
        }
        assert!(!pages.text("SELECT COALESCE(after, '') FROM change").await.contains("s-1"), "the log names nobody");
    }

    async fn nothing_that_a_browser_took_along_lies_in_the_database(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut reader = Reader::new(&pages);
        let away = go_away(&mut reader, "").await;
        let kept = pages.dump().await;
        for (name, value) in reqwest::Url::parse(&away).unwrap().query_pairs() {
            if ["state", "nonce", "code_challenge"].contains(&name.as_ref()) {
                assert!(!kept.contains(value.as_ref()), "{name}");
            }
        }
        assert!(!kept.contains(reader.cookie.split_once('=').unwrap().1) && !kept.contains(SECRET));
    }

    async fn nobody_waits_in_line_behind_another_whom_the_house_keeps_waiting(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        house.change(|manner| manner.together = Some(Arc::new(Barrier::new(2))));
        let (mut one, mut two) = (Reader::new(&pages), Reader::new(&pages));
        let (one, two) = tokio::join!(go_away(&mut one, ""), go_away(&mut two, ""));
        assert!([one, two].iter().all(|away| away.starts_with(&house.issuer)));
        go_away(&mut Reader::new(&pages), "").await;
    }

    async fn from_then_on_the_subject_counts_and_no_address(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        let per = add_account(&pages, "per@forum.example", LEAD, &[]).await;
        come_by(&house, &mut Reader::new(&pages), person("s-1", LISE)).await;
        for address in ["per@forum.example", "gone@elsewhere.example"] {
            let mut reader = Reader::new(&pages);
            assert_eq!(come_by(&house, &mut reader, person("s-1", address)).await.status, StatusCode::SEE_OTHER);
            assert!(reader.get("/desk/account").await.body.contains(&format!("<strong>{LISE}</strong>")));
        }
        let stranger = come_by(&house, &mut Reader::new(&pages), person("s-2", LISE)).await;
        assert_eq!(stranger.status, StatusCode::FORBIDDEN, "who gets an address that was hers opens nothing");
        assert_eq!(pages.text(TIES).await, format!("{lise} s-1"));
        come_by(&house, &mut Reader::new(&pages), person("s-3", "per@forum.example")).await;
        assert_eq!(pages.text(TIES).await, format!("{lise} s-1\n{per} s-3"));
    }

    async fn whoever_is_not_let_in_is_told_the_same(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        add_account(&pages, "early@forum.example", LEAD, &[]).await;
        add_account(&pages, "late@forum.example", LEAD, &[]).await;
        pages.run("UPDATE account SET from_at = 9999999999999999 WHERE email = 'early@forum.example'").await;
        pages.run("UPDATE account SET until_at = 1 WHERE email = 'late@forum.example'").await;
        let mut told = Vec::new();
        for who in [
            person("a", "nobody@forum.example"),
            person("b", "early@forum.example"),
            person("c", "late@forum.example"),
            person("d", "kari@nav.test"),
            json!({"sub": "e"}),
            json!({"sub": "f", "email": LISE}),
            json!({"sub": "g", "email": LISE, "email_verified": false}),
            json!({"sub": "h", "email": "x y", "email_verified": true}),
        ] {
            let mut reader = Reader::new(&pages);
            house.change(|manner| manner.userinfo = Some(who.clone()));
            let answer = come_by(&house, &mut reader, who).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert!(!reader.cookie.contains("treff-desk"), "{}", reader.cookie);
            told.push(answer.body);
        }
        assert!(told.iter().all(|body| *body == told[0]));
        assert!(told[0].contains("Du kom ikke inn med Feide") && !told[0].contains("forum.example\""), "{}", told[0]);
        assert_eq!((pages.text(SESSIONS).await, pages.text(TIES).await), (String::new(), String::new()));
        let why = "SELECT after FROM change WHERE action = 'sign_in.refused' ORDER BY id";
        let why = pages.text(why).await;
        for word in ["no_account", "not_in_force", "no_address"] {
            assert!(why.contains(word), "{why}");
        }
    }

    async fn an_address_may_stand_in_userinfo_alone(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        house.change(|manner| manner.userinfo = Some(person("another", LISE)));
        let other = come_by(&house, &mut Reader::new(&pages), json!({"sub": "s-1"})).await;
        assert_eq!(other.status, StatusCode::BAD_GATEWAY, "it speaks of somebody else");
        house.change(|manner| manner.userinfo = Some(person("s-1", LISE)));
        let came = come_by(&house, &mut Reader::new(&pages), json!({"sub": "s-1"})).await;
        assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.body);
    }

    async fn a_house_that_says_nothing_of_verifying_is_believed_in_its_domains(db: Database) {
        let house = House::start().await;
        let pages = house.pages_with(db, "require_email_verified = false\ndomains = [\"forum.example\"]").await;
        add_account(&pages, LISE, LEAD, &[]).await;
        add_account(&pages, "per@other.example", LEAD, &[]).await;
        let elsewhere = json!({"sub": "s-2", "email": "per@other.example"});
        assert_eq!(come_by(&house, &mut Reader::new(&pages), elsewhere).await.status, StatusCode::FORBIDDEN);
        let own = json!({"sub": "s-1", "email": LISE});
        assert_eq!(come_by(&house, &mut Reader::new(&pages), own).await.status, StatusCode::SEE_OTHER);
    }

    async fn a_house_may_want_the_secret_in_the_form_and_change_its_keys(db: Database) {
        let house = House::start().await;
        house.change(|manner| manner.document = json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}));
        let pages = house.pages(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        for signer in [Signer::es256("new"), Signer::rs256("newer"), Signer::ps256("newest")] {
            let mut reader = Reader::new(&pages);
            let back = house.say(&go_away(&mut reader, "").await, person("s-1", LISE));
            // The keys are known by now, and are changed before the browser comes back.
            house.change(|manner| manner.signer = signer);
            assert_eq!(reader.post(BACK, &form_of(&back)).await.status, StatusCode::SEE_OTHER);
        }
        let asked = house.manner.lock().unwrap().asked.clone();
        assert!(asked.iter().all(|form| form["client_secret"] == SECRET && form["grant_type"] == "authorization_code"));
    }

    async fn a_house_asks_as_strongly_as_it_is_told_to(db: Database) {
        let house = House::start().await;
        let pages = house.pages_with(db, "scopes = [\"openid\", \"email\", \"profile\"]\nacr_values = [\"high\", \"higher\"]").await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let away = go_away(&mut Reader::new(&pages), "").await;
        assert!(away.contains("acr_values=high+higher") && away.contains("scope=openid+email+profile"), "{away}");
        let low = come_by(&house, &mut Reader::new(&pages), person("s-1", LISE)).await;
        assert_eq!(low.status, StatusCode::BAD_GATEWAY);
        house.change(|manner| manner.claims = json!({"acr": "higher"}));
        let high = come_by(&house, &mut Reader::new(&pages), person("s-1", LISE)).await;
        assert_eq!(high.status, StatusCode::SEE_OTHER, "{}", high.body);
    }
}

#[tokio::test]
async fn without_a_house_there_is_no_button_and_no_page() {
    let pages = Pages::over(crate::harness::Database::create(crate::harness::Engine::Sqlite).await).await;
    assert!(!pages.get("/desk/sign-in").await.body.contains("/desk/sign-in/with/"));
    assert_eq!(pages.post("/desk/sign-in/with/feide", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(pages.get(BACK).await.status, StatusCode::NOT_FOUND);
}
