//! `[[sign_in.oidc]]`: houses whose word lets staff in at the desk, by OpenID Connect.

use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::Deserialize;

use super::{ConfigError, SecretPlace, is_loopback};

/// How staff come in besides a link by mail and a password.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// The houses, in the order of their buttons; none by default.
    pub oidc: Vec<OidcSettings>,
}

/// A `[[sign_in.oidc]]` table: one house that says who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Its word in addresses, lower-case ASCII: the redirect address is `BASE_URL/desk/sign-in/from/SLUG`.
    pub slug: String,
    /// What the button says: `Feide`.
    pub name: String,
    /// Who it says it is, to the letter (OpenID Connect Discovery 1.0, section 4.3).
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// A file whose first line is our secret there.
    pub client_secret_file: Option<PathBuf>,
    /// A variable of the environment that holds it.
    pub client_secret_env: Option<String>,
    /// What is asked for.
    #[serde(default = "openid_and_email")]
    pub scopes: Vec<String>,
    /// The claim that holds somebody's address.
    #[serde(default = "email")]
    pub address_claim: String,
    /// Only an address is believed of which the house says `email_verified`.
    #[serde(default = "yes")]
    pub require_email_verified: bool,
    /// Addresses are believed in these domains alone; empty: in all. Without `email_verified` there has to be one.
    #[serde(default)]
    pub domains: Vec<String>,
    /// How strongly somebody has to have proved themself there: asked for, and one of them has to come back.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// A file with one more trusted root certificate, in PEM.
    pub trust_file: Option<PathBuf>,
}

fn openid_and_email() -> Vec<String> {
    vec!["openid".to_owned(), "email".to_owned()]
}

fn email() -> String {
    "email".to_owned()
}

fn yes() -> bool {
    true
}

/// Whether an address may be asked: https, or http on this very machine; no user, no fragment.
pub fn may_be_asked(url: &Url) -> bool {
    let here = url.host_str().is_some_and(is_loopback);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

impl SignIn {
    /// Refuses what cannot work, or would let in whom nobody vouched for.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (place, one) in self.oidc.iter().enumerate() {
            one.check()?;
            if self.oidc[..place].iter().any(|other| other.slug == one.slug) {
                return wrong("sign_in.oidc.slug", &one.slug, "two tables have it; give each its own");
            }
            if self.oidc[..place].iter().any(|other| other.issuer == one.issuer) {
                return wrong("sign_in.oidc.issuer", &one.issuer, "two tables name it; keep one of them");
            }
        }
        Ok(())
    }
}

fn wrong(what: &'static str, value: &str, remedy: &'static str) -> Result<(), ConfigError> {
    Err(ConfigError::Value { what, value: value.to_owned(), remedy })
}

/// Issuers that speak for whoever has an account with Microsoft, anywhere: an address there proves nothing.
const FOR_EVERYBODY: [&str; 3] = ["/common/", "/organizations/", "/consumers/"];

impl OidcSettings {
    fn check(&self) -> Result<(), ConfigError> {
        let is_slug = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if self.slug.is_empty() || self.slug.len() > 40 || !self.slug.bytes().all(is_slug) {
            return wrong(
                "sign_in.oidc.slug",
                &self.slug,
                "write a short word of lower-case letters, such as feide",
            );
        }
        if self.name.trim().is_empty() {
            return wrong("sign_in.oidc.name", &self.name, "write what the button says, such as Feide");
        }
        if self.client_id.trim().is_empty() {
            return wrong(
                "sign_in.oidc.client_id",
                &self.client_id,
                "write what the provider calls this forum",
            );
        }
        self.check_issuer()?;
        self.check_claims()
    }

    fn check_issuer(&self) -> Result<(), ConfigError> {
        let fail = |remedy| wrong("sign_in.oidc.issuer", &self.issuer, remedy);
        let Ok(url) = Url::parse(&self.issuer) else {
            return fail("write the provider's address, such as https://auth.dataporten.no");
        };
        if !may_be_asked(&url) || url.query().is_some() {
            return fail("it has to begin with https:// (http:// on this machine alone), without ? and #");
        }
        if FOR_EVERYBODY.iter().any(|all| self.issuer.contains(all)) {
            return fail(
                "it speaks for everybody who has an account with Microsoft; write your own directory's id in its place",
            );
        }
        Ok(())
    }

    fn check_claims(&self) -> Result<(), ConfigError> {
        if !self.scopes.iter().any(|scope| scope == "openid") {
            return wrong("sign_in.oidc.scopes", &self.scopes.join(" "), "\"openid\" has to be among them");
        }
        if self.address_claim.trim().is_empty() {
            return wrong(
                "sign_in.oidc.address_claim",
                "",
                "take the line out, or name a claim such as email",
            );
        }
        if !self.require_email_verified && self.domains.is_empty() {
            return wrong(
                "sign_in.oidc.require_email_verified",
                "false",
                "then name in domains the mail domains for which this provider is to be believed",
            );
        }
        if self.require_email_verified && self.address_claim != "email" {
            return wrong(
                "sign_in.oidc.address_claim",
                &self.address_claim,
                "email_verified speaks of the claim email alone; set require_email_verified = false, and domains",
            );
        }
        let is_domain = |text: &String| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
            text.contains('.') && text.bytes().all(plain)
        };
        match self.domains.iter().find(|domain| !is_domain(domain)) {
            Some(domain) => {
                wrong("sign_in.oidc.domains", domain, "write what stands behind the @, in lower case")
            }
            None => Ok(()),
        }
    }

    /// Where our secret there is kept; none if neither place is named.
    pub fn secret_place(&self, folder: &Path) -> Option<SecretPlace> {
        let file = self.client_secret_file.as_ref().map(|file| folder.join(file));
        SecretPlace::find(file, self.client_secret_env.clone())
    }

    /// Whether an address is in a domain for which this house is believed.
    pub fn speaks_for(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.is_empty() || self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        "slug = \"feide\"\nname = \"Feide\"\nissuer = \"https://id.example\"\nclient_id = \"treff\"\n";

    fn check(table: &str) -> Result<(), String> {
        let oidc: OidcSettings = toml::from_str(table).map_err(|e| e.to_string())?;
        SignIn { oidc: vec![oidc] }.check().map_err(|e| e.to_string())
    }

    #[test]
    fn a_table_needs_four_lines_and_the_rest_is_strict() {
        assert_eq!(check(WHOLE), Ok(()));
        let read: OidcSettings = toml::from_str(WHOLE).unwrap();
        assert_eq!(read.scopes, ["openid", "email"]);
        assert!(read.require_email_verified && read.address_claim == "email");
        for key in ["slug", "name", "issuer", "client_id"] {
            let without: Vec<&str> = WHOLE.lines().filter(|line| !line.starts_with(key)).collect();
            assert!(check(&without.join("\n")).unwrap_err().contains(key), "{key}");
        }
    }

    #[test]
    fn every_mistake_names_its_key_and_what_to_write() {
        for (from, to, key, remedy) in [
            ("feide", "Feide!", "slug", "lower-case"),
            ("\"Feide\"", "\" \"", "name", "button"),
            ("\"treff\"", "\"\"", "client_id", "calls this forum"),
            ("https://id.example", "id.example", "issuer", "provider's address"),
            ("https://id.example", "http://id.example", "issuer", "https://"),
            ("https://id.example", "https://a:b@id.example", "issuer", "https://"),
            ("https://id.example", "https://id.example/?a=b", "issuer", "without ?"),
            (
                "https://id.example",
                "https://login.microsoftonline.com/common/v2.0",
                "issuer",
                "directory's id",
            ),
            ("client_id", "scopes = [\"email\"]\nclient_id", "scopes", "openid"),
            ("client_id", "address_claim = \"\"\nclient_id", "address_claim", "email"),
            ("client_id", "address_claim = \"upn\"\nclient_id", "address_claim", "email alone"),
            ("client_id", "require_email_verified = false\nclient_id", "require_email_verified", "domains"),
            ("client_id", "domains = [\"@nav.test\"]\nclient_id", "domains", "behind the @"),
            ("client_id", "secret = \"x\"\nclient_id", "secret", "unknown field"),
        ] {
            let told = check(&WHOLE.replacen(from, to, 1)).unwrap_err();
            assert!(told.contains(key) && told.contains(remedy), "{to}: {told}");
        }
        let own = "require_email_verified = false\ndomains = [\"nordfjella.example\"]\n";
        assert_eq!(check(&format!("{WHOLE}{own}")), Ok(()));
        for here in ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000"] {
            assert_eq!(check(&WHOLE.replace("https://id.example", here)), Ok(()), "{here}");
        }
    }

    #[test]
    fn two_houses_are_told_apart() {
        let one: OidcSettings = toml::from_str(WHOLE).unwrap();
        let other = OidcSettings { slug: "other".to_owned(), ..one.clone() };
        let told = |oidc| SignIn { oidc }.check().unwrap_err().to_string();
        assert!(told(vec![one.clone(), one.clone()]).contains("slug"));
        assert!(told(vec![one, other]).contains("issuer"));
    }

    #[test]
    fn a_house_is_believed_in_its_domains_alone() {
        let mut house: OidcSettings = toml::from_str(WHOLE).unwrap();
        assert!(house.speaks_for("lise@anywhere.example"));
        house.domains = vec!["nordfjella.example".to_owned()];
        assert!(house.speaks_for("lise@Nordfjella.example"));
        for other in ["lise@sub.nordfjella.example", "lise@evilnordfjella.example", "lise"] {
            assert!(!house.speaks_for(other), "{other}");
        }
    }
}
