//! Figures of several rounds, and how they are printed.

use std::time::{Duration, Instant};

/// How often deciding is measured.
pub const ROUNDS: usize = 7;

/// What several rounds gave, in ascending order.
#[derive(Debug, Clone)]
pub struct Figures(Vec<f64>);

impl Figures {
    /// Of at least one round.
    pub fn of(mut rounds: Vec<f64>) -> Figures {
        rounds.sort_by(f64::total_cmp);
        Figures(rounds)
    }

    /// Ratios of two things measured in the same rounds.
    pub fn ratios(above: &[f64], below: &[f64]) -> Figures {
        Figures::of(above.iter().zip(below).map(|(a, b)| a / b).collect())
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// Median, least and greatest with so many decimals.
    pub fn written(&self, decimals: usize, unit: &str) -> String {
        let (median, least, most) = (self.median(), self.0[0], self.0[self.0.len() - 1]);
        format!("{median:.decimals$}{unit} ({least:.decimals$}-{most:.decimals$})")
    }
}

/// How long `work` takes in seconds, and what it gives.
pub fn time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

/// Prints one row: what was measured, what it must reach, what it reached.
pub fn print_row(what: &str, target: &str, reached: &str) {
    println!("{what}\n    target {target}; measured {reached}\n");
}

/// Processor and cores, so that figures can be compared.
pub fn describe_machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores; median (least-greatest) of five rounds or more")
}

/// A moment for other processes between rounds, so that one long pause of the machine hits one round only.
pub fn rest() {
    std::thread::sleep(Duration::from_millis(50));
}
