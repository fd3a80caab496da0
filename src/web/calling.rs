//! How people are called on pages.

/// By name, else by address.
pub(super) fn call(name: &str, email: Option<&str>) -> String {
    if name.is_empty() { email.unwrap_or("–").to_owned() } else { name.to_owned() }
}
