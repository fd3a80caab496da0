//! The preference page and saying what one thinks, as people meet them.

mod brings;
mod coming;
mod drawing;
mod learned;
mod sampling;
mod saying;
mod trying;

use crate::pages::world::{Pages, letter_token};

/// Below the letter's link.
fn path(page: &str) -> String {
    format!("/l/{}/{page}", letter_token())
}

/// The value of the hidden field `name` in the first form that has one.
pub fn hidden(body: &str, name: &str) -> Option<String> {
    let start = format!(r#"name="{name}" value=""#);
    let from = body.find(&start)? + start.len();
    body[from..].split('"').next().map(str::to_owned)
}

/// What stands in the preview.
async fn preview(pages: &Pages, form: &str) -> String {
    let answer = pages.post(&path("preferences/preview"), &format!("{form}&part=preview")).await;
    assert_eq!(answer.status, axum::http::StatusCode::OK, "{}", answer.body);
    assert!(answer.body.trim().starts_with("<section id=\"preview\""), "the part alone");
    answer.body
}
