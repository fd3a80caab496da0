//! Whom to write to instead: the address that an automatic answer leads to, and the name before it.

use super::address::Found;
use super::sentences::list_sentences;
use super::succession::{names_new, takes_over};

/// Words that lead to the one to write to instead; those that end in a space are whole words.
#[rustfmt::skip]
const WRITE_TO: &[&str] = &[
    "kontakt", "ta kontakt med", "skriv til", "skriv venligst til", "skrive til", "kan sendes", "bruk ", "brug ", "hör av dig", "efterträd",
    "try ", "send til", "send e-post til", "send epost til",
    "send e-posten til", "send eposten til", "sendes til", "rettes til",
    "henvendelser til", "henvend deg til", "vend deg til", "videresendes til", "vidaresend", "etterfølger",
    "etterfølgjar", "overtatt av", "overteke av", "overtar etter", "erstattes av", "ny kontaktperson",
    "i stedet", "i staden", "kontakta", "vänd dig till", "mejla", "maila", "ersätts av",
    "skicka till", "henvendelse til", "efterfølger", "overtaget af", "contact", "write to", "reach out to",
    "get in touch with", "email", "e-mail", "direct", "address your", "successor", "replaced by",
    "replacement", "taken over by", "instead", "send your", "forwarded to", "wenden sie sich", "kontaktieren",
    "nachfolger", "schreiben sie", "richten sie", "ansprechpartner", "contacter", "contactez",
    "écrire à", "écrivez", "adresser", "adressez", "successeur", "remplaçant", "remplacée par",
    "remplacé par", "s'adresser",
];

/// The same, as whole words of the address's own sentence.
const ASK: &[&str] = &["ask", "spør", "spørr", "fråga", "spørg", "fragen", "demandez"];

/// Words behind the address of whoever has the work now.
#[rustfmt::skip]
const HAS_IT: &[&str] = &[
    "har overtatt", "har tatt over", "overtar", "overtek", "tar over", "har tagit över", "tar över", "har overtaget",
    "overtager", "has taken over", "is taking over", "takes over", "übernommen", "übernimmt",
    "er ansvarlig", "er nå ansvarlig", "er ny ansvarlig", "er ansvarleg", "er no ansvarleg", "er ny ansvarleg", "är ansvarig", "är nu ansvarig",
    "er nu ansvarlig", "is responsible", "is now responsible", "ist zuständig", "ist nun zuständig", "ist jetzt zuständig",
];

/// Whether words around an address say that it is the one to write to, or whose the work is now.
pub(super) fn is_led_to(text: &str, found: &Found) -> bool {
    let before = text.get(..found.at.start).unwrap_or_default();
    let from = before.floor_char_boundary(before.len().saturating_sub(160));
    let before = before[from..].to_lowercase();
    let behind = text.get(found.at.end..).unwrap_or_default();
    let behind = behind[..behind.floor_char_boundary(40)].to_lowercase();
    WRITE_TO.iter().any(|words| says(&before, words))
        || HAS_IT.iter().any(|words| behind.contains(words))
        || list_sentences(&before).last().is_some_and(|words| {
            words.iter().any(|word| ASK.contains(word)) || takes_over(words) || names_new(words)
        })
}

/// Whether words lead to somebody: one that ends in a space is no part of another ("industry").
fn says(text: &str, words: &str) -> bool {
    match words.strip_suffix(' ') {
        Some(whole) => text.split(|c: char| !c.is_alphanumeric()).any(|word| word == whole),
        None => text.contains(words),
    }
}

/// `write to Ola Berg (`: the words with a capital right before the address.
pub(super) fn name_before(before: &str) -> Option<String> {
    let before = before.trim_end_matches([' ', '<', '(', '[', ',', '-', '–', '"', ':']);
    let bare = without_takeover(before.rsplit(['\n', '.', ':', ';', '!']).next()?);
    let mut words: Vec<&str> = Vec::new();
    for word in bare.split_whitespace().rev() {
        let word = word.trim_matches(['"', ',', '(', ')']);
        let is_name = word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '.'));
        // "på e-post", "at": between a name and the address.
        let is_between = words.is_empty()
            && ["at", "på", "via", "e-post", "epost", "e-mail", "email", "mail", "unter", "au", "à", "with"]
                .contains(&word.to_lowercase().as_str());
        if is_name {
            words.push(word);
        } else if !is_between {
            break;
        }
    }
    words.reverse();
    // "Kontakt Ola Berg": what leads to a name is none of it.
    let leads = |word: &str| {
        let is_ask = ASK.contains(&&*word.to_lowercase());
        word == "Sie"
            || is_ask
            || WRITE_TO.iter().any(|words| words.split(' ').next() == Some(&*word.to_lowercase()))
    };
    let led = words.iter().take_while(|word| leads(word)).count();
    words.drain(..led);
    (2..=5).contains(&words.len()).then(|| words.join(" "))
}

/// `Ola Berg` of `Ola Berg overtar mine oppgaver`.
fn without_takeover(bare: &str) -> &str {
    let cut = super::succession::TAKES_OVER.iter().filter_map(|words| bare.find(&format!(" {words}"))).min();
    let behind = |cut: usize| bare[cut..].chars().any(char::is_uppercase);
    cut.filter(|cut| !behind(*cut)).map_or(bare, |cut| &bare[..cut])
}
