//! Giving and taking accounts.

use axum::http::StatusCode;
use treff::ids::OrganisationId;
use treff::staff::Rights;

use super::seat::{LISE, add_account, seat, seat_account};
use crate::access::reader::{Reader, filled};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

const ADMIN: &str = r#"["administer"]"#;
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '-') FROM notice ORDER BY id";

/// Fills in the form of an account as it stands, and saves it.
async fn save(reader: &mut Reader<'_>, id: i64, form: &str) -> Answer {
    let path = format!("/desk/accounts/{id}");
    let shown = reader.get(&path).await;
    reader.post(&path, &filled(&shown, &path, form)).await
}

on_both_databases! {
    async fn somebody_gets_an_account_and_a_mail_that_lets_them_in(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let form = "email=Per@forum.example&name=Per&right=write&right=send&group=health&from=2027-03-08&until=2027-03-10";
        let answer = lise.post("/desk/accounts", form).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("En lenke er på vei til per@forum.example") && answer.body.contains("Gjelder til og med 10. mars"), "{}", answer.body);
        assert_eq!(pages.text(NOTICES).await, "desk_invitation per@forum.example");
        let per = pages.db.store.list_accounts().await.unwrap().remove(1);
        assert_eq!(Rights::read(&per.rights), Rights::read(r#"["write","send"]"#));
        assert_eq!(pages.db.store.list_led_groups(per.id).await.unwrap(), ["health"]);
        assert_eq!(per.from_at.unwrap().to_rfc3339(), "2027-03-07T23:00:00+00:00", "the day begins where the forum is");
        assert_eq!(per.until_at.unwrap().to_rfc3339(), "2027-03-10T23:00:00+00:00");
        assert!(pages.text("SELECT actor FROM change WHERE action = 'account.added'").await.ends_with("account:1"));
    }

    async fn the_first_mail_promises_what_the_account_may_do(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for form in ["right=people&organisation=nav", "right=people", "right=administer", "right=administer&right=people", "right=write", "right=administer&right=send"] {
            let address = form.replace(['=', '&'], ".");
            let made = lise.post("/desk/accounts", &format!("email={address}@vik.example&{form}")).await;
            assert_eq!(made.status, StatusCode::OK, "{form}");
        }
        let kinds = "SELECT kind FROM notice ORDER BY id";
        let expected = ["partner_invitation", "people_invitation", "settings_invitation", "settings_invitation", "desk_invitation", "desk_invitation"];
        assert_eq!(pages.text(kinds).await.lines().collect::<Vec<_>>(), expected);
    }

    async fn an_account_whose_mail_cannot_be_queued_is_not_made_and_the_next_press_does_both(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        pages.run("ALTER TABLE notice RENAME TO notice_away").await;
        let broken = lise.post("/desk/accounts", "email=per@forum.example&right=write").await;
        assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
        pages.run("ALTER TABLE notice_away RENAME TO notice").await;
        assert_eq!(pages.db.store.count_accounts().await.unwrap(), 1);
        let made = lise.post("/desk/accounts", "email=per@forum.example&right=write").await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        assert_eq!(pages.text(NOTICES).await, "desk_invitation per@forum.example");
    }

    async fn what_is_wrong_is_told_and_nothing_is_made(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let long = format!("email=per@forum.example&right=write&name={}", "a".repeat(201));
        for (form, said) in [
            (long.as_str(), "Skriv et kortere navn. Høyst 200 tegn."),
            ("email=per&right=write", "Skriv en hel e-postadresse"),
            ("email=per@forum.example", "Velg minst én ting"),
            ("email=per@forum.example&right=everything", "Velg minst én ting"),
            ("email=per@forum.example&right=write&from=2027-03-09&until=2027-03-08", "Sluttdagen ligger før"),
            ("email=lise@forum.example&right=write", "har allerede en konto"),
        ] {
            let answer = lise.post("/desk/accounts", form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(answer.body.contains(said) && answer.body.contains("aria-invalid=\"true\""), "{form}");
            assert!(answer.body.contains("Se på feltene som er merket."), "above all else: {form}");
        }
        assert_eq!(pages.db.store.count_accounts().await.unwrap(), 1);
        assert_eq!(pages.text(NOTICES).await, "");
    }

    async fn a_right_that_is_taken_is_gone_at_once(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let per = add_account(&pages, "per@forum.example", ADMIN, &[]).await;
        let mut other = seat_account(&pages, per, "per", now()).await;
        assert_eq!(other.get("/desk/accounts").await.status, StatusCode::OK);
        let saved = save(&mut lise, 2, "name=Per&right=write&group=health").await;
        assert!(saved.body.contains("Lagret."), "{}", saved.body);
        assert_eq!(other.get("/desk/accounts").await.status, StatusCode::FORBIDDEN);
        assert!(other.get("/desk/account").await.body.contains("Kompetansegruppe helse"));
        let listed = lise.get("/desk/accounts").await.body;
        assert!(listed.contains("<span>Skriver for: Kompetansegruppe helse</span>") && !listed.contains("Du skriver for:"), "{listed}");
        assert!(lise.post("/desk/accounts/2/reset", "").await.body.contains("nullstilt"));
        assert_eq!(other.get("/desk").await.status, StatusCode::SEE_OTHER);
        let asked = lise.post("/desk/accounts/2/end", "").await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(lise.post("/desk/accounts/2/end", "sure=yes").await.body.contains("Kontoen er avsluttet"));
        assert_eq!(lise.get("/desk/accounts/2").await.status, StatusCode::NOT_FOUND);
        assert!(!pages.dump().await.contains("per@forum.example"));
    }

    async fn an_account_is_bound_to_one_organisation_and_then_looks_after_people_and_nothing_else(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for form in [
            "email=mona@vik.example&right=people&right=write&organisation=nav",
            "email=mona@vik.example&right=administer&organisation=nav",
            "email=mona@vik.example&right=people&organisation=nowhere",
            "email=mona@vik.example&right=people&group=health&organisation=nav",
        ] {
            let answer = lise.post("/desk/accounts", form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(answer.body.contains("id=\"organisation-error\">En konto for én organisasjon"), "{}", answer.body);
        }
        assert_eq!(pages.db.store.count_accounts().await.unwrap(), 1);
        let made = lise.post("/desk/accounts", "email=mona@vik.example&right=people&organisation=nav&from=2027-03-08").await;
        assert!(made.body.contains("<span>Bare for: NAV</span>"), "{}", made.body);
        let mona = pages.db.store.list_accounts().await.unwrap().remove(1);
        assert_eq!(mona.organisation, Some(OrganisationId(1)));
        let shown = lise.get("/desk/accounts/2").await.body;
        assert!(shown.contains("<option value=\"nav\" selected>NAV</option>"), "{shown}");
        let mut own = seat_account(&pages, mona.id, "mona", now()).await;
        assert!(own.get("/desk/account").await.body.contains("Du ser bare folk og plasser i: <strong>NAV</strong>"));
        assert_eq!(own.get("/desk/groups").await.status, StatusCode::FORBIDDEN);
        for form in ["right=people&right=send&organisation=nav", "right=people&group=health&organisation=nav"] {
            assert_eq!(save(&mut lise, 2, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        }
        assert!(save(&mut lise, 2, "name=Mona&right=people").await.body.contains("Lagret."));
        assert_eq!(own.get("/desk/groups").await.status, StatusCode::FORBIDDEN, "a form without the field unties nobody");
        assert!(save(&mut lise, 2, "right=people&organisation=").await.body.contains("Lagret."));
        assert_eq!(own.get("/desk/groups").await.status, StatusCode::OK, "what is untied is so at once");
    }

    async fn what_another_saved_of_an_account_since_is_not_undone_unseen(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let per = add_account(&pages, "per@forum.example", r#"["people"]"#, &[]).await;
        let older = lise.get("/desk/accounts/2").await;
        let bound = "name=Per&right=people&organisation=nav";
        assert!(save(&mut lise, 2, bound).await.body.contains("Lagret."));
        let untied = filled(&older, "/desk/accounts/2", "name=Per&right=people&organisation=");
        let asked = lise.post("/desk/accounts/2", &untied).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.body.contains("Noen andre har lagret kontoen") && asked.body.contains("<dd>NAV</dd>"), "{}", asked.body);
        assert!(lise.post("/desk/accounts/2", "name=Per&right=people").await.body.contains("Lagret."), "it says what stands");
        assert_eq!(pages.db.store.list_accounts().await.unwrap().remove(1).organisation, Some(OrganisationId(1)));
        let again = lise.post("/desk/accounts/2", &filled(&asked, "/desk/accounts/2", "name=Per&right=people&organisation=")).await;
        assert!(again.body.contains("Lagret."), "who has seen it replaces it: {}", again.body);
        let untied = pages.db.store.list_accounts().await.unwrap().remove(1);
        assert_eq!((untied.id, untied.organisation), (per, None));
    }

    async fn two_who_take_the_right_to_administer_from_each_other_leave_one_who_does(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut per = seat(&pages, "per@forum.example", ADMIN).await;
        let (one, two) = ("/desk/accounts/1", "/desk/accounts/2");
        let of_per = filled(&lise.get(two).await, two, "name=Per&right=write");
        let of_lise = filled(&per.get(one).await, one, "name=Lise&right=write");
        let (first, second) = tokio::join!(lise.post(two, &of_per), per.post(one, &of_lise));
        let told = [first.status, second.status];
        assert_eq!(told.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{told:?}");
        let left = pages.db.store.list_accounts().await.unwrap().into_iter();
        assert_eq!(left.filter(|row| row.rights.contains("administer")).count(), 1);
    }

    async fn two_who_save_an_account_at_the_same_moment_are_told_of_each_other(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut per = seat(&pages, "per@forum.example", ADMIN).await;
        add_account(&pages, "mona@forum.example", r#"["write"]"#, &[]).await;
        let path = "/desk/accounts/3";
        let shown = lise.get(path).await;
        let one = filled(&shown, path, "name=Mona+Li&right=write");
        let two = filled(&shown, path, "name=Mona+Vik&right=write");
        let (first, second) = tokio::join!(lise.post(path, &one), per.post(path, &two));
        let (saved, asked) = if first.status == StatusCode::OK { (first, second) } else { (second, first) };
        assert_eq!((saved.status, asked.status), (StatusCode::OK, StatusCode::CONFLICT));
        let stands = pages.db.store.list_accounts().await.unwrap().remove(2).name;
        assert!(asked.body.contains(&format!("<dd>{stands}</dd>")), "what stands is beside what was typed: {}", asked.body);
    }

    async fn somebody_always_administers(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (path, form) in [
            ("/desk/accounts/1", "right=write"),
            ("/desk/accounts/1", "right=administer&until=2027-12-31"),
            ("/desk/accounts/1/end", "sure=yes"),
        ] {
            let answer = lise.post(path, form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
            assert!(answer.body.contains("Noen må styre kontoene"));
        }
        add_account(&pages, "per@forum.example", ADMIN, &[]).await;
        assert_eq!(lise.post("/desk/accounts/1/end", "sure=yes").await.header("location"), "/desk/sign-in");
        assert_eq!(lise.get("/desk").await.status, StatusCode::SEE_OTHER);
    }
}
