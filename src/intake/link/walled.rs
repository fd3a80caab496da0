//! Links that may ask for a login, told by their hosts alone: nobody is asked.

/// Hosts whose pages often ask for a login: parts of host names.
const WALLED_HOSTS: [&str; 7] = [
    "sharepoint.",
    "1drv.ms",
    "onedrive.live.com",
    "teams.microsoft.com",
    "drive.google.com",
    "docs.google.com",
    "intranett",
];

/// The hosts of the web addresses in `text` whose pages often ask for a login, lower-case, each once.
pub fn list_walled_hosts(text: &str) -> Vec<String> {
    let mut walled = Vec::new();
    for host in list_hosts(text) {
        if WALLED_HOSTS.iter().any(|part| host.contains(part)) && !walled.contains(&host) {
            walled.push(host);
        }
    }
    walled
}

/// The hosts of the web addresses in `text`, lower-case.
fn list_hosts(text: &str) -> impl Iterator<Item = String> {
    text.split("://").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        rest[..end.unwrap_or(rest.len())].to_lowercase()
    })
}
