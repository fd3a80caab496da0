//! Postfix's `smtp-sink`, and the line that leads to it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::line::Line;

/// It must be there within.
const STARTS_WITHIN: Duration = Duration::from_secs(10);
/// Round trips of which the median counts.
const PINGS: usize = 21;

/// A running `smtp-sink`, near or far.
pub struct Sink {
    process: Child,
    near: SocketAddr,
    line: Option<Line>,
}

impl Sink {
    /// Starts one that seems so many milliseconds away.
    pub fn start(round_trip_ms: u64) -> Result<Sink, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let near = free.map_err(|e| format!("no free port: {e}"))?;
        let mut sink = Command::new(find_postfix("smtp-sink")?);
        if is_root() {
            sink.args(["-u", "nobody"]);
        }
        let process = sink.arg(near.to_string()).arg("1000").stdout(Stdio::null()).spawn();
        let process = process.map_err(|e| format!("smtp-sink cannot be started ({e})"))?;
        let mut sink = Sink { process, near, line: None };
        sink.wait()?;
        if round_trip_ms > 0 {
            sink.line = Some(Line::start(near, Duration::from_millis(round_trip_ms))?);
        }
        Ok(sink)
    }

    fn wait(&mut self) -> Result<(), String> {
        let start = Instant::now();
        while TcpStream::connect(self.near).is_err() {
            if start.elapsed() > STARTS_WITHIN || self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err("smtp-sink did not start".to_owned());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Where letters go.
    pub fn address(&self) -> SocketAddr {
        self.line.as_ref().map_or(self.near, |line| line.address)
    }

    /// Of a small command, in milliseconds.
    pub fn measure_round_trip(&self) -> f64 {
        let ping = || -> std::io::Result<f64> {
            let stream = TcpStream::connect(self.address())?;
            stream.set_nodelay(true)?;
            let mut answers = BufReader::new(stream.try_clone()?).lines();
            answers.next();
            let mut millis = Vec::new();
            for _ in 0..PINGS {
                let start = Instant::now();
                (&stream).write_all(b"NOOP\r\n")?;
                answers.next();
                millis.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            millis.sort_by(f64::total_cmp);
            Ok(millis[PINGS / 2])
        };
        ping().unwrap_or(f64::NAN)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A test program of Postfix, which lies where an ordinary user's PATH does not lead.
pub fn find_postfix(name: &str) -> Result<PathBuf, String> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/libexec/postfix"];
    let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
    found.ok_or_else(|| format!("{name} is not installed; it comes with Postfix (Debian: postfix)"))
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}
