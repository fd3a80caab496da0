//! A letter as a delivery keeps it, and its exact bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bytes::LetterBytes;
use super::encode::encode_slot;
use super::header;
use super::piece::{Piece, Slot};
use crate::forum::EmailAddress;

/// Parts the two bodies. `=_` cannot occur in quoted-printable, so it never occurs in a body (RFC 2045, 6.7).
pub(super) const BOUNDARY: &str = "=_treff_alternative";

/// Segments of the frame: headers up to the text body's first line; what follows the text cards, up to
/// and with the HTML body's beginning; what follows the HTML cards, with the closing boundary.
pub(super) const FRAME_SEGMENTS: usize = 3;

/// A letter: which pieces, in which order, and what is the recipient's own. Small, and enough to build
/// the same bytes again while its pieces are kept. Goes into the table `letter` as compact JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The hash of the headers and frame, then those of the cards in order.
    #[serde(rename = "p")]
    pub pieces: Vec<String>,
    /// The value of To, folded.
    #[serde(rename = "to")]
    pub to: String,
    /// The value of Subject, encoded and folded.
    #[serde(rename = "s")]
    pub subject: String,
    /// Whose letter it is, in plain text.
    #[serde(rename = "g")]
    pub greeting: String,
    /// Without angle brackets.
    #[serde(rename = "id")]
    pub message_id: String,
    /// The key that signs its tokens.
    #[serde(rename = "k")]
    pub key_id: u8,
    /// The promises that it reminds of: one that is settled by the time it goes leaves it, one that moved is told anew.
    #[serde(rename = "pr", default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<i64>,
    /// The day that it tells of each; letters that were written before days were kept have none.
    #[serde(rename = "pd", default, skip_serializing_if = "Vec::is_empty")]
    pub promised_days: Vec<Option<NaiveDate>>,
    /// The recipient's token version when it was written (modulo 65,536).
    #[serde(rename = "v")]
    pub token_version: u16,
    /// The recipient's [birth mark](crate::token::birth_mark); letters that were written before there was one have 0, and
    /// keep the token that they had.
    #[serde(rename = "b", default, skip_serializing_if = "is_0")]
    pub birth_mark: u16,
}

fn is_0(mark: &u16) -> bool {
    *mark == 0
}

/// The tokens of one letter, signed just before it goes.
#[derive(Debug, Clone, Copy)]
pub struct SlotValues<'a> {
    /// Unsubscribes: 43 characters.
    pub unsubscribe_token: &'a str,
    /// Opens what the letter links to: 43 characters.
    pub letter_token: &'a str,
}

/// Why a letter cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    /// A piece is gone.
    #[error("the piece {0} of a letter is not stored any more; its retention may have ended")]
    Missing(String),
    /// A piece is not of the shape that its place asks for.
    #[error("the piece {0} of a letter does not fit its place; restore the database from a backup")]
    Shape(String),
}

impl Letter {
    /// Addresses it to who tries it out, and says in its subject that it is a test: the word is one in all our languages.
    pub fn redirect_test(&mut self, tester: &EmailAddress) {
        self.to = header::folded("To", tester.as_str());
        self.subject = format!("[Test] {}", self.subject);
    }

    /// Its pieces in order, each looked up once by its hash.
    pub fn find_pieces<P>(&self, find: impl Fn(&str) -> Option<P>) -> Result<Vec<P>, AssembleError> {
        let get = |hash: &String| find(hash).ok_or_else(|| AssembleError::Missing(hash.clone()));
        self.pieces.iter().map(get).collect()
    }

    /// The letter's exact bytes: CRLF throughout, no line over 998 bytes, the same for the same input.
    /// `pieces` are those of [`Letter::find_pieces`]; the letter is written into the memory of `spare`.
    pub fn assemble<P: AsRef<Piece>>(
        &self,
        pieces: &[P],
        values: &SlotValues<'_>,
        spare: Vec<u8>,
    ) -> Result<LetterBytes, AssembleError> {
        let (frame, cards) =
            pieces.split_first().ok_or_else(|| AssembleError::Missing("of the frame".into()))?;
        for (n, (hash, piece)) in self.pieces.iter().zip(pieces).enumerate() {
            if piece.as_ref().segments() != if n == 0 { FRAME_SEGMENTS } else { 2 } {
                return Err(AssembleError::Shape(hash.clone()));
            }
        }
        let length: usize = pieces.iter().map(|piece| piece.as_ref().len()).sum();
        let mut out = LetterBytes::begin(spare, length + 4096);
        let fill = |slot: Slot, out: &mut LetterBytes| self.fill(slot, values, out);
        let frame = frame.as_ref();
        frame.write_segment(0, &mut out, fill);
        cards.iter().for_each(|card| card.as_ref().write_segment(0, &mut out, fill));
        frame.write_segment(1, &mut out, fill);
        cards.iter().for_each(|card| card.as_ref().write_segment(1, &mut out, fill));
        frame.write_segment(2, &mut out, fill);
        Ok(out)
    }

    fn fill(&self, slot: Slot, values: &SlotValues<'_>, out: &mut LetterBytes) {
        let mut push = |text: &str| out.push_with(|out| out.extend_from_slice(text.as_bytes()));
        match slot {
            Slot::UnsubscribeToken => out.push_token(values.unsubscribe_token),
            Slot::LetterToken => out.push_token(values.letter_token),
            Slot::To => push(&self.to),
            Slot::Subject => push(&self.subject),
            Slot::MessageId => push(&self.message_id),
            Slot::GreetingText => out.push_with(|out| encode_slot(&self.greeting, out)),
            Slot::GreetingHtml => out.push_with(|out| encode_slot(&escape_html(&self.greeting), out)),
        }
    }
}

/// The five characters that mean something in HTML.
pub(super) fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_before_there_were_birth_marks_stays_as_it_was() {
        let stored = r#"{"p":[],"to":"","s":"","g":"","id":"x@y","k":1,"v":3}"#;
        let letter: Letter = serde_json::from_str(stored).unwrap();
        assert_eq!(letter.birth_mark, 0, "its token to leave is the one that it had");
        assert_eq!(serde_json::to_string(&letter).unwrap(), stored);
        let marked = serde_json::to_string(&Letter { birth_mark: 0xc0ff, ..letter }).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&marked).unwrap().birth_mark, 0xc0ff);
    }
}
