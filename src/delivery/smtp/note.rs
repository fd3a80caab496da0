//! One short letter outside the ledger, step by step: nothing waits for it and nothing is repeated.

use super::content::Content;
use super::conversation::Envelope;
use super::reply::Reply;
use super::session::Session;
use super::wire::{WireError, Written};
use crate::delivery::desk::Parcel;
use crate::ids::DeliveryId;

/// How far one short letter came.
#[derive(Debug)]
pub enum NoteEnd {
    /// The relay's last word: to the final dot, or the first refusal.
    Answered(Reply),
    /// Surely not taken: it broke before the final dot.
    Broken(WireError),
    /// Behind the final dot it broke, or what came is no answer to it: nobody knows.
    Unknown(WireError),
}

impl Session {
    /// Sends `content` and says how far it came. Says QUIT.
    pub async fn send_note(mut self, from: &str, to: &str, content: Content) -> NoteEnd {
        let d = self.deadlines;
        let note = Parcel { id: DeliveryId(0), from: from.to_owned(), to: to.to_owned(), content };
        if let Some(refusal) = self.offers.refuse(&note) {
            return NoteEnd::Answered(refusal);
        }
        match self.go_step_by_step(&note).await {
            Ok(Envelope::Go) => {}
            Ok(Envelope::Refused { reply, .. }) => return NoteEnd::Answered(reply),
            Err(why) => return NoteEnd::Broken(why),
        }
        let (buffer, start) = note.content.into_wire();
        let bytes = &buffer[start..];
        match self.wire.write(bytes, bytes.len(), d.block).await {
            Ok(Written::Answered(reply)) if reply.is_refusal() => return NoteEnd::Answered(reply),
            Ok(Written::Answered(_)) => return NoteEnd::Broken(WireError::Garbage),
            Ok(Written::Whole) => {}
            Err(cut) if cut.written < bytes.len() => return NoteEnd::Broken(cut.why),
            Err(cut) => return NoteEnd::Unknown(cut.why),
        }
        let end = match self.wire.read_reply(d.dot).await {
            Ok(reply) if reply.is_good() || reply.is_refusal() => NoteEnd::Answered(reply),
            Ok(_) => return NoteEnd::Unknown(WireError::Garbage),
            Err(why) => return NoteEnd::Unknown(why),
        };
        // Politeness only.
        let _ = self.wire.command("QUIT\r\n", d.quit).await;
        end
    }
}
