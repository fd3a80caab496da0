//! Two who correct one item at once: the second is shown what the first made of it before it is replaced.

use axum::http::StatusCode;

use super::desk::{LEAD, form, pages_of, place};
use crate::access::reader::filled;
use crate::desk::seat::seat;
use crate::on_both_databases;

const TITLES: &str = "SELECT CAST(t.version AS TEXT) || ' ' || t.language || ' ' || t.text FROM item_text t JOIN item i ON i.id = t.item_id
                      WHERE i.slug = 'aapen' AND t.version > 1 ORDER BY t.version, t.language";

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
}
