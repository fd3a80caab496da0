//! What a house says of itself (OpenID Connect Discovery 1.0, section 3). Pure.

use reqwest::Url;
use serde_json::Value;

use crate::config::may_be_asked;

/// Where a house is asked for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Where the browser goes.
    pub authorization: Url,
    /// Where a code becomes a token.
    pub token: Url,
    /// Where the keys lie.
    pub keys: Url,
    /// Where more about somebody is told.
    pub userinfo: Option<Url>,
    /// Our secret goes in the form, not in the header.
    pub secret_in_form: bool,
    /// It names itself in every answer (RFC 9207, section 3).
    pub names_itself: bool,
}

/// Where a house's document lies: a slash at the end of the issuer goes (section 4).
pub(super) fn address_of(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// Reads the document of the house that calls itself `issuer`; the error says what it lacks.
pub(super) fn read_document(document: &Value, issuer: &str) -> Result<Document, String> {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let own = text("issuer").ok_or("it names no issuer")?;
    if own != issuer {
        return Err(format!("it names itself \"{own}\"; write issuer so in treff.toml, to the letter"));
    }
    let address = |key: &str| {
        let url = text(key).and_then(|url| Url::parse(url).ok()).ok_or_else(|| format!("it has no {key}"))?;
        if may_be_asked(&url) { Ok(url) } else { Err(format!("its {key} is not https")) }
    };
    let lists = |key: &str, word: &str, default: bool| match document.get(key).and_then(Value::as_array) {
        Some(words) => words.iter().any(|one| one == word),
        None => default,
    };
    if !lists("response_types_supported", "code", true) {
        return Err("it gives no codes (response_types_supported)".to_owned());
    }
    // Entra ID knows S256 and does not say so.
    if !lists("code_challenge_methods_supported", "S256", true) {
        return Err("it does not know PKCE with S256 (code_challenge_methods_supported)".to_owned());
    }
    let methods = "token_endpoint_auth_methods_supported";
    let (in_header, in_form) =
        (lists(methods, "client_secret_basic", true), lists(methods, "client_secret_post", false));
    if !in_header && !in_form {
        return Err(format!("it takes our secret in no way that we know ({methods})"));
    }
    Ok(Document {
        authorization: address("authorization_endpoint")?,
        token: address("token_endpoint")?,
        keys: address("jwks_uri")?,
        userinfo: document.get("userinfo_endpoint").map(|_| address("userinfo_endpoint")).transpose()?,
        secret_in_form: !in_header,
        names_itself: document["authorization_response_iss_parameter_supported"] == true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whole() -> Value {
        json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
        })
    }

    fn with(key: &str, value: Value) -> Result<Document, String> {
        let mut document = whole();
        document[key] = value;
        read_document(&document, "https://id.example")
    }

    #[test]
    fn a_house_says_where_to_ask() {
        let read = read_document(&whole(), "https://id.example").unwrap();
        assert_eq!(read.keys.as_str(), "https://keys.example/jwks");
        assert!(read.userinfo.is_none() && !read.secret_in_form && !read.names_itself);
        let posts = with("token_endpoint_auth_methods_supported", json!(["client_secret_post"])).unwrap();
        assert!(posts.secret_in_form);
        assert!(with("authorization_response_iss_parameter_supported", json!(true)).unwrap().names_itself);
        assert_eq!(address_of("https://id.example/"), "https://id.example/.well-known/openid-configuration");
    }

    #[test]
    fn an_issuer_that_differs_in_a_letter_is_another() {
        for other in
            ["https://id.example/", "https://ID.example", "http://id.example", "https://evil.example"]
        {
            assert!(read_document(&whole(), other).unwrap_err().contains("to the letter"), "{other}");
        }
    }

    #[test]
    fn what_a_house_lacks_is_named() {
        for key in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            assert!(with(key, Value::Null).unwrap_err().contains(key));
            assert!(with(key, json!("http://id.example/x")).unwrap_err().contains("https"), "{key}");
        }
        assert!(with("userinfo_endpoint", json!("ftp://x")).is_err());
        assert!(with("response_types_supported", json!(["id_token"])).is_err());
        assert!(with("code_challenge_methods_supported", json!(["plain"])).unwrap_err().contains("S256"));
        assert!(with("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])).is_err());
    }
}
