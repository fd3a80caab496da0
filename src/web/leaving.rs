//! Forms by which who sends them goes away: signing out, ending one's own account, being forgotten. Pressed twice, the second
//! press comes from nobody: it is answered as the first was, and none of them is ever held to be sent again, when it would
//! take away what somebody came back to.

use axum::http::request::Parts;
use axum::response::Response;

use super::headers::find_cookie;
use super::site::{Reading, Site, name_press};
use crate::token::hash_of_secret;

/// Where who has left the desk may come in again.
pub(super) const DESK_DOOR: &str = "/desk/sign-in";

const DESK_SIGN_OUT: &str = "/desk/account/sign-out";

/// Whether a form that goes to that path takes its sender away, or an account.
pub(super) fn leads_away(path: &str) -> bool {
    [DESK_SIGN_OUT, "/me/sign-out", "/me/erase"].contains(&path) || ends_account(path)
}

fn ends_account(path: &str) -> bool {
    path.strip_prefix("/desk/accounts/").is_some_and(|rest| rest.ends_with("/end"))
}

/// The press that ends the account of whose session's cookie holds `secret`.
pub(super) fn name_end(secret: &str) -> String {
    name_press(&["own account ended", &hash_of_secret(secret)])
}

/// What nobody's form is answered by which somebody left the desk just before; none if it is no such form.
pub(super) async fn find_parting(site: &Site, parts: &Parts) -> Option<Response> {
    let path = parts.uri.path();
    if path == DESK_SIGN_OUT {
        return Some(site.go_to(DESK_DOOR));
    }
    if !ends_account(path) {
        return None;
    }
    let reading = Reading(site.clone());
    let forum = reading.forum().await.ok()?;
    let secret = find_cookie(&parts.headers, &site.desk_cookie_name(&forum))?;
    reading.find_answer(&name_end(secret)).await?;
    Some(site.go_to(DESK_DOOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_is_told_from_who_works() {
        for away in [DESK_SIGN_OUT, "/me/sign-out", "/me/erase", "/desk/accounts/2/end"] {
            assert!(leads_away(away), "{away}");
        }
        for other in ["/desk/accounts/2", "/desk/accounts/2/reset", "/desk/items/2/end", "/me/send-in"] {
            assert!(!leads_away(other), "{other}");
        }
    }
}
