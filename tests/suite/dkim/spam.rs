//! What SpamAssassin thinks of our letters, by its local rules alone.

use std::process::{Command, Stdio};

use treff::clock::Clock;

use super::signer;
use crate::letters::snapshots::{letter_to_a_director, letter_to_a_successor, letter_to_an_english_reader};

/// The points of each letter, and the rules that gave them.
fn judge(letters: &[Vec<u8>]) -> Vec<(f64, String)> {
    let folder = tempfile::tempdir().unwrap();
    let files = letters.iter().enumerate().map(|(n, letter)| {
        let path = folder.path().join(format!("{n}.eml"));
        std::fs::write(&path, letter).unwrap();
        path
    });
    // -L: no network; -t: always a report; no settings or learned words of whoever runs this.
    let output = Command::new("spamassassin")
        .args(["-L", "-t", "-x", "-p", "/dev/null"])
        .args(files)
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("spamassassin is installed");
    let told = String::from_utf8_lossy(&output.stdout).replace("\n\t", " ");
    let statuses = told.lines().filter_map(|line| line.strip_prefix("X-Spam-Status: "));
    statuses
        .map(|status| {
            let score = status.split("score=").nth(1).and_then(|rest| rest.split(' ').next());
            (score.unwrap().parse().unwrap(), status.to_owned())
        })
        .collect()
}

#[test]
fn a_letter_in_each_language_signed_or_not_gets_no_points() {
    let unsigned = [letter_to_a_director(), letter_to_a_successor(), letter_to_an_english_reader()];
    let signer = signer(&["rsa-pkcs8", "ed25519-v1"]);
    let now = Clock::system().now();
    let signed = unsigned.iter().map(|letter| [signer.sign(letter, now).unwrap(), letter.clone()].concat());
    let letters: Vec<Vec<u8>> = unsigned.iter().cloned().chain(signed).collect();
    let judged = judge(&letters);
    assert_eq!(judged.len(), 6);
    for (points, rules) in judged {
        assert!(rules.contains("MAILING_LIST_MULTI"), "the rules were read: {rules}");
        assert!(points <= 0.0, "{rules}");
    }
}
