//! "Not" beside a verb of being there or of finding, in languages in which they change places: "adressen finnes ikke", "fordi
//! adressen ikke lenger finnes", "weil die Adresse nicht gefunden wurde".

use std::ops::Range;

use super::flat::bare;

const NOT: &[&str] = &["ikke", "ikkje", "inte", "ej", "nicht", "niet"];

/// Said of what is not there.
#[rustfmt::skip]
const IS_THERE: &[&str] = &[
    "finnes", "fins", "finst", "finnast", "eksisterer", "eksistere", "eksisterar", "funnet", "funne", "funnen", "gjenkjent", "attkjend", "attkjent", "registrert",
    "findes", "fundet", "genkendt", "registreret", "finns", "finnas", "hittas", "hittades", "hittats", "existerar", "registrerad", "återfinns", "återfanns",
    "existiert", "existieren", "gefunden", "vorhanden", "bekannt", "bestaat", "bestaan", "gevonden",
];

/// Said of whoever looked for it.
#[rustfmt::skip]
const FINDS: &[&str] = &[
    "finner", "finne", "fant", "finn", "fann", "finder", "finde", "fandt", "hittar", "hitta", "hittade", "finden", "fanden", "vinden",
];

/// What may stand between the two.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "lenger", "lengre", "længere", "längre", "länger", "mer", "mere", "meir", "mehr", "meer", "kunne", "kunde", "kan", "konnte", "kann",
    "kon", "ble", "blei", "blev", "blir", "bliver", "vart", "vert", "wurde", "werden", "worden", "werd", "er", "är", "ist", "is", "å", "at",
    "att", "går", "gick", "gikk", "lar", "lot", "seg", "sig", "bli", "blitt", "vi", "dessverre", "diverre", "desværre", "tyvärr", "leider",
    "helaas",
];

/// So many words may stand between the two.
const REACH: usize = 3;

/// A text is looked at for so many words.
const READ_WORDS: usize = 4_000;

/// Where a text says that something is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Absence {
    /// "Not", the verb, and what is between.
    pub at: Range<usize>,
    /// Somebody looked for it: what it is stands behind.
    pub is_sought: bool,
}

/// The absences of a text (flattened), in their order.
pub(super) fn list_absences(text: &str) -> Vec<Absence> {
    let words = list_words(text);
    let nots = (0..words.len()).filter(|at| NOT.contains(&words[*at].bare));
    nots.flat_map(|at| {
        let behind = words[at..].iter().take(REACH + 2);
        let before = words[..=at].iter().rev().take(REACH + 2);
        let behind = find_verb(behind, |first, _| first.ends);
        let before = find_verb(before, |_, second| second.ends);
        behind.into_iter().chain(before)
    })
    .collect()
}

/// The verb that belongs to the first of some words; `parts` tells where a clause ends between two of them.
fn find_verb<'w>(
    mut words: impl Iterator<Item = &'w Word<'w>>,
    parts: impl Fn(&Word<'_>, &Word<'_>) -> bool,
) -> Option<Absence> {
    let first = words.next()?;
    let mut last = first;
    for word in words {
        if parts(last, word) {
            return None;
        }
        let is_sought = FINDS.contains(&word.bare);
        if is_sought || IS_THERE.contains(&word.bare) {
            let at = first.at.start.min(word.at.start)..first.at.end.max(word.at.end);
            return Some(Absence { at, is_sought });
        }
        if !BETWEEN.contains(&word.bare) {
            return None;
        }
        last = word;
    }
    None
}

/// A word of a text.
struct Word<'t> {
    /// Without signs around it.
    bare: &'t str,
    at: Range<usize>,
    /// A sign behind it ends a clause.
    ends: bool,
}

fn list_words(text: &str) -> Vec<Word<'_>> {
    let mut at = 0;
    text.split(' ')
        .take(READ_WORDS)
        .map(|word| {
            let begins = at;
            at += word.len() + 1;
            Word {
                bare: bare(word),
                at: begins..begins + word.len(),
                ends: word.ends_with(['.', ',', ';', ':', '!', '?', ')']),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_and_its_verb_are_found_in_either_order() {
        for (words, found) in [
            ("adressen finnes ikke", "finnes ikke"),
            ("fordi adressen ikke lenger finnes hos oss", "ikke lenger finnes"),
            ("adressa vart diverre ikkje funne.", "ikkje funne."),
            ("eftersom mottagaren inte längre kunde hittas", "inte längre kunde hittas"),
            ("modtageren findes desværre ikke", "findes desværre ikke"),
            ("die adresse konnte leider nicht gefunden werden", "nicht gefunden"),
            ("fordi vi ikke kunne finne adressen", "ikke kunne finne"),
        ] {
            let absences = list_absences(words);
            assert_eq!(absences.iter().map(|a| &words[a.at.clone()]).collect::<Vec<_>>(), [found], "{words}");
        }
        for words in ["ikke levert. finnes", "kunne ikke leveres fordi adressen finnes", "ikke", ""] {
            assert_eq!(list_absences(words), [], "{words}");
        }
    }
}
