//! What the files of a sender that is gone say.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use super::form::{TORN, paths};
use crate::ids::DeliveryId;

/// The last thing that the journal knows of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Its final dot was about to be written.
    Dot,
    /// The relay replied.
    Reply {
        /// The three digits.
        code: u16,
        /// The rest.
        text: String,
    },
}

/// What the files of a sender that is gone say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The boot on which both files were begun; none if one is missing or cannot be read: then
    /// silence about a letter means nothing.
    pub boot: Option<String>,
    /// What is known of each letter.
    pub seen: HashMap<DeliveryId, Seen>,
}

impl Past {
    /// Reads what a sender left. A torn last line was never finished, so what it announces never
    /// happened; it is passed over.
    pub fn read(base: &Path) -> io::Result<Past> {
        let mut texts = Vec::new();
        for path in paths(base) {
            match std::fs::read(&path) {
                Ok(bytes) => texts.push(String::from_utf8_lossy(&bytes).into_owned()),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
        Ok(Past::parse(&texts))
    }

    /// The same from the files' texts.
    pub fn parse(texts: &[String]) -> Past {
        let mut files: Vec<(Option<(u64, &str)>, &str)> = texts.iter().map(|t| split_head(t)).collect();
        files.sort_by_key(|(head, _)| head.map_or(0, |(turn, _)| turn));
        let mut seen = HashMap::new();
        for (_, lines) in &files {
            lines.split_inclusive('\n').filter_map(|l| l.strip_suffix('\n')).for_each(|l| note(&mut seen, l));
        }
        let boots: HashSet<&str> = files.iter().filter_map(|(head, _)| Some(head.as_ref()?.1)).collect();
        // An empty file was just emptied: all its letters are settled. A missing one tells nothing.
        let whole = texts.len() == 2 && boots.len() == 1;
        let boot = if whole { boots.into_iter().next().map(str::to_owned) } else { None };
        Past { boot, seen }
    }
}

/// The turn and boot of a file's first line, and the lines after it.
fn split_head(text: &str) -> (Option<(u64, &str)>, &str) {
    let Some((first, rest)) = text.split_once('\n') else { return (None, "") };
    let mut words = first.split(' ');
    match (words.next(), words.next(), words.next().and_then(|w| w.parse().ok())) {
        (Some("treff"), Some(boot), Some(turn)) => (Some((turn, boot)), rest),
        _ => (None, text),
    }
}

fn note(seen: &mut HashMap<DeliveryId, Seen>, line: &str) {
    if line.ends_with(TORN.trim_end_matches('\n')) {
        return;
    }
    let mut words = line.splitn(4, ' ');
    let verb = words.next();
    let Some(id) = words.next().and_then(|w| w.parse().ok()).map(DeliveryId) else { return };
    match verb {
        Some("dot") => drop(seen.insert(id, Seen::Dot)),
        Some("back") => drop(seen.remove(&id)),
        Some("reply") => {
            if let Some(code) = words.next().and_then(|w| w.parse().ok()) {
                let text = words.next().unwrap_or_default().to_owned();
                seen.insert(id, Seen::Reply { code, text });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_or_another_boot_is_told() {
        let texts = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(Past::parse(&texts("treff b 1\n", "treff b 2\ndot 4\n")).boot.as_deref(), Some("b"));
        assert_eq!(Past::parse(&texts("", "treff b 2\ndot 4\n")).boot.as_deref(), Some("b"));
        assert_eq!(Past::parse(&texts("treff a 1\n", "treff b 2\n")).boot, None);
        assert_eq!(Past::parse(&["treff b 1\n".to_owned()]).boot, None);
        assert_eq!(Past::parse(&texts("", "")).boot, None);
        assert_eq!(Past::parse(&[]).boot, None);
    }

    #[test]
    fn the_later_file_counts_even_if_it_is_the_first() {
        let texts = ["treff b 3\ndot 1\n".to_owned(), "treff b 2\nreply 1 450 no\n".to_owned()];
        assert_eq!(Past::parse(&texts).seen[&DeliveryId(1)], Seen::Dot);
    }
}
