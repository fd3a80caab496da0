//! Taking along, for a public archive, what its keeper must have before it goes.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::Writing;
use crate::web::staff::Staff;
use crate::web::templates::Content;

/// That it is more than one file holds.
#[derive(Serialize)]
struct TooLarge {
    title: String,
    lines: [String; 1],
    incident: Option<String>,
}

impl Content for TooLarge {
    const TEMPLATE: &'static str = "desk_message.html";
}

/// POST: minutes, and whatever is or was required, as a ZIP; the log says that it was taken.
pub(super) async fn take(writing: Writing, staff: Staff) -> Result<Response, Refusal> {
    let Some(bytes) = writing.take_deposit(&staff).await? else {
        let site = writing.reading().0;
        let words = &site.words(staff.language).archive.deposit;
        let (title, lines) = (words.too_large.clone(), [words.too_large_line.clone()]);
        return Ok(unprocessable(site.desk_page(&staff, &TooLarge { title, lines, incident: None })?));
    };
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"archive.zip\""),
    ];
    Ok((headers, bytes).into_response())
}
