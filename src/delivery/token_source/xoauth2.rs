//! The words of SASL XOAUTH2, alike in SMTP and IMAP (as Google and Microsoft document it; it has no RFC).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::Secret;
use crate::delivery::conceal::conceal;

/// What the client says, in base64: `user=` user ^A `auth=Bearer ` token ^A ^A. Secret as the token is.
pub fn initial_response(user: &str, token: &Secret) -> Secret {
    Secret::new(STANDARD.encode(format!("user={user}\x01auth=Bearer {}\x01\x01", token.expose())))
}

/// What a server's error challenge says, such as `status 400, scope https://mail.google.com/`; nothing if
/// it cannot be read. The client answers such a challenge with an empty line, and is refused then.
pub fn explain_challenge(challenge: &str, token: &Secret) -> Option<String> {
    let document = STANDARD.decode(challenge.trim()).ok()?;
    let document: serde_json::Value = serde_json::from_slice(&document).ok()?;
    let told: Vec<String> = ["status", "schemes", "scope"]
        .into_iter()
        .filter_map(|key| document.get(key)?.as_str().map(|value| format!("{key} {value}")))
        .collect();
    (!told.is_empty()).then(|| conceal(&told.join(", "), &[token.expose()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_the_documented_one() {
        let response = initial_response(
            "someuser@example.com",
            &Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"),
        );
        assert_eq!(
            response.expose(),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
    }

    #[test]
    fn an_error_challenge_is_told_in_words() {
        let token = Secret::new("hemmelig");
        let of = |json: &str| explain_challenge(&STANDARD.encode(json), &token);
        assert_eq!(
            of(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#).as_deref(),
            Some("status 400, schemes Bearer, scope https://mail.google.com/")
        );
        assert_eq!(
            of(r#"{"status":"401","scope":"hemmelig"}"#).as_deref(),
            Some("status 401, scope (secret)")
        );
        assert_eq!(of("{}"), None);
        assert_eq!(explain_challenge("!", &token), None);
    }
}
