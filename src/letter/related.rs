//! The HTML part together with the picture that it shows (RFC 2387): nothing is fetched when a letter is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::forum::Logo;

/// Never within the parts: quoted-printable has no `=_`, and base64 no hyphen.
pub(super) const BOUNDARY: &str = "=_treff_related";

/// How the HTML part names the picture (RFC 2392).
pub(super) const LOGO_URL: &str = "cid:logo@treff.invalid";

/// A line of base64 (RFC 2045, 6.8).
const LINE: usize = 76;

/// Begins the part that holds both; the HTML part comes next, behind [`BOUNDARY`].
pub(super) fn open(outer: &str, out: &mut Vec<u8>) {
    let part = format!(
        "\r\n--{outer}\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{BOUNDARY}\"\r\n"
    );
    out.extend_from_slice(part.as_bytes());
}

/// The picture, and the end of the part.
pub(super) fn close(logo: &Logo, out: &mut Vec<u8>) {
    let id = LOGO_URL.trim_start_matches("cid:");
    let ending = if logo.media_type() == "image/png" { "png" } else { "jpg" };
    let head = format!(
        "\r\n--{BOUNDARY}\r\nContent-Type: {}; name=\"logo.{ending}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-ID: <{id}>\r\nContent-Disposition: inline; filename=\"logo.{ending}\"\r\n\r\n",
        logo.media_type()
    );
    out.extend_from_slice(head.as_bytes());
    for line in STANDARD.encode(logo.bytes()).as_bytes().chunks(LINE) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
}
