//! What the desk says of an address that leads nowhere, or not for this account: with its own ways around it.

use axum::http::StatusCode;

use super::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::Pages;

const PEOPLE: &str = r#"["people"]"#;
const WAY: &str = "<a href=\"/desk/people\"";
const READERS: &str = "Åpne den fra brevet en gang til";

on_both_databases! {
    async fn a_wrong_address_at_the_desk_stands_among_its_ways(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        // Addresses that cannot be read lead nowhere, too: nobody sent a form.
        let unreadable = ["/desk/people/abc", "/desk/groups/%ff"];
        for path in ["/desk/finnes-ikke", "/desk/people/999", "/desk/places/999", "/desk/groups/borte"].into_iter().chain(unreadable) {
            let refused = lise.get(path).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
            assert!(refused.body.contains("Bruk menyen for å komme videre.") && refused.body.contains(WAY), "{path}: {}", refused.body);
            assert!(!refused.body.contains(READERS), "{path}: {}", refused.body);
        }
        let shut = lise.get("/desk/settings").await;
        assert_eq!(shut.status, StatusCode::FORBIDDEN);
        assert!(shut.body.contains("Denne siden er ikke for kontoen din") && shut.body.contains(WAY), "{}", shut.body);
        let posted = lise.post("/desk/places", "").await;
        assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(posted.body.contains(WAY) && posted.header("allow").contains("GET"), "{}", posted.body);
    }

    async fn who_is_not_signed_in_is_shown_nothing_of_the_desk(db: Database) {
        let pages = Pages::over(db).await;
        let refused = pages.get("/desk/finnes-ikke").await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert!(refused.body.contains(READERS) && !refused.body.contains(WAY), "{}", refused.body);
        assert!(refused.body.contains("<a href=\"/?lang=nb\">"), "the forum's name leads to its front page: {}", refused.body);
    }

    async fn pages_of_the_desk_lead_back_up(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["administer"]"#).await;
        for (path, up) in [("/desk/settings/record", "<p class=\"up\"><a href=\"/desk/settings\">"), ("/desk/account/password", "<p class=\"up\"><a href=\"/desk/account\">")] {
            let page = lise.get(path).await.body;
            assert!(page.contains(up), "{path}: {page}");
        }
    }
}
