//! Signing up by an organisation's invitation: it becomes the workplace and is noted, unless it is unticked or a union's.

use axum::http::StatusCode;
use chrono::TimeDelta;
use treff::feedback::erasure::{Erasure, PersonalFiles, erase_person};
use treff::feedback::knocks::answer_knocks;
use treff::ids::RecipientId;
use treff::store::{KeptKind, MergeOrder};
use treff::token::Keys;

use super::town;
use crate::access::reader::{Reader, link_path};
use crate::on_both_databases;
use crate::pages::world::{KARI, KEY, Pages, now};

const NILS: &str = "email=nils@example.test&name=Nils&language=nb&topic=sector:health&consent=yes";

/// Where those who are not of the small forum work, and whether they are admitted.
const WORKPLACE: &str = "SELECT r.email || ' ' || COALESCE(o.slug, '-') || CASE WHEN r.admitted THEN ' admitted' ELSE '' END
     FROM recipient r LEFT JOIN organisation o ON o.id = r.organisation_id WHERE r.email LIKE '%example.test' ORDER BY r.id";
const CAME_BY: &str =
    "SELECT r.email || ' ' || o.slug FROM came_by c JOIN recipient r ON r.id = c.recipient_id
     JOIN organisation o ON o.id = c.organisation_id ORDER BY c.id";

/// Fills the form in and confirms it; whatever the page of the link says.
async fn sign_up(pages: &Pages, form: &str) -> String {
    let sent = pages.post("/sign-up", form).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    answer_knocks(&pages.db.store, now()).await.unwrap();
    let asked = pages.get(&link_path(1)).await.body;
    assert_eq!(pages.post(&link_path(1), "").await.status, StatusCode::OK);
    asked
}

on_both_databases! {
    async fn the_invitation_names_the_organisation_and_ticks_its_topics(db: Database) {
        let pages = town(db).await;
        let page = pages.get("/sign-up?organisation=vik").await.body;
        assert!(page.contains("Invitasjonen er fra Vik kommune.") && page.contains("Jeg arbeider i Vik kommune"), "{page}");
        assert!(page.contains("name=\"offered\" value=\"vik\"") && page.contains("name=\"invited\" value=\"yes\" aria-describedby=\"invited-hint\" checked"), "{page}");
        assert!(page.contains("value=\"sector:health\" checked") && !page.contains("value=\"sector:industry\" checked"), "{page}");
        assert!(page.contains("href=\"?lang=nn&amp;organisation=vik\""), "another language keeps the invitation: {page}");
        let other = pages.get("/sign-up?organisation=vik&topic=sector:industry").await.body;
        assert!(other.contains("value=\"sector:industry\" checked") && !other.contains("value=\"sector:health\" checked"), "{other}");
        for nobody in ["borte", "nowhere", "%3Cscript%3E", "Vik"] {
            let page = pages.get(&format!("/sign-up?organisation={nobody}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains("name=\"offered\"") && page.body.contains("id=\"organisation\" name=\"organisation\" value=\"\""), "{}", page.body);
        }
        let way = pages.get("/o/vik").await.body;
        assert!(way.contains("href=\"/sign-up?organisation=vik&amp;lang=nb\""), "{way}");
    }

    async fn who_confirms_works_there_and_is_an_outsider(db: Database) {
        let pages = town(db).await;
        let asked = sign_up(&pages, &format!("{NILS}&offered=vik&invited=yes")).await;
        assert!(asked.contains("Du har sagt at du arbeider i Vik kommune."), "{asked}");
        assert_eq!(pages.text(WORKPLACE).await, "nils@example.test vik");
        assert_eq!(pages.text(CAME_BY).await, "nils@example.test vik");
        let logged = "SELECT after FROM change WHERE action = 'recipient.signed_up'";
        assert!(pages.text(logged).await.contains(r#""organisation":"vik""#), "where they work is new");
        assert_eq!(pages.text("SELECT CAST(came_at AS TEXT) FROM came_by").await, now().timestamp_micros().to_string());
        let mut nils = Reader::signed_in(&pages, "nils@example.test", 2).await;
        let data = nils.get("/me/data").await.body;
        assert!(data.contains("Invitasjoner du kom gjennom") && data.contains("Vik kommune"), "{data}");
        let export: serde_json::Value = serde_json::from_str(&nils.get("/me/data/export.json").await.body).unwrap();
        assert_eq!(export["doors"]["came_by"][0]["organisation_name"], "Vik kommune");
    }

    async fn who_unticks_it_signs_up_for_themselves(db: Database) {
        let pages = town(db).await;
        let again = pages.post("/sign-up", "email=x&consent=yes&offered=vik&topic=sector:health").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("aria-describedby=\"invited-hint\">") && again.body.contains("value=\"vik\""), "stays unticked: {}", again.body);
        let again = pages.post("/sign-up", "email=x&consent=yes&offered=vik&invited=yes").await;
        assert!(again.body.contains("aria-describedby=\"invited-hint\" checked"), "stays ticked: {}", again.body);
        let asked = sign_up(&pages, &format!("{NILS}&offered=vik")).await;
        assert!(!asked.contains("Vik kommune"), "{asked}");
        assert_eq!((pages.text(WORKPLACE).await, pages.text(CAME_BY).await), ("nils@example.test -".to_owned(), String::new()));
    }

    async fn nothing_ties_anybody_to_a_union_by_whose_page_they_came(db: Database) {
        let pages = town(db).await;
        let page = pages.get("/sign-up?organisation=forbundet").await.body;
        assert!(page.contains("Invitasjonen er fra Forbundet. Det blir ikke lagret"), "{page}");
        assert!(page.contains("value=\"sector:health\" checked"), "its topics are ticked all the same");
        let form = page.split("<form method=\"post\"").nth(1).unwrap();
        assert!(!form.contains("orbundet") && !form.contains("name=\"invited\""), "{form}");
        // Who sends it all the same tells it to nobody.
        sign_up(&pages, &format!("{NILS}&offered=forbundet&invited=yes")).await;
        assert_eq!((pages.text(WORKPLACE).await, pages.text(CAME_BY).await), ("nils@example.test -".to_owned(), String::new()));
        for kept in ["SELECT details FROM knock", "SELECT details FROM mail_link", "SELECT COALESCE(after, '') FROM change"] {
            assert!(!pages.text(kept).await.contains("forbundet"), "{kept}");
        }
    }

    async fn what_becomes_a_union_before_the_confirmation_is_not_kept(db: Database) {
        let pages = town(db).await;
        pages.post("/sign-up", &format!("{NILS}&offered=vik&invited=yes")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        pages.run("UPDATE organisation SET kind = 'union' WHERE id = 31").await;
        assert!(!pages.get(&link_path(1)).await.body.contains("Vik kommune"));
        pages.post(&link_path(1), "").await;
        assert_eq!((pages.text(WORKPLACE).await, pages.text(CAME_BY).await), ("nils@example.test -".to_owned(), String::new()));
    }

    async fn who_is_known_to_work_elsewhere_still_does(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 2").await;
        sign_up(&pages, "email=ola@nav.test&consent=yes&offered=vik&invited=yes").await;
        assert_eq!(pages.text("SELECT CAST(organisation_id AS TEXT) FROM recipient WHERE id = 2").await, "1");
        assert_eq!(pages.text(CAME_BY).await, "", "it is kept for the sum of who works there, and for nothing else");
    }

    async fn the_note_moves_with_a_merge_goes_with_a_year_and_with_an_erasure(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO came_by (recipient_id, organisation_id, came_at) VALUES (31, 31, 1804000000000000), (2, 31, 1704000000000000)").await;
        let store = &pages.db.store;
        let year = now() - TimeDelta::days(365);
        assert!(store.count_going(KeptKind::Letters, year).await.unwrap().contains(&("came_by", 1)));
        store.retire(KeptKind::Letters, year, now()).await.unwrap();
        assert_eq!(pages.text(CAME_BY).await, "siri@vik.example vik");
        let order = MergeOrder { kept: KARI, gone: RecipientId(31), public_id: "ffff", actor: "command", now: now() };
        let mut tx = store.begin().await.unwrap();
        let kept = tx.lock_merge_row(KARI).await.unwrap().unwrap();
        let gone = tx.lock_merge_row(RecipientId(31)).await.unwrap().unwrap();
        tx.merge_rows(&order, (&kept, &gone)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(pages.text(CAME_BY).await, "kari@nav.test vik");
        let erasure = Erasure {
            id: Some(KARI), email: &"kari@nav.test".parse().unwrap(), keys: &Keys::new(vec![(1, KEY)]),
            public_id: "0".repeat(32), files: PersonalFiles::default(), now: now(),
        };
        erase_person(store, &erasure).await.unwrap();
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM came_by").await, "0");
    }
}
