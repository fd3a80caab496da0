//! What may stand behind a link: the one judgement that files, forms, pages, letters and calendars share.

use crate::forum::percent_encode;

/// Whether it is http or https, with a host, and with nothing that would break out of a link (RFC 3986, 2 and 3.2).
/// Not whether anybody answers there.
pub fn is_web_address(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty()
        && !host.starts_with([':', '.'])
        && !host.contains(['@', '\\'])
        && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|^\\".contains(c))
}

/// `url` if it is one, with everything that is not ASCII percent-encoded.
pub fn ascii_web_address(url: &str) -> Option<String> {
    let url = url.trim();
    is_web_address(url).then(|| percent_encode(url, b":/?#[]@!$&()*+,;=%-._~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_ascii_leads_to_the_same_page() {
        let written = |url: &str| ascii_web_address(url);
        assert_eq!(
            written(" https://forum.example/påmelding?a=1%202&b='x'#del ").as_deref(),
            Some("https://forum.example/p%C3%A5melding?a=1%202&b=%27x%27#del")
        );
        assert_eq!(written("javascript:alert(1)"), None);
    }

    #[test]
    fn a_web_address_has_a_host_and_breaks_out_of_nothing() {
        for good in [
            "https://forum.example/samling?x=1&y=ø#top",
            "HTTP://Forum.Example",
            "https://intranett/sak",
            "https://skole.example:8443/",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "forum.example",
            "https://",
            "https:///x",
            "https://:80",
            "https://.example",
            "javascript:alert(1)",
            "data:text/html,https://forum.example",
            "https://forum.example@evil.example",
            "https://forum.example\\@evil.example",
            "https://forum.example/\\evil",
            "https://forum.example/<script>",
            "https://forum.example/\"onclick",
            "https://forum.example/a b",
            "https://forum.example/\r\nX: y",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
