//! A letter's bytes as they go over the wire (RFC 5321, 4.5.2).

use memchr::memmem;

use crate::letter::LetterBytes;

/// Why a letter cannot go over SMTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// RFC 5321, 2.3.8: CR and LF only together; a relay might see another letter's end in them.
    #[error("it has a bare CR or LF")]
    BareLineBreak,
    /// Nothing to send.
    #[error("it is empty")]
    Empty,
}

/// A letter whose line breaks are whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    letter: LetterBytes,
    /// Whether a byte has its high bit set.
    pub is_eight_bit: bool,
    /// Whether a header field has such a byte: the letter is an internationalised one (RFC 6532).
    pub has_utf8_head: bool,
}

impl Content {
    /// Refuses bare line breaks.
    pub fn of(letter: impl Into<LetterBytes>) -> Result<Content, ContentError> {
        let letter = letter.into();
        if letter.is_empty() {
            return Err(ContentError::Empty);
        }
        if !letter.is_whole() {
            return Err(ContentError::BareLineBreak);
        }
        let is_eight_bit = letter.is_eight_bit();
        let has_utf8_head = is_eight_bit && {
            let end = memmem::find(&letter, b"\r\n\r\n").unwrap_or(letter.len());
            !letter[..end].is_ascii()
        };
        Ok(Content { letter, is_eight_bit, has_utf8_head })
    }

    /// Octets, as SIZE counts them (RFC 1870).
    pub fn size(&self) -> usize {
        self.letter.len()
    }

    /// The letter itself.
    pub fn letter(&self) -> &[u8] {
        &self.letter
    }

    /// The letter as it goes over the wire: dots that begin a line doubled, the final dot behind. Answers the memory
    /// that it lies in, and where in it it begins.
    pub fn into_wire(self) -> (Vec<u8>, usize) {
        let ends_well = self.letter.ends_with(b"\n");
        let (mut bytes, start) = match self.letter.has_dots() {
            true => (stuff(&self.letter), 0),
            false => self.letter.into_buffer(),
        };
        bytes.extend_from_slice(if ends_well { b".\r\n" } else { b"\r\n.\r\n" });
        (bytes, start)
    }
}

/// Doubles every dot that begins a line.
fn stuff(letter: &[u8]) -> Vec<u8> {
    let leading = letter.first() == Some(&b'.');
    let dots = memmem::find_iter(letter, b"\r\n.");
    let mut out = Vec::with_capacity(letter.len() + 512);
    if leading {
        out.push(b'.');
    }
    let mut from = 0;
    for at in dots {
        out.extend_from_slice(&letter[from..at + 3]);
        out.push(b'.');
        from = at + 3;
    }
    out.extend_from_slice(&letter[from..]);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(letter: &str) -> Result<String, ContentError> {
        Content::of(letter.as_bytes().to_vec()).map(|content| {
            let (buffer, start) = content.into_wire();
            String::from_utf8(buffer[start..].to_vec()).unwrap()
        })
    }

    #[test]
    fn dots_that_begin_a_line_are_doubled() {
        assert_eq!(bytes("a\r\n.\r\n..b\r\nc.\r\n").unwrap(), "a\r\n..\r\n...b\r\nc.\r\n.\r\n");
        assert_eq!(bytes(".a").unwrap(), "..a\r\n.\r\n");
        assert_eq!(bytes("\r\n.\r\n").unwrap(), "\r\n..\r\n.\r\n");
    }

    #[test]
    fn a_head_beyond_ascii_is_told_from_a_body_beyond_it() {
        let heads = ["To: k\u{e5}re@x.test\r\n\r\nHei\r\n", "To: a@x.test\r\n\r\nH\u{e5}\r\n", "To: a\r\n"];
        let told = heads.map(|letter| {
            let content = Content::of(letter.as_bytes().to_vec()).unwrap();
            (content.is_eight_bit, content.has_utf8_head)
        });
        assert_eq!(told, [(true, true), (true, false), (false, false)]);
    }

    #[test]
    fn a_bare_line_break_is_refused() {
        for letter in ["a\nb", "a\rb", "\n", "\r", "a\r\n\n", "a\r\r\n", "\nx\r\n", "x\r\n\r"] {
            assert_eq!(bytes(letter), Err(ContentError::BareLineBreak), "{letter:?}");
        }
        assert_eq!(bytes(""), Err(ContentError::Empty));
    }

    proptest! {
        /// A reader that takes lines up to the lone dot and strips one leading dot gets the letter back.
        #[test]
        fn a_reader_gets_the_letter_back(lines in prop::collection::vec("[.a-c\u{e5}]{0,4}", 0..12)) {
            let letter: String = lines.iter().map(|l| format!("{l}\r\n")).collect();
            prop_assume!(!letter.is_empty());
            let wire = bytes(&letter).unwrap();
            let mut read = String::new();
            let mut ended = false;
            for line in wire.split_inclusive("\r\n") {
                prop_assert!(!ended, "something stands behind the final dot");
                if line == ".\r\n" { ended = true; } else { read.push_str(line.strip_prefix('.').unwrap_or(line)); }
            }
            prop_assert!(ended);
            prop_assert_eq!(read, letter);
        }
    }
}
