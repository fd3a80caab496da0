//! An SMTP server that does as it is told at every stage.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What to do at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Do {
    /// What a friendly server does.
    Usual,
    /// Say this instead.
    Say(&'static str),
    /// Say this and close.
    SayAndClose(&'static str),
    /// Close without a word; at the dot: take the letter, then close without a word.
    Close,
    /// Say this, then read and say nothing more, and keep the connection.
    SayAndStall(&'static str),
    /// Say nothing, ever.
    Hang,
    /// Say nothing yet: the plan is asked again in a moment.
    Wait,
}

/// Where a conversation is.
#[derive(Debug, Clone)]
pub struct At {
    /// 1 for the first connection.
    pub connection: usize,
    /// CONNECT, EHLO, MAIL, RCPT, DATA, CONTENT (its first line came), `.`, or another verb.
    pub verb: String,
    /// The recipient, once known.
    pub to: String,
    /// The whole command.
    pub line: String,
}

/// A letter that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub from: String,
    pub to: String,
    /// As sent, without stuffing.
    pub text: String,
}

/// What the server has seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub taken: Vec<Taken>,
    /// Letters that were refused at their dot.
    pub refused: Vec<Taken>,
    pub connections: usize,
    /// Every line but content, in order of arrival.
    pub lines: Vec<String>,
    pub logins: Vec<String>,
    /// Whether a connection was ended with QUIT.
    pub quits: usize,
}

type Plan = Arc<dyn Fn(&At) -> Do + Send + Sync>;

/// What the server offers.
#[derive(Clone)]
pub struct Offers {
    pub lines: &'static [&'static str],
    pub tls: Option<tokio_rustls::TlsAcceptor>,
    /// TLS from the first byte.
    pub is_implicit: bool,
}

/// PIPELINING, SIZE and 8BITMIME, no TLS.
pub fn usual() -> Offers {
    Offers { lines: &["PIPELINING", "SIZE 100000", "8BITMIME"], tls: None, is_implicit: false }
}

/// A running server; stops when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start(offers: Offers, plan: impl Fn(&At) -> Do + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (told, plan): (_, Plan) = (seen.clone(), Arc::new(plan));
        let task = tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { return };
                let number = {
                    let mut seen = told.lock().unwrap();
                    seen.connections += 1;
                    seen.connections
                };
                tokio::spawn(serve(socket, number, offers.clone(), plan.clone(), told.clone()));
            }
        });
        Server { address, seen, task }
    }

    /// As `smtp://127.0.0.1:PORT?tls=none`.
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// Whom it took letters for, sorted; a lone dot is no letter.
    pub fn recipients(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let letters = seen.taken.iter().filter(|t| !t.text.is_empty());
        let mut all: Vec<String> = letters.map(|t| t.to.clone()).collect();
        all.sort();
        all
    }
}

/// Closes for good; the pending bytes are thrown away.
struct Closed;

struct Talk<S> {
    stream: BufReader<S>,
    at: At,
    from: String,
    plan: Plan,
    seen: Arc<Mutex<Seen>>,
}

async fn serve(socket: TcpStream, number: usize, offers: Offers, plan: Plan, seen: Arc<Mutex<Seen>>) {
    let at = At { connection: number, verb: "CONNECT".into(), to: String::new(), line: String::new() };
    if offers.is_implicit {
        let Ok(stream) = offers.tls.clone().unwrap().accept(socket).await else { return };
        let mut talk = Talk { stream: BufReader::new(stream), at, from: String::new(), plan, seen };
        let _ = talk.run(&offers, true, true).await;
        return;
    }
    let mut talk = Talk { stream: BufReader::new(socket), at, from: String::new(), plan, seen };
    if let Ok(true) = talk.run(&offers, false, true).await {
        let Talk { stream, at, plan, seen, .. } = talk;
        let Ok(stream) = offers.tls.clone().unwrap().accept(stream.into_inner()).await else { return };
        let mut talk = Talk { stream: BufReader::new(stream), at, from: String::new(), plan, seen };
        let _ = talk.run(&offers, true, false).await;
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// Until it ends; true if TLS is to begin.
    async fn run(&mut self, offers: &Offers, protected: bool, greets: bool) -> Result<bool, Closed> {
        if greets {
            self.answer("220 server.example.test ESMTP").await?;
        }
        loop {
            let line = self.read_line().await?;
            self.seen.lock().unwrap().lines.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let argument = line.split_once(['<']).map_or("", |(_, rest)| rest.split('>').next().unwrap());
            self.at.verb = verb.clone();
            self.at.line = line.clone();
            match verb.as_str() {
                "EHLO" => {
                    let mut lines = vec!["server.example.test"];
                    lines.extend(offers.lines);
                    if offers.tls.is_some() && !protected {
                        lines.push("STARTTLS");
                    }
                    let last = lines.len() - 1;
                    let text: Vec<String> = lines
                        .iter()
                        .enumerate()
                        .map(|(i, l)| format!("250{}{l}", if i == last { ' ' } else { '-' }))
                        .collect();
                    self.answer(&text.join("\r\n")).await?;
                }
                "STARTTLS" => {
                    self.answer("220 go on").await?;
                    return Ok(true);
                }
                "AUTH" => self.log_in(&line).await?,
                "MAIL" => {
                    self.from = argument.to_owned();
                    self.at.to.clear();
                    self.answer("250 ok").await?;
                }
                "RCPT" => {
                    self.at.to = argument.to_owned();
                    self.answer("250 ok").await?;
                }
                "DATA" => {
                    let said = self.answer("354 go on").await?;
                    if said.starts_with("354") {
                        self.read_letter().await?;
                    }
                }
                "QUIT" => {
                    self.seen.lock().unwrap().quits += 1;
                    self.answer("221 bye").await?;
                    return Err(Closed);
                }
                _ => drop(self.answer("250 ok").await?),
            }
        }
    }

    async fn log_in(&mut self, line: &str) -> Result<(), Closed> {
        let mut said = line.to_owned();
        if line == "AUTH LOGIN" {
            for prompt in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                self.send(prompt).await?;
                said.push(' ');
                said.push_str(&self.read_line().await?);
            }
        }
        self.seen.lock().unwrap().logins.push(said);
        let challenge = self.answer("235 welcome").await?;
        if challenge.starts_with("334") {
            assert_eq!(self.read_line().await?, "", "an error challenge is answered with an empty line");
            self.send("535 5.7.8 not accepted").await?;
        }
        Ok(())
    }

    async fn read_letter(&mut self) -> Result<(), Closed> {
        let mut text = String::new();
        loop {
            let line = self.read_line().await?;
            if text.is_empty() && line != "." {
                self.at.verb = "CONTENT".into();
                match (self.plan)(&self.at) {
                    Do::Usual | Do::Wait => {}
                    Do::Say(reply) => self.send(reply).await?,
                    Do::SayAndClose(reply) => {
                        self.send(reply).await?;
                        return Err(Closed);
                    }
                    Do::Close => return Err(Closed),
                    Do::SayAndStall(reply) => {
                        self.send(reply).await?;
                        std::future::pending().await
                    }
                    Do::Hang => std::future::pending().await,
                }
            }
            if line == "." {
                break;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
        self.at.verb = ".".into();
        let what = (self.plan)(&self.at);
        let takes = match what {
            Do::Usual | Do::Close | Do::Hang | Do::Wait => !self.at.to.is_empty(),
            Do::Say(reply) | Do::SayAndClose(reply) | Do::SayAndStall(reply) => reply.starts_with('2'),
        };
        let letter = Taken { from: self.from.clone(), to: self.at.to.clone(), text };
        {
            let mut seen = self.seen.lock().unwrap();
            if takes { seen.taken.push(letter) } else { seen.refused.push(letter) }
        }
        self.answer("250 2.0.0 taken").await.map(drop)
    }

    /// Does what the plan says at this stage; answers what was said.
    async fn answer(&mut self, usual: &str) -> Result<String, Closed> {
        let mut what = (self.plan)(&self.at);
        while what == Do::Wait {
            tokio::time::sleep(Duration::from_millis(5)).await;
            what = (self.plan)(&self.at);
        }
        match what {
            Do::Usual | Do::Wait => self.send(usual).await.map(|()| usual.to_owned()),
            Do::Say(reply) => self.send(reply).await.map(|()| reply.to_owned()),
            Do::SayAndClose(reply) => {
                self.send(reply).await?;
                Err(Closed)
            }
            Do::SayAndStall(reply) => {
                self.send(reply).await?;
                std::future::pending().await
            }
            Do::Close => Err(Closed),
            Do::Hang => std::future::pending().await,
        }
    }

    async fn send(&mut self, line: &str) -> Result<(), Closed> {
        let bytes = format!("{line}\r\n");
        self.stream.get_mut().write_all(bytes.as_bytes()).await.map_err(|_| Closed)?;
        self.stream.get_mut().flush().await.map_err(|_| Closed)
    }

    async fn read_line(&mut self) -> Result<String, Closed> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await {
            Ok(0) | Err(_) => Err(Closed),
            Ok(_) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }
}
