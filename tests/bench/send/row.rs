//! One row: its rounds and what they gave.

use super::letters::Ledger;
use super::ours::Ours;
use super::rivals::Rival;
use super::settings::{Pace, Setting};
use super::sink::Sink;
use crate::figures::{Figures, rest};

/// So many letters tell how fast a sender is, about.
const TRIAL: usize = 400;
/// At least and at most so many in a round.
const LETTERS: (f64, f64) = (100.0, 20_000.0);

/// What the rounds of one setting gave.
pub struct Row {
    round_trip_ms: f64,
    rates: Vec<f64>,
    micros: Vec<f64>,
    rivals: Vec<Against>,
    failures: Vec<String>,
}

struct Against {
    rival: Rival,
    letters: usize,
    rates: Vec<f64>,
    micros: Vec<f64>,
    has_failed: bool,
}

impl Row {
    /// One uncounted trial of each sender, then the rounds; in each the senders' order moves on by one.
    pub fn measure(setting: &Setting, rivals: &[Rival], pace: Pace) -> Result<Row, String> {
        let sink = Sink::start(setting.round_trip_ms)?;
        let ours = Ours::new(setting)?;
        let enough = |rate: f64| (rate * pace.seconds).clamp(LETTERS.0, LETTERS.1) as usize;
        let trial = ours.send(&sink, &Ledger::of(TRIAL, setting));
        let ledger = Ledger::of(enough(trial.rate), setting);
        let (mut against, mut failures) = (Vec::new(), Vec::new());
        for rival in rivals {
            let word = rival.kind().word();
            if !rival.can_sign(setting.signature) {
                failures.push(format!("{word}: it has no {} signatures", setting.signature.word()));
                continue;
            }
            match rival.send(&sink, setting, TRIAL / 2, ours.key()) {
                Ok(sent) => {
                    let letters = enough(sent.rate);
                    against.push(Against {
                        rival: rival.clone(),
                        letters,
                        rates: Vec::new(),
                        micros: Vec::new(),
                        has_failed: false,
                    });
                }
                Err(reason) => failures.push(format!("{word}: {reason}")),
            }
        }
        let mut row = Row {
            round_trip_ms: sink.measure_round_trip(),
            rates: Vec::new(),
            micros: Vec::new(),
            rivals: against,
            failures,
        };
        let senders = row.rivals.len() + 1;
        for round in 0..pace.rounds {
            for turn in 0..senders {
                rest();
                row.send((round + turn) % senders, setting, &sink, &ours, &ledger);
            }
        }
        row.rivals.retain(|against| against.rates.len() == pace.rounds);
        Ok(row)
    }

    /// Ours is sender 0. A rival that fails once sends no more.
    fn send(&mut self, sender: usize, setting: &Setting, sink: &Sink, ours: &Ours, ledger: &Ledger) {
        if sender == 0 {
            let sent = ours.send(sink, ledger);
            self.rates.push(sent.rate);
            return self.micros.push(sent.micros);
        }
        let against = &mut self.rivals[sender - 1];
        if against.has_failed {
            return;
        }
        match against.rival.send(sink, setting, against.letters, ours.key()) {
            Ok(sent) => {
                against.rates.push(sent.rate);
                against.micros.push(sent.micros);
            }
            Err(reason) => {
                against.has_failed = true;
                self.failures.push(format!("{}: {reason}", against.rival.kind().word()));
            }
        }
    }

    /// Prints it: letters a second of each, ours as a multiple of each, processor time.
    pub fn print(&self, setting: &Setting) {
        let measured = match setting.round_trip_ms {
            0 => String::new(),
            _ => format!(" (round trip measured: {:.2} ms)", self.round_trip_ms),
        };
        println!("{setting}{measured}");
        let mut rates = format!("treff {}", Figures::of(self.rates.clone()).written(0, ""));
        for against in &self.rivals {
            let figures = Figures::of(against.rates.clone());
            rates += &format!("; {} {}", against.rival.kind().word(), figures.written(0, ""));
        }
        println!("    letters a second: {rates}");
        for against in &self.rivals {
            let kind = against.rival.kind();
            let ratio = Figures::ratios(&self.rates, &against.rates);
            let target = setting.ratio_wanted(kind);
            let verdict = target.map(|least| judge(ratio.median() >= least, &format!("at least {least} x")));
            let named = format!("against {}", kind.word_when(setting.signature));
            println!("    {named}: {}{}", ratio.written(2, " x"), verdict.unwrap_or_default());
        }
        let micros = Figures::of(self.micros.clone());
        let target = setting.micros_wanted();
        let verdict = target.map(|most| judge(micros.median() <= most, &format!("at most {most} us")));
        println!("    sender's CPU per letter: {}{}", micros.written(0, " us"), verdict.unwrap_or_default());
        for against in &self.rivals {
            let theirs = Figures::of(against.micros.clone());
            let ratio = Figures::ratios(&self.micros, &against.micros);
            let kind = against.rival.kind().word();
            println!("    {kind}'s: {}; ours is {}", theirs.written(0, " us"), ratio.written(2, " x"));
        }
        for failure in &self.failures {
            println!("    not compared: {failure}");
        }
        println!();
    }
}

fn judge(is_met: bool, target: &str) -> String {
    format!("; target {target}: {}", if is_met { "met" } else { "MISSED" })
}
