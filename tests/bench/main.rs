//! `cargo bench` prints the rows of DESIGN section 10 that exist; `cargo bench -- decide` only those
//! whose name holds the word. Everything compared is measured in the same run, round about; a row
//! shows the median of the rounds with the least and the greatest.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod decide;
mod figures;
mod send;

/// A family of rows: its name, and what measures and prints it.
const FAMILIES: [(&str, fn()); 2] = [("decide", decide::measure), ("send", send::measure)];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    println!("{}\n", figures::describe_machine());
    for (name, measure) in FAMILIES {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            measure();
        }
    }
}
