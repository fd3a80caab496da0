//! What words say only of a case that may be, and advice: "if the address does not exist, check it". It tells nothing of what has
//! happened, so the tables never see it.

use super::flat::{flatten_front, without_addresses};

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

/// What words tell as facts, as tables of phrases have them: without conditions, and without the addresses that they name.
pub(super) fn facts_of(words: &str) -> String {
    without_addresses(&without_conditions(&flatten_front(words)))
}

/// A text (flattened) without its sentences that begin with a condition. A reply code ends one, for a program's words begin with it.
pub(super) fn without_conditions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for sentence in list_sentences(text) {
        let begins = sentence.find(char::is_alphabetic).unwrap_or(sentence.len());
        let (codes, words) = sentence.split_at(begins);
        kept.push_str(codes);
        kept.push_str(if is_condition(words) { from_code(words) } else { words });
    }
    kept
}

/// The sentences of a text (flattened), each with its sign and what stands between them.
pub(super) fn list_sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (sentence, behind) = rest.split_at(end_of_sentence(rest));
        rest = behind;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// Behind its sign, or behind "said:", where another program's words begin.
fn end_of_sentence(text: &str) -> usize {
    let mut signs = text.match_indices(['.', '!', '?', ';', ':', '。']);
    let ends = signs.find_map(|(at, sign)| {
        let end = at + sign.len();
        let is_end = match sign {
            "。" => true,
            ":" => text[..at].ends_with("said") && text[end..].starts_with(' '),
            _ => text[end..].starts_with(' '),
        };
        is_end.then_some(end)
    });
    ends.unwrap_or(text.len())
}

/// Whether a sentence begins with a condition, and not with an address like one: "jos.nilsen@example.test".
fn is_condition(sentence: &str) -> bool {
    let is_word = |rest: &str| {
        rest.starts_with([' ', ',']) && !rest.split(' ').next().is_some_and(|word| word.contains('@'))
    };
    let begins = |words: &&str| sentence.strip_prefix(*words).is_some_and(is_word);
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
            "550 If no such user exists, tell us",
            "host mx.example.test said: 550-Falls unbekannter Empfänger, bitte melden",
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
    fn an_address_that_begins_like_a_condition_is_none() {
        for local in ["jos.nilsen", "om.prakash", "if-post", "si", "als", "om", "viss,kari"] {
            let words = format!("550 <{local}@example.test>: Recipient address rejected: User unknown");
            assert_eq!(classify_failure(None, &words), Refusal::Hard, "{words}");
            let words = format!("550 {local}@example.test: no such user");
            assert_eq!(classify_failure(None, &words), Refusal::Hard, "{words}");
        }
        assert_eq!(without_conditions("si: no such user"), "si: no such user");
        assert_eq!(without_conditions("if, say, no such user. end"), " end");
    }

    #[test]
    fn sentences_are_kept_to_the_letter() {
        assert_eq!(without_conditions("no. if so, no such user. end"), "no.  end");
        assert_eq!(without_conditions("iffy. si è rotto"), "iffy. si è rotto");
        assert_eq!(without_conditions("if so 550 no"), "550 no");
        assert_eq!(without_conditions("550 if so. no"), "550  no");
        assert_eq!(without_conditions(""), "");
    }
}
