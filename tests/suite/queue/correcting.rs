//! Two who correct one item at once: the second is shown what the first made of it before it is replaced.

use axum::http::StatusCode;

use super::desk::{LEAD, form, pages_of, place};
use crate::access::reader::filled;
use crate::desk::seat::seat;
use crate::on_both_databases;

const TITLES: &str = "SELECT CAST(t.version AS TEXT) || ' ' || t.language || ' ' || t.text FROM item_text t JOIN item i ON i.id = t.item_id
                      WHERE i.slug = 'aapen' AND t.version > 1 ORDER BY t.version, t.language";

/// What became of the drafts that correct something.
const CORRECTS: &str = "SELECT d.state || ' ' || COALESCE(i.slug, '-') FROM draft d LEFT JOIN item i ON i.id = d.corrects_id ORDER BY d.id";

/// A correction of the open article.
fn correction(title: &str, more: &[(&str, &str)]) -> String {
    let pairs = [
        ("title", title),
        ("body", "Les."),
        ("kind", "article"),
        ("about", "sector:health"),
        ("visibility", "public"),
        ("language", "nb"),
        ("do", "queue"),
    ];
    form(&[pairs.as_slice(), more].concat())
}

on_both_databases! {
    async fn a_second_correction_from_an_old_page_is_shown_the_first(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut other = seat(&pages, "other@forum.example", LEAD).await;
        let (first, second) = (place(&lead.post("/desk/items/aapen/correct", "").await), place(&other.post("/desk/items/aapen/correct", "").await));
        let stale = other.get(&second).await;
        assert!(!stale.body.contains("Noen andre har endret saken"), "nothing to tell yet");
        place(&lead.fill_in(&first, &first, &correction("Den ene", &[])).await);
        let stands = pages.text(TITLES).await;
        assert_eq!(stands.lines().count(), 1, "{stands}");
        let mine = correction("Den andre", &[("title_nn", "Den andre, nynorsk")]);
        let late = other.post(&second, &filled(&stale, &second, &mine)).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("Noen andre har endret saken") && late.body.contains("<p class=\"title\">Den ene</p>"), "what stands: {}", late.body);
        assert!(late.body.contains("value=\"Den andre\""), "what was typed stays");
        assert_eq!(pages.text(TITLES).await, stands, "in no language");
        assert!(other.get(&second).await.body.contains("Den andre"), "and it is kept");
        let done = other.post(&second, &filled(&late, &second, &mine)).await;
        assert_eq!(done.header("location"), "/desk/items/aapen?done=corrected", "who was shown it may: {}", done.body);
        let both = pages.text(TITLES).await;
        assert!(both.contains("Den andre, nynorsk") && both.lines().last().unwrap().contains("nn"), "{both}");
    }

    async fn an_item_that_waits_is_not_changed_from_an_old_page_either(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let tip = |title: &str| form(&[("title", title), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &tip("Tips")).await);
        let correct = format!("{item}/correct");
        let (first, second) = (place(&lead.post(&correct, "").await), place(&lead.post(&correct, "").await));
        let stale = lead.get(&second).await;
        place(&lead.fill_in(&first, &first, &tip("Den ene")).await);
        let late = lead.post(&second, &filled(&stale, &second, &tip("Den andre"))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        let version = "SELECT CAST(version AS TEXT) FROM item WHERE slug = 'tips'";
        assert_eq!(pages.text(version).await, "2");
        assert!(lead.get(&second).await.body.contains("<p class=\"title\">Den ene</p>"), "a draft that is opened again tells it at once");
        place(&lead.fill_in(&second, &second, &tip("Den andre")).await);
        assert_eq!(pages.text(version).await, "3");
    }

    async fn who_corrects_it_to_what_it_says_already_overwrites_nothing(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let correct = "/desk/items/aapen/correct";
        let (first, second) = (place(&lead.post(correct, "").await), place(&lead.post(correct, "").await));
        let stale = lead.get(&second).await;
        place(&lead.fill_in(&first, &first, &correction("Rettet", &[])).await);
        place(&lead.post(&second, &filled(&stale, &second, &correction("Rettet", &[]))).await);
        assert_eq!(pages.text(TITLES).await.lines().count(), 1);
    }

    async fn a_correction_of_what_was_withdrawn_is_told_and_goes_on_as_a_new_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/aapen/correct", "").await);
        let stale = lead.get(&draft).await;
        place(&lead.post("/desk/items/aapen/withdraw", "").await);
        let mine = correction("Den andre", &[]);
        let sent = filled(&stale, &draft, &mine);
        let late = lead.post(&draft, &sent).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("er trukket tilbake eller gjort til utkast igjen") && !late.body.contains("is withdrawn"), "{}", late.body);
        assert!(late.body.contains("value=\"Den andre\"") && late.body.contains("Legg i neste utsending"), "{}", late.body);
        assert_eq!(pages.text(CORRECTS).await, "new aapen", "nothing was done");
        let opened = lead.get(&draft).await;
        assert!(opened.body.contains("blir det en ny sak"), "who opens it is told: {}", opened.body);
        let again = filled(&opened, &draft, &mine);
        let made = place(&lead.post(&draft, &again).await);
        assert_eq!(made, "/desk/items/den-andre");
        assert_eq!(place(&lead.post(&draft, &again).await), made, "pressed twice, one item");
        assert_eq!((pages.text(TITLES).await.as_str(), pages.text(CORRECTS).await.as_str()), ("", "taken -"));
        let begun = lead.post("/desk/items/aapen/correct", "").await;
        assert_eq!(place(&begun), "/desk/items/aapen", "there is nothing to correct, and its page says why");
    }

    async fn a_correction_of_what_was_undone_goes_on_too(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let tip = |title: &str| form(&[("title", title), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &tip("Tips")).await);
        let draft = place(&lead.post(&format!("{item}/correct"), "").await);
        let stale = lead.get(&draft).await;
        place(&lead.post(&format!("{item}/undo"), "").await);
        let late = lead.post(&draft, &filled(&stale, &draft, &tip("Bedre tips"))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        assert!(late.body.contains("blir det en ny sak") && !late.body.contains("another slug"), "{}", late.body);
        assert_eq!(place(&lead.post(&draft, &filled(&late, &draft, &tip("Bedre tips"))).await), "/desk/items/bedre-tips");
    }

    async fn a_language_that_the_item_does_not_have_is_told_at_its_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let tip = |language: &str, audience: &str| form(&[("title", "Tips"), ("kind", "tip"), ("language", language), ("audience", audience), ("release_on", "2027-06-01"), ("release_time", "09:00"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &tip("nb", "all")).await);
        let draft = place(&lead.post(&format!("{item}/correct"), "").await);
        let refused = lead.fill_in(&draft, &draft, &tip("en", "group:health")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains("Saken er ikke skrevet på dette språket ennå") && refused.body.contains("id=\"language-error\""), "{}", refused.body);
        assert!(!refused.body.contains("is not the same"), "{}", refused.body);
    }
}
