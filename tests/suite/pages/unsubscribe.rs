//! Leaving, and coming back.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::world::{Pages, letter_token, sign, unsubscribe_token};
use crate::on_both_databases;
use treff::token::{Claim, Purpose};

const STATUS: &str = "SELECT status || ' ' || COALESCE(status_cause, '') FROM recipient WHERE id = 1";

on_both_databases! {
    async fn the_page_says_whose_it_is_and_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.get(&format!("/u/{}", unsubscribe_token())).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("<strong>k***@nav.test</strong>"));
        let buttons: Vec<&str> = answer.body.split("<button").skip(1).collect();
        assert_eq!(buttons.len(), 2, "out of all, or of urgent letters only");
        assert!(buttons[0].contains(r#"name="confirm""#) && buttons[1].contains(r#"name="urgent" value="off""#));
        assert!(!answer.body.contains("kari@nav.test"));
        assert_eq!(pages.text(STATUS).await, "active ");
    }

    async fn the_button_unsubscribes_and_the_way_back_is_on_the_page(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/u/{}", unsubscribe_token());
        let done = pages.post(&path, "confirm=yes").await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Du er meldt av"));
        assert_eq!(pages.text(STATUS).await, "unsubscribed page");
        let back = pages.post(&format!("{path}/undo"), "").await;
        assert_eq!(back.status, StatusCode::OK);
        assert!(back.body.contains("Du får brevet igjen") && !back.body.contains("pause"), "{}", back.body);
        assert_eq!(pages.text(STATUS).await, "active ");
    }

    async fn who_comes_back_during_a_pause_is_told_of_it(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET paused_until = '2027-04-01' WHERE id = 1").await;
        let path = format!("/u/{}", unsubscribe_token());
        pages.post(&path, "confirm=yes").await;
        let back = pages.post(&format!("{path}/undo"), "").await;
        assert!(back.body.contains("Du har pause til og med onsdag 31. mars."), "{}", back.body);
    }

    async fn one_click_works_in_both_encodings_without_cookie_or_redirect(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/u/{}", unsubscribe_token());
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        for (encoding, body) in [
            ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
            ("multipart/form-data; boundary=x", multipart),
        ] {
            for _ in 0..2 {
                let answer = pages.post_as(&path, encoding, body).await;
                assert_eq!(answer.status, StatusCode::OK);
                assert!(answer.headers.get("set-cookie").is_none());
                assert_eq!(pages.text(STATUS).await, "unsubscribed one-click");
            }
            pages.post(&format!("{path}/undo"), "").await;
            assert_eq!(pages.text(STATUS).await, "active ");
        }
    }

    async fn one_click_may_come_from_another_page_and_nothing_else_may(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/u/{}", unsubscribe_token());
        let send = async |path: &str, name: &str, value: &str, body: &'static str| {
            let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded").header(name, value);
            pages.send(request.body(Body::from(body)).unwrap()).await.status
        };
        for (name, value) in [("origin", "https://mail.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
            assert_eq!(send(&path, name, value, "List-Unsubscribe=One-Click").await, StatusCode::OK, "{name}");
            assert_eq!(pages.text(STATUS).await, "unsubscribed one-click");
            pages.post(&format!("{path}/undo"), "").await;
        }
        for (path, body) in [(path.clone(), "confirm=yes"), (format!("{path}/urgent"), "One-Click"), (format!("{path}/undo"), "One-Click")] {
            assert_eq!(send(&path, "origin", "https://mail.example", body).await, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(pages.text(STATUS).await, "active ");
    }

    async fn unsubscribing_twice_is_recorded_once(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/u/{}", unsubscribe_token());
        pages.post(&path, "").await;
        pages.post(&path, "").await;
        let changes = pages.text("SELECT action FROM change WHERE recipient_id = 1").await;
        assert_eq!(changes, "recipient.status");
    }

    async fn coming_back_revives_no_one_who_was_suspended(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'suspended', status_cause = 'complaint' WHERE id = 1").await;
        let path = format!("/u/{}", unsubscribe_token());
        let done = pages.post(&path, "").await;
        assert!(!done.body.contains("likevel"));
        assert_eq!(pages.post(&format!("{path}/undo"), "").await.status, StatusCode::GONE);
        assert_eq!(pages.text(STATUS).await, "unsubscribed page, was suspended");
    }

    async fn an_erased_recipient_may_still_click(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'erased', email = NULL WHERE id = 1").await;
        let answer = pages.post(&format!("/u/{}", unsubscribe_token()), "List-Unsubscribe=One-Click").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 1").await, "erased");
        let page = pages.get(&format!("/u/{}", unsubscribe_token())).await;
        assert!(page.body.contains("er slettet her") && !page.body.contains("***") && !page.body.contains("Få brevene igjen"), "{}", page.body);
    }

    async fn a_link_to_whoever_had_the_number_before_a_backup_was_put_back_opens_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let link = |version| format!("/u/{}", sign(Claim { purpose: Purpose::Unsubscribe, version, subject: 1 }));
        let strangers = link(0xbeef);
        assert_eq!(pages.get(&strangers).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.post(&strangers, "List-Unsubscribe=One-Click").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(STATUS).await, "active ");
        assert_eq!(pages.get(&link(0)).await.status, StatusCode::OK, "one of before there were marks never expires");
        assert_eq!(pages.post(&link(0xaaaa), "List-Unsubscribe=One-Click").await.status, StatusCode::OK);
        assert_eq!(pages.text(STATUS).await, "unsubscribed one-click");
    }

    async fn a_token_for_something_else_says_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let stranger = sign(Claim { purpose: Purpose::Unsubscribe, version: 0, subject: 99 });
        let letter = letter_token();
        for token in [stranger.as_str(), letter.as_str(), "x", "%00", "..%2f"] {
            for answer in [pages.get(&format!("/u/{token}")).await, pages.post(&format!("/u/{token}"), "").await] {
                assert_eq!(answer.status, StatusCode::NOT_FOUND);
                assert!(answer.body.contains("Siden finnes ikke"));
                assert!(!answer.body.contains("***"));
            }
        }
    }

    async fn a_form_from_another_site_does_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let request = Request::post(format!("/u/{}", unsubscribe_token()))
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://evil.example")
            .body(Body::empty());
        let answer = pages.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("Skjemaet kom fra et annet nettsted"));
        assert_eq!(pages.text(STATUS).await, "active ");
    }

    async fn our_own_form_in_an_old_browser_is_taken(db: Database) {
        let pages = Pages::over(db).await;
        let request = Request::post(format!("/u/{}", unsubscribe_token()))
            .header("host", "forum.example")
            .header("origin", "null")
            .body(Body::empty());
        assert_eq!(pages.send(request.unwrap()).await.status, StatusCode::OK);
        assert_eq!(pages.text(STATUS).await, "unsubscribed page");
    }
}
