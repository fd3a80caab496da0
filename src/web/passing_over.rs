//! The files of a form that is held are passed over: only its text is kept, so that a large file costs no memory, whoever
//! sends it. What is left is still a form in parts, and read as any other; nothing is understood of it here.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use memchr::memmem::find;

/// What ends the head of a part.
const HEAD_ENDS: &[u8] = b"\r\n\r\n";
/// What stands in the head of a part that is a file (RFC 7578, section 4.2).
const OF_FILE: [&[u8]; 2] = [b"filename=", b"filename*="];

/// No longer is the head of a part, in bytes: it is looked through anew with whatever comes.
const LONGEST_HEAD: usize = 8 << 10;

/// A form in parts without what its files hold, but for a byte of each, which tells it from none that was chosen. None if it
/// breaks off, is longer than `most_read`, if more than `most_kept` is left of it (both in bytes), or if a part has no end of
/// its head.
pub(super) async fn pass_over_files(
    mut body: Body,
    boundary: &str,
    (most_read, most_kept): (usize, usize),
) -> Option<Vec<u8>> {
    let (mut thinned, mut read) = (Thinned::new(boundary), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(bytes) = frame.ok()?.into_data() else { continue };
        read += bytes.len();
        thinned.take(&bytes);
        if read > most_read || thinned.kept.len() > most_kept || thinned.came.len() > LONGEST_HEAD {
            return None;
        }
    }
    thinned.kept.extend(thinned.came);
    Some(thinned.kept)
}

/// What the bytes that come belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// A text, or what stands before the first part.
    Text,
    /// The head of a part.
    Head,
    /// A file, of which a byte is kept already or not.
    File { is_told: bool },
}

struct Thinned {
    /// What parts one from the next.
    between: Vec<u8>,
    within: Within,
    /// What came and is not decided about.
    came: Vec<u8>,
    kept: Vec<u8>,
}

impl Thinned {
    fn new(boundary: &str) -> Thinned {
        let between = format!("\r\n--{boundary}").into_bytes();
        // The first part begins as if a line stood before it.
        Thinned { between, within: Within::Text, came: b"\r\n".to_vec(), kept: Vec::new() }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.came.extend_from_slice(bytes);
        while self.step() {}
    }

    /// Goes on to the end of what the bytes belong to; false if that has not come yet.
    fn step(&mut self) -> bool {
        let sought: &[u8] = if self.within == Within::Head { HEAD_ENDS } else { &self.between };
        let found = find(&self.came, sought);
        // Its first bytes may have come already, the others not.
        let until = found.unwrap_or_else(|| self.came.len().saturating_sub(sought.len() - 1));
        let end = if found.is_some() { until + sought.len() } else { until };
        match self.within {
            Within::Head if found.is_none() => return false,
            Within::Head | Within::Text => self.kept.extend_from_slice(&self.came[..end]),
            Within::File { is_told } => {
                let told = if is_told { 0 } else { until.min(1) };
                self.kept.extend_from_slice(&self.came[..told]);
                self.kept.extend_from_slice(&self.came[until..end]);
            }
        }
        self.within = match (self.within, found) {
            (Within::Head, _) if OF_FILE.iter().any(|name| find(&self.came[..end], name).is_some()) => {
                Within::File { is_told: false }
            }
            (Within::Head, _) | (Within::Text, None) => Within::Text,
            (Within::File { is_told }, None) => Within::File { is_told: is_told || until > 0 },
            (_, Some(_)) => Within::Head,
        };
        self.came.drain(..end);
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(head: &str, content: &str) -> String {
        format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{content}\r\n")
    }

    fn thinned_by(form: &str, at_once: usize) -> String {
        let mut thinned = Thinned::new("x");
        form.as_bytes().chunks(at_once).for_each(|bytes| thinned.take(bytes));
        thinned.kept.extend(thinned.came);
        String::from_utf8(thinned.kept).unwrap()
    }

    #[test]
    fn files_are_left_out_and_all_else_stays_however_it_comes() {
        let text = part("name=\"title\"", "Et kurs\r\n--og mer\r\n");
        let (none, last) = (part("name=\"file\"; filename=\"\"", ""), part("name=\"do\"", ""));
        let file = |content: &str| part("name=\"file\"; filename=\"a.pdf\"", content);
        let form = |content: &str| format!("{text}{}{none}{last}--x--\r\n", file(content));
        let expected = format!("\r\n{}", form("%"));
        let long = form(&"%PDF\r\n--y\r\n\r\n".repeat(50));
        for at_once in 1..=long.len() {
            assert_eq!(thinned_by(&long, at_once), expected, "{at_once} bytes at once");
        }
    }

    #[tokio::test]
    async fn neither_the_form_nor_what_is_left_of_it_is_longer_than_may_be() {
        let keep =
            async |form: String, most: (usize, usize)| pass_over_files(Body::from(form), "x", most).await;
        let file = part("name=\"file\"; filename=\"a.pdf\"", &"%".repeat(5_000)) + "--x--\r\n";
        assert!(keep(file.clone(), (10_000, 200)).await.is_some_and(|kept| kept.len() < 200));
        assert_eq!(keep(file, (4_000, 200)).await, None);
        let text = part("name=\"body\"", &"a".repeat(5_000));
        assert_eq!(keep(text, (10_000, 200)).await, None);
        let endless = format!("--x\r\ncontent-disposition: form-data; filename=\"{}", "n".repeat(9_000));
        assert_eq!(keep(endless, (10_000, 10_000)).await, None, "the name of a file is no file");
    }
}
