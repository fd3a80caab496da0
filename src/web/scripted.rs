//! Pages that run a script: a file of ours, which asks nobody but us.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// What other pages may do, but for frames, and a script of ours.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The page, with leave to run its script.
pub(super) fn let_script_run(mut page: Response) -> Response {
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    page
}

/// The page, with leave to run the script that asks for it again, if what it shows goes on while one looks.
pub(super) fn let_script_run_if(page: Response, goes_on: bool) -> Response {
    if goes_on { let_script_run(page) } else { page }
}
