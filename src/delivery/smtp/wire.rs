//! A connection's bytes: reading replies and writing with deadlines, plain or under TLS.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::reply::{Front, Reply, read_front};

/// The line that ends a letter (RFC 5321, 4.5.2).
const DOT: &[u8] = b".\r\n";

/// Replies of more bytes than this are refused.
const REPLY_AT_MOST: usize = 64 * 1024;

/// Why a reply did not come or bytes did not go.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The other side closed.
    #[error("the relay closed the connection")]
    Closed,
    /// The stage's deadline passed.
    #[error("the relay did not answer within {0:?}")]
    TimedOut(Duration),
    /// What came is not SMTP.
    #[error("the relay did not answer in SMTP")]
    Garbage,
    /// A reply to nothing: which reply belongs to what is not known any more.
    #[error("the relay spoke without being asked: {0}")]
    Unasked(String),
    /// The system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// A write that did not end; `written` bytes of it were handed to the connection.
#[derive(Debug)]
pub(super) struct CutShort {
    pub written: usize,
    pub why: WireError,
}

/// A write came to this.
#[derive(Debug)]
pub(super) enum Written {
    /// All of it went.
    Whole,
    /// The relay answered before it should; nothing more went.
    Answered(Reply),
}

/// One step of a write.
enum Step {
    /// So many bytes went.
    Took(usize),
    /// The relay answered.
    Heard(Reply),
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Writes like TLS, into what the test says.
    #[cfg(test)]
    Told(tests::Told),
}

impl Stream {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(s) => Pin::new(s).poll_read(cx, buffer),
            Stream::Tls(s) => Pin::new(s).poll_read(cx, buffer),
            #[cfg(test)]
            Stream::Told(_) => Poll::Pending,
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(s) => Pin::new(s).poll_write(cx, bytes),
            Stream::Tls(s) => Pin::new(s).poll_write(cx, bytes),
            #[cfg(test)]
            Stream::Told(s) => s.poll_write(bytes),
        }
    }

    /// Whether a write that fails may have sent some of its bytes all the same.
    fn tells_nothing_when_it_fails(&self) -> bool {
        !matches!(self, Stream::Plain(_))
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    incoming: Vec<u8>,
    /// The relay offers ENHANCEDSTATUSCODES: the first word of its replies is one.
    pub(super) has_statuses: bool,
}

impl Wire {
    /// Over a connected socket; sets TCP_NODELAY (Nagle's algorithm costs 40 ms a letter here).
    pub fn plain(socket: TcpStream) -> io::Result<Wire> {
        socket.set_nodelay(true)?;
        Ok(Wire::over(Stream::Plain(socket)))
    }

    /// Over TLS.
    pub fn tls(stream: TlsStream<TcpStream>) -> Wire {
        Wire::over(Stream::Tls(Box::new(stream)))
    }

    fn over(stream: Stream) -> Wire {
        Wire { stream, incoming: Vec::with_capacity(1024), has_statuses: false }
    }

    /// The socket, to begin TLS on. Refused if bytes came ahead of it: they were not protected
    /// (command injection, CVE-2011-0411).
    pub fn into_socket(self) -> Result<TcpStream, WireError> {
        match self.stream {
            Stream::Plain(socket) if self.incoming.is_empty() => Ok(socket),
            _ => Err(WireError::Garbage),
        }
    }

    /// The next reply, within `deadline` for all of it.
    pub async fn read_reply(&mut self, deadline: Duration) -> Result<Reply, WireError> {
        let heard = timeout(deadline, poll_fn(|cx| self.poll_heard(cx))).await;
        heard.unwrap_or(Err(WireError::TimedOut(deadline)))
    }

    /// Takes a reply of so many bytes from the front.
    fn take(&mut self, reply: Reply, length: usize) -> Reply {
        self.incoming.drain(..length);
        if self.has_statuses { reply.with_status() } else { reply }
    }

    /// Whether the relay has said nothing that it was not asked for, and has not closed.
    pub async fn expect_silence(&mut self) -> Result<(), WireError> {
        let heard = poll_fn(|cx| match self.poll_heard(cx) {
            Poll::Pending => Poll::Ready(None),
            Poll::Ready(heard) => Poll::Ready(Some(heard)),
        });
        match heard.await {
            None if self.incoming.is_empty() => Ok(()),
            None => Err(WireError::Garbage),
            Some(Ok(reply)) => Err(WireError::Unasked(reply.written())),
            Some(Err(why)) => Err(why),
        }
    }

    /// A reply, as soon as one has come.
    fn poll_heard(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, WireError>> {
        loop {
            match read_front(&self.incoming) {
                Front::Whole(reply, length) => return Poll::Ready(Ok(self.take(reply, length))),
                Front::Part if self.incoming.len() < REPLY_AT_MOST => {}
                _ => return Poll::Ready(Err(WireError::Garbage)),
            }
            let mut some = [0; 512];
            let mut buffer = ReadBuf::new(&mut some);
            ready!(self.stream.poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(WireError::Closed));
            }
            self.incoming.extend_from_slice(buffer.filled());
        }
    }

    /// Writes all of `bytes`; each block within `deadline`. Nothing may be heard before the first `silent`
    /// of them have gone: a relay that answers earlier may have stopped reading, and is heard at once.
    ///
    /// Under TLS a write that fails does not tell how many of its bytes went before, so all of them count as written;
    /// the final dot, the last line of the `silent` ones, is therefore never in one write with what stands before it.
    pub async fn write(
        &mut self,
        bytes: &[u8],
        silent: usize,
        deadline: Duration,
    ) -> Result<Written, CutShort> {
        let is_tls = self.stream.tells_nothing_when_it_fails();
        let before_the_dot = silent.saturating_sub(DOT.len());
        let mut written = 0;
        while written < bytes.len() {
            let end = if is_tls && written < before_the_dot { before_the_dot } else { bytes.len() };
            let mut gone_at_most = written;
            let step = poll_fn(|cx| {
                if written < silent
                    && let Poll::Ready(heard) = self.poll_heard(cx)
                {
                    return Poll::Ready(heard.map(Step::Heard));
                }
                let took = self.stream.poll_write(cx, &bytes[written..end]);
                if is_tls && matches!(took, Poll::Ready(Err(_))) {
                    gone_at_most = end;
                }
                took.map(|n| Ok(Step::Took(n?)))
            });
            written += match timeout(deadline, step).await {
                Ok(Ok(Step::Took(0))) => return Err(CutShort { written, why: WireError::Closed }),
                Ok(Ok(Step::Took(n))) => n,
                Ok(Ok(Step::Heard(reply))) => return Ok(Written::Answered(reply)),
                Ok(Err(why)) => return Err(CutShort { written: gone_at_most, why }),
                Err(_) => return Err(CutShort { written, why: WireError::TimedOut(deadline) }),
            };
        }
        if let Stream::Tls(s) = &mut self.stream {
            match timeout(deadline, s.flush()).await {
                Ok(Ok(())) => {}
                Ok(Err(e)) => return Err(CutShort { written, why: e.into() }),
                Err(_) => return Err(CutShort { written, why: WireError::TimedOut(deadline) }),
            }
        }
        Ok(Written::Whole)
    }

    /// Writes a command that fits a block.
    pub async fn command(&mut self, line: &str, deadline: Duration) -> Result<(), WireError> {
        self.write(line.as_bytes(), 0, deadline).await.map(drop).map_err(|cut| cut.why)
    }

    /// A command and its reply, while nothing else is waited for.
    pub async fn ask(&mut self, line: &str, deadline: Duration) -> Result<Reply, WireError> {
        self.expect_silence().await?;
        self.command(line, deadline).await?;
        self.read_reply(deadline).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes and then fails like TLS over a broken line: some of the last write may have gone.
    #[derive(Debug)]
    pub(super) struct Told {
        takes: usize,
        /// What reaches the relay of the write that fails.
        lets_through: usize,
        /// What reached the relay.
        gone: usize,
    }

    impl Told {
        pub fn poll_write(&mut self, bytes: &[u8]) -> Poll<io::Result<usize>> {
            if self.takes == 0 {
                self.gone += bytes.len().min(self.lets_through);
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::ConnectionReset)));
            }
            let taken = bytes.len().min(self.takes);
            self.takes -= taken;
            self.gone += taken;
            Poll::Ready(Ok(taken))
        }
    }

    /// Wherever TLS fails, and however much of the failing write went: what the relay may have whole, final dot
    /// included, never counts as cut short before its end; and what cannot have gone does.
    #[tokio::test]
    async fn under_tls_a_write_that_fails_never_counts_as_unsent_what_may_have_gone() {
        let letter = b"Hei\r\n.\r\n";
        let with_the_next = [letter.as_slice(), b"MAIL FROM:<a@x.test>\r\n"].concat();
        for takes in 0..with_the_next.len() {
            for lets_through in 0..=with_the_next.len() {
                let told = Told { takes, lets_through, gone: 0 };
                let mut wire = Wire::over(Stream::Told(told));
                let patience = Duration::from_secs(1);
                let cut = wire.write(&with_the_next, letter.len(), patience).await.unwrap_err();
                let Stream::Told(told) = wire.stream else { unreachable!() };
                let (has_the_dot, counts_as_unsent) = (told.gone >= letter.len(), cut.written < letter.len());
                assert!(!(has_the_dot && counts_as_unsent), "{takes} taken, {lets_through} let through");
                assert!(counts_as_unsent || takes + lets_through >= letter.len() - DOT.len());
            }
        }
    }
}
