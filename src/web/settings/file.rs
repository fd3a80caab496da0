//! The forum as a file, with what was changed here.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;

/// GET: `forum.toml`.
pub(super) async fn show(reading: Reading, _: Staff) -> Result<Response, Refusal> {
    let text = reading.forum_file().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"forum.toml\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}
