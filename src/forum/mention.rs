//! Where a text names an address: the address itself, never a longer one that ends or begins alike.

/// Where `bytes` name `address` (in lower case), in any case.
///
/// Nothing of an address may stand before it or behind: `ea@nav.test` is not named by `thea@nav.test`, nor by `ea@nav.test.example`.
/// What a text is written in is no part of an address: an escape of JSON (`\n`), of an address on the web (`%3C`) or of
/// quoted-printable (`=3C`).
pub fn find_mentions(bytes: &[u8], address: &str) -> Vec<usize> {
    let address = address.as_bytes();
    if address.is_empty() {
        return Vec::new();
    }
    let is_named = |(at, window): (usize, &[u8])| {
        let behind = bytes.get(at + address.len()..).unwrap_or_default();
        (window.eq_ignore_ascii_case(address) && !goes_on(behind) && !begins_before(&bytes[..at]))
            .then_some(at)
    };
    bytes.windows(address.len()).enumerate().filter_map(is_named).collect()
}

/// Whether `bytes` name the address.
pub fn mentions(bytes: &[u8], address: &str) -> bool {
    !find_mentions(bytes, address).is_empty()
}

/// The text without the address; none if it does not name it.
pub fn without_mentions(text: &str, address: &str) -> Option<String> {
    let places = find_mentions(text.as_bytes(), address);
    if places.is_empty() {
        return None;
    }
    let (mut rest, mut from) = (String::with_capacity(text.len()), 0);
    for at in places {
        rest.push_str(&text[from..at]);
        from = at + address.len();
    }
    rest.push_str(&text[from..]);
    Some(rest)
}

/// A letter or a figure, of any script.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Whether what stands `before` is the beginning of a longer address.
fn begins_before(before: &[u8]) -> bool {
    if ends_with_escape(before) {
        return false;
    }
    match before {
        [.., byte] if is_letter(*byte) => true,
        // A list's hyphen or an ellipsis is no part of one.
        [.., letter, b'.' | b'_' | b'-' | b'+'] => is_letter(*letter),
        _ => false,
    }
}

fn ends_with_escape(before: &[u8]) -> bool {
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    // Quoted-printable has no small letters (RFC 2045, 6.7): `=ad` begins an address.
    let is_upper = |digits: &[u8]| !digits.iter().any(u8::is_ascii_lowercase);
    match before {
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'\\', b'u', a, b, c, d] => hex(&[*a, *b, *c, *d]),
        [.., b'%', a, b] => hex(&[*a, *b]),
        [.., b'=', a, b] => hex(&[*a, *b]) && is_upper(&[*a, *b]),
        _ => false,
    }
}

/// Whether the domain goes on in what stands `behind`.
fn goes_on(behind: &[u8]) -> bool {
    match behind {
        [byte, ..] if is_letter(*byte) => true,
        [b'.' | b'-', letter, ..] => is_letter(*letter),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_by_itself_alone() {
        for text in [
            "ea@nav.test",
            "<EA@Nav.test>",
            "Hei ea@nav.test. Takk",
            "mailto:ea@nav.test",
            "- ea@nav.test",
            "-ea@nav.test",
            "...ea@nav.test",
            "\"line\\nea@nav.test\\n\"",
            "to=%3Cea@nav.test%3E",
            "=3Cea@nav.test=3E",
            "(ea@nav.test)",
            "email=ea@nav.test&name=Ea",
            "ea@nav.test, thea@nav.test",
        ] {
            assert!(mentions(text.as_bytes(), "ea@nav.test"), "{text}");
        }
        for text in [
            "thea@nav.test",
            "t.ea@nav.test",
            "t-ea@nav.test",
            "t+ea@nav.test",
            "t_ea@nav.test",
            "to=adea@nav.test",
            "åea@nav.test",
            "ea@nav.nord",
            "ea@nav.test.example",
            "ea@nav.test-x.test",
            "ea(at)nav.test",
            "",
        ] {
            assert!(!mentions(text.as_bytes(), "ea@nav.test"), "{text}");
        }
        assert!(!mentions(b"anything", ""));
    }

    #[test]
    fn it_is_taken_out_and_all_else_stays() {
        let text = "250 ok <ea@nav.test>, <Thea@nav.test> og EA@NAV.TEST. Æ";
        assert_eq!(
            without_mentions(text, "ea@nav.test").as_deref(),
            Some("250 ok <>, <Thea@nav.test> og . Æ")
        );
        assert_eq!(without_mentions("thea@nav.test", "ea@nav.test"), None);
    }
}
