//! One short letter outside the ledger, step by step: nothing waits for it and nothing is repeated.

use super::content::Content;
use super::reply::Reply;
use super::session::Session;
use super::wire::{WireError, Written};
use crate::delivery::desk::Parcel;
use crate::ids::DeliveryId;

impl Session {
    /// Sends `content` and answers the last reply: that to the final dot, or the first refusal. Says QUIT.
    pub async fn send_note(mut self, from: &str, to: &str, content: Content) -> Result<Reply, WireError> {
        let d = self.deadlines;
        let note = Parcel { id: DeliveryId(0), from: from.to_owned(), to: to.to_owned(), content };
        if let Some(refusal) = self.offers.refuse(&note) {
            return Ok(refusal);
        }
        let commands = [self.offers.mail_line(&note), format!("RCPT TO:<{to}>\r\n"), "DATA\r\n".to_owned()];
        for line in commands {
            let expected = if line == "DATA\r\n" { 3 } else { 2 };
            let reply = self.wire.ask(&line, d.mail).await?;
            if reply.is_refusal() {
                return Ok(reply);
            }
            if reply.code / 100 != expected {
                return Err(WireError::Garbage);
            }
        }
        let (buffer, start) = note.content.into_wire();
        let bytes = &buffer[start..];
        match self.wire.write(bytes, bytes.len(), d.block).await.map_err(|cut| cut.why)? {
            Written::Answered(reply) if reply.is_refusal() => return Ok(reply),
            Written::Answered(_) => return Err(WireError::Garbage),
            Written::Whole => {}
        }
        let reply = self.wire.read_reply(d.dot).await?;
        // Politeness only.
        let _ = self.wire.command("QUIT\r\n", d.quit).await;
        Ok(reply)
    }
}
