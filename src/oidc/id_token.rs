//! Whether a house's token is to be believed (OpenID Connect Core 1.0, section 3.1.3.7). Pure: the instant comes in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::keys::{Algorithm, Keys};

/// So many seconds may their clock and ours be apart.
const CLOCKS_APART_SECONDS: i64 = 60;
/// A token comes straight from the house: one that was made longer ago was made for something else.
const OLDEST_SECONDS: i64 = 600;
/// A subject has no more characters (section 2).
const LONGEST_SUBJECT: usize = 255;

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// For whom.
    pub client_id: &'a str,
    /// In which browser's errand.
    pub nonce: &'a str,
    /// How strongly the person proved themself: one of these; empty: as the house likes.
    pub acr_values: &'a [String],
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each says itself what it is")]
pub enum Flaw {
    #[error("it is no signed token of three parts")]
    Form,
    #[error("it is signed in a way that is not believed; RS256, PS256 and ES256 are")]
    Algorithm,
    #[error("no key of the house has its name")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("another house made it")]
    Issuer,
    #[error("it is not for us alone")]
    Audience,
    #[error("another party asked for it")]
    Party,
    #[error("it is no longer good, or not yet")]
    Expired,
    #[error("it was made too long ago, or in the future")]
    IssuedAt,
    #[error("it belongs to the errand of another browser")]
    Nonce,
    #[error("the person did not prove themself as strongly as was asked")]
    Strength,
    #[error("it names nobody")]
    Subject,
}

/// The claims of a token that is to be believed at `now`.
///
/// # Errors
/// The first flaw found; [`Flaw::UnknownKey`] may mean that the house has new keys.
pub fn check_id_token(
    token: &str,
    keys: &Keys,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, Flaw> {
    let claims = open_token(token, keys)?;
    check_claims(&claims, expected, now)?;
    Ok(claims)
}

/// Checks the signature before anything that it covers is read.
fn open_token(token: &str, keys: &Keys) -> Result<Map<String, Value>, Flaw> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Flaw::Form)?;
    let (header, body) = signed.split_once('.').filter(|(_, body)| !body.contains('.')).ok_or(Flaw::Form)?;
    let header = read_part(header)?;
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    // What a header calls critical has to be understood (RFC 7515, section 4.1.11), and we know none.
    if header.contains_key("crit") {
        return Err(Flaw::Form);
    }
    let algorithm = text("alg").and_then(Algorithm::find).ok_or(Flaw::Algorithm)?;
    let key = keys.find(text("kid"), algorithm).ok_or(Flaw::UnknownKey)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Flaw::Form)?;
    if !key.has_signed(algorithm, signed.as_bytes(), &signature) {
        return Err(Flaw::Signature);
    }
    read_part(body)
}

fn read_part(part: &str) -> Result<Map<String, Value>, Flaw> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Flaw::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| Flaw::Form)
}

fn check_claims(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    now: DateTime<Utc>,
) -> Result<(), Flaw> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let ensure = |holds: bool, flaw: Flaw| if holds { Ok(()) } else { Err(flaw) };
    ensure(text("iss") == Some(expected.issuer), Flaw::Issuer)?;
    ensure(is_for(claims.get("aud"), expected.client_id), Flaw::Audience)?;
    ensure(claims.get("azp").is_none_or(|azp| azp == expected.client_id), Flaw::Party)?;
    check_times(claims, now.timestamp())?;
    ensure(text("nonce") == Some(expected.nonce), Flaw::Nonce)?;
    let strong = || text("acr").is_some_and(|acr| expected.acr_values.iter().any(|one| one == acr));
    ensure(expected.acr_values.is_empty() || strong(), Flaw::Strength)?;
    let subject = text("sub").unwrap_or_default();
    ensure(!subject.is_empty() && subject.len() <= LONGEST_SUBJECT, Flaw::Subject)
}

/// For us and nobody beside: whom else a house names, we do not know.
fn is_for(audience: Option<&Value>, client_id: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(all)) => !all.is_empty() && all.iter().all(|one| one == client_id),
        _ => false,
    }
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), Flaw> {
    // Seconds since 1970, perhaps with a fraction (RFC 7519, section 2).
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64).map(|at| at as i64);
    let expires = seconds("exp").ok_or(Flaw::Expired)?;
    let begins = if claims.contains_key("nbf") { seconds("nbf").ok_or(Flaw::Expired)? } else { now };
    if now >= expires.saturating_add(CLOCKS_APART_SECONDS)
        || begins.saturating_sub(CLOCKS_APART_SECONDS) > now
    {
        return Err(Flaw::Expired);
    }
    let age = now.saturating_sub(seconds("iat").ok_or(Flaw::IssuedAt)?);
    if (-CLOCKS_APART_SECONDS..=OLDEST_SECONDS).contains(&age) { Ok(()) } else { Err(Flaw::IssuedAt) }
}
