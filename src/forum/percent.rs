//! Percent-encoding (RFC 3986, 2.1).

use std::fmt::Write as _;

/// Everything but ASCII letters, digits and `safe` as %XX.
pub fn percent_encode(text: &str, safe: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
