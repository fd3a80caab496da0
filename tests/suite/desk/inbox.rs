//! The inbox of the embedded default at the desk: for who administers, and every look into a mail is logged.

use axum::http::StatusCode;

use super::seat::{LISE, add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::inbox::{lay_letter, lay_note};
use crate::pages::world::{Pages, now};

const ADMINISTER: &str = r#"["administer"]"#;
const VIEWS: &str = "SELECT actor || ' ' || subject FROM change WHERE action = 'letter.viewed' ORDER BY id";

/// The files of the mailbox, as they lie.
fn list_mailbox(pages: &Pages) -> Vec<String> {
    let files = std::fs::read_dir(pages.db.path("outbox/new")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().path().display().to_string()).collect();
    names.sort();
    names
}

on_both_databases! {
    async fn who_administers_reads_what_lies_on_this_machine_and_the_log_says_so(db: Database) {
        let pages = Pages::over(db).await;
        lay_letter(&pages);
        let files = list_mailbox(&pages);
        let mut lise = seat(&pages, LISE, ADMINISTER).await;
        let today = lise.get("/desk").await.body;
        assert!(today.contains("legges i en mappe på denne maskinen. <a href=\"/desk/inbox\">Innboks</a>"), "{today}");
        let list = lise.get("/desk/inbox").await.body;
        assert!(list.contains("Ukebrev, mandag 8. mars") && list.contains("<a href=\"/desk/inbox/letter/7\">Kari &lt;script&gt;"), "{list}");
        assert!(list.contains("4 saker") && !list.contains("Frist fredag"), "what stands in a letter is behind the button: {list}");
        let closed = lise.get("/desk/inbox/letter/7?view=text").await.body;
        assert!(closed.contains("blir skrevet i loggen") && !closed.contains("Frist fredag") && !closed.contains("Hei"), "{closed}");
        assert_eq!(lise.get("/desk/inbox/letter/7/frame").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(VIEWS).await, "");
        let opened = lise.post("/desk/inbox/letter/7", "").await;
        assert_eq!(opened.header("location"), "/desk/inbox/letter/7");
        assert_eq!(pages.text(VIEWS).await, "account:1 recipient:1");
        let shown = lise.get("/desk/inbox/letter/7").await.body;
        assert!(shown.contains("Frist fredag: læreplasser") && shown.contains("src=\"/desk/inbox/letter/7/frame\""), "{shown}");
        assert!(lise.get("/desk/inbox/letter/7/frame").await.header("content-security-policy").contains("sandbox"));
        assert!(lise.get("/desk/inbox/letter/7?view=text").await.body.contains("Hei &lt;script&gt;"));
        assert!(lise.get("/desk/inbox/letter/7?view=source").await.body.contains("Subject: =?utf-8?Q?Frist_fredag"));
        assert_eq!(list_mailbox(&pages), files, "reading moves no mail");
        let other = add_account(&pages, "other@forum.example", ADMINISTER, &[]).await;
        let mut other = seat_account(&pages, other, "other", now()).await;
        assert!(!other.get("/desk/inbox/letter/7").await.body.contains("Frist fredag"), "another's look opens nothing");
    }

    async fn short_mails_are_opened_in_the_same_way_whoever_they_went_to(db: Database) {
        let pages = Pages::over(db).await;
        lay_letter(&pages);
        lay_note(&pages);
        let note = std::fs::read_to_string(pages.db.path("outbox/new/notice-8-mark:2,S")).unwrap();
        std::fs::write(pages.db.path("outbox/new/notice-9"), note.replace("ola@nav.test", "lise@forum.example")).unwrap();
        let mut lise = seat(&pages, LISE, ADMINISTER).await;
        let list = lise.get("/desk/inbox").await.body;
        assert!(list.contains("<a href=\"/desk/inbox/note/8\">Lenken din</a><span>ola@nav.test</span>"), "{list}");
        for number in [8, 9] {
            let path = format!("/desk/inbox/note/{number}");
            assert!(!lise.get(&path).await.body.contains("Hei"), "{path}");
            assert_eq!(lise.get(&format!("{path}/frame")).await.status, StatusCode::NOT_FOUND);
            lise.post(&path, "").await;
            assert!(lise.get(&format!("{path}?view=text")).await.body.contains("Hei &lt;script&gt;"), "{path}");
            assert_eq!(lise.get(&format!("{path}/frame")).await.status, StatusCode::OK);
        }
        assert_eq!(pages.text(VIEWS).await, "account:1 recipient:2\naccount:1 notice:9");
        let log = lise.get("/desk/log?action=letter.viewed").await.body;
        assert!(log.contains("Så på noens brev") && log.contains("Ola Nordmann"), "{log}");
        for path in ["/desk/inbox/letter/99", "/desk/inbox/note/7", "/desk/inbox/x/7"] {
            assert_eq!(lise.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(lise.post(path, "").await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(pages.text(VIEWS).await.lines().count(), 2, "nobody looks into what is not there");
    }

    async fn it_is_there_only_where_letters_stay_and_for_who_administers(db: Database) {
        let pages = Pages::with_settings(db, "relay_url = \"smtp://127.0.0.1:2525?tls=none\"\n", "").await;
        let mut lise = seat(&pages, LISE, ADMINISTER).await;
        for path in ["/desk/inbox", "/desk/inbox/letter/7", "/inbox"] {
            assert_eq!(lise.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(!lise.get("/desk").await.body.contains("/desk/inbox"));
        let here = Pages::over(crate::harness::Database::create(crate::harness::Engine::Sqlite).await).await;
        let mut writer = seat(&here, LISE, r#"["write","approve","send","people"]"#).await;
        assert_eq!(writer.get("/desk/inbox").await.status, StatusCode::FORBIDDEN);
        assert!(!writer.get("/desk").await.body.contains("/desk/inbox"));
    }
}
