//! Whether mail that did not arrive is still being tried, or was given up: tables of facts, in lower case.
//!
//! Some phrases say so whatever stands beside them. What is only likely to say so counts in a clause without "not" and without a
//! reader who may try again themselves, and never against a final code or words of a hard failure.

use super::sentences::{has_phrase, list_clauses, list_sentences};
use crate::delivery::{Enhanced, Refusal, classify_told, says_any};

/// Still being tried.
#[rustfmt::skip]
const STILL_TRYING: &[&str] = &[
    "will continue to try", "will continue trying", "will continue to attempt", "will keep trying",
    "will keep on trying", "will try again", "will be retried", "will be trying again", "will retry for",
    "we will retry", "gmail will retry", "will attempt to deliver", "still trying to deliver",
    "still being tried", "delivery attempts will continue", "is being tried",
    "warning message only", "this is just a warning", "this is only a warning", "you do not need to resend",
    "you don't need to resend", "you should not try to resend", "do not resend your message",
    "no action is required on your part", "you don't need to take any action", "message delayed",
    "has been delayed", "is delayed", "delivery delayed", "(delay)", "delayed mail",
    "delayed 24 hours", "delivery incomplete", "has been postponed", "not yet been delivered",
    "hasn't been delivered yet", "has not been delivered yet", "transient non-fatal errors",
    "will be deferred", "er forsinket", "prøver på nytt i", "prøver på nytt om", "prøver igjen",
    "blir prøvd igjen", "försöker igen", "prøver igen", "versucht es", "versuchen wir", "weiter versuchen",
    "retentera", "réessaiera", "volverá a intentar", "reintentará", "tentará novamente", "tentará de novo", "riproverà",
    "probeert het", "ponowi", "повторит попыт", "повторная попытка", "er forseinka", "vil fortsette å prøve", "vil prøve igjen",
    "fortsätter att försöka", "är försenad", "er blevet forsinket", "verzögert", "weitere zustellversuche",
    "weiterhin versucht", "continuera à essayer", "continuera d'essayer", "a été retardé",
    "nouvelle tentative", "seguirá intentando", "se ha retrasado", "continuará tentando", "está atrasada",
    "è stata ritardata", "is vertraagd", "blijft proberen", "попытки доставки будут", "попытки доставить",
    "будут продолжены", "доставка задерж", "配信が遅れ", "再送を試み", "会继续尝试", "将继续尝试",
];

/// Likely still being tried, in whole words.
#[rustfmt::skip]
const TRIES_AGAIN: &[&str] = &[
    "will be tried again", "will be attempted again", "will be reattempted", "is being retried", "keeps trying", "continues to try",
    // nb, nn, da, sv
    "leveringen er forsinket", "levering forsinket", "leveringa er forseinka", "levering forseinka", "fortsetter å prøve",
    "fortset å prøve", "held fram med å prøve", "fortsetter å forsøke", "vil fortsette å forsøke", "vil prøve på nytt",
    "vil forsøke på nytt", "vil forsøke igjen", "vil bli forsøkt igjen", "vil bli forsøkt på nytt", "blir forsøkt på nytt",
    "blir prøvd på nytt", "serveren prøver på nytt", "tjeneren prøver på nytt", "tenaren prøver på nytt", "vil blive forsøgt igen",
    "bliver forsøgt igen", "vil forsøge igen", "fortsætter med at prøve", "fortsætter med at forsøge", "har försenats",
    "kommer att försöka igen", "leverans försenad",
    // fi, de, nl, fr, es, pt, it
    "palvelin yrittää uudelleen", "yritetään uudelleen", "on viivästynyt", "wird weiter versucht", "wird erneut versucht",
    "zal opnieuw proberen", "wordt opnieuw geprobeerd", "blijven proberen", "va réessayer", "sera retenté", "continue d'essayer",
    "sigue intentando", "continuerà a tentare",
];

/// Whoever else may try again, and under what condition: somewhere in the sentence.
#[rustfmt::skip]
const READERS: &[&str] = &[
    "du", "dere", "de", "dykk", "man", "ni", "you", "your", "sie", "u", "je", "vous", "voit", "voitte", "hvis", "dersom", "viss", "når",
    "if", "when", "wenn", "falls", "sobald", "jos", "kun", "si", "quand", "cuando", "als",
];

/// The same, where they stand before it.
const BEFORE: &[&str] =
    &["før", "om", "innan", "inden", "before", "bevor", "ennen", "avant", "antes", "prima", "voordat"];

#[rustfmt::skip]
const NOT: &[&str] = &[
    "ikke", "ikkje", "inte", "ej", "nicht", "niet", "ei", "eivät", "not", "pas", "no", "non", "não", "never", "aldri", "kein",
    "keine", "keinen", "geen", "aucun", "aucune", "plus", "sin", "ingen", "inga", "ingenting", "neppe",
];

/// "Not yet", as it stands beside what was not done.
#[rustfmt::skip]
const NOT_YET: &[&str] = &[
    "ennå ikke", "foreløpig ikke", "hittil ikke", "enno ikkje", "førebels ikkje", "endnu ikke", "foreløbig ikke", "ännu inte",
    "noch nicht", "bisher nicht", "bislang nicht", "nog niet", "ei ole vielä", "pas encore", "aún no", "todavía no", "non è ancora",
    "ainda não", "not yet",
];

/// The same with "yet" behind what was not done, at the end of the clause.
const YET: &[&str] = &["ennå", "enno", "endnu", "ännu", "yet"];

#[rustfmt::skip]
const DELIVERED: &[&str] = &[
    "levert", "leveres", "leverast", "leveret", "afleveret", "levererats", "levereras", "zugestellt", "ausgeliefert", "afgeleverd",
    "bezorgd", "toimitettu", "delivered", "remis", "livré", "distribué", "entregado", "consegnato", "recapitato", "entregue",
];

/// So many words lie between "not" and what was not done at most.
const REACH: usize = 5;

/// So near to a phrase "not" denies it.
const NEAR: usize = 3;

/// What only may be so.
const IF: &[&str] = &["hvis", "dersom", "viss", "når", "if", "when", "wenn", "falls", "jos", "si", "als"];

/// Given up: whatever was said of further attempts lies behind.
#[rustfmt::skip]
const GIVEN_UP: &[&str] = &[
    "i've given up", "have given up", "has given up", "giving up", "gave up", "not going to try again",
    "will not continue trying", "will not continue to try", "aborted after", "will not try again",
    "will not be retried", "no further attempts", "no more attempts", "no longer be attempted",
    "permanent error", "permanent failure", "permanent fatal", "failed permanently", "permanently failed",
    "queue too long", "retry timeout exceeded", "delivery expired",
    "message expired", "time expired", "timeout has expired",
    "retry time not reached for any host after a long failure period", "wird nicht weiter versucht",
    "endgültig", "permanent feil",
    "has now given up", "har gitt opp", "har nå gitt opp", "har gjeve opp", "har no gjeve opp", "har givet op", "har nu givet op",
    "har gett upp", "har nu gett upp", "hat aufgegeben", "aucune nouvelle tentative", "pas de nouvelle tentative",
];

/// The same, if the sentence does not tell until when it is tried.
#[rustfmt::skip]
const GIVES_UP: &[&str] = &[
    "gives up", "no longer try", "no longer be tried", "no longer be retried", "stopped trying", "will stop trying",
    "not be tried again", "gir opp", "gir nå opp", "vil ikke prøve", "prøver ikke igjen", "prøver ikke på nytt", "prøver ikke lenger",
    "gjev opp", "gjev no opp", "vil ikkje prøve", "prøver ikkje igjen", "ikke bli forsøkt", "ikkje bli forsøkt", "ingen nye forsøk",
    "ingen flere forsøk", "giver op", "giver nu op", "ger upp", "ger nu upp", "inga fler försök", "gibt auf", "keine weiteren versuche",
    "keine weiteren zustellversuche",
];
#[rustfmt::skip]
const UNTIL: &[&str] = &[
    "before", "until", "if", "unless", "when", "after", "then", "før", "inntil", "hvis", "dersom", "viss", "når", "etter", "så", "innan",
    "tills", "efter", "inden", "indtil", "bevor", "bis", "falls", "wenn", "nach", "dag", "dager", "dagar", "døgn", "dage", "timer",
    "timar", "day", "days", "hours", "tage", "tagen", "stunden",
];

/// Whether a text (flattened) says that delivery is still being tried.
pub(super) fn is_still_tried(text: &str) -> bool {
    (says_any(text, STILL_TRYING) || is_likely_tried(text)) && !has_given_up(text)
}

/// Whether a text (flattened) says that it is tried no more.
pub(super) fn has_given_up(text: &str) -> bool {
    let gives_up =
        |words: &Vec<&str>| has_phrase(words, GIVES_UP, |_, _| !words.iter().any(|word| is_until(word)));
    let over = text.replace("before giving up", "");
    says_any(&over, GIVEN_UP) || list_sentences(text).iter().any(gives_up)
}

/// Whether a clause of a text (flattened) says that what goes to an address has not been delivered yet.
pub(super) fn names_not_yet_delivered(text: &str) -> bool {
    let has_address = |words: &[&str]| words.iter().any(|word| word.contains('@'));
    list_clauses(text).iter().any(|words| has_address(words) && is_not_yet_delivered(words))
}

/// Whether a word tells until when, or how long.
fn is_until(word: &str) -> bool {
    UNTIL.contains(&word) || word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether words are likely to say that it is still being tried, and nothing says that it failed for good.
fn is_likely_tried(text: &str) -> bool {
    (list_sentences(text).iter().any(|words| tries_again(words))
        || list_clauses(text).iter().any(|words| is_not_yet_delivered(words)))
        && !Enhanced::list(text).any(|status| status.class == 5)
        && !text.split(' ').any(is_final_code)
        && classify_told(None, text) != Refusal::Hard
}

/// Whether a word is the plain code of a final failure, or begins with it: "550-5.1.1". Any number may be one.
fn is_final_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    digits.starts_with('5') && digits.bytes().take_while(u8::is_ascii_digit).count() == 3
}

/// Whether a sentence says that it is tried again: no reader who may do it, nor "not" within so many words.
fn tries_again(words: &[&str]) -> bool {
    let denies = |words: &[&str]| words.iter().any(|word| NOT.contains(word) || word.ends_with("n't"));
    let is_meant = |at: usize, end: usize| {
        !denies(&words[at.saturating_sub(NEAR)..at])
            && !denies(&words[end..words.len().min(end + NEAR)])
            && !words[..at].iter().any(|word| BEFORE.contains(word))
    };
    has_phrase(words, TRIES_AGAIN, is_meant) && !words.iter().any(|word| READERS.contains(word))
}

/// Whether a clause says that something has not been delivered yet: "foreløpig ikke levert", "is not delivered yet".
fn is_not_yet_delivered(words: &[&str]) -> bool {
    let is_delivered = |words: &[&str]| words.iter().any(|word| DELIVERED.contains(word));
    let behind = |end: usize| &words[end..words.len().min(end + REACH)];
    let ends_so = matches!(words, [before @ .., last, yet] if YET.contains(yet)
        && DELIVERED.contains(last)
        && before.iter().rev().take(REACH).any(|word| NOT.contains(word)));
    let is_so = ends_so || has_phrase(words, NOT_YET, |_, end| is_delivered(behind(end)));
    is_so && !words.iter().any(|word| IF.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{find_idle, stands_in};
    use super::*;

    #[test]
    fn no_phrase_stands_within_another() {
        assert_eq!((find_idle(STILL_TRYING, stands_in), find_idle(GIVEN_UP, stands_in)), (None, None));
    }

    #[test]
    fn a_notice_of_delay_is_no_failure_in_any_language() {
        for text in [
            "meldingen er foreløpig ikke levert. serveren vil prøve på nytt.",
            "meldingen er ikke levert ennå. serveren fortsetter å prøve.",
            "meldinga er ikkje levert enno. tenaren held fram med å prøve.",
            "meldinga er førebels ikkje levert",
            "e-posten har ennå ikke kunnet leveres",
            "levering vil bli forsøkt igjen",
            "kunne ikke leveres, men serveren vil prøve på nytt",
            "beskeden er endnu ikke leveret",
            "beskeden vil blive forsøgt igen",
            "meddelandet har ännu inte levererats",
            "viestiä ei ole vielä toimitettu",
            "palvelin yrittää uudelleen",
            "die nachricht wurde noch nicht zugestellt",
            "die nachricht konnte bisher nicht zugestellt werden",
            "het bericht is nog niet afgeleverd",
            "le message n'a pas encore été remis",
            "une nouvelle tentative sera effectuée",
            "el mensaje aún no se ha entregado",
            "il messaggio non è ancora stato consegnato",
            "a mensagem ainda não foi entregue",
            "delivery will be retried",
            "the server will keep trying",
            "could not be delivered yet",
            "foreløpig ikke levert. se her for flere opplysninger",
        ] {
            assert!(is_still_tried(text), "{text}");
        }
    }

    #[test]
    fn until_when_it_is_tried_is_no_end_of_it() {
        for text in [
            "the server will keep trying for 5 days before giving up",
            "serveren vil prøve på nytt i 5 dager før den gir opp",
            "er forsinket. du trenger ikke prøve på nytt.",
            "er forseinka. du treng ikkje prøve på nytt.",
            "ist verzögert. sie müssen es nicht erneut versuchen.",
            "has been delayed. the server keeps trying and gives up after 5 days.",
            "will keep trying for 5 days. if it still cannot be delivered after that time, the server gives up.",
            "er forsinket. serveren prøver på nytt i 5 dager og gir opp etter det.",
            "er forsinket. serveren prøver på nytt i 5 dager før den slutter å prøve.",
            "we will keep trying for 5 days, then the server will stop trying.",
            "has been delayed. after 5 days delivery will not be tried again.",
            "servern försöker igen och ger upp efter 5 dagar.",
            "er blevet forsinket. serveren opgiver efter 5 dage.",
            "a été retardé. le serveur abandonne après 5 jours.",
            "a été retardé. vous ne recevrez pas de nouvelle notification.",
            "er forsinket. vi gir opp om fem dager.",
        ] {
            assert!(is_still_tried(text), "{text}");
        }
    }

    #[test]
    fn what_was_given_up_is_over() {
        for text in [
            "meldingen er ikke levert ennå. serveren gir opp.",
            "foreløpig ikke levert. serveren vil ikke prøve på nytt.",
            "ikkje levert enno. tenaren gjev opp",
            "endnu ikke leveret. serveren giver op",
            "noch nicht zugestellt. keine weiteren versuche",
            "n'a pas encore été remis. aucune nouvelle tentative",
            "not yet delivered. the server will no longer try",
            "has been delayed. giving up on 192.0.2.1.",
            "kunne ikke leveres etter gjentatte forsøk. serveren har nå gitt opp.",
        ] {
            assert!(!is_still_tried(text), "{text}");
        }
    }

    #[test]
    fn a_failure_is_no_delay_whatever_stands_near_not_and_yet() {
        for text in [
            "meldingen kunne ikke leveres. hvis du vil prøve på nytt, rett adressen",
            "hvis man vil prøve på nytt må adressen rettes",
            "kontroller adressen før du prøver på nytt",
            "kunne ikke leveres: brukeren finnes ikke",
            "das paket ist noch da. es wurde nicht gefunden. zugestellt",
            "ble ikke levert fordi den er større enn 10 mb",
            "kunne ikke leveres til flere enn 100 mottakere",
            "wurde nicht zugestellt, bitte prüfen sie die adresse noch einmal",
            "niet worden bezorgd, probeer het nog eens",
            "n'a pas été remis, essayez encore",
            "ble ikke levert, prøv enda en gang",
            "kunde inte levereras, kontrollera adressen ännu en gång",
            "kunne ikke leveres, prøv endnu en gang",
            "was not delivered, and we have yet to find out why",
            "nye forsøk vil ikke bli gjort",
            "nytt forsøk vil ikke bli gjort",
            "nye forsøk vil ikkje bli gjorde",
            "nye forsøk gjøres ikke",
            "nya försök görs inte",
            "nya försök kommer inte att göras",
            "es erfolgt kein erneuter zustellversuch",
            "weitere versuche finden nicht statt",
            "il n'y aura pas de nouveaux essais",
            "nye forsøg vil ikke blive foretaget",
            "serveren vil prøve på nytt aldri",
            "tarkista osoite, niin voit yrittää uudelleen",
            "effettuare un nuovo tentativo",
            "antes de un nuevo intento",
            "your client will retry",
            "vi vil prøve på nytt når du har rettet adressen",
            "wenn sie die adresse korrigieren, wird erneut versucht",
            "hvis meldingen ennå ikke er levert, spør oss",
            "den blir ikke forsøkt på nytt",
            "550 5.1.1 ukjent mottaker. ikke levert ennå.",
            "552 ikke levert ennå.",
            "brukeren finnes ikke. serveren vil prøve på nytt.",
        ] {
            assert!(!is_still_tried(text), "{text}");
        }
    }
}
