//! How often something may be asked for on pages that anybody can reach: all limits in one place.
//!
//! Counted in memory, for each process by itself: they keep one from flooding a mailbox or the database, no more.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};

/// So many within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    name: &'static str,
    pub(super) at_most: u32,
    pub(super) minutes: i64,
}

/// Mails to one address that somebody asked for on a page. Over it, the page says the same and nothing is sent.
pub(super) const MAILS_TO_ADDRESS: Limit = Limit { name: "mails to an address", at_most: 3, minutes: 15 };

/// What one client asks for. A whole office may stand behind one address.
pub(super) const ASKED_BY_CLIENT: Limit = Limit { name: "asked by a client", at_most: 30, minutes: 15 };

/// What one client sends in: less than all together may, so that nobody takes the others' turn. A school class may
/// stand behind one address; what is over is told so, and what was written stays.
pub(super) const SENT_IN_BY_CLIENT: Limit = Limit { name: "sent in by a client", at_most: 20, minutes: 60 };

/// Passwords tried for one address, right or wrong, known or not.
pub(super) const PASSWORDS_TO_ADDRESS: Limit =
    Limit { name: "passwords to an address", at_most: 10, minutes: 15 };

/// Passwords that one client tries.
pub(super) const PASSWORDS_BY_CLIENT: Limit =
    Limit { name: "passwords by a client", at_most: 30, minutes: 15 };

/// Codes of the second factor tried for one account.
pub(super) const CODES_TO_ACCOUNT: Limit = Limit { name: "codes to an account", at_most: 10, minutes: 15 };

/// Trials of whether letters arrive, by all who may together.
pub(super) const MAIL_TRIALS: Limit = Limit { name: "trials of mail", at_most: 10, minutes: 15 };

/// More than this many counted at once, and those that are over are forgotten.
const COUNTED_AT_MOST: usize = 50_000;

struct Window {
    begun_at: DateTime<Utc>,
    count: u32,
}

/// What was asked for lately.
#[derive(Default)]
pub(super) struct Limits(Mutex<HashMap<(Limit, String), Window>>);

impl Limits {
    /// Counts one more for `who`; whether it is within the limit.
    pub(super) fn admit(&self, limit: Limit, who: &str, now: DateTime<Utc>) -> bool {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= COUNTED_AT_MOST {
            windows.retain(|(limit, _), window| !is_over(limit, window, now));
        }
        if windows.len() >= COUNTED_AT_MOST {
            windows.clear();
        }
        let window =
            windows.entry((limit, who.to_owned())).or_insert_with(|| Window { begun_at: now, count: 0 });
        if is_over(&limit, window, now) {
            *window = Window { begun_at: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        window.count <= limit.at_most
    }
}

fn is_over(limit: &Limit, window: &Window, now: DateTime<Utc>) -> bool {
    now - window.begun_at >= TimeDelta::minutes(limit.minutes)
}

/// Who asks, as far as the network tells: an IPv4 address, or the 64 bits of an IPv6 network.
pub(super) struct Client(pub(super) String);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Client(name_of(peer, &parts.headers)))
    }
}

/// A proxy on this machine tells whom it speaks for; anybody else could tell anything. On a socket for both an IPv4 address
/// comes as `::ffff:a.b.c.d`: all of them would be of one network.
fn name_of(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let told = || {
        let chain = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        chain.rsplit(',').next()?.trim().parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
    };
    let peer = peer.map(|ip| ip.to_canonical());
    let own = peer.filter(|ip| !ip.is_loopback());
    match own.or_else(told).or(peer) {
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Some(IpAddr::V4(ip)) => ip.to_string(),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_holds_for_each_by_itself_and_for_a_while() {
        let (limits, now) = (Limits::default(), DateTime::UNIX_EPOCH);
        let admitted = |who: &str, now| limits.admit(MAILS_TO_ADDRESS, who, now);
        assert_eq!([(); 4].map(|()| admitted("kari", now)), [true, true, true, false]);
        assert!(admitted("ola", now));
        assert!(!admitted("kari", now + TimeDelta::minutes(14)));
        assert!(admitted("kari", now + TimeDelta::minutes(15)));
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_an_ipv4_address_is_one_on_any_socket() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "10.0.0.1, 198.51.100.7".parse().unwrap());
        let name = |peer: &str| name_of(peer.parse().ok(), &headers);
        assert_eq!(name("127.0.0.1"), "198.51.100.7");
        assert_eq!(name("::ffff:127.0.0.1"), "198.51.100.7");
        assert_eq!(name("203.0.113.9"), "203.0.113.9");
        assert_eq!(name("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(name("2001:db8:1:2:3::4"), "2001:db8:1:2");
        headers.insert("x-forwarded-for", "::ffff:198.51.100.8".parse().unwrap());
        assert_eq!(name_of("::1".parse().ok(), &headers), "198.51.100.8");
        assert_eq!(name_of(None, &HeaderMap::new()), "unknown");
    }
}
