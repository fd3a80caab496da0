//! Rights apart: whoever approves or sends and does nothing else finds the pages and buttons of that right, and no others.

use axum::http::StatusCode;

use super::approval::{WEEKLY, approve, careful_town};
use super::town::{LEAD, queue, town};
use crate::access::reader::Reader;
use crate::desk::seat::seat;
use crate::on_both_databases;

const WAITS: &str = "Venter på at du godkjenner";

/// What stands behind `mark` in a page, up to the quotation mark.
fn list_behind(page: &str, mark: &str) -> Vec<String> {
    page.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

/// The page, from which no way leads where the reader is turned away.
async fn look(reader: &mut Reader<'_>, path: &str) -> String {
    let page = reader.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    for way in list_behind(&page.body, "href=\"/desk") {
        let led = reader.get(&format!("/desk{way}")).await.status;
        assert_eq!(led, StatusCode::OK, "/desk{way} on {path}");
    }
    page.body
}

/// What the buttons of a page do, but for those around every page.
fn list_buttons(page: &str) -> Vec<String> {
    let around = |way: &String| way.starts_with("/account/");
    list_behind(page, "action=\"/desk").into_iter().filter(|way| !around(way)).collect()
}

on_both_databases! {
    async fn whoever_only_approves_is_told_what_waits_reads_it_and_approves_it(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", r#"["approve"]"#).await;
        assert!(!look(&mut second, "/desk").await.contains(WAITS), "nothing waits");
        let item = queue(&mut lead, "For alle", "all", &[]).await;
        assert!(!lead.get("/desk").await.body.contains(WAITS), "whoever wrote it is no second person");
        let today = look(&mut second, "/desk").await;
        for said in [WAITS, "<a href=\"/desk/mailing\">", "<a href=\"/desk/mailing/next/weekly\">mandag 15. mars kl. 7.30</a>"] {
            assert!(today.contains(said), "{said} in {today}");
        }
        let mailing = look(&mut second, WEEKLY).await;
        assert!(mailing.contains("<b>2</b> får brev") && mailing.contains(&item), "{mailing}");
        assert_eq!(list_buttons(&mailing), ["/mailing/next/weekly/approve"]);
        let read = look(&mut second, &item).await;
        assert!(read.contains("Les.") && list_buttons(&read).is_empty(), "{read}");
        for path in ["/desk/items", "/desk/mailing/next/weekly/people", "/desk/mailing/sent", "/desk/mailing/letter/2"] {
            assert_eq!(second.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        approve(&mut second, WEEKLY).await;
        assert!(!look(&mut second, "/desk").await.contains(WAITS));
        assert_eq!(list_buttons(&look(&mut second, WEEKLY).await), [""; 0]);
    }

    async fn whoever_only_sends_finds_what_goes_what_went_and_their_buttons(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = queue(&mut lead, "For alle", "all", &[]).await;
        let mut sender = seat(&pages, "sender@forum.example", r#"["send"]"#).await;
        look(&mut sender, "/desk").await;
        let mailing = look(&mut sender, "/desk/mailing").await;
        assert!(mailing.contains("href=\"/desk/mailing/sent\"") && mailing.contains("href=\"/desk/mailing/letter\""), "{mailing}");
        assert_eq!(list_buttons(&mailing), ["/mailing/items/for-alle/move", "/mailing/items/for-alle/hold"]);
        let held = sender.post("/desk/mailing/items/for-alle/hold", "back=weekly").await;
        assert_eq!(held.header("location"), "/desk/mailing/next/weekly?done=held");
        assert!(look(&mut sender, held.header("location")).await.contains("/desk/mailing/items/for-alle/let-go"));
        look(&mut sender, "/desk/mailing/sent").await;
        assert_eq!(list_buttons(&look(&mut sender, &item).await), ["/items/for-alle/withdraw"]);
        sender.post(&format!("{item}/withdraw"), "").await;
        assert_eq!(pages.text("SELECT slug FROM item WHERE withdrawn_at IS NOT NULL AND id > 6").await, "for-alle");
    }

    async fn what_waits_to_be_sent_by_the_lead_is_shown_to_whom_its_draft_opens(db: Database) {
        let pages = town(db).await;
        crate::desk::today::let_things_wait(&pages).await;
        pages.run("UPDATE draft SET asked_at = 1804000000000000").await;
        let mut sender = seat(&pages, "sender@forum.example", r#"["send"]"#).await;
        assert!(!look(&mut sender, "/desk").await.contains("Skal godkjennes og sendes"));
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(lead.get("/desk").await.body.contains("Skal godkjennes og sendes"));
    }
}
