//! Letters a second against other senders: Postfix's own test program, lettre's pool and nodemailer's.
//!
//! A row is one setting: size, sessions, round trip, signature. Each has an `smtp-sink` of its own, behind a
//! delaying line where there is a round trip, and in each round every sender sends to it in turn. Ours sends
//! from a fresh SQLite ledger: letters put together from pieces, their links signed, every state durable.
//!
//! `cargo bench -- send` measures the rows that DESIGN section 10 names, and from there one setting after
//! another varied. Words narrow it, and each must fit: a size (`5KB`, `37KB`), sessions (`10`, `50`), a round
//! trip (`0ms`, `1ms`, `5ms`), a signature (`unsigned`, `rsa`, `ed25519`), rivals (`smtp-source`, `lettre`,
//! `nodemailer`). `quick` takes the rows with a target, in shorter rounds; `full` every combination.

mod letters;
mod line;
mod ours;
mod rivals;
mod row;
mod settings;
mod sink;

use rivals::Rival;
use row::Row;
use settings::Choice;

pub use line::carry as carry_line;

/// Measures and prints the rows that the words choose.
pub fn measure(words: &[String]) {
    let choice = match Choice::read(words) {
        Ok(choice) => choice,
        Err(unknown) => return println!("send: {unknown}\n"),
    };
    let rivals: Vec<Rival> = choice.rivals.iter().filter_map(|kind| prepare(*kind)).collect();
    for setting in &choice.settings {
        match Row::measure(setting, &rivals, choice.pace) {
            Ok(row) => row.print(setting),
            Err(reason) => println!("{setting}: skipped, {reason}\n"),
        }
    }
}

fn prepare(kind: rivals::Kind) -> Option<Rival> {
    match Rival::prepare(kind) {
        Ok(rival) => Some(rival),
        Err(reason) => {
            println!("send: no comparison with {}: {reason}\n", kind.word());
            None
        }
    }
}
