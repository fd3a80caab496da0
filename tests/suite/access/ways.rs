//! The ways to a person's own pages, and to getting letters, stand where people come by.

use axum::http::StatusCode;

use super::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{Pages, letter_token, unsubscribe_token};

fn leads_to(body: &str, path: &str) -> bool {
    body.contains(&format!("href=\"{path}\""))
}

on_both_databases! {
    async fn public_pages_lead_to_signing_up_and_to_ones_own_link(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/", "/public", "/feeds", "/privacy"] {
            let page = pages.get(path).await.body;
            assert!(leads_to(&page, "/sign-up?lang=nb") && leads_to(&page, "/link?lang=nb"), "{path}: {page}");
        }
        let page = pages.get("/privacy?lang=nn").await.body;
        assert!(page.contains(">Få breva</a>") && page.contains(">Få lenkja di</a>"), "{page}");
        assert!(leads_to(&pages.get("/sign-up").await.body, "/link?lang=nb"));
        let link = pages.get("/link?lang=nn").await.body;
        assert!(leads_to(&link, "/sign-up?lang=nn") && link.contains("action=\"/link?lang=nn\""), "{link}");
        assert!(pages.post("/link?lang=nn", "email=kari@nav.test").await.body.contains("<html lang=\"nn\""));
    }

    async fn pages_of_a_letter_lead_to_ones_own_pages(db: Database) {
        let pages = Pages::over(db).await;
        let own = format!("/l/{}/link", letter_token());
        for path in ["preferences", "privacy"] {
            let page = pages.get(&format!("/l/{}/{path}", letter_token())).await.body;
            assert!(page.contains(&format!("href=\"{own}\">Dine sider</a>")), "{path}: {page}");
        }
        let leaving = format!("/u/{}", unsubscribe_token());
        assert!(leads_to(&pages.get(&leaving).await.body, "/link?lang=nb"));
        assert!(leads_to(&pages.post(&leaving, "").await.body, "/link?lang=nb"));
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        assert!(!kari.get("/me/preferences").await.body.contains("/link\">"), "there the way stands in the head");
    }

    async fn a_letters_way_goes_straight_on_at_the_persons_own_device(db: Database) {
        let pages = Pages::over(db).await;
        let own = format!("/l/{}/link", letter_token());
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        for (asked, led) in [
            (own.clone(), "/me"),
            (format!("{own}?next=/me/items%3Fgroup%3Dhealth"), "/me/items?group=health"),
            (format!("{own}?next=https://evil.example"), "/me"),
            (format!("{own}?next=//evil.example"), "/me"),
        ] {
            let on = kari.get(&asked).await;
            assert_eq!((on.status, on.header("location")), (StatusCode::SEE_OTHER, led), "{asked}");
        }
        let mut ola = Reader::signed_in(&pages, "ola@nav.test", 2).await;
        let asked = ola.get(&own).await;
        assert_eq!(asked.status, StatusCode::OK, "a letter that was forwarded opens nothing of who forwards it");
        assert!(asked.body.contains("<strong>k***@nav.test</strong>"));
    }
}
