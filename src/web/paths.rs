//! What a path tells before any page is asked, and a path as it stands in another.

/// Whether the path carries a token.
pub(super) fn is_token_path(path: &str) -> bool {
    ["/u/", "/l/", "/d/", "/f/", "/desk/open/"].iter().any(|door| path.starts_with(door))
}

/// Whether the path is of pages that a device of somebody's own opens.
pub(super) fn is_own(path: &str) -> bool {
    path == "/me" || path.starts_with("/me/") || path.starts_with("/items/")
}

/// Whether the path lies at the desk, and not at a door to it.
pub(super) fn is_desk(path: &str) -> bool {
    (path == "/desk" || path.starts_with("/desk/")) && !is_token_path(path)
}

/// A path as it stands in a query.
pub(super) fn encode_path(path: &str) -> String {
    path.bytes().map(encode_byte).collect()
}

fn encode_byte(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
