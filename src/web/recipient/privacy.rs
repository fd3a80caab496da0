//! Who answers for personal data, what is held and why (GDPR art. 13 and 14), from the operator's settings.

use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use crate::forum::{Forum, Language};
use crate::web::layers::language_of;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::visitor::Whose;
use crate::web::words::fill;

#[derive(Serialize)]
struct Row {
    label: String,
    value: String,
}

#[derive(Serialize)]
struct Mine {
    preferences: String,
    unsubscribe: String,
}

#[derive(Serialize)]
struct Page {
    rows: Vec<Row>,
    mine: Option<Mine>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "privacy.html";
}

/// For everyone, in the browser's language.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = language_of(&headers).unwrap_or(forum.settings.language);
    let rows = list_rows(&reading, &forum, language).await?;
    reading.0.page(&forum, language, &Page { rows, mine: None })
}

/// From a letter, in the reader's language.
pub(super) async fn show_mine(reading: Reading, whose: Whose) -> Result<Response, Refusal> {
    let mine = Mine {
        preferences: whose.path("preferences"),
        unsubscribe: reading.0.unsubscribe_path(whose.recipient.id),
    };
    let rows = list_rows(&reading, &whose.forum, whose.recipient.language).await?;
    whose.page(&reading.0, &Page { rows, mine: Some(mine) })
}

async fn list_rows(reading: &Reading, forum: &Forum, language: Language) -> Result<Vec<Row>, Refusal> {
    let words = &reading.0.words(language).privacy;
    let set = &reading.0.config().file.privacy;
    let or_unset = |value: &Option<String>| value.clone().unwrap_or_else(|| words.unset.clone());
    let kept = fill(
        &words.kept_text,
        &[
            ("letters", &reading.retention_days("letters").await?.to_string()),
            ("taps", &reading.retention_days("taps").await?.to_string()),
            ("holders", &reading.retention_days("ended_holders").await?.to_string()),
        ],
    );
    let rows = [
        (&words.controller, or_unset(&set.controller)),
        (&words.contact, or_unset(&set.contact)),
        (&words.purpose, fill(&words.purpose_text, &[("forum", &forum.settings.name)])),
        (&words.basis, words.basis_text.clone()),
        (&words.data, words.data_text.clone()),
        (&words.tracking, words.tracking_text.clone()),
        (&words.kept, kept),
        (&words.rights, words.rights_text.clone()),
    ];
    Ok(rows.into_iter().map(|(label, value)| Row { label: label.clone(), value }).collect())
}
