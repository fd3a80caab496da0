//! Letters with their signatures in front.

use std::sync::Arc;

use super::sign::Signer;
use crate::clock::Clock;
use crate::delivery::{Assembly, Soon};
use crate::letter::LetterBytes;
use crate::store::{Claimed, StoreError};

/// An assembly whose letters are signed as they are written: the same bytes again, below a new signature.
pub struct SignedLetters {
    letters: Arc<dyn Assembly>,
    signer: Signer,
    clock: Clock,
}

impl SignedLetters {
    /// `letters`, signed by everyone in `signer`; as they are if that is nobody.
    pub fn around(letters: Arc<dyn Assembly>, signer: Signer, clock: Clock) -> Arc<dyn Assembly> {
        if signer.keys().is_empty() { letters } else { Arc::new(SignedLetters { letters, signer, clock }) }
    }
}

impl Assembly for SignedLetters {
    fn prepare<'a>(&'a self, letters: &'a [Claimed]) -> Soon<'a, Result<(), StoreError>> {
        self.letters.prepare(letters)
    }

    fn write(&self, letter: &Claimed, spare: Vec<u8>) -> Result<LetterBytes, String> {
        let mut bytes = self.letters.write(letter, spare)?;
        let signature = self.signer.sign(&bytes, self.clock.now()).map_err(|e| e.to_string())?;
        bytes.put_in_front(&signature);
        Ok(bytes)
    }
}
