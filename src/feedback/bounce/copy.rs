//! Where the returned letter begins within the words of a bounce.

use super::fields::{Fields, read_blocks};
use super::words::COPY_BEGINS;

/// Headers that a program adds to a mail on its way: nothing that is told has them.
const TRACES: &[&str] =
    &["received", "return-path", "message-id", "mime-version", "dkim-signature", "x-mailer", "delivered-to"];

/// Headers of every mail.
const COMMON: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "cc",
    "sender",
    "reply-to",
    "content-type",
    "content-transfer-encoding",
];

/// So many headers in a row are a letter's.
const IN_A_ROW: usize = 3;

/// What is told, and what stands from the copied letter on.
pub(super) fn part_from_copy(text: &str) -> (&str, &str) {
    let mut at = 0;
    let mut row = Row::default();
    for line in text.split_inclusive('\n') {
        let lower = line.trim().trim_start_matches(['-', '=', '*', '_', '>', ' ']).to_lowercase();
        if COPY_BEGINS.iter().any(|mark| lower.starts_with(mark)) {
            return text.split_at(at);
        }
        if let Some(begins) = row.take(line, at) {
            return text.split_at(begins);
        }
        at += line.len();
    }
    (text, "")
}

/// The headers of the letter in what stands from its copy on.
pub(super) fn read_copied_headers(text: &str) -> Option<Fields> {
    read_blocks(text).into_iter().take(5).find(|block| {
        let known = block.iter().filter(|(name, _)| TRACES.contains(name) || COMMON.contains(name)).count();
        known >= IN_A_ROW && block.has("from") | block.has("to") | block.has("received")
    })
}

/// Header lines that follow one upon the other.
#[derive(Default)]
struct Row {
    begins: usize,
    count: usize,
    has_trace: bool,
}

impl Row {
    /// Where the row began, once it is a letter's.
    fn take(&mut self, line: &str, at: usize) -> Option<usize> {
        if self.count > 0 && line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            return None;
        }
        let name = line.split_once(':').map(|(name, _)| name.to_ascii_lowercase()).unwrap_or_default();
        let is_trace = TRACES.contains(&name.as_str());
        if !is_trace && !COMMON.contains(&name.as_str()) {
            // A header that we do not know goes on with the row; anything else ends it.
            let is_header = self.count > 0
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !name.is_empty();
            if !is_header {
                *self = Row::default();
            }
            return None;
        }
        if self.count == 0 {
            self.begins = at;
        }
        self.count += 1;
        self.has_trace |= is_trace;
        (self.count >= IN_A_ROW && self.has_trace).then_some(self.begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_begins_at_its_mark_or_at_its_headers() {
        let told = "Sorry.\n<kari@example.test>: no\n\n";
        for copy in [
            "--- Below this line is a copy of the message.\n\nTo: x\n",
            "Received: from a\n\tby b\nMessage-ID: <1@b>\nTo: kari@example.test\n",
            "   ----- Original message -----\n",
        ] {
            assert_eq!(part_from_copy(&format!("{told}{copy}")), (told, copy));
        }
        let about =
            "Your message\n\n  To: kari@example.test\n  Subject: x\n  Sent: today\n\ndid not reach her\n";
        assert_eq!(part_from_copy(about), (about, ""));
    }
}
