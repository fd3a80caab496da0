//! Legal bases at the desk: recorded for who comes in, changed for who is here only when the lead says so, and told.

use axum::http::StatusCode;

use super::seat::{LISE, seat};
use crate::choices::{text, town_with_letter};
use crate::histories::town::at;
use crate::mailing::town::{LEAD, form, town};
use crate::on_both_databases;
use crate::pages::world::Pages;

const PAGE: &str = "/desk/settings/bases";
const BASES: &str = "SELECT r.email || ' ' || b.basis || ' ' || b.source || CASE WHEN b.ended_at IS NULL THEN '' ELSE ' ended' END
                     FROM legal_basis b JOIN recipient r ON r.id = b.recipient_id ORDER BY r.email, b.id";
const CHOSEN: &str = r#"UPDATE forum SET house = '{"grounds":{"place":{"basis":"legal_obligation"},"list":{"basis":"legitimate_interest"}}}',
                        change_number = change_number + 1"#;

fn chosen() -> String {
    form(&[
        ("place", "legal_obligation"),
        ("place_reason_nb", " Vedtak  12/27\r\n i fylkestinget. "),
        ("list", "legitimate_interest"),
        ("staff", "contract"),
    ])
}

on_both_databases! {
    async fn what_is_chosen_is_told_in_the_privacy_statement_the_record_and_the_file(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        let page = lead.get(PAGE).await.body;
        assert!(page.contains("name=\"place\" value=\"public_task\" checked"), "{page}");
        assert!(!page.contains("value=\"consent\""), "nobody who was put on a list has consented: {page}");
        let saved = lead.fill_in(PAGE, PAGE, &chosen()).await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("Lagret."), "{}", saved.body);
        assert!(saved.body.contains("value=\"Vedtak 12/27 i fylkestinget.\""), "{}", saved.body);
        let privacy = pages.get("/privacy").await.body;
        for said in [
            "Den som representerer en organisasjon: Grunnlaget er en rettslig forpliktelse (personvernforordningen artikkel 6 nr. 1 bokstav c). Vedtak 12/27 i fylkestinget.",
            "Den som er lagt til uten plass i en gruppe: Grunnlaget er en berettiget interesse",
            "Den som har meldt seg på selv, har samtykket (bokstav a)",
        ] {
            assert!(privacy.contains(said), "{said}: {privacy}");
        }
        assert!(!privacy.contains("allmennhetens interesse") && !privacy.contains("en avtale"), "{privacy}");
        assert!(lead.get("/desk/settings/record").await.body.contains("De som arbeider med forumet: Grunnlaget er en avtale"));
        let file = lead.get("/desk/settings/forum.toml").await.body;
        assert!(file.contains("[basis]\nplace = \"legal_obligation\"\nplace_reason = { nb = \"Vedtak 12/27 i fylkestinget.\" }"), "{file}");
        lead.fill_in(PAGE, PAGE, "place=public_task&list=public_task&staff=public_task").await;
        assert_eq!(pages.text("SELECT house FROM forum").await, "{}");
        assert!(pages.get("/privacy").await.body.contains("allmennhetens interesse"));
    }

    async fn no_form_makes_consent_of_what_nobody_consented_to(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, LEAD).await;
        lise.fill_in(PAGE, PAGE, "place=consent&list=contract&staff=vital_interests").await;
        assert_eq!(pages.text("SELECT house FROM forum").await, "{}");
        assert_eq!(lise.post("/desk/settings/bases/apply", "way=staff").await.status, StatusCode::BAD_REQUEST);
    }

    async fn who_comes_in_gets_the_basis_of_their_way_and_who_is_here_keeps_theirs(db: Database) {
        let town = town_with_letter(db).await;
        town.run(CHOSEN).await;
        town.import("per@example.test;health;;;weekly\nsiri@example.test;;industry;;weekly\nkari@example.test;health;;;weekly").await;
        assert_eq!(
            text(&town, BASES).await,
            "kari@example.test public_task people.csv\nola@example.test public_task people.csv\n\
             per@example.test legal_obligation people.csv\nsiri@example.test legitimate_interest people.csv"
        );
        let imported = "SELECT after FROM change WHERE action = 'recipient.imported' AND after LIKE '%legal_obligation%'";
        assert!(!text(&town, imported).await.is_empty(), "the log says it too");
    }

    async fn who_is_here_moves_to_the_chosen_basis_when_the_lead_says_so(db: Database) {
        let town = town_with_letter(db).await;
        town.import("kari@example.test;health;;;weekly").await;
        town.run("INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) SELECT id, 'consent', 'page', 5 FROM recipient WHERE email LIKE 'ola%'").await;
        let (store, now) = (town.store(), at("2027-03-09T08:00:00Z"));
        assert_eq!(store.count_other_bases("legal_obligation", true, now).await.unwrap(), 1);
        assert_eq!(store.count_other_bases("legitimate_interest", false, now).await.unwrap(), 1);
        assert_eq!(store.change_bases("legitimate_interest", false, "account:1", now).await.unwrap(), 1);
        assert_eq!(
            text(&town, BASES).await,
            "kari@example.test public_task people.csv\nola@example.test public_task people.csv ended\n\
             ola@example.test consent page\nola@example.test legitimate_interest people.csv"
        );
        assert_eq!(
            text(&town, "SELECT actor || before || after FROM change WHERE action = 'basis.changed'").await,
            r#"account:1{"legal_basis":"public_task"}{"legal_basis":"legitimate_interest"}"#
        );
        assert_eq!(store.change_bases("legitimate_interest", false, "account:1", now).await.unwrap(), 0);
        assert_eq!(store.count_other_bases("public_task", true, now).await.unwrap(), 0);
    }

    async fn the_desk_says_how_many_stand_otherwise_and_changes_them_at_a_press(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        pages.run("INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) SELECT id, 'public_task', 'ark', 5 FROM recipient").await;
        assert!(!lead.get(PAGE).await.body.contains("/desk/settings/bases/apply"), "all stand as they should");
        assert!(lead.get("/desk/people/1").await.body.contains("En oppgave i allmennhetens interesse: representerer noen i samarbeidet"));
        pages.run("UPDATE seat_holder SET ends_at = 1 WHERE recipient_id = 1").await;
        let without = lead.get("/desk/people/1").await.body;
        assert!(without.contains("En oppgave i allmennhetens interesse") && !without.contains("representerer noen"), "{without}");
        pages.run("UPDATE seat_holder SET ends_at = NULL WHERE recipient_id = 1").await;
        let saved = lead.fill_in(PAGE, PAGE, "place=legitimate_interest").await.body;
        assert!(saved.contains("Den som får en plass i en gruppe: 1 står med et annet grunnlag"), "{saved}");
        let done = lead.post("/desk/settings/bases/apply", "way=place").await.body;
        assert!(done.contains("Grunnlaget er endret for 1.") && !done.contains("/desk/settings/bases/apply"), "{done}");
        assert!(lead.get("/desk/settings/record").await.body.contains("Får brev ut fra en berettiget interesse: 1."));
        assert!(lead.get("/desk/people/1").await.body.contains("En berettiget interesse (artikkel 6 nr. 1 f)"));
    }
}
