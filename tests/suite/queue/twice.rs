//! The page on which an item is begun, sent twice: there is one draft and one item, and nothing typed is lost.

use axum::http::StatusCode;

use super::desk::{LEAD, form, pages_of, place};
use crate::access::reader::{Reader, filled};
use crate::desk::seat::seat;
use crate::on_both_databases;

const NEW: &str = "/desk/items/new";
const DRAFTS: &str = "SELECT state || ' ' || title || CASE WHEN corrects_id IS NULL THEN '' ELSE ' corrects' END FROM draft ORDER BY id";
const ITEMS: &str =
    "SELECT slug || ' ' || CAST(version AS TEXT) FROM item WHERE slug LIKE 'tips%' ORDER BY id";

fn tip(title: &str, wish: &str) -> String {
    form(&[("title", title), ("kind", "tip"), ("audience", "all"), ("do", wish)])
}

on_both_databases! {
    async fn pressing_the_first_button_twice_makes_one_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get(NEW).await;
        for wish in ["queue", "queue", "save"] {
            let sent = lead.post(NEW, &filled(&page, NEW, &tip("Tips", wish))).await;
            assert_eq!(place(&sent), "/desk/items/tips", "{wish}");
        }
        assert_eq!((pages.text(DRAFTS).await, pages.text(ITEMS).await), ("taken Tips".to_owned(), "tips 1".to_owned()));
        let another = lead.fill_in(NEW, NEW, &tip("Tips", "queue")).await;
        assert_eq!(place(&another), "/desk/items/tips-2", "a page that is opened anew begins another");
    }

    async fn pressing_twice_at_the_same_time_makes_one_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = Reader { pages: &pages, cookie: lead.cookie.clone() };
        for n in 1..=4 {
            let page = lead.get(NEW).await;
            let sent = filled(&page, NEW, &tip(&format!("Tips {n}"), "queue"));
            let (one, two) = tokio::join!(lead.post(NEW, &sent), other.post(NEW, &sent));
            assert_eq!((place(&one), place(&two)), (format!("/desk/items/tips-{n}"), format!("/desk/items/tips-{n}")));
        }
        assert_eq!(pages.text(ITEMS).await, "tips-1 1\ntips-2 1\ntips-3 1\ntips-4 1");
        assert_eq!(pages.text(DRAFTS).await.lines().count(), 4);
    }

    async fn a_draft_s_own_button_pressed_twice_at_the_same_time_makes_one_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = Reader { pages: &pages, cookie: lead.cookie.clone() };
        let draft = place(&lead.fill_in(NEW, NEW, &tip("Tips", "save")).await);
        let page = lead.get(&draft).await;
        let sent = filled(&page, &draft, &tip("Tips", "queue"));
        let (one, two) = tokio::join!(lead.post(&draft, &sent), other.post(&draft, &sent));
        for sent in [one, two] {
            assert!(["/desk/items/tips".to_owned(), draft.clone()].contains(&place(&sent)));
        }
        assert_eq!(pages.text(ITEMS).await, "tips 1");
    }

    async fn correcting_or_copying_pressed_twice_begins_one_draft(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for (at, action) in [
            ("/desk/items/aapen", "/desk/items/aapen/correct"),
            ("/desk/items/aapen", "/desk/items/aapen/copy"),
            ("/desk/items", "/desk/items/aapen/copy"),
        ] {
            let page = lead.get(at).await;
            let sent = filled(&page, action, "");
            let first = place(&lead.post(action, &sent).await);
            assert_eq!(place(&lead.post(action, &sent).await), first, "{action}");
        }
        let drafts = pages.text(DRAFTS).await;
        assert_eq!(drafts.lines().filter(|line| line.ends_with("corrects")).count(), 1, "{drafts}");
        assert_eq!(drafts.lines().count(), 3, "{drafts}");
    }

    async fn undoing_pressed_twice_leads_to_the_draft_each_time(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = Reader { pages: &pages, cookie: lead.cookie.clone() };
        let undo = format!("{}/undo", place(&lead.post(NEW, &tip("Tips", "queue")).await));
        let (one, two) = tokio::join!(lead.post(&undo, ""), other.post(&undo, ""));
        for undone in [&one, &two, &lead.post(&undo, "").await] {
            assert!(undone.header("location").ends_with("?done=undone"), "{}", undone.header("location"));
            assert_eq!(place(undone), place(&one));
        }
        assert!(lead.get(one.header("location")).await.body.contains("Ingen har fått den."));
        assert_eq!(pages.text(DRAFTS).await, "new Tips");
    }

    async fn two_drafts_of_one_title_queued_at_the_same_time_make_two_items(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = Reader { pages: &pages, cookie: lead.cookie.clone() };
        for n in 1..=4 {
            let title = format!("Tips {n}");
            let (page, page_of_other) = (lead.get(NEW).await, lead.get(NEW).await);
            let mine = filled(&page, NEW, &tip(&title, "queue"));
            let theirs = filled(&page_of_other, NEW, &(tip(&title, "queue") + "&body=Deres+egen"));
            let (one, two) = tokio::join!(lead.post(NEW, &mine), other.post(NEW, &theirs));
            let mut places = [place(&one), place(&two)];
            places.sort();
            assert_eq!(places, [format!("/desk/items/tips-{n}"), format!("/desk/items/tips-{n}-2")]);
        }
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM item WHERE slug LIKE 'tips%' AND version = 1").await, "8");
    }

    async fn who_goes_back_and_writes_on_is_told_where_it_stands(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get(NEW).await;
        let draft = place(&lead.post(NEW, &filled(&page, NEW, &tip("Tips", "save"))).await);
        let back = lead.post(NEW, &filled(&page, NEW, &tip("Tips, og mer", "save"))).await;
        assert_eq!(back.status, StatusCode::CONFLICT, "{}", back.body);
        assert!(back.body.contains("value=\"Tips, og mer\"") && back.body.contains(&format!("action=\"{draft}\"")), "{}", back.body);
        assert_eq!(place(&lead.post(&draft, &filled(&back, &draft, &tip("Tips, og mer", "save"))).await), draft);
        assert_eq!(pages.text(DRAFTS).await, "new Tips, og mer", "one draft, as it was written last");
        place(&lead.fill_in(&draft, &draft, &tip("Tips, og mer", "queue")).await);
        let late = lead.post(NEW, &filled(&page, NEW, &tip("Tips, og mest", "queue"))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("ble lagt i kø som sak") && late.body.contains("value=\"Tips, og mest\""), "{}", late.body);
        let again = filled(&late, &draft, &tip("Tips, og mest", "save"));
        let correction = place(&lead.post(&draft, &again).await);
        assert_eq!(place(&lead.post(&draft, &again).await), correction, "pressed twice, one correction");
        assert_eq!(pages.text(DRAFTS).await, "taken Tips, og mer\nnew Tips, og mest corrects");
        assert_eq!(pages.text(ITEMS).await, "tips-og-mer 1");
    }

    async fn what_a_page_carries_opens_nobody_else_s_draft(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        place(&lead.fill_in(NEW, NEW, &tip("Tips", "save")).await);
        let token = pages.text("SELECT public_id FROM draft").await;
        let account = crate::desk::seat::add_account(&pages, "leder@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        let mut leader = crate::desk::seat::seat_account(&pages, account, "leder", crate::pages::world::now()).await;
        let sent = format!("token={token}&{}", tip("Annet", "save"));
        assert_eq!(leader.post(NEW, &sent).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(DRAFTS).await, "new Tips");
    }
}
