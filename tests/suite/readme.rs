//! The README is true: its two commands are those that run, its command lines parse, and its ten
//! minutes work, file by file.

use std::path::Path;

use clap::Parser as _;
use serde_json::{Value, json};
use treff::cli::Cli;

use crate::treff::program;

/// A fenced block: its language, the words just before it, and its text.
struct Block<'t> {
    language: &'t str,
    before: &'t str,
    text: &'t str,
}

fn list_blocks(readme: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = readme;
    while let Some((before, fenced)) = rest.split_once("\n```") {
        let (language, fenced) = fenced.split_once('\n').expect("a language, then the block");
        let (text, after) = fenced.split_once("\n```\n").expect("every block is closed");
        blocks.push(Block { language, before: before.trim_end(), text });
        rest = after;
    }
    blocks
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is there")
}

/// The commands of the blocks for a shell.
fn list_commands(readme: &str) -> Vec<String> {
    let shell = list_blocks(readme).into_iter().filter(|b| b.language == "sh");
    shell.flat_map(|b| b.text.lines()).map(str::to_owned).collect()
}

/// The file that the README shows after its name in backquotes and a colon.
fn get_file(readme: &str, name: &str) -> String {
    let heading = format!("`{name}`:");
    let blocks = list_blocks(readme);
    let block = blocks.iter().find(|b| b.before.ends_with(&heading));
    format!("{}\n", block.expect("the README shows the file").text)
}

#[test]
fn the_two_commands_are_those_that_run() {
    let commands = list_commands(&read("README.md"));
    assert_eq!(commands[..2], ["cargo run --release -- demo", "tests/run"]);
    assert!(read("Cargo.toml").contains("default-run = \"treff\""));
    Cli::try_parse_from(["treff", "demo"]).expect("the first command parses");
    let ci = read(".ci/run");
    let lines: Vec<_> = ci.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines, ["exec \"$(dirname \"${BASH_SOURCE[0]}\")/../tests/run\""]);
}

#[test]
fn every_command_line_parses() {
    let commands = list_commands(&read("README.md"));
    let own: Vec<_> = commands.iter().filter(|line| line.starts_with("treff ")).collect();
    assert!(own.len() > 8);
    for line in own {
        if let Err(error) = Cli::try_parse_from(line.split_whitespace()) {
            panic!("README.md: {line}: {error}");
        }
    }
}

/// Runs one line of the README in `folder`, with one JSON document as answer.
fn run(folder: &Path, line: &str) -> Value {
    let done = program()
        .args(line.split_whitespace().skip(1))
        .arg("--json")
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{line}: {:?}\n{out}\n{err}", done.status.code());
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{line}: {e}: {out}"))
}

#[test]
fn a_real_forum_stands_after_its_ten_minutes() {
    let readme = read("README.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place =
        |name: &str| std::fs::write(folder.path().join(name), get_file(&readme, name)).expect("written");
    ["forum.toml", "people.csv", "referat-helse.md"].into_iter().for_each(place);
    let lines: Vec<_> = list_commands(&readme)
        .into_iter()
        .filter(|l| {
            l.starts_with("treff ") && !l.starts_with("treff doctor") && !l.starts_with("treff serve")
        })
        .collect();
    let answers: Vec<Value> = lines.iter().map(|line| run(folder.path(), line)).collect();
    let answer = |line: &str| &answers[lines.iter().position(|l| l == line).expect("in the README")];
    assert_eq!(answer("treff people import people.csv")["created"], 3);
    assert_eq!(answer("treff people import people.csv")["rejected"], json!([]));
    let why = answer("treff why anna@example.test referat-helse");
    assert_eq!(why["because"], "interest");
    assert_eq!(why["reasons"], json!([{ "term": "sector:elderly-care", "match": "equal" }]));
    let digests = answer("treff edition plan weekly")["digests"].as_array().expect("a list");
    let mut recipients: Vec<_> =
        digests.iter().map(|d| d["recipient"].as_str().expect("an address")).collect();
    recipients.sort_unstable();
    assert_eq!(recipients, ["anna@example.test", "kari@example.test", "per@example.test"]);
    let sent = run(folder.path(), "treff edition run weekly");
    assert_eq!((&sent["digests"], &sent["accepted"]), (&json!(3), &json!(3)));
}
