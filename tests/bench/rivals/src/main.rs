//! `lettre-sender ADDRESS SESSIONS LETTERS BYTES unsigned|rsa|ed25519 [KEY]` sends and prints the seconds it took.
//!
//! As a program on lettre is usually written: one pooled transport, as many tasks as sessions; each letter is
//! rendered by tera for its recipient, its links signed (HMAC-SHA-256), built as multipart/alternative.

mod letter;
mod signing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::task::JoinSet;

use crate::letter::Letters;
use crate::signing::Signing;

/// Not counted: they open the connections.
const WARM_UP: usize = 100;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, sessions, letters, bytes, signature, key @ ..] = args.as_slice() else {
        panic!("wants ADDRESS SESSIONS LETTERS BYTES SIGNATURE [KEY]")
    };
    let number = |text: &String| text.parse::<usize>().expect("a number");
    let address: SocketAddr = address.parse().expect("an address");
    let transport = Transport::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .pool_config(PoolConfig::new().max_size(number(sessions) as u32))
        .build();
    let work = Arc::new(Work {
        transport,
        letters: Letters::new(number(bytes)),
        signing: Signing::load(signature, key.first()),
    });
    work.clone().send(number(sessions), WARM_UP).await;
    let start = Instant::now();
    work.send(number(sessions), number(letters)).await;
    println!("{}", start.elapsed().as_secs_f64());
}

struct Work {
    transport: Transport,
    letters: Letters,
    signing: Signing,
}

impl Work {
    async fn send(self: Arc<Self>, sessions: usize, letters: usize) {
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..sessions {
            let (work, next) = (self.clone(), next.clone());
            tasks.spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= letters {
                        break;
                    }
                    let mut message = work.letters.build(n);
                    work.signing.sign(&mut message);
                    work.transport.send(message).await.expect("sent");
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("a task");
        }
    }
}
