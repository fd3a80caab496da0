//! Letters whose names, titles and bodies are as bad as can be, always the same ones.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use treff::content::Fields;
use treff::forum::{Forum, Kind, Language};
use treff::letter::{Letters, Press};
use treff::matching::Match;

use crate::letters::scene;

/// `count` values of a strategy.
pub fn draw<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// A word that somebody could type, paste or attack with.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-zæøåÆØÅ]{1,12}",
        1 => "[a-zø]{200,400}",
        1 => Just("👩‍🏭🇳🇴🏳️‍🌈".to_owned()),
        1 => Just("=?utf-8?Q?=0D=0ABcc:_b@example.test?=".to_owned()),
        1 => Just("x\r\nBcc: b@example.test".to_owned()),
        1 => Just("\r\n\r\nBody\t\t".to_owned()),
        1 => Just(". .. \"\\\" <b@example.test>, ;:".to_owned()),
        1 => Just("\u{202e}\u{200b}\u{0}\u{7f}ﷺ漢字".to_owned()),
        1 => "\\PC{0,20}",
        1 => any::<String>(),
    ]
}

fn line() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..8).prop_map(|words| words.join(" "))
}

/// An item's text: lines that begin with dots, end with blanks, or are nothing but that.
fn body() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        line(),
        Just(".".to_owned()),
        Just("..\t".to_owned()),
        Just("   ".to_owned()),
        Just("From here".to_owned()),
        Just(String::new()),
        line().prop_map(|l| format!("- [{l}](https://a.example/{l})")),
    ];
    prop::collection::vec(one, 0..12).prop_map(|lines| lines.join("\n") + "\n\n\n")
}

/// Letters of the press: hostile forum, recipient, titles and texts.
pub fn pressed_letters(count: usize) -> Vec<Vec<u8>> {
    let letters = Letters::load(None).unwrap();
    let forum = scene::forum();
    let drawn = draw(&(line(), line(), line(), line(), body(), 0..3usize), count);
    drawn
        .into_iter()
        .map(|(named, reply, name, title, text, language)| {
            let mut masthead = scene::masthead();
            masthead.forum_name = named;
            masthead.reply_name = Some(reply);
            let language = [Language::Nb, Language::Nn, Language::En][language];
            press(&letters, &forum, &masthead, &name, &title, &text, language)
        })
        .collect()
}

fn press(
    letters: &Letters,
    forum: &Forum,
    masthead: &treff::letter::Masthead,
    name: &str,
    title: &str,
    text: &str,
    language: Language,
) -> Vec<u8> {
    let item = scene::item(1, Kind::Tip, Fields::Plain, &[(Language::Nb, scene::text(title, text))]);
    let why = [scene::reason(forum, "sector:health", Match::Equal)];
    let view = scene::view(vec![scene::chosen(&item, &why)]);
    let email = "kari@kommunen.example".parse().unwrap();
    let mut press = Press::new(letters, forum, masthead, scene::edition());
    let letter = press.write(&scene::addressee(&email, name, language), &view).unwrap();
    scene::assemble(&letter, &scene::parse_pieces(&mut press))
}

/// Letters that no press of ours writes, but a template or another program might: header fields folded
/// anywhere, bytes over 127, bodies of any lines, or none.
pub fn odd_letters(count: usize) -> Vec<Vec<u8>> {
    let gap = prop_oneof![
        5 => Just(" "), 1 => Just("\t"), 1 => Just("  \t "), 1 => Just("\r\n "), 1 => Just(" \r\n\t ")
    ];
    let word = prop_oneof![4 => "[!-~]{1,20}", 1 => "[æøå€👍]{1,5}", 1 => "[a-z]{70,300}"];
    let value = prop::collection::vec((gap, word), 0..12)
        .prop_map(|words| words.into_iter().map(|(gap, word)| gap.to_owned() + &word).collect::<String>());
    let names = [
        "From",
        "to",
        "SUBJECT",
        "Date",
        "Message-ID",
        "Reply-To",
        "MIME-Version",
        "Content-Type",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "list-help",
        "List-Owner",
        "List-Odd",
        "X-Other",
    ];
    let end = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\t \t")];
    let head = prop::collection::vec((value, end), names.len());
    let line =
        prop_oneof![3 => "[ -~]{0,100}", 1 => "[.]{1,3}[a-z]{0,3}", 1 => "[ \t]{0,3}", 1 => "[æøå€👍]{0,60}"];
    let body =
        (prop::collection::vec(line, 0..20), prop_oneof![Just(""), Just("\r\n"), Just("\r\n\r\n\r\n")]);
    draw(&(head, body), count)
        .into_iter()
        .map(|(values, (lines, ending))| {
            let fields: String = names
                .iter()
                .zip(values)
                .map(|(name, (value, end))| format!("{name}:{value}{end}\r\n"))
                .collect();
            format!("{fields}\r\n{}{ending}", lines.join("\r\n")).into_bytes()
        })
        .collect()
}
