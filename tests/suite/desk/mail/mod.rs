//! Whether letters get out and arrive, as the page tells it: with a real relay and a real name server on loopback.

mod domain;
mod relay;
mod trying;

use std::os::unix::fs::PermissionsExt as _;

use super::name_server::NameServer;
use crate::harness::Database;
use crate::pages::world::Pages;

pub const ADMIN: &str = r#"["administer"]"#;
pub const PAGE: &str = "/desk/settings/mail";

/// The page's forum, with letters that go over the relay `url` from an address of `domain`, as `dns` knows it.
pub struct Scene<'a> {
    pub url: &'a str,
    pub domain: &'a str,
    pub dns: Option<&'a NameServer>,
    /// More of the file: tables.
    pub tables: &'a str,
    /// What TLS trusts besides.
    pub pem: Option<&'a str>,
}

impl Default for Scene<'_> {
    fn default() -> Self {
        Scene { url: "maildir:outbox", domain: "forum.example", dns: None, tables: "", pem: None }
    }
}

impl Scene<'_> {
    pub async fn open(&self, db: Database) -> Pages {
        let Scene { url, domain, dns, tables, pem } = self;
        let name_server = dns.map_or_else(String::new, |dns| format!("name_server = \"{}\"\n", dns.address));
        let trust = match pem {
            Some(pem) => {
                std::fs::write(db.path("trusted.pem"), pem).unwrap();
                "trust_file = \"trusted.pem\"\n"
            }
            None => "",
        };
        let secret = db.path("password");
        std::fs::write(&secret, "hemmelig\n").unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let top = format!("relay_url = \"{url}\"\n{name_server}");
        let tables = format!(
            "[sender]\naddress = \"post@{domain}\"\nreply_name = \"Lise Lund\"\nreply_address = \"lise@{domain}\"\n\
             [delivery]\npassword_file = \"password\"\n{trust}{tables}"
        );
        Pages::with_settings(db, &top, &tables).await
    }
}

/// Whether a page says each of these, whatever its markup does to quotes.
pub fn expect_said(page: &str, said: &[&str]) {
    for one in said {
        let written = one.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        assert!(page.contains(*one) || page.contains(&written), "\"{one}\" is not said: {page}");
    }
}
