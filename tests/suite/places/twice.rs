//! A button of people and places pressed twice: one thing is done, and each press is told so.

use axum::http::StatusCode;

use super::{PEOPLE, pages_of, place};
use crate::access::reader::{Reader, filled};
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;

const GROUP: &str = "/desk/groups/health";
const PLACES: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM seat";
const SIRI: &str = "name=Siri+Nes&email=siri%40nav.example&from=2027-03-08&until=";

on_both_databases! {
    async fn opening_a_place_pressed_twice_at_the_same_time_opens_one(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut other = Reader { pages: &pages, cookie: lise.cookie.clone() };
        let before: i64 = pages.text(PLACES).await.parse().unwrap();
        let page = lise.get(GROUP).await;
        let sent = filled(&page, GROUP, "organisation=NAV&position=member");
        let (one, two) = tokio::join!(lise.post(GROUP, &sent), other.post(GROUP, &sent));
        assert!(place(&one).ends_with("?done=opened"));
        assert_eq!(place(&one), place(&two));
        assert_eq!(place(&lise.post(GROUP, &sent).await), place(&one), "and a third time");
        assert_eq!(pages.text(PLACES).await, (before + 1).to_string());
        let leader = filled(&page, GROUP, "organisation=NAV&position=leader");
        assert_ne!(place(&lise.post(GROUP, &leader).await), place(&one), "what is filled in otherwise is another place");
        let anew = lise.fill_in(GROUP, GROUP, "organisation=NAV&position=member").await;
        assert_ne!(place(&anew), place(&one), "and so is a page that is opened anew");
        assert_eq!(pages.text(PLACES).await, (before + 3).to_string());
    }

    async fn giving_a_place_pressed_twice_gives_it_once_and_says_so_twice(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let (path, action) = ("/desk/places/1/welcome", "/desk/places/1/replace");
        let sent = filled(&lise.post(path, SIRI).await, action, SIRI);
        for _ in 0..2 {
            let given = lise.post(action, &sent).await;
            assert!(place(&given).starts_with("/desk/places/1?done=replaced"), "{}", place(&given));
        }
        let holders = "SELECT r.email FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id WHERE h.seat_id = 1 ORDER BY h.id";
        assert_eq!(pages.text(holders).await, "kari@nav.test\nsiri@nav.example");
        let other_days = sent.replace("until=", "until=2027-12-31");
        let refused = lise.post(action, &other_days).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "other days are another wish: {}", refused.body);
        assert_eq!(pages.text(holders).await.lines().count(), 2);
    }

    async fn the_link_to_ones_own_pages_is_mailed_once_in_a_short_while(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut per = seat(&pages, "per@forum.example", PEOPLE).await;
        for _ in 0..2 {
            for lead in [&mut lise, &mut per] {
                assert_eq!(place(&lead.post("/desk/people/1/link", "").await), "/desk/people/1?done=link");
            }
        }
        assert_eq!(pages.text("SELECT kind || ' ' || COALESCE(address, '') FROM notice").await, "sign_in kari@nav.test");
        place(&lise.post("/desk/people/2/link", "").await);
        assert_eq!(pages.text("SELECT COALESCE(address, '') FROM notice ORDER BY id").await, "kari@nav.test\nola@nav.test");
    }
}
