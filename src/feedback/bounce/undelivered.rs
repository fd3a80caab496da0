//! "Levering til kari@example.test mislyktes": what failed, whom it was for and that it failed, in one sentence, with the
//! address in the middle. Parcels fail in the same words, so they count from programs that return mail only, or beside a code or
//! the letter.

use super::sentences::{has_phrase, list_sentences};

/// Of delivering; so begin the words.
#[rustfmt::skip]
const DELIVERY: &[&str] = &[
    "levering", "utlevering", "aflevering", "leverans", "zustellung", "toimitus", "toimituks", "toimittami", "bezorging", "remise",
    "livraison", "distribution", "entrega", "consegna", "recapito",
];

#[rustfmt::skip]
const FAILS: &[&str] = &[
    "mislyktes", "mislykkes", "mislykket", "mislyktest", "mislukkast", "mislukkas", "mislukka", "mislykkast", "feilet", "feiler", "feila",
    "feilar", "misslyckades", "misslyckats", "mislykkedes", "mislykkets", "fejlede", "fejler", "fehlgeschlagen", "gescheitert",
    "epäonnistui", "epäonnistunut", "mislukt", "échoué", "falló", "fallado", "falhou", "fallita", "fallito",
];

/// That a program could not deliver to an address.
#[rustfmt::skip]
const UNABLE: &[&str] = &[
    "kunne ikke levere", "kan ikke levere", "ikke kunne levere", "kunne ikkje levere", "kan ikkje levere", "ikkje kunne levere",
    "fikk ikke levert", "fekk ikkje levert", "feil ved levering", "feil under levering", "kunde inte leverera", "kan inte leverera",
    "inte kunde leverera", "fel vid leverans", "kunne ikke aflevere", "kan ikke aflevere", "fejl ved levering", "fejl ved aflevering",
    "ei voida toimittaa", "ei voitu lähettää", "ekki hægt að afhenda", "fehler bei der zustellung",
];

/// Before the address that it was for.
#[rustfmt::skip]
const TO: &[&str] = &[
    "til", "till", "an", "à", "osoitteeseen", "mottakeren", "mottakaren", "mottagaren", "modtageren", "adressen", "adressa",
];

/// So many words lie between the two at most.
const REACH: usize = 12;

/// Whether a sentence of a text (flattened) says that what was on its way to an address failed.
pub(super) fn says_way_failed(text: &str) -> bool {
    list_sentences(text).iter().any(|words| {
        words.windows(2).any(|pair| TO.contains(&pair[0]) && pair[1].contains('@'))
            && (is_said(words, DELIVERY, FAILS) || has_phrase(words, UNABLE, |_, _| true))
    })
}

/// Whether one of the words stands soon behind one that begins as one of the nouns do.
fn is_said(words: &[&str], nouns: &[&str], verbs: &[&str]) -> bool {
    let is_noun = |word: &str| nouns.iter().any(|noun| word.starts_with(noun));
    words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_noun(word))
        .any(|(at, _)| words[at..].iter().take(REACH).skip(1).any(|word| verbs.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_fails_on_its_way_to_an_address() {
        for text in [
            "levering til kari@example.test mislyktes. mottakeren er ukjent.",
            "leveringa til kari@example.test mislukkast: ukjend mottakar",
            "leverans till kari@example.test misslyckades.",
            "aflevering til kari@example.test mislykkedes",
            "viestin toimitus osoitteeseen kari@example.test epäonnistui",
            "kunne ikke levere til kari@example.test: brukeren finnes ikke",
            "feil ved levering til <kari@example.test>.",
        ] {
            assert!(says_way_failed(text), "{text}");
        }
        for text in [
            "levering av pakken mislyktes. skriv til post@example.test",
            "e-posten til kari@example.test kom i retur i fjor",
            "boka ble returnert til post@example.test",
            "betalingen til kari@example.test mislyktes",
            "feilet levering til kari@example.test",
            "vi kan ikke levere lunsj i dag. skriv til kari@example.test",
            "vi kan ikke levere lunsj i dag, ring kari@example.test",
            "levering av pakken til kari nes, kari@example.test, mislyktes",
            "",
        ] {
            assert!(!says_way_failed(text), "{text}");
        }
    }
}
