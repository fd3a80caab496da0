//! From an `oauth2` table to a source of tokens.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use reqwest::Url;

use super::client_credentials::ClientCredentials;
use super::elsewhere::Program;
use super::{Origin, Shared, State, TokenError, TokenSource};
use crate::clock::Clock;
use crate::config::{Config, OAuth2Settings, SecretPlace, is_loopback};

/// Microsoft 365's mail: SMTP, IMAP and POP.
const DEFAULT_SCOPE: &str = "https://outlook.office365.com/.default";

impl TokenSource {
    /// The source that `settings` describe; `place` names their table in errors, such as `[relay.oauth2]`.
    /// Files that hold secrets must be readable now; nothing is fetched yet.
    pub fn open(
        settings: &OAuth2Settings,
        place: &str,
        config: &Config,
        clock: &Clock,
    ) -> Result<TokenSource, TokenError> {
        let wrong = |problem: String| TokenError::Settings { place: place.to_owned(), problem };
        let origin = find_origin(settings, config).map_err(wrong)?;
        Ok(TokenSource(Arc::new(Shared {
            origin,
            clock: clock.clone(),
            state: tokio::sync::Mutex::new(State::default()),
            ended: AtomicU64::new(0),
        })))
    }
}

fn find_origin(settings: &OAuth2Settings, config: &Config) -> Result<Origin, String> {
    let OAuth2Settings { tenant, token_url, client_id, token_file, token_command, .. } = settings;
    let asks = tenant.is_some() || token_url.is_some() || client_id.is_some();
    match (asks, token_file, token_command) {
        (true, None, None) => Ok(Origin::ClientCredentials(Box::new(find_credentials(settings, config)?))),
        (false, Some(file), None) => Ok(Origin::File(config.folder.join(file))),
        (false, None, Some(command)) => match command.split_first() {
            Some((program, arguments)) if !program.is_empty() => {
                Ok(Origin::Program(Program::new(program, arguments, &config.folder)))
            }
            _ => Err("token_command is empty; write [\"program\", \"argument\"]".to_owned()),
        },
        _ => Err("set either client_id (with tenant or token_url, and a secret), or token_file, or \
                  token_command"
            .to_owned()),
    }
}

fn find_credentials(settings: &OAuth2Settings, config: &Config) -> Result<ClientCredentials, String> {
    let token_url = find_url(settings)?;
    let client_id = settings.client_id.clone().filter(|id| !id.is_empty());
    let client_id = client_id.ok_or("client_id is missing: the application's id")?;
    let file = settings.client_secret_file.as_ref().map(|file| config.folder.join(file));
    let secret = SecretPlace::find(file, settings.client_secret_env.clone())
        .ok_or("the application's secret is missing; set client_secret_file or client_secret_env")?;
    secret.read(&config.environment).map_err(|e| e.to_string())?;
    let trust_file = settings.trust_file.as_ref().map(|file| config.folder.join(file));
    let scope = settings.scope.clone().unwrap_or_else(|| DEFAULT_SCOPE.to_owned());
    let http = build_client(trust_file.as_deref())?;
    Ok(ClientCredentials {
        token_url,
        client_id,
        secret,
        environment: config.environment.clone(),
        scope,
        http,
    })
}

/// `token_url`, or the one that follows from `tenant`.
fn find_url(settings: &OAuth2Settings) -> Result<Url, String> {
    let text = match (&settings.token_url, &settings.tenant) {
        (Some(url), None) => url.clone(),
        (None, Some(tenant)) if is_tenant(tenant) => {
            format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token")
        }
        (None, Some(_)) => return Err("tenant is the directory's id or its domain, nothing else".to_owned()),
        _ => return Err("set one of tenant and token_url".to_owned()),
    };
    let url = Url::parse(&text).map_err(|e| format!("token_url cannot be read: {e}"))?;
    let is_here = url.host_str().is_some_and(is_loopback);
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() => {
            Err("token_url names a user; client_id and the secret stand apart".to_owned())
        }
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err("token_url must be https: the secret goes there".to_owned()),
    }
}

fn is_tenant(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
}

/// No proxy and no redirect: the secret goes to `token_url` and nowhere else.
fn build_client(trust_file: Option<&Path>) -> Result<reqwest::Client, String> {
    let tls = crate::delivery::tls::trusting(trust_file)?;
    reqwest::Client::builder()
        .tls_backend_preconfigured((*tls).clone())
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(super::client_credentials::PATIENCE)
        .user_agent("treff")
        .build()
        .map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Environment, Overrides, Secret};

    fn open(table: &str) -> Result<String, String> {
        let settings: OAuth2Settings = toml::from_str(table).unwrap();
        let environment = Environment::of([("SECRET".to_owned(), Secret::new("hemmelig"))]);
        let overrides = Overrides { environment, ..Overrides::default() };
        let config = Config::resolve("/forum".into(), ConfigFile::default(), overrides).unwrap();
        TokenSource::open(&settings, "[x.oauth2]", &config, &Clock::system())
            .map(|source| format!("{source:?}"))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn every_way_is_understood() {
        let source = |name: &str| Ok(format!("TokenSource({name})"));
        let asking = "client_id = \"a\"\nclient_secret_env = \"SECRET\"\n";
        assert_eq!(
            open(&format!("{asking}tenant = \"nordfjella.example\"")),
            source("https://login.microsoftonline.com/nordfjella.example/oauth2/v2.0/token")
        );
        for url in ["https://id.example/token", "http://127.0.0.1:81/t", "http://[::1]:81/t"] {
            assert_eq!(open(&format!("{asking}token_url = \"{url}\"")), source(url));
        }
        assert_eq!(open("token_file = \"token\""), source("/forum/token"));
        assert_eq!(open("token_command = [\"/bin/get\", \"hemmelig\"]"), source("/bin/get"));
    }

    #[test]
    fn half_a_way_or_two_is_refused_with_the_remedy() {
        let asking = "client_id = \"a\"\nclient_secret_env = \"SECRET\"\n";
        for (table, told) in [
            (
                String::new(),
                "set either client_id (with tenant or token_url, and a secret), or token_file, or token_command",
            ),
            (
                format!("{asking}token_file = \"token\""),
                "set either client_id (with tenant or token_url, and a secret), or token_file, or token_command",
            ),
            ("token_command = []".into(), "token_command is empty; write [\"program\", \"argument\"]"),
            (asking.into(), "set one of tenant and token_url"),
            (format!("{asking}tenant = \"a/b\""), "tenant is the directory's id or its domain, nothing else"),
            (
                format!("{asking}token_url = \"http://id.example/token\""),
                "token_url must be https: the secret goes there",
            ),
            (
                format!("{asking}token_url = \"https://a:b@id.example/token\""),
                "token_url names a user; client_id and the secret stand apart",
            ),
            (
                "client_id = \"a\"\ntenant = \"a\"".into(),
                "the application's secret is missing; set client_secret_file or client_secret_env",
            ),
            (
                "client_id = \"a\"\ntenant = \"a\"\nclient_secret_env = \"OTHER\"".into(),
                "the environment has no OTHER; set it where treff is started",
            ),
        ] {
            assert_eq!(open(&table), Err(format!("[x.oauth2]: {told}")), "{table}");
        }
    }
}
