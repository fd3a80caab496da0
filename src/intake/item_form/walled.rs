//! Links in what was filled in that may ask whoever opens them for a login.

use super::form::ItemForm;
use crate::forum::Kind;
use crate::intake::link::list_walled_hosts;

impl ItemForm {
    /// The hosts that may ask for a login, each once, and the first field that links to one; none if no field does. Texts
    /// beside the body, and those of other languages, count as the body.
    pub fn find_walled(&self) -> Option<(&'static str, Vec<String>)> {
        let kind = self.kind();
        let field_of = |name: &str| match name.split('_').next().unwrap_or(name) {
            "link" => Some("link"),
            "title" | "body" => Some("body"),
            "achieved" | "how" | "next" | "why" if kind == Some(Kind::Minutes) => Some("body"),
            "place" if kind == Some(Kind::Event) => Some("body"),
            "registration" if kind == Some(Kind::Event) => Some("registration_url"),
            _ => None,
        };
        let mut found: Option<(&'static str, Vec<String>)> = None;
        for (name, text) in &self.fields {
            let Some(field) = field_of(name) else { continue };
            for host in list_walled_hosts(text) {
                let (_, hosts) = found.get_or_insert_with(|| (field, Vec::new()));
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
        }
        found
    }
}
