//! Replacing a holder, and what else happens to places.

use axum::http::StatusCode;
use treff::ids::RecipientId;
use treff::token::Keys;

use super::{PEOPLE, pages_of, place, replace};
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::{KEY, now};

const HOLDERS: &str =
    "SELECT CAST(h.seat_id AS TEXT) || ' ' || r.email || CASE WHEN h.ends_at IS NULL THEN '' ELSE ' over' END
                       FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id ORDER BY h.id";
const SIRI: &str = "name=Siri++Nes&email=Siri%40nav.example&from=2027-03-08&until=";

on_both_databases! {
    async fn a_holder_is_replaced_in_two_clicks_with_the_welcome_letter_between(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let group = lise.get("/desk/groups/health").await.body;
        assert!(group.contains("/desk/places/1") && group.contains("Kari &lt;script&gt;"), "{group}");
        let before = pages.dump().await;
        let shown = lise.post("/desk/places/1/welcome", SIRI).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        let shown_text = shown.body.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["Siri Nes er ny her", "ikke plassen lenger.", "Velkomstbrev: dette overtar du", "Hemmelig tittel", "Kilde: prosjektledelsen i forumet, som har lagt deg inn.", "mandag 15. mars"] {
            assert!(shown_text.contains(said), "{said} in {}", shown.body);
        }
        assert!(pages.dump().await == before, "looking at it changes nothing");
        let replaced = replace(&mut lise, "/desk/places/1", SIRI).await;
        assert_eq!(place(&replaced), "/desk/places/1?done=replaced");
        let told = lise.get(place(&replaced)).await.body;
        assert!(told.contains("Plassen er gitt. Velkomstbrevet går med neste utsending."), "{told}");
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test over\n1 siri@nav.example");
        let row = "SELECT name || '|' || status || '|' || cadence || '|' || CAST(organisation_id AS TEXT) || '|' || b.basis || '|' || b.source
                   FROM recipient r JOIN legal_basis b ON b.recipient_id = r.id WHERE email = 'siri@nav.example'";
        assert_eq!(pages.text(row).await, "Siri Nes|active|weekly|1|public_task|");
        let log = "SELECT action FROM change WHERE actor = 'account:1' AND action LIKE '%e%t.%e%' ORDER BY id";
        assert_eq!(pages.text(log).await, "seat.vacated\nrecipient.added\nseat.taken");
        let page = lise.get("/desk/places/1").await.body;
        assert!(page.contains("Siri Nes") && page.contains("Har hatt plassen"), "{page}");
    }

    async fn the_letter_is_shown_as_a_mail_program_does_to_who_looked_and_for_a_while(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut per = seat(&pages, "per@forum.example", PEOPLE).await;
        let shown = lise.post("/desk/places/1/welcome", SIRI).await.body;
        let frame = shown.split("<iframe class=\"mail\" src=\"").nth(1).unwrap_or_else(|| panic!("{shown}"));
        let frame = frame.split('"').next().unwrap().to_owned();
        assert!(frame.starts_with("/desk/places/1/welcome/") && !frame.contains("siri"), "no address in an address: {frame}");
        assert!(shown.contains("<details><summary>Bare tekst</summary><pre class=\"mail\""), "{shown}");
        let letter = lise.get(&frame).await;
        assert_eq!(letter.status, StatusCode::OK);
        assert!(letter.body.contains("<html") && letter.body.contains("Hemmelig tittel"), "{}", letter.body);
        assert!(letter.header("content-security-policy").contains("sandbox"));
        assert_eq!(per.get(&frame).await.status, StatusCode::NOT_FOUND, "it was shown to somebody else");
        assert_eq!(lise.get("/desk/places/1/welcome/x").await.status, StatusCode::NOT_FOUND);
    }

    async fn the_letter_that_was_shown_is_the_letter_that_is_planned(db: Database) {
        let pages = pages_of(db).await;
        // Who comes after Kari works where she does, so this is theirs, and the other is not.
        pages.run("UPDATE item_version SET audience = 'kind-of-org:state' WHERE item_id = 6").await;
        pages.run("UPDATE item_version SET audience = 'kind-of-org:other' WHERE item_id = 5").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/places/1/welcome", SIRI).await.body;
        place(&replace(&mut lise, "/desk/places/1", SIRI).await);
        let at: chrono::DateTime<chrono::Utc> = "2027-03-15T06:30:00Z".parse().unwrap();
        let planned = treff::pipeline::preview_edition(&pages.db.store, treff::forum::Cadence::Weekly, None, at - chrono::TimeDelta::minutes(1)).await.unwrap();
        let digest = planned.digests.iter().find(|digest| digest.recipient == "siri@nav.example").expect("a letter");
        let items: Vec<&str> = digest.items.iter().map(|item| item.item.as_str()).collect();
        assert!(items.contains(&"andres") && !items.contains(&"neste"), "{items:?}");
        for (slug, title) in [("hemmelig", "Hemmelig tittel"), ("samling", "Samling for forumet"), ("neste", "Neste tittel"), ("andres", "Andres tittel"), ("aapen", "Åpen sak")] {
            let carried = digest.carried_over.iter().any(|own| own == slug);
            assert_eq!(shown.contains(title), items.contains(&slug) || carried, "{slug}: {items:?}");
        }
    }

    async fn somebody_known_takes_a_place_and_keeps_what_they_chose(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let ola = "name=Annet+navn&email=ola%40nav.test&from=";
        let shown = lise.post("/desk/places/1/welcome", ola).await.body;
        assert!(shown.contains("Ola Nordmann er her allerede") && shown.contains("<p class=\"title\">Ola Nordmann</p>"), "{shown}");
        assert!(shown.contains("Adressen hører til Ola Nordmann. Navnet Annet navn blir ikke lagret."), "{shown}");
        let same = lise.post("/desk/places/1/welcome", "name=Ola+Nordmann&email=ola%40nav.test&from=").await.body;
        assert!(!same.contains("blir ikke lagret"), "{same}");
        place(&replace(&mut lise, "/desk/places/1", ola).await);
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test over\n1 ola@nav.test");
        assert_eq!(pages.text("SELECT name FROM recipient WHERE id = 2").await, "Ola Nordmann");
        place(&lise.post("/desk/places/1/replace", ola).await);
        let later = lise.post("/desk/places/1/replace", &format!("{ola}2027-04-01")).await;
        assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY, "from another day it is not the same once more");
        assert!(later.body.contains("har allerede plassen") && later.body.contains("value=\"ola@nav.test\""), "what was typed stays");
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test over\n1 ola@nav.test");
    }

    async fn the_next_letter_of_somebody_known_is_shown_only_with_a_line_in_the_log(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (2, 'tidligere@nav.example', 0)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        const VIEWS: &str = "SELECT actor || ' ' || subject FROM change WHERE action = 'letter.viewed' ORDER BY id";
        assert!(lise.post("/desk/places/1/welcome", SIRI).await.body.contains("Hemmelig tittel"));
        assert_eq!(pages.text(VIEWS).await, "", "a letter to nobody who is here is nobody's");
        for (times, address) in ["ola%40nav.test", "tidligere%40nav.example"].into_iter().enumerate() {
            let shown = lise.post("/desk/places/1/welcome", &format!("name=Ola&email={address}&from=")).await.body;
            assert!(shown.contains("Andres tittel") && shown.contains("At du har sett på dette brevet, står i loggen."), "{shown}");
            assert_eq!(pages.text(VIEWS).await, vec!["account:1 recipient:2"; times + 1].join("\n"));
        }
    }

    async fn who_gets_no_letter_is_promised_none_and_none_was_looked_into(db: Database) {
        let pages = pages_of(db).await;
        pages.db.store.unsubscribe_recipient(RecipientId(2), "link", now()).await.unwrap();
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let ola = "name=Ola&email=ola%40nav.test&from=";
        let shown = lise.post("/desk/places/1/welcome", ola).await.body;
        assert!(shown.contains("Det kommer ikke noe brev") && !shown.contains("At du har sett på dette brevet"), "{shown}");
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'letter.viewed'").await, "");
        let given = replace(&mut lise, "/desk/places/1", ola).await;
        let told = lise.get(place(&given)).await.body;
        assert!(told.contains("Plassen er gitt. Det kommer ikke noe brev") && !told.contains("Velkomstbrevet går"), "{told}");
    }

    async fn what_was_done_from_a_day_to_come_names_the_day(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let given = replace(&mut lise, "/desk/places/1", "name=Siri+Nes&email=siri%40nav.example&from=2027-04-01").await;
        let told = lise.get(place(&given)).await.body;
        assert!(told.contains("Siri Nes får plassen 1. april.") && !told.contains("Plassen er gitt."), "{told}");
        let vacate = "/desk/places/1/vacate";
        let later = lise.fill_in("/desk/places/1", vacate, "on=2027-03-20").await;
        let told = lise.get(place(&later)).await.body;
        assert!(told.contains("Plassen blir ledig 20. mars.") && !told.contains("Plassen er ledig."), "{told}");
        let at_once = lise.fill_in("/desk/places/1", vacate, "on=").await;
        assert!(lise.get(place(&at_once)).await.body.contains("Plassen er ledig."));
    }

    async fn who_is_named_by_an_address_from_before_is_no_second_person(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (2, 'siri@nav.example', 0)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/places/1/welcome", SIRI).await.body;
        assert!(shown.contains("siri@nav.example er nå ola@nav.test") && shown.contains("Ola Nordmann er her allerede"), "{shown}");
        place(&replace(&mut lise, "/desk/places/1", SIRI).await);
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test over\n1 ola@nav.test");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM recipient").await, "2");
    }

    async fn a_place_may_change_hands_on_a_day_to_come(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        place(&replace(&mut lise, "/desk/places/1", "name=Siri+Nes&email=siri%40nav.example&from=2027-04-01&until=2027-12-31").await);
        let spans = "SELECT COALESCE(CAST(starts_at AS TEXT), '-') || ' ' || COALESCE(CAST(ends_at AS TEXT), '-') FROM seat_holder ORDER BY id";
        let april: chrono::DateTime<chrono::Utc> = "2027-03-31T22:00:00Z".parse().unwrap();
        let new_year: chrono::DateTime<chrono::Utc> = "2027-12-31T23:00:00Z".parse().unwrap();
        let wanted = format!("- {}\n{} {}", april.timestamp_micros(), april.timestamp_micros(), new_year.timestamp_micros());
        assert_eq!(pages.text(spans).await, wanted);
        let page = lise.get("/desk/places/1").await.body;
        assert!(page.contains("til og med 31. mars") && page.contains("fra 1. april") && page.contains("value=\"2027-12-31\""), "{page}");
        let wrong = lise.post("/desk/places/1/span", "holding=2&from=2027-05-01&until=2027-04-01").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(pages.text(spans).await, wanted);
    }

    async fn a_place_that_would_be_over_before_it_begins_is_given_to_nobody(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        for span in ["from=&until=2027-01-31", "from=2027-01-01&until=2027-01-31", "from=2027-04-01&until=2027-03-31"] {
            let said = format!("name=Siri+Nes&email=siri%40nav.example&{span}");
            for path in ["welcome", "replace"] {
                let refused = lise.post(&format!("/desk/places/1/{path}"), &said).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {span}");
                assert!(refused.body.contains("slutten ikke ligger før begynnelsen") && refused.body.contains("siri@nav.example"), "{}", refused.body);
            }
        }
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test", "the holder keeps the place");
        let today = "name=Siri+Nes&email=siri%40nav.example&from=&until=2027-03-08";
        place(&replace(&mut lise, "/desk/places/1", today).await);
    }

    async fn who_asked_to_be_forgotten_is_brought_back_by_nobody(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let hash = Keys::new(vec![(1, KEY)]).address_hash("siri@nav.example");
        let mut tx = pages.db.store.begin().await.unwrap();
        tx.run("INSERT INTO erased_address (hash, erased_at) VALUES ($1, 0)", vec![treff::store::Arg::from(hash)]).await.unwrap();
        tx.commit().await.unwrap();
        let refused = lise.post("/desk/places/1/replace", SIRI).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("bedt om å bli slettet"), "{}", refused.body);
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test", "the holder keeps the place");
    }

    async fn whom_the_holder_named_is_suggested(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at) VALUES (1, 1, 'Siri Nes', 'siri@nav.example', 0)").await;
        pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (1, 'left', 0)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let places = lise.get("/desk/places").await.body;
        assert!(places.contains("Har sagt fra seg plassen.") && places.contains("Forslag: Siri Nes") && places.contains("/desk/places/1"), "{places}");
        let page = lise.get("/desk/places/1").await.body;
        assert!(page.contains("value=\"Siri Nes\"") && page.contains("value=\"siri@nav.example\"") && page.contains("Se over det"), "{page}");
        place(&replace(&mut lise, "/desk/places/1", SIRI).await);
        assert!(lise.get("/desk/places").await.body.contains("Ingen spørsmål om hvem som har plassene."), "the question is answered");
    }

    async fn a_place_is_made_for_a_deputy_filled_vacated_and_taken_away(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let unknown = lise.post("/desk/groups/health", "organisation=Finnes+ikke&position=deputy").await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.body.contains("value=\"Finnes ikke\""), "what was typed stays");
        let made = lise.post("/desk/groups/health", "organisation=nav&position=deputy").await;
        let path = place(&made).split('?').next().unwrap().to_owned();
        assert!(lise.get("/desk/groups").await.body.contains("én ledig"));
        let wished = lise.post(&format!("{path}/welcome"), SIRI).await;
        assert!(wished.body.contains("Vara, Kompetansegruppe helse"), "{}", wished.body);
        place(&replace(&mut lise, &path, SIRI).await);
        assert!(lise.get("/desk/organisations/nav").await.body.contains("Siri Nes"));
        place(&lise.fill_in(&path, &format!("{path}/vacate"), "on=").await);
        assert_eq!(pages.text(HOLDERS).await, "1 kari@nav.test", "who was to begin just then does not begin");
        assert_eq!(lise.post(&format!("{path}/close"), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        place(&lise.fill_in(&path, &format!("{path}/close"), "sure=yes").await);
        assert!(!lise.get("/desk/groups/health").await.body.contains("Vara</a>"));
        let count = "SELECT CAST(COUNT(*) AS TEXT) FROM seat WHERE ends_at IS NULL OR ends_at > 9000000000000000";
        assert_eq!(pages.text(count).await, "1");
        assert!(lise.get("/desk/organisations?q=na").await.body.contains("Folk her: "));
    }
}
