//! How letters of the forum look as it is settled now, for who settles it: their own coming letter if they get one, else
//! a letter's head and foot with nothing between.

use super::sample::{Sample, assemble};
use super::{Pipeline, PipelineError};
use crate::forum::{Cadence, EmailAddress, Language};
use crate::letter::{Addressee, DigestView, EditionFacts, Press};
use crate::world::{find_recipient, load_forum};

impl Pipeline {
    /// A message whose links are dead.
    pub async fn write_look(
        &self,
        email: &EmailAddress,
        name: &str,
        language: Language,
    ) -> Result<Vec<u8>, PipelineError> {
        let forum = load_forum(&self.store).await?;
        if let Some(recipient) = find_recipient(&self.store, &forum, email).await?
            && let Sample::Letter { bytes, .. } = Box::pin(self.write_sample(&recipient, None)).await?
        {
            return Ok(bytes);
        }
        let masthead = self.masthead(&forum.settings)?;
        let letters = self.letters_in(masthead.colour)?;
        let now = self.clock.now();
        let edition = EditionFacts { cadence: Cadence::Weekly, occurs_at: now, dated_at: now };
        let mut press = Press::new(&letters, &forum, &masthead, edition);
        let to = Addressee::new(email, name, language);
        let message_id = format!("look@{}", masthead.domain());
        let empty = DigestView {
            message_id: &message_id,
            items: Vec::new(),
            carried_over: Vec::new(),
            closing: Vec::new(),
            handovers: vec![],
        };
        let letter = press.write(&to, &empty)?;
        assemble(&letter, press.take_pieces())
    }
}
