//! What one cell says. Every error tells what stands there and what may stand there instead.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use unicode_normalization::UnicodeNormalization as _;

use super::fault::{Fault, Slip};
use crate::content::LEAST_LIKENESS;
use crate::forum::{
    Cadence, Facet, Forum, LONGEST_NAME, Language, OrganisationKind, Position, TermIx, plain_line,
    tell_too_long,
};
use crate::intake::sheet::Unwritten;

/// What the words of cells mean in this forum.
pub(super) struct Vocabulary<'a> {
    forum: &'a Forum,
    by_name: HashMap<(Facet, String), Vec<TermIx>>,
    /// How many unknown words were likened to known ones.
    likened: AtomicUsize,
}

/// The facets that a people file names by slug or by name.
const NAMED: [Facet; 3] = [Facet::Role, Facet::Group, Facet::Sector];

/// So many unknown words of a file are likened to known ones, which takes time; a file with more is of something else.
const LIKENED: usize = 5_000;

/// So many known words are named where none is like the one that was written.
const KNOWN: usize = 8;

impl<'a> Vocabulary<'a> {
    /// The words of `forum`.
    pub(super) fn of(forum: &'a Forum) -> Vocabulary<'a> {
        let mut by_name: HashMap<(Facet, String), Vec<TermIx>> = HashMap::new();
        for (ix, term) in forum.terms.iter().filter(|(_, term)| NAMED.contains(&term.facet)) {
            let names = forum.terms.names(ix).0.values();
            let names = names.map(|name| name.trim().to_lowercase().nfc().collect::<String>());
            for word in names.filter(|name| *name != term.slug) {
                let known = by_name.entry((term.facet, word)).or_default();
                if !known.contains(&ix) {
                    known.push(ix);
                }
            }
            // A slug beats whatever bears it as a name.
            by_name.insert((term.facet, term.slug.clone()), vec![ix]);
        }
        Vocabulary { forum, by_name, likened: AtomicUsize::new(0) }
    }

    /// The term of `facet` that a slug, `facet:slug` or a name in any language means.
    pub(super) fn term(&self, facet: Facet, text: &str) -> Result<TermIx, Fault> {
        let lower = text.to_lowercase();
        let word = match lower.split_once(':') {
            Some((before, after)) if before.trim() == facet.word() => after.trim().to_owned(),
            _ => lower,
        };
        match self.by_name.get(&(facet, word.clone())).map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some(several) => {
                let slugs: Vec<_> = several.iter().map(|ix| self.slug(*ix)).collect();
                let sentence = format!("\"{text}\" names several; write one of {}", slugs.join(", "));
                let slugs = slugs.into_iter().map(str::to_owned).collect();
                Err(Slip::Several(text.to_owned(), slugs).told(sentence))
            }
            None => Err(self.unknown(facet, text, &word)),
        }
    }

    /// A group with a position: `health/leader`; a member if none is given.
    pub(super) fn seat(&self, text: &str) -> Result<(TermIx, Position), Fault> {
        let whole = self.term(Facet::Group, text);
        let Some((group, position)) = text.rsplit_once('/') else {
            return whole.map(|group| (group, Position::Member));
        };
        // A name such as "HR/opplæring" has its own slash.
        if let Ok(group) = whole {
            return Ok((group, Position::Member));
        }
        let position = position.trim();
        let known = position_of(position).map_err(|e| Slip::Position(position.to_owned()).told(e));
        Ok((self.term(Facet::Group, group.trim())?, known?))
    }

    /// See [`cadence_of`].
    pub(super) fn cadence(&self, text: &str) -> Result<Cadence, Fault> {
        cadence_of(self.forum, text).map_err(|e| Slip::Cadence(text.to_owned()).told(e))
    }

    fn slug(&self, ix: TermIx) -> &str {
        &self.forum.terms.term(ix).slug
    }

    fn unknown(&self, facet: Facet, text: &str, word: &str) -> Fault {
        // What is longer than any name is like none of them.
        let is_likened =
            word.chars().count() <= LONGEST_NAME && self.likened.fetch_add(1, Ordering::Relaxed) < LIKENED;
        let known = self.by_name.iter().filter(|((of, _), _)| is_likened && *of == facet);
        let nearest = known
            .map(|((_, name), terms)| (strsim::normalized_damerau_levenshtein(word, name), terms))
            .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
            .flat_map(|(likeness, terms)| terms.iter().map(move |ix| (likeness, self.slug(*ix))))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
        let slip = Slip::Unknown(facet, text.to_owned(), nearest.map(|(_, slug)| slug.to_owned()));
        slip.told(match nearest {
            _ if text.contains([';', '\n']) => {
                format!("unknown {} {text:?}; part several values with | or ,", facet.word())
            }
            Some((_, slug)) => format!("unknown {} \"{text}\"; did you mean \"{slug}\"?", facet.word()),
            None => format!("unknown {} \"{text}\"; {}", facet.word(), self.list_known(facet)),
        })
    }

    /// What the forum has of a facet; of many some.
    fn list_known(&self, facet: Facet) -> String {
        let own = self.forum.terms.iter().filter(|(_, term)| term.facet == facet);
        let known: Vec<&str> = own.map(|(_, term)| term.slug.as_str()).collect();
        match known.as_slice() {
            [] => "the forum file has none".to_owned(),
            few if few.len() <= KNOWN => format!("the forum has {}", few.join(", ")),
            many => format!("the forum has {} and {} others", many[..KNOWN].join(", "), many.len() - KNOWN),
        }
    }
}

/// A cadence that the forum has times for: its word, that in Norwegian, or what pages call it.
///
/// # Errors
/// A sentence that names those it has.
pub fn cadence_of(forum: &Forum, text: &str) -> Result<Cadence, String> {
    let cadence = match text.trim().to_lowercase().as_str() {
        "daglig" | "dagleg" | "hver dag" | "kvar dag" | "every day" => Cadence::Daily,
        "ukentlig" | "vekentleg" | "hver uke" | "kvar veke" | "every week" => Cadence::Weekly,
        "månedlig" | "månadleg" | "hver måned" | "kvar månad" | "every month" => Cadence::Monthly,
        "samling" | "bare rundt samlinger" | "berre rundt samlingar" | "only around gatherings" => {
            Cadence::Gathering
        }
        // Pages say more of it: "Hver dag når det er noe nytt".
        day if ["hver dag ", "kvar dag ", "every day "].iter().any(|word| day.starts_with(word)) => {
            Cadence::Daily
        }
        other => other.parse().map_err(|_| unknown_cadence(text))?,
    };
    if cadence == Cadence::Urgent {
        return Err(unknown_cadence(text));
    }
    if forum.settings.has_times(cadence) {
        return Ok(cadence);
    }
    let defined: Vec<_> = forum.settings.cadences.keys().map(|c| c.word()).collect();
    Err(format!(
        "the forum sends nothing {cadence}; choose one of {}, or add it under [cadence] in the forum file",
        defined.join(", ")
    ))
}

fn unknown_cadence(text: &str) -> String {
    format!("unknown cadence \"{text}\"; the cadences are daily, weekly, monthly and gathering")
}

/// A position, in English or Norwegian.
fn position_of(text: &str) -> Result<Position, String> {
    match text.to_lowercase().as_str() {
        "leder" | "leiar" => Ok(Position::Leader),
        "medlem" => Ok(Position::Member),
        "vara" | "varamedlem" => Ok(Position::Deputy),
        "sekretær" => Ok(Position::Secretary),
        "observatør" => Ok(Position::Observer),
        _ => text.parse(),
    }
}

/// The kind of an organisation, in English or Norwegian.
pub(super) fn kind_of(text: &str) -> Result<OrganisationKind, Fault> {
    let kind = match text.trim().to_lowercase().as_str() {
        "fylkeskommune" | "fylke" => OrganisationKind::County,
        "kommune" => OrganisationKind::Municipality,
        "stat" | "statlig" | "statleg" => OrganisationKind::State,
        "universitet" | "høgskole" | "høyskole" | "høgskule" => OrganisationKind::University,
        "universitet/høgskole" | "universitet/høyskole" => OrganisationKind::University,
        "skole" | "skule" | "videregående skole" | "vidaregåande skule" | "fagskole" | "fagskule" => {
            OrganisationKind::School
        }
        "arbeidsgiver" | "arbeidsgiverorganisasjon" | "arbeidsgivere" | "arbeidsgjevar" | "arbeidsgivar" => {
            OrganisationKind::Employers
        }
        "fagforening" | "fagforeining" | "fagorganisasjon" | "fagforbund" => OrganisationKind::Union,
        "bedrift" => OrganisationKind::Company,
        "frivillig" | "frivillig organisasjon" => OrganisationKind::Voluntary,
        "annet" | "anna" | "andre" => OrganisationKind::Other,
        _ => return text.parse().map_err(|e: String| Slip::Kind(text.to_owned()).told(e)),
    };
    Ok(kind)
}

/// A language by its tag or its name.
pub(super) fn language_of(text: &str) -> Result<Language, Fault> {
    text.parse().map_err(|e: String| Slip::Language(text.to_owned()).told(e))
}

/// Yes or no, in English or Norwegian, or as spreadsheets write a truth value.
pub(super) fn yes_or_no(text: &str) -> Result<bool, Fault> {
    match text.to_lowercase().as_str() {
        "yes" | "ja" | "true" | "sann" => Ok(true),
        "no" | "nei" | "false" | "usann" => Ok(false),
        _ => {
            Err(Slip::YesNo(text.to_owned())
                .told(format!("\"{text}\" is neither yes nor no; write one of them")))
        }
    }
}

/// More values than anybody has of anything.
const MOST_VALUES: usize = 200;

/// The values of a cell, parted by `|` or `,`; each once, in the order given.
pub(super) fn values(cell: &str) -> Result<Vec<&str>, Fault> {
    let mut values = Vec::new();
    for value in cell.split(['|', ',']).map(str::trim).filter(|value| !value.is_empty()) {
        if values.contains(&value) {
            continue;
        }
        if values.len() == MOST_VALUES {
            return Err(Fault::from(format!(
                "more than {MOST_VALUES} values stand here; write those of this person only"
            )));
        }
        values.push(value);
    }
    Ok(values)
}

/// What spreadsheets write where a formula failed, in English and Norwegian.
const FAILED: [&str; 14] = [
    "#N/A",
    "#I/T",
    "#REF!",
    "#REFERANSE!",
    "#NAME?",
    "#NAVN?",
    "#VALUE!",
    "#VERDI!",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#DATA!",
];

/// The text, unless it is what a formula left that failed.
pub(super) fn unfailed(text: &str) -> Result<&str, Fault> {
    if !FAILED.contains(&text) {
        return Ok(text);
    }
    let sentence =
        format!("{text} is what a formula leaves that found nothing or failed; write the value itself");
    Err(Slip::Formula(text.to_owned()).told(sentence))
}

/// What is wrong with a cell that holds something in place of text; `text` is what it shows.
pub(super) fn fault_of(unwritten: Unwritten, text: &str) -> Fault {
    match unwritten {
        Unwritten::Date => Slip::Date(text.to_owned()).told(format!(
            "this is a date or a time ({text}), and no text; format the cell as text, and write there what is meant"
        )),
        Unwritten::Formula => Slip::Unvalued.told(
            "a formula stands here whose value the file does not hold; open the workbook in a spreadsheet and save it \
             once, or write the value itself",
        ),
    }
}

/// A name on one line, no longer than names are.
pub(super) fn name_of(cell: &str) -> Result<String, Fault> {
    let name = plain_line(cell);
    match tell_too_long("the name", &name) {
        Some(sentence) => Err(Slip::TooLong.told(sentence)),
        None => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_nothing_that_turns_it_or_breaks_its_line() {
        assert_eq!(name_of("Kari\u{202e}\u{7} \n\u{200f}Nes\u{2069}"), Ok("Kari Nes".to_owned()));
    }

    #[test]
    fn a_cell_has_so_many_values_and_no_more() {
        let cell = |count: usize| (0..count).map(|at| at.to_string()).collect::<Vec<_>>().join("|");
        assert_eq!(values(&cell(MOST_VALUES)).map(|values| values.len()), Ok(MOST_VALUES));
        assert!(values(&cell(MOST_VALUES + 1)).is_err());
    }

    #[test]
    fn a_kind_of_organisation_is_known_in_nynorsk_too() {
        for (text, kind) in [
            ("Fagforeining", OrganisationKind::Union),
            ("statleg", OrganisationKind::State),
            ("fagskule", OrganisationKind::School),
            ("arbeidsgivar", OrganisationKind::Employers),
        ] {
            assert_eq!(kind_of(text).ok(), Some(kind), "{text}");
        }
    }
}
