//! What is wrong with a form of these pages stands at its field, and the part that it lies in stays open.

use super::importing::send;
use super::{PEOPLE, is_told_at, pages_of, place, replace};
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;

const PLACE: &str = "/desk/places/1";
const WRONG_DAY: &str = "Dagen kan ikke brukes.";

on_both_databases! {
    async fn what_is_wrong_with_a_place_is_told_at_the_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let unsure = lise.post("/desk/places/1/close", "").await;
        is_told_at(&unsure, "sure", "Kryss av for at du vil det.");
        assert!(unsure.body.contains("<details class=\"sheet discard\" open><summary>Plassen skal bort"), "{}", unsure.body);
        for path in ["welcome", "replace"] {
            let path = format!("{PLACE}/{path}");
            let reversed = lise.post(&path, "name=Siri+Nes&email=siri%40nav.example&from=2027-04-02&until=2027-04-01").await;
            is_told_at(&reversed, "days", WRONG_DAY);
            assert!(reversed.body.contains("value=\"2027-04-02\"") && reversed.body.contains("value=\"siri@nav.example\""), "{}", reversed.body);
            is_told_at(&lise.post(&path, "name=Siri+Nes&email=siri&from=").await, "email", "Skriv en hel e-postadresse");
            let long = format!("name={}&email=siri%40nav.example&from=", "a".repeat(201));
            is_told_at(&lise.post(&path, &long).await, "name", "Skriv et kortere navn. Høyst 200 tegn.");
        }
        let vacated = lise.fill_in(PLACE, "/desk/places/1/vacate", "on=i+morgen").await;
        is_told_at(&vacated, "on", WRONG_DAY);
        let span = lise.fill_in(PLACE, "/desk/places/1/span", "holding=1&from=2027-05-01&until=2027-04-01").await;
        is_told_at(&span, "span", WRONG_DAY);
        assert!(span.body.contains("<details open><summary>Endre dagene"), "{}", span.body);
        place(&replace(&mut lise, PLACE, "name=Siri+Nes&email=siri%40nav.example&from=2027-04-01").await);
        let taken = lise.fill_in(PLACE, "/desk/places/1/span", "holding=1&from=&until=").await;
        is_told_at(&taken, "span", "Siri Nes har plassen fra 1. april");
    }

    async fn what_is_wrong_with_a_person_a_group_or_a_sheet_is_told_at_the_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let unsure = lise.post("/desk/people/1/take-out", "from=2027-03-20").await;
        is_told_at(&unsure, "sure", "Kryss av for at du vil det.");
        assert!(unsure.body.contains("<details class=\"sheet discard\" open>") && unsure.body.contains("value=\"2027-03-20\""), "{}", unsure.body);
        is_told_at(&lise.post("/desk/people/1/take-out", "from=snart&sure=yes").await, "out-from", WRONG_DAY);
        let unknown = lise.post("/desk/groups/health", "organisation=Finnes+ikke&position=deputy").await;
        is_told_at(&unknown, "organisation", "Ingen organisasjon heter akkurat det.");
        is_told_at(&send(&lise, None, &[]).await, "file", "Velg et regneark først.");
        assert!(!lise.get(PLACE).await.body.contains("aria-invalid"), "nothing is wrong before anything is sent");
    }
}
