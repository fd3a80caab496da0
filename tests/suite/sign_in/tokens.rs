//! Tokens of a house: each claim wrong once, each way of signing that is not to be believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use treff::oidc::{Expected, Flaw, Keys, check_id_token};

use super::signer::{Signer, unsigned};
use crate::pages::world::now;

const EXPECTED: Expected<'static> =
    Expected { issuer: "https://id.example", client_id: "treff", nonce: "n-1", acr_values: &[] };

fn claims() -> Value {
    json!({"iss": "https://id.example", "aud": "treff", "sub": "s-1", "nonce": "n-1",
           "iat": now().timestamp(), "exp": now().timestamp() + 300})
}

fn keys_of(signers: &[&Signer]) -> Keys {
    Keys::read(&json!({"keys": signers.iter().map(|signer| signer.public()).collect::<Vec<_>>()}))
}

fn flaw(token: &str, keys: &Keys) -> Option<Flaw> {
    check_id_token(token, keys, &EXPECTED, now()).err()
}

#[test]
fn a_token_signed_in_each_of_the_three_ways_is_believed() {
    for signer in [Signer::rs256("r"), Signer::ps256("p"), Signer::es256("e")] {
        let token = signer.sign(&claims());
        let read = check_id_token(&token, &keys_of(&[&signer]), &EXPECTED, now()).unwrap();
        assert_eq!(read["sub"], "s-1", "{}", signer.algorithm());
    }
}

#[test]
fn each_claim_that_is_wrong_or_lacking_is_found() {
    let signer = Signer::es256("e");
    let keys = keys_of(&[&signer]);
    let at = |seconds: i64| json!(now().timestamp() + seconds);
    for (claim, value, expected) in [
        ("iss", json!("https://id.example/"), Flaw::Issuer),
        ("iss", Value::Null, Flaw::Issuer),
        ("aud", json!("other"), Flaw::Audience),
        ("aud", json!([]), Flaw::Audience),
        ("aud", json!(["treff", "other"]), Flaw::Audience),
        ("aud", Value::Null, Flaw::Audience),
        ("azp", json!("other"), Flaw::Party),
        ("exp", at(-61), Flaw::Expired),
        ("exp", json!("later"), Flaw::Expired),
        ("exp", Value::Null, Flaw::Expired),
        ("nbf", at(61), Flaw::Expired),
        ("iat", at(61), Flaw::IssuedAt),
        ("iat", at(-601), Flaw::IssuedAt),
        ("iat", Value::Null, Flaw::IssuedAt),
        ("nonce", json!("n-2"), Flaw::Nonce),
        ("nonce", Value::Null, Flaw::Nonce),
        ("sub", json!(""), Flaw::Subject),
        ("sub", json!(7), Flaw::Subject),
        ("sub", json!("s".repeat(256)), Flaw::Subject),
    ] {
        let mut wrong = claims();
        wrong[claim] = value.clone();
        assert_eq!(flaw(&signer.sign(&wrong), &keys), Some(expected), "{claim}: {value}");
    }
    for (claim, value) in [
        ("aud", json!(["treff"])),
        ("azp", json!("treff")),
        ("exp", at(-59)),
        ("iat", at(59)),
        ("nbf", at(59)),
        ("iat", json!(now().timestamp() as f64 + 0.5)),
    ] {
        let mut right = claims();
        right[claim] = value.clone();
        assert_eq!(flaw(&signer.sign(&right), &keys), None, "{claim}: {value}");
    }
}

#[test]
fn somebody_who_proved_themself_less_strongly_than_asked_is_found() {
    let signer = Signer::es256("e");
    let keys = keys_of(&[&signer]);
    let wanted = ["high".to_owned(), "substantial".to_owned()];
    let expected = Expected { acr_values: &wanted, ..EXPECTED };
    let ask = |acr: Value| {
        let mut told = claims();
        told["acr"] = acr;
        check_id_token(&signer.sign(&told), &keys, &expected, now()).err()
    };
    assert_eq!(ask(json!("high")), None);
    for weak in [json!("low"), Value::Null, json!(["high"])] {
        assert_eq!(ask(weak), Some(Flaw::Strength));
    }
}

#[test]
fn what_is_signed_by_another_key_or_not_at_all_is_not_believed() {
    let (signer, other) = (Signer::rs256("r"), Signer::rs256("r"));
    let keys = keys_of(&[&signer]);
    assert_eq!(flaw(&other.sign(&claims()), &keys), Some(Flaw::Signature), "another key of the same name");
    let renamed = json!({"alg": "RS256", "kid": "new"});
    assert_eq!(flaw(&signer.sign_with(&renamed, &claims()), &keys), Some(Flaw::UnknownKey));
    for alg in ["none", "None", "NONE", "", "HS256", "RS1"] {
        let bare = unsigned(&json!({"alg": alg, "kid": "r"}), &claims());
        for token in [format!("{bare}."), format!("{bare}.AAAA")] {
            assert_eq!(flaw(&token, &keys), Some(Flaw::Algorithm), "{alg}");
        }
    }
    let empty = unsigned(&json!({"alg": "RS256", "kid": "r"}), &claims());
    assert_eq!(flaw(&format!("{empty}."), &keys), Some(Flaw::Signature));
    let critical = json!({"alg": "RS256", "kid": "r", "crit": ["exp"]});
    assert_eq!(flaw(&signer.sign_with(&critical, &claims()), &keys), Some(Flaw::Form));
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let signer = Signer::rs256("r");
    let message = unsigned(&json!({"alg": "HS256", "kid": "r"}), &claims());
    let mut mac = Hmac::<Sha256>::new_from_slice(&signer.public_bytes()).unwrap();
    mac.update(message.as_bytes());
    let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    assert_eq!(flaw(&token, &keys_of(&[&signer])), Some(Flaw::Algorithm));
}

#[test]
fn a_key_signs_in_its_own_way_alone() {
    let (rsa, curve) = (Signer::rs256("k"), Signer::es256("k"));
    let keys = keys_of(&[&rsa]);
    assert_eq!(flaw(&curve.sign(&claims()), &keys), Some(Flaw::UnknownKey), "no key of that kind");
    let as_pss = json!({"alg": "PS256", "kid": "k"});
    assert_eq!(flaw(&rsa.sign_with(&as_pss, &claims()), &keys), Some(Flaw::Signature));
    let both = keys_of(&[&rsa, &curve]);
    assert_eq!(flaw(&curve.sign(&claims()), &both), None, "two kinds may share a name");
}

#[test]
fn a_token_with_any_letter_changed_is_refused() {
    let signer = Signer::es256("e");
    let (keys, token) = (keys_of(&[&signer]), signer.sign(&claims()));
    for place in 0..token.len() {
        let mut letters = token.clone().into_bytes();
        letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(letters).unwrap();
        assert!(flaw(&changed, &keys).is_some(), "at {place}");
    }
    for broken in
        ["", ".", "..", "a.b", &token.replace('.', ""), &format!("{token}.{token}"), &format!("{token}.")]
    {
        assert!(flaw(broken, &keys).is_some(), "{broken}");
    }
}
