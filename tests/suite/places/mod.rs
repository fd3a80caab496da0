//! People and places on the desk: finding somebody, looking into their letters, replacing a holder.

mod asking;
mod at_fields;
mod importing;
mod merging;
mod overtaking;
mod partners;
mod people;
mod replacing;
mod sheet;
mod twice;
mod unions;

use axum::http::StatusCode;

use crate::access::reader::{Reader, filled};
use crate::harness::Database;
use crate::pages::world::{Answer, Pages};

/// What the log calls whoever works in these stories.
const PEOPLE: &str = r#"["people"]"#;

/// Rows with numbers of their own do not move PostgreSQL's counters.
async fn pages_of(db: Database) -> Pages {
    let pages = Pages::over(db).await;
    if pages.db.store.has_many_workers() {
        let _ = pages.text("SELECT CAST(setval(pg_get_serial_sequence('seat', 'id'), 50) AS TEXT)").await;
        let _ =
            pages.text("SELECT CAST(setval(pg_get_serial_sequence('organisation', 'id'), 50) AS TEXT)").await;
    }
    pages
}

/// Gives the place of a page to somebody, in the two steps that there are.
async fn replace(reader: &mut Reader<'_>, path: &str, said: &str) -> Answer {
    let shown = reader.post(&format!("{path}/welcome"), said).await;
    let action = format!("{path}/replace");
    reader.post(&action, &filled(&shown, &action, said)).await
}

/// What is wrong stands at the field, which programs that read the page aloud are told.
fn is_told_at(page: &Answer, field: &str, text: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    let told = format!("<p class=\"error\" id=\"{field}-error\">{text}");
    assert!(page.body.contains(&told), "{told} in {}", page.body);
    let marked =
        page.body.contains("aria-invalid=\"true\"") && page.body.contains(&format!("{field}-error\""));
    assert!(marked, "{field} in {}", page.body);
}

/// Where an answer leads.
fn place(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location")
}
