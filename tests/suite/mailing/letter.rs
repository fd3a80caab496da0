//! Stories of one person's letter: looked into, with a line in the log, and tried out on oneself.

use axum::http::StatusCode;
use chrono::TimeDelta;

use super::town::{LEAD, next_monday, queue, run_weekly, town};
use crate::access::reader::filled;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

/// The messages in the mailbox folder, as text.
fn read_mailbox(pages: &Pages) -> Vec<(String, String)> {
    let Ok(files) = std::fs::read_dir(pages.db.path("outbox").join("new")) else { return Vec::new() };
    let read = files.map(|file| {
        let file = file.unwrap();
        (file.file_name().into_string().unwrap(), std::fs::read_to_string(file.path()).unwrap())
    });
    read.collect()
}

/// What a letter says, without what differs from one to the other by nature.
fn body_of(mail: &str) -> String {
    mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap().body_text(0).unwrap().into_owned()
}

on_both_databases! {
    async fn looking_into_a_letter_is_written_down_first(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let found = lead.get("/desk/mailing/letter?q=ola").await.body;
        assert!(found.contains("Ola Nordmann") && found.contains("action=\"/desk/mailing/letter/2\"") && !found.contains("Kari"), "{found}");
        let before = lead.get("/desk/mailing/letter/2").await.body;
        assert!(!before.contains("iframe") && before.contains("blir skrevet i loggen"), "{before}");
        assert_eq!(lead.get("/desk/mailing/letter/2/frame").await.status, StatusCode::NOT_FOUND);
        const VIEWS: &str = "SELECT actor || ' ' || subject FROM change WHERE action = 'letter.viewed'";
        assert_eq!(pages.text(VIEWS).await, "", "looking for somebody is no look into their letter");
        let viewed = lead.post("/desk/mailing/letter/2", "").await;
        assert_eq!(viewed.header("location"), "/desk/mailing/letter/2");
        assert_eq!(pages.text(VIEWS).await, "account:1 recipient:2");
        let page = lead.get("/desk/mailing/letter/2").await.body;
        assert!(page.contains("src=\"/desk/mailing/letter/2/frame\"") && page.contains("For alle") && page.contains("mandag 15. mars kl. 7.30"), "{page}");
        let frame = lead.get("/desk/mailing/letter/2/frame").await;
        assert!(frame.body.contains("For alle") && frame.body.contains("Ola Nordmann"), "{}", frame.body);
        assert!(frame.header("content-security-policy").contains("sandbox") && frame.header("content-security-policy").contains("default-src 'none'"));
        let log = lead.get("/desk/log?action=letter.viewed").await.body;
        assert!(log.contains("Så på noens brev") && log.contains("Ola Nordmann"), "{log}");
    }

    async fn another_accounts_look_and_an_old_one_open_nothing(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        lead.post("/desk/mailing/letter/2", "").await;
        let other = add_account(&pages, "other@forum.example", LEAD, &[]).await;
        let mut other = seat_account(&pages, other, "other", now()).await;
        assert!(!other.get("/desk/mailing/letter/2").await.body.contains("iframe"));
        assert_eq!(other.get("/desk/mailing/letter/2/frame").await.status, StatusCode::NOT_FOUND);
        let store = &pages.db.store;
        let id = treff::ids::RecipientId(2);
        assert!(store.has_viewed("account:1", id, now()).await.unwrap());
        assert!(!store.has_viewed("account:1", id, now() + TimeDelta::seconds(1)).await.unwrap());
        assert_eq!(lead.post("/desk/mailing/letter/99", "").await.status, StatusCode::NOT_FOUND);
    }

    async fn what_was_seen_is_what_is_sent_but_for_its_links(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE recipient SET language = 'nn' WHERE id = 2").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        lead.post("/desk/mailing/letter/2", "").await;
        let page = lead.get("/desk/mailing/letter/2?view=text").await.body;
        let seen = page.split("<pre class=\"mail\" lang=\"nn\" tabindex=\"0\">").nth(1).unwrap().split("</pre>").next().unwrap();
        run_weekly(&pages, next_monday()).await;
        let sent = read_mailbox(&pages).into_iter().map(|(_, mail)| mail).find(|mail| mail.contains("ola@nav.test")).unwrap();
        let plain = |text: &str| -> Vec<String> {
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'");
            let lines = text.lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty() && !line.contains("https://")).collect()
        };
        assert_eq!(plain(seen), plain(&body_of(&sent)));
        assert!(plain(seen).iter().any(|line| line.contains("For alle")), "{seen}");
    }

    async fn a_test_letter_comes_to_oneself_and_its_links_are_dead(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let sent = lead.post("/desk/mailing/letter/2/test", "").await;
        assert_eq!(sent.header("location"), "/desk/mailing/letter/2?test=sent");
        let mailbox = read_mailbox(&pages);
        let (name, mail) = &mailbox[0];
        assert!(name.starts_with("test-") && mailbox.len() == 1);
        assert!(mail.contains("To: lead@forum.example") && mail.contains("Subject: [Test] ") && !mail.contains("ola@nav.test"), "{mail}");
        let token = body_of(mail).split("/u/").nth(1).unwrap().chars().take(43).collect::<String>();
        assert_eq!(pages.get(&format!("/u/{token}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM delivery WHERE id <> 7").await, "0", "nothing of it is in the ledger");
        assert!(lead.get("/desk/mailing/letter/2?test=sent").await.body.contains("Prøvebrevet er sendt til lead@forum.example."));
    }

    async fn a_test_letter_asked_for_twice_by_one_page_is_one(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        lead.post("/desk/mailing/letter/2", "").await;
        let action = "/desk/mailing/letter/2/test";
        let sent = filled(&lead.get("/desk/mailing/letter/2").await, action, "");
        for _ in 0..2 {
            assert_eq!(lead.post(action, &sent).await.header("location"), "/desk/mailing/letter/2?test=sent");
        }
        assert_eq!(read_mailbox(&pages).len(), 1);
        lead.fill_in("/desk/mailing/letter/2", action, "").await;
        assert_eq!(read_mailbox(&pages).len(), 2, "a page that is opened anew sends another");
    }

    async fn who_gets_no_letter_is_told_so(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        lead.post("/desk/mailing/letter/2", "").await;
        let page = lead.get("/desk/mailing/letter/2").await.body;
        assert!(page.contains("Det kommer ikke noe brev mandag 15. mars kl. 7.30: Ingenting nytt passer."), "{page}");
        pages.run("UPDATE recipient SET status = 'suspended' WHERE id = 2").await;
        assert!(lead.get("/desk/mailing/letter/2").await.body.contains("Denne mottakeren får ikke brev."));
        assert_eq!(lead.post("/desk/mailing/letter/2/test", "").await.header("location"), "/desk/mailing/letter/2?test=none");
    }
}
