//! Which rows there are, and which the words choose.

use std::fmt;

use super::rivals::Kind;

/// How letters are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    None,
    Rsa,
    Ed25519,
}

impl Signature {
    pub const ALL: [Signature; 3] = [Signature::None, Signature::Rsa, Signature::Ed25519];

    pub fn word(self) -> &'static str {
        match self {
            Signature::None => "unsigned",
            Signature::Rsa => "rsa",
            Signature::Ed25519 => "ed25519",
        }
    }
}

/// What one row measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// In thousands of bytes a letter, about.
    pub kilobytes: usize,
    pub sessions: usize,
    pub round_trip_ms: u64,
    pub signature: Signature,
}

const SIZES: [usize; 2] = [5, 37];
const SESSIONS: [usize; 2] = [10, 50];
const ROUND_TRIPS_MS: [u64; 3] = [0, 1, 5];

impl Setting {
    const BASE: Setting =
        Setting { kilobytes: 37, sessions: 10, round_trip_ms: 0, signature: Signature::None };

    fn words(&self) -> [String; 4] {
        [
            format!("{}KB", self.kilobytes),
            self.sessions.to_string(),
            format!("{}ms", self.round_trip_ms),
            self.signature.word().to_owned(),
        ]
    }

    /// What DESIGN section 10 asks of our letters a second as a multiple of the rival's.
    pub fn ratio_wanted(&self, rival: Kind) -> Option<f64> {
        let same = Setting { signature: Signature::None, round_trip_ms: 0, ..*self };
        if same != Setting::BASE {
            return None;
        }
        match (rival, self.round_trip_ms, self.signature) {
            (Kind::SmtpSource, 0, Signature::None | Signature::Ed25519) => Some(1.0),
            (Kind::SmtpSource, 0, Signature::Rsa) => Some(0.48),
            (Kind::SmtpSource, 5, Signature::None) => Some(3.5),
            (Kind::Nodemailer, 0, Signature::None) => Some(13.0),
            _ => None,
        }
    }

    /// What it asks of the sender's processor time, in microseconds a letter at most.
    pub fn micros_wanted(&self) -> Option<f64> {
        let unsigned = Setting { signature: Signature::None, ..*self };
        (unsigned == Setting::BASE).then_some(match self.signature {
            Signature::None => 50.0,
            Signature::Ed25519 => 75.0,
            Signature::Rsa => 370.0,
        })
    }

    fn has_target(&self) -> bool {
        self.micros_wanted().is_some() || self.ratio_wanted(Kind::SmtpSource).is_some()
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Setting { kilobytes, sessions, round_trip_ms, signature } = self;
        write!(f, "{kilobytes} KB, {sessions} sessions, {round_trip_ms} ms, {}", signature.word())
    }
}

/// How long and how often each sender sends.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub rounds: usize,
    /// About so long a sender sends in a round.
    pub seconds: f64,
}

/// What the words choose.
#[derive(Debug)]
pub struct Choice {
    pub settings: Vec<Setting>,
    pub rivals: Vec<Kind>,
    pub pace: Pace,
}

impl Choice {
    /// Of the words behind `send`; says which words there are if one is none of them.
    pub fn read(words: &[String]) -> Result<Choice, String> {
        let given = |word: &str| words.iter().any(|w| w == word);
        let rivals: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| given(kind.word())).collect();
        let all = list_all();
        let mut known: Vec<String> = all.iter().flat_map(Setting::words).collect();
        known.extend(["quick", "full"].map(str::to_owned));
        known.extend(Kind::ALL.map(|kind| kind.word().to_owned()));
        if let Some(unknown) = words.iter().find(|word| !known.contains(word)) {
            known.sort();
            known.dedup();
            return Err(format!("there is no \"{unknown}\"; words are {}", known.join(", ")));
        }
        let settings = if given("full") { all } else { list_usual() };
        let fits = |setting: &Setting| {
            let own = setting.words();
            (0..own.len()).all(|axis| {
                let mut asked = words.iter().filter(|w| is_of_axis(w, axis)).peekable();
                asked.peek().is_none() || asked.any(|word| *word == own[axis])
            }) && (!given("quick") || setting.has_target())
        };
        Ok(Choice {
            settings: settings.into_iter().filter(fits).collect(),
            rivals: if rivals.is_empty() { Kind::ALL.to_vec() } else { rivals },
            pace: if given("quick") {
                Pace { rounds: 5, seconds: 0.5 }
            } else {
                Pace { rounds: 7, seconds: 1.2 }
            },
        })
    }
}

fn is_of_axis(word: &str, axis: usize) -> bool {
    list_all().iter().any(|setting| setting.words()[axis] == word)
}

/// The base, and each other value of each setting by itself.
fn list_usual() -> Vec<Setting> {
    let differs = |setting: &Setting| {
        let base = Setting::BASE.words();
        setting.words().iter().zip(&base).filter(|(a, b)| a != b).count()
    };
    let mut settings: Vec<Setting> = list_all().into_iter().filter(|s| differs(s) <= 1).collect();
    settings.sort_by_key(differs);
    settings
}

fn list_all() -> Vec<Setting> {
    let mut all = Vec::new();
    for signature in Signature::ALL {
        for round_trip_ms in ROUND_TRIPS_MS {
            for sessions in SESSIONS {
                for kilobytes in SIZES {
                    all.push(Setting { kilobytes, sessions, round_trip_ms, signature });
                }
            }
        }
    }
    all
}
