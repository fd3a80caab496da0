//! What was learned is told in plain words, can be forgotten, and can be switched off.

use super::path;
use crate::on_both_databases;
use crate::pages::world::{PUBLIC_ITEM, Pages};

on_both_databases! {
    async fn what_taps_taught_is_told_and_forgotten(db: Database) {
        let pages = Pages::over(db).await;
        assert!(pages.get(&path("preferences")).await.body.contains("Ikke noe ennå. Vi lærer bare"));
        pages.post(&path(&format!("item/{PUBLIC_ITEM}/not-for-me")), "").await;
        let page = pages.get(&path("preferences")).await.body;
        assert!(page.contains("<li>Du vil sjeldnere ha artikler.</li>"));
        assert!(page.contains("<li>Du vil sjeldnere ha saker om helse &lt;script&gt;"));
        assert!(page.contains("Svarene dine slettes etter 90 dager."));
        let forgotten = pages.post(&path("preferences/learning"), "learning=forget").await.body;
        assert!(forgotten.contains("Det vi hadde lært, er slettet.") && !forgotten.contains("Du vil sjeldnere"));
        assert_eq!(pages.text("SELECT answer FROM tap").await, "");
    }

    async fn switched_off_nothing_is_kept_and_the_page_says_so(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path("miss"), "").await;
        let off = pages.post(&path("preferences/learning"), "learning=off").await.body;
        assert!(off.contains("Nå lærer vi ikke av svarene dine.") && off.contains("Lær av svarene mine"));
        assert!(!off.contains("slettes etter"), "what is not kept is not deleted: {off}");
        for question in ["hit", "miss"] {
            let asked = pages.get(&path(question)).await.body;
            assert!(asked.contains("så svaret blir ikke lagret") && !asked.contains("bare til å velge bedre saker"), "{asked}");
        }
        let answered = pages.post(&path("hit"), "").await.body;
        assert!(answered.contains("så svaret er ikke lagret"));
        let item = pages.post(&path(&format!("item/{PUBLIC_ITEM}/not-for-me")), "").await.body;
        assert!(item.contains("så svaret er ikke lagret") && !item.contains("not-for-me/undo"));
        assert_eq!(pages.text("SELECT answer FROM tap").await, "");
        assert_eq!(pages.text("SELECT state FROM delivery").await, "accepted", "it has arrived all the same");
        pages.post(&path("preferences/learning"), "learning=on").await;
        assert!(pages.get(&path("hit")).await.body.contains("bare til å velge bedre saker"));
        pages.post(&path("hit"), "").await;
        assert_eq!(pages.text("SELECT answer FROM tap").await, "hit");
    }

    async fn a_wish_that_is_none_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for form in ["", "learning=maybe"] {
            assert!(pages.post(&path("preferences/learning"), form).await.status.is_client_error());
        }
        assert_eq!(pages.dump().await, before);
    }
}
