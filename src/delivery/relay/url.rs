//! A relay's URL: `smtps://user@relay.example[:465]`, `smtp://host[:587]`, `smtp://127.0.0.1:2525?tls=none`.

use std::net::IpAddr;

use crate::config::is_loopback;
use crate::delivery::smtp::Protection;

/// A relay's URL, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub user: Option<String>,
    pub host: String,
    pub port: u16,
    pub protection: Protection,
}

pub(super) fn take_apart(url: &str) -> Result<Parts, &'static str> {
    let fail = |remedy| Err(remedy);
    let (is_implicit, rest) = if let Some(rest) = url.strip_prefix("smtps://") {
        (true, rest)
    } else if let Some(rest) = url.strip_prefix("smtp://") {
        (false, rest)
    } else {
        return fail("write smtps://user@relay.example, smtp://relay.example:587 or maildir:FOLDER");
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let place = place.trim_end_matches('/');
    let (user, place) = match place.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, place),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return fail("a password does not belong there; set TREFF_RELAY_PASSWORD, or password_file");
    }
    let protection = match (is_implicit, query) {
        (true, "") => Protection::Implicit,
        (false, "" | "tls=starttls") => Protection::StartTls,
        (false, "tls=none") => Protection::None,
        _ => return fail("behind the ? stands tls=starttls or tls=none, and only with smtp://"),
    };
    let default_port = if is_implicit { 465 } else { 587 };
    let Some((host, port)) = split_port(place, default_port) else {
        return fail("after the host stands a colon and a port number, such as smtp://relay.example:587");
    };
    if protection == Protection::None && !is_loopback(&host) {
        return fail(
            "tls=none is for a relay on this machine only (127.0.0.1, ::1, localhost); use smtps:// or STARTTLS",
        );
    }
    let user = user.filter(|u| !u.is_empty()).map(decode_percent);
    Ok(Parts { user, host, port, protection })
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`.
fn split_port(place: &str, default: u16) -> Option<(String, u16)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = port.map_or(Some(default), |p| p.parse().ok().filter(|p| *p > 0))?;
    let host = if host.parse::<IpAddr>().is_ok() {
        host.to_owned()
    } else {
        idna::domain_to_ascii(host).ok().filter(|h| !h.is_empty() && !h.contains(['/', ' ', '[']))?
    };
    Some((host, port))
}

/// `%40` to `@`; what is no escape stays.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> Option<(Option<String>, String, u16, Protection)> {
        take_apart(url).ok().map(|p| (p.user, p.host, p.port, p.protection))
    }

    #[test]
    fn every_form_of_url_is_understood() {
        let some = |user: Option<&str>, host: &str, port, protection| {
            Some((user.map(str::to_owned), host.to_owned(), port, protection))
        };
        assert_eq!(
            parts("smtps://user@relay.example"),
            some(Some("user"), "relay.example", 465, Protection::Implicit)
        );
        assert_eq!(
            parts("smtp://kari%40nes.example@relay.example:2587/"),
            some(Some("kari@nes.example"), "relay.example", 2587, Protection::StartTls)
        );
        assert_eq!(
            parts("smtp://kari@nes.example@relay.example?tls=starttls"),
            some(Some("kari@nes.example"), "relay.example", 587, Protection::StartTls)
        );
        assert_eq!(parts("smtp://127.0.0.1:2525?tls=none"), some(None, "127.0.0.1", 2525, Protection::None));
        assert_eq!(parts("smtp://[::1]:25?tls=none"), some(None, "::1", 25, Protection::None));
        assert_eq!(parts("smtp://localhost?tls=none"), some(None, "localhost", 587, Protection::None));
    }

    #[test]
    fn an_open_connection_leaves_the_machine_never() {
        for url in ["smtp://relay.example?tls=none", "smtp://10.0.0.1:25?tls=none", "smtp://0.0.0.0?tls=none"]
        {
            assert!(take_apart(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_is_no_relay_is_refused() {
        for url in [
            "http://relay.example",
            "smtp://",
            "smtp://relay.example:0",
            "smtp://relay.example:x",
            "smtps://relay.example?tls=none",
            "smtp://user:word@relay.example",
            "smtp://relay.example?tls=maybe",
            "relay.example",
        ] {
            assert!(take_apart(url).is_err(), "{url}");
        }
    }
}
