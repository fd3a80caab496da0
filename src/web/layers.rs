//! What every request passes on its way in and every answer on its way out.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};

use super::held::hold_for_readers;
use super::paths::{is_desk, is_own, is_token_path};
use super::refusal::{Refusal, Why, new_incident};
use super::refused::show_refusal;
use super::site::Site;
use crate::forum::Language;

/// A form is a few kilobytes; the preferences of a forum with hundreds of topics fit.
const LARGEST_BODY_BYTES: usize = 256 * 1024;

/// No answer takes longer.
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Pages run no script, load nothing from elsewhere, stand in no frame.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts the layers around the routes, outermost last.
pub(super) fn wrap(routes: Router<Site>, site: Site) -> Router {
    routes
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(forgive_null_origin))
        .layer(middleware::from_fn(forgive_one_click))
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(site.clone(), hold_for_readers))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_REQUEST))
        .layer(middleware::from_fn_with_state(site.clone(), show_refusal))
        .layer(middleware::from_fn(prefer_asked_language))
        .layer(middleware::from_fn(set_headers))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    // The matched route, never the path: paths carry tokens.
                    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
                    tracing::info_span!("request", http.method = %request.method(), http.route = route)
                })
                .on_response(DefaultOnResponse::new().level(tracing::Level::DEBUG))
                .on_failure(()),
        )
        .with_state(site)
}

/// Our own `no-referrer` makes browsers say `Origin: null` of our own forms. New ones tell by
/// Sec-Fetch-Site where a form comes from; for those that do not, the token in the path is proof enough.
async fn forgive_null_origin(mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let old_browser = !headers.contains_key("sec-fetch-site");
    let null = headers.get(header::ORIGIN).is_some_and(|origin| origin == "null");
    if old_browser && null && is_token_path(request.uri().path()) {
        request.headers_mut().remove(header::ORIGIN);
    }
    next.run(request).await
}

/// One click may come from a page of whoever shows the letter (RFC 8058, 3.2): the token alone counts, no cookie is read,
/// and so it is not asked where the button stood.
async fn forgive_one_click(request: Request, next: Next) -> Result<Response, Refusal> {
    let is_from_page =
        request.headers().contains_key(header::ORIGIN) || request.headers().contains_key("sec-fetch-site");
    let token = request.uri().path().strip_prefix("/u/");
    let may_be = *request.method() == Method::POST && token.is_some_and(|token| !token.contains('/'));
    if !may_be || !is_from_page {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY_BYTES).await.map_err(|_| Why::TooLarge)?;
    if is_one_click(&body) {
        parts.headers.remove(header::ORIGIN);
        parts.headers.remove("sec-fetch-site");
    }
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

/// Whether a body is that of one click, in either encoding (RFC 8058, 3.2).
pub(super) fn is_one_click(body: &[u8]) -> bool {
    body.windows(9).any(|w| w.eq_ignore_ascii_case(b"One-Click"))
}

/// `?lang=nn` in an address outdoes what the browser prefers, on every page that has no reader of its own.
async fn prefer_asked_language(mut request: Request, next: Next) -> Response {
    if let Some(language) = request.uri().query().and_then(asked_language) {
        let tag = HeaderValue::from_static(language.tag());
        request.headers_mut().insert(header::ACCEPT_LANGUAGE, tag);
    }
    next.run(request).await
}

/// The language that a query asks for.
fn asked_language(query: &str) -> Option<Language> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")?.parse().ok())
}

fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    let incident = new_incident();
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(incident = incident, error = message, "a page panicked");
    Refusal::from(Why::Broken { incident }).into_response()
}

/// Security headers on everything; what carries a token is neither stored, indexed nor told on.
async fn set_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let own = is_own(path);
    let desk = is_desk(path);
    let private = own || desk || is_token_path(path) || path.starts_with("/inbox");
    // No token stands in these paths, and browsers that know no Sec-Fetch-Site tell Origin of a form only so.
    // By whose invitation somebody signs up is not told on by their browser either: it would name a union.
    let referrer = if path == "/sign-up" {
        "strict-origin"
    } else if own || desk || ["/link", "/send-in"].contains(&path) {
        "same-origin"
    } else {
        "no-referrer"
    };
    let mut response: Response<Body> = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::REFERRER_POLICY, referrer);
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    default(header::VARY, "accept-language, cookie");
    default(header::CACHE_CONTROL, if private { "no-store" } else { "no-cache" });
    if private {
        default(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    }
    response
}
