//! Asking a house: little time, little text, no redirects, so that a secret goes nowhere else.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, redirect};
use rustls::ClientConfig;
use serde_json::Value;

/// How long the whole of a request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Answers of more bytes than this are refused.
const ANSWER_AT_MOST: usize = 256 * 1024;

/// What asks.
pub(super) fn build_client(tls: &ClientConfig) -> Result<Client, String> {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        .user_agent("treff")
        .build()
        .map_err(|e| e.to_string())
}

/// The JSON that a house answers with success; else one line that says why not, in its own words if it gives any
/// (RFC 6749, section 5.2).
pub(super) async fn fetch_json(request: RequestBuilder) -> Result<Value, String> {
    let mut answer = request.header("accept", "application/json").send().await.map_err(innermost)?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(innermost)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_AT_MOST {
            return Err(format!("the answer is longer than {ANSWER_AT_MOST} bytes"));
        }
    }
    let document = serde_json::from_slice::<Value>(&body);
    if status.is_success() {
        return document.map_err(|_| "the answer is no JSON".to_owned());
    }
    let told = document.ok().and_then(|document| Some(document.get("error")?.as_str()?.to_owned()));
    Err(told.filter(|word| is_error_word(word)).map_or_else(
        || format!("HTTP {}", status.as_u16()),
        |word| format!("HTTP {}: {word}", status.as_u16()),
    ))
}

/// The words of RFC 6749 and its kin are such; anything else might be anything.
fn is_error_word(word: &str) -> bool {
    word.len() <= 60 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
