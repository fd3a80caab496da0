//! A connection's bytes: reading replies and writing with deadlines, plain or under TLS.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use super::reply::{Front, Reply, read_front};

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

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    incoming: Vec<u8>,
}

impl Wire {
    /// Over a connected socket; sets TCP_NODELAY (Nagle's algorithm costs 40 ms a letter here).
    pub fn plain(socket: TcpStream) -> io::Result<Wire> {
        socket.set_nodelay(true)?;
        Ok(Wire { stream: Stream::Plain(socket), incoming: Vec::with_capacity(1024) })
    }

    /// Over TLS.
    pub fn tls(stream: TlsStream<TcpStream>) -> Wire {
        Wire { stream: Stream::Tls(Box::new(stream)), incoming: Vec::with_capacity(1024) }
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
        match timeout(deadline, self.read_reply_at_leisure()).await {
            Ok(reply) => reply,
            Err(_) => Err(WireError::TimedOut(deadline)),
        }
    }

    async fn read_reply_at_leisure(&mut self) -> Result<Reply, WireError> {
        loop {
            match read_front(&self.incoming) {
                Front::Whole(reply, length) => {
                    self.incoming.drain(..length);
                    return Ok(reply);
                }
                Front::Part if self.incoming.len() < REPLY_AT_MOST => {}
                _ => return Err(WireError::Garbage),
            }
            let read = match &mut self.stream {
                Stream::Plain(s) => s.read_buf(&mut self.incoming).await?,
                Stream::Tls(s) => s.read_buf(&mut self.incoming).await?,
            };
            if read == 0 {
                return Err(WireError::Closed);
            }
        }
    }

    /// Writes all of `bytes`; each block within `deadline`.
    pub async fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<(), CutShort> {
        let mut written = 0;
        while written < bytes.len() {
            let some = timeout(deadline, async {
                match &mut self.stream {
                    Stream::Plain(s) => s.write(&bytes[written..]).await,
                    Stream::Tls(s) => s.write(&bytes[written..]).await,
                }
            })
            .await;
            written += match some {
                Ok(Ok(0)) => return Err(CutShort { written, why: WireError::Closed }),
                Ok(Ok(n)) => n,
                Ok(Err(e)) => return Err(CutShort { written, why: e.into() }),
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
        Ok(())
    }

    /// Writes a command that fits a block.
    pub async fn command(&mut self, line: &str, deadline: Duration) -> Result<(), WireError> {
        self.write(line.as_bytes(), deadline).await.map_err(|cut| cut.why)
    }
}
