//! Which address failed, in the words of a bounce.

use super::address::{Found, is_directory_entry, scan};
use super::fields::Fields;
use super::report::REPORTS;
use super::words::{DAEMONS, ROLES};
use crate::delivery::says_kind;

/// How surely an address is the one that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Surety {
    /// It only stands there.
    Mentioned,
    /// It stands in a command of the dialogue, or behind a word as common as "to".
    Likely,
    /// It begins a line, or stands behind a word that says so.
    Told,
}

/// An address that failed, with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Lower case.
    pub address: String,
    /// The one that was first written to, if the text tells that as well.
    pub first: Option<String>,
    /// The words behind it, up to the next one.
    pub reason: String,
}

/// Words behind which the failed address stands.
#[rustfmt::skip]
const SURE_LABELS: &[&str] = &[
    "recipient", "recipients", "recipient address", "recipient is", "rcpt", "error-for", "undeliverable to",
    "undeliverable address", "userid", "unknown user", "user unknown", "invalid user", "attempts",
    "addressed to", "was addressed", "message to", "mail to", "e-mail to", "email to", "messages to", "delivery to",
    "delivery for", "deliver to", "delivered to", "delivering to", "deliver mail to", "deliver message to",
    "sent to", "user", "mailbox", "account", "mailbox for", "address", "addresses", "address(es)",
    "email address", "e-mail address", "intended for", "intended recipient", "message for", "mail for",
    "failed to", "to recipient", "to address", "to user", "for user", "for recipient", "destination",
    "was not delivered to", "dda", "alias", "reach", "reach the following recipient", "gateway for",
    "relay for", "returned from", "empfänger", "empfaenger", "adresse", "adressat", "nachricht an", "mail an",
    "email an", "postfach", "benutzer", "empfängeradresse", "mottaker", "mottakeren", "mottaker(e)",
    "meldingen din til", "meldinga di til", "leveringen til", "leveringa til", "leveransen till", "leverans till", "aflevering til",
    "e-posten din til", "melding til", "meldingen til", "adressen", "levering til",
    "mottagare", "mottagaren", "meddelandet till", "meddelande till", "modtager", "modtageren",
    "meddelelse til", "meddelelsen til", "destinataire", "destinataires", "message à", "l'adresse",
    "utilisateur", "envoyé à", "adressé à", "destinatario", "destinatarios", "dirección", "mensaje a",
    "usuario", "correo a", "destinatário", "endereço", "mensagem para", "usuário", "indirizzo", "messaggio a",
    "utente", "ontvanger", "bericht aan", "adres", "odbiorca", "odbiorcy", "vastaanottaja",
    "viesti vastaanottajalle", "příjemce", "címzett", "alıcı", "получатель", "получателю", "адресат",
    "адресу", "адрес", "ящик", "пользователь", "收件人", "邮箱", "地址", "邮件地址", "收信人", "宛先", "あて先", "アドレス", "受取人",
    "수신자",
];

/// Words as common as "to".
#[rustfmt::skip]
const COMMON_LABELS: &[&str] = &[
    "to", "for", "an", "für", "til", "till", "à", "a", "para", "pour", "aan", "voor", "do", "per", "на",
    "для", "to:", "via", "osoitteeseen", "vastaanottajalle",
];

/// Words that say that the address is somebody else's: whom to ask, or who sent the letter.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "contact", "postmaster", "assistance", "support", "help", "questions", "write to", "e-mail us",
    "email us", "report", "sender", "mail from", "from:", "from ", "return-path", "reply-to", "message-id",
    "message id", "mts-id", "http", "www.", "forward", "unsubscribe", "admin", "originator", "kontakt",
    "wenden", "absender", "avsender", "contactez", "expéditeur", "remitente", "contatte", "afzender",
    "support@", "отправител", "by ", "helo", "ehlo", "submitter", "authenticated", "on behalf of",
    "posted by",
];

/// Lines that tell of the letter, not of what became of it.
#[rustfmt::skip]
const HEADERS: &[&str] = &[
    "to:", "cc:", "from:", "subject:", "date:", "sent:", "message-id:", "reply-to:", "sender:",
    "return-path:", "id:",
];

/// Behind these stands the address that was first written to.
#[rustfmt::skip]
const EXPANDED: &[&str] = &[
    "expanded from", "generated from", "originally addressed to", "original recipient",
    "ultimately generated from", "original address",
];

/// Advice whom to write to.
#[rustfmt::skip]
const ADVICE: &[&str] = &[
    "please forward", "please contact", "please send", "please write", "please reply", "please e-mail", "please email",
    "send mail to", "bitte wenden", "bitte kontaktieren", "bitte an", "ta kontakt", "vennligst kontakt", "kontakta",
    "veuillez contacter", "veuillez envoyer", "por favor envíe", "si prega di", "neem contact op",
];

/// The addresses that a text names as failed, the surest only. `known` are those that a header names: then only
/// they count. `own` are ours: the letter's sender and return path.
pub(super) fn list_named(text: &str, known: &[String], own: &[String]) -> Vec<Named> {
    let lines: Vec<&str> =
        text.lines().take(2000).map(|line| &line[..line.floor_char_boundary(2000)]).collect();
    let told: Vec<Vec<(Found, Surety)>> = lines.iter().map(|line| weigh_line(line, own)).collect();
    let above = std::iter::once("").chain(lines.iter().copied());
    let best = told
        .iter()
        .flatten()
        .filter(|(f, _)| known.is_empty() || known.contains(&f.address))
        .map(|(_, s)| *s)
        .max();
    let Some(best) = best else { return known.iter().map(|a| with_reason(a, text)).collect() };
    let mut all: Vec<Named> = Vec::new();
    for ((line, found), above) in lines.iter().zip(&told).zip(above) {
        let is_first_of_all = all.is_empty();
        let mut own_line = false;
        for (found, surety) in found {
            if let Some(last) = all.last_mut().filter(|_| is_expansion(above, line, found)) {
                last.first = Some(found.address.clone());
                continue;
            }
            let counts = *surety >= best && (known.is_empty() || known.contains(&found.address));
            // Of addresses that only stand there, the first is meant.
            if !counts || (best == Surety::Mentioned && !is_first_of_all) {
                continue;
            }
            own_line = true;
            add_to(&mut all, &found.address, &words_around(line, found));
        }
        if let Some(last) = all.last_mut().filter(|_| !own_line) {
            last.reason.push_str(line);
            last.reason.push('\n');
        }
    }
    let missing: Vec<Named> = known
        .iter()
        .filter(|a| !all.iter().any(|n| n.address == **a))
        .map(|a| with_reason(a, text))
        .collect();
    all.extend(missing);
    all.sort_by_key(|n| is_directory_entry(&n.address));
    all
}

/// Whether a text names any address as failed beyond doubt.
pub(super) fn names_for_sure(text: &str, own: &[String]) -> bool {
    text.lines().take(2000).any(|line| {
        let line = &line[..line.floor_char_boundary(2000)];
        weigh_line(line, own).iter().any(|(_, surety)| *surety == Surety::Told)
    })
}

fn with_reason(address: &str, reason: &str) -> Named {
    Named { address: address.to_owned(), first: None, reason: reason.to_owned() }
}

/// A program may name an address twice: in a list, and again with what happened.
fn add_to(all: &mut Vec<Named>, address: &str, words: &str) {
    let mut named = match all.iter().position(|n| n.address == address || n.first.as_deref() == Some(address))
    {
        Some(at) => all.remove(at),
        None if all.len() >= REPORTS => return,
        None => with_reason(address, ""),
    };
    named.reason.push_str(words);
    named.reason.push('\n');
    all.push(named);
}

/// What a line says of its address: what stands behind it, and before it if that is more than a label.
fn words_around(line: &str, found: &Found) -> String {
    let behind = line.get(found.at.end..).unwrap_or_default().trim_start_matches(CLOSERS);
    let before = line.get(..found.at.start).unwrap_or_default();
    if says_kind(before) { format!("{} {behind}", before.trim_matches(OPENERS)) } else { behind.to_owned() }
}

/// Whether words before an address, be it at the end of the line above, say that it was first written to.
fn is_expansion(above: &str, line: &str, found: &Found) -> bool {
    let before = line.get(..found.at.start).unwrap_or_default().to_lowercase();
    let above = above.trim_end().to_lowercase();
    EXPANDED.iter().any(|words| before.contains(words))
        || (before.trim_matches(OPENERS).is_empty() && EXPANDED.iter().any(|words| above.ends_with(words)))
}

/// The addresses of a line with how sure each is; ours and programs' are left out.
fn weigh_line(line: &str, own: &[String]) -> Vec<(Found, Surety)> {
    scan(line)
        .into_iter()
        .filter(|found| !own.contains(&found.address) && !is_daemon_s(&found.address))
        .filter_map(|found| weigh(line, &found).map(|surety| (found, surety)))
        .collect()
}

fn weigh(line: &str, found: &Found) -> Option<Surety> {
    let before = line.get(..found.at.start)?.to_lowercase();
    let behind = line.get(found.at.end..)?;
    let bare = strip_dress(&before);
    let lead = strip_codes(bare);
    let is_role = is_role_s(&found.address);
    if is_expansion("", line, found) {
        return Some(Surety::Told);
    }
    match HEADERS.iter().find(|name| before.trim_start_matches(OPENERS).starts_with(**name)) {
        Some(&"to:") => return Some(Surety::Mentioned),
        Some(_) => return None,
        None => {}
    }
    if ADVICE.iter().any(|words| before.contains(words)) {
        return None;
    }
    if lead.is_empty() || (!is_role && is_name_only(lead) && behind.trim_matches(CLOSERS).is_empty()) {
        return Some(Surety::Told);
    }
    if before.contains("rcpt to") {
        return Some(if lead == "rcpt to" { Surety::Told } else { Surety::Likely });
    }
    if ends_with_word(lead, SURE_LABELS) {
        return Some(Surety::Told);
    }
    if is_role || ELSEWHERE.iter().any(|words| before.contains(words)) {
        return None;
    }
    Some(if ends_with_word(lead, COMMON_LABELS) { Surety::Likely } else { Surety::Mentioned })
}

const OPENERS: &[char] = &[
    '#', '+', ' ', '\t', '<', '(', '[', '"', '\'', '*', '-', '>', '=', ':', '\u{2022}', '\u{b7}', '«', '„',
    '“', '”', '‘', '’', '`', ',', ';', '：', '【', '（', '\u{a0}', '|',
];
const CLOSERS: &[char] = &[' ', '\t', '>', ')', ']', '"', '\'', ':', ',', ';', '.', '\u{a0}'];

/// Text before an address without brackets, bullets, `smtp:`.
fn strip_dress(before: &str) -> &str {
    let mut bare = before.trim_matches(OPENERS);
    for scheme in ["smtp", "mailto", "rfc822", "rfc-822"] {
        if let Some(rest) = bare.strip_suffix(scheme)
            && !rest.ends_with(|c: char| c.is_alphanumeric())
        {
            bare = rest.trim_matches(OPENERS);
        }
    }
    bare
}

/// Without the reply codes and list numbers that may stand before an address: `550 5.1.1 <kari@...>... unknown`.
fn strip_codes(bare: &str) -> &str {
    let is_code = |word: &&str| {
        !word.is_empty()
            && word.len() <= 12
            && word.chars().all(|c| c.is_ascii_digit() || "-.<>#():".contains(c))
    };
    let mut rest = bare;
    while let Some(word) = rest.split_whitespace().next().filter(is_code) {
        rest = rest.get(rest.find(word).unwrap_or(0) + word.len()..).unwrap_or_default().trim_start();
    }
    rest.trim_matches(OPENERS)
}

/// `Kari Nes (`: a few words with nothing that makes a sentence.
fn is_name_only(lead: &str) -> bool {
    lead.split_whitespace().count() <= 4
        && !lead.contains([':', '@'])
        && !ends_with_word(lead, ELSEWHERE)
        && !lead.contains("contact")
}

fn ends_with_word(lead: &str, labels: &[&str]) -> bool {
    let lead = lead.trim_end_matches(|c: char| OPENERS.contains(&c) || c == '.');
    labels.iter().any(|label| {
        lead.strip_suffix(label)
            .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() && label.is_ascii()))
    })
}

/// Whether an address is a program's that returns mail.
pub(super) fn is_daemon_s(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    local == "postmaster" || DAEMONS.iter().any(|name| local.starts_with(name))
}

fn is_role_s(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    ROLES.contains(&local)
}

/// Whom the copied letter was sent to, if it was one only; else nobody.
pub(super) fn recipient_of_copy(copied: Option<&Fields>) -> Option<String> {
    let copied = copied?;
    let names = ["x-failed-recipients", "to", "x-rcpt-to", "x-original-to", "envelope-to", "delivered-to"];
    names.iter().find_map(|name| {
        let mut all = copied.all(name).flat_map(scan).map(|found| found.address);
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    })
}
