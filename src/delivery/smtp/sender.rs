//! Whether letters may come from an address, asked without sending one.

use super::cause::{Cause, LinkError, Stage};
use super::session::Session;

impl Session {
    /// Says MAIL for `from` (ASCII) and takes it back: no letter begins. Says QUIT.
    pub async fn ask_sender(mut self, from: &str) -> Result<(), LinkError> {
        let failed = |relay: String, why: String, code, cause| LinkError {
            relay,
            stage: Stage::Sender,
            why,
            code,
            cause,
        };
        let d = self.deadlines;
        let reply = match self.wire.ask(&format!("MAIL FROM:<{from}>\r\n"), d.mail).await {
            Ok(reply) => reply,
            Err(e) => return Err(failed(self.relay, e.to_string(), None, Cause::of_wire(&e))),
        };
        // Politeness only: what comes back changes nothing.
        for line in ["RSET\r\n", "QUIT\r\n"] {
            let _ = self.wire.ask(line, d.quit).await;
        }
        if reply.is_good() {
            return Ok(());
        }
        Err(failed(self.relay, reply.written(), Some(reply.code), Cause::SaidNo))
    }
}
