//! `cargo bench` prints the rows of DESIGN section 10 that exist; `cargo bench -- decide`, `-- send` or `-- pages` one
//! family, and `-- send quick 5ms` narrows it (see [`send`]). Everything compared is measured in the same
//! run, round about; a row shows the median of the rounds with the least and the greatest.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod decide;
mod figures;
mod pages;
mod send;

/// Measures and prints a family of rows, narrowed by the words given besides.
type Measure = fn(&[String]);

/// Each family's name, and what measures it.
const FAMILIES: [(&str, Measure); 3] =
    [("decide", |_| decide::measure()), ("send", send::measure), ("pages", |_| pages::measure())];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if send::carry_line(&words) {
        return;
    }
    // As `main` does: the pages' client asks for one, though it speaks plain HTTP here.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let is_family = |word: &str| FAMILIES.iter().any(|(name, _)| *name == word);
    let (named, narrowing): (Vec<String>, Vec<String>) = words.into_iter().partition(|word| is_family(word));
    println!("{}\n", figures::describe_machine());
    for (name, measure) in FAMILIES {
        if named.is_empty() || named.iter().any(|word| word == name) {
            measure(&narrowing);
        }
    }
}
