//! An independent verifier takes what we sign, and nothing that was tampered with.

use treff::clock::Clock;
use treff::delivery::{Algorithm, DkimError, KeyError, PrivateKey};

use super::hostile::{odd_letters, pressed_letters};
use super::verifier::verify_all;
use super::{KEYS, pem, refusal, signer};

/// Each letter in front of which its signatures stand.
fn signed(names: &[&str], letters: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (signer, now) = (signer(names), Clock::system().now());
    let sign = |letter: &Vec<u8>| [signer.sign(letter, now).unwrap(), letter.clone()].concat();
    letters.iter().map(sign).collect()
}

#[test]
fn a_thousand_hostile_letters_verify_and_none_that_was_tampered_with() {
    let mut letters = pressed_letters(500);
    letters.extend(odd_letters(500));
    let (one, other) = letters.split_at(500);
    let halves = [
        (["rsa-pkcs1", "ed25519-v1"], one.iter().step_by(2).chain(other.iter().step_by(2))),
        (["ed25519-v2", "rsa-pkcs8"], one[1..].iter().step_by(2).chain(other[1..].iter().step_by(2))),
    ];
    let mut seen = 0;
    std::thread::scope(|scope| {
        let both: Vec<_> = halves
            .into_iter()
            .map(|(names, letters)| {
                let letters: Vec<Vec<u8>> = letters.cloned().collect();
                scope.spawn(move || (verify_all(&signer(&names), &signed(&names, &letters)), letters))
            })
            .collect();
        for half in both {
            let (verdicts, letters) = half.join().unwrap();
            for (verdict, letter) in verdicts.iter().zip(letters) {
                let letter = String::from_utf8_lossy(&letter);
                assert_eq!(verdict.accepted, [true, true], "{letter}");
                assert_eq!(verdict.survived, Vec::<String>::new(), "{letter}");
                assert!(verdict.tamperings >= 5 * 3 + 5, "{verdict:?}");
                seen += 1;
            }
        }
    });
    assert_eq!(seen, 1000);
}

#[test]
fn a_signature_keeps_to_its_lines_and_names_nobody() {
    let letter = pressed_letters(1).remove(0);
    let signer = signer(&KEYS);
    let fields = String::from_utf8(signer.sign(&letter, Clock::system().now()).unwrap()).unwrap();
    assert_eq!(fields.matches("DKIM-Signature: v=1; ").count(), 4);
    assert!(fields.ends_with("\r\n"));
    assert!(fields.split("\r\n").all(|line| line.len() <= 78), "{fields}");
    for tag in [" i=", " z=", " l=", "kari"] {
        assert!(!fields.contains(tag), "{tag}");
    }
}

#[test]
fn every_form_of_key_is_read_and_what_is_too_weak_or_no_key_is_refused() {
    let kinds = KEYS.map(|name| PrivateKey::from_pem(pem(name).as_bytes()).unwrap().algorithm());
    assert_eq!(kinds, [Algorithm::Rsa, Algorithm::Rsa, Algorithm::Ed25519, Algorithm::Ed25519]);
    let refused = |text: &str| PrivateKey::from_pem(text.as_bytes()).unwrap_err();
    assert_eq!(refused(include_str!("keys/rsa-1024.pem")), KeyError::TooWeak);
    assert_eq!(refused(include_str!("keys/rsa-1024-pkcs8.pem")), KeyError::TooWeak);
    assert_eq!(refused(include_str!("keys/ec.pem")), KeyError::OtherKind);
    assert_eq!(
        refused("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        KeyError::NoKey
    );
    assert_eq!(refused(""), KeyError::NoKey);
    let cut: String = pem("ed25519-v1").replace("MC4CAQAwBQYDK2VwBCI", "MC0CAQAwBQYDK2VwBCE");
    assert_eq!(refused(&cut), KeyError::Damaged);
    for name in KEYS {
        let key = PrivateKey::from_pem(pem(name).as_bytes()).unwrap();
        assert!(!pem(name).contains(&format!("{key:?}")) && format!("{key:?}").len() < 30);
    }
}

#[test]
fn a_key_that_cannot_answer_for_the_sender_is_refused() {
    let key = pem("rsa-pkcs1");
    let told = refusal("other.example", "forum.example", key);
    assert!(
        matches!(&told, DkimError::Unaligned { domain, from, .. } if domain == "other.example" && from == "forum.example")
    );
    assert!(matches!(refusal("brev.forum.example", "forum.example", key), DkimError::Unaligned { .. }));
    assert!(matches!(refusal("example", "forum.example", key), DkimError::Name { what: "domain", .. }));
    let weak = refusal("forum.example", "forum.example", include_str!("keys/rsa-1024.pem"));
    assert!(matches!(weak, DkimError::Key { source: KeyError::TooWeak, .. }), "{weak}");
}
