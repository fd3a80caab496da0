//! Who has left is told so on their own pages, and finds the way to letters there.

use super::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{Pages, letter_token, unsubscribe_token};

const STATUS: &str = "SELECT status FROM recipient WHERE id = 1";

fn undo() -> String {
    format!("/u/{}/undo", unsubscribe_token())
}

on_both_databases! {
    async fn who_has_left_is_told_so_and_comes_back_with_one_press(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        assert!(kari.get("/me").await.body.contains("Meld av"));
        assert!(!kari.get("/me").await.body.contains("Få brevene igjen"));
        pages.post(&format!("/u/{}", unsubscribe_token()), "confirm=yes").await;
        let me = kari.get("/me").await.body;
        assert!(me.contains("Du er meldt av og får ingen brev.") && !me.contains("Meld av"), "{me}");
        let letters = format!("/l/{}/preferences", letter_token());
        for page in [me, kari.get("/me/preferences").await.body, kari.get(&letters).await.body] {
            let form = format!("action=\"{}\"><button class=\"btn ghost\">Få brevene igjen</button>", undo());
            assert!(page.contains("Du er meldt av og får ingen brev.") && page.contains(&form), "{page}");
            assert!(!page.contains("Meld av alle brev"), "{page}");
        }
        let back = kari.post(&undo(), "").await.body;
        assert!(back.contains("Du får brevet igjen") && back.contains("<a href=\"/me\">Dine sider</a>"), "{back}");
        assert_eq!(pages.text(STATUS).await, "active");
        assert!(kari.get("/me").await.body.contains("Meld av"));
    }

    async fn whose_letters_were_stopped_before_they_left_signs_up_anew(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        pages.run("UPDATE recipient SET status = 'suspended', status_cause = 'complaint' WHERE id = 1").await;
        let left = pages.post(&format!("/u/{}", unsubscribe_token()), "confirm=yes").await.body;
        for page in [left, kari.get("/me").await.body, kari.get("/me/preferences").await.body] {
            assert!(page.contains("href=\"/sign-up?lang=nb\">Få brevene igjen</a>"), "{page}");
            assert!(!page.contains(&undo()), "{page}");
        }
    }
}
