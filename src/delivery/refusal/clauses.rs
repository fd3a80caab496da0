//! What a failure is as a returned mail tells it, in words that mean it only as a whole clause: they are put in words that
//! [`phrases`](super::phrases) knows, so that its order of tables and its doubts hold for them too.
//!
//! "Ukjent adresse", "mottagaren okänd", "ingen slik bruker" say in two words that an address does not exist. They do so only as a
//! whole clause, of whose sentence no word is for a host or for the sender: whatever stands beside them may be what is unknown.

use std::net::IpAddr;

use super::Refusal;
use super::classify::{classify_failure, judge_reply, says_kind};
use super::flat::{bare, flatten_words, says_any};
use crate::delivery::smtp::Enhanced;

/// What a failure is told in stands at the front of its words.
const READ_WORDS: usize = 16 * 1024;

#[rustfmt::skip]
const UNKNOWN: &[&str] = &[
    "ukjent", "ukjend", "ukendt", "okänd", "okänt", "óþekktur", "óþekkt", "tuntematon", "unbekannt", "unbekannte", "unbekannter",
    "unbekanntes", "onbekend", "onbekende", "inconnu", "inconnue", "desconocido", "desconocida", "desconhecido", "desconhecida",
    "sconosciuto", "sconosciuta", "nieznany", "nieznana",
];

/// "No such": the noun stands behind.
#[rustfmt::skip]
const NO_SUCH: &[&str] = &[
    "ingen slik", "inga slik", "ingen sånn", "ingen sådan", "kein solcher", "keine solche", "kein solches", "geen dergelijke",
    "aucun tel", "aucune telle", "ningún tal", "nessun tale", "brak takiego", "brak takiej",
];

/// Who receives, and what they receive in.
#[rustfmt::skip]
const RECEIVERS: &[&str] = &[
    // nb, nn
    "bruker", "brukeren", "brukar", "brukaren", "mottaker", "mottakeren", "mottakar", "mottakaren", "adresse", "adressen", "adressa",
    "mottakeradresse", "mottakaradresse", "e-postadresse", "e-postadressen", "e-postadressa", "epostadresse", "epostadressen",
    "postboks", "postboksen", "postkasse", "postkassen", "postkassa",
    // sv, da
    "användare", "användaren", "mottagare", "mottagaren", "mottagaradress", "adress", "e-postadress", "brevlåda", "postlåda", "bruger",
    "brugeren", "modtager", "modtageren", "modtageradresse", "e-mailadresse", "mailadresse",
    // fi, is
    "vastaanottaja", "osoite", "sähköpostiosoite", "käyttäjä", "postilaatikko", "notandi", "viðtakandi", "netfang",
    // de, nl
    "benutzer", "empfänger", "empfängeradresse", "e-mail-adresse", "postfach", "gebruiker", "ontvanger", "adres", "e-mailadres",
    // fr, es, pt, it, pl
    "utilisateur", "destinataire", "usuario", "destinatario", "dirección", "buzón", "usuário", "utilizador", "destinatário", "endereço",
    "utente", "indirizzo", "casella", "użytkownik", "użytkownika", "odbiorca", "odbiorcy", "adresat", "adresata", "adresu",
];

/// The same in a clause of other words.
#[rustfmt::skip]
const NO_ADDRESS: &[&str] = &[
    "notandi er ekki til", "viðtakandi er ekki til", "netfang er ekki til", "adresse e-mail inconnue", "adresse électronique inconnue",
    "dirección de correo desconocida", "indirizzo email sconosciuto", "nieznany adres",
];

/// What else is unknown, or whose: parts of words for hosts and for the sender.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "vert", "host", "tjener", "tjänar", "tenar", "server", "palvelin", "relay", "domene", "domän", "domæn", "domain", "verkkotunnus",
    "avsend", "avsänd", "afsend", "absend", "lähettäj", "afzend", "expédit", "remitent", "mittent", "remetent", "nadawc", "sender",
];

/// The same, as whole words, and codes that refuse our own login (RFC 4954, 6).
const OTHER_WORDS: &[&str] =
    &["ip", "mx", "dns", "from", "auth", "login", "helo", "ehlo", "530", "534", "535", "538"];

/// What fills up; so begin the words. English is known to [`phrases`](super::phrases).
#[rustfmt::skip]
const MAILBOXES: &[&str] = &[
    "postboks", "postkass", "innboks", "mailboks", "e-postboks", "kvot", "konto", "brevlåd", "inkorg", "postlåd", "indbakke",
    "postilaatikko", "kiintiö", "postfach", "posteingang", "boîte", "buzón", "caixa", "casella", "postvak", "postbus", "skrzynk",
];
const IS: &[&str] = &["er", "är", "on", "ist", "est", "está", "è", "is", "jest"];
#[rustfmt::skip]
const FULL: &[&str] = &[
    "full", "fuld", "fyldt", "fylt", "overfylt", "overskredet", "overskriden", "överskriden", "täynnä", "ylitetty", "voll", "pleine",
    "lleno", "llena", "cheia", "piena", "vol", "pełna",
];

/// Not full, or only perhaps.
#[rustfmt::skip]
const HARDLY: &[&str] = &[
    "ikke", "ikkje", "inte", "nesten", "snart", "nästan", "næsten", "nicht", "fast", "bald", "niet", "bijna", "ei", "melkein", "pas",
    "presque", "no", "casi", "non", "quasi", "quase", "hvis", "dersom", "viss", "når", "om", "wenn", "falls", "als", "jos", "si", "se",
];

/// What a failure is, from its enhanced code and the words of a returned mail.
pub fn classify_told(status: Option<Enhanced>, words: &str) -> Refusal {
    classify_failure(status, &in_known_words(words))
}

/// What a relay's own refusal of a letter (5yz) says of its recipient, with the code that says it: only a code of
/// the address or mailbox kind (x.1.z, x.2.z) does, and not in the answer to MAIL. A refusal in words may be about us,
/// and would then be held against everyone.
pub fn classify_reply(text: &str) -> Option<(Refusal, Enhanced)> {
    judge_reply(text, &in_known_words(text))
}

/// Whether the words of a returned mail alone say what kind of failure it is.
pub fn tells_kind(words: &str) -> bool {
    says_kind(&in_known_words(words))
}

/// Whether a line tells that its address is unknown, right behind it: "kari@example.test: ukjent bruker"; or of its full mailbox.
pub fn tells_of_address(line: &str) -> bool {
    let line = flatten_words(line);
    let (first, rest) = line.split_once(' ').unwrap_or((&line, ""));
    let clauses: Vec<Vec<&str>> = list_clauses(&line).collect();
    let is_first = first.contains('@') && (first.ends_with(':') || rest.starts_with(['-', '–', ':']));
    let rest = rest.trim_start_matches(['-', '–', ':', ' ']).trim_end_matches('.');
    let rest: Vec<&str> = rest.split(' ').map(bare).collect();
    let is_whole = clauses.len() == 1 && list_sentences(&line).count() == 1 && line.contains('@');
    is_first && says_unknown(&rest) || is_whole && clauses.iter().any(|words| says_full(words))
}

/// The words, with what they say in words that [`phrases`](super::phrases) knows behind them. The end of a line ends a clause.
fn in_known_words(words: &str) -> String {
    let words = &words[..words.floor_char_boundary(READ_WORDS)];
    let lines: Vec<String> = words.lines().map(flatten_words).collect();
    let mut text = lines.join("\n");
    let leads = std::iter::once("").chain(lines.iter().map(String::as_str));
    // "Avsender:" in the line above is said of this one.
    let is_led = |lead: &str| lead.ends_with(':') && speaks_of_others(lead);
    let says_so = |line: &str| {
        let mut sentences = list_sentences(line).filter(|sentence| !speaks_of_others(sentence));
        sentences.any(|sentence| list_clauses(sentence).any(|clause| says_unknown(&clause)))
    };
    if leads.zip(&lines).any(|(lead, line)| says_so(line) && !is_led(lead)) {
        text.push_str(". unknown address");
    }
    let mut sentences = lines.iter().flat_map(|line| list_sentences(line));
    if sentences.any(|sentence| list_clauses(sentence).any(|clause| says_full(&clause))) {
        text.push_str(". mailbox full");
    }
    text
}

/// The sentences of a line (flattened) but for questions, without whose words they are: "host mx.example.test said:".
fn list_sentences(line: &str) -> impl Iterator<Item = &str> {
    let sentences = line.split(". ").flat_map(|part| part.split('!')).filter(|part| !part.contains('?'));
    sentences.filter_map(|sentence| sentence.rsplit("said: ").next())
}

/// The words of each clause, without codes and addresses before them.
fn list_clauses(sentence: &str) -> impl Iterator<Item = Vec<&str>> {
    let is_said_of = |word: &&str| word.contains('@') || !word.contains(char::is_alphabetic);
    sentence.split([',', ';', ':', '(', ')']).map(move |clause| {
        clause.split(' ').skip_while(is_said_of).map(bare).filter(|word| !word.is_empty()).collect()
    })
}

/// Whether a sentence speaks of a host or of the sender.
fn speaks_of_others(sentence: &str) -> bool {
    sentence.split(' ').filter(|word| !word.contains('@')).any(|word| {
        says_any(word, OTHERS)
            || word.split(|c: char| !c.is_alphanumeric()).any(|part| OTHER_WORDS.contains(&part))
            || bare(word).parse::<IpAddr>().is_ok()
    })
}

/// Whether a clause says that an address is unknown, and nothing else.
fn says_unknown(clause: &[&str]) -> bool {
    let is_pair = match clause {
        [first, second] => {
            (UNKNOWN.contains(first) && RECEIVERS.contains(second))
                || (RECEIVERS.contains(first) && UNKNOWN.contains(second))
        }
        [no, such, receiver] => {
            NO_SUCH.contains(&format!("{no} {such}").as_str()) && RECEIVERS.contains(receiver)
        }
        _ => false,
    };
    is_pair || NO_ADDRESS.contains(&clause.join(" ").as_str())
}

/// Whether a clause ends by saying that a mailbox is full, or full for whom.
fn says_full(clause: &[&str]) -> bool {
    let is_for = |word: &&&str| word.contains('@') || ["for", "til", "hos"].contains(*word);
    let clause = &clause[..clause.len() - clause.iter().rev().take_while(is_for).count()];
    let [before @ .., is, full] = clause else { return false };
    let is_mailbox = |word: &&str| MAILBOXES.iter().any(|mailbox| word.starts_with(mailbox));
    IS.contains(is)
        && FULL.contains(full)
        && before.iter().any(is_mailbox)
        && !before.iter().any(|word| HARDLY.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_address_is_a_clause_of_two_words() {
        for words in [
            "550 Ukjent adresse",
            "550 5.0.0 Ukjend mottakar.",
            "Mottakar ukjend",
            "Mottagaren okänd",
            "Ingen slik bruker",
            "Ingen slik mottaker",
            "Inga slik adresse",
            "Ingen sådan användare",
            "Ingen sådan bruger",
            "Ukendt e-mailadresse",
            "Mottakar ikkje funnen",
            "Postkassa ukjend",
            "Ukjent postkasse",
            "Postboksen ukjent",
            "Brugeren findes ikke",
            "Postlådan finns inte",
            "Notandi er ekki til",
            "Osoite tuntematon",
            "Unbekannte Adresse",
            "Kein solcher Benutzer",
            "Onbekend adres",
            "Geen dergelijke gebruiker",
            "Adresse électronique inconnue",
            "Dirección desconocida",
            "Indirizzo sconosciuto",
            "Nieznany adres",
            "Brak takiego użytkownika",
            "host mx.example.test[192.0.2.1] said: 550 Ukjent adresse (in reply to RCPT TO command)",
            "Kunne ikke levere til kari@example.test: ukjent adresse",
        ] {
            assert_eq!(classify_told(None, words), Refusal::Hard, "{words}");
            assert_eq!(classify_told(Enhanced::parse("5.0.0"), words), Refusal::Hard, "{words}");
        }
    }

    #[test]
    fn what_else_is_unknown_is_no_address_and_a_doubt_is_soft() {
        for words in [
            "Ukjent feil",
            "Ukjend feil",
            "Tuntematon virhe",
            "kari@example.test: ukjent årsak",
            "Årsaka er ukjend",
            "Feilen er ukjend",
            "Syy on tuntematon",
            "550 ukjend kommando",
            "535 ukjent brukernavn, feil passord",
            "autentisering mislyktes, ukjent brukernavn.",
            "535 unknown username or password",
            "Ingen slik fil eller filkatalog",
            "Ukjent domene",
            "Ukjent mottakerdomene",
            "Domenet til mottakeren ukjent",
            "Domän för mottagaren okänd",
            "Melding fra ukjent adresse",
            "Ukjent adresse eller domene",
            "Ukjent brukernavn eller passord",
            "Mottaker: ukjent",
            "Mottaker og adresse ukjent format",
            "Virhe tuntematon",
            "Kontoen er deaktivert",
            "Din IP adresse ukjent.",
            "550 IP adresse ukjent",
            "Vertens adresse ukjent",
            "navnetjeneren svarte: adresse ukjent",
            "Tjeneren mx.example.test: adresse ukjent",
            "MX: ukjent adresse for mx.example.test",
            "ukjent adresse 192.0.2.1",
            "192.0.2.1: ukjent adresse",
            "Ingen slik adresse (DNS)",
            "550 Feil: adresse ukjent i DNS",
            "ukjent adresse i From-feltet",
            "550 Ukjent adresse i avsenderfeltet",
            "ukjent adresse (avsender)",
            "unbekannte Adresse des Absenders",
            "ukjent konto for relay",
            "550 ukjent konto på smarthost",
            "ukjent adresse forum@forum.example.test",
            "forbindelse til ukjent adresse",
            "550 Ukjent adresse, prøv igjen senere",
            "innlogging med ukjent konto",
            "535 mottakar ukjend",
            "Avsender:\nukjent adresse",
            "Ukjent adresse? Ring oss.",
            "host mx.example.test svarte:\nukjent adresse",
            "fra en ukjent adresse.",
        ] {
            assert_eq!(classify_told(None, words), Refusal::Soft, "{words}");
        }
        assert_eq!(classify_told(None, "Avsenderen er ukjent"), Refusal::Policy);
    }

    #[test]
    fn a_full_mailbox_is_no_unknown_address() {
        let with_code = |words| classify_told(Enhanced::parse("5.1.1"), words);
        for words in [
            "postboksen til kari@example.test er full.",
            "kvoten er overskredet for kari@example.test",
            "postlådan är full",
            "indbakken er fuld",
            "postilaatikko on täynnä",
        ] {
            assert!(tells_kind(words), "{words}");
            assert_eq!(with_code(words), Refusal::Soft, "{words}");
        }
        for words in [
            "postboksen er ikke full",
            "postboksen er nesten full",
            "hvis postboksen til kari er full",
            "full fart",
            "kvoten for kari@example.test er snart brukt opp",
        ] {
            assert!(!tells_kind(words), "{words}");
        }
        for words in [
            "mailbox unknown, please use full e-mail address",
            "mailbox not found, full name required",
            "Mailbox kari does not exist, see full details at https://example.test",
            "Mailbox unknown\nFull transcript follows",
            "kontoen er ny, fullt navn mangler. Brukeren finnes ikke.",
            "postboksen er\nfull liste følger",
        ] {
            assert_eq!(with_code(words), Refusal::Hard, "{words}");
        }
        assert_eq!(
            classify_told(None, "kontoen er ny, fullt navn mangler. Brukeren finnes ikke."),
            Refusal::Hard
        );
    }

    #[test]
    fn an_address_is_told_of_in_its_own_line() {
        for line in [
            "kari@example.test: Ingen slik bruker",
            "<kari@example.test>: ukjent mottaker.",
            "kari@example.test - ukjent adresse",
            "Postboksen til kari@example.test er full.",
            "Kvoten er overskredet for kari@example.test",
        ] {
            assert!(tells_of_address(line), "{line}");
        }
        for line in [
            "kari@example.test: 3",
            "ukjent bruker: kari@example.test",
            "Ukjent adresse: kari@example.test",
            "Mislykket innlogging på kontoen kari@example.test: ukjent adresse.",
            "kari@example.test: innlogging fra ukjent adresse",
            "kari@example.test, ukjent bruker",
            "Postboksen til avdelingen er full. Ansvarlig: kari@example.test",
            "Postboksen er full, skriv til kari@example.test",
            "Kvoten er overskredet. Kontoen kari@example.test er full.",
            "Postboksen til kari@example.test er ikke full",
            "Postboksen er full",
            "",
        ] {
            assert!(!tells_of_address(line), "{line}");
        }
    }
}
