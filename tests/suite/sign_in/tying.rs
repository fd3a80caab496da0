//! A tie between an account and a house: made by who is signed in, removed, and what ends it.

use axum::http::StatusCode;
use serde_json::json;

use super::house::{BACK, House, come_by, form_of, person};
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, add_account, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Answer, now};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const TIES: &str = "SELECT account_id || ' ' || subject FROM account_identity ORDER BY id";

/// From the button on one's own account to the house and back; what the last button leads to.
async fn tie(house: &House, reader: &mut Reader<'_>, subject: &str) -> Answer {
    let away = reader.post("/desk/account/tie", "house=feide").await;
    let away = away.header("refresh").strip_prefix("0; url=").expect("the page leads on").to_owned();
    let back = house.say(&away, json!({"sub": subject}));
    let page = reader.get(&back).await;
    assert!(page.body.contains("Knytt til kontoen min"), "{}", page.body);
    reader.post(BACK, &form_of(&back)).await
}

on_both_databases! {
    async fn a_house_that_says_no_address_is_tied_by_who_is_signed_in(db: Database) {
        let house = House::start().await;
        let pages = house.pages_with(db, "scopes = [\"openid\"]").await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        let refused = come_by(&house, &mut Reader::new(&pages), json!({"sub": "s-1"})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut reader = seat_account(&pages, lise, "desk", now()).await;
        assert!(reader.get("/desk/account").await.body.contains("Knytt til Feide"));
        let tied = tie(&house, &mut reader, "s-1").await;
        assert_eq!((tied.status, tied.header("location")), (StatusCode::SEE_OTHER, "/desk/account"));
        let page = reader.get("/desk/account").await.body;
        assert!(page.contains("action=\"/desk/account/untie\"") && !page.contains("Knytt til Feide"), "{page}");
        let came = come_by(&house, &mut Reader::new(&pages), json!({"sub": "s-1"})).await;
        assert_eq!(came.status, StatusCode::SEE_OTHER);
    }

    async fn nobody_takes_a_tie_from_another_or_ties_anothers_account(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        let per = add_account(&pages, "per@forum.example", LEAD, &[]).await;
        let mut hers = seat_account(&pages, lise, "hers", now()).await;
        let mut his = seat_account(&pages, per, "his", now()).await;
        house.change(|manner| manner.userinfo = Some(json!({"sub": "s-1"})));
        assert_eq!(tie(&house, &mut hers, "s-1").await.status, StatusCode::SEE_OTHER);
        assert_eq!(tie(&house, &mut hers, "s-1").await.status, StatusCode::SEE_OTHER, "again is no mistake");
        let taken = tie(&house, &mut his, "s-1").await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        assert!(taken.body.contains("Ta bort den gamle") && taken.body.contains("href=\"/desk/account\""), "{}", taken.body);
        house.change(|manner| manner.userinfo = Some(json!({"sub": "s-2"})));
        assert_eq!(tie(&house, &mut hers, "s-2").await.status, StatusCode::CONFLICT, "one for each house");
        // Begun by one, finished where another is signed in, or nobody.
        for cookie in ["__Host-treff-desk-nordfjella=hers", "x=y"] {
            let away = his.post("/desk/account/tie", "house=feide").await;
            let back = house.say(away.header("refresh").strip_prefix("0; url=").unwrap(), json!({"sub": "s-2"}));
            let errand = his.cookie.split("; ").find(|c| c.contains("errand")).unwrap().to_owned();
            let mut mixed = Reader { pages: &pages, cookie: format!("{cookie}; {errand}") };
            assert_eq!(mixed.post(BACK, &form_of(&back)).await.status, StatusCode::GONE);
        }
        assert_eq!(pages.text(TIES).await, format!("{lise} s-1"));
        assert_eq!(Reader::new(&pages).post("/desk/account/tie", "house=feide").await.status, StatusCode::UNAUTHORIZED, "who is not signed in ties nothing");
    }

    async fn a_tie_that_is_removed_ends_what_it_opened(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        let per = add_account(&pages, "per@forum.example", LEAD, &[]).await;
        let mut vouched = Reader::new(&pages);
        come_by(&house, &mut vouched, person("s-1", LISE)).await;
        let mut linked = seat_account(&pages, lise, "linked", now()).await;
        let mut other = seat_account(&pages, per, "other", now()).await;
        assert_eq!(other.post("/desk/account/untie", "tie=1").await.status, StatusCode::NOT_FOUND, "nobody removes another's");
        assert_eq!(linked.post("/desk/account/untie", "tie=1").await.header("location"), "/desk/account");
        assert!(vouched.get("/desk").await.header("location").starts_with("/desk/sign-in"));
        assert_eq!(linked.get("/desk").await.status, StatusCode::OK);
        assert_eq!(pages.text(TIES).await, "");
        assert!(linked.get("/desk/log").await.body.contains("Tilknytning til en innloggingstjeneste tatt bort"));
        assert_eq!(linked.post("/desk/account/untie", "tie=1").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_account_that_is_reset_or_ends_keeps_no_tie(db: Database) {
        let house = House::start().await;
        let pages = house.pages(db).await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        come_by(&house, &mut Reader::new(&pages), person("s-1", LISE)).await;
        pages.db.store.reset_proofs(lise, "command", now()).await.unwrap();
        assert_eq!(pages.text(TIES).await, "");
        come_by(&house, &mut Reader::new(&pages), person("s-2", LISE)).await;
        assert_eq!(pages.text(TIES).await, format!("{lise} s-2"));
        let mut reader = seat_account(&pages, lise, "x", now()).await;
        reader.post("/desk/account/tie", "house=feide").await;
        add_account(&pages, "per@forum.example", LEAD, &[]).await;
        let ended = pages.db.store.end_account(lise, "command", now()).await.unwrap();
        assert_eq!(ended, treff::store::AccountChanged::Done);
        assert_eq!(pages.text(TIES).await, "");
        assert_eq!(pages.text("SELECT state_hash FROM sign_in_errand").await, "");
        let gone = come_by(&house, &mut Reader::new(&pages), person("s-2", LISE)).await;
        assert_eq!(gone.status, StatusCode::FORBIDDEN);
    }
}
