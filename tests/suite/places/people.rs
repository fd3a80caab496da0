//! Finding people, and a person's page.

use axum::http::StatusCode;
use treff::ids::RecipientId;

use super::{PEOPLE, pages_of, place};
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::{letter_token, now, unsubscribe_token};

const VIEWS: &str =
    "SELECT actor || ' ' || subject FROM change WHERE action = 'recipient.viewed' ORDER BY id";

on_both_databases! {
    async fn somebody_is_found_by_name_address_and_organisation_whatever_the_case(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET name = 'Åse Ørn' WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let all = lise.get("/desk/people").await.body;
        assert!(all.contains("2 mottakere") && all.contains("Åse Ørn") && all.contains("kari@nav.test"), "{all}");
        assert!(all.contains("Medlem, Kompetansegruppe helse") && all.contains("Ingen plass"), "{all}");
        for asked in ["q=%C3%85SE", "q=ola%40nav", "q=nav+%C3%B8rn", "state=gets&q=%C3%B8rn"] {
            let found = lise.get(&format!("/desk/people?{asked}")).await.body;
            assert!(found.contains("Åse Ørn") && found.contains("Én mottaker"), "{asked}: {found}");
        }
        let none = lise.get("/desk/people?q=finnesikke").await.body;
        assert!(none.contains("Ingen passer") && none.contains("Prøv færre ord"));
    }

    async fn the_list_is_narrowed_by_group_role_organisation_and_state(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET status = 'suspended', status_cause = 'bounce 5.1.1' WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        for (asked, kari, ola) in [
            ("group=health", true, false),
            ("role=steward", true, false),
            ("organisation=nav", true, true),
            ("state=returned", false, true),
            ("state=gets", true, false),
            ("state=left", false, false),
            ("group=x", false, false),
        ] {
            let body = lise.get(&format!("/desk/people?{asked}")).await.body;
            assert_eq!((body.contains("kari@nav.test"), body.contains("ola@nav.test")), (kari, ola), "{asked}");
        }
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        pages.run("UPDATE recipient SET admitted = FALSE, revision = revision + 1").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let left = lise.get("/desk/people?state=left").await.body;
        assert!(left.contains("kari@nav.test") && left.contains("Har ingen plass lenger"), "{left}");
    }

    async fn a_long_list_is_paged_and_keeps_what_was_asked(db: Database) {
        let pages = pages_of(db).await;
        for sql in [
            "INSERT INTO recipient (public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
             SELECT 'p' || CAST(i.id AS TEXT) || CAST(c.id AS TEXT), 'nr' || CAST(i.id AS TEXT) || 'x' || CAST(c.id AS TEXT) || '@vik.example', 'Nummer', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 0, 0
             FROM item i, term c WHERE c.facet = 'kind-of-org'",
        ] {
            pages.run(sql).await;
        }
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let first = lise.get("/desk/people?q=nummer").await.body;
        assert!(first.contains("60 mottakere") && first.contains("/desk/people?q=nummer&amp;page=1"), "{first}");
        assert_eq!(first.matches("@vik.example").count(), 50);
        let second = lise.get("/desk/people?q=nummer&page=1").await.body;
        assert_eq!(second.matches("@vik.example").count(), 10);
        assert!(second.contains("/desk/people?q=nummer&amp;page=0"));
        assert_eq!(lise.get("/desk/people?page=18446744073709551615").await.status, StatusCode::OK);
    }

    async fn the_sheet_has_no_formula_can_be_imported_again_and_stands_in_the_log(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET name = '=HYPERLINK(1)' WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = lise.post("/desk/people/export", "q=ola").await;
        assert_eq!(sheet.header("content-disposition"), "attachment; filename=\"people.csv\"");
        assert_eq!(sheet.body.lines().count(), 2, "{}", sheet.body);
        assert!(sheet.body.contains("ola@nav.test;'=HYPERLINK(1);NAV;nav;state;;;;;nei;nb;weekly;Får brev"), "{}", sheet.body);
        let all = lise.post("/desk/people/export", "").await.body;
        assert!(all.contains(";steward;health/member;nav;;ja;nb;weekly;"), "{all}");
        let file = treff::intake::people::read_people_file(all.as_bytes());
        assert!(file.is_ok(), "{file:?}");
        assert_eq!(pages.text("SELECT actor || COALESCE(after, '') FROM change WHERE action = 'people.exported'").await, "account:1{\"people\":1}\naccount:1{\"people\":2}");
    }

    async fn a_person_s_letters_open_by_a_button_and_the_log_says_who_looked(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, r#"["people","administer"]"#).await;
        let card = lise.get("/desk/people/1").await.body;
        assert!(card.contains("Medlem, Kompetansegruppe helse") && card.contains("Tillitsvalgt") && card.contains("NAV"), "{card}");
        assert!(!card.contains("Samling for forumet") && !card.contains("Følger</dt>"), "letters and choices stay closed: {card}");
        assert_eq!(pages.text(VIEWS).await, "");
        let opened = lise.post("/desk/people/1", "").await.body;
        for said in ["Samling for forumet", "vet ikke om det kom fram", "Sendes uansett tema", "Brev og historikk sett ved skrivebordet"] {
            assert!(opened.contains(said), "{said} in {opened}");
        }
        assert!(opened.contains("Følger</dt>") && opened.contains("Skjuler</dt>"), "{opened}");
        assert_eq!(pages.text(VIEWS).await, "account:1 recipient:1");
        let log = lise.get("/desk/log?person=kari@nav.test").await.body;
        assert!(log.contains("<b>Brev og historikk sett ved skrivebordet</b>"), "{log}");
        assert_eq!(lise.get("/desk/people/99").await.status, StatusCode::NOT_FOUND);
        assert_eq!(lise.post("/desk/people/99", "").await.status, StatusCode::NOT_FOUND);
    }

    async fn letters_that_came_back_go_again_but_what_a_person_decided_only_on_their_word(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        pages.run("UPDATE recipient SET status = 'suspended', status_cause = 'bounce 5.1.1' WHERE id = 2").await;
        pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (2, 'hard', 0)").await;
        assert!(lise.get("/desk/people/2").await.body.contains("La brevene gå igjen"));
        let today = lise.get("/desk").await.body;
        assert!(today.contains("<a href=\"/desk/people/2\">Ola Nordmann</a>"), "{today}");
        assert_eq!(place(&lise.post("/desk/people/2/resume", "").await), "/desk/people/2?done=resumed");
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 2").await, "active");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'recipient.resumed'").await, "account:1");
        pages.db.store.unsubscribe_recipient(RecipientId(2), "link", now()).await.unwrap();
        let refused = lise.post("/desk/people/2/resume", "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("mottakeren selv som bestemmer"));
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 2").await, "unsubscribed");
        place(&lise.post("/desk/people/2/resume", "sure=yes").await);
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 2").await, "active");
    }

    async fn the_desk_mails_somebody_the_link_to_their_own_pages(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert_eq!(place(&lise.post("/desk/people/1/link", "").await), "/desk/people/1?done=link");
        assert_eq!(pages.text("SELECT kind || ' ' || COALESCE(address, '') FROM notice").await, "sign_in kari@nav.test");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'link.sent_by_desk'").await, "account:1");
        pages.run("UPDATE recipient SET status = 'unconfirmed' WHERE id = 2").await;
        assert_eq!(lise.post("/desk/people/2/link", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn the_desk_closes_the_links_of_letters_that_went_astray(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let letter = format!("/l/{}", letter_token());
        assert_eq!(pages.get(&letter).await.status, StatusCode::OK);
        let asked = lise.get("/desk/people/1").await.body;
        assert!(asked.contains("Lenkene i brev mottakeren allerede har fått, virker ikke lenger, bare avmelding."), "{asked}");
        assert_eq!(place(&lise.post("/desk/people/1/close-letters", "").await), "/desk/people/1?done=letters");
        assert_eq!(pages.get(&letter).await.status, StatusCode::GONE);
        assert_eq!(pages.get(&format!("/u/{}", unsubscribe_token())).await.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'letters.closed'").await, "account:1");
        assert!(lise.get("/desk/people/1?done=letters").await.body.contains("Lenkene i tidligere brev virker ikke lenger, bare avmelding."));
    }

    async fn who_is_taken_out_loses_every_place_once_one_is_sure(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let unsure = lise.post("/desk/people/1/take-out", "from=2027-03-08").await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsure.body.contains("Kryss av for at du vil det"));
        let before = pages.text("SELECT CAST(revision AS TEXT) FROM recipient WHERE id = 1").await;
        assert_eq!(place(&lise.post("/desk/people/1/take-out", "from=2027-03-08&sure=yes").await), "/desk/people/1?done=out");
        assert_eq!(pages.text("SELECT CAST(ends_at AS TEXT) FROM seat_holder").await, now().timestamp_micros().to_string());
        assert_eq!(pages.text("SELECT CASE WHEN admitted THEN 'in' ELSE 'out' END || ' ' || status FROM recipient WHERE id = 1").await, "out active");
        assert_ne!(pages.text("SELECT CAST(revision AS TEXT) FROM recipient WHERE id = 1").await, before, "planning reads them again");
        assert!(lise.get("/desk/places").await.body.contains("Medlem, Kompetansegruppe helse"));
        assert!(lise.get("/desk/people/1").await.body.contains("Tidligere plasser"));
    }

    async fn who_is_out_already_is_not_offered_to_be_taken_out(db: Database) {
        const OUTSIDE: &str = "Er ikke med i forumet, og får bare det som er åpent for alle.";
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let inside = lise.get("/desk/people/1").await.body;
        assert!(inside.contains("/desk/people/1/take-out") && !inside.contains(OUTSIDE), "{inside}");
        place(&lise.post("/desk/people/1/take-out", "from=2027-03-08&sure=yes").await);
        let outside = lise.get("/desk/people/1").await.body;
        assert!(!outside.contains("/desk/people/1/take-out") && outside.contains(OUTSIDE), "{outside}");
    }

    async fn a_place_that_was_to_begin_later_is_vacated_with_whom_is_taken_out(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (7, 104, 1, 'leader', 0)").await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source, starts_at) VALUES (7, 2, 'import', 9000000000000000)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert_eq!(place(&lise.post("/desk/people/2/take-out", "from=2027-03-08&sure=yes").await), "/desk/people/2?done=out");
        assert_eq!(pages.text("SELECT subject FROM change WHERE action = 'seat.vacated'").await, "seat:7");
        let told = pages.text("SELECT after FROM change WHERE action = 'recipient.taken_out'").await;
        assert!(told.contains("\"places\":1"), "{told}");
    }

    async fn who_has_left_by_an_answers_word_and_has_no_place_is_taken_out_or_still_here(db: Database) {
        let pages = pages_of(db).await;
        const ASKED: &str = "INSERT INTO question (recipient_id, because, asked_at) VALUES (2, 'left', 0)";
        pages.run(ASKED).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        for path in ["/desk", "/desk/places"] {
            let told = lise.get(path).await.body;
            assert!(told.contains("Et automatisk svar sier at vedkommende har sluttet.") && !told.contains("Har sagt fra"), "{path}: {told}");
        }
        let page = lise.get("/desk/people/2").await.body;
        assert!(page.contains("Det er ingen plass å gi videre") && !page.contains("Åpne plassen og skriv"), "{page}");
        let here = lise.fill_in("/desk/people/2", "/desk/people/2/still-here", "").await;
        assert_eq!(place(&here), "/desk/people/2?done=here");
        let told = lise.get(place(&here)).await.body;
        assert!(told.contains("Da er spørsmålet besvart.") && !told.contains("Fortsatt her"), "{told}");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'question.answered'").await, "account:1");
        pages.run(ASKED).await;
        let gone = lise.post("/desk/people/2/take-out", "from=2027-03-08&sure=yes").await;
        let told = lise.get(place(&gone)).await.body;
        assert!(told.contains("Ola Nordmann er ikke lenger med i forumet, og får bare det som er åpent for alle.") && !told.contains("Plassene er ledige"), "{told}");
        assert!(!told.contains("Fortsatt her"), "the question is answered: {told}");
    }

    async fn who_has_a_place_is_asked_about_with_both_ways(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (1, 'left', 0)").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let page = lise.get("/desk/people/1").await.body;
        assert!(page.contains("Åpne plassen og skriv") && page.contains("action=\"/desk/people/1/still-here\""), "{page}");
    }

    async fn a_forum_without_places_is_told_where_they_are_made(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let held = lise.get("/desk/places").await.body;
        assert!(held.contains("Alle plassene er besatt") && held.contains("Ingen spørsmål om hvem som har plassene."), "{held}");
        pages.run("UPDATE seat SET starts_at = 0, ends_at = 1").await;
        pages.run("UPDATE recipient SET revision = revision + 1").await;
        let none = lise.get("/desk/places").await.body;
        assert!(none.contains("Forumet har ingen plasser ennå") && none.contains("<a href=\"/desk/groups\">Lag den første"), "{none}");
        assert!(!none.contains("Alle plassene er besatt"), "{none}");
    }

    async fn an_admission_ends_at_once_or_not_at_all(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET admitted = TRUE WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let before = pages.dump().await;
        for person in [1, 2] {
            let later = lise.post(&format!("/desk/people/{person}/take-out"), "from=2027-12-31&sure=yes").await;
            assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(later.body.contains("er med i forumet også uten plass"), "{}", later.body);
        }
        assert!(pages.dump().await == before, "nobody is shut out today");
        let admitted = "SELECT CASE WHEN admitted THEN 'in' ELSE 'out' END FROM recipient ORDER BY id";
        place(&lise.post("/desk/people/2/take-out", "from=2027-03-08&sure=yes").await);
        assert_eq!(pages.text(admitted).await, "in\nout");
        pages.run("UPDATE recipient SET admitted = FALSE WHERE id = 1").await;
        let out = lise.post("/desk/people/1/take-out", "from=2027-12-31&sure=yes").await;
        let told = lise.get(place(&out)).await.body;
        assert!(told.contains("Plassene blir ledige 31. desember.") && !told.contains("Plassene er ledige."), "{told}");
        let end: chrono::DateTime<chrono::Utc> = "2027-12-30T23:00:00Z".parse().unwrap();
        assert_eq!(pages.text("SELECT CAST(ends_at AS TEXT) FROM seat_holder").await, end.timestamp_micros().to_string());
    }

    async fn whom_somebody_named_as_having_their_place_is_forgotten_when_it_is_theirs_no_more(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        pages.run("INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at) VALUES (1, 1, 'Per', 'per@nav.test', 0)").await;
        let named = "SELECT successor_name || ' ' || successor_email FROM left_place";
        place(&lise.post("/desk/people/1/take-out", "from=2027-03-08&sure=yes").await);
        assert_eq!(pages.text(named).await, " ");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM left_place").await, "1", "that they said so is theirs");
    }
}
