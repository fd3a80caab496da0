//! Whether the sender's domain says who may send for it: SPF (RFC 7208) and DMARC (RFC 7489), asked of the
//! machine's own name server in one datagram each (RFC 1035).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;

use super::Check;
use crate::clock::random_bytes;
use crate::config::Config;
use crate::forum::EmailAddress;

const NAME: &str = "dns";
const PATIENCE: Duration = Duration::from_secs(3);
/// Top-level names that no name server knows (RFC 2606, RFC 6761).
const RESERVED: [&str; 4] = ["example", "test", "invalid", "localhost"];

pub(super) async fn check(config: &Config) -> Check {
    let address = config.file.sender.address.as_deref().and_then(|text| text.parse::<EmailAddress>().ok());
    let Some(address) = address.filter(|_| !config.relay_url.starts_with("maildir:")) else {
        return Check::ok(NAME, "not asked: letters stay on this machine, or no sender is named");
    };
    let domain = address.domain();
    if is_reserved(domain) {
        return Check::ok(NAME, format!("not asked: {domain} is a name for examples"));
    }
    let Some(server) = find_server() else {
        return not_asked(domain, "this machine names no name server in /etc/resolv.conf");
    };
    let (spf, dmarc) = match (ask(server, domain).await, ask(server, &format!("_dmarc.{domain}")).await) {
        (Ok(spf), Ok(dmarc)) => (spf, dmarc),
        (Err(e), _) | (_, Err(e)) => return not_asked(domain, &e),
    };
    judge(domain, &spf, &dmarc)
}

/// The TXT records of `name` in the zone of `domain`; an error says why nobody was asked.
pub(super) async fn find_texts(domain: &str, name: &str) -> Result<Vec<String>, String> {
    if is_reserved(domain) {
        return Err(format!("{domain} is a name for examples"));
    }
    let server = find_server().ok_or("this machine names no name server in /etc/resolv.conf")?;
    ask(server, name).await
}

fn is_reserved(domain: &str) -> bool {
    RESERVED.contains(&domain.rsplit('.').next().unwrap_or_default())
}

fn judge(domain: &str, spf: &[String], dmarc: &[String]) -> Check {
    let has =
        |texts: &[String], mark: &str| texts.iter().any(|text| text.to_ascii_lowercase().starts_with(mark));
    match (has(spf, "v=spf1"), has(dmarc, "v=dmarc1")) {
        (true, true) => Check::ok(NAME, format!("{domain} has SPF and DMARC")),
        (false, true) => Check::warning(
            NAME,
            format!("{domain} has no SPF record: letters may land among spam"),
            format!(
                "add a TXT record to {domain} that names the relay, such as \"v=spf1 include:relay.example -all\""
            ),
        ),
        (true, false) => Check::warning(
            NAME,
            format!("{domain} has no DMARC record: large mail providers may refuse bulk mail"),
            format!("add a TXT record to _dmarc.{domain}, such as \"v=DMARC1; p=none\""),
        ),
        (false, false) => Check::warning(
            NAME,
            format!("{domain} has neither SPF nor DMARC: letters will land among spam"),
            format!(
                "add TXT records to {domain} (v=spf1 ...) and _dmarc.{domain} (v=DMARC1 ...), as the relay's owner says"
            ),
        ),
    }
}

fn not_asked(domain: &str, why: &str) -> Check {
    Check::warning(
        NAME,
        format!("SPF and DMARC of {domain} were not checked: {why}"),
        format!("look yourself: dig +short TXT {domain}; dig +short TXT _dmarc.{domain}"),
    )
}

fn find_server() -> Option<SocketAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").ok()?;
    let address = text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse::<IpAddr>().ok()).flatten()
    })?;
    Some(SocketAddr::new(address, 53))
}

/// The texts of a name's TXT records; none if the name does not exist.
async fn ask(server: SocketAddr, name: &str) -> Result<Vec<String>, String> {
    let id = random_bytes::<2>();
    let question = question(id, name);
    let conversation = async {
        let local = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(local).await?;
        socket.connect(server).await?;
        socket.send(&question).await?;
        let mut answer = vec![0; 4096];
        let length = socket.recv(&mut answer).await?;
        answer.truncate(length);
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(PATIENCE, conversation)
        .await
        .map_err(|_| format!("the name server {} does not answer", server.ip()))?
        .map_err(|e| format!("the name server {} cannot be asked: {e}", server.ip()))?;
    read_texts(id, question.len(), &answer)
        .ok_or_else(|| format!("the name server {} gave no answer that can be read", server.ip()))
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

/// The texts of the answer section; `None` if the datagram is no whole answer.
fn read_texts(id: [u8; 2], question_length: usize, answer: &[u8]) -> Option<Vec<String>> {
    let header = answer.get(..12)?;
    let (is_answer, is_cut, code) = (header[2] & 0x80 != 0, header[2] & 2 != 0, header[3] & 0x0f);
    if header[..2] != id || !is_answer || is_cut || !matches!(code, 0 | 3) {
        return None;
    }
    // The question comes back as it was asked, without the EDNS record of 11 bytes.
    let mut at = question_length - 11;
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
    use super::*;
    use crate::cli::doctor::Verdict;

    /// The answer of a name server that knows `records` (type and data) of any name.
    fn answer(question: &[u8], records: &[(u16, &[u8])], code: u8) -> Vec<u8> {
        let mut bytes = question[..question.len() - 11].to_vec();
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
    ) -> Result<Vec<String>, String> {
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
        let texts = ask_server_that_answers(records, 0).await;
        assert_eq!(texts, Ok(vec!["v=spf1 -all".to_owned(), "abc".to_owned()]));
    }

    #[tokio::test]
    async fn a_name_that_does_not_exist_has_no_texts() {
        assert_eq!(ask_server_that_answers(&[], 3).await, Ok(vec![]));
        assert!(ask_server_that_answers(&[], 2).await.is_err(), "the name server failed");
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
    fn spf_and_dmarc_are_told_apart() {
        let (spf, dmarc) = (vec!["v=spf1 -all".to_owned()], vec!["v=DMARC1; p=none".to_owned()]);
        assert_eq!(judge("a.no", &spf, &dmarc).result, Verdict::Ok);
        assert!(judge("a.no", &[], &dmarc).detail.contains("no SPF"));
        assert!(judge("a.no", &spf, &spf).detail.contains("no DMARC"));
    }
}
