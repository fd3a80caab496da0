//! Two leads change who has a place at once: nothing that one of them did is lost by the other's page.

use axum::http::StatusCode;

use super::{PEOPLE, pages_of, place, replace};
use crate::access::reader::filled;
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;

const PLACE: &str = "/desk/places/1";
const HOLDINGS: &str = "SELECT r.email || ' ' || COALESCE(CAST(h.starts_at AS TEXT), '-') || ' ' || COALESCE(CAST(h.ends_at AS TEXT), '-')
                        FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id ORDER BY h.id";
const SIRI: &str = "name=Siri+Nes&email=siri%40nav.example&from=2027-04-01&until=";
const OLA: &str = "name=Ola&email=ola%40nav.test&from=2027-05-01&until=";

on_both_databases! {
    async fn who_replaces_a_holder_from_an_old_page_is_told_and_shown_who_has_it(db: Database) {
        let pages = pages_of(db).await;
        let (mut lise, mut per) = (seat(&pages, LISE, PEOPLE).await, seat(&pages, "per@forum.example", PEOPLE).await);
        let stale = per.post("/desk/places/1/welcome", OLA).await;
        place(&replace(&mut lise, PLACE, SIRI).await);
        let stands = pages.text(HOLDINGS).await;
        let late = per.post("/desk/places/1/replace", &filled(&stale, "/desk/places/1/replace", OLA)).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("Noen andre har endret hvem som har plassen") && late.body.contains("Siri Nes"), "{}", late.body);
        assert!(late.body.contains("value=\"ola@nav.test\"") && late.body.contains("value=\"2027-05-01\""), "what was typed stays");
        assert_eq!(pages.text(HOLDINGS).await, stands);
        place(&replace(&mut per, PLACE, OLA).await);
        assert!(pages.text(HOLDINGS).await.contains("ola@nav.test"), "who looked again may");
    }

    async fn who_vacates_or_ends_a_place_from_an_old_page_is_told(db: Database) {
        let pages = pages_of(db).await;
        let (mut lise, mut per) = (seat(&pages, LISE, PEOPLE).await, seat(&pages, "per@forum.example", PEOPLE).await);
        let stale = per.get(PLACE).await;
        place(&replace(&mut lise, PLACE, SIRI).await);
        let stands = pages.text(HOLDINGS).await;
        for (path, form) in [("/desk/places/1/vacate", "on=2027-03-20"), ("/desk/places/1/close", "sure=yes")] {
            let late = per.post(path, &filled(&stale, path, form)).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{path}: {}", late.body);
            assert!(late.body.contains("Noen andre har endret hvem som har plassen"), "{}", late.body);
            assert_eq!(late.body.contains("value=\"2027-03-20\""), path.ends_with("vacate"), "{}", late.body);
        }
        assert_eq!(pages.text(HOLDINGS).await, stands);
        let vacate = "/desk/places/1/vacate";
        place(&per.fill_in(PLACE, vacate, "on=").await);
        assert!(!pages.text(HOLDINGS).await.contains("siri@nav.example"));
        assert_eq!(place(&per.post(vacate, "on=").await), "/desk/places/1?done=vacated", "pressed twice, it is vacant");
    }

    async fn days_changed_from_an_old_page_change_nothing(db: Database) {
        let pages = pages_of(db).await;
        let (mut lise, mut per) = (seat(&pages, LISE, PEOPLE).await, seat(&pages, "per@forum.example", PEOPLE).await);
        let (stale, span) = (per.get(PLACE).await, "/desk/places/1/span");
        let summer = "holding=1&from=&until=2027-06-30";
        place(&lise.fill_in(PLACE, span, summer).await);
        let stands = pages.text(HOLDINGS).await;
        assert_eq!(place(&per.post(span, &filled(&stale, span, summer)).await), "/desk/places/1?done=span", "it is so already");
        let late = per.post(span, &filled(&stale, span, "holding=1&from=&until=2027-12-31")).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("til og med 30. juni") && late.body.contains("value=\"2027-12-31\""), "{}", late.body);
        assert_eq!(pages.text(HOLDINGS).await, stands);
        let gone = per.post(span, &filled(&stale, span, "holding=77&from=&until=")).await;
        assert_eq!(gone.status, StatusCode::CONFLICT, "who is to have other days has it no more");
    }

    async fn days_that_another_has_are_refused_with_who_and_when(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        place(&replace(&mut lise, PLACE, SIRI).await);
        let (span, stands) = ("/desk/places/1/span", pages.text(HOLDINGS).await);
        for (wished, who) in [("holding=1&from=&until=2027-04-01", "Siri Nes har plassen fra 1. april"), ("holding=1&from=&until=", "Siri Nes har plassen fra 1. april")] {
            let refused = lise.fill_in(PLACE, span, wished).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wished}: {}", refused.body);
            assert!(refused.body.contains(who), "{wished}: {}", refused.body);
            assert_eq!(pages.text(HOLDINGS).await, stands);
        }
        let second = pages.text("SELECT CAST(MAX(id) AS TEXT) FROM seat_holder").await;
        let earlier = lise.fill_in(PLACE, span, &format!("holding={second}&from=2027-03-31&until=")).await;
        assert_eq!(earlier.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(earlier.body.contains("har plassen til og med 31. mars") && earlier.body.contains("value=\"2027-03-31\""), "{}", earlier.body);
        place(&lise.fill_in(PLACE, span, "holding=1&from=&until=2027-03-20").await);
        place(&lise.fill_in(PLACE, span, &format!("holding={second}&from=2027-03-21&until=")).await);
    }
}
