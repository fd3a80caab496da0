//! A name server on loopback that knows TXT records and nothing else.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

/// A running one; stops when dropped.
pub struct NameServer {
    pub address: SocketAddr,
    /// The names that were asked for.
    pub asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl NameServer {
    /// Knows these texts by name; none of a name means that it fails when asked for it (SERVFAIL).
    pub async fn start(records: &[(&str, Option<&str>)]) -> NameServer {
        let mut known: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
        for (name, text) in records {
            known.entry((*name).to_owned()).or_default().push(text.map(str::to_owned));
        }
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        let task = tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let name = read_name(&question[12..length]);
                let answer = answer(&question[..length], known.get(&name));
                told.lock().unwrap().push(name);
                let _ = socket.send_to(&answer, from).await;
            }
        });
        NameServer { address, asked, task }
    }
}

fn read_name(mut bytes: &[u8]) -> String {
    let mut labels = Vec::new();
    while let Some((&length, rest)) = bytes.split_first().filter(|(length, _)| **length > 0) {
        let (label, behind) = rest.split_at(usize::from(length));
        labels.push(String::from_utf8_lossy(label).into_owned());
        bytes = behind;
    }
    labels.join(".")
}

/// RFC 1035, 4.1; the question's EDNS record of 11 bytes is not repeated.
fn answer(question: &[u8], texts: Option<&Vec<Option<String>>>) -> Vec<u8> {
    let texts: Vec<&String> = match texts {
        Some(texts) if texts.iter().any(Option::is_none) => return fail(question),
        Some(texts) => texts.iter().flatten().collect(),
        None => Vec::new(),
    };
    let mut bytes = question[..question.len() - 11].to_vec();
    bytes[2..4].copy_from_slice(&[0x81, if texts.is_empty() { 0x83 } else { 0x80 }]);
    bytes[6..8].copy_from_slice(&(texts.len() as u16).to_be_bytes());
    bytes[10..12].copy_from_slice(&[0, 0]);
    for text in texts {
        let strings: Vec<u8> =
            text.as_bytes().chunks(255).flat_map(|part| [&[part.len() as u8], part].concat()).collect();
        bytes.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 1, 44]);
        bytes.extend((strings.len() as u16).to_be_bytes());
        bytes.extend(strings);
    }
    bytes
}

fn fail(question: &[u8]) -> Vec<u8> {
    let mut bytes = question[..question.len() - 11].to_vec();
    bytes[2..4].copy_from_slice(&[0x81, 0x82]);
    bytes[10..12].copy_from_slice(&[0, 0]);
    bytes
}
