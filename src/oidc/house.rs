//! A house that is asked who somebody is.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Url};
use rustls::ClientConfig;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::answer::Answer;
use super::document::{Document, address_of, read_document};
use super::errand::Errand;
use super::fetch::{build_client, fetch_json};
use super::id_token::{Expected, Flaw, check_id_token};
use super::keys::Keys;
use crate::config::{Config, Environment, OidcSettings, SecretError, SecretPlace};

/// What a house says of itself is asked anew after so long.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);

/// Somebody for whom a house vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The house.
    pub issuer: String,
    /// What it calls them; never changes.
    pub subject: String,
    /// Their address, if the house says one and is to be believed about it.
    pub address: Option<String>,
}

/// Why a house does not vouch. Never holds a secret, a code or a token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HouseError {
    /// The settings cannot be used.
    #[error("[[sign_in.oidc]] {slug}: {problem}")]
    Settings {
        /// Which table.
        slug: String,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// It cannot be asked, or says what cannot be used.
    #[error("{what} of {issuer} cannot be had: {why}")]
    Fetch {
        /// Which.
        issuer: String,
        /// What was asked for.
        what: &'static str,
        /// What went wrong.
        why: String,
    },
    /// Another house answered, or none says which (RFC 9207).
    #[error("the answer does not come from {0}")]
    MixedUp(String),
    /// Its token is not to be believed.
    #[error("the token of {issuer} is not believed: {flaw}")]
    Token {
        /// Which.
        issuer: String,
        /// Why.
        flaw: Flaw,
    },
    /// It speaks of another person than its token does (OpenID Connect Core 1.0, section 5.3.2).
    #[error("{0} speaks of another person than its token does")]
    OtherPerson(String),
}

/// A house with its settings.
pub struct House {
    settings: OidcSettings,
    redirect: String,
    secret: SecretPlace,
    environment: Environment,
    http: Client,
    known: Mutex<Option<(DateTime<Utc>, Arc<Known>)>>,
}

struct Known {
    document: Document,
    keys: Keys,
}

impl House {
    /// The house that `settings` describe. Its secret must be readable now; nothing is asked yet.
    ///
    /// # Errors
    /// [`HouseError::Settings`], with the remedy.
    pub fn open(settings: &OidcSettings, config: &Config, tls: &ClientConfig) -> Result<House, HouseError> {
        let wrong = |problem: String| HouseError::Settings { slug: settings.slug.clone(), problem };
        let secret = settings.secret_place(&config.folder).ok_or_else(|| {
            wrong("our secret is missing; set client_secret_file or client_secret_env".to_owned())
        })?;
        secret.read(&config.environment).map_err(|e| wrong(e.to_string()))?;
        Ok(House {
            redirect: format!("{}/desk/sign-in/from/{}", config.base_url, settings.slug),
            secret,
            environment: config.environment.clone(),
            http: build_client(tls).map_err(wrong)?,
            known: Mutex::new(None),
            settings: settings.clone(),
        })
    }

    /// Its settings.
    pub fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    /// The address that the house has to know as ours.
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// Where the browser on this errand goes (OpenID Connect Core 1.0, section 3.1.2.1).
    ///
    /// # Errors
    /// What the house says of itself cannot be had.
    pub async fn begin(&self, errand: &Errand, now: DateTime<Utc>) -> Result<String, HouseError> {
        let mut url = self.known(now).await?.document.authorization.clone();
        let acr_values = self.settings.acr_values.join(" ");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("scope", &self.settings.scopes.join(" "))
            .append_pair("state", &errand.state())
            .append_pair("nonce", &errand.nonce())
            .append_pair("code_challenge", &errand.challenge())
            .append_pair("code_challenge_method", "S256");
        if !acr_values.is_empty() {
            url.query_pairs_mut().append_pair("acr_values", &acr_values);
        }
        Ok(url.into())
    }

    /// Who the house says that the browser on this errand is. The answer's state has been found good by then.
    ///
    /// # Errors
    /// It cannot be asked, or is not to be believed.
    pub async fn finish(
        &self,
        errand: &Errand,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> Result<Vouched, HouseError> {
        let known = self.known(now).await?;
        let is_silent = answer.iss.is_empty() && !known.document.names_itself;
        if !is_silent && answer.iss != self.settings.issuer {
            return Err(HouseError::MixedUp(self.settings.issuer.clone()));
        }
        let tokens = self.exchange(&known.document, errand, &answer.code).await?;
        let text = |name: &str| tokens.get(name).and_then(Value::as_str);
        let id_token =
            text("id_token").ok_or_else(|| self.failed("the token", "there is none in the answer"))?;
        let claims = self.check(id_token, &known, errand, now).await?;
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        let access = text("access_token").unwrap_or_default();
        let told = self.told(&known.document, claims, access, &subject).await?;
        let address = find_address(&told, &self.settings);
        Ok(Vouched { issuer: self.settings.issuer.clone(), subject, address })
    }

    /// Asks the house what it says of itself, now; how many keys it has.
    ///
    /// # Errors
    /// It cannot be had, or cannot be used.
    pub async fn look(&self) -> Result<usize, HouseError> {
        Ok(self.learn().await?.keys.count())
    }

    async fn known(&self, now: DateTime<Utc>) -> Result<Arc<Known>, HouseError> {
        if let Some((since, known)) = &*self.known.lock().await
            && (*since..*since + KNOWN_FOR).contains(&now)
        {
            return Ok(known.clone());
        }
        // The lock is free meanwhile: behind a house that is down, each who asks would wait for all before.
        let known = Arc::new(self.learn().await?);
        *self.known.lock().await = Some((now, known.clone()));
        Ok(known)
    }

    async fn learn(&self) -> Result<Known, HouseError> {
        let address = Url::parse(&address_of(&self.settings.issuer));
        let address = address.map_err(|e| self.failed("the document", &e.to_string()))?;
        let found =
            fetch_json(self.http.get(address)).await.map_err(|why| self.failed("the document", &why))?;
        let document =
            read_document(&found, &self.settings.issuer).map_err(|why| self.failed("the document", &why))?;
        let keys = self.fetch_keys(&document).await?;
        Ok(Known { document, keys })
    }

    async fn fetch_keys(&self, document: &Document) -> Result<Keys, HouseError> {
        let set = fetch_json(self.http.get(document.keys.clone())).await;
        let keys = Keys::read(&set.map_err(|why| self.failed("the keys", &why))?);
        if keys.count() == 0 {
            return Err(self.failed("the keys", "none of them is for RS256, PS256 or ES256"));
        }
        Ok(keys)
    }

    /// A code becomes tokens (OpenID Connect Core 1.0, section 3.1.3).
    async fn exchange(&self, document: &Document, errand: &Errand, code: &str) -> Result<Value, HouseError> {
        let unread = |e: SecretError| self.failed("the token", &e.to_string());
        let secret = self.secret.read(&self.environment).map_err(unread)?;
        let verifier = errand.verifier();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let request = self.http.post(document.token.clone());
        let request = if document.secret_in_form {
            form.push(("client_id", &self.settings.client_id));
            form.push(("client_secret", secret.expose()));
            request
        } else {
            // Both are encoded as in a form first (RFC 6749, section 2.3.1).
            request.basic_auth(encode(&self.settings.client_id), Some(encode(secret.expose())))
        };
        fetch_json(request.form(&form)).await.map_err(|why| self.failed("the token", &why))
    }

    /// Checks a token; once with fresh keys if none has its name: a house may have changed them.
    async fn check(
        &self,
        token: &str,
        known: &Known,
        errand: &Errand,
        now: DateTime<Utc>,
    ) -> Result<Map<String, Value>, HouseError> {
        let nonce = errand.nonce();
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &nonce,
            acr_values: &self.settings.acr_values,
        };
        let mut checked = check_id_token(token, &known.keys, &expected, now);
        if checked == Err(Flaw::UnknownKey) {
            let document = known.document.clone();
            let keys = self.fetch_keys(&document).await?;
            checked = check_id_token(token, &keys, &expected, now);
            *self.known.lock().await = Some((now, Arc::new(Known { document, keys })));
        }
        checked.map_err(|flaw| HouseError::Token { issuer: self.settings.issuer.clone(), flaw })
    }

    /// The claims among which the address is: Feide has it in its userinfo alone.
    async fn told(
        &self,
        document: &Document,
        claims: Map<String, Value>,
        access: &str,
        subject: &str,
    ) -> Result<Map<String, Value>, HouseError> {
        let is_wanted = self.settings.scopes.iter().any(|scope| scope != "openid");
        let Some(userinfo) = document.userinfo.clone().filter(|_| is_wanted && !access.is_empty()) else {
            return Ok(claims);
        };
        if claims.contains_key(&self.settings.address_claim) {
            return Ok(claims);
        }
        let told = fetch_json(self.http.get(userinfo).bearer_auth(access)).await;
        match told.map_err(|why| self.failed("userinfo", &why))? {
            Value::Object(told) if told.get("sub").is_some_and(|own| own == subject) => Ok(told),
            _ => Err(HouseError::OtherPerson(self.settings.issuer.clone())),
        }
    }

    fn failed(&self, what: &'static str, why: &str) -> HouseError {
        HouseError::Fetch { issuer: self.settings.issuer.clone(), what, why: why.to_owned() }
    }
}

/// The address that these claims say, if the house is to be believed about it.
fn find_address(claims: &Map<String, Value>, settings: &OidcSettings) -> Option<String> {
    let address = claims.get(&settings.address_claim)?.as_str()?;
    // A boolean (OpenID Connect Core 1.0, section 5.1); some houses write it as a text.
    let verified = claims.get("email_verified").map(|said| said == true || said == "true");
    let believed =
        if settings.require_email_verified { verified == Some(true) } else { verified != Some(false) };
    (believed && settings.speaks_for(address)).then(|| address.to_owned())
}

/// As a form writes it.
fn encode(text: &str) -> String {
    let byte = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b"*-._".contains(&b) => char::from(b).to_string(),
        b' ' => "+".to_owned(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn address(claims: Value, more: &str) -> Option<String> {
        let table =
            format!("slug = \"x\"\nname = \"X\"\nissuer = \"https://x.example\"\nclient_id = \"x\"\n{more}");
        let Value::Object(claims) = claims else { panic!("claims") };
        find_address(&claims, &toml::from_str(&table).unwrap())
    }

    #[test]
    fn an_address_that_the_house_does_not_call_verified_is_not_believed() {
        let lise = Some("lise@forum.example".to_owned());
        let with = |said: Value| json!({"email": "lise@forum.example", "email_verified": said});
        assert_eq!(address(with(json!(true)), ""), lise);
        assert_eq!(address(with(json!("true")), ""), lise);
        for said in [json!(false), json!("false"), json!(1), Value::Null] {
            assert_eq!(address(with(said), ""), None);
        }
        assert_eq!(address(json!({"email": "lise@forum.example"}), ""), None);
        assert_eq!(address(json!({"email_verified": true}), ""), None);
        assert_eq!(address(json!({"email": ["lise@forum.example"], "email_verified": true}), ""), None);
    }

    #[test]
    fn a_house_that_says_nothing_of_that_is_believed_in_its_own_domains() {
        let own = "require_email_verified = false\ndomains = [\"forum.example\"]";
        let lise = Some("lise@forum.example".to_owned());
        assert_eq!(address(json!({"email": "lise@forum.example"}), own), lise);
        assert_eq!(address(json!({"email": "lise@other.example"}), own), None);
        let denied = json!({"email": "lise@forum.example", "email_verified": false});
        assert_eq!(address(denied, own), None);
    }

    #[test]
    fn a_name_and_a_secret_are_written_as_in_a_form() {
        assert_eq!(encode("a b:c/å*"), "a+b%3Ac%2F%C3%A5*");
    }
}
