//! Who may open each route, and what may stand for the parts of its address. A route that is not here fails the walk.

use super::readers::Reader;
use crate::pages::world::percent_encode;

/// What opens a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// Nothing is needed.
    Everyone,
    /// The unsubscribe token of a letter.
    Unsubscribe,
    /// The other token of a letter: for what a forwarded letter may open (DESIGN, section 6).
    Letter,
    /// A link that is good once, from a mail to the person's own address.
    MailLink,
    /// The address of a personal feed.
    Feed,
    /// A device that such a link opened.
    Device,
    /// A link that is good once and opens the desk.
    DeskLink,
    /// A session at the desk whose account has the right that the page needs.
    Desk,
    /// Any session at the desk, also one whose second factor was not given yet.
    DeskSession,
    /// Such a session alone.
    DeskCode,
    /// The demo's own pages; elsewhere they do not exist.
    Demo,
}

/// Every route.
pub const ROUTES: &[(&str, Opens)] = &[
    ("/", Opens::Demo),
    ("/inbox", Opens::Demo),
    ("/inbox/letter/{id}", Opens::Demo),
    ("/inbox/letter/{id}/text", Opens::Demo),
    ("/inbox/letter/{id}/source", Opens::Demo),
    ("/inbox/letter/{id}/frame", Opens::Demo),
    ("/inbox/note/{id}", Opens::Demo),
    ("/inbox/note/{id}/frame", Opens::Demo),
    ("/inbox/who", Opens::Demo),
    ("/inbox/person/{id}", Opens::Demo),
    ("/desk/demo", Opens::Demo),
    ("/desk/sign-in", Opens::Everyone),
    ("/desk/open/{token}", Opens::DeskLink),
    ("/desk/sign-in/password", Opens::Everyone),
    ("/desk/sign-in/with/{house}", Opens::Everyone),
    ("/desk/sign-in/from/{house}", Opens::Everyone),
    ("/desk/account/tie", Opens::Desk),
    ("/desk/account/untie", Opens::Desk),
    ("/desk", Opens::Desk),
    ("/desk/accounts", Opens::Desk),
    ("/desk/accounts/{id}", Opens::Desk),
    ("/desk/accounts/{id}/reset", Opens::Desk),
    ("/desk/accounts/{id}/end", Opens::Desk),
    ("/desk/log", Opens::Desk),
    ("/desk/log/export.csv", Opens::Desk),
    ("/desk/log/export.json", Opens::Desk),
    ("/desk/code", Opens::DeskCode),
    ("/desk/second-factor", Opens::Desk),
    ("/desk/second-factor/square.svg", Opens::Desk),
    ("/desk/second-factor/confirm", Opens::Desk),
    ("/desk/second-factor/codes", Opens::Desk),
    ("/desk/account/password", Opens::Desk),
    ("/desk/account", Opens::Desk),
    ("/desk/account/language", Opens::DeskSession),
    ("/desk/account/sign-out", Opens::DeskSession),
    ("/desk/items", Opens::Desk),
    ("/desk/items/new", Opens::Desk),
    ("/desk/items/{slug}", Opens::Desk),
    ("/desk/items/{slug}/correct", Opens::Desk),
    ("/desk/items/{slug}/copy", Opens::Desk),
    ("/desk/items/{slug}/undo", Opens::Desk),
    ("/desk/items/{slug}/withdraw", Opens::Desk),
    ("/desk/drafts/{id}", Opens::Desk),
    ("/desk/drafts/{id}/discard", Opens::Desk),
    ("/desk/drafts/{id}/who", Opens::Desk),
    ("/desk/items/{slug}/who", Opens::Desk),
    ("/desk/drafts/{id}/preview", Opens::Desk),
    ("/desk/paste", Opens::Desk),
    ("/desk/people", Opens::Desk),
    ("/desk/people/export", Opens::Desk),
    ("/desk/archive", Opens::Desk),
    ("/desk/people/import", Opens::Desk),
    ("/desk/people/duplicates", Opens::Desk),
    ("/desk/people/duplicates/{one}/{other}", Opens::Desk),
    ("/desk/people/duplicates/{one}/{other}/merge", Opens::Desk),
    ("/desk/people/duplicates/{one}/{other}/apart", Opens::Desk),
    ("/desk/people/{id}", Opens::Desk),
    ("/desk/people/{id}/resume", Opens::Desk),
    ("/desk/people/{id}/link", Opens::Desk),
    ("/desk/people/{id}/union-ground", Opens::Desk),
    ("/desk/people/{id}/close-letters", Opens::Desk),
    ("/desk/people/{id}/still-here", Opens::Desk),
    ("/desk/people/{id}/take-out", Opens::Desk),
    ("/desk/groups", Opens::Desk),
    ("/desk/groups/{slug}", Opens::Desk),
    ("/desk/groups/{slug}/goals", Opens::Desk),
    ("/desk/progress", Opens::Desk),
    ("/desk/effects", Opens::Desk),
    ("/desk/effects/preview", Opens::Desk),
    ("/desk/effects/take-back", Opens::Desk),
    ("/desk/hits", Opens::Desk),
    ("/desk/organisations", Opens::Desk),
    ("/desk/organisations/{slug}", Opens::Desk),
    ("/desk/places", Opens::Desk),
    ("/desk/places/{id}", Opens::Desk),
    ("/desk/places/{id}/welcome", Opens::Desk),
    ("/desk/places/{id}/welcome/{letter}", Opens::Desk),
    ("/desk/places/{id}/replace", Opens::Desk),
    ("/desk/places/{id}/vacate", Opens::Desk),
    ("/desk/places/{id}/span", Opens::Desk),
    ("/desk/places/{id}/close", Opens::Desk),
    ("/desk/inbox", Opens::Desk),
    ("/desk/inbox/{what}/{id}", Opens::Desk),
    ("/desk/inbox/{what}/{id}/frame", Opens::Desk),
    ("/desk/mailing", Opens::Desk),
    ("/desk/mailing/next/{cadence}", Opens::Desk),
    ("/desk/mailing/next/{cadence}/people", Opens::Desk),
    ("/desk/mailing/next/{cadence}/approve", Opens::Desk),
    ("/desk/mailing/changed", Opens::Desk),
    ("/desk/mailing/changed/{slug}/file/{position}", Opens::Desk),
    ("/desk/mailing/changed/approve", Opens::Desk),
    ("/desk/mailing/items/{slug}/hold", Opens::Desk),
    ("/desk/mailing/items/{slug}/let-go", Opens::Desk),
    ("/desk/mailing/items/{slug}/move", Opens::Desk),
    ("/desk/mailing/sent", Opens::Desk),
    ("/desk/mailing/sent/{id}", Opens::Desk),
    ("/desk/mailing/sent/{id}/letters", Opens::Desk),
    ("/desk/mailing/sent/{id}/pause", Opens::Desk),
    ("/desk/mailing/sent/{id}/resume", Opens::Desk),
    ("/desk/mailing/sent/{id}/cancel", Opens::Desk),
    ("/desk/mailing/letter", Opens::Desk),
    ("/desk/mailing/letter/{id}", Opens::Desk),
    ("/desk/mailing/letter/{id}/frame", Opens::Desk),
    ("/desk/mailing/letter/{id}/test", Opens::Desk),
    ("/desk/mailing/letters/{id}/retry", Opens::Desk),
    ("/desk/mailing/letters/{id}/settle", Opens::Desk),
    ("/desk/topics", Opens::Desk),
    ("/desk/topics/confirm", Opens::Desk),
    ("/desk/topics/{facet}", Opens::Desk),
    ("/desk/topics/{facet}/{slug}", Opens::Desk),
    ("/desk/topics/{facet}/{slug}/take-away", Opens::Desk),
    ("/desk/topics/{facet}/{slug}/fold", Opens::Desk),
    ("/desk/settings", Opens::Desk),
    ("/desk/settings/sender", Opens::Desk),
    ("/desk/settings/look", Opens::Desk),
    ("/desk/settings/look/letter", Opens::Desk),
    ("/desk/settings/look/logo", Opens::Desk),
    ("/desk/settings/mail", Opens::Desk),
    ("/desk/settings/retention", Opens::Desk),
    ("/desk/settings/bases", Opens::Desk),
    ("/desk/settings/bases/apply", Opens::Desk),
    ("/desk/settings/texts", Opens::Desk),
    ("/desk/settings/record", Opens::Desk),
    ("/desk/settings/forum.toml", Opens::Desk),
    ("/public", Opens::Everyone),
    ("/effects", Opens::Everyone),
    ("/effects.txt", Opens::Everyone),
    ("/i/{slug}", Opens::Everyone),
    ("/i/{slug}/event.ics", Opens::Everyone),
    ("/privacy", Opens::Everyone),
    ("/accessibility", Opens::Everyone),
    ("/assets/{name}", Opens::Everyone),
    ("/healthz", Opens::Everyone),
    ("/robots.txt", Opens::Everyone),
    ("/favicon.ico", Opens::Everyone),
    ("/u/{token}", Opens::Unsubscribe),
    ("/u/{token}/undo", Opens::Unsubscribe),
    ("/u/{token}/urgent", Opens::Unsubscribe),
    ("/l/{token}", Opens::Letter),
    ("/l/{token}/preferences", Opens::Letter),
    ("/l/{token}/preferences/preview", Opens::Letter),
    ("/l/{token}/preferences/undo", Opens::Letter),
    ("/l/{token}/preferences/learning", Opens::Letter),
    ("/me/preferences/preview", Opens::Device),
    ("/me/preferences/undo", Opens::Device),
    ("/me/preferences/learning", Opens::Device),
    ("/l/{token}/item/{id}/not-for-me/undo", Opens::Letter),
    ("/l/{token}/hit", Opens::Letter),
    ("/l/{token}/miss", Opens::Letter),
    ("/l/{token}/sample", Opens::Letter),
    ("/l/{token}/sample/follow", Opens::Letter),
    ("/me/sample", Opens::Device),
    ("/me/sample/follow", Opens::Device),
    ("/l/{token}/item/{id}", Opens::Letter),
    ("/l/{token}/item/{id}/event.ics", Opens::Letter),
    ("/l/{token}/item/{id}/not-for-me", Opens::Letter),
    ("/i/{slug}/file/{position}", Opens::Everyone),
    ("/feeds", Opens::Everyone),
    ("/feeds/{file}", Opens::Everyone),
    ("/feeds/{facet}/{file}", Opens::Everyone),
    ("/f/{token}/{file}", Opens::Feed),
    ("/o", Opens::Everyone),
    ("/o/{slug}", Opens::Everyone),
    ("/o/{slug}/{file}", Opens::Everyone),
    ("/me/for-colleagues", Opens::Device),
    ("/me/items", Opens::Device),
    ("/me/feeds", Opens::Device),
    ("/me/feeds/{id}/off", Opens::Device),
    ("/items/{slug}", Opens::Device),
    ("/items/{slug}/event.ics", Opens::Device),
    ("/items/{slug}/file/{position}", Opens::Device),
    ("/items/{slug}/share", Opens::Device),
    ("/l/{token}/item/{id}/share", Opens::Letter),
    ("/items/{slug}/not-for-me", Opens::Device),
    ("/items/{slug}/not-for-me/undo", Opens::Device),
    ("/items/{slug}/answer", Opens::Device),
    ("/items/{slug}/answer/{say}", Opens::Device),
    ("/items/{slug}/help", Opens::Device),
    ("/me/send-in", Opens::Device),
    ("/sign-up", Opens::Everyone),
    ("/send-in", Opens::Everyone),
    ("/link", Opens::Everyone),
    ("/d/{token}", Opens::MailLink),
    ("/me", Opens::Device),
    ("/me/sign-out", Opens::Device),
    ("/me/places", Opens::Device),
    ("/me/promises", Opens::Device),
    ("/me/places/{seat}/left", Opens::Device),
    ("/me/union-ground", Opens::Device),
    ("/me/address", Opens::Device),
    ("/me/data", Opens::Device),
    ("/me/data/export.json", Opens::Device),
    ("/me/erase", Opens::Device),
    ("/me/preferences", Opens::Device),
    ("/me/privacy", Opens::Device),
    ("/l/{token}/link", Opens::Letter),
    ("/l/{token}/item/{id}/file/{position}", Opens::Letter),
    ("/l/{token}/item/{id}/answer", Opens::Letter),
    ("/l/{token}/item/{id}/answer/{say}", Opens::Letter),
    ("/l/{token}/item/{id}/help", Opens::Letter),
    ("/l/{token}/send-in", Opens::Letter),
    ("/l/{token}/privacy", Opens::Letter),
];

/// What opens `route`.
pub fn find_opens(route: &str) -> Result<Opens, String> {
    let found = ROUTES.iter().find(|(path, _)| *path == route);
    found.map(|(_, opens)| *opens).ok_or_else(|| {
        format!("{route}: nobody says who may open it; add it to tests/suite/pages/walk/table.rs")
    })
}

const SLUGS: [&str; 12] = [
    "aapen",
    "samling",
    "hemmelig",
    "trukket",
    "neste",
    "andres",
    "kommende",
    "plassen",
    "industrien",
    "moete",
    "hjelp",
    "finnes-ikke",
];

/// The addresses that `reader` may try for `route`: their own tokens, everybody's items.
pub fn fill(route: &str, reader: &Reader) -> Result<Vec<String>, String> {
    let mut paths = vec![String::new()];
    for part in route.split('/').skip(1) {
        let choices =
            if part.contains('{') { choices_of(route, part, reader)? } else { vec![part.to_owned()] };
        paths = paths.iter().flat_map(|path| choices.iter().map(move |c| format!("{path}/{c}"))).collect();
    }
    Ok(paths)
}

fn choices_of(route: &str, part: &str, reader: &Reader) -> Result<Vec<String>, String> {
    let items = || (1..=11).map(|n| format!("{n:x}").repeat(32)).collect();
    Ok(match part {
        "{token}" if route.starts_with("/u/") => vec![reader.unsubscribe.clone()],
        "{token}" if route.starts_with("/l/") => vec![reader.letter.clone()],
        "{token}" if route.starts_with("/f/") => vec![reader.feed.clone()],
        "{id}" if route.starts_with("/me/feeds/") => ["1", "2", "99"].map(str::to_owned).to_vec(),
        "{token}" if route.starts_with("/desk/open/") => vec![reader.desk_link.clone()],
        "{token}" if route.starts_with("/d/") => vec![reader.mail_link.clone()],
        "{letter}" => vec!["guessed".to_owned()],
        "{id}" if route.starts_with("/desk/drafts/") => ["d".repeat(32), "guessed".to_owned()].to_vec(),
        "{id}" if route.starts_with("/desk/accounts/") => ["901", "99", "x"].map(str::to_owned).to_vec(),
        "{id}"
            if ["/desk/people/", "/desk/places/", "/desk/mailing/"].iter().any(|p| route.starts_with(p)) =>
        {
            ["1", "2", "99", "x"].map(str::to_owned).to_vec()
        }
        "{what}" => ["letter", "note", "x"].map(str::to_owned).to_vec(),
        "{id}" if route.starts_with("/desk/inbox/") => ["7", "8", "99", "x"].map(str::to_owned).to_vec(),
        "{slug}" if route.starts_with("/desk/topics/") => ["health", "x"].map(str::to_owned).to_vec(),
        "{slug}" if route.starts_with("/desk/groups/") => ["health", "x"].map(str::to_owned).to_vec(),
        "{slug}" if route.starts_with("/o/") => ["nav", "x"].map(str::to_owned).to_vec(),
        "{file}" if route.starts_with("/o/") => {
            ["feed.atom", "feed.ics", "x.atom"].map(str::to_owned).to_vec()
        }
        "{slug}" if route.starts_with("/desk/organisations/") => ["nav", "x"].map(str::to_owned).to_vec(),
        "{id}" if route.starts_with("/l/") => items(),
        "{id}" if route.starts_with("/inbox/") => ["1", "2", "7", "8", "99"].map(str::to_owned).to_vec(),
        "{slug}" => SLUGS.map(str::to_owned).to_vec(),
        "{one}" | "{other}" => ["1", "2", "99"].map(str::to_owned).to_vec(),
        "{house}" => ["feide", "x"].map(str::to_owned).to_vec(),
        "{seat}" => ["1", "2", "99"].map(str::to_owned).to_vec(),
        "{position}" => ["0", "1", "2", "x"].map(str::to_owned).to_vec(),
        "{facet}" => ["sector", "group", "role", "x"].map(str::to_owned).to_vec(),
        "{file}" if route.starts_with("/f/") => {
            ["news.atom", "calendar.ics", "x.atom"].map(str::to_owned).to_vec()
        }
        "{file}" => ["all.atom", "all.ics", "health.atom", "health.ics", "industry.atom", "x.atom"]
            .map(str::to_owned)
            .to_vec(),
        "{say}" => ["coming", "not_coming", "sending", "x"].map(str::to_owned).to_vec(),
        "{cadence}" => ["weekly", "urgent", "x"].map(str::to_owned).to_vec(),
        "{name}" => reader.assets.clone(),
        _ => {
            return Err(format!(
                "{route}: what stands for {part}? Say it in tests/suite/pages/walk/table.rs"
            ));
        }
    })
}

/// Addresses of the route that nobody but an attacker types.
pub fn fill_hostile(route: &str) -> Vec<String> {
    let long = "a".repeat(900);
    let parts = [
        "..",
        "\0",
        "'",
        "\"><script>alert(1)</script>",
        "-1",
        "9223372036854775808",
        "null",
        "%",
        "../../etc/passwd",
        "{{ 7*7 }}",
        "æøå",
        "\u{202e}x",
        "a b",
        ";drop table item",
        "1 OR 1=1",
        "a@b.example",
        ".",
        "x%00y",
        &long,
    ];
    let mut paths: Vec<String> = Vec::new();
    for hostile in parts {
        let written = percent_encode(hostile);
        let filled: Vec<String> = route
            .split('/')
            .map(|part| if part.contains('{') { written.clone() } else { part.to_owned() })
            .collect();
        let path = filled.join("/");
        paths.push(format!("{path}?{written}={written}"));
        paths.push(format!("{path}?topic={written}&q={written}&lang={written}&page={written}&saved={written}&reason={written}"));
    }
    paths
}
