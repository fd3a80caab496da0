//! "Does not exist", "was not found": said of addresses, and as often of hosts, folders and senders. What such words
//! mean lies in what stands before them.

use std::ops::Range;

use super::Refusal;
use super::absence::{Absence, list_absences};
use super::flat::bare;
use super::ours::{SENDERS, begins_with_ours, is_said_of_letter, is_said_of_ours};
use super::whereabouts::{PREPOSITIONS, is_host, is_name_at, place_of, pop_place, pop_verbs};

/// What is said of something that is not there, in lower case.
#[rustfmt::skip]
const MISSING: &[&str] = &[
    "is unknown", "does not exist", "doesn't exist", "do not exist", "don't exist", "not exist", "nonexistent",
    "non-existent", "no longer exists", "wasn't found", "was not found", "couldn't be found", "could not be found",
    "not be found", "cannot be found", "can't be found", "wasn't recognized", "not recognised", "not recognized",
    "not be located", "not in use", "no longer in service", "no longer in use",
    // nb, nn, da, sv, fi: what absence does not know
    "er ukjent", "ikke i bruk", "ikke lenger i bruk", "er ukjend", "ikkje i bruk", "ikkje lenger i bruk", "er ukendt",
    "ikke i brug", "ikke længere i brug", "är okänd", "används inte längre", "inte längre används", "ei löydy",
    "ei löytynyt", "ei ole olemassa",
    // de, fr
    "ist unbekannt", "unbekannt ist", "nicht existent", "gibt es nicht", "nicht mehr gibt", "n'existe pas", "n'existe plus",
    "est inconnu", "introuvable", "n'a pas été trouvé", "n'a pas pu être trouvé", "n'est plus en service", "n'est plus valide",
    "n'est plus utilis", "inexistant",
    // es, pt, it, nl
    "no existe", "no se encontró", "no se ha encontrado", "no encontrad", "no fue encontrad", "no ha sido encontrad",
    "não existe", "nao existe", "não foi encontrad", "não pôde ser encontrad", "não pode ser encontrad", "não encontrad",
    "inexistente", "non esiste", "non trovat", "non è stato trovat", "non è stata trovat", "inesistente", "onbekend",
    // pl, cs, hu, tr, ru, uk
    "nie istnieje", "nie znaleziono", "nie odnaleziono", "nie został znalezion", "nie została znalezion", "neexistuje",
    "neznámý", "nenalezen", "nebyl nalezen", "nebyla nalezen", "nem létezik", "nem található", "ismeretlen", "bulunamadı",
    "mevcut değil", "не существует", "не найден", "не обнаружен", "несуществующ", "удален", "не існує", "не знайден",
    // zh, ja, ko
    "不存在", "找不到", "存在しません", "存在しない", "見つかりません", "見つからない", "가 없습니다", "존재하지 않", "찾을 수 없",
];

/// "No" before its noun.
const NO: &[&str] = &[
    "ingen", "inga", "kein", "keine", "keinen", "geen", "aucun", "aucune", "ningún", "ninguna", "nessun",
    "nessuna",
];

/// The same, said before what is not there.
#[rustfmt::skip]
const SOUGHT: &[&str] = &[
    "no such", "cannot find", "can not find", "can't find", "could not find", "couldn't find", "unable to find", "unable to locate",
    "cannot locate", "could not locate", "couldn't locate", "did not find", "didn't find",
    "impossible de trouver", "no se puede encontrar", "no se pudo encontrar", "não foi possível encontrar",
    "não foi possível localizar", "impossibile trovare", "nie można odnaleźć", "nie można znaleźć", "nie ma takie",
    "nie ma tu takie", "не удалось найти", "не удается найти",
];

/// Those who receive, and what they receive in.
#[rustfmt::skip]
const RECIPIENTS: &[&str] = &[
    "user", "recipient", "mailbox", "mail box", "inbox", "address", "account", "alias", "person", "customer", "group",
    "mailing list", "in directory", "in our directory", "in the directory",
    "bruker", "brukar", "mottaker", "mottakar", "adresse", "konto", "postboks", "postkass", "innboks", "användare",
    "mottagare", "brevlåda", "postlåda", "inkorg", "bruger", "modtager", "indbakke", "mailboks", "vastaanottaja", "osoite", "käyttäjä", "postilaatikko",
    "benutzer", "nutzer", "empfänger", "empfaenger", "postfach", "teilnehmer", "utilisateur", "destinataire",
    "compte", "boîte", "boite", "usuario", "destinatario", "dirección", "direccion", "cuenta", "buzón", "buzon",
    "usuário", "destinatário", "endereço", "conta ", "caixa", "utente", "indirizzo", "casella", "gebruiker",
    "ontvanger", "adres", "postbus", "postvak", "użytkownik", "odbiorc", "skrzynk", "uživatel", "příjemce",
    "schránk", "címzett", "felhasználó", "postafiók", "kullanıcı", "alıcı", "posta kutusu", "пользовател",
    "получател", "адрес", "ящик", "учетн", "користувач", "用户", "用戶", "收件人", "邮箱", "地址", "账号", "帐号", "宛先",
    "あて先", "アドレス", "受取人", "受信者", "ユーザ", "メールボックス", "수신자", "사용자", "주소", "계정",
];

/// What is no address: names of hosts, and what lies behind an address that exists.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "domain", "domain name", "host", "host name", "hostname", "server", "nameserver", "dns", "zone", "mx", "record",
    "route", "gateway", "network", "relay", "transport", "folder", "file", "maildir", "directory", "store", "database",
    "rule", "calendar", "certificate", "key", "script", "program", "command", "config", "configuration", "service",
    "system", "resource", "template", "attachment", "forwarding address", "target address", "address book", "whitelist", "allowlist",
    "list of", "senders list", "adressebok", "adressbok", "adressbuch", "liste over", "lista över", "hvitelist", "hvitlist", "rute",
    "årsaken", "årsaka", "orsaken", "feilen", "tjener", "tjenar", "domene", "domän", "domæne", "mappe", "domäne", "ordner", "domaine", "serveur", "dossier",
    "dominio", "domínio", "servidor", "domein", "домен", "сервер", "хост", "узел", "域名", "服务器", "ドメイン", "ホスト",
    "サーバ", "도메인", "서버",
];

/// What may stand between a preposition and its noun.
const ARTICLES: &[&str] = &[
    "the", "this", "that", "our", "your", "my", "their", "a", "an", "det", "den", "dette", "denne", "vår",
    "vårt", "våre", "vores", "der", "dem", "unserem", "unserer", "ihrem", "le", "la", "notre", "votre", "el",
    "nuestro", "nuestra", "o", "nosso", "il", "nostro", "het", "de", "onze", "ons",
];

/// So much before a phrase is read, and so much behind it.
const REACH: usize = 200;

/// Where a sentence ends.
const ENDS: &[&str] = &[". ", "; ", "! ", "? ", "。"];

/// A phrase is looked at so often.
const AT_MOST: usize = 20;

/// So far behind the word for a sender what is said is still said of them.
const SENDER_REACH: usize = 50;

/// Of whom or what a phrase speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Sender,
    Thing,
    Recipient,
    /// Something for which the tables have no word.
    Other,
}

/// What it means that something is not there, if words (flattened) say so: policy if it is our own address, soft if it is no
/// address, hard if it is the recipient's. A doubt between hard and soft is soft.
pub(super) fn kind_of_missing(text: &str) -> Option<Refusal> {
    let (sought, absent): (Vec<Absence>, Vec<Absence>) =
        list_absences(text).into_iter().take(AT_MOST).partition(|absence| absence.is_sought);
    let missing =
        places(text, MISSING).chain(absent.into_iter().map(|absence| absence.at)).chain(lacks(text));
    let sought = places(text, SOUGHT).chain(sought.into_iter().map(|absence| absence.at));
    let is_ours = |at: &Range<usize>| is_of_ours(text, at);
    let subject_of_missing =
        |at: Range<usize>| if is_ours(&at) { Subject::Sender } else { subject_of(text, at) };
    let mut subjects: Vec<Subject> = missing.map(subject_of_missing).collect();
    let says_so = !subjects.is_empty();
    // "If you cannot find the answer", "could not find an SPF record": of what else is sought, it tells nothing.
    subjects.extend(sought.map(|at| object_of(text, at)).filter(|object| *object != Subject::Other));
    subjects.extend(names_none(text).then_some(Subject::Recipient));
    [(Subject::Sender, Refusal::Policy), (Subject::Thing, Refusal::Soft), (Subject::Recipient, Refusal::Hard)]
        .into_iter()
        .find(|(subject, _)| subjects.contains(subject))
        .map_or(Some(Refusal::Soft), |(_, kind)| Some(kind))
        .filter(|kind| says_so || *kind != Refusal::Soft)
}

/// Ends of longer words: an unknown "brukernavn" is of whoever logs in, an unknown "mottakerdomene" is a host.
const NAMES: &[&str] = &["navn", "namn", "name", "domene", "domän", "domæn", "server", "tjener", "tenar"];

/// What phrases that speak of an unknown address mean, if words (flattened) hold one: policy if all of them are said of the
/// sender.
pub(super) fn kind_of_unknown(text: &str, phrases: &'static [&'static str]) -> Option<Refusal> {
    let is_meant = |at: &Range<usize>| !NAMES.iter().any(|end| text[at.end..].starts_with(end));
    let is_of_us = |at: Range<usize>| {
        is_said_of_sender(text, at.start)
            || is_of_ours(text, &at)
            || is_said_of_letter(first_sentence(behind(text, at.end)))
    };
    let mut found = places(text, phrases).filter(is_meant).map(is_of_us).peekable();
    found.peek()?;
    Some(if found.all(|is_sender| is_sender) { Refusal::Policy } else { Refusal::Hard })
}

/// Where phrases stand in a text.
fn places(text: &str, phrases: &'static [&'static str]) -> impl Iterator<Item = Range<usize>> {
    phrases.iter().flat_map(move |phrase| {
        text.match_indices(phrase).map(|(at, found)| at..at + found.len()).take(AT_MOST)
    })
}

/// Whether what stands at `at` is said of the sender: a word for them, perhaps with their address, stands right before it.
fn is_said_of_sender(text: &str, at: usize) -> bool {
    let before = last_sentence(before(text, at), ENDS);
    let Some(end) = SENDERS.iter().filter_map(|word| last_end(before, word)).max() else { return false };
    let said = before[end..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let said = match said.split_once(' ') {
        Some((address, rest)) if address.contains('@') => rest,
        None if said.contains('@') => "",
        _ => said,
    };
    said.len() <= SENDER_REACH && !said.contains('@') && !format!(" {said}").contains(" to ")
}

/// Whether what stands at `at` is said of what is ours.
fn is_of_ours(text: &str, at: &Range<usize>) -> bool {
    let sentence = last_sentence(before(text, at.start), ENDS);
    let begins = at.start - sentence.len();
    let names_another = |words: &str| nearest(|word| last_end(words, word)).is_some();
    is_said_of_ours(&text[begins..at.end], &(sentence.len()..at.end - begins), names_another)
}

/// What the recipient has not got, and so far behind the phrase its word stands: "this user doesn't have a example.test account".
const LACKS: &[&str] = &["does not have a ", "does not have an ", "doesn't have a ", "doesn't have an "];
const LACKED: &[&str] = &["account", "mailbox"];
const LACKED_WORDS: usize = 4;

/// Where a text says that there is no account.
fn lacks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_account = |word: &str| LACKED.contains(&bare(word));
    places(text, LACKS).filter(move |at| text[at.end..].split(' ').take(LACKED_WORDS).any(is_account))
}

/// Whether a word for a recipient stands behind "no": "ingen bruker med dette navnet".
fn names_none(text: &str) -> bool {
    let pairs = text.split(' ').zip(text.split(' ').skip(1));
    pairs
        .filter(|(no, _)| NO.contains(&bare(no)))
        .any(|(_, noun)| RECIPIENTS.iter().any(|word| noun.starts_with(word)))
}

/// What was sought stands right behind the phrase; where it has no word there, it may stand before.
fn object_of(text: &str, at: Range<usize>) -> Subject {
    let behind = first_sentence(behind(text, at.end));
    let reaches = |word: &str| first_start(behind, word).map(|at| behind.len() - at);
    match nearest(reaches) {
        Some(_) if begins_with_sender(behind) => Subject::Sender,
        Some(object) => object,
        None => subject_of(text, at),
    }
}

/// Whether words begin with one for us, perhaps behind an article.
fn begins_with_sender(words: &str) -> bool {
    if begins_with_ours(words) {
        return true;
    }
    let is_bare = |word: &&str| !ARTICLES.contains(word) && !word.is_empty();
    let first = words.split(' ').find(is_bare).unwrap_or_default();
    SENDERS.contains(&first.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

/// The word that stands nearest before a phrase tells of what it speaks, else the nearest behind it. Without any it is the address
/// that was named before, or "kari" of "kari wasn't found at example.test".
fn subject_of(text: &str, at: Range<usize>) -> Subject {
    if is_said_of_sender(text, at.start) {
        return Subject::Sender;
    }
    let before = from_reply(last_sentence(before(text, at.start), &[". ", "; ", "! ", "? ", "。", "said: "]));
    let behind = first_sentence(behind(text, at.end));
    let named = nearest(|word| last_end(before, word))
        .or_else(|| nearest(|word| first_start(behind, word).map(|at| behind.len() - at)));
    if let Some(subject) = named {
        return subject;
    }
    let mut words: Vec<&str> = before.split(' ').filter(|word| word.contains(char::is_alphabetic)).collect();
    let behind: Vec<&str> = behind.split(' ').collect();
    let place = pop_place(&mut words).or_else(|| behind.windows(2).find_map(place_of));
    pop_verbs(&mut words);
    match words.last() {
        None => Subject::Recipient,
        Some(last) if is_host(last) && !place.is_some_and(|host| is_name_at(last, host)) => Subject::Thing,
        Some(_) if place.is_some() || words.iter().chain(&behind).any(|word| is_host(word)) => {
            Subject::Recipient
        }
        Some(_) => Subject::Other,
    }
}

/// The subject whose word `reaches` farthest.
fn nearest(reaches: impl Fn(&str) -> Option<usize>) -> Option<Subject> {
    let farthest = |words: &[&str]| words.iter().filter_map(|word| reaches(word)).max();
    let recipient = farthest(RECIPIENTS).max(reaches("@"));
    match (farthest(THINGS), recipient) {
        (None, None) => None,
        (thing, recipient) if thing >= recipient => Some(Subject::Thing),
        _ => Some(Subject::Recipient),
    }
}

/// Where a word last ends in a text.
fn last_end(text: &str, word: &str) -> Option<usize> {
    text.rmatch_indices(word).map(|(at, _)| at).find(|at| is_meant(text, *at, word)).map(|at| at + word.len())
}

/// Where a word first begins in a text.
fn first_start(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| is_meant(text, *at, word))
}

/// What makes a genitive of a word for a recipient, in whole words' ends.
const GENITIVES: &[&str] = &["'s", "ens", "ns", "ets"];

/// Words whose genitive ends in a bare s.
const GERMAN: &[&str] = &["benutzer", "nutzer", "empfänger", "empfaenger", "postfach", "teilnehmer"];

/// Whether a word at `at` tells whose something is: of "mottakerens domene" the domain is meant.
fn is_genitive(text: &str, at: usize, word: &str) -> bool {
    let behind = &text[at + word.len()..];
    let end = behind.find(|c: char| !c.is_alphabetic() && c != '\'').unwrap_or(behind.len());
    let ending = &behind[..end];
    RECIPIENTS.contains(&word) && (GENITIVES.contains(&ending) || ending == "s" && GERMAN.contains(&word))
}

/// Whether a word at `at` is meant: of things not the end of another word (long ones stand there in many languages), nor
/// where something was looked for.
fn is_meant(text: &str, at: usize, word: &str) -> bool {
    let before = &text[..at];
    if !THINGS.contains(&word) {
        // "Ist dem Empfänger unbekannt": to whom.
        return !is_genitive(text, at, word) && !before.ends_with("dem ");
    }
    let is_short = word.len() <= 5 && word.is_ascii();
    let is_an_end = is_short && before.ends_with(|c: char| c.is_alphanumeric());
    let mut words = before.split_whitespace().rev().skip_while(|word| ARTICLES.contains(word));
    !is_an_end && !words.next().is_some_and(|word| PREPOSITIONS.contains(&word))
}

fn before(text: &str, at: usize) -> &str {
    &text[text.floor_char_boundary(at.saturating_sub(REACH))..at]
}

fn behind(text: &str, at: usize) -> &str {
    &text[at..text.floor_char_boundary(at.saturating_add(REACH))]
}

fn last_sentence<'t>(text: &'t str, ends: &[&str]) -> &'t str {
    let end = ends.iter().filter_map(|end| text.rfind(end).map(|at| at + end.len())).max();
    &text[end.unwrap_or(0)..]
}

fn first_sentence(text: &str) -> &str {
    let end = ENDS.iter().filter_map(|end| text.find(end)).min();
    &text[..end.unwrap_or(text.len())]
}

/// What another program replied, without what stands before its first reply code.
fn from_reply(text: &str) -> &str {
    let mut at = 0;
    for word in text.split(' ') {
        if let [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', rest @ ..] = word.as_bytes()
            && (rest.is_empty() || rest.starts_with(b"-"))
        {
            return &text[at + 3..];
        }
        at += word.len() + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_by_the_word_before() {
        for (words, kind) in [
            ("does not exist", Refusal::Hard),
            ("550 5.0.0 (does not exist)", Refusal::Hard),
            ("kari wasn't found at example.test", Refusal::Hard),
            ("kari could not be found in the domain example.test", Refusal::Hard),
            ("kari was not found in our directory", Refusal::Hard),
            ("kari.nes wasn't found at example.test.", Refusal::Hard),
            ("kari.anne.nes hittades inte på example.test", Refusal::Hard),
            ("kari.nes wurde in example.test nicht gefunden", Refusal::Hard),
            ("kari wurde in example.test nicht gefunden", Refusal::Hard),
            ("mx.example.test was not found at ns.example.test", Refusal::Soft),
            ("example.org was not found at ns.example.test", Refusal::Soft),
            ("kari.nes was not found", Refusal::Soft),
            ("er ikke lenger i bruk.", Refusal::Hard),
            ("er ikkje lenger i bruk", Refusal::Hard),
            ("tjenesten er ikke lenger i bruk", Refusal::Soft),
            ("this user doesn't have a example.test account [-9]", Refusal::Hard),
            ("the sender does not have an account here", Refusal::Policy),
            ("user does not have an account", Refusal::Hard),
            ("nie znaleziono użytkownika kari w domenie example.test", Refusal::Hard),
            ("host mx.example.test[192.0.2.1] said: 550 does not exist", Refusal::Hard),
            ("host mx.example.test: 550-the mailbox that you 550 wrote to does not exist", Refusal::Hard),
            ("kari@example.test: host mx.example.test was not found", Refusal::Soft),
            ("the user's mail server could not be found", Refusal::Soft),
            ("example.test was not found", Refusal::Soft),
            ("the flurb could not be found", Refusal::Soft),
            ("sender forum@example.test does not exist", Refusal::Policy),
            ("the address in mail from does not exist", Refusal::Policy),
            ("ble ikke levert fordi adressen ikke finnes hos oss", Refusal::Hard),
            ("eftersom mottagaren inte kunde hittas", Refusal::Hard),
            ("weil die adresse nicht existiert", Refusal::Hard),
            ("fordi domenet ikke finnes", Refusal::Soft),
            ("550 no such mail box", Refusal::Hard),
            ("unable to find kari@example.test", Refusal::Hard),
            ("kunne ikke finne mottakeren på serveren", Refusal::Hard),
            ("cannot find your sender address", Refusal::Policy),
            ("der mailserver des empfängers wurde nicht gefunden", Refusal::Soft),
            ("das postfach des empfängers wurde nicht gefunden", Refusal::Hard),
            ("mottakerens adresse ble ikke funnet", Refusal::Hard),
            ("mottakerens domene ble ikke funnet", Refusal::Soft),
            ("postkassa finst ikkje", Refusal::Hard),
            ("postkassa er ukjend", Refusal::Hard),
            ("postkassen finnes ikke", Refusal::Hard),
        ] {
            assert_eq!(kind_of_missing(words), Some(kind), "{words}");
        }
        for words in ["all is well", "could not find an spf record", "hvis du ikke finner svaret"] {
            assert_eq!(kind_of_missing(words), None, "{words}");
        }
    }

    #[test]
    fn endless_words_are_read_in_no_time() {
        let words = "the domain does not exist ".repeat(1_000);
        assert_eq!(kind_of_missing(&words), Some(Refusal::Soft));
    }
}
