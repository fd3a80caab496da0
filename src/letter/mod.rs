//! A digest as mail: templates, cards, encoding, headers, languages. Pure: values in, bytes out.
//!
//! [`Letters`] holds templates and words, parsed and tried once at start. A [`Press`] writes one
//! edition: each [`Letter`] is a list of pieces that many letters share, plus the recipient's own slots.
//! [`Letter::assemble`] copies the pieces and splices the slots in; what each piece's lines look like is known beforehand.
//!
//! Invariants: a piece holds no personal data; the same letter and pieces give the same bytes for ever;
//! nothing here reads a store, a clock or randomness.

mod alert;
mod assemble;
mod built_in;
mod bytes;
mod card;
mod context;
mod dates;
mod encode;
mod frame;
mod header;
mod locale;
mod masthead;
mod notice;
mod piece;
mod press;
mod promised;
mod reading;
mod related;
mod section;
mod subject;
mod templates;
mod test_copy;
mod view;
mod why;
mod wrap;

pub use alert::{PausedEdition, UnapprovedEdition};
pub use assemble::{AssembleError, Letter, SlotValues};
pub use built_in::{TemplateError, load_once};
pub use bytes::LetterBytes;
pub use locale::{Locale, Locales, capitalised};
pub use masthead::{Masthead, MastheadError};
pub use notice::{
    CalendarFile, CalledOff, Invited, Notice, NoticePress, NoticeTo, Remembered, Responded, desk_path,
};
pub use piece::{Piece, PieceError, Slot, hash_of_piece};
pub use press::Press;
pub use templates::Letters;
pub use test_copy::as_test_copy;
pub use view::{Addressee, DigestItem, DigestView, EditionFacts, Handover, Introduction, OwnPromise};
pub use why::name_in_sentence;
