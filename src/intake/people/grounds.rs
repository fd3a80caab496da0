//! On what ground a file's people may be stored as sitting for unions. A row that does not say is taken like any other, and
//! told of; what stands, and what somebody withdrew themselves, no file changes.

use super::fault::{Fault, Slip};
use super::organisations::{Catalogue, OrganisationIx};
use crate::forum::{OrganisationKind, UnionGround};

/// What a row says of whom it represents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GroundSaid {
    pub represents: OrganisationIx,
    pub ground: Option<UnionGround>,
    pub line: usize,
}

/// What stands of a person and a union.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroundStands {
    Open,
    Withdrawn,
    Nothing,
}

/// What a file's rows come to, of one person or of all. Lines are those of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groundless {
    /// Rows for unions that say no ground, for somebody of whom none is recorded.
    pub unsaid: Vec<usize>,
    /// Rows for unions for somebody who withdrew it.
    pub withdrawn: Vec<usize>,
    /// Rows that say one for somebody who represents no union by them.
    pub idle: Vec<usize>,
}

impl Groundless {
    /// In the order of the file, each line once.
    pub(super) fn settle(&mut self) {
        for lines in [&mut self.unsaid, &mut self.withdrawn, &mut self.idle] {
            lines.sort_unstable();
            lines.dedup();
        }
    }

    /// In English, as commands say it.
    pub(super) fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        if !self.unsaid.is_empty() {
            told.push(format!(
                "{}: somebody sits for a union there, and nobody said on what ground that may be stored (GDPR art. 9); \
                 write consent or published in a column union_ground and import again, or say it on the person's page \
                 at the desk",
                name_lines(&self.unsaid)
            ));
        }
        if !self.withdrawn.is_empty() {
            told.push(format!(
                "{}: this person withdrew the ground on which it was stored that they sit for a union, and no import brings \
                 it back; ask them, or make the place vacant",
                name_lines(&self.withdrawn)
            ));
        }
        if !self.idle.is_empty() {
            told.push(format!(
                "{}: a union_ground says nothing of who represents no union, and was passed over",
                name_lines(&self.idle)
            ));
        }
        told
    }
}

/// So many lines are named; of more it is said how many there are.
const NAMED: usize = 5;

/// "lines 2, 5 and 9", "lines 2, 3, 4, 5, 6 and 40 others".
fn name_lines(lines: &[usize]) -> String {
    let named: Vec<String> = lines.iter().take(NAMED).map(usize::to_string).collect();
    match (named.as_slice(), lines.len().saturating_sub(NAMED)) {
        ([one], 0) => format!("line {one}"),
        ([first @ .., last], 0) => format!("lines {} and {last}", first.join(", ")),
        (named, 1) => format!("lines {} and 1 other", named.join(", ")),
        (named, more) => format!("lines {} and {more} others", named.join(", ")),
    }
}

/// The first row of a person that says another ground for the same organisation than an earlier one.
pub(super) fn find_contradiction(said: &[GroundSaid], next: &[GroundSaid]) -> Option<Fault> {
    next.iter().find_map(|row| {
        let alike = |first: &&GroundSaid| first.represents == row.represents && first.ground.is_some();
        let first = said.iter().find(alike)?;
        let (this, that) = (row.ground?.word(), first.ground?.word());
        let sentence = format!(
            "{this} contradicts line {} of the same address, which says {that}; keep one",
            first.line
        );
        (this != that).then(|| Slip::Contradiction(this.to_owned(), that.to_owned()).told(sentence))
    })
}

/// What is recorded of one person; what is not goes to `groundless`.
pub(super) fn weigh_grounds(
    said: &[GroundSaid],
    catalogue: &Catalogue,
    stands: impl Fn(OrganisationIx) -> GroundStands,
    groundless: &mut Groundless,
) -> Vec<(OrganisationIx, UnionGround)> {
    let is_union = |row: &GroundSaid| catalogue.get(row.represents).kind == OrganisationKind::Union;
    let mut recorded = Vec::new();
    let mut weighed = Vec::new();
    for row in said {
        if !is_union(row) {
            let beside = said.iter().any(|other| other.line == row.line && is_union(other));
            groundless.idle.extend(row.ground.filter(|_| !beside).map(|_| row.line));
            continue;
        }
        if weighed.contains(&row.represents) {
            continue;
        }
        weighed.push(row.represents);
        let alike = || said.iter().filter(|other| other.represents == row.represents);
        let given = alike().find_map(|other| other.ground);
        match (stands(row.represents), given) {
            (GroundStands::Open, _) => {}
            (GroundStands::Nothing, Some(ground)) => recorded.push((row.represents, ground)),
            (GroundStands::Withdrawn, _) => groundless.withdrawn.extend(alike().map(|other| other.line)),
            (GroundStands::Nothing, None) => groundless.unsaid.extend(alike().map(|other| other.line)),
        }
    }
    recorded
}

/// A ground, in English or Norwegian.
pub(super) fn ground_of(text: &str) -> Result<UnionGround, Fault> {
    match text.trim().to_lowercase().as_str() {
        "samtykke" => Ok(UnionGround::Consent),
        "offentlig" | "offentleg" => Ok(UnionGround::Published),
        other => UnionGround::from_word(other).ok_or_else(|| {
            let sentence = "is no ground on which it may be stored that somebody sits for a union; write consent or \
                            published (samtykke, offentlig)";
            Slip::UnionGround(text.to_owned()).told(format!("\"{text}\" {sentence}"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_said_in_either_language() {
        for (text, ground) in [
            ("consent", UnionGround::Consent),
            ("Samtykke", UnionGround::Consent),
            ("published", UnionGround::Published),
            ("offentleg", UnionGround::Published),
        ] {
            assert_eq!(ground_of(text).ok(), Some(ground), "{text}");
        }
        assert!(ground_of("ja").is_err());
    }

    #[test]
    fn the_first_lines_are_named_and_the_others_counted() {
        assert_eq!(name_lines(&[2]), "line 2");
        assert_eq!(name_lines(&[2, 5, 9]), "lines 2, 5 and 9");
        assert_eq!(name_lines(&[2, 3, 4, 5, 6]), "lines 2, 3, 4, 5 and 6");
        assert_eq!(name_lines(&[2, 3, 4, 5, 6, 7]), "lines 2, 3, 4, 5, 6 and 1 other");
        assert_eq!(name_lines(&(2..42).collect::<Vec<_>>()), "lines 2, 3, 4, 5, 6 and 35 others");
    }
}
