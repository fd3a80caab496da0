//! Forms that somebody may not send any more: nothing is done, and what was typed is held.

use axum::http::StatusCode;

use super::seat::{add_account, seat, seat_account};
use crate::access::reader::{Reader, filled};
use crate::on_both_databases;
use crate::pages::world::{PUBLIC_ITEM, Pages, letter_token, now};

const NEW: &str = "/desk/items/new";
const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const TYPED: &str = "title=Referat&body=Andre+avsnitt+av+referatet&kind=tip&audience=all&do=save";
const DRAFTS: &str = "SELECT title || '|' || body FROM draft ORDER BY id";
const KARI: &str = "kari@nav.test";

on_both_databases! {
    async fn what_is_typed_after_the_session_ended_is_held_and_sent_again(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, "lise@forum.example", LEAD, &[]).await;
        let mut reader = seat_account(&pages, lise, "first", now()).await;
        let page = reader.get(NEW).await;
        reader.post("/desk/account/sign-out", "session=here").await;
        let held = reader.post(NEW, &filled(&page, NEW, TYPED)).await;
        assert_eq!((held.status, held.header("cache-control")), (StatusCode::UNAUTHORIZED, "no-store"));
        assert!(held.body.contains("Ingenting ble lagret eller sendt.") && held.body.contains("<pre class=\"mail\">Andre avsnitt av referatet</pre>"), "{}", held.body);
        assert!(held.body.contains("href=\"/desk/sign-in?next=/desk\" target=\"_blank\""), "{}", held.body);
        assert!(!held.body.contains("desk-bar") && !held.body.contains("Lise Lund"), "nothing of the desk: {}", held.body);
        assert_eq!(pages.text(DRAFTS).await, "");
        let mut again = seat_account(&pages, lise, "second", now()).await;
        let done = again.post(NEW, &filled(&held, NEW, "")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(pages.text(DRAFTS).await, "Referat|Andre avsnitt av referatet");
        let saved = Reader::new(&pages).post(NEW, "title=Referat&do=auto").await;
        assert_eq!(saved.status, StatusCode::UNAUTHORIZED, "the script is told, too");
    }

    async fn what_another_site_or_a_secret_brings_is_not_held(db: Database) {
        let pages = Pages::over(db).await;
        let unsaid = pages.post(NEW, TYPED).await;
        assert_eq!(unsaid.status, StatusCode::UNAUTHORIZED);
        assert!(!unsaid.body.contains("Andre avsnitt") && !unsaid.body.contains("<form"), "it does not say where it stood: {}", unsaid.body);
        let secret = Reader::new(&pages).post("/desk/account/password", "next=x&password=riktig+hest+batteri").await;
        assert_eq!(secret.status, StatusCode::UNAUTHORIZED);
        assert!(!secret.body.contains("hest") && secret.body.contains("prøv igjen"), "{}", secret.body);
        let long = format!("body={}", "ord+".repeat(140_000));
        let long = Reader::new(&pages).post(NEW, &long).await;
        assert_eq!(long.status, StatusCode::UNAUTHORIZED);
        assert!(!long.body.contains("ord ord"), "more than half a megabyte is not held");
    }

    async fn files_are_chosen_again(db: Database) {
        let pages = Pages::over(db).await;
        let fields = [("title", "Referat"), ("body", "Andre avsnitt <i>her</i>"), ("do", "save")];
        let files: [(&str, &str, &[u8]); 2] = [("file", "plan.pdf", b"%PDF-1.7 en plan"), ("file", "", b"")];
        let held = Reader::new(&pages).post_parts(NEW, &fields, &files).await;
        assert_eq!(held.status, StatusCode::UNAUTHORIZED);
        assert!(held.body.contains("enctype=\"multipart/form-data\"") && held.body.contains("Andre avsnitt &lt;i&gt;her"), "{}", held.body);
        assert_eq!(held.body.matches("<input type=\"file\" name=\"file\" required>").count(), 1, "{}", held.body);
        assert!(!held.body.contains("PDF-1.7") && held.body.contains("Velg dem på nytt nedenfor"), "{}", held.body);
    }

    async fn what_was_typed_beside_a_large_file_is_held_whoever_sends_it(db: Database) {
        let pages = Pages::over(db).await;
        let fields = [("title", "Referat"), ("body", "Andre avsnitt her"), ("do", "save")];
        let large = vec![b'%'; 700 * 1024];
        let files: [(&str, &str, &[u8]); 1] = [("file", "plan.pdf", &large)];
        let known = seat(&pages, "known@forum.example", r#"["people"]"#).await;
        for (reader, status) in [(Reader::new(&pages), StatusCode::UNAUTHORIZED), (known, StatusCode::FORBIDDEN)] {
            let held = reader.post_parts(NEW, &fields, &files).await;
            assert_eq!(held.status, status);
            for said in ["Andre avsnitt her", "name=\"do\" value=\"save\"", "Filer er ikke tatt vare på: Velg dem på nytt nedenfor"] {
                assert!(held.body.contains(said), "{said} in {}", held.body);
            }
            assert_eq!(held.body.matches("<input type=\"file\" name=\"file\" required>").count(), 1, "{}", held.body);
            assert!(!held.body.contains("%%") && !held.body.contains("Skjemaet var for stort"), "{}", held.body);
        }
    }

    async fn a_form_that_is_too_large_to_be_held_says_so(db: Database) {
        let pages = Pages::over(db).await;
        let (file, text) = (vec![b'%'; 23 << 20], "ord ".repeat(140_000));
        let large: [(&str, &str, &[u8]); 1] = [("file", "plan.pdf", &file)];
        for (body, files) in [("Andre avsnitt her", &large[..]), (&text, &large[..0])] {
            let refused = Reader::new(&pages).post_parts(NEW, &[("body", body)], files).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
            assert!(refused.body.contains("Skjemaet var for stort") && refused.body.contains("Ingenting ble lagret eller sendt."), "{}", refused.body);
            assert!(!refused.body.contains("multipart") && !refused.body.contains("Filer er ikke tatt vare på"), "{}", refused.body);
        }
    }

    async fn a_form_by_which_somebody_leaves_is_never_held(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/desk/accounts/2/end", "/me/erase"] {
            let refused = Reader::new(&pages).post(path, "sure=yes&why=jeg+vil+bort").await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(refused.body.contains("Ingenting ble lagret eller sendt.") && !refused.body.contains("Send en gang til"), "{path}: {}", refused.body);
            assert!(!refused.body.contains("jeg vil bort"), "{path}: {}", refused.body);
        }
    }

    async fn what_an_account_may_not_send_any_more_is_held_among_its_own_ways(db: Database) {
        let pages = Pages::over(db).await;
        let mut writer = seat(&pages, "writer@forum.example", r#"["write"]"#).await;
        let page = writer.get(NEW).await;
        pages.run("UPDATE account SET rights = '[\"people\"]'").await;
        let held = writer.post(NEW, &filled(&page, NEW, TYPED)).await;
        assert_eq!(held.status, StatusCode::FORBIDDEN);
        assert!(held.body.contains("Denne siden er ikke for kontoen din") && held.body.contains("desk-bar"), "{}", held.body);
        assert!(held.body.contains("<pre class=\"mail\">Andre avsnitt av referatet</pre>"), "{}", held.body);
        assert_eq!(pages.text(DRAFTS).await, "");
    }

    async fn what_a_reader_types_after_signing_out_is_held(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let page = kari.get("/me/send-in").await;
        kari.post("/me/sign-out", "device=all").await;
        let typed = "title=Nytt+kurs&body=Gratis+for+alle&for_whom=alle";
        let held = kari.post("/me/send-in", &filled(&page, "/me/send-in", typed)).await;
        assert_eq!((held.status, held.header("cache-control")), (StatusCode::UNAUTHORIZED, "no-store"));
        assert!(held.body.contains("Gratis for alle") && held.body.contains("href=\"/link?next=/me\""), "{}", held.body);
        assert!(!held.body.contains("nav.test"), "nobody is named: {}", held.body);
        assert_eq!(pages.text(DRAFTS).await, "");
        let letter = format!("/l/{}/item/{PUBLIC_ITEM}/help", letter_token());
        let closed = kari.post(&letter, "message=Jeg+kan+komme").await;
        assert_eq!(closed.status, StatusCode::GONE);
        assert!(closed.body.contains("<pre class=\"mail\">Jeg kan komme</pre>") && !closed.body.contains("Send en gang til"), "{}", closed.body);
        let mut again = Reader::signed_in(&pages, KARI, 2).await;
        let done = again.post("/me/send-in", &filled(&held, "/me/send-in", "")).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(pages.text(DRAFTS).await, "Nytt kurs|Gratis for alle");
    }
}
