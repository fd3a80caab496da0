//! One short letter outside the ledger, step by step: nothing waits for it and nothing is repeated.

use super::content::Content;
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
    /// It broke behind the final dot: nobody knows.
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
        match self.open_note(&note).await {
            Ok(None) => {}
            Ok(Some(refusal)) => return NoteEnd::Answered(refusal),
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
            Ok(reply) => NoteEnd::Answered(reply),
            Err(why) => return NoteEnd::Unknown(why),
        };
        // Politeness only.
        let _ = self.wire.command("QUIT\r\n", d.quit).await;
        end
    }

    /// Up to the 354; the first refusal, if there is one.
    async fn open_note(&mut self, note: &Parcel) -> Result<Option<Reply>, WireError> {
        let rcpt = format!("RCPT TO:<{}>\r\n", note.to);
        let commands = [self.offers.mail_line(note), rcpt, "DATA\r\n".to_owned()];
        for line in commands {
            let expected = if line == "DATA\r\n" { 3 } else { 2 };
            let reply = self.wire.ask(&line, self.deadlines.mail).await?;
            if reply.is_refusal() {
                let is_of_mail = line.starts_with("MAIL");
                return Ok(Some(if is_of_mail { reply.answering_mail() } else { reply }));
            }
            if reply.code / 100 != expected {
                return Err(WireError::Garbage);
            }
        }
        Ok(None)
    }
}
