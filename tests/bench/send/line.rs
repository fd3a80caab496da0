//! A long line: a relay of bytes in a process of its own that hands everything on half a round trip later.
//!
//! Not every kernel has `netem`, and not everyone may use it. Order is kept, bandwidth is not limited: what came
//! in together goes out together. Connecting takes two round trips until the greeting, as over a real line (SYN
//! and its answer, then the last ACK and the greeting). A process of its own, so that its processor time is
//! not taken for the sender's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The word that makes this program a line instead of a benchmark.
const WORD: &str = "long-line";

/// A running line; it ends when this is dropped, or when the benchmark ends in any way.
pub struct Line {
    process: Child,
    /// Its near end.
    pub address: SocketAddr,
}

impl Line {
    /// Starts one to `far`.
    pub fn start(far: SocketAddr, round_trip: Duration) -> Result<Line, String> {
        let start = || -> std::io::Result<(Child, String)> {
            let mut process = Command::new(std::env::current_exe()?)
                .args([WORD, &far.to_string(), &round_trip.as_micros().to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let mut address = String::new();
            if let Some(output) = process.stdout.take() {
                BufReader::new(output).read_line(&mut address)?;
            }
            Ok((process, address))
        };
        let (process, address) = start().map_err(|e| format!("the long line does not start: {e}"))?;
        let address = address.trim().parse().map_err(|_| "the long line says no address".to_owned())?;
        Ok(Line { process, address })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// If the words ask for it, is the line until its standard input ends; `false` if they don't.
pub fn carry(words: &[String]) -> bool {
    let [word, far, micros] = words else { return false };
    let (WORD, Ok(far), Ok(micros)) = (word.as_str(), far.parse(), micros.parse()) else { return false };
    // Sleeping is exact to 50 us by default; threads inherit what is said here.
    let _ = std::fs::write("/proc/self/timerslack_ns", "1000");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            thread::spawn(move || connect(near, far, Duration::from_micros(micros)));
        }
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    true
}

fn connect(near: TcpStream, far: SocketAddr, round_trip: Duration) {
    thread::sleep(round_trip + round_trip / 2);
    let Ok(far) = TcpStream::connect(far) else { return };
    let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    lead(near, far, round_trip / 2);
    lead(far_again, near_again, round_trip / 2);
}

/// One direction.
fn lead(from: TcpStream, to: TcpStream, delay: Duration) {
    let (sender, receiver) = channel();
    thread::spawn(move || take_in(from, &sender, delay));
    thread::spawn(move || give_out(to, &receiver));
}

fn take_in(mut from: TcpStream, line: &Sender<(Instant, Vec<u8>)>, delay: Duration) {
    let mut bytes = vec![0; 256 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if line.send((Instant::now() + delay, bytes[..count].to_vec())).is_err() {
            break;
        }
    }
}

fn give_out(mut to: TcpStream, line: &Receiver<(Instant, Vec<u8>)>) {
    for (due_at, bytes) in line {
        thread::sleep(due_at.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
