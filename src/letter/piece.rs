//! Pieces: encoded parts of letters, shared by many, with slots where one person's own values go.
//!
//! As stored, a piece is a run of bytes in which two control bytes have a meaning:
//! `0x01` and a letter mark a [`Slot`], `0x02` ends a *segment*. Neither can occur in quoted-printable
//! or in our headers. Invariant: every segment starts on its own line and ends with CRLF (or is empty),
//! so a letter is their concatenation.

use sha2::{Digest, Sha256};

use super::bytes::{LetterBytes, Looks};

/// Marks a slot, together with the letter after it.
pub(super) const SLOT: char = '\u{1}';
/// Ends a segment.
pub(super) const SEGMENT_END: u8 = 2;

/// What belongs to one recipient and is spliced in when a letter is assembled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The token that unsubscribes: [`crate::token::TOKEN_LENGTH`] characters.
    UnsubscribeToken,
    /// The token that opens what the letter links to: as long.
    LetterToken,
    /// The value of the To header.
    To,
    /// The value of the Subject header.
    Subject,
    /// The value of the Message-ID header.
    MessageId,
    /// Whose letter it is, in HTML.
    GreetingHtml,
    /// Whose letter it is, in plain text.
    GreetingText,
}

impl Slot {
    const ALL: [(Slot, u8); 7] = [
        (Slot::UnsubscribeToken, b'U'),
        (Slot::LetterToken, b'L'),
        (Slot::To, b'T'),
        (Slot::Subject, b'S'),
        (Slot::MessageId, b'M'),
        (Slot::GreetingHtml, b'G'),
        (Slot::GreetingText, b'g'),
    ];

    /// The two characters that stand for the slot in templates and stored pieces.
    pub(super) fn mark(self) -> String {
        let letter = Self::ALL.iter().find(|(s, _)| *s == self).map_or(b'?', |(_, letter)| *letter);
        format!("{SLOT}{}", letter as char)
    }

    pub(super) fn from_letter(letter: u8) -> Option<Slot> {
        Self::ALL.iter().find(|(_, l)| *l == letter).map(|(s, _)| *s)
    }

    /// Characters that the value takes in a line of quoted-printable; `None` if it stands on lines of its own.
    pub(super) fn width(self) -> Option<usize> {
        matches!(self, Slot::UnsubscribeToken | Slot::LetterToken).then_some(crate::token::TOKEN_LENGTH)
    }
}

/// A piece, taken apart once so that assembling only copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    bytes: Vec<u8>,
    /// Where slots stand in `bytes` (their marks are gone), ascending.
    slots: Vec<(u32, Slot)>,
    /// Where each segment ends: in `bytes` and in `slots`.
    ends: Vec<(u32, u32)>,
    /// What each run of bytes looks like: those between a segment's slots, one more than it has of them.
    runs: Vec<Looks>,
}

/// Why stored bytes are no piece: the row is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored piece of a letter is damaged at byte {at}; restore the database from a backup")]
pub struct PieceError {
    /// The offset in the stored bytes.
    pub at: usize,
}

impl Piece {
    /// Takes stored bytes apart.
    pub fn parse(stored: &[u8]) -> Result<Piece, PieceError> {
        let bytes = Vec::with_capacity(stored.len());
        let mut piece = Piece { bytes, slots: vec![], ends: vec![], runs: vec![] };
        let mut rest = stored.iter().copied().enumerate();
        let mut run_from = 0;
        while let Some((at, byte)) = rest.next() {
            if matches!(byte, SEGMENT_END | 1) {
                piece.runs.push(Looks::at(&piece.bytes[run_from..]));
                run_from = piece.bytes.len();
            }
            match byte {
                SEGMENT_END => piece.ends.push((piece.bytes.len() as u32, piece.slots.len() as u32)),
                1 => {
                    let slot = rest.next().and_then(|(_, letter)| Slot::from_letter(letter));
                    piece.slots.push((piece.bytes.len() as u32, slot.ok_or(PieceError { at })?));
                }
                _ => piece.bytes.push(byte),
            }
        }
        match piece.ends.last() {
            Some((end, _)) if *end as usize == piece.bytes.len() => Ok(piece),
            _ => Err(PieceError { at: stored.len() }),
        }
    }

    /// How many segments it has.
    pub fn segments(&self) -> usize {
        self.ends.len()
    }

    /// Appends segment `index` to `out`, with `fill` writing what belongs into each slot.
    pub(super) fn write_segment(
        &self,
        index: usize,
        out: &mut LetterBytes,
        fill: impl Fn(Slot, &mut LetterBytes),
    ) {
        let start = if index == 0 { (0, 0) } else { self.ends[index - 1] };
        let end = self.ends[index];
        let mut from = start.0 as usize;
        let slots = &self.slots[start.1 as usize..end.1 as usize];
        let runs = &self.runs[start.1 as usize + index..];
        for ((at, slot), looks) in slots.iter().zip(runs) {
            out.push_known(&self.bytes[from..*at as usize], *looks);
            fill(*slot, out);
            from = *at as usize;
        }
        out.push_known(&self.bytes[from..end.0 as usize], runs[slots.len()]);
    }

    /// Bytes without slots: what a letter of these pieces takes at least.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl AsRef<Piece> for Piece {
    fn as_ref(&self) -> &Piece {
        self
    }
}

/// The key under which a piece is stored: SHA-256 of its stored bytes in lower-case hex.
pub fn hash_of_piece(stored: &[u8]) -> String {
    hex::encode(Sha256::digest(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_gives_back_its_segments_with_the_slots_filled() {
        let piece = Piece::parse(b"a\x01Ub\r\n\x02\x02c\x01L\x01T\x02").unwrap();
        let fill = |slot: Slot, out: &mut LetterBytes| {
            out.push_with(|out| out.extend_from_slice(format!("<{slot:?}>").as_bytes()));
        };
        let segment = |i| {
            let mut out = LetterBytes::begin(Vec::new(), 0);
            piece.write_segment(i, &mut out, fill);
            String::from_utf8(out.to_vec()).unwrap()
        };
        assert_eq!(segment(0), "a<UnsubscribeToken>b\r\n");
        assert_eq!(segment(1), "");
        assert_eq!(segment(2), "c<LetterToken><To>");
    }

    #[test]
    fn damaged_bytes_are_no_piece() {
        assert_eq!(Piece::parse(b"a\x01"), Err(PieceError { at: 1 }));
        assert_eq!(Piece::parse(b"a\x01?\x02"), Err(PieceError { at: 1 }));
        assert_eq!(Piece::parse(b"no end"), Err(PieceError { at: 6 }));
    }
}
