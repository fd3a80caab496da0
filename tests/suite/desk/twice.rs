//! A button of accounts and topics pressed twice: one thing is done, and each press is told so.

use axum::http::StatusCode;

use super::seat::{LISE, add_account, seat};
use crate::access::reader::{Reader, filled};
use crate::on_both_databases;
use crate::pages::world::Pages;

const ADMIN: &str = r#"["people","administer"]"#;
const ACCOUNTS: &str = "/desk/accounts";

on_both_databases! {
    async fn an_account_given_twice_is_one_and_its_mail_too(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut other = Reader { pages: &pages, cookie: lise.cookie.clone() };
        let page = lise.get(ACCOUNTS).await;
        let sent = filled(&page, ACCOUNTS, "email=per@forum.example&name=Per&right=write");
        let (one, two) = tokio::join!(lise.post(ACCOUNTS, &sent), other.post(ACCOUNTS, &sent));
        for made in [one, two, lise.post(ACCOUNTS, &sent).await] {
            assert_eq!(made.status, StatusCode::OK, "{}", made.body);
            assert!(made.body.contains("En lenke er på vei til per@forum.example"), "{}", made.body);
        }
        assert_eq!(pages.text("SELECT kind FROM notice").await, "desk_invitation");
        let anew = lise.fill_in(ACCOUNTS, ACCOUNTS, "email=per@forum.example&right=write").await;
        assert_eq!(anew.status, StatusCode::UNPROCESSABLE_ENTITY, "who asks anew is told that there is one");
        assert!(anew.body.contains("har allerede en konto"), "{}", anew.body);
    }

    async fn an_account_ended_twice_is_ended(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        add_account(&pages, "per@forum.example", r#"["write"]"#, &[]).await;
        let action = "/desk/accounts/2/end";
        let sent = filled(&lise.get("/desk/accounts/2").await, action, "sure=yes");
        for _ in 0..2 {
            let ended = lise.post(action, &sent).await;
            assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
            assert!(ended.body.contains("Kontoen er avsluttet"), "{}", ended.body);
        }
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'account.ended'").await, "account.ended");
        assert_eq!(lise.post(action, "sure=yes").await.status, StatusCode::NOT_FOUND, "no page ended it");
    }

    async fn who_signs_out_twice_is_signed_out(db: Database) {
        let pages = Pages::over(db).await;
        for session in ["here", "all"] {
            let mut lise = seat(&pages, &format!("{session}@forum.example"), ADMIN).await;
            let mut other = Reader { pages: &pages, cookie: lise.cookie.clone() };
            let sent = format!("session={session}");
            lise.post("/desk/account/sign-out", &sent).await;
            let again = other.post("/desk/account/sign-out", &sent).await;
            assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/desk/sign-in"), "{}", again.body);
        }
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        let mut other = Reader { pages: &pages, cookie: kari.cookie.clone() };
        kari.post("/me/sign-out", "device=here").await;
        let again = other.post("/me/sign-out", "device=here").await;
        assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", again.body);
    }

    async fn ones_own_account_ended_twice_is_ended(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        seat(&pages, "per@forum.example", ADMIN).await;
        let mut other = Reader { pages: &pages, cookie: lise.cookie.clone() };
        let action = "/desk/accounts/1/end";
        let sent = filled(&lise.get("/desk/accounts/1").await, action, "sure=yes");
        let (one, two) = tokio::join!(lise.post(action, &sent), other.post(action, &sent));
        for ended in [one, two, lise.post(action, &sent).await] {
            assert_eq!((ended.status, ended.header("location")), (StatusCode::SEE_OTHER, "/desk/sign-in"), "{}", ended.body);
        }
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'account.ended'").await, "account.ended");
        let strangers = Reader::new(&pages).post(action, &sent).await;
        assert_eq!(strangers.status, StatusCode::UNAUTHORIZED, "only that browser is told so: {}", strangers.body);
    }

    async fn a_topic_confirmed_twice_is_one(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut other = Reader { pages: &pages, cookie: lise.cookie.clone() };
        let confirm = "/desk/topics/confirm";
        let sent = filled(&lise.post("/desk/topics/sector", "name_nb=Temaa").await, confirm, "");
        let (one, two) = tokio::join!(lise.post(confirm, &sent), other.post(confirm, &sent));
        for made in [one, two, lise.post(confirm, &sent).await] {
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
            assert_eq!(made.header("location"), "/desk/topics?done=changed");
        }
        let topics = "SELECT slug FROM term WHERE slug LIKE 'temaa%'";
        assert_eq!(pages.text(topics).await, "temaa");
        let gone = lise.post("/desk/topics/sector/temaa/take-away", "").await;
        let sent = filled(&gone, confirm, "");
        for _ in 0..2 {
            assert_eq!(lise.post(confirm, &sent).await.header("location"), "/desk/topics?done=changed", "taken away once");
        }
        assert_eq!(pages.text(topics).await, "");
    }
}
