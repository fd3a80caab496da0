//! What words say only of a case that may be, and advice: "if the address does not exist, check it". It tells nothing of what has
//! happened, so the tables never see it.

/// So begin sentences that tell of no fact.
#[rustfmt::skip]
const CONDITIONS: &[&str] = &[
    "if", "in case", "unless", "please check", "please verify", "please make sure", "dersom", "hvis", "viss", "om", "vennligst sjekk",
    "ver vennleg å sjekke", "kontroller at", "sjekk at", "ifall", "såvida", "kontrollera att", "falls", "wenn", "sollte",
    "bitte prüfen", "bitte überprüfen", "prüfen sie", "si", "s'il", "au cas où", "veuillez vérifier", "vérifiez", "jos", "als", "indien",
    "controleer", "por favor verifique", "por favor compruebe",
];

/// Sentences that begin like one.
const FACTS: &[&str] = &["si è", "si e'"];

/// Where a sentence ends.
const ENDS: &[&str] = &[". ", "! ", "? ", "; ", "。"];

/// A text (flattened) without its sentences that begin with a condition. A reply code ends one, for a program's words begin with it.
pub(super) fn without_conditions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (sentence, behind) = rest.split_at(end_of_sentence(rest));
        match is_condition(sentence) {
            true => kept.push_str(from_code(sentence)),
            false => kept.push_str(sentence),
        }
        rest = behind;
    }
    kept
}

fn end_of_sentence(text: &str) -> usize {
    let ends = ENDS.iter().filter_map(|end| text.find(end).map(|at| at + end.len()));
    ends.min().unwrap_or(text.len())
}

fn is_condition(sentence: &str) -> bool {
    let bare = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins = |words: &&str| {
        bare.strip_prefix(*words)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\''))
    };
    CONDITIONS.iter().any(begins) && !FACTS.iter().any(begins)
}

/// What begins with a reply code; nothing if there is none.
fn from_code(sentence: &str) -> &str {
    let mut at = 0;
    for word in sentence.split(' ') {
        if is_code(word) {
            return &sentence[at..];
        }
        at += word.len() + 1;
    }
    ""
}

/// Whether a word begins with the code of a refusal: `550`, `<550-5.1.1`.
fn is_code(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits == 3 && word.starts_with(['4', '5'])
}

#[cfg(test)]
mod tests {
    use super::super::{Refusal, classify_failure, says_kind};
    use super::*;

    #[test]
    fn what_may_be_and_what_to_check_is_no_fact() {
        for words in [
            "Meldingen ble avvist av mottakerens filter. Dersom adressen ikke finnes, får du egen beskjed.",
            "Der Server antwortet nicht. Falls die Adresse nicht existiert, prüfen Sie die Schreibweise.",
            "Le message a été rejeté par le filtre. Si l'adresse n'existe pas, vérifiez l'orthographe.",
            "The server is not answering. Check for misspellings.",
            "Rejected by a content filter. Please check the recipient's email address.",
            "If the user does not answer by telephone, write again.",
            "Hvis mottakeren er ukjent, ring oss.",
        ] {
            assert_ne!(classify_failure(None, words), Refusal::Hard, "{words}");
        }
        for words in
            ["If you like it, user unknown or not, tell us", "Om brukeren ikke finnes: skriv til oss"]
        {
            assert!(!says_kind(words), "{words}");
        }
    }

    #[test]
    fn a_fact_beside_a_condition_stays() {
        for words in [
            "The address you entered does not exist. If you think it does, write to postmaster@example.test",
            "User unknown. Please check the address and try again later.",
            "If the problem continues, contact your helpdesk <550 5.1.1 user unknown>",
            "If you need help, write to us 550-5.1.1 no such user here",
            "Ifølge registeret finnes ikke adressen",
            "Omlevering mislyktes: ukjent mottaker",
            "Si è verificato un errore: destinatario sconosciuto",
            "Check for misspellings",
            "Please check the recipient's email address",
        ] {
            assert_eq!(classify_failure(None, words), Refusal::Hard, "{words}");
        }
    }

    #[test]
    fn sentences_are_kept_to_the_letter() {
        assert_eq!(without_conditions("no. if so, no such user. end"), "no. end");
        assert_eq!(without_conditions("iffy. si è rotto"), "iffy. si è rotto");
        assert_eq!(without_conditions("if so 550 no"), "550 no");
        assert_eq!(without_conditions(""), "");
    }
}
