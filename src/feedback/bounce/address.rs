//! Addresses: in fields of their own, in all their dress, and in the middle of words.

use std::ops::Range;

/// An address in a text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Lower case.
    pub address: String,
    /// Its bytes in the text.
    pub at: Range<usize>,
}

/// So far left and right of an `@` an address is looked for (RFC 5321, 4.5.3.1: 64 and 255, and room for bad manners).
const REACH: usize = 256;

/// A line tells of at most so many addresses.
const AT_MOST: usize = 50;

/// What stands before an address without a space: `SMTP=kari@...` of X.400, `to=kari@...` of logs.
const GLUED: &[&str] =
    &["smtp=", "rfc822=", "to=", "rcpt=", "addr=", "address=", "email=", "recipient=", "user="];

/// The addresses of a text, in their order.
pub(super) fn scan(text: &str) -> Vec<Found> {
    memchr::memchr_iter(b'@', text.as_bytes()).filter_map(|at| around(text, at)).take(AT_MOST).collect()
}

fn around(text: &str, at: usize) -> Option<Found> {
    let before = &text[floor(text, at.saturating_sub(REACH))..at];
    let local = match before.strip_suffix('"') {
        Some(quoted) => &before[quoted.rfind('"')?..],
        None => {
            let run = before.rsplit(|c| !is_local(c)).next().unwrap_or_default();
            // A name beyond ASCII may stand encoded as in a header (RFC 2047).
            match run.find("=?").filter(|_| run.ends_with("?=")) {
                Some(from) => &run[from..],
                None => run.trim_start_matches([
                    '\'', '=', '*', '/', '-', '.', '|', '~', '!', '`', '{', '#', '?', '&',
                ]),
            }
        }
    };
    let local = strip_reply_code(local);
    let lower = local.to_ascii_lowercase();
    let glued = GLUED.iter().find(|word| lower.starts_with(**word)).map_or(0, |word| word.len());
    let local = &local[glued..];
    let behind = &text[at + 1..floor(text, (at + 1 + REACH).min(text.len()))];
    let domain = behind.split(|c| !is_domain(c)).next().unwrap_or_default().trim_end_matches(['.', '-']);
    let is_good = !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.contains("..");
    is_good.then(|| Found {
        address: decode_encapsulated(&format!("{local}@{domain}").to_lowercase()),
        at: at - local.len()..at + 1 + domain.len(),
    })
}

/// `550-kari` without the reply code that a line of several begins with.
fn strip_reply_code(local: &str) -> &str {
    match local.as_bytes() {
        [b'4' | b'5', second, third, b'-', ..] if second.is_ascii_digit() && third.is_ascii_digit() => {
            &local[4..]
        }
        _ => local,
    }
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c) || is_alphabet(c)
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-' || is_alphabet(c)
}

/// Letters of alphabets that part words by spaces (in others an address may stand within a sentence), and pictures.
fn is_alphabet(c: char) -> bool {
    (('\u{a1}'..'\u{590}').contains(&c) && c.is_alphanumeric()) || ('\u{1f300}'..'\u{1fb00}').contains(&c)
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The address of `rfc822; <kari@example.test>`, `kari@example.test (Kari)`, RFC 3461's xtext, RFC 6533's
/// `\x{e5}`; lower case.
pub(super) fn read_address(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address).trim();
    let decoded = decode_unitext(bare);
    if let Some(first) = scan(&decoded).into_iter().next() {
        return Some(first.address);
    }
    // An xtext has no `@` (`kari+40example.test`); a host may have no dot (`kari@mail`).
    let bare = match (decoded.find('<'), decoded.rfind('>')) {
        (Some(from), Some(to)) if from < to => &decoded[from + 1..to],
        _ => decoded.split([' ', '(']).next().unwrap_or_default(),
    };
    let address = decode_hex(bare.trim_matches(['"', '<', '>', '\'', '[', ']']).trim());
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| is_local(c) || c == '"');
    (is_plain(local) && is_plain(domain)).then(|| address.to_lowercase())
}

/// `\x{e5}` stands for `å` (RFC 6533, 3).
fn decode_unitext(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x{") {
        out.push_str(before);
        let end = after.find('}').filter(|end| *end <= 6);
        match end
            .and_then(|end| Some((end, char::from_u32(u32::from_str_radix(after.get(..end)?, 16).ok()?)?)))
        {
            Some((end, letter)) => {
                out.push(letter);
                rest = &after[end + 1..];
            }
            None => {
                out.push_str("\\x{");
                rest = after;
            }
        }
    }
    out + rest
}

/// `+40` stands for `@` (RFC 3461, 4); only where there is no `@` yet, for plus signs are common in addresses.
fn decode_hex(text: &str) -> String {
    if text.contains('@') || !text.contains('+') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('+') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        match byte {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &after[2..];
            }
            None => {
                out.push('+');
                rest = after;
            }
        }
    }
    out + rest
}

/// Exchange wraps an address of another system: `imceasmtp-kari+40example+2etest@gateway`.
fn decode_encapsulated(address: &str) -> String {
    let inner = ["imceasmtp-", "imcearfc822-"].iter().find_map(|kind| address.strip_prefix(kind));
    let Some((inner, _)) = inner.and_then(|inner| inner.rsplit_once('@')) else { return address.to_owned() };
    let inner = decode_hex(inner);
    if inner.contains('@') { inner } else { address.to_owned() }
}

/// Whether an address is Exchange's name for an entry of its own directory, which nobody outside writes to.
pub(super) fn is_directory_entry(address: &str) -> bool {
    address.starts_with("imceaex-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_every_dress() {
        let kari = Some("kari@example.test".to_owned());
        for value in [
            "rfc822; kari@example.test",
            "RFC822;<Kari@Example.test>",
            "kari@example.test (Kari Nes)",
            "Kari Nes <kari@example.test>",
            "rfc822;kari+40example.test",
            "rfc822;\"kari@example.test\"",
            "x400; c=NO;a= ;p=Org;dda:SMTP=kari@example.test;",
            "rfc822;IMCEASMTP-kari+40example+2Etest@gateway.example.test",
        ] {
            assert_eq!(read_address(value), kari, "{value}");
        }
        assert_eq!(read_address("rfc822; kari+tag@example.test").as_deref(), Some("kari+tag@example.test"));
        assert_eq!(read_address("utf-8; k\\x{e5}re@example.test").as_deref(), Some("kåre@example.test"));
        assert_eq!(read_address("rfc822; kari@mail").as_deref(), Some("kari@mail"));
        assert_eq!(read_address("rfc822; kari"), None);
    }

    #[test]
    fn addresses_are_found_among_words() {
        let found = |text| scan(text).into_iter().map(|f| f.address).collect::<Vec<_>>();
        assert_eq!(found("to=<a@b.test>, 'c.d@e.test'... f@g"), ["a@b.test", "c.d@e.test"]);
        assert_eq!(found("邮箱kari@example.test不存在"), ["kari@example.test"]);
        assert_eq!(
            found("<=?utf-8?Q?kari+=F0=9F=90=88?=@example.test>"),
            ["=?utf-8?q?kari+=f0=9f=90=88?=@example.test"]
        );
        assert_eq!(found(" 🐈@example.test"), ["🐈@example.test"]);
        assert_eq!(found("550-kari@example.test is no address"), ["kari@example.test"]);
        assert_eq!(found("@@a@.b@b..c @d.e \"x y\"@f.test"), ["\"x y\"@f.test"]);
    }
}
