//! Why a forum may keep somebody's data: the legal basis of each way in which people come in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::Names;

/// Whether a recorded source is a bare file name: an import's that was told no better one. No source to tell anybody.
pub fn is_file_name(source: &str) -> bool {
    let source = source.trim().to_lowercase();
    [".csv", ".xlsx", ".tsv", ".txt"].iter().any(|ending| source.ends_with(ending))
}

/// A recorded source as it is told to anybody; none if it is empty or a file's name.
pub fn told_source(source: &str) -> Option<&str> {
    Some(source).filter(|source| !source.trim().is_empty() && !is_file_name(source))
}

/// A legal basis (GDPR art. 6(1)). Letter d, vital interests, fits nothing that a forum does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Letter e: representatives in a public partnership.
    #[default]
    PublicTask,
    /// Letter f: not for a public authority in its own tasks.
    LegitimateInterest,
    /// Letter c: a law tells the forum to.
    LegalObligation,
    /// Letter b: with the person themselves, such as employment.
    Contract,
    /// Letter a: who signed up.
    Consent,
}

impl Basis {
    /// All of them.
    pub const ALL: [Basis; 5] = [
        Basis::PublicTask,
        Basis::LegitimateInterest,
        Basis::LegalObligation,
        Basis::Contract,
        Basis::Consent,
    ];

    /// As rows and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Basis::PublicTask => "public_task",
            Basis::LegitimateInterest => "legitimate_interest",
            Basis::LegalObligation => "legal_obligation",
            Basis::Contract => "contract",
            Basis::Consent => "consent",
        }
    }

    /// The basis that a row's word names.
    pub fn from_word(word: &str) -> Option<Basis> {
        Basis::ALL.into_iter().find(|basis| basis.word() == word)
    }
}

/// How somebody comes in without having asked. Who signs up has consented: that is no choice of the forum's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By a place in a group, from a list or at the desk.
    Place,
    /// From a list, without a place.
    List,
    /// Works at the desk.
    Staff,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 3] = [Way::Place, Way::List, Way::Staff];

    /// As files and forms write it.
    pub fn word(self) -> &'static str {
        match self {
            Way::Place => "place",
            Way::List => "list",
            Way::Staff => "staff",
        }
    }

    /// The bases that may carry it. Never consent: nobody who was put on a list has consented (art. 4 no. 11).
    pub fn bases(self) -> &'static [Basis] {
        const RECIPIENTS: [Basis; 3] = [Basis::PublicTask, Basis::LegitimateInterest, Basis::LegalObligation];
        const STAFF: [Basis; 4] =
            [Basis::PublicTask, Basis::LegitimateInterest, Basis::LegalObligation, Basis::Contract];
        match self {
            Way::Place | Way::List => &RECIPIENTS,
            Way::Staff => &STAFF,
        }
    }
}

/// A basis, and why it holds, in the forum's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Which.
    pub basis: Basis,
    /// May be empty.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub reason: Names,
}

/// What the forum relies on for each way; a public task, for no reason given, where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grounds(BTreeMap<Way, Ground>);

impl Grounds {
    /// Whether nothing is settled.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What carries a way.
    pub fn of(&self, way: Way) -> Ground {
        self.0.get(&way).cloned().unwrap_or_default()
    }

    /// The basis that carries a way.
    pub fn basis(&self, way: Way) -> Basis {
        self.0.get(&way).map_or(Basis::default(), |ground| ground.basis)
    }

    /// Settles what carries a way; what is said anyway is not kept.
    pub fn set(&mut self, way: Way, ground: Ground) {
        if ground == Ground::default() {
            self.0.remove(&way);
        } else {
            self.0.insert(way, ground);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forum::Language;

    #[test]
    fn each_basis_is_read_as_it_is_written() {
        for basis in Basis::ALL {
            assert_eq!(Basis::from_word(basis.word()), Some(basis));
            let word = serde_json::to_value(basis).expect("a basis is a word");
            assert_eq!(word, basis.word(), "files and rows say the same");
        }
        assert_eq!(Basis::from_word("vital_interests"), None);
    }

    #[test]
    fn a_file_s_name_is_no_source() {
        for name in ["people.csv", "Kopi av DELTAKERE (vanskelige) v3.CSV", "Ark.xlsx ", "a.tsv", "a.txt"] {
            assert!(is_file_name(name), "{name}");
            assert_eq!(told_source(name), None);
        }
        for source in ["deltakerlista fra fylkeskommunen", "prosjektledelsen i forumet"] {
            assert!(!is_file_name(source), "{source}");
            assert_eq!(told_source(source), Some(source));
        }
        assert!(!is_file_name("") && told_source(" ").is_none());
    }

    #[test]
    fn what_is_not_settled_is_a_public_task_and_nobody_was_put_on_a_list_by_consent() {
        let mut grounds = Grounds::default();
        for way in Way::ALL {
            assert_eq!(grounds.basis(way), Basis::PublicTask);
            assert!(!way.bases().contains(&Basis::Consent));
            assert_eq!(serde_json::to_value(way).expect("a way is a word"), way.word());
        }
        let reason = Names::one(Language::Nb, "Forumet er en forening.");
        grounds.set(Way::List, Ground { basis: Basis::LegitimateInterest, reason });
        assert_eq!(
            (grounds.basis(Way::List), grounds.basis(Way::Place)),
            (Basis::LegitimateInterest, Basis::PublicTask)
        );
        grounds.set(Way::List, Ground::default());
        assert!(grounds.is_empty());
    }
}
