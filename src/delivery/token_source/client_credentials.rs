//! OAuth 2.0 client credentials (RFC 6749, 4.4): the program asks for a token in its own name.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Client, Response, Url};
use serde_json::Value;

use super::fetched::Fetched;
use crate::config::{Environment, Secret, SecretPlace};
use crate::delivery::conceal::conceal;

/// How long the whole of a request may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Answers of more bytes than this are refused.
const ANSWER_AT_MOST: usize = 256 * 1024;
/// No token is believed to live longer.
const LIFE_AT_MOST_SECONDS: i64 = 24 * 3600;

/// Where to ask, and as whom.
pub(super) struct ClientCredentials {
    pub token_url: Url,
    pub client_id: String,
    /// Read anew at each request: a secret can be changed without a restart.
    pub secret: SecretPlace,
    pub environment: Environment,
    /// Empty: none is named.
    pub scope: String,
    pub http: Client,
}

impl ClientCredentials {
    /// Asks for a token; the error is one line without the secret.
    pub async fn fetch(&self) -> Result<Fetched, String> {
        let secret = self.secret.read(&self.environment).map_err(|e| e.to_string())?;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", secret.expose()),
        ];
        if !self.scope.is_empty() {
            form.push(("scope", &self.scope));
        }
        let answer = self.http.post(self.token_url.clone()).form(&form).send().await.map_err(innermost)?;
        let is_success = answer.status().is_success();
        let status = answer.status().as_u16();
        let body = read_body(answer).await?;
        let document: Value = serde_json::from_slice(&body).unwrap_or_default();
        if is_success { read_token(&document) } else { Err(explain_refusal(status, &document, &secret)) }
    }
}

async fn read_body(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(innermost)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_AT_MOST {
            return Err(format!("the answer is longer than {ANSWER_AT_MOST} bytes"));
        }
    }
    Ok(body)
}

/// A successful answer (RFC 6749, 5.1). Some servers write `expires_in` as a text.
fn read_token(document: &Value) -> Result<Fetched, String> {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let token = text("access_token").ok_or("the answer holds no access_token")?;
    if text("token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err("the answer holds a token of another type than Bearer".to_owned());
    }
    let seconds = document.get("expires_in").and_then(|value| match value {
        Value::String(digits) => digits.parse().ok(),
        number => number.as_i64(),
    });
    let life = seconds.map(|n: i64| TimeDelta::seconds(n.clamp(0, LIFE_AT_MOST_SECONDS)));
    Ok(Fetched { token: Secret::new(token), life })
}

/// A refusal (RFC 6749, 5.2), in the server's own words.
fn explain_refusal(status: u16, document: &Value, secret: &Secret) -> String {
    let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
    let told = [text("error"), text("error_description")];
    let told: Vec<&str> = told.into_iter().filter(|part| !part.is_empty()).collect();
    match told.is_empty() {
        true => format!("HTTP {status}"),
        false => format!("HTTP {status}: {}", conceal(&told.join(": "), &[secret.expose()])),
    }
}

/// What lies at the bottom of a failed request, without the address.
fn innermost(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    let error = error.without_url();
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(String, Option<i64>), String> {
        let fetched = read_token(&serde_json::from_str(json).unwrap())?;
        Ok((fetched.token.expose().to_owned(), fetched.life.map(|life| life.num_seconds())))
    }

    #[test]
    fn a_token_is_read_with_its_life() {
        let of = |token: &str, life| Ok((token.to_owned(), life));
        assert_eq!(
            read(r#"{"access_token":"a","token_type":"Bearer","expires_in":3599}"#),
            of("a", Some(3599))
        );
        assert_eq!(
            read(r#"{"access_token":"a","token_type":"bearer","expires_in":"60"}"#),
            of("a", Some(60))
        );
        assert_eq!(read(r#"{"access_token":"a","expires_in":9e99}"#), of("a", None));
        assert_eq!(read(r#"{"access_token":"a","expires_in":-5}"#), of("a", Some(0)));
        assert!(read(r#"{"token_type":"Bearer"}"#).is_err());
        assert!(read(r#"{"access_token":"a","token_type":"mac"}"#).is_err());
        assert!(read("[]").is_err());
    }

    #[test]
    fn a_refusal_is_told_without_the_secret() {
        let document =
            serde_json::json!({"error": "invalid_client", "error_description": "no hemmelig\r\nhere"});
        let told = explain_refusal(401, &document, &Secret::new("hemmelig"));
        assert_eq!(told, "HTTP 401: invalid_client: no (secret)  here");
        assert_eq!(explain_refusal(503, &Value::Null, &Secret::default()), "HTTP 503");
    }
}
