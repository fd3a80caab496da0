//! The log as it is read.

use treff::ids::RecipientId;

use super::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

on_both_databases! {
    async fn every_change_stands_there_in_plain_words(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        pages.db.store.unsubscribe_recipient(RecipientId(1), "link", now()).await.unwrap();
        let page = lise.get("/desk/log").await.body;
        assert!(page.contains("<b>Konto laget</b>") && page.contains("En kommando på tjeneren"), "{page}");
        assert!(page.contains("<b>Brev stanset eller i gang igjen</b>") && page.contains("Kari &lt;script&gt;"), "{page}");
        let of_kari = lise.get("/desk/log?person=kari@nav.test").await.body;
        assert!(!of_kari.contains("<b>Konto laget</b>") && of_kari.contains("<b>Brev stanset"));
        assert!(lise.get("/desk/log?person=ola@nav.test").await.body.contains("Ingenting passer"));
        assert!(lise.get("/desk/log?action=account.added").await.body.contains("<b>Konto laget</b>"));
        assert!(lise.get("/desk/log?until=2020-01-01").await.body.contains("Ingenting passer"));
    }

    async fn a_page_that_no_recipient_used_is_not_theirs(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        pages.db.store.unsubscribe_recipient(RecipientId(1), "link", now()).await.unwrap();
        let of_kari = lise.get("/desk/log?person=kari@nav.test").await.body;
        assert!(of_kari.contains("Mottakeren selv"), "{of_kari}");
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (0, 'page', 'link.used', 'link:99')").await;
        let of_accounts = lise.get("/desk/log?action=link.used").await.body;
        assert!(of_accounts.matches("Noen på en av sidene").count() > 1 && !of_accounts.contains("Mottakeren selv"), "{of_accounts}");
    }

    async fn what_was_asked_for_at_a_door_and_its_link_are_called_so(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (0, 'page', 'knock.heard', 'knock:71'), (0, 'page', 'link.made', 'link:72')").await;
        for (action, told, raw) in [("knock.heard", "Forespørsel 71", "knock:71"), ("link.made", "Lenke 72", "link:72")] {
            let page = lise.get(&format!("/desk/log?action={action}")).await.body;
            assert!(page.contains(told) && !page.contains(raw), "{page}");
        }
    }

    async fn what_a_command_did_is_told_and_found_as_a_commands(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (0, 'treff item add', 'item.added', 'item:ny'), (0, 'edition', 'item.changed', 'item:gammel')").await;
        for (asked, there, not) in [("command", "item:ny", "item:gammel"), ("worker", "item:gammel", "item:ny")] {
            let page = lise.get(&format!("/desk/log?who={asked}")).await.body;
            assert!(page.contains(there) && !page.contains(not), "{asked}: {page}");
        }
        let added = lise.get("/desk/log?action=item.added").await.body;
        let line = added.split("item:ny").nth(1).unwrap().split("</li>").next().unwrap();
        assert!(line.contains("En kommando på tjeneren") && !line.contains("Utsenderen"), "{added}");
    }

    async fn old_rows_are_paged_and_carry_what_was_asked(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        for _ in 0..101 {
            lise.post("/desk/account/language", "language=nb").await;
        }
        let first = lise.get("/desk/log?action=account.language").await.body;
        assert_eq!(first.matches("<b>Språk ved").count(), 100);
        let from = first.find("/desk/log?action=account.language&amp;before=").expect("a way to older ones");
        let older: String = first[from..].chars().take_while(|c| *c != '"').collect();
        assert_eq!(lise.get(&older.replace("&amp;", "&")).await.body.matches("<b>Språk ved").count(), 1);
    }

    async fn it_is_taken_along_as_a_sheet_and_for_programs(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (0, 'page', '=cmd', '@SUM(A1)')").await;
        let sheet = lise.get("/desk/log/export.csv").await;
        assert_eq!(sheet.header("content-disposition"), "attachment; filename=\"log.csv\"");
        assert_eq!(sheet.header("cache-control"), "no-store");
        assert!(sheet.body.contains(";'=cmd;'@SUM(A1);"), "{}", sheet.body);
        let json: serde_json::Value = serde_json::from_str(&lise.get("/desk/log/export.json?action=account.added").await.body).unwrap();
        assert_eq!(json["changes"][0]["after"]["rights"], serde_json::json!(["administer"]));
        assert_eq!(json["changes"].as_array().unwrap().len(), 1);
    }

    async fn what_stood_in_a_persons_rows_is_for_who_keeps_the_peoples_pages(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO change (changed_at, actor, action, subject, recipient_id, before, after) VALUES
            (0, 'command', 'recipient.imported', 'recipient:1', 1, '{"was":"fjellforbundet"}', '{"seats":[{"represents":"fjellforbundet"}]}')"#).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        let mut keeper = seat(&pages, "keeper@forum.example", r#"["administer","people"]"#).await;
        for path in ["/desk/log?", "/desk/log/export.csv?", "/desk/log/export.json?"] {
            let path = format!("{path}action=recipient.imported");
            let told = lise.get(&path).await.body;
            assert!(told.contains("recipient.imported") || told.contains("Kari &lt;script&gt;"), "that it was done: {told}");
            assert!(!told.contains("fjellforbundet"), "{told}");
            assert!(keeper.get(&path).await.body.contains("fjellforbundet"), "{path}");
        }
        let own = lise.get("/desk/log?action=account.added").await.body;
        assert!(own.contains("administer"), "what is of no recipient stands whole: {own}");
    }
}
