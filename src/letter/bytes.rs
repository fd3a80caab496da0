//! A letter's bytes, and what is known of its lines without reading them again.
//!
//! What SMTP asks of lines (RFC 5321, 2.3.8 and 4.5.2) is looked at once in each piece, not in each of the letters
//! that it goes into: what remains to be looked at are the places where two parts meet.

/// What a run of bytes looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Looks {
    /// First and last byte; none of an empty run.
    ends: Option<(u8, u8)>,
    /// A CR or an LF stands alone in it, other than at its ends.
    is_torn: bool,
    /// A byte has its high bit set.
    is_eight_bit: bool,
    /// A line in it, other than the first, begins with a dot.
    has_dots: bool,
}

/// CR and LF stand only together: whether two neighbours break that.
fn is_torn(a: u8, b: u8) -> bool {
    (a == b'\r') != (b == b'\n')
}

impl Looks {
    /// One look. Two simple passes that the compiler vectorises, and none if there is nothing to be found.
    pub fn at(run: &[u8]) -> Looks {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Looks::default() };
        let torn = run
            .iter()
            .zip(&run[1..])
            .fold(0u8, |bad, (&a, &b)| bad | (u8::from(a == b'\r') ^ u8::from(b == b'\n')));
        Looks {
            ends: Some((*first, *last)),
            is_torn: torn != 0,
            is_eight_bit: run.iter().fold(0u8, |all, &b| all | b) & 0x80 != 0,
            has_dots: memchr::memmem::find(run, b"\n.").is_some(),
        }
    }

    /// Of letters, digits, `-` and `_`, as tokens are: nothing to be looked for.
    pub fn of_token(token: &[u8]) -> Looks {
        debug_assert!(token.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b)));
        Looks { ends: token.first().copied().zip(token.last().copied()), ..Looks::default() }
    }

    /// Of this run with `next` behind it.
    pub fn then(self, next: Looks) -> Looks {
        let (Some((first, meets)), Some((with, last))) = (self.ends, next.ends) else {
            return if self.ends.is_some() { self } else { next };
        };
        Looks {
            ends: Some((first, last)),
            is_torn: self.is_torn || next.is_torn || is_torn(meets, with),
            is_eight_bit: self.is_eight_bit || next.is_eight_bit,
            has_dots: self.has_dots || next.has_dots || (meets == b'\n' && with == b'.'),
        }
    }
}

/// A letter's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterBytes {
    /// What stands before `start` is room for fields in front.
    buffer: Vec<u8>,
    start: usize,
    looks: Looks,
}

/// Room in front of a letter: two signatures take no more.
const ROOM: usize = 2048;

impl From<Vec<u8>> for LetterBytes {
    fn from(bytes: Vec<u8>) -> LetterBytes {
        LetterBytes { looks: Looks::at(&bytes), buffer: bytes, start: 0 }
    }
}

impl std::ops::Deref for LetterBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

impl LetterBytes {
    /// An empty letter in the memory of `spare`, with room in front, for about so many bytes.
    pub(super) fn begin(mut spare: Vec<u8>, length: usize) -> LetterBytes {
        spare.resize(ROOM, 0);
        spare.reserve(length);
        LetterBytes { buffer: spare, start: ROOM, looks: Looks::default() }
    }

    /// Appends bytes whose looks are known.
    pub(super) fn push_known(&mut self, bytes: &[u8], looks: Looks) {
        self.buffer.extend_from_slice(bytes);
        self.looks = self.looks.then(looks);
    }

    /// Appends a token.
    pub(super) fn push_token(&mut self, token: &str) {
        self.push_known(token.as_bytes(), Looks::of_token(token.as_bytes()));
    }

    /// Appends what `write` writes, and looks at it.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let from = self.buffer.len();
        write(&mut self.buffer);
        self.looks = self.looks.then(Looks::at(&self.buffer[from..]));
    }

    /// Puts header fields in front.
    pub fn put_in_front(&mut self, fields: &[u8]) {
        self.looks = Looks::at(fields).then(self.looks);
        match self.start.checked_sub(fields.len()) {
            Some(start) => {
                self.buffer[start..self.start].copy_from_slice(fields);
                self.start = start;
            }
            None => {
                self.buffer.splice(..self.start, fields.iter().copied());
                self.start = 0;
            }
        }
    }

    /// RFC 5321, 2.3.8: whether CR and LF stand only together. A relay might see another letter's end in one alone.
    pub fn is_whole(&self) -> bool {
        !self.looks.is_torn && self.looks.ends.is_none_or(|(first, last)| first != b'\n' && last != b'\r')
    }

    /// Whether a byte has its high bit set.
    pub fn is_eight_bit(&self) -> bool {
        self.looks.is_eight_bit
    }

    /// Whether a line begins with a dot.
    pub fn has_dots(&self) -> bool {
        self.looks.has_dots || self.looks.ends.is_some_and(|(first, _)| first == b'.')
    }

    /// The memory, and where in it the letter begins.
    pub fn into_buffer(self) -> (Vec<u8>, usize) {
        (self.buffer, self.start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a letter is put together from, what is known of it is what one look at the whole says.
        #[test]
        fn looks_of_parts_are_looks_of_the_whole(parts in prop::collection::vec("[.a\r\n\u{e5}]{0,3}", 0..9), known in any::<u16>()) {
            let mut letter = LetterBytes::begin(vec![7; 9], 0);
            for (n, part) in parts.iter().enumerate() {
                if known >> n & 1 == 1 {
                    letter.push_known(part.as_bytes(), Looks::at(part.as_bytes()));
                } else {
                    letter.push_with(|out| out.extend_from_slice(part.as_bytes()));
                }
            }
            let whole = LetterBytes::from(parts.concat().into_bytes());
            prop_assert_eq!(&*letter, &*whole);
            prop_assert_eq!(letter.looks, whole.looks);
        }

        /// A field in front is in front, whether there is room for it or not.
        #[test]
        fn what_is_put_in_front_stands_there(lengths in prop::collection::vec(0usize..1500, 0..4)) {
            let mut letter = LetterBytes::begin(Vec::new(), 10);
            letter.push_with(|out| out.extend_from_slice(b".a\r\n"));
            let mut expected = b".a\r\n".to_vec();
            for length in lengths {
                let field = format!("X: {}\r\n", "x".repeat(length)).into_bytes();
                letter.put_in_front(&field);
                expected.splice(0..0, field);
            }
            prop_assert_eq!(letter.looks, Looks::at(&expected));
            let (buffer, start) = letter.into_buffer();
            prop_assert_eq!(&buffer[start..], &expected[..]);
        }
    }

    #[test]
    fn line_breaks_alone_and_dots_at_the_front_are_told() {
        let told = |text: &str| {
            let letter = LetterBytes::from(text.as_bytes().to_vec());
            (letter.is_whole(), letter.has_dots())
        };
        for torn in ["a\nb", "a\rb", "\n", "\r", "a\r\n\n", "a\r\r\n", "\nx\r\n", "x\r\n\r"] {
            assert_eq!(told(torn), (false, false), "{torn:?}");
        }
        assert_eq!(
            [told(""), told("a.\r\n"), told(".a"), told("a\r\n.\r\n")],
            [(true, false), (true, false), (true, true), (true, true)]
        );
    }
}
