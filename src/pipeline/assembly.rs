//! A stored letter as its exact bytes: its pieces from memory, its tokens signed anew.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::delivery::{Assembly, Soon};
use crate::ids::DeliveryId;
use crate::letter::{Letter, LetterBytes, Piece, SlotValues};
use crate::store::{Claimed, Store, StoreError};
use crate::token::{Claim, Keys, Purpose};

/// How many pieces one generation holds: more than the letters that one claim brings can name.
const GENERATION: usize = 10_000;

/// Puts letters together out of their pieces.
pub struct LetterAssembly {
    store: Store,
    keys: Keys,
    pieces: RwLock<Generations>,
    /// Letters that were read in `prepare` and are about to be written, with their pieces.
    read: Mutex<HashMap<DeliveryId, ReadLetter>>,
}

struct ReadLetter {
    letter: Letter,
    pieces: Result<Vec<Arc<Piece>>, String>,
}

/// Pieces in memory. A full generation makes room for the next; what letters on their way need
/// is in one of the two.
#[derive(Default)]
struct Generations {
    current: HashMap<String, Arc<Piece>>,
    previous: HashMap<String, Arc<Piece>>,
}

impl Generations {
    fn find(&self, hash: &str) -> Option<Arc<Piece>> {
        self.current.get(hash).or_else(|| self.previous.get(hash)).cloned()
    }

    fn take_in(&mut self, pieces: HashMap<String, Arc<Piece>>) {
        if self.current.len() + pieces.len() > GENERATION {
            self.previous = std::mem::take(&mut self.current);
        }
        self.current.extend(pieces);
    }
}

impl LetterAssembly {
    /// With no piece in memory yet.
    pub fn new(store: Store, keys: Keys) -> LetterAssembly {
        LetterAssembly { store, keys, pieces: RwLock::default(), read: Mutex::default() }
    }

    async fn load(&self, hashes: HashSet<String>) -> Result<(), StoreError> {
        if hashes.is_empty() {
            return Ok(());
        }
        let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
        let mut parsed = HashMap::new();
        for (hash, bytes) in self.store.load_pieces(&hashes).await? {
            let piece = Piece::parse(&bytes).map_err(|e| StoreError::Corrupt {
                what: "piece of a letter",
                value: format!("{hash}: {e}"),
            })?;
            parsed.insert(hash, Arc::new(piece));
        }
        self.pieces.write().unwrap_or_else(PoisonError::into_inner).take_in(parsed);
        Ok(())
    }

    /// The pieces that are not in the current generation: brought there, they outlive the next change.
    fn missing(&self, letters: &[Letter]) -> HashSet<String> {
        let pieces = self.pieces.read().unwrap_or_else(PoisonError::into_inner);
        let named = letters.iter().flat_map(|letter| &letter.pieces);
        named.filter(|hash| !pieces.current.contains_key(*hash)).cloned().collect()
    }

    /// The letter with its pieces, as far as they are in memory.
    fn read(&self, letter: Letter) -> ReadLetter {
        let in_memory = self.pieces.read().unwrap_or_else(PoisonError::into_inner);
        let pieces = letter.find_pieces(|hash| in_memory.find(hash)).map_err(|e| e.to_string());
        ReadLetter { letter, pieces }
    }
}

impl Assembly for LetterAssembly {
    fn prepare<'a>(&'a self, letters: &'a [Claimed]) -> Soon<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut read = Vec::with_capacity(letters.len());
            for letter in letters {
                read.push(serde_json::from_str::<Letter>(&letter.letter)?);
            }
            self.load(self.missing(&read)).await?;
            let mut kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clear();
            let read = read.into_iter().map(|letter| self.read(letter));
            kept.extend(letters.iter().map(|letter| letter.id).zip(read));
            Ok(())
        })
    }

    fn write(&self, claimed: &Claimed, spare: Vec<u8>) -> Result<LetterBytes, String> {
        let prepared = self.read.lock().unwrap_or_else(PoisonError::into_inner).remove(&claimed.id);
        let ReadLetter { letter, pieces } = match prepared {
            Some(prepared) => prepared,
            None => self.read(
                serde_json::from_str(&claimed.letter)
                    .map_err(|e| format!("its letter cannot be read: {e}"))?,
            ),
        };
        let sign = |purpose, version, subject| {
            self.keys
                .sign(letter.key_id, Claim { purpose, version, subject })
                .ok_or_else(|| format!("the signing key {} is gone", letter.key_id))
        };
        let unsubscribe_token = sign(Purpose::Unsubscribe, letter.birth_mark, claimed.recipient.0)?;
        let letter_token = sign(Purpose::Letter, letter.token_version, claimed.id.0)?;
        let values = SlotValues { unsubscribe_token: &unsubscribe_token, letter_token: &letter_token };
        letter.assemble(&pieces?, &values, spare).map_err(|e| e.to_string())
    }
}
