//! Lines and literals (RFC 9051, 2.2), with limits and a deadline for each step.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::MailboxError;
use crate::feedback::returned::READ_OF_PEOPLE;

/// So long nothing may come before a server counts as silent; a large mail over a slow line may take longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// A line of an answer; the numbers of half a million mails fit.
const LINE_AT_MOST: usize = 4 * 1024 * 1024;
/// Lines that answer one command.
const RESPONSES_AT_MOST: usize = 100_000;

/// A connection, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(super) struct Wire {
    stream: BufReader<Box<dyn Stream>>,
    last_tag: u32,
    patience: Duration,
}

/// One response: its line, literals left out, and the literals.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub line: String,
    pub literals: Vec<Vec<u8>>,
}

impl Wire {
    pub fn over(stream: Box<dyn Stream>) -> Wire {
        Wire { stream: BufReader::with_capacity(64 * 1024, stream), last_tag: 0, patience: PATIENCE }
    }

    /// The bare stream, for TLS; an error if the server has sent more than it may before TLS begins.
    pub fn into_stream(self) -> Result<Box<dyn Stream>, MailboxError> {
        match self.stream.buffer().is_empty() {
            true => Ok(self.stream.into_inner()),
            false => Err(MailboxError::Garbage),
        }
    }

    /// Sends a command and answers what came before its end. `lines` are sent one by one, each when the server
    /// asks for more; its challenges are answered too, the last one as the error's words if it refuses.
    pub async fn command(&mut self, text: &str, lines: &[&str]) -> Result<Vec<Response>, MailboxError> {
        self.last_tag += 1;
        let tag = format!("T{} ", self.last_tag);
        self.send(&format!("{tag}{text}")).await?;
        let mut lines = lines.iter();
        let (mut untagged, mut challenge) = (Vec::new(), String::new());
        while untagged.len() < RESPONSES_AT_MOST {
            let response = self.read().await?;
            if let Some(end) = response.line.strip_prefix(&tag) {
                return match end.split(' ').next() {
                    Some(word) if word.eq_ignore_ascii_case("OK") => Ok(untagged),
                    _ => Err(MailboxError::Refused { told: end.to_owned(), challenge }),
                };
            }
            if let Some(more) = response.line.strip_prefix('+') {
                more.trim().clone_into(&mut challenge);
                self.send(lines.next().unwrap_or(&"")).await?;
            } else if let Some(why) = response.line.strip_prefix("* BYE") {
                return Err(MailboxError::Closed(why.trim().to_owned()));
            } else {
                untagged.push(response);
            }
        }
        Err(MailboxError::Garbage)
    }

    /// The next response.
    pub async fn read(&mut self) -> Result<Response, MailboxError> {
        let mut response = Response::default();
        loop {
            let line = self.read_line().await?;
            let Some((before, length)) = split_literal(&line) else {
                response.line.push_str(&line);
                return Ok(response);
            };
            // A server sends at most what it was asked for.
            if length > READ_OF_PEOPLE || response.literals.len() > 100 {
                return Err(MailboxError::Garbage);
            }
            response.line.push_str(before);
            response.literals.push(self.read_literal(length).await?);
        }
    }

    async fn read_literal(&mut self, length: usize) -> Result<Vec<u8>, MailboxError> {
        let mut literal = Vec::new();
        while literal.len() < length {
            let come = self.wait().await?;
            let read = come.len().min(length - literal.len());
            literal.extend_from_slice(&come[..read]);
            self.stream.consume(read);
        }
        Ok(literal)
    }

    /// What has come, once anything has; an error if the server hung up or says nothing.
    async fn wait(&mut self) -> Result<&[u8], MailboxError> {
        let come = tokio::time::timeout(self.patience, self.stream.fill_buf()).await;
        match come.map_err(|_| MailboxError::Silent)?? {
            [] => Err(MailboxError::Closed(String::new())),
            come => Ok(come),
        }
    }

    async fn read_line(&mut self) -> Result<String, MailboxError> {
        let mut line = Vec::new();
        while line.len() < LINE_AT_MOST {
            let come = self.wait().await?;
            let read = come.iter().position(|byte| *byte == b'\n').map_or(come.len(), |at| at + 1);
            line.extend_from_slice(&come[..read]);
            self.stream.consume(read);
            if line.last() == Some(&b'\n') {
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
        }
        Err(MailboxError::Garbage)
    }

    async fn send(&mut self, line: &str) -> Result<(), MailboxError> {
        let sending = async {
            self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(self.patience, sending).await.map_err(|_| MailboxError::Silent)??;
        Ok(())
    }
}

/// `... {123}` at a line's end: what stands before, and how many bytes follow.
fn split_literal(line: &str) -> Option<(&str, usize)> {
    let (before, length) = line.strip_suffix('}')?.rsplit_once('{')?;
    Some((before, length.parse().ok()?))
}

/// A text as an IMAP string; `None` if it cannot be one.
pub(super) fn quote(text: &str) -> Option<String> {
    let is_plain = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    is_plain.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_line_is_waited_for_and_a_silent_server_is_not() {
        let (ours, mut server) = tokio::io::duplex(1024);
        let patience = Duration::from_secs(3);
        let mut wire = Wire { patience, ..Wire::over(Box::new(ours)) };
        let sending = async {
            server.write_all(b"* 1 FETCH (BODY[] {8}\r\n").await.unwrap();
            // All together longer than the patience, each far shorter, so that a busy machine may stall.
            for byte in b"a letter" {
                tokio::time::sleep(patience / 6).await;
                server.write_all(&[*byte]).await.unwrap();
            }
            server.write_all(b")\r\n* 2 FETCH (BODY[] {6}\r\nlet").await.unwrap();
        };
        let (read, ()) = tokio::join!(wire.read(), sending);
        assert_eq!(read.unwrap().literals, [b"a letter".to_vec()]);
        assert!(matches!(wire.read().await, Err(MailboxError::Silent)));
    }
}
