//! Whether words of leaving mean that whoever the answer is of has left for good. "I have left the office", "jeg har sluttet å lese
//! e-post", "min leder har sluttet" do not; nor does anything beside a holiday. In doubt nobody has left.

use std::ops::Range;

use super::sentences::list_sentences;
use super::succession::speaks_of_absence;

/// Right behind it: what they have left off, or left behind.
#[rustfmt::skip]
const GOES_ON: &[&str] = &[
    "å", "att", "med", "for", "für", "pour", "in", "inn", "my", "the building", "the desk", "the phone", "zu hause",
];

/// The same of work that is done no longer: "ikke lenger med denne saken".
pub(super) const GOES_ON_WITH: &[&str] = &["å", "att", "med", "mit"];

/// Behind it and begun like one of those, but for good.
#[rustfmt::skip]
const FOR_GOOD: &[&str] = &[
    "for good", "for godt", "for alltid", "for ever", "for aldersgrensen", "for aldersgrense", "my job", "my position", "my role", "my post",
    "my employment", "med pensjon", "med afp", "med øyeblikkelig", "med umiddelbar",
];

/// Before it: somebody beside the writer.
#[rustfmt::skip]
const ANOTHER: &[&str] = &[
    "min", "mi", "mitt", "mine", "mina", "my", "mein", "meine", "mon", "ma", "tidligere", "tidlegare", "tidigare", "former", "ehemaliger",
    "ehemalige", "ancien", "ancienne",
];

/// Still there.
#[rustfmt::skip]
const STILL: &[&str] = &[
    "fortsatt", "fremdeles", "framleis", "fortsat", "fortfarande", "stadig", "still", "remain", "weiterhin", "toujours",
];

/// Whoever says this of any sentence is away and comes back: parts of words.
#[rustfmt::skip]
const ON_LEAVE: &[&str] = &[
    "ferie", "permisjon", "orlov", "barsel", "sykmeld", "sjukmeld", "sykemeld", "sygemeld", "avspaser", "föräldraledig", "tjänstledig",
    "holiday", "vacation", "maternity", "parental", "sabbatical", "urlaub", "elternzeit", "mutterschutz", "vacances",
];

/// The same, as whole words.
const ON_LEAVE_WORDS: &[&str] =
    &["kurs", "kurset", "syk", "sjuk", "sick", "semester", "krank", "malade", "congé", "congés"];

/// What may stand at the end of a phrase's last word: "employée", "stillingen".
const ENDINGS: &[&str] = &["", "e", "es", "s", "n", "en", "a", "et", "t", "enes"];

/// Whether an answer (lower case, in one line) speaks of leave anywhere.
pub(super) fn speaks_of_leave(lower: &str) -> bool {
    let is_leave = |word: &&str| {
        !word.contains('@')
            && (ON_LEAVE_WORDS.contains(word) || ON_LEAVE.iter().any(|part| word.contains(part)))
    };
    list_sentences(lower).iter().any(|words| words.iter().any(|word| is_leave(&word)))
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
    let begins = ends_of_sentences(&lower[..at]).last().unwrap_or(0);
    let ends = ends_of_sentences(&lower[at..]).next().map_or(lower.len(), |end| at + end);
    let sentence = &lower[begins..ends];
    let sentences = list_sentences(sentence);
    let is_told =
        |words: &Vec<&str>| speaks_of_absence(words) || words.iter().any(|word| STILL.contains(word));
    !sentence.trim_end().ends_with('?') && !sentences.iter().any(is_told)
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
    GOES_ON.iter().any(|words| begins(&words)) && !FOR_GOOD.iter().any(|words| begins(&words))
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
            "Takk for e-posten! Fra 1. november jobber jeg ikke lenger i kommunen",
            "Takk for e-posten, men jeg har sluttet",
            "Vår medarbeider Kari har sluttet",
            "Jeg har sluttet. På fredager er kontoret stengt",
        ] {
            assert!(finds(text), "{text}");
        }
    }
}
