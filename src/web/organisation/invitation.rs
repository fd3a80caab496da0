//! The addresses that an organisation passes on, and the text that goes with them: the same for everybody.

use crate::forum::{Forum, Language, Represented};
use crate::web::site::Site;
use crate::web::words::fill;

/// Where colleagues sign up: the page names the organisation and ticks its topics.
pub(super) fn sign_up_path(of: &Represented) -> String {
    format!("/sign-up?organisation={}", of.organisation.slug)
}

/// The page of an organisation.
pub(super) fn page_path(of: &Represented) -> String {
    format!("/o/{}", of.organisation.slug)
}

/// Its feed.
pub(super) fn feed_path(of: &Represented) -> String {
    format!("{}/feed.atom", page_path(of))
}

/// The invitation, ready to paste: what it is, where to sign up, where the page is.
pub(super) fn write(site: &Site, forum: &Forum, language: Language, of: &Represented) -> String {
    let base = &site.config().base_url;
    let (sign_up, page) = (format!("{base}{}", sign_up_path(of)), format!("{base}{}", page_path(of)));
    let values = [
        ("forum", forum.settings.name.as_str()),
        ("organisation", of.organisation.name.as_str()),
        ("sign_up", sign_up.as_str()),
        ("page", page.as_str()),
    ];
    fill(&site.words(language).organisation.colleagues.invitation_text, &values)
}

/// The same of the whole forum, for who has no organisation with a page.
pub(super) fn write_for_any(site: &Site, forum: &Forum, language: Language) -> String {
    let sign_up = format!("{}/sign-up", site.config().base_url);
    let values = [("forum", forum.settings.name.as_str()), ("sign_up", sign_up.as_str())];
    fill(&site.words(language).organisation.colleagues.invitation_any, &values)
}
