//! Whether words of leaving mean that whoever the answer is of has left for good. "I have left the office", "jeg har sluttet å lese
//! e-post", "min leder har sluttet" do not; nor does anything beside a holiday. In doubt nobody has left.

use std::ops::Range;

use super::sentences::{has_phrase, list_clauses, list_sentences};
use super::succession::speaks_of_absence;

/// Right behind it: what they have left off, or left behind.
#[rustfmt::skip]
const GOES_ON: &[&str] = &[
    "å", "att", "med", "for", "för", "für", "pour", "in", "inn", "a", "my", "the building", "the desk", "the phone", "zu hause",
];

/// The same of work that is done no longer: "ikke lenger med denne saken".
pub(super) const GOES_ON_WITH: &[&str] = &["å", "att", "med", "mit"];

/// Behind it and begun like one of those, but for good.
#[rustfmt::skip]
const FOR_GOOD: &[&str] = &[
    "for good", "for godt", "för gott", "for alltid", "for ever", "for aldersgrensen", "for aldersgrense", "my job", "my position", "my role", "my post",
    "my employment", "med pensjon", "med afp", "med øyeblikkelig", "med umiddelbar",
];

/// Before it: somebody beside the writer.
#[rustfmt::skip]
pub(super) const ANOTHER: &[&str] = &[
    "min", "mi", "mitt", "mine", "mina", "my", "mein", "meine", "mon", "ma", "tidligere", "tidlegare", "tidigare", "former", "ehemaliger",
    "ehemalige", "ancien", "ancienne",
];

/// Still there, or only without some of the work.
#[rustfmt::skip]
const STILL: &[&str] = &[
    "fortsatt", "fremdeles", "framleis", "fortsat", "fortfarande", "stadig", "still", "remain", "weiterhin", "toujours",
];

/// The same, said of the writer: with their word before it.
#[rustfmt::skip]
const RESPONSIBLE: &[(&str, &[&str])] = &[
    ("ansvarlig", &["jeg", "eg"]), ("ansvarleg", &["eg", "jeg"]), ("ansvarig", &["jag"]), ("responsible", &["i", "i'm"]),
    ("zuständig", &["ich"]), ("verantwortlich", &["ich"]),
];

/// Between clauses whose subject may be the same.
const AND: &[&str] = &["og", "och", "men", "and", "but", "und", "aber"];

/// Between a subject and what is said of it.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "er", "är", "am", "is", "bin", "ist", "nå", "no", "nu", "now", "jetzt", "dag", "i", "også", "òg", "också", "also", "auch", "blir", "ble",
    "blei", "vart",
];

/// Right before what is so no longer.
#[rustfmt::skip]
const NO_LONGER: &[&str] = &[
    "ikke", "ikkje", "inte", "not", "nicht", "lenger", "lengre", "længere", "längre", "longer", "mehr", "var", "vært", "vore", "varit",
    "været", "was", "been",
];

/// So begins what only may be so, as far as its comma.
const IF: &[&str] = &["hvis", "dersom", "viss", "om", "if", "in case", "wenn", "falls", "si"];

/// Whoever says this in any sentence is away and comes back: parts of words.
#[rustfmt::skip]
const ON_LEAVE: &[&str] = &[
    "ferie", "permisjon", "orlov", "barsel", "sykmeld", "sjukmeld", "sykemeld", "sygemeld", "avspaser", "föräldraledig", "tjänstledig",
    "holiday", "vacation", "maternity", "parental", "sabbatical", "urlaub", "elternzeit", "mutterschutz", "vacances",
    "pappaperm", "mammaperm", "foreldreperm", "fedreperm", "permitter", "tjenestereise", "tenestereise", "tjänsteres", "tjenesterejse",
    "bortreist", "bortrest",
];

/// The same, as whole words.
const ON_LEAVE_WORDS: &[&str] =
    &["kurs", "kurset", "perm", "syk", "sjuk", "sick", "semester", "krank", "malade", "congé", "congés"];

/// The same, in several words.
const ON_LEAVE_PHRASES: &[&str] = &[
    "ute av kontoret",
    "ute fra kontoret",
    "ute frå kontoret",
    "borte fra kontoret",
    "borte frå kontoret",
    "på reise",
    "på reisefot",
];

/// So far before a phrase and behind it its sentence is read.
const REACH: usize = 400;

/// What may stand at the end of a phrase's last word: "employée", "stillingen".
const ENDINGS: &[&str] = &["", "e", "es", "s", "n", "en", "a", "et", "t", "enes"];

/// Whether an answer (lower case, in one line) speaks of leave anywhere.
pub(super) fn speaks_of_leave(lower: &str) -> bool {
    let is_leave = |word: &&str| {
        !word.contains('@')
            && (ON_LEAVE_WORDS.contains(word) || ON_LEAVE.iter().any(|part| word.contains(part)))
    };
    let tells =
        |words: &Vec<&str>| words.iter().any(is_leave) || has_phrase(words, ON_LEAVE_PHRASES, |_, _| true);
    list_sentences(lower).iter().any(tells)
}

/// Whether a phrase of leaving at `at` means it: said of nobody else, of nothing that was only left off, and of no absence.
pub(super) fn is_for_good(lower: &str, at: &Range<usize>) -> bool {
    let before = &lower[..at.start];
    let clause = &before[before.rfind(['.', '!', '?', ',', ';', ':']).map_or(0, |sign| sign + 1)..];
    let is_of_another = clause.split_whitespace().any(|word| ANOTHER.contains(&word));
    let behind = &lower[at.end..];
    let word = behind.find(|c: char| !c.is_alphanumeric()).unwrap_or(behind.len());
    let (ending, behind) = behind.split_at(word);
    ENDINGS.contains(&ending)
        && !is_of_another
        && !goes_on(behind.trim_start_matches(' '))
        && is_of_no_absence(lower, at.start)
}

/// Whether the sentence of what stands at `at` asks nothing, and tells neither of absence nor that they are still there.
pub(super) fn is_of_no_absence(lower: &str, at: usize) -> bool {
    let before = &lower[lower.floor_char_boundary(at.saturating_sub(REACH))..at];
    let behind = &lower[at..lower.floor_char_boundary(at + REACH)];
    let begins = at - before.len() + ends_of_sentences(before).last().unwrap_or(0);
    let sentence = &lower[begins..at + ends_of_sentences(behind).next().unwrap_or(behind.len())];
    let sentences = list_sentences(sentence);
    let is_behind_comma = lower[begins..at].contains(',');
    let is_told = |words: &Vec<&str>| {
        let may_be = || IF.iter().any(|begins| words.join(" ").starts_with(&format!("{begins} ")));
        (!is_behind_comma && may_be())
            || speaks_of_absence(words)
            || words.iter().any(|word| STILL.contains(word))
    };
    !sentence.trim_end().ends_with('?') && !sentences.iter().any(is_told) && !is_responsible(sentence)
}

/// Whether a sentence calls its writer responsible, and not "no longer": in a clause of theirs, or one that names nobody else.
fn is_responsible(sentence: &str) -> bool {
    let clauses = list_clauses(sentence);
    let parts: Vec<&[&str]> =
        clauses.iter().flat_map(|clause| clause.split(|word| AND.contains(word))).collect();
    let is_of_writer = |at: usize, word: usize, writers: &[&str]| {
        let before = &parts[at][..word];
        let names_writer = |words: &[&str]| words.iter().any(|word| writers.contains(word));
        let names_nobody = before.iter().all(|word| BETWEEN.contains(word));
        names_writer(before) || names_nobody && parts[..at].iter().any(|part| names_writer(part))
    };
    let is_over =
        |at: usize, word: usize| word.checked_sub(1).is_some_and(|last| NO_LONGER.contains(&parts[at][last]));
    (0..parts.len()).any(|at| {
        parts[at].iter().enumerate().any(|(place, word)| {
            let told = RESPONSIBLE.iter().find(|(responsible, _)| responsible == word);
            told.is_some_and(|(_, writers)| is_of_writer(at, place, writers) && !is_over(at, place))
        })
    })
}

/// Where sentences end: not behind the number of a day, "1. november".
fn ends_of_sentences(text: &str) -> impl Iterator<Item = usize> {
    let is_end = |(at, sign): &(usize, &str)| {
        let is_day = *sign == "." && text[..*at].ends_with(|c: char| c.is_ascii_digit());
        text[at + sign.len()..].chars().next().is_none_or(char::is_whitespace) && !is_day
    };
    text.match_indices(['.', '!', '?', ';']).filter(is_end).map(|(at, sign)| at + sign.len())
}

fn goes_on(behind: &str) -> bool {
    let begins = |words: &&str| {
        behind.strip_prefix(*words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    GOES_ON.iter().any(begins) && !FOR_GOOD.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::super::successor::find_successor;

    fn finds(text: &str) -> bool {
        find_successor(&format!("{text}. Kontakt Ola Berg, ola@example.test."), Some("kari@example.test"))
            .is_some()
    }

    #[test]
    fn who_left_something_off_or_is_away_has_no_successor() {
        for text in [
            "Jeg har sluttet for dagen",
            "Jeg har sluttet for i dag, er tilbake i morgen",
            "Jeg har sluttet å lese e-post i ferien",
            "Jeg har sluttet å røyke",
            "Kommunen har sluttet å sende brev. Jeg er på kurs",
            "Vi har sluttet med telefonsentral",
            "Jeg er sykmeldt. Min leder har sluttet",
            "Min leder har sluttet",
            "Tidligere leder Per har sluttet. Jeg er på ferie til 3. august",
            "Jeg har ny jobbmobil",
            "Jeg er på ferie. Har du byttet jobb? Les mer",
            "Har du byttet jobb? Les mer",
            "Hvis Kari har sluttet, ring oss",
            "Min kollega jobber ikke lenger her",
            "Ich bin nicht mehr für Rechnungen zuständig",
            "Jag är inte längre på plats idag",
            "Je ne suis plus joignable",
            "Jeg arbeider ikke lenger med denne saken",
            "Jeg jobber ikke med helse lenger",
            "Jeg er ikke lenger leder for gruppa, men er fortsatt i kommunen",
            "Jeg er ikke lenger på kontoret i dag",
            "I have left the office for the day",
            "I've left my phone at home",
            "I have left the building",
            "I have left for a business trip and return Monday",
            "I no longer work evenings",
            "I am no longer at my desk",
            "Jag har lämnat kontoret för dagen",
            "Jag har lämnat in datorn på service",
            "Jag har slutat för dagen",
            "Jeg har forladt kontoret i dag",
            "Ich bin bis Montag nicht mehr für Sie da",
            "Je ne suis plus au bureau aujourd'hui",
            "J'ai quitté le bureau jusqu'à lundi",
            "Jeg er i perm til mai. Saksbehandler Ola har sluttet",
            "Eg er i pappaperm. Sakshandsamar Ola har slutta",
            "Jeg er ute av kontoret til 4. mai. Per har sluttet hos oss",
            "Jeg er på tjenestereise. Per har sluttet hos oss",
            "Jeg er bortreist. Per har sluttet hos oss",
            "Jeg jobber ikke lenger i 100 % stilling",
            "Eg jobbar ikkje lenger i 80% stilling",
            "Jeg har sluttet i gruppa, men er ansvarlig for skole",
            "Jeg er ikke lenger i kommunen på mandager, og er nå ansvarlig for skole",
            "Eg har fått ny jobb, men er framleis ansvarleg for helse",
            "I have left the council and am responsible for schools",
            "Hvis jeg har sluttet, ring oss",
        ] {
            assert!(!finds(text), "{text}");
        }
    }

    #[test]
    fn who_left_for_good_has_one() {
        for text in [
            "Jeg er nå pensjonist",
            "Eg er no pensjonist",
            "Jeg har gått ut i pensjon",
            "Jeg har gått av for aldersgrensen",
            "Jeg har pensjonert meg",
            "Jeg har avsluttet mitt arbeidsforhold",
            "Mitt arbeidsforhold i kommunen er avsluttet",
            "Ansettelsesforholdet er avsluttet",
            "Jeg er ikke lenger i kommunen",
            "Eg er ikkje lenger å treffe her",
            "Jeg har skiftet arbeidsgiver",
            "Siste arbeidsdag min var fredag 30. oktober",
            "Kari har gått videre til nye oppgaver utenfor kommunen",
            "Jag har avslutat min anställning",
            "Jeg har fået nyt arbejde",
            "My last day was 31 October",
            "I have left my position",
            "I have left for good",
            "Ich habe das Unternehmen verlassen",
            "J'ai pris ma retraite",
            "Je ne suis plus en poste",
            "Takk for e-posten! Fra 1. november jobber jeg ikke lenger i kommunen",
            "Takk for e-posten, men jeg har sluttet",
            "Vår medarbeider Kari har sluttet",
            "Jeg har sluttet. På fredager er kontoret stengt",
            "Hvis du får denne meldingen, er det fordi jeg har sluttet",
            "Dersom du treng svar, må du vite at eg har slutta",
            "Jeg har sluttet i kommunen og er ikke lenger ansvarlig for helse",
            "Jeg har sluttet i kommunen, der jeg var ansvarlig for helse",
            "Jeg har sluttet i kommunen, og Per er ansvarlig for helse",
            "Eg har slutta i kommunen og Per er no ansvarleg for helse",
            "I have left the council, and Per in planning is responsible for schools",
        ] {
            assert!(finds(text), "{text}");
        }
        let text = "Jeg har sluttet i kommunen, og Ola Nes (ola@example.test) er ansvarlig for fagområdet.";
        let found = find_successor(text, Some("kari@example.test"));
        assert_eq!(found.and_then(|found| found.name).as_deref(), Some("Ola Nes"));
    }
}
