//! The code from the telephone: asked of whoever may do more than write, good once, and asked before it can be changed.

use axum::http::StatusCode;
use treff::staff::totp::{code_of, from_base32};

use super::seat::{LISE, add_account, come_in, desk_link, seat_account};
use crate::access::reader::{Reader, filled};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;

/// What the app would show, `steps` half minutes from now.
async fn code_in(pages: &Pages, column: &'static str, steps: i64) -> String {
    let secret = pages.text(column).await;
    code_of(&from_base32(&secret).unwrap(), now().timestamp() / 30 + steps)
}

const FACTOR: &str = "/desk/second-factor";
const SECRET: &str = "SELECT totp_secret FROM account WHERE totp_secret IS NOT NULL";
const PENDING: &str = "SELECT totp_pending FROM account WHERE totp_pending IS NOT NULL";

/// The codes on paper that a page shows.
fn list_codes(page: &Answer) -> Vec<String> {
    let list =
        page.body.split("desk-codes\">").nth(1).unwrap_or_default().split("</ul>").next().unwrap_or_default();
    list.split("<li>").skip(1).filter_map(|line| Some(line.split_once("</li>")?.0.to_owned())).collect()
}

/// Sets the second factor up in a browser that came in; the codes on paper.
async fn set_up(pages: &Pages, reader: &mut Reader<'_>) -> Vec<String> {
    assert_eq!(reader.post("/desk/second-factor", "").await.header("location"), "/desk/second-factor");
    let code = code_in(pages, PENDING, -1).await;
    let done = reader.post("/desk/second-factor/confirm", &format!("code={code}")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    list_codes(&done)
}

on_both_databases! {
    async fn a_lead_sets_it_up_before_anything_else_and_gives_it_the_next_time(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        for path in ["/desk", "/desk/account", "/desk/account/password"] {
            let answer = first.get(path).await;
            assert!(answer.header("location").starts_with("/desk/second-factor?next="), "{path}: {answer:?}");
        }
        let page = first.get("/desk/second-factor").await;
        assert!(page.body.contains("Da må koden på plass først") && !page.body.contains("square.svg"));
        first.post("/desk/second-factor", "").await;
        assert!(first.get("/desk/second-factor").await.body.contains("/desk/second-factor/square.svg"));
        let square = first.get("/desk/second-factor/square.svg").await;
        assert_eq!(square.header("content-type"), "image/svg+xml");
        assert_eq!(square.header("cache-control"), "no-store");
        let wrong = first.post("/desk/second-factor/confirm", "code=000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("code-error"));
        let codes = set_up(&pages, &mut first).await;
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|code| code.len() == 19));
        assert_eq!(first.get("/desk").await.status, StatusCode::OK);
        assert!(!first.get("/desk/second-factor").await.body.contains(&codes[0]), "they are shown once");
        let mut second = come_in(&pages, 2).await;
        for path in ["/desk", "/desk/account", "/desk/second-factor", "/desk/second-factor/square.svg"] {
            assert!(second.get(path).await.header("location").starts_with("/desk/code?next="), "{path}");
        }
        let code = code_in(&pages, SECRET, 0).await;
        let given = second.post("/desk/code", &format!("code={code}&next=/desk/account")).await;
        assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, "/desk/account"));
        assert_eq!(second.get("/desk").await.status, StatusCode::OK);
    }

    async fn who_has_the_mailbox_alone_gets_no_further(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        set_up(&pages, &mut first).await;
        let before = pages.text(SECRET).await;
        let mut thief = come_in(&pages, 2).await;
        for (path, form) in [("/desk/second-factor", ""), ("/desk/second-factor/confirm", "code=1"), ("/desk/second-factor/codes", ""), ("/desk/account/password", "password=riktig hest batteri")] {
            let barred = thief.post(path, form).await;
            assert_eq!(barred.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(barred.body.contains("href=\"/desk/code?next=/desk\"") && !barred.body.contains("hest"), "{path}: {}", barred.body);
        }
        assert_eq!(pages.text(SECRET).await, before);
        assert_eq!(pages.text(PENDING).await, "");
        for _ in 0..10 {
            let answer = thief.post("/desk/code", "code=000000").await;
            assert_ne!(answer.status, StatusCode::SEE_OTHER);
        }
        let right = code_in(&pages, SECRET, 0).await;
        let answer = thief.post("/desk/code", &format!("code={right}")).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "few may be tried");
    }

    async fn a_code_is_good_once_from_the_app_as_on_paper(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        let codes = set_up(&pages, &mut first).await;
        let code = code_in(&pages, SECRET, 0).await;
        let mut second = come_in(&pages, 2).await;
        assert_eq!(second.post("/desk/code", &format!("code={code}")).await.status, StatusCode::SEE_OTHER);
        let mut third = come_in(&pages, 3).await;
        assert_eq!(third.post("/desk/code", &format!("code={code}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let typed = codes[3].to_lowercase().replace('-', "+");
        assert_eq!(third.post("/desk/code", &format!("code={typed}")).await.status, StatusCode::SEE_OTHER);
        assert!(third.get("/desk/second-factor").await.body.contains("9 av 10"));
        third.post("/desk/account/sign-out", "session=here").await;
        pages.run("DELETE FROM mail_link").await;
        let renewed = list_codes(&first.post("/desk/second-factor/codes", "").await);
        assert_eq!(renewed.len(), 10);
        assert!(!renewed.contains(&codes[4]));
        let kept = pages.dump().await;
        assert!(!renewed.iter().any(|code| kept.contains(code) || kept.contains(&code.replace('-', ""))), "hashes alone are kept");
    }

    async fn a_code_pressed_twice_lets_in_and_is_not_called_wrong(db: Database) {
        let pages = Pages::over(db).await;
        let account = add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        let codes = set_up(&pages, &mut first).await;
        for (link, code) in [(2, code_in(&pages, SECRET, 0).await), (3, codes[0].clone())] {
            let mut own = come_in(&pages, link).await;
            let mut other = Reader { pages: &pages, cookie: own.cookie.clone() };
            let sent = format!("code={code}&next=/desk/account");
            let (one, two) = tokio::join!(own.post("/desk/code", &sent), other.post("/desk/code", &sent));
            for given in [one, two, own.post("/desk/code", &sent).await] {
                assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, "/desk/account"), "{}", given.body);
            }
        }
        let used = "SELECT action FROM change WHERE action IN ('second_factor.given', 'recovery_code.used') ORDER BY id";
        assert_eq!(pages.text(used).await, "second_factor.given\nrecovery_code.used", "each code is used once");
        let mut stranger = seat_account(&pages, account, "another", now()).await;
        pages.run("UPDATE staff_session SET proved_at = NULL WHERE id = (SELECT MAX(id) FROM staff_session)").await;
        assert_eq!(stranger.post("/desk/code", &format!("code={}", codes[0])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn codes_on_paper_are_shown_again_to_who_presses_twice(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        first.post(FACTOR, "").await;
        let (confirm, renew) = ("/desk/second-factor/confirm", "/desk/second-factor/codes");
        let sent = format!("code={}", code_in(&pages, PENDING, -1).await);
        let codes = list_codes(&first.post(confirm, &sent).await);
        let again = first.post(confirm, &sent).await;
        assert_eq!((again.status, codes.len()), (StatusCode::OK, 10), "{}", again.body);
        assert_eq!(list_codes(&again), codes);
        let sent = filled(&first.get(FACTOR).await, renew, "");
        let renewed = list_codes(&first.post(renew, &sent).await);
        assert_eq!(list_codes(&first.post(renew, &sent).await), renewed);
        assert_ne!(renewed, codes);
        let sent = filled(&first.get(FACTOR).await, renew, "");
        assert_ne!(list_codes(&first.post(renew, &sent).await), renewed, "a page that is opened anew makes new ones");
    }

    async fn who_only_writes_needs_none_and_may_have_one(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, r#"["write"]"#, &[]).await;
        let mut first = come_in(&pages, 1).await;
        assert_eq!(first.get("/desk").await.status, StatusCode::OK);
        assert_eq!(first.get("/desk/code").await.header("location"), "/desk");
        set_up(&pages, &mut first).await;
        let mut second = come_in(&pages, 2).await;
        assert!(second.get("/desk").await.header("location").starts_with("/desk/code"));
    }

    async fn who_lost_phone_and_paper_begins_anew(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, LEAD, &[]).await;
        let mut first = come_in(&pages, 1).await;
        set_up(&pages, &mut first).await;
        pages.db.store.reset_proofs(lise, "command", now()).await.unwrap();
        assert!(first.get("/desk").await.header("location").starts_with("/desk/sign-in"));
        let mut again = come_in(&pages, 2).await;
        assert!(again.get("/desk").await.header("location").starts_with("/desk/second-factor"));
        assert!(desk_link(1).starts_with("/desk/open/"));
    }
}
