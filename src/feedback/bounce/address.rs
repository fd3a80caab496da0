//! Addresses: in fields of their own, in all their dress, and in the middle of words.

use std::ops::Range;

/// An address in a text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Lower case.
    pub address: String,
    /// As the text has it.
    pub spelled: String,
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
    list_at_any_host(text).filter(|found| has_dotted_host(&found.address)).take(AT_MOST).collect()
}

/// Those at hosts without a dot too (`kari@mail`), which are addresses only where one is expected.
fn list_at_any_host(text: &str) -> impl Iterator<Item = Found> {
    memchr::memchr_iter(b'@', text.as_bytes()).filter_map(|at| around(text, at))
}

fn has_dotted_host(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, host)| host.contains('.'))
}

fn around(text: &str, at: usize) -> Option<Found> {
    let before = &text[floor(text, at.saturating_sub(REACH))..at];
    let local = match before.strip_suffix('"') {
        Some(quoted) => &before[opening_quote(quoted)?..],
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
    let is_good =
        !local.is_empty() && !domain.is_empty() && !domain.starts_with(['.', '-']) && !domain.contains("..");
    is_good.then(|| {
        let whole = format!("{local}@{domain}");
        let lower = whole.to_lowercase();
        let inner = decode_encapsulated(&lower);
        let spelled = if inner == lower { whole } else { inner.clone() };
        Found { address: inner, spelled, at: at - local.len()..at + 1 + domain.len() }
    })
}

/// Where a quoted local part begins, of which `text` is all but the closing quote: at the last quote that no backslash
/// makes a character of it (RFC 5321, 4.1.2).
fn opening_quote(text: &str) -> Option<usize> {
    let is_bare = |at: &usize| text[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0;
    text.rmatch_indices('"').map(|(at, _)| at).find(is_bare)
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
    read_spelled(value).map(|spelled| spelled.to_lowercase())
}

/// The same, spelled as it stands there.
pub(super) fn read_spelled(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address).trim();
    let decoded = decode_unitext(bare);
    let first = |text: &str| {
        let found = scan(text).into_iter().next().or_else(|| list_at_any_host(text).next());
        found.map(|found| found.spelled)
    };
    // An xtext has neither `@` nor blanks (`kari+40example.test`).
    first(&decoded).or_else(|| first(&decode_hex(decoded.split([' ', '(']).next()?)))
}

/// The address of an Original-Recipient, which is xtext: there `+2B` stands for a plus sign and `+3D` for an equals sign even beside
/// an `@`, which programs leave as it is (RFC 3461, 4).
pub(super) fn read_original(value: &str) -> Option<String> {
    read_original_spelled(value).map(|spelled| spelled.to_lowercase())
}

/// The same, spelled as it stands there.
pub(super) fn read_original_spelled(value: &str) -> Option<String> {
    match value.contains('@') {
        true => read_spelled(&value.replace("+2B", "+").replace("+3D", "=")),
        false => read_spelled(value),
    }
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
        assert_eq!(read_address("rfc822; <kari+40mail>").as_deref(), Some("kari@mail"));
        assert_eq!(read_address("rfc822; kari"), None);
        for (value, address) in [
            ("rfc822;kari+2Bnes@example.test", "kari+nes@example.test"),
            ("rfc822;kari+3Dnes@example.test", "kari=nes@example.test"),
            ("rfc822;kari+2btreff@example.test", "kari+2btreff@example.test"),
            ("rfc822;kari+2Bnes+40example.test", "kari+nes@example.test"),
        ] {
            assert_eq!(read_original(value).as_deref(), Some(address), "{value}");
        }
    }

    #[test]
    fn a_quoted_local_part_keeps_its_quotes() {
        for (value, address) in [
            ("rfc822; \"a b\"@x.example", "\"a b\"@x.example"),
            ("rfc822; <\"A b\"@x.example>", "\"a b\"@x.example"),
            (r#"rfc822; "a\"b\\"@x.example"#, r#""a\"b\\"@x.example"#),
            ("rfc822; \"a@b\"@x.example (Kari)", "\"a@b\"@x.example"),
            ("rfc822; \"a.\"@mail", "\"a.\"@mail"),
            ("rfc822;\"a+20b\"+40x.example", "\"a b\"@x.example"),
        ] {
            assert_eq!(read_address(value).as_deref(), Some(address), "{value}");
        }
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
