//! What is published is what was looked at; it stays so, and a line leaves with its minutes.

use axum::http::StatusCode;

use super::scene::{
    COMPOSE, GOALS, PREVIEW, SENDER, TAKE_BACK, composed, hand_in, pages_with_goals, publish,
};
use crate::access::reader::filled;
use crate::desk::seat::seat;
use crate::on_both_databases;
use crate::pages::world::Pages;
use crate::queue::desk::{LEAD, place};

const LINES: &str = "SELECT kind || '|' || words || '|' || COALESCE(beside, '') || '|' || COALESCE(happened_on, '') FROM effect_line ORDER BY position";

async fn withdraw(pages: &Pages, item: &'static str) {
    pages.run(item).await;
    pages.run("UPDATE forum SET change_number = change_number + 1").await;
}

on_both_databases! {
    async fn a_page_is_seen_approved_and_published_as_it_was_seen(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let open = hand_in(&mut lead, "public", "2027-02-01", ("Sju avtaler <b>x</b>.", "")).await;
        let forums = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let said = composed("this_year", "Slik gikk det.\n\nDet gikk bra.", &[GOALS.as_slice(), &[("gain", &open), ("gain", &forums), ("shown", &open), ("shown", &forums), ("do", "look")]].concat());
        assert_eq!(place(&lead.fill_in(COMPOSE, COMPOSE, &said).await), PREVIEW);
        let preview = lead.get(PREVIEW).await;
        assert!(!preview.body.contains("name=\"group_alone\""), "{}", preview.body);
        let unticked = lead.fill_in(PREVIEW, PREVIEW, "").await;
        assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unticked.body.contains("id=\"looked_over-error\">Se etter navn og helseopplysninger"), "{}", unticked.body);
        assert_eq!(pages.get("/effects").await.status, StatusCode::NOT_FOUND);
        let done = lead.post(PREVIEW, &filled(&preview, PREVIEW, "looked_over=yes")).await;
        assert_eq!(done.header("location"), "/desk/effects?done=published");
        let again = lead.post(PREVIEW, &filled(&preview, PREVIEW, "looked_over=yes")).await;
        assert_eq!(place(&again), COMPOSE, "whoever presses twice has done it once");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'effects.published'").await, "account:1");
        let page = pages.get("/effects").await;
        assert_eq!(page.status, StatusCode::OK);
        for said in ["<h1>Virkninger</h1>", "Fra 1. januar 2027 til 8. mars 2027", "<p>Slik gikk det.</p><p>Det gikk bra.</p>", "<b>1 av 2</b> <span>mål er nådd i perioden", "2 møter i perioden.",
                     "Sju avtaler &lt;b&gt;x", "Vi ringte.", "Fra møtet 2. februar 2027.", "href=\"/i/referat-2027-02-01?lang=nb\">Les referatet", "Nådd 10. februar 2027", "Ti avtaler", "Publisert 8. mars 2027."] {
            assert!(page.body.contains(said), "{said} in {}", page.body);
        }
        assert!(!page.body.contains("/i/referat-2027-02-02"), "minutes for the forum are not linked: {}", page.body);
        assert!(!page.body.contains("får brev"), "two people are not told: {}", page.body);
        assert!(pages.get("/").await.body.contains("href=\"/effects?lang=nb\">Hva arbeidet har ført til</a>"));
        assert!(pages.get("/public").await.body.contains("href=\"/effects?lang=nb\""));
        let text = pages.get("/effects.txt").await;
        assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
        for said in ["KOMPETANSEGRUPPE HELSE\n2 møter i perioden.\n", "- For forumet. Slik: Vi ringte. Fra møtet 2. februar 2027.", "- Ti læreplasser. Tegnet: Ti avtaler. Nådd 10. februar 2027.", "https://forum.example/effects\n"] {
            assert!(text.body.contains(said), "{said} in {}", text.body);
        }
    }

    async fn nothing_that_comes_later_shows_on_a_published_page(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "")).await;
        place(&publish(&mut lead, &item).await);
        let before = pages.get("/effects").await.body;
        hand_in(&mut lead, "public", "2027-02-05", ("Nytt.", "")).await;
        pages.run("UPDATE goal SET goal = 'Et annet mål'").await;
        pages.run("UPDATE recipient SET status = 'unsubscribed'").await;
        place(&lead.fill_in(COMPOSE, COMPOSE, &composed("last_year", "Noe annet.", &[])).await);
        assert_eq!(pages.get("/effects").await.body, before);
    }

    async fn a_line_leaves_with_its_minutes_and_the_desk_says_so(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "")).await;
        place(&publish(&mut lead, &item).await);
        assert!(pages.get("/effects").await.body.contains("For forumet."));
        pages.run("UPDATE item SET version = 2 WHERE id = (SELECT MAX(id) FROM item)").await;
        pages.run("INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane, language, fields, given, created_at)
                   SELECT item_id, 2, kind, audience, about, interested, visibility, importance, lane, language, fields, given, created_at FROM item_version WHERE item_id = (SELECT MAX(id) FROM item)").await;
        withdraw(&pages, "INSERT INTO item_text (item_id, version, language, text) SELECT item_id, 2, language, text FROM item_text WHERE item_id = (SELECT MAX(id) FROM item)").await;
        let desk = lead.get(COMPOSE).await.body;
        assert!(desk.contains("Referatet bak 1 linje er rettet etter at du publiserte."), "{desk}");
        assert!(!lead.get("/desk").await.body.contains("id=\"lost\""));
        withdraw(&pages, "UPDATE item SET withdrawn_at = 1 WHERE id = (SELECT MAX(id) FROM item)").await;
        for path in ["/effects", "/effects.txt"] {
            let page = pages.get(path).await.body;
            assert!(!page.contains("For forumet.") && page.contains("Felles plan"), "{page}");
        }
        let desk = lead.get(COMPOSE).await.body;
        for said in ["1 linje står ikke lenger på siden, fordi referatet bak er trukket:", "<li>Kompetansegruppe helse, 2. februar 2027: For forumet.</li>"] {
            assert!(desk.contains(said), "{said} in {desk}");
        }
        assert!(!desk.contains("er rettet etter at du publiserte"), "{desk}");
        assert!(lead.get("/desk").await.body.contains("Linjer borte fra siden om virkninger"));
    }

    async fn what_a_group_wrote_for_itself_is_published_only_on_its_word(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "group:health", "2027-02-02", ("For gruppa.", "")).await;
        place(&lead.fill_in(COMPOSE, COMPOSE, &composed("this_year", "Slik.", &[GOALS.as_slice(), &[("gain", &item), ("shown", &item)]].concat())).await);
        let preview = lead.get(PREVIEW).await.body;
        assert!(preview.contains("1 linje står i et referat som bare er for gruppa. Nå kan alle lese den."), "{preview}");
        let refused = lead.fill_in(PREVIEW, PREVIEW, "looked_over=yes").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["id=\"group_alone-error\">Spør gruppa først", "name=\"looked_over\" value=\"yes\" aria-describedby=\"looked_over-hint\" checked"] {
            assert!(refused.body.contains(said), "{said} in {}", refused.body);
        }
        assert_eq!(pages.text(LINES).await, "");
        place(&lead.fill_in(PREVIEW, PREVIEW, "looked_over=yes&group_alone=yes").await);
        assert_eq!(pages.text(LINES).await, "goal|Ti læreplasser|Ti avtaler|2027-02-10\ngoal|Felles plan||\ngain|For gruppa.||2027-02-02");
    }

    async fn whoever_would_publish_another_page_than_they_saw_sees_it_first(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "")).await;
        place(&lead.fill_in(COMPOSE, COMPOSE, &composed("this_year", "Slik.", &[GOALS.as_slice(), &[("gain", &item), ("shown", &item)]].concat())).await);
        let stale = lead.get(PREVIEW).await;
        pages.run("UPDATE goal SET goal = 'Kari er frisk' WHERE reached_on IS NULL").await;
        let late = lead.post(PREVIEW, &filled(&stale, PREVIEW, "looked_over=yes")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("Noe er endret etter at du så siden.") && late.body.contains("Kari er frisk"), "{}", late.body);
        assert_eq!(pages.text(LINES).await, "");
        let looked = lead.get(PREVIEW).await;
        place(&lead.post(PREVIEW, &filled(&looked, PREVIEW, "looked_over=yes")).await);
        place(&lead.fill_in(COMPOSE, TAKE_BACK, "").await);
        let late = lead.post(PREVIEW, &filled(&looked, PREVIEW, "looked_over=yes")).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "an old tab does not bring back what was taken away");
        assert_eq!(pages.get("/effects").await.status, StatusCode::NOT_FOUND);
    }

    async fn a_page_is_taken_away_as_it_was_seen_and_what_was_composed_stays(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "")).await;
        place(&publish(&mut lead, &item).await);
        let mut other = seat(&pages, "other@forum.example", SENDER).await;
        let stale = other.get(COMPOSE).await;
        assert!(stale.body.contains("Siden ble publisert 8. mars av Lise Lund."), "{}", stale.body);
        pages.run("UPDATE effect_page SET turns = turns + 1").await;
        let late = other.post(TAKE_BACK, &filled(&stale, TAKE_BACK, "")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("Siden er publisert på nytt etter at du åpnet denne."), "{}", late.body);
        let taken = other.fill_in(COMPOSE, TAKE_BACK, "").await;
        assert_eq!(taken.header("location"), "/desk/effects?done=taken-back");
        assert_eq!(place(&other.post(TAKE_BACK, &filled(&late, TAKE_BACK, "")).await), COMPOSE, "twice is once");
        assert_eq!(pages.get("/effects").await.status, StatusCode::NOT_FOUND);
        let desk = other.get("/desk/effects?done=taken-back").await.body;
        for said in ["Siden er tatt bort.", "Ingen side er publisert.", ">Slik gikk det.</textarea>"] {
            assert!(desk.contains(said), "{said} in {desk}");
        }
    }

    async fn a_page_without_a_line_is_not_published(db: Database) {
        let pages = crate::queue::desk::pages_of(db).await;
        let mut sender = seat(&pages, "sender@forum.example", SENDER).await;
        assert!(sender.get(COMPOSE).await.body.contains("Her er ingenting å ta med ennå"));
        let preview = sender.get(PREVIEW).await.body;
        assert!(preview.contains("Siden har ingen linjer.") && !preview.contains("name=\"looked_over\""), "{preview}");
        assert_eq!(sender.post(PREVIEW, "looked_over=yes").await.status, StatusCode::CONFLICT);
        assert_eq!(pages.get("/effects").await.status, StatusCode::NOT_FOUND);
    }

    async fn labels_are_in_the_readers_language_and_lines_in_their_own(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        place(&publish(&mut lead, &item).await);
        let page = pages.get("/effects?lang=en").await.body;
        for said in ["<html lang=\"en\"", "<h1>Effects</h1>", "<p class=\"effects-words\" lang=\"nb\">For forumet.</p>", "<b>How:</b> <span lang=\"nb\">Vi ringte.", "From the meeting on 2 February 2027.", "lang=\"nb\"><p>Slik gikk det.</p>"] {
            assert!(page.contains(said), "{said} in {page}");
        }
        assert!(pages.get("/effects?lang=nn").await.body.contains("<h1>Verknader</h1>"));
    }

    async fn kinds_of_organisations_are_called_by_how_many_there_are(db: Database) {
        let pages = pages_with_goals(db).await;
        for sql in [
            r#"INSERT INTO term (id, facet, slug, names) VALUES (108, 'org', 'vik', '{"nb":"Vik"}'), (109, 'org', 'sund', '{"nb":"Sund"}'),
               (110, 'represents', 'vik', '{"nb":"Vik"}'), (111, 'represents', 'sund', '{"nb":"Sund"}')"#,
            "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
             VALUES (2, 'vik', 'Vik', 'municipality', 108, 110, 0), (3, 'sund', 'Sund', 'municipality', 109, 111, 0)",
            "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (2, 104, 2, 'member', 0), (3, 104, 3, 'member', 0)",
            "UPDATE forum SET change_number = change_number + 1",
        ] {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "")).await;
        place(&publish(&mut lead, &item).await);
        for (language, several, one) in
            [("nb", "Kommuner", "Statlig virksomhet"), ("nn", "Kommunar", "Statleg verksemd"), ("en", "Municipalities", "State agency")]
        {
            let page = pages.get(&format!("/effects?lang={language}")).await.body;
            for said in [format!("<span>{several}</span><span>2</span>"), format!("<span>{one}</span><span>1</span>")] {
                assert!(page.contains(&said), "{said} in {page}");
            }
        }
        let text = pages.get("/effects.txt").await.body;
        assert!(text.contains("- Organisasjonene: Kommuner 2, Statlig virksomhet 1\n"), "{text}");
    }
}
