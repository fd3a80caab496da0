//! Letters over one connection, one after the other.
//!
//! Where PIPELINING is offered, MAIL, RCPT and DATA go in one group, and the next letter's group goes
//! right behind the final dot (RFC 2920, 3.1 allows both). If the connection then breaks, only the
//! letter behind whose dot it broke is of unknown fate; the one behind it surely did not go.

use super::reply::Reply;
use super::session::Session;
use super::wire::WireError;
use crate::delivery::desk::{Desk, Parcel, Verdict};
use crate::ids::DeliveryId;

/// The connection is of no more use; every letter that was on it has its verdict.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(String);

/// How the relay answered a letter's envelope.
enum Envelope {
    /// 354: it waits for the letter.
    Go,
    /// It does not take it; `is_last` if the connection is of no more use.
    Refused { reply: Reply, is_last: bool },
}

impl Session {
    /// Carries `first`, then whatever the desk hands out, until it has nothing more. Says QUIT then.
    pub(crate) async fn carry(&mut self, first: Parcel, desk: &Desk) -> Result<(), Broken> {
        let mut ahead = None;
        let mut next = Some(first);
        loop {
            let parcel = match (ahead.take(), next.take()) {
                (Some(parcel), _) => parcel,
                (None, given) => {
                    let Some(parcel) = self.start_next(given, desk).await? else { break };
                    parcel
                }
            };
            let heard = tokio::select! {
                heard = self.hear_envelope(&parcel) => heard,
                // Its dot has not gone: closing now costs nothing.
                () = desk.stopped() => {
                    desk.finish(parcel.id, Verdict::Back);
                    return Err(Broken("stopped before the letter was sent".into()));
                }
            };
            match heard {
                Ok(Envelope::Go) => ahead = self.send_content(parcel, desk).await?,
                Ok(Envelope::Refused { reply, is_last }) => {
                    let why = reply.written();
                    desk.finish(parcel.id, Verdict::Replied(reply));
                    if is_last {
                        return Err(Broken(why));
                    }
                }
                Err(why) => {
                    desk.finish(parcel.id, Verdict::Broke(why.to_string()));
                    return Err(Broken(why.to_string()));
                }
            }
        }
        // Politeness only: what comes back changes nothing.
        let _ = self.wire.command("QUIT\r\n", self.deadlines.quit).await;
        let _ = self.wire.read_reply(self.deadlines.quit).await;
        Ok(())
    }

    /// Writes the envelope of the next letter that this relay can take; waits for one if there is none yet.
    async fn start_next(&mut self, given: Option<Parcel>, desk: &Desk) -> Result<Option<Parcel>, Broken> {
        let mut given = given;
        loop {
            let parcel = match given.take() {
                Some(parcel) => parcel,
                None => match desk.next().await {
                    Some(parcel) => parcel,
                    None => return Ok(None),
                },
            };
            if let Some(refusal) = self.refuse_here(&parcel) {
                desk.finish(parcel.id, Verdict::Replied(refusal));
                continue;
            }
            match self.begin_envelope(&parcel).await {
                Ok(()) => return Ok(Some(parcel)),
                Err(why) => {
                    desk.finish(parcel.id, Verdict::Broke(why.to_string()));
                    return Err(Broken(why.to_string()));
                }
            }
        }
    }

    /// What the relay said beforehand that it would refuse.
    fn refuse_here(&self, parcel: &Parcel) -> Option<Reply> {
        let limit = self.offers.size.unwrap_or(0);
        if limit > 0 && parcel.content.size() as u64 > limit {
            let text =
                format!("5.3.4 the letter has {} bytes; the relay takes {limit}", parcel.content.size());
            return Some(Reply { code: 552, text });
        }
        if parcel.content.is_eight_bit && !self.offers.eight_bit {
            return Some(Reply {
                code: 554,
                text: "5.6.3 the letter has 8-bit text; the relay takes none".into(),
            });
        }
        None
    }

    fn mail_line(&self, parcel: &Parcel) -> String {
        let mut line = format!("MAIL FROM:<{}>", parcel.from);
        if self.offers.size.is_some() {
            line.push_str(&format!(" SIZE={}", parcel.content.size()));
        }
        if parcel.content.is_eight_bit {
            line.push_str(" BODY=8BITMIME");
        }
        line.push_str("\r\n");
        line
    }

    /// The group of commands before a letter.
    fn envelope(&self, parcel: &Parcel, resets: bool) -> String {
        let reset = if resets { "RSET\r\n" } else { "" };
        format!("{reset}{}RCPT TO:<{}>\r\nDATA\r\n", self.mail_line(parcel), parcel.to)
    }

    async fn begin_envelope(&mut self, parcel: &Parcel) -> Result<(), WireError> {
        if self.offers.pipelining {
            let group = self.envelope(parcel, self.needs_reset);
            return self.wire.command(&group, self.deadlines.mail).await;
        }
        if std::mem::take(&mut self.needs_reset) {
            self.wire.command("RSET\r\n", self.deadlines.mail).await?;
            self.wire.read_reply(self.deadlines.mail).await?;
        }
        self.wire.command(&self.mail_line(parcel), self.deadlines.mail).await
    }

    async fn hear_envelope(&mut self, parcel: &Parcel) -> Result<Envelope, WireError> {
        if self.offers.pipelining { self.hear_group().await } else { self.go_step_by_step(parcel).await }
    }

    /// The replies to RSET (if it was sent), MAIL, RCPT and DATA. The first refusal is the letter's reply.
    async fn hear_group(&mut self) -> Result<Envelope, WireError> {
        let d = self.deadlines;
        if std::mem::take(&mut self.needs_reset) {
            self.wire.read_reply(d.mail).await?;
        }
        let mail = self.wire.read_reply(d.mail).await?;
        let mut refusal = (!mail.is_good()).then_some(mail);
        let mut rcpt_was_refused = false;
        let rcpt = match self.wire.read_reply(d.rcpt).await {
            Ok(reply) => reply,
            Err(why) => return refusal_or(refusal, why),
        };
        if !rcpt.is_good() {
            rcpt_was_refused = true;
            refusal.get_or_insert(rcpt);
        }
        let data = match self.wire.read_reply(d.data).await {
            Ok(reply) => reply,
            Err(why) => return refusal_or(refusal, why),
        };
        match refusal {
            None if data.code == 354 => Ok(Envelope::Go),
            None => self.refused(data),
            Some(reply) if data.code != 354 => self.refused(reply),
            // RFC 2920, 3.1: with no valid recipient a lone dot ends the DATA that was granted all the same.
            Some(reply) if rcpt_was_refused => self.end_with_a_lone_dot(reply).await,
            // A dot here might send something: only closing is safe.
            Some(reply) => Ok(Envelope::Refused { reply, is_last: true }),
        }
    }

    async fn end_with_a_lone_dot(&mut self, reply: Reply) -> Result<Envelope, WireError> {
        let d = self.deadlines;
        let told = match self.wire.command(".\r\n", d.block).await {
            Ok(()) => self.wire.read_reply(d.dot).await,
            Err(why) => Err(why),
        };
        self.needs_reset = true;
        let is_last = !told.is_ok_and(|r| !r.is_farewell());
        Ok(Envelope::Refused { reply, is_last })
    }

    async fn go_step_by_step(&mut self, parcel: &Parcel) -> Result<Envelope, WireError> {
        let d = self.deadlines;
        let mail = self.wire.read_reply(d.mail).await?;
        if !mail.is_good() {
            return self.refused(mail);
        }
        self.wire.command(&format!("RCPT TO:<{}>\r\n", parcel.to), d.rcpt).await?;
        let rcpt = self.wire.read_reply(d.rcpt).await?;
        if !rcpt.is_good() {
            return self.refused(rcpt);
        }
        self.wire.command("DATA\r\n", d.data).await?;
        let data = self.wire.read_reply(d.data).await?;
        if data.code == 354 { Ok(Envelope::Go) } else { self.refused(data) }
    }

    /// A refusal costs the letter, not the connection; anything but a refusal here is no SMTP.
    fn refused(&mut self, reply: Reply) -> Result<Envelope, WireError> {
        if !reply.is_refusal() {
            return Err(WireError::Garbage);
        }
        self.needs_reset = true;
        let is_last = reply.is_farewell();
        Ok(Envelope::Refused { reply, is_last })
    }

    /// Sends a letter whose 354 has come, with the next envelope behind its dot, and hears the reply.
    /// Answers the next letter if its envelope has gone already.
    async fn send_content(&mut self, parcel: Parcel, desk: &Desk) -> Result<Option<Parcel>, Broken> {
        if desk.is_stopping() {
            desk.finish(parcel.id, Verdict::Back);
            return Err(Broken("stopped before the letter was sent".into()));
        }
        let mut next = None;
        while self.offers.pipelining && next.is_none() {
            let Some(candidate) = desk.try_next() else { break };
            match self.refuse_here(&candidate) {
                Some(refusal) => desk.finish(candidate.id, Verdict::Replied(refusal)),
                None => next = Some(candidate),
            }
        }
        let Parcel { id, content, .. } = parcel;
        let mut bytes = content.into_wire();
        let behind_the_dot = bytes.len();
        if let Some(next) = &next {
            bytes.extend_from_slice(self.envelope(next, false).as_bytes());
        }
        if !desk.note_dot(id) {
            desk.finish(id, Verdict::Back);
            next.iter().for_each(|n| desk.finish(n.id, Verdict::Back));
            return Err(Broken("the journal cannot be written".into()));
        }
        let sent = self.wire.write(&bytes, self.deadlines.block).await;
        let heard = match sent {
            Ok(()) => self.wire.read_reply(self.deadlines.dot).await,
            Err(cut) if cut.written < behind_the_dot => {
                return Err(self.cut_short(id, next, cut.why, desk).await);
            }
            // The dot may have gone; a reply may still come.
            Err(_) => self.wire.read_reply(self.deadlines.dot).await,
        };
        match heard {
            Ok(reply) if reply.is_good() || reply.is_refusal() => {
                let is_last = reply.is_farewell();
                desk.finish(id, Verdict::Replied(reply));
                if is_last {
                    next.iter().for_each(|n| desk.finish(n.id, Verdict::Back));
                    return Err(Broken("the relay said 421".into()));
                }
                Ok(next)
            }
            other => {
                let why = other.map_or_else(|e| e.to_string(), |reply| reply.written());
                desk.finish(id, Verdict::Unknown(format!("no reply after the final dot: {why}")));
                next.iter().for_each(|n| desk.finish(n.id, Verdict::Back));
                Err(Broken(why))
            }
        }
    }

    /// The connection broke within the letter: the relay cannot have it. A refusal that it sent before
    /// it closed is the letter's reply.
    async fn cut_short(
        &mut self,
        id: DeliveryId,
        next: Option<Parcel>,
        why: WireError,
        desk: &Desk,
    ) -> Broken {
        let verdict = match self.wire.read_reply(self.deadlines.quit).await {
            Ok(reply) if reply.is_refusal() => Verdict::Replied(reply),
            _ => Verdict::Broke(why.to_string()),
        };
        desk.finish(id, verdict);
        next.iter().for_each(|n| desk.finish(n.id, Verdict::Back));
        Broken(why.to_string())
    }
}

/// The connection broke among the replies to a group: a refusal that came first is the letter's reply.
fn refusal_or(refusal: Option<Reply>, why: WireError) -> Result<Envelope, WireError> {
    match refusal {
        Some(reply) if reply.is_refusal() => Ok(Envelope::Refused { reply, is_last: true }),
        _ => Err(why),
    }
}
