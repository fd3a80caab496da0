//! The forum's settings at the desk.

use axum::http::StatusCode;

use super::seat::{LISE, seat};
use crate::access::reader::filled;
use crate::on_both_databases;
use crate::pages::world::Pages;

const ADMIN: &str = r#"["administer"]"#;

/// A form with all that stands in the world's forum: weekly alone.
const FORM: &str =
    "name=Nordfjella&language=nb&rhythm=weekly&weekly_day=Mon&weekly_time=07%3A30&cap=7&learning=yes";

async fn cadences(pages: &Pages) -> String {
    pages.text("SELECT cadences FROM forum").await
}

on_both_databases! {
    async fn times_are_told_in_words_with_the_next_dates(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"UPDATE forum SET cadences = '{"weekly":"0 30 7 * * Mon"}', change_number = change_number + 1"#).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let page = lise.get("/desk/settings").await.body;
        assert!(page.contains("name=\"weekly_day\" value=\"Mon\" checked"), "{page}");
        assert!(page.contains("name=\"weekly_time\" value=\"07:30\""));
        assert!(page.contains("De neste: mandag 15. mars kl. 7.30 · mandag 22. mars kl. 7.30"), "{page}");
        assert!(!page.contains("0 30 7"), "no expression is shown that can be said in words");
    }

    async fn what_is_saved_holds_from_the_next_letter_and_stands_in_the_log(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let form = format!("{FORM}&rhythm=monthly&monthly_nth=2&monthly_day=Fri&monthly_time=08%3A00&holidays=yes&first=2027-07-05&last=2027-08-06");
        let saved = lise.fill_in("/desk/settings", "/desk/settings", &form).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        assert!(saved.body.contains("Lagret.") && saved.body.contains("fredag 9. april kl. 8"), "{}", saved.body);
        assert_eq!(cadences(&pages).await, r#"{"weekly":"0 30 7 * * Mon","monthly":"0 0 8 8-14 * Fri"}"#);
        assert_eq!(pages.text("SELECT pause FROM forum").await, r#"[{"first":"2027-07-05","last":"2027-08-06"}]"#);
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'settings.changed'").await, "account:1");
        let number = pages.text("SELECT CAST(change_number AS TEXT) FROM forum").await;
        assert!(lise.post("/desk/settings", &form).await.body.contains("Lagret."));
        assert_eq!(pages.text("SELECT CAST(change_number AS TEXT) FROM forum").await, number, "the same again changes nothing");
        let logged = "SELECT action FROM change WHERE action LIKE 'settings.%'";
        assert_eq!(pages.text(logged).await, "settings.changed", "and says nothing new");
    }

    async fn who_leaves_the_settings_as_they_are_has_looked_them_over(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for _ in 0..2 {
            assert!(lise.post("/desk/settings/texts", "").await.body.contains("Lagret."));
        }
        assert_eq!(pages.text("SELECT actor || ' ' || action FROM change WHERE action LIKE 'settings.%'").await, "account:1 settings.kept");
    }

    async fn who_saves_over_another_s_settings_is_told_and_keeps_what_they_wrote(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut ola = seat(&pages, "ola@forum.example", ADMIN).await;
        let path = "/desk/settings";
        lise.fill_in(path, path, FORM).await;
        let stale = ola.get(path).await;
        let holiday = format!("{FORM}&first=2027-07-05&last=2027-08-06");
        assert_eq!(lise.fill_in(path, path, &holiday).await.status, StatusCode::OK);
        let renamed = FORM.replace("Nordfjella", "Nytt+navn");
        let late = ola.post(path, &filled(&stale, path, &renamed)).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("Noen andre har lagret innstillingene") && late.body.contains("5. juli – 6. august"), "what stands: {}", late.body);
        assert!(late.body.contains("value=\"Nytt navn\""), "what was typed stays");
        let pause = "SELECT name || ' ' || pause FROM forum";
        assert_eq!(pages.text(pause).await, r#"Nordfjella [{"first":"2027-07-05","last":"2027-08-06"}]"#);
        let again = ola.post(path, &filled(&late, path, &renamed)).await;
        assert!(again.body.contains("Lagret."), "who was told may: {}", again.body);
        assert_eq!(pages.text(pause).await, "Nytt navn []");
        assert_eq!(ola.post(path, &renamed).await.status, StatusCode::OK, "who asks for what stands overwrites nothing");
        assert_eq!(ola.post(path, FORM).await.status, StatusCode::CONFLICT, "who saw nothing saw another state");
        let shown = ola.get(path).await;
        lise.fill_in("/desk/settings/texts", "/desk/settings/texts", "welcome_nb=Hei").await;
        assert_eq!(ola.post(path, &filled(&shown, path, FORM)).await.status, StatusCode::OK, "other pages do not stand in the way");
    }

    async fn a_rhythm_that_people_have_chosen_is_not_taken_away(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        lise.fill_in("/desk/settings", "/desk/settings", FORM).await;
        let before = cadences(&pages).await;
        let form = FORM.replace("rhythm=weekly", "rhythm=daily&daily_day=Mon&daily_time=07:30");
        let refused = lise.post("/desk/settings", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("får brev slik nå"), "{}", refused.body);
        assert_eq!(cadences(&pages).await, before);
    }

    async fn what_is_wrong_is_told_at_its_field_and_nothing_is_saved(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let before = pages.dump().await;
        for (from, to, said) in [
            ("name=Nordfjella", "name=", "Skriv hva forumet heter"),
            ("weekly_time=07%3A30", "weekly_time=halv+atte", "Velg minst én dag og et klokkeslett"),
            ("cap=7", "cap=0", "et tall fra 1 til 100"),
            ("cap=7", "cap=7&first=2027-07-05&last=", "både første og siste dag"),
            ("rhythm=weekly", "rhythm=", "Minst én må være på"),
        ] {
            let refused = lise.post("/desk/settings", &FORM.replace(from, to)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
            assert!(refused.body.contains(said), "{to}: {}", refused.body);
        }
        let after = pages.dump().await;
        assert_eq!(after.matches("settings.changed").count(), before.matches("settings.changed").count());
    }

    async fn the_forum_is_downloaded_as_a_file_that_says_what_stands(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        lise.fill_in("/desk/settings", "/desk/settings", &FORM.replace("Nordfjella", "Nytt+navn")).await;
        let file = lise.get("/desk/settings/forum.toml").await;
        assert_eq!(file.header("content-type"), "application/toml");
        let read = treff::intake::forum_file::read_forum_file("forum.toml", &file.body).expect("it is a forum file");
        assert_eq!(read.settings.name, "Nytt navn");
        assert!(read.terms.iter().any(|term| term.term.slug == "health"));
    }

    async fn the_record_of_processing_says_how_this_forum_is_set_up(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let page = lise.get("/desk/settings/record").await.body;
        let people = pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM recipient").await;
        for said in [
            "Nordfjella &lt;i&gt;fylkeskommune&lt;/i&gt;",
            &format!("Mottakere: {people}."),
            "Sidene går over kryptert forbindelse",
            "Brevene er ikke signert",
            "Det som sendes, godkjennes ikke av en annen person.",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        pages.run("UPDATE forum SET learning = FALSE, change_number = change_number + 1").await;
        assert!(lise.get("/desk/settings/record").await.body.contains("læring er slått av"));
        pages.run("UPDATE organisation SET kind = 'union'").await;
        assert!(lise.get("/desk/settings/record").await.body.contains("At noen sitter for en fagforening, er lagret"));
    }
}
