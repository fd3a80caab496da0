//! The rule of all forms of the settings, and of accounts: what is saved replaces what the form showed, and nothing that
//! somebody else saved since. Who saves a form that another's overtook is shown what stands now beside what they typed;
//! saving that replaces it.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::forum::{ForumSettings, House};

/// One setting as it stands.
#[derive(Serialize)]
pub(in crate::web) struct Stands {
    label: String,
    value: String,
}

/// What stands now, where it is not what was typed.
#[derive(Serialize)]
pub(in crate::web) struct Overtaken {
    stands: Vec<Stands>,
}

impl Stands {
    /// A setting as it stands, or as it was typed.
    pub(in crate::web) fn new(label: impl Into<String>, value: impl Into<String>) -> Stands {
        Stands { label: label.into(), value: value.into() }
    }
}

impl Overtaken {
    /// These, which stand and were not typed.
    pub(in crate::web) fn by(stands: Vec<Stands>) -> Overtaken {
        Overtaken { stands }
    }

    /// Those of `standing` that `said` says otherwise; both say the same settings in the same order.
    pub(in crate::web) fn of(standing: Vec<Stands>, said: Vec<Stands>) -> Overtaken {
        let pairs = standing.into_iter().zip(said);
        Overtaken::by(pairs.filter(|(now, said)| now.value != said.value).map(|(now, _)| now).collect())
    }
}

/// Names all that `value` says, for the field `seen` of a form that was filled from it: SHA-256 in lower-case hex.
pub(in crate::web) fn name_all(value: &impl Serialize) -> String {
    hex::encode(Sha256::digest(serde_json::to_string(value).unwrap_or_default()))
}

/// The settings with the house that `read` makes of theirs; none, if what the form says of it is not what it was filled from,
/// by what `name` calls that, and would be changed.
pub(super) fn read_over(
    standing: &ForumSettings,
    (seen, name): (&str, fn(&House) -> String),
    read: impl FnOnce(&House) -> Option<House>,
) -> Option<ForumSettings> {
    let house = read(&standing.house)?;
    let may = seen == name(&standing.house) || house == standing.house;
    may.then(|| ForumSettings { house, ..standing.clone() })
}
