//! What a representative passes on: no link of their own in it, nothing that is not for everyone, and how much is left out.

use axum::http::StatusCode;
use treff::forum::Language;

use super::town;
use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::Pages;

/// What stands in the fields to copy from, by their ids.
fn fields(page: &str) -> Vec<(String, String)> {
    let fields = page.split("<textarea id=\"").skip(1);
    let field = |rest: &str| {
        let (id, rest) = rest.split_once('"').unwrap();
        let text = rest.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
        let text =
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        (id.to_owned(), text)
    };
    fields.map(field).collect()
}

async fn look(pages: &Pages, address: &str) -> String {
    let mut reader = Reader::signed_in(pages, address, 1).await;
    let page = reader.get("/me/for-colleagues").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    page.body
}

on_both_databases! {
    async fn the_newest_letter_is_there_without_what_is_not_for_everyone(db: Database) {
        let pages = town(db).await;
        let page = look(&pages, "kari@nav.test").await;
        assert!(page.contains("Fra brevet ditt 8. mars. 2 saker i brevet er ikke åpne for alle og er utelatt."), "what was withdrawn is not told of: {page}");
        let fields = fields(&page);
        let ids: Vec<&str> = fields.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["invitation-nav", "paste-text", "paste-html"]);
        for (id, text) in &fields {
            for own in ["/l/", "/u/", "/me", "/d/", "kari", "Kari", "Samling for forumet", "Hemmelig", "Trukket", "Neste"] {
                assert!(!text.contains(own), "{own} in {id}: {text}");
            }
            assert!(text.contains("https://forum.example/sign-up?organisation=nav"), "{id}: {text}");
        }
        assert!(fields[1].1.starts_with("Nytt fra Forum <script>alert(1)</script>\n\nÅpen sak <script>alert(1)</script>\n"), "{}", fields[1].1);
        assert!(fields[1].1.contains("Første avsnitt.") && fields[1].1.contains("https://forum.example/i/aapen\n"), "{}", fields[1].1);
        assert!(fields[2].1.contains("<a href=\"https://forum.example/i/aapen\"><strong>Åpen sak &lt;script"), "{}", fields[2].1);
        assert!(!fields[2].1.contains("<script") && !fields[2].1.contains("class="), "plain elements alone: {}", fields[2].1);
        pages.run("UPDATE organisation SET kind = 'union' WHERE id = 1").await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 2).await;
        for (id, text) in &self::fields(&kari.get("/me/for-colleagues").await.body)[1..] {
            assert!(text.contains("/sign-up") && !text.contains("organisation="), "whoever passes {id} on is with no union: {text}");
        }
    }

    async fn letters_that_did_not_go_and_urgent_ones_are_not_the_newest(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at, planned_at)
             VALUES (2, 'urgent', 1804491000000000, 1804491000000000, 9, 7, '{}', 1804491000000000, 1804491000000000),
                    (3, 'weekly', 1804492000000000, 1804492000000000, 9, 7, '{}', 1804492000000000, 1804492000000000)").await;
        pages.run("INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision, message_id, dated_at)
             VALUES (17, 2, 1, 'accepted', 1, 0, 0, 1, 'u@forum.example', 1804491000000000),
                    (18, 3, 1, 'rejected', 1, 0, 0, 1, 'r@forum.example', 1804492000000000)").await;
        pages.run("INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points, carried, correction, returned)
             VALUES (17, 1, 6, 1, 0, 'audience', '[]', 40, 0, FALSE, FALSE)").await;
        assert!(look(&pages, "kari@nav.test").await.contains("Åpen sak"));
        pages.run("UPDATE item_version SET visibility = 'forum' WHERE item_id = 1").await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 2).await;
        let page = kari.get("/me/for-colleagues").await.body;
        assert!(page.contains("Ingen av sakene i brevet ditt 8. mars er åpne for alle") && !page.contains("paste-text"), "{page}");
    }

    async fn each_organisation_that_somebody_works_for_or_represents_has_its_part(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 31, 'import')").await;
        let page = look(&pages, "siri@vik.example").await;
        assert!(page.contains("Du har ikke fått noe brev ennå.") && page.contains("Gi videre i Vik kommune"), "{page}");
        assert!(page.contains("Gi videre i Forbundet") && page.contains("blir ikke knyttet til Forbundet."), "{page}");
        assert!(page.contains("<a href=\"https://forum.example/o/vik/feed.atom\">"), "{page}");
        pages.run("UPDATE seat_holder SET ends_at = 1 WHERE seat_id = 21").await;
        let mut siri = Reader::signed_in(&pages, "siri@vik.example", 2).await;
        assert!(!siri.get("/me/for-colleagues").await.body.contains("Forbundet"), "they sit for it no more");
        pages.run("UPDATE seat SET ends_at = 1").await;
        let page = siri.get("/me/for-colleagues").await.body;
        assert!(page.contains("Inviter en kollega") && page.contains("https://forum.example/sign-up</textarea>"), "{page}");
    }

    async fn plain_links_lead_there_and_a_link_by_mail_opens_it(db: Database) {
        let pages = town(db).await;
        let away = pages.get("/me/for-colleagues").await;
        assert_eq!((away.status, away.header("location")), (StatusCode::SEE_OTHER, "/link?next=/me/for-colleagues"));
        let letter = crate::pages::world::letter_token();
        let shared = format!("/l/{letter}/item/{}/share", crate::pages::world::FORUM_ITEM);
        for path in [&format!("/l/{letter}/preferences"), &shared, "/i/aapen", "/o/vik"] {
            assert!(pages.get(path).await.body.contains("href=\"/me/for-colleagues\""), "{path}");
        }
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        assert!(kari.get("/me").await.body.contains("href=\"/me/for-colleagues\""));
    }

    async fn an_invitation_has_at_most_sixty_words_in_each_language(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE forum SET name = 'Kompetanseforum Nordfjella'").await;
        pages.run("UPDATE organisation SET name = 'Fylkeskommunen i Nordfjella og Vik'").await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        for language in Language::ALL {
            let sql = match language {
                Language::Nb => "UPDATE recipient SET language = 'nb'",
                Language::Nn => "UPDATE recipient SET language = 'nn'",
                Language::En => "UPDATE recipient SET language = 'en'",
            };
            pages.run(sql).await;
            let (_, text) = fields(&kari.get("/me/for-colleagues").await.body).remove(0);
            let words = text.split_whitespace().count();
            assert!(words <= 60 && text.contains("/o/nav"), "{words} words: {text}");
        }
    }
}
