//! What stands around the pages of the desk: the ways that are open to who looks.

use serde::Serialize;

use super::staff::Staff;
use super::words::Words;

/// Where the pages of people and places lie besides `/desk/people`.
const PEOPLE: [&str; 4] = ["/desk/groups", "/desk/organisations", "/desk/places", "/desk/topics"];

/// What stands around the pages of the desk.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DeskFrame {
    ways: Vec<Way>,
    name: String,
    here: String,
    /// Who looks is bound to an organisation: nothing leads to what is not theirs to see.
    bound: bool,
}

/// A page of the desk that is there, and open to who looks.
#[derive(Debug, Clone, Serialize)]
struct Way {
    path: &'static str,
    name: String,
    here: bool,
}

impl DeskFrame {
    /// Around the page where they are, with the ways that are open to them.
    pub(super) fn around(staff: &Staff, words: &Words, is_open: impl Fn(&str) -> bool) -> DeskFrame {
        let words = &words.desk.nav;
        let named = [
            ("/desk", &words.today),
            ("/desk/items", &words.items),
            ("/desk/mailing", &words.mailing),
            ("/desk/people", &words.people),
            ("/desk/progress", &words.progress),
            ("/desk/hits", &words.hits),
            ("/desk/settings", &words.settings),
            ("/desk/accounts", &words.accounts),
            ("/desk/log", &words.log),
        ];
        let open = named.into_iter().filter(|(way, _)| is_open(way));
        let ways =
            open.map(|(way, name)| Way { path: way, name: name.clone(), here: lies_at(way, &staff.path) });
        DeskFrame {
            ways: ways.collect(),
            name: staff.name.clone(),
            here: staff.here.clone(),
            bound: staff.reach.is_bound(),
        }
    }
}

/// Whether the page at `path` is one of those that `way` leads to.
fn lies_at(way: &str, path: &str) -> bool {
    match way {
        "/desk" => path == way,
        "/desk/items" if path.starts_with("/desk/drafts/") => true,
        "/desk/progress" if path.starts_with("/desk/effects") => true,
        "/desk/people" if PEOPLE.iter().any(|own| path.starts_with(own)) => true,
        _ => path.strip_prefix(way).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}
