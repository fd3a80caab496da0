//! Letters over one connection, one after the other.
//!
//! Where PIPELINING is offered, MAIL, RCPT and DATA go in one group, and the next letter's group goes
//! right behind the final dot (RFC 2920, 3.1 allows both). If the connection then breaks, only the
//! letter behind whose dot it broke is of unknown fate; the one behind it surely did not go.
//!
//! Replies are matched to commands by their order alone. Whatever cannot be an answer to what was asked, or comes
//! while nothing was asked, therefore ends the connection: no letter ever gets another's reply.

use tokio_util::sync::CancellationToken;

use super::reply::Reply;
use super::session::Session;
use super::wire::{WireError, Written};
use crate::delivery::desk::{Desk, Parcel, Verdict};
use crate::ids::DeliveryId;

/// Characters of a reply that the ledger keeps.
const REPLY_KEPT_AT_MOST: usize = 2_000;

/// The connection is of no more use; every letter that was on it has its verdict.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(crate) struct Broken {
    /// The reply, or what went wrong.
    pub why: String,
    /// The relay said 421.
    pub is_farewell: bool,
}

impl Broken {
    fn by(why: impl ToString) -> Broken {
        Broken { why: why.to_string(), is_farewell: false }
    }

    fn after(reply: &Reply) -> Broken {
        Broken { why: reply.written(), is_farewell: reply.is_farewell() }
    }
}

/// How the relay answered a letter's envelope.
pub(super) enum Envelope {
    /// 354: it waits for the letter.
    Go,
    /// It does not take it; `is_last` if the connection is of no more use.
    Refused { reply: Reply, is_last: bool },
}

impl Session {
    /// How many letters got a reply of their own over this connection.
    pub(crate) fn answered(&self) -> u64 {
        self.answered
    }

    /// Carries what the desk hands out, until it has nothing more or `leave` is cancelled. Says QUIT then.
    pub(crate) async fn carry(
        &mut self,
        first: Option<Parcel>,
        desk: &Desk,
        leave: &CancellationToken,
    ) -> Result<(), Broken> {
        let mut ahead = None;
        let mut next = first;
        loop {
            let parcel = match (ahead.take(), next.take()) {
                (Some(parcel), _) => parcel,
                (None, given) => {
                    let Some(parcel) = self.start_next(given, desk, leave).await? else { break };
                    parcel
                }
            };
            let heard = tokio::select! {
                heard = self.hear_envelope(&parcel) => heard,
                // Its dot has not gone: closing now costs nothing.
                () = desk.stopped() => {
                    desk.finish(parcel.id, Verdict::Back);
                    return Err(Broken::by("stopped before the letter was sent"));
                }
            };
            match heard {
                Ok(Envelope::Go) => ahead = self.send_content(parcel, desk, leave).await?,
                Ok(Envelope::Refused { reply, is_last }) => {
                    let broken = Broken::after(&reply);
                    self.answer(parcel.id, reply, desk);
                    if is_last {
                        return Err(broken);
                    }
                }
                Err(why) => {
                    desk.finish(parcel.id, Verdict::Broke(why.to_string()));
                    return Err(Broken::by(why));
                }
            }
        }
        // Politeness only: what comes back changes nothing.
        let _ = self.wire.ask("QUIT\r\n", self.deadlines.quit).await;
        Ok(())
    }

    /// Passes on the relay's reply to a letter.
    fn answer(&mut self, id: DeliveryId, mut reply: Reply, desk: &Desk) {
        if let Some((at, _)) = reply.text.char_indices().nth(REPLY_KEPT_AT_MOST) {
            reply.text.truncate(at);
        }
        if !reply.is_farewell() {
            self.answered += 1;
        }
        tracing::debug!(
            delivery.id = id.0,
            relay.name = self.relay,
            reply.code,
            reply.status = reply.find_status().map(|told| told.status.to_string()),
            reply.status_is_declared = reply.find_status().is_some_and(|told| told.is_declared),
            "the relay answered"
        );
        desk.finish(id, Verdict::Replied(reply));
    }

    /// Writes the envelope of the next letter that this relay can take; waits for one if there is none yet.
    async fn start_next(
        &mut self,
        given: Option<Parcel>,
        desk: &Desk,
        leave: &CancellationToken,
    ) -> Result<Option<Parcel>, Broken> {
        let mut given = given;
        loop {
            let parcel = match given.take() {
                Some(parcel) => Some(parcel),
                None => tokio::select! {
                    biased;
                    () = leave.cancelled() => None,
                    parcel = desk.next() => parcel,
                },
            };
            let Some(parcel) = parcel else { return Ok(None) };
            if let Some(refusal) = self.offers.refuse(&parcel) {
                desk.finish(parcel.id, Verdict::Replied(refusal));
                continue;
            }
            // A relay that closed while nothing was on the way says nothing of this letter.
            if let Err(why) = self.wire.expect_silence().await {
                desk.finish(parcel.id, Verdict::Back);
                let is_farewell = matches!(&why, WireError::Unasked(said) if said.starts_with("421"));
                return Err(Broken { why: why.to_string(), is_farewell });
            }
            match self.begin_envelope(&parcel).await {
                Ok(()) => return Ok(Some(parcel)),
                Err(why) => {
                    desk.finish(parcel.id, Verdict::Broke(why.to_string()));
                    return Err(Broken::by(why));
                }
            }
        }
    }

    /// The group of commands before a letter.
    fn envelope(&self, parcel: &Parcel, resets: bool) -> String {
        let reset = if resets { "RSET\r\n" } else { "" };
        [reset, &self.offers.mail_line(parcel), "RCPT TO:<", &parcel.to, ">\r\nDATA\r\n"].concat()
    }

    async fn begin_envelope(&mut self, parcel: &Parcel) -> Result<(), WireError> {
        if self.offers.pipelining {
            let group = self.envelope(parcel, self.needs_reset);
            return self.wire.command(&group, self.deadlines.mail).await;
        }
        if std::mem::take(&mut self.needs_reset) {
            let reply = self.wire.ask("RSET\r\n", self.deadlines.mail).await?;
            expect_reset(&reply)?;
        }
        Ok(())
    }

    async fn hear_envelope(&mut self, parcel: &Parcel) -> Result<Envelope, WireError> {
        if self.offers.pipelining { self.hear_group().await } else { self.go_step_by_step(parcel).await }
    }

    /// The replies to RSET (if it was sent), MAIL, RCPT and DATA. The first refusal is the letter's reply.
    async fn hear_group(&mut self) -> Result<Envelope, WireError> {
        let d = self.deadlines;
        if std::mem::take(&mut self.needs_reset) {
            expect_reset(&self.wire.read_reply(d.mail).await?)?;
        }
        let mut refusal = expect_verdict(self.wire.read_reply(d.mail).await?)?.map(Reply::answering_mail);
        let rcpt = self.wire.read_reply(d.rcpt).await.and_then(expect_verdict);
        let mut rcpt_was_refused = false;
        match rcpt {
            Ok(None) => {}
            Ok(Some(refused)) => {
                rcpt_was_refused = true;
                refusal.get_or_insert(refused);
            }
            Err(why) => return refusal_or(refusal, why),
        }
        let data = match self.wire.read_reply(d.data).await {
            Ok(reply) if reply.code == 354 || reply.is_refusal() => reply,
            // No DATA is answered with anything else: the replies before it may be those to other commands.
            Ok(_) => return Err(WireError::Garbage),
            Err(why) => return refusal_or(refusal, why),
        };
        match refusal {
            None if data.code == 354 => Ok(Envelope::Go),
            None => Ok(self.refused(data)),
            Some(reply) if data.code != 354 => Ok(self.refused(reply)),
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

    /// MAIL, RCPT and DATA, each once the one before it is answered.
    pub(super) async fn go_step_by_step(&mut self, parcel: &Parcel) -> Result<Envelope, WireError> {
        let d = self.deadlines;
        let mail = self.wire.ask(&self.offers.mail_line(parcel), d.mail).await?;
        if let Some(refusal) = expect_verdict(mail)? {
            return Ok(self.refused(refusal.answering_mail()));
        }
        let rcpt = self.wire.ask(&format!("RCPT TO:<{}>\r\n", parcel.to), d.rcpt).await?;
        if let Some(refusal) = expect_verdict(rcpt)? {
            return Ok(self.refused(refusal));
        }
        let data = self.wire.ask("DATA\r\n", d.data).await?;
        match data.code {
            354 => Ok(Envelope::Go),
            _ if data.is_refusal() => Ok(self.refused(data)),
            _ => Err(WireError::Garbage),
        }
    }

    /// A refusal costs the letter, not the connection.
    fn refused(&mut self, reply: Reply) -> Envelope {
        self.needs_reset = true;
        let is_last = reply.is_farewell();
        Envelope::Refused { reply, is_last }
    }

    /// Sends a letter whose 354 has come, with the next envelope behind its dot, and hears the reply.
    /// Answers the next letter if its envelope has gone already.
    async fn send_content(
        &mut self,
        parcel: Parcel,
        desk: &Desk,
        leave: &CancellationToken,
    ) -> Result<Option<Parcel>, Broken> {
        if desk.is_stopping() {
            desk.finish(parcel.id, Verdict::Back);
            return Err(Broken::by("stopped before the letter was sent"));
        }
        let next = if leave.is_cancelled() { None } else { self.find_next(desk) };
        let Parcel { id, content, .. } = parcel;
        let (mut buffer, start) = content.into_wire();
        let behind_the_dot = buffer.len() - start;
        if let Some(next) = &next {
            buffer.extend_from_slice(self.envelope(next, false).as_bytes());
        }
        if !desk.note_dot(id) {
            desk.finish(id, Verdict::Back);
            give_back(next, desk);
            return Err(Broken::by("the journal cannot be written"));
        }
        let written = self.wire.write(&buffer[start..], behind_the_dot, self.deadlines.block).await;
        desk.keep_memory(buffer);
        let heard = match written {
            Ok(Written::Whole) => self.wire.read_reply(self.deadlines.dot).await,
            Ok(Written::Answered(reply)) => return Err(self.answered_early(id, next, reply, desk)),
            Err(cut) if cut.written < behind_the_dot => {
                return Err(self.cut_short(id, next, cut.why, desk).await);
            }
            // The dot may have gone; a reply may still come.
            Err(_) => self.wire.read_reply(self.deadlines.dot).await,
        };
        match heard {
            Ok(reply) if reply.is_good() || reply.is_refusal() => {
                let farewell = reply.is_farewell().then(|| Broken::after(&reply));
                self.answer(id, reply, desk);
                if let Some(broken) = farewell {
                    give_back(next, desk);
                    return Err(broken);
                }
                Ok(next)
            }
            other => {
                let why = other.map_or_else(|e| e.to_string(), |reply| reply.written());
                desk.finish(id, Verdict::Unknown(format!("no reply after the final dot: {why}")));
                give_back(next, desk);
                Err(Broken::by(why))
            }
        }
    }

    /// A letter whose envelope may go behind the dot of the one before it.
    fn find_next(&self, desk: &Desk) -> Option<Parcel> {
        if !self.offers.pipelining {
            return None;
        }
        loop {
            let candidate = desk.try_next()?;
            match self.offers.refuse(&candidate) {
                Some(refusal) => desk.finish(candidate.id, Verdict::Replied(refusal)),
                None => return Some(candidate),
            }
        }
    }

    /// The relay answered within the letter: it cannot have it. Only a refusal can be meant for it, and the
    /// rest of the letter would be taken for commands: the connection ends.
    fn answered_early(&mut self, id: DeliveryId, next: Option<Parcel>, reply: Reply, desk: &Desk) -> Broken {
        let broken = Broken::after(&reply);
        if reply.is_refusal() {
            self.answer(id, reply, desk);
        } else {
            desk.finish(id, Verdict::Broke(format!("it answered before the letter was out: {broken}")));
        }
        give_back(next, desk);
        broken
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
        match self.wire.read_reply(self.deadlines.quit).await {
            Ok(reply) if reply.is_refusal() => return self.answered_early(id, next, reply, desk),
            _ => desk.finish(id, Verdict::Broke(why.to_string())),
        }
        give_back(next, desk);
        Broken::by(why)
    }
}

/// The letter whose envelope went behind another's dot surely did not go.
fn give_back(next: Option<Parcel>, desk: &Desk) {
    if let Some(next) = next {
        desk.finish(next.id, Verdict::Back);
    }
}

/// A reply to MAIL or RCPT: nothing if it is good, the refusal if it is one.
fn expect_verdict(reply: Reply) -> Result<Option<Reply>, WireError> {
    match reply {
        reply if reply.is_good() => Ok(None),
        reply if reply.is_refusal() => Ok(Some(reply)),
        _ => Err(WireError::Garbage),
    }
}

/// RSET is never refused (RFC 5321, 4.1.1.5): a relay that does is out of step.
fn expect_reset(reply: &Reply) -> Result<(), WireError> {
    if reply.is_good() { Ok(()) } else { Err(WireError::Unasked(reply.written())) }
}

/// The connection broke among the replies to a group: a refusal that came first is the letter's reply.
fn refusal_or(refusal: Option<Reply>, why: WireError) -> Result<Envelope, WireError> {
    match (refusal, why) {
        (_, WireError::Garbage) => Err(WireError::Garbage),
        (Some(reply), _) => Ok(Envelope::Refused { reply, is_last: true }),
        (None, why) => Err(why),
    }
}
