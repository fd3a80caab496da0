//! Fetching a page carefully: few redirects, little time, little text, no cookies, and no address that is not public.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use rustls::ClientConfig;

use super::page::{Found, read_page};

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// No more bytes of a page are read: what stands behind them is not needed.
const MOST_BYTES: usize = 1 << 20;
/// No more redirects are followed.
const MOST_REDIRECTS: usize = 3;

/// Why nothing is known of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not http or https, with a user's name, or no address at all.
    #[error("it is no address of a page")]
    NoPage,
    /// It leads to an address that not everybody can reach.
    #[error("it leads to an address that is not public")]
    NotPublic,
    /// The page is not there.
    #[error("the page is not there")]
    Missing,
    /// It is a file or something else than a page.
    #[error("it is no page but something else")]
    NoHtml,
    /// Nobody answered in time, or not as a page does.
    #[error("nobody answered")]
    Unreachable,
}

/// Which addresses may be asked.
type Admits = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Fetches pages. Cloning shares it.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    admits: Admits,
}

impl Fetcher {
    /// Asks those addresses that `admits` says: in earnest [`super::address::is_public`].
    ///
    /// # Errors
    /// The TLS settings cannot be used.
    pub fn new(
        tls: &ClientConfig,
        admits: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
    ) -> Result<Fetcher, String> {
        let admits: Admits = Arc::new(admits);
        let client = Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .no_proxy()
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(Admitted(admits.clone())))
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .user_agent("treff (link preview)")
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Fetcher { client, admits })
    }

    /// What the page at `link` says of itself.
    pub async fn find(&self, link: &str) -> Result<Found, LinkError> {
        let url = Url::parse(link.trim()).map_err(|_| LinkError::NoPage)?;
        tokio::time::timeout(PATIENCE, self.follow(url)).await.unwrap_or(Err(LinkError::Unreachable))
    }

    async fn follow(&self, mut url: Url) -> Result<Found, LinkError> {
        for _ in 0..=MOST_REDIRECTS {
            self.check(&url)?;
            let answer = self.client.get(url.clone()).send().await.map_err(|e| tell(&e))?;
            if !answer.status().is_redirection() {
                return read_answer(answer).await;
            }
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = to.and_then(|to| url.join(to).ok()).ok_or(LinkError::Unreachable)?;
            if is_login(&url) {
                return Ok(Found { walled: true, ..Found::default() });
            }
        }
        Err(LinkError::Unreachable)
    }

    /// A page by http or https; a bare address is judged here, since nobody looks it up.
    fn check(&self, url: &Url) -> Result<(), LinkError> {
        let is_web = matches!(url.scheme(), "http" | "https");
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if !is_web || host.is_empty() || !url.username().is_empty() || url.password().is_some() {
            return Err(LinkError::NoPage);
        }
        match host.parse::<IpAddr>() {
            Ok(address) if !(self.admits)(address) => Err(LinkError::NotPublic),
            _ => Ok(()),
        }
    }
}

async fn read_answer(mut answer: Response) -> Result<Found, LinkError> {
    match answer.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            return Ok(Found { walled: true, ..Found::default() });
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(LinkError::Missing),
        status if !status.is_success() => return Err(LinkError::Unreachable),
        _ => {}
    }
    let kind =
        answer.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_lowercase();
    if !(kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml")) {
        return Err(LinkError::NoHtml);
    }
    let charset =
        kind.split_once("charset=").map(|(_, label)| label.trim_matches(['"', ' ', ';']).to_owned());
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| tell(&e))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MOST_BYTES {
            bytes.truncate(MOST_BYTES);
            break;
        }
    }
    Ok(read_page(&bytes, charset.as_deref()))
}

/// Whether a redirect leads to a page that asks who one is.
fn is_login(url: &Url) -> bool {
    const HOSTS: [&str; 5] = ["login.", "signin.", "accounts.", "idporten.", "auth."];
    const WORDS: [&str; 7] = ["login", "logon", "signin", "sign-in", "logginn", "logg-inn", "authenticate"];
    let (host, path) = (url.host_str().unwrap_or_default().to_lowercase(), url.path().to_lowercase());
    let asks = path.split('/').any(|part| WORDS.iter().any(|word| part.starts_with(word)));
    HOSTS.iter().any(|begin| host.starts_with(begin)) || asks
}

fn tell(error: &reqwest::Error) -> LinkError {
    let mut deepest: &dyn std::error::Error = error;
    loop {
        if deepest.downcast_ref::<NotAdmitted>().is_some() {
            return LinkError::NotPublic;
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => return LinkError::Unreachable,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no address of it is public")]
struct NotAdmitted;

/// Looks names up and keeps only what may be asked: the connection is made to nothing else.
struct Admitted(Admits);

impl Resolve for Admitted {
    fn resolve(&self, name: Name) -> Resolving {
        let admits = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> = found.filter(|address| admits(address.ip())).collect();
            if kept.is_empty() {
                return Err(NotAdmitted.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_to_a_login_is_known() {
        for (address, login) in [
            ("https://login.microsoftonline.com/x/oauth2/authorize?a=b", true),
            ("https://kommune.sharepoint.com/_layouts/15/Authenticate.aspx?Source=x", true),
            ("https://a.example/wp-login.php", false),
            ("https://a.example/login?next=/", true),
            ("https://a.example/nyheter/loggen", false),
            ("https://a.example/kurs", false),
        ] {
            assert_eq!(is_login(&Url::parse(address).unwrap()), login, "{address}");
        }
    }
}
