//! How a stored letter becomes bytes again.

use std::future::Future;
use std::pin::Pin;

use crate::letter::LetterBytes;
use crate::store::{Claimed, StoreError};

/// A future that a trait object can answer with.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Makes letters' bytes: the same for the same letter, however often (section 4: a retry is byte-identical),
/// but for a DKIM signature in front.
pub trait Assembly: Send + Sync {
    /// Brings what `letters` are made of into memory; called before they are written.
    fn prepare<'a>(&'a self, letters: &'a [Claimed]) -> Soon<'a, Result<(), StoreError>>;

    /// The letter's exact bytes, or why they cannot be made. `spare` is memory that they may be written into; what it
    /// holds means nothing.
    fn write(&self, letter: &Claimed, spare: Vec<u8>) -> Result<LetterBytes, String>;
}
