//! One person's coming letter as it will look, and nothing kept of it: by the code that writes letters for good. Its links
//! are dead: their tokens open nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::coming::{Coming, imagine_one};
use super::digests::Scene;
use super::letters::LetterWriter;
use super::{Pipeline, PipelineError};
use crate::clock::random_hex;
use crate::delivery::{NoteFate, Signer, name_test};
use crate::forum::{EmailAddress, Recipient};
use crate::letter::{Letter, Piece, SlotValues, as_test_copy};
use crate::world::load_forum;

/// Links of a letter that is only looked at lead nowhere: a token's length without a signature.
pub const NO_TOKEN: &str = "-------------------------------------------";

/// How long sending a test may take: somebody waits for the page.
const PATIENCE: Duration = Duration::from_secs(30);

/// A person's coming letter.
pub enum Sample {
    /// As it will look.
    Letter {
        /// When its edition occurs.
        occurs_at: DateTime<Utc>,
        /// A message whose links are dead.
        bytes: Vec<u8>,
    },
    /// There is none; a letter among them holds nothing.
    None(Coming),
}

impl Pipeline {
    /// The coming letter of `recipient` if nothing more happened; to `tester` instead of them, if one is named, and then
    /// its subject says that it is a test.
    pub async fn write_sample(
        &self,
        recipient: &Recipient,
        tester: Option<&EmailAddress>,
    ) -> Result<Sample, PipelineError> {
        let all = Scene::without_people(&self.store).await?;
        let one = match imagine_one(&self.store, &all.forum, &all.items, recipient, self.clock.now()).await? {
            Ok(one) => one,
            Err(none) => return Ok(Sample::None(none)),
        };
        let (scene, edition) = (&one.scene, &one.edition);
        let draft = one.draft(&self.store, recipient).await?;
        let Some(draft) = draft else { return Ok(Sample::None(Coming::OnItsWay)) };
        if draft.composed.items.is_empty() {
            return Ok(Sample::None(one.coming(&draft)));
        }
        let masthead = self.masthead(&scene.forum.settings)?;
        let letters = self.letters_in(masthead.colour)?;
        let mut writer = LetterWriter::new(self, &letters, scene, &masthead, edition).await?;
        writer.meet(self, &[recipient.id]).await?;
        let written = writer.write_draft(&draft)?;
        let mut letter: Letter = serde_json::from_str(&written.letter)?;
        if let Some(tester) = tester {
            letter.redirect_test(tester);
        }
        let bytes = assemble(&letter, writer.take_pieces())?;
        Ok(Sample::Letter { occurs_at: edition.occurs_at, bytes })
    }
}

/// The letter's bytes, out of pieces that were just made.
pub(super) fn assemble(letter: &Letter, made: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, PipelineError> {
    let fail = |error: String| PipelineError::Stored(format!("a sample of a letter: {error}"));
    let mut pieces: HashMap<String, Arc<Piece>> = HashMap::new();
    for (hash, bytes) in made {
        pieces.insert(hash, Arc::new(Piece::parse(&bytes).map_err(|error| fail(error.to_string()))?));
    }
    let values = SlotValues { unsubscribe_token: NO_TOKEN, letter_token: NO_TOKEN };
    let found =
        letter.find_pieces(|hash| pieces.get(hash).cloned()).map_err(|error| fail(error.to_string()))?;
    let bytes = letter.assemble(&found, &values, Vec::new()).map_err(|error| fail(error.to_string()))?;
    Ok(bytes.to_vec())
}

/// What became of a test letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestFate {
    /// The relay took it.
    Sent,
    /// It did not, or nobody knows; the log says why.
    Failed,
    /// There is no letter to come.
    Nothing,
}

impl Pipeline {
    /// Sends the coming letter of `recipient` to `tester`, outside the ledger, once. A test goes, if need be, unsigned.
    pub async fn send_test(
        &self,
        recipient: &Recipient,
        tester: &EmailAddress,
    ) -> Result<TestFate, PipelineError> {
        let Sample::Letter { bytes, .. } = self.write_sample(recipient, Some(tester)).await? else {
            return Ok(TestFate::Nothing);
        };
        let settings = load_forum(&self.store).await?.settings;
        let masthead = self.masthead(&settings)?;
        let date = self.clock.now().with_timezone(&masthead.zone).to_rfc2822();
        let bytes = as_test_copy(&bytes, &date);
        let relay = self.open_relay_for_notes()?;
        let signer = Signer::load(&self.config, masthead.domain())?;
        let signed = [signer.sign(&bytes, self.clock.now()).unwrap_or_default(), bytes].concat();
        let name = name_test(&self.keys, recipient.id, &random_hex::<8>());
        let sent = relay.send_note(&name, masthead.sender.as_str(), tester.as_str(), signed);
        match tokio::time::timeout(PATIENCE, sent).await {
            Ok(NoteFate::Taken(_)) => Ok(TestFate::Sent),
            Ok(fate) => {
                tracing::warn!(error = ?fate, "a test letter was not taken");
                Ok(TestFate::Failed)
            }
            Err(_) => {
                tracing::warn!("a test letter was not taken within half a minute");
                Ok(TestFate::Failed)
            }
        }
    }
}
