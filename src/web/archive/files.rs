//! An item's files as they are fetched. Whether the item may be read is asked at each fetch, by the caller.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::conditional::has_it;
use crate::content::Item;
use crate::forum::to_ascii;
use crate::store::AttachmentRow;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;

/// A file opens in a frame of its own that may do nothing, whatever a browser takes it for.
const FILE_POLICY: &str = "default-src 'none'; style-src 'self'; sandbox; frame-ancestors 'none'";

/// What browsers may show by themselves; all else is saved. A PDF too: under a sandbox no browser shows one.
const SHOWN: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

/// The file at `position` of an item that the reader may read.
pub(in crate::web) async fn file_of(
    reading: &Reading,
    asked: &HeaderMap,
    item: &Item,
    position: i64,
) -> Result<Response, Refusal> {
    let rows = reading.attachments(item).await?;
    let row = rows.into_iter().find(|row| row.position == position).ok_or(Why::NotFound)?;
    let tag = format!("\"{}\"", &row.hash[..32.min(row.hash.len())]);
    let headers = [
        (header::ETAG, tag.clone()),
        (header::CONTENT_DISPOSITION, disposition_of(&row)),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY.to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
    ];
    if has_it(asked, &tag, None) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let bytes = reading.attachment_bytes(&row).await?;
    Ok((headers, [(header::CONTENT_TYPE, row.media_type)], Body::from(bytes)).into_response())
}

/// RFC 6266: the plain name for old programs, the true one as RFC 8187 writes it.
fn disposition_of(row: &AttachmentRow) -> String {
    let how = if SHOWN.contains(&row.media_type.as_str()) { "inline" } else { "attachment" };
    let plain = plain_of(&row.name);
    let mut coded = String::new();
    super::asked::percent_encode(&row.name, &mut coded);
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

/// The name in ASCII, without what ends or escapes a quoted string.
fn plain_of(name: &str) -> String {
    to_ascii(name).chars().map(|c| if c == '"' || c == '\\' || c.is_control() { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_header() {
        let row = |name: &str, media_type: &str| AttachmentRow {
            position: 0,
            hash: "00".into(),
            name: name.into(),
            media_type: media_type.into(),
            size: 1,
        };
        assert_eq!(
            disposition_of(&row("Årsmøte \"2027\"\r\nX: y.pdf", "application/pdf")),
            "attachment; filename=\"Arsmote _2027_X: y.pdf\"; filename*=UTF-8''%C3%85rsm%C3%B8te%20%222027%22%0D%0AX%3A%20y.pdf"
        );
        assert!(disposition_of(&row("a.png", "image/png")).starts_with("inline; "));
        assert!(disposition_of(&row("a.svg", "application/octet-stream")).starts_with("attachment; "));
    }
}
