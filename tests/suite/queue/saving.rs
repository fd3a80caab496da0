//! Drafts that somebody else saves, queues or throws away while they are open: nothing typed is lost, and what is said of
//! them is true.

use axum::http::StatusCode;

use super::desk::{LEAD, form, pages_of, place};
use super::promised::minutes;
use crate::access::reader::{Reader, filled};
use crate::desk::seat::seat;
use crate::on_both_databases;
use crate::pages::world::{Answer, now};

const DRAFTS: &str = "SELECT state || ' ' || title || CASE WHEN corrects_id IS NULL THEN '' ELSE ' corrects' END FROM draft ORDER BY id";
const TIPS: &str = "SELECT CAST(version AS TEXT) FROM item WHERE slug = 'tips'";

fn tip(title: &str, wish: &str) -> String {
    form(&[("title", title), ("kind", "tip"), ("audience", "all"), ("do", wish)])
}

/// A draft, and its page as somebody opened it before others went on with it.
async fn opened(lead: &mut Reader<'_>) -> (String, Answer) {
    let draft = place(&lead.post("/desk/items/new", &tip("Tips", "save")).await);
    let page = lead.get(&draft).await;
    (draft, page)
}

async fn told(lead: &mut Reader<'_>, (draft, page): (&str, &Answer), form: &str, said: &str) -> Answer {
    let late = lead.post(draft, &filled(page, draft, form)).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    assert!(late.body.contains(said) && late.body.contains("value=\"Annet\""), "{said}: {}", late.body);
    late
}

on_both_databases! {
    async fn a_title_that_is_too_long_is_told_at_its_field_and_kept_as_it_was_typed(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let refused = lead.post("/desk/items/new", &tip(&"ø".repeat(201), "queue")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains("title-error\">Skriv en kort tittel. Høyst 200 tegn."), "{}", refused.body);
        assert!(pages.text(DRAFTS).await.ends_with(&"ø".repeat(201)));
    }

    async fn a_draft_of_somebody_without_a_name_is_called_by_their_address(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        pages.run("UPDATE account SET name = ''").await;
        place(&lead.post("/desk/items/new", &tip("Tips", "save")).await);
        let list = lead.get("/desk/items").await.body;
        assert!(list.contains("Utkast av lead@forum.example, sist lagret"), "{list}");
    }

    async fn a_link_that_is_none_stops_no_draft_and_is_told_at_its_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let with = |wish: &str| form(&[("title", "Kurs"), ("kind", "tip"), ("audience", "all"), ("link", "skole.example/kurs"), ("do", wish)]);
        let draft = place(&lead.post("/desk/items/new", &with("save")).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("value=\"skole.example/kurs\"") && page.contains(" novalidate "), "the browser stops no button: {page}");
        let queued = lead.fill_in(&draft, &draft, &with("queue")).await;
        assert_eq!(queued.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", queued.body);
        let told = "<p class=\"error\" id=\"link-error\">En lenke begynner med https://</p>";
        assert!(queued.body.contains(told) && queued.body.contains("link-error\" aria-invalid=\"true\""), "{}", queued.body);
        let mended = form(&[("title", "Kurs"), ("kind", "tip"), ("audience", "all"), ("link", "https://skole.example/kurs"), ("do", "queue")]);
        place(&lead.fill_in(&draft, &draft, &mended).await);
    }

    async fn a_button_that_names_no_chip_takes_none_away(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let audience = "group:health and not org:nav";
        let pressed = |wish| form(&[("title", "Tips"), ("audience", audience), ("do", wish)]);
        let draft = place(&lead.post("/desk/items/new", &pressed("save")).await);
        for wish in ["drop:x.0", "drop:not.x", "drop:not.1", "drop:0"] {
            place(&lead.fill_in(&draft, &draft, &pressed(wish)).await);
            assert_eq!(pages.text("SELECT audience FROM draft").await, audience, "{wish}");
        }
    }

    async fn what_was_sent_in_and_never_saved_is_not_saved_over_either(db: Database) {
        let pages = pages_of(db).await;
        pages.post("/send-in", "title=Kurs&body=Gratis&kind=tip&for_whom=Alle&name=Per&email=per%40skole.example").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = format!("/desk/drafts/{}", pages.text("SELECT public_id FROM draft").await);
        let stale = lead.get(&draft).await;
        assert!(stale.body.contains("name=\"saves\" value=\"0\""), "{}", stale.body);
        place(&lead.fill_in(&draft, &draft, &tip("Den ene", "save")).await);
        told(&mut lead, (&draft, &stale), &tip("Annet", "save"), "Noen andre har lagret dette utkastet").await;
        let blind = lead.post(&draft, &tip("Annet", "save")).await;
        assert_eq!(blind.status, StatusCode::CONFLICT, "who does not say what was shown saw nothing");
        assert_eq!(pages.text(DRAFTS).await, "new Den ene");
        let same = lead.post(&draft, &filled(&stale, &draft, &tip("Den ene", "save"))).await;
        assert_eq!(same.status, StatusCode::SEE_OTHER, "what stands already is no conflict: {}", same.body);
    }

    async fn what_is_typed_into_a_draft_that_is_an_item_by_now_becomes_a_correction(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (draft, stale) = opened(&mut lead).await;
        let item = place(&lead.fill_in(&draft, &draft, &tip("Tips", "queue")).await);
        let again = lead.post(&draft, &filled(&stale, &draft, &tip("Tips", "queue"))).await;
        assert_eq!(place(&again), item, "nothing was typed since");
        for wish in ["save", "queue", "auto"] {
            told(&mut lead, (&draft, &stale), &tip("Annet", wish), "ble lagt i kø som sak").await;
        }
        assert_eq!(pages.text(DRAFTS).await, "taken Tips");
        let late = told(&mut lead, (&draft, &stale), &tip("Annet", "save"), "utkast til en rettelse av saken").await;
        let correction = place(&lead.post(&draft, &filled(&late, &draft, &tip("Annet", "save"))).await);
        assert_ne!(correction, draft);
        assert_eq!(pages.text(DRAFTS).await, "taken Tips\nnew Annet corrects");
        let page = lead.get(&correction).await;
        assert!(page.body.contains("value=\"Annet\"") && page.body.contains("<p class=\"title\">Tips</p>"), "{}", page.body);
        assert_eq!(pages.text(TIPS).await, "1");
        place(&lead.post(&correction, &filled(&page, &correction, &tip("Annet", "queue"))).await);
        assert_eq!(pages.text(TIPS).await, "2");
    }

    async fn whoever_is_overtaken_is_shown_what_the_other_wrote(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = seat(&pages, "other@forum.example", LEAD).await;
        let (draft, stale) = opened(&mut lead).await;
        let theirs = [("title", "Tips"), ("body", "Tre avsnitt av Ola."), ("title_nn", "Tips, nynorsk"), ("kind", "article"), ("audience", "group:health"), ("do", "save")];
        place(&other.fill_in(&draft, &draft, &form(&theirs)).await);
        let mine = form(&[("title", "Annet"), ("body", "Mine ord."), ("kind", "tip"), ("audience", "all"), ("do", "save")]);
        let late = told(&mut lead, (&draft, &stale), &mine, "Slik er utkastet nå").await;
        for stands in ["<pre class=\"mail\">Tre avsnitt av Ola.</pre>", "<dt>Hva gjelder det? (", "<pre class=\"mail\">Tips, nynorsk</pre>", "<pre class=\"mail\">Kompetansegruppe helse</pre>", "<pre class=\"mail\">Tips</pre>"] {
            assert!(late.body.contains(stands), "{stands}: {}", late.body);
        }
        assert!(!late.body.contains("<pre class=\"mail\">Mine ord."), "what was typed stands in the form: {}", late.body);
        let done = place(&lead.post(&draft, &filled(&late, &draft, &mine)).await);
        let page = lead.get(&done).await.body;
        assert!(!page.contains("Slik er utkastet nå") && page.contains("Mine ord."), "{page}");
    }

    async fn whoever_is_overtaken_is_shown_what_the_other_said_of_promises_and_followers(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = seat(&pages, "other@forum.example", LEAD).await;
        let promised = [("promise_what_1", "Ringe ti"), ("promise_by_1", "2027-03-04"), ("do", "queue")];
        place(&lead.post("/desk/items/new", &minutes("Februarmøtet", "2027-02-01", &promised)).await);
        let id = pages.text("SELECT CAST(id AS TEXT) FROM promise").await;
        let (said, by) = (format!("was_said_{id}"), format!("was_by_{id}"));
        let draft = place(&lead.post("/desk/items/new", &minutes("Annet", "2027-03-05", &[])).await);
        let stale = lead.get(&draft).await;
        let theirs = [
            ("promise_what_1", "Skrive planen"), ("promise_who_1", "1"), ("promise_by_1", "2027-03-20"),
            (said.as_str(), "dropped"), (by.as_str(), "2027-04-10"), ("interested", "no"), ("do", "save"),
        ];
        place(&other.fill_in(&draft, &draft, &minutes("Annet", "2027-03-05", &theirs)).await);
        let mine = minutes("Annet", "2027-03-05", &[("body", "Mine ord."), (said.as_str(), "open"), ("do", "save")]);
        let late = told(&mut lead, (&draft, &stale), &mine, "Slik er utkastet nå").await;
        let stands = |label: &str, value: &str| format!("<dt>{label}</dt><dd><pre class=\"mail\">{value}");
        for stands in [
            stands("Tema", "Bare de jeg har valgt</pre>"),
            stands("Løfte 1: Hva", "Skrive planen</pre>"),
            stands("Løfte 1: Hvem", "Kari &lt;script&gt;"),
            stands("Løfte 1: Innen", "2027-03-20</pre>"),
            stands("Ringe ti: Hvordan går det?", "Blir ikke noe av</pre>"),
            stands("Ringe ti: Ny frist", "2027-04-10</pre>"),
        ] {
            assert!(late.body.contains(&stands), "{stands}: {}", late.body);
        }
        assert!(!late.body.contains("<dt>Gruppe</dt>"), "what both say is not told: {}", late.body);
    }

    async fn files_that_came_too_late_are_asked_for_again(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (draft, _) = opened(&mut lead).await;
        place(&lead.fill_in(&draft, &draft, &tip("Tips", "queue")).await);
        let fields = [("title", "Annet"), ("audience", "all"), ("do", "save"), ("saves", "1")];
        let late = lead.post_parts(&draft, &fields, &[("file", "plan.pdf", b"%PDF-1.7 en plan")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("Filene du valgte, er ikke lagt ved"), "{}", late.body);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft_attachment").await, "0");
    }

    async fn files_over_the_twentieth_are_told_of_and_one_gives_room_for_another(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (draft, _) = opened(&mut lead).await;
        let many: Vec<(String, String)> = (1..=22).map(|n| (format!("{n}.pdf"), format!("%PDF-1.7 {n}"))).collect();
        let files: Vec<(&str, &str, &[u8])> = many.iter().map(|(name, text)| ("file", name.as_str(), text.as_bytes())).collect();
        let with = |wish, saves| [("title", "Tips"), ("kind", "tip"), ("audience", "all"), ("do", wish), ("saves", saves)];
        const COUNT: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM draft_attachment";
        place(&lead.post_parts(&draft, &with("save", "1"), &files[..19]).await);
        assert_eq!(pages.text(COUNT).await, "19");
        for (wish, saves) in [("save", "2"), ("queue", "3")] {
            let refused = lead.post_parts(&draft, &with(wish, saves), &files[19..]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wish}: {}", refused.body);
            assert!(refused.body.contains("En sak kan ha 20 vedlegg."), "{wish}: {}", refused.body);
            assert_eq!(pages.text(COUNT).await, "20");
        }
        assert_eq!(pages.text(DRAFTS).await, "new Tips", "what lacks a file that was chosen is not queued");
        place(&lead.post_parts(&draft, &with("file-drop:0", "4"), &files[20..21]).await);
        assert_eq!(pages.text("SELECT name FROM draft_attachment WHERE name IN ('1.pdf', '21.pdf')").await, "21.pdf");
        place(&lead.post_parts(&draft, &with("save", "5"), &files[20..21]).await);
        assert_eq!(pages.text(COUNT).await, "20", "what is there already is not one too many");
    }

    async fn what_is_typed_into_a_draft_that_was_thrown_away_makes_it_a_draft_again(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (draft, stale) = opened(&mut lead).await;
        place(&lead.post(&format!("{draft}/discard"), "").await);
        assert!(lead.get(&draft).await.body.contains("Utkastet er kastet."), "who opens it is told");
        let late = told(&mut lead, (&draft, &stale), &tip("Annet", "save"), "Utkastet ble kastet etter at du åpnet det").await;
        assert!(!late.body.contains("Noen andre har lagret"), "nobody did: {}", late.body);
        assert_eq!(pages.text(DRAFTS).await, "declined Tips");
        place(&lead.post(&draft, &filled(&late, &draft, &tip("Annet", "save"))).await);
        assert_eq!(pages.text(DRAFTS).await, "new Annet");
        assert!(lead.get("/desk/items").await.body.contains(&draft));
    }

    async fn a_draft_that_the_command_took_is_told_of_as_that(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (draft, stale) = opened(&mut lead).await;
        let id: i64 = pages.text("SELECT CAST(id AS TEXT) FROM draft").await.parse().unwrap();
        assert!(pages.db.store.settle_draft(id, "taken", now()).await.unwrap());
        let late = told(&mut lead, (&draft, &stale), &tip("Annet", "save"), "ble tatt ut som fil").await;
        place(&lead.post(&draft, &filled(&late, &draft, &tip("Annet", "save"))).await);
        assert_eq!(pages.text(DRAFTS).await, "new Annet");
    }
}
