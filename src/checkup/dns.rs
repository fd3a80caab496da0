//! Asking a name server for TXT records: one datagram (RFC 1035), and over TCP what does not fit into it (RFC 7766).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use crate::clock::random_bytes;
use crate::config::Config;

/// So long one question may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Top-level names that no name server knows (RFC 2606, RFC 6761).
const RESERVED: [&str; 4] = ["example", "test", "invalid", "localhost"];
/// The bytes of a question's EDNS record, which answers do not repeat.
const EDNS: usize = 11;

/// Why nobody knows what a name says.
#[derive(Debug, thiserror::Error)]
pub enum DnsError {
    /// A name for examples, which no public server knows.
    #[error("{0} is a name for examples")]
    Reserved(String),
    /// There is nobody to ask.
    #[error("this machine names no name server in /etc/resolv.conf")]
    NoServer,
    /// It does not answer.
    #[error("the name server {0} does not answer")]
    Silent(IpAddr),
    /// It cannot be asked.
    #[error("the name server {0} cannot be asked: {1}")]
    Unreachable(IpAddr, std::io::Error),
    /// It failed, or what it said is no answer.
    #[error("the name server {0} gave no answer that can be read")]
    NoAnswer(IpAddr),
}

/// Whom to ask.
#[derive(Debug, Clone, Copy)]
pub struct Resolver {
    server: Option<SocketAddr>,
    /// The operator named it: it may know names that the world does not.
    is_named: bool,
}

impl Resolver {
    /// The name server of the settings, else the machine's own.
    pub fn of(config: &Config) -> Resolver {
        match config.file.name_server {
            Some(named) => Resolver { server: Some(named.0), is_named: true },
            None => Resolver { server: find_server(), is_named: false },
        }
    }

    /// Whether it is of use to ask about a domain.
    pub fn check(&self, domain: &str) -> Result<(), DnsError> {
        self.find_server_for(domain).map(|_| ())
    }

    fn find_server_for(&self, name: &str) -> Result<SocketAddr, DnsError> {
        let top = name.rsplit('.').next().unwrap_or_default();
        if !self.is_named && RESERVED.contains(&top) {
            return Err(DnsError::Reserved(name.to_owned()));
        }
        self.server.ok_or(DnsError::NoServer)
    }

    /// The texts of a name's TXT records, each with its strings joined; none if the name does not exist.
    pub async fn find_texts(&self, name: &str) -> Result<Vec<String>, DnsError> {
        ask(self.find_server_for(name)?, name).await
    }
}

fn find_server() -> Option<SocketAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").ok()?;
    let address = text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse::<IpAddr>().ok()).flatten()
    })?;
    Some(SocketAddr::new(address, 53))
}

async fn ask(server: SocketAddr, name: &str) -> Result<Vec<String>, DnsError> {
    let id = random_bytes::<2>();
    let question = question(id, name);
    let conversation = async {
        let answer = ask_by_datagram(server, &question).await?;
        if is_cut(&answer) { ask_over_tcp(server, &question).await } else { Ok(answer) }
    };
    let answer = tokio::time::timeout(PATIENCE, conversation)
        .await
        .map_err(|_| DnsError::Silent(server.ip()))?
        .map_err(|e| DnsError::Unreachable(server.ip(), e))?;
    read_texts(id, question.len(), &answer).ok_or(DnsError::NoAnswer(server.ip()))
}

async fn ask_by_datagram(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let local = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(local).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut answer = vec![0; 4096];
    let length = socket.recv(&mut answer).await?;
    answer.truncate(length);
    Ok(answer)
}

/// RFC 1035, 4.2.2: two bytes of length go before question and answer.
async fn ask_over_tcp(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut socket = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(std::io::Error::other)?;
    socket.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let mut answer = vec![0; usize::from(socket.read_u16().await?)];
    socket.read_exact(&mut answer).await?;
    Ok(answer)
}

/// A question for TXT records in one datagram of at most 4,096 bytes (EDNS, RFC 6891).
fn question(id: [u8; 2], name: &str) -> Vec<u8> {
    let mut bytes = vec![id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(label.len().min(63) as u8);
        bytes.extend(label.bytes().take(63));
    }
    bytes.extend([0, 0, 16, 0, 1]);
    bytes.extend([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// Whether an answer did not fit into its datagram.
fn is_cut(answer: &[u8]) -> bool {
    answer.get(2).is_some_and(|flags| flags & 2 != 0)
}

/// The texts of the answer section; `None` if it is no whole answer.
fn read_texts(id: [u8; 2], question_length: usize, answer: &[u8]) -> Option<Vec<String>> {
    let header = answer.get(..12)?;
    let (is_answer, code) = (header[2] & 0x80 != 0, header[3] & 0x0f);
    if header[..2] != id || !is_answer || is_cut(answer) || !matches!(code, 0 | 3) {
        return None;
    }
    // The question comes back as it was asked, without the EDNS record.
    let mut at = question_length - EDNS;
    let mut texts = Vec::new();
    for _ in 0..u16::from_be_bytes([header[6], header[7]]) {
        at = skip_name(answer, at)?;
        let fixed = answer.get(at..at + 10)?;
        let length = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
        let data = answer.get(at + 10..at + 10 + length)?;
        if fixed[..2] == [0, 16] {
            texts.push(join_strings(data)?);
        }
        at += 10 + length;
    }
    Some(texts)
}

fn skip_name(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

/// The character strings of a TXT record as one text.
fn join_strings(mut data: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        text.extend(rest.get(..usize::from(*length))?);
        data = &rest[usize::from(*length)..];
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// The answer of a name server that knows `records` (type and data) of any name.
    fn answer(question: &[u8], records: &[(u16, &[u8])], code: u8) -> Vec<u8> {
        let mut bytes = question[..question.len() - EDNS].to_vec();
        bytes[2..4].copy_from_slice(&[0x81, 0x80 | code]);
        bytes[6..8].copy_from_slice(&(records.len() as u16).to_be_bytes());
        bytes[10..12].copy_from_slice(&[0, 0]);
        for (kind, data) in records {
            bytes.extend([0xc0, 12]);
            bytes.extend(kind.to_be_bytes());
            bytes.extend([0, 1, 0, 0, 1, 44]);
            bytes.extend((data.len() as u16).to_be_bytes());
            bytes.extend(*data);
        }
        bytes
    }

    async fn ask_server_that_answers(
        records: &'static [(u16, &'static [u8])],
        code: u8,
    ) -> Result<Vec<String>, DnsError> {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let serving = async {
            let mut question = [0; 512];
            let (length, from) = server.recv_from(&mut question).await.unwrap();
            server.send_to(&answer(&question[..length], records, code), from).await.unwrap();
        };
        tokio::join!(ask(address, "forum.nordfjella.no"), serving).0
    }

    #[tokio::test]
    async fn the_strings_of_a_text_record_are_one_text() {
        let records: &[(u16, &[u8])] = &[(5, b"\x01x\x00"), (16, b"\x06v=spf1\x05 -all"), (16, b"\x03abc")];
        let texts = ask_server_that_answers(records, 0).await.unwrap();
        assert_eq!(texts, ["v=spf1 -all", "abc"]);
    }

    #[tokio::test]
    async fn a_name_that_does_not_exist_has_no_texts() {
        assert_eq!(ask_server_that_answers(&[], 3).await.unwrap(), Vec::<String>::new());
        assert!(ask_server_that_answers(&[], 2).await.is_err(), "the name server failed");
    }

    #[tokio::test]
    async fn what_does_not_fit_into_a_datagram_is_asked_for_over_tcp() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = UdpSocket::bind(address).await.unwrap();
        let serving = async {
            let mut question = [0; 512];
            let (length, from) = server.recv_from(&mut question).await.unwrap();
            let mut cut = answer(&question[..length], &[], 0);
            cut[2] |= 2;
            server.send_to(&cut, from).await.unwrap();
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; usize::from(socket.read_u16().await.unwrap())];
            socket.read_exact(&mut asked).await.unwrap();
            let whole = answer(&asked, &[(16, b"\x05whole")], 0);
            socket.write_u16(whole.len() as u16).await.unwrap();
            socket.write_all(&whole).await.unwrap();
        };
        let texts = tokio::join!(ask(address, "nordfjella.no"), serving).0;
        assert_eq!(texts.unwrap(), ["whole"]);
    }

    #[test]
    fn an_answer_cut_anywhere_is_no_answer_and_no_panic() {
        let question = question([1, 2], "nordfjella.no");
        let whole = answer(&question, &[(16, b"\x06v=spf1")], 0);
        assert_eq!(read_texts([1, 2], question.len(), &whole), Some(vec!["v=spf1".to_owned()]));
        for length in 0..whole.len() {
            assert_eq!(read_texts([1, 2], question.len(), &whole[..length]), None);
        }
    }

    #[test]
    fn names_for_examples_are_asked_of_a_server_that_the_operator_named_alone() {
        let server = Some("127.0.0.1:9".parse().unwrap());
        let ask = |is_named, domain| Resolver { server, is_named }.check(domain).is_ok();
        assert!(!ask(false, "forum.example") && ask(true, "forum.example") && ask(false, "nordfjella.no"));
    }
}
