//! What machines ask for at the root of a house: where crawlers need not look, and the picture in the browser's tab. Nothing
//! here knows a person.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::refusal::{Refusal, Why};
use super::routes::Routes;
use super::site::Site;

/// What a device or an account opens (RFC 9309). What a token opens is not here: a crawler that does not come learns of no
/// `noindex`, and lists the bare address that somebody put on a page of theirs, token and all.
const ROBOTS: &str = "User-agent: *\n\
                      Allow: /desk/open/\n\
                      Disallow: /desk\n\
                      Disallow: /inbox\n\
                      Disallow: /items/\n\
                      Disallow: /me\n";

/// The two files.
pub(super) fn routes() -> Routes {
    Routes::new().route("/robots.txt", get(|| async { ROBOTS })).route("/favicon.ico", get(show_icon))
}

/// GET: the same picture that pages name, for who asks without having read one.
async fn show_icon(State(site): State<Site>) -> Result<Response, Refusal> {
    let assets = site.assets();
    let (media_type, bytes) = assets.find(&assets.icon).ok_or(Why::NotFound)?;
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, bytes.to_vec()).into_response())
}

#[cfg(test)]
mod tests {
    use super::ROBOTS;
    use crate::web::list_paths;
    use crate::web::paths::{is_desk, is_own, is_token_path};

    /// Whether a crawler stays away: of the rules that match, the longest holds (RFC 9309, section 2.2.2).
    fn is_kept_out(path: &str) -> bool {
        let doors = ROBOTS.lines().filter_map(|line| line.split_once(": "));
        let matching = doors.filter(|(_, door)| path.starts_with(door));
        matching.max_by_key(|(_, door)| door.len()).is_some_and(|(rule, _)| rule == "Disallow")
    }

    #[test]
    fn crawlers_are_kept_from_what_opens_to_few_and_from_nothing_else() {
        for path in list_paths() {
            let is_for_few = is_own(path) || is_desk(path) || path.starts_with("/inbox");
            assert_eq!(is_kept_out(path), is_for_few, "{path}");
        }
    }

    #[test]
    fn crawlers_may_come_to_what_a_token_opens_and_read_that_it_is_not_to_be_listed() {
        for path in list_paths().into_iter().filter(|path| is_token_path(path)) {
            assert!(!is_kept_out(path), "{path}");
        }
    }
}
