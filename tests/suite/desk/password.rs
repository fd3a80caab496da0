//! Coming in by a password.

use axum::http::StatusCode;
use chrono::TimeDelta;

use super::seat::{LISE, add_account, seat_account};
use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const WORDS: &str = "riktig+hest+batteri";

on_both_databases! {
    async fn a_password_is_chosen_and_lets_one_in_to_where_the_code_is_asked(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, r#"["send"]"#, &[]).await;
        let mut desk = seat_account(&pages, lise, "desk", now()).await;
        let mut other = seat_account(&pages, lise, "other", now()).await;
        let weak = desk.post("/desk/account/password", "password=kort").await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(weak.body.contains("password-error"));
        assert_eq!(desk.post("/desk/account/password", &format!("password={WORDS}")).await.status, StatusCode::OK);
        assert_eq!(other.get("/desk").await.status, StatusCode::SEE_OTHER, "other sessions end");
        assert!(!pages.dump().await.contains("hest"));
        let mut reader = Reader::new(&pages);
        let came = reader.post("/desk/sign-in/password", &format!("email={LISE}&password={WORDS}&next=/desk/account")).await;
        assert_eq!((came.status, came.header("location")), (StatusCode::SEE_OTHER, "/desk/account"), "{}", came.body);
        assert!(reader.get("/desk").await.header("location").starts_with("/desk/second-factor"));
        desk.post("/desk/account/password", "remove=yes").await;
        let gone = Reader::new(&pages).post("/desk/sign-in/password", &format!("email={LISE}&password={WORDS}")).await;
        assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_wrong_address_and_a_wrong_password_get_the_same_answer(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, r#"["write"]"#, &[]).await;
        let mut desk = seat_account(&pages, lise, "desk", now()).await;
        desk.post("/desk/account/password", &format!("password={WORDS}")).await;
        add_account(&pages, "without@forum.example", r#"["write"]"#, &[]).await;
        let mut said = Vec::new();
        for email in [LISE, "nobody@forum.example", "without@forum.example"] {
            let answer = pages.post("/desk/sign-in/password", &format!("email={email}&password=feil+hest+batteri")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.headers.get("set-cookie").is_none());
            said.push(answer.body.replace(email, "-"));
        }
        assert!(said.iter().all(|body| *body == said[0]));
        for password in ["", "%00"] {
            let answer = pages.post("/desk/sign-in/password", &format!("email=without@forum.example&password={password}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }

    async fn few_may_be_tried_for_an_address_known_or_not(db: Database) {
        let pages = Pages::over(db).await;
        for email in [LISE, "nobody@forum.example"] {
            for n in 0..11 {
                let answer = pages.post("/desk/sign-in/password", &format!("email={email}&password=feil+hest")).await;
                let over = n >= 10;
                assert_eq!(answer.status == StatusCode::TOO_MANY_REQUESTS, over, "{n}");
            }
        }
    }

    async fn an_account_out_of_its_time_lets_nobody_in(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, r#"["write"]"#, &[]).await;
        let mut desk = seat_account(&pages, lise, "desk", now()).await;
        desk.post("/desk/account/password", &format!("password={WORDS}")).await;
        assert!(pages.db.store.find_password(LISE, now()).await.unwrap().is_some());
        pages.run("UPDATE account SET until_at = 1804500000000000").await;
        let over = chrono::DateTime::from_timestamp_micros(1_804_500_000_000_000).unwrap();
        assert!(over - now() < TimeDelta::days(1));
        assert_eq!(pages.db.store.find_password(LISE, over).await.unwrap(), None);
        pages.run("UPDATE account SET until_at = NULL, from_at = 9000000000000000").await;
        assert_eq!(desk.get("/desk").await.status, StatusCode::SEE_OTHER);
    }
}
