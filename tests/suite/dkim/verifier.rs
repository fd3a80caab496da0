//! dkimpy, fed with letters.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use treff::delivery::{PublishedKey, Signer, record_name};

/// What the verifier says of one letter.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// For each signature, the topmost first.
    pub accepted: Vec<bool>,
    /// In how many ways it was tampered with.
    pub tamperings: usize,
    /// The ways that some signature still accepted.
    pub survived: Vec<String>,
}

/// Verifies letters that `signer` signed, whole and tampered with.
pub fn verify_all(signer: &Signer, letters: &[Vec<u8>]) -> Vec<Verdict> {
    let texts: serde_json::Map<_, _> = signer
        .keys()
        .iter()
        .map(|k| {
            let value = PublishedKey::of(&k.key).unwrap().value();
            (record_name(&k.domain, &k.selector), value.into())
        })
        .collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/dkim/verifier.py");
    // Debian's own Python, whose packages tests/run installs.
    let mut python = Command::new("/usr/bin/python3")
        .args(["-I", "-W", "ignore", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    let mut input = python.stdin.take().unwrap();
    let signatures = signer.keys().len();
    let answers = BufReader::new(python.stdout.take().unwrap()).lines();
    let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut say = |line: serde_json::Value| writeln!(input, "{line}").expect("it listens");
            say(texts.into());
            for (turn, letter) in letters.iter().enumerate() {
                say(json!({ "letter": STANDARD.encode(letter), "signatures": signatures, "turn": turn }));
            }
        });
        answers.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    });
    assert!(python.wait().unwrap().success(), "the verifier failed; Debian's python3-dkim and python3-nacl?");
    assert_eq!(verdicts.len(), letters.len());
    verdicts
}
