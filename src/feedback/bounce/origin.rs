//! Who wrote a mail: a program that returns mail, or somebody else. What a person quotes of a bounce is no bounce.

use super::fields::Fields;
use super::tried::{is_still_tried, names_not_yet_delivered};
use super::undelivered::says_way_failed;
use super::words::{DAEMON_NAMES, DAEMONS, has_arrived, is_bounce_subject, names_reason, says_failed};
use crate::delivery::{Enhanced, flatten_words, says_any, says_kind, tells_kind, tells_of_address};

/// Beginnings of subjects that a person answers or forwards with.
#[rustfmt::skip]
pub(super) const ANSWERS: &[&str] = &[
    "re:", "re[", "sv:", "vs:", "aw:", "antw:", "fw:", "fwd:", "wg:", "vb:", "tr:", "rv:", "res:", "enc:",
    "videresendt:", "vidaresendt:", "videresend:", "vidaresend:", "vidarebefordrat:", "vidarebefordra:", "weitergeleitet:", "i:", "r:", "odp:", "отв:", "ha:", "回复:", "答复:", "回复：", "答复：", "转发:", "转发：",
];

/// Headers of mailing lists and newsletters.
const LISTS: &[&str] = &["list-id", "list-unsubscribe", "list-post", "x-mailman-version", "mailing-list"];

/// What the words of a mail name and hold besides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// The letter, or its headers, stand behind them.
    pub copy: bool,
    /// They speak of somebody who neither sent the mail nor got it, or of nobody.
    pub another: bool,
}

/// Whether a program that returns mail wrote this one. `told` are its words, without what it quotes or copies. A program that is
/// known by nothing but its subject is believed only with the letter in its hand, or if it begins as no person does: parcels and
/// guards of machines fail in the same words. One that is known by the null path alone must show a code or the letter, or say of
/// mail that it failed, and of another's: parcels, desks and new addresses are told of from there too.
pub(super) fn is_returned(headers: &Fields, subject: &str, told: &str, shown: Shown) -> bool {
    if is_by_daemon(headers) || headers.has("x-failed-recipients") {
        return true;
    }
    let subject = subject.trim().to_lowercase();
    let is_bouncy = is_bounce_subject(&subject);
    let is_ruled = is_ruled(headers, &subject, told);
    let (words, told) = (told, flatten_words(told));
    if has_null_path(headers) {
        let has_code = || has_code(&told);
        let is_told = is_bouncy || says_failed(&subject) || says_failed(&told) || names_reason(&told);
        let is_likely = || says_way_failed(&told);
        return match is_by_postmaster(headers) {
            true => {
                let tells_of_one =
                    || is_likely() || names_not_yet_delivered(&told) || begins_with_address(&subject, words);
                is_told || has_code() || has_arrived(&told) || (shown.another && tells_of_one())
            }
            false => {
                let is_mail_s = || is_told && shown.another && fails_as_mail(&subject, &told);
                ((is_told || is_likely()) && (shown.copy || has_code())) || is_mail_s()
            }
        };
    }
    match (is_by_postmaster(headers), is_bouncy) {
        (true, true) => {
            let speaks = speaks_of_failure(&told) || speaks_of_failure(&subject);
            speaks && !is_reply(&subject)
        }
        (true, false) => says_failed(&told) && !is_a_person_s(headers, &subject),
        (false, true) => {
            speaks_of_failure(&told) && (is_ruled || shown.copy && !is_a_person_s(headers, &subject))
        }
        (false, false) => false,
    }
}

/// Whether a subject (lower case) of bounces speaks of mail, or a sentence that tells (flattened) that something failed. An address
/// is no word for mail, nor is what calls it one: parcels go to addresses too.
fn fails_as_mail(subject: &str, told: &str) -> bool {
    let fails = |sentence: &str| says_failed(sentence) || says_kind(sentence);
    let is_of_mail = |sentence: &str| {
        let mut words = sentence.split(' ').filter(|word| !word.contains('@') && !says_any(word, ADDRESSES));
        words.any(|word| says_any(word, MAIL))
    };
    (is_bounce_subject(subject) && is_of_mail(subject))
        || names_reason(told)
        || told
            .split(". ")
            .flat_map(|part| part.split(['!', '?', '。']))
            .any(|sentence| is_of_mail(sentence) && fails(sentence))
}

/// Whether the first line of the words tells of its address, and of no other, that it is unknown, or its mailbox full: further down
/// stand lists and advice. Nor does who tells of logins return mail.
fn begins_with_address(subject: &str, words: &str) -> bool {
    let first = words.lines().map(str::trim).find(|line| !line.is_empty());
    words.matches('@').count() == 1
        && first.is_some_and(tells_of_address)
        && !says_any(subject, LOGINS)
        && !says_any(&flatten_words(words), LOGINS)
}

/// Whether words (flattened) hold the code of a final failure, enhanced or plain.
fn has_code(told: &str) -> bool {
    let is_plain = |word: &str| {
        let digits = word.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
        digits.is_some_and(|digits| ["550", "551", "552", "553", "554"].contains(&digits))
    };
    Enhanced::find(told).is_some_and(|status| status.class == 5) || told.split(' ').any(is_plain)
}

/// So far a program that rules its lines tells that it failed.
const BEGINS: usize = 300;

/// Words for mail: parcels fail in all the others.
#[rustfmt::skip]
const MAIL: &[&str] = &[
    "message", "mail", "e-post", "epost", "melding", "meddel", "nachricht", "courriel", "correo", "mensaje", "mensagem",
    "messaggio", "bericht", "wiadomo", "viesti", "sähköposti", "zpráv", "üzenet", "ileti", "письм", "сообщен", "邮件", "郵件", "メール", "메일",
];

/// Of logging in: parts of words.
const LOGINS: &[&str] = &["logg", "login", "passord", "password", "lösenord", "anmeld"];

/// What an address for mail is called: parts of words.
const ADDRESSES: &[&str] =
    &["e-postadr", "epostadr", "e-mailadr", "emailadr", "mailadr", "e-mail-adr", "meiladr"];

/// Whether words begin with a line of dashes, stars or the like and say at once that a mail failed, in one that
/// answers and forwards no other and is no newsletter: programs write so of what they return, under the subject that
/// they answer, and through lists.
fn is_ruled(headers: &Fields, subject: &str, told: &str) -> bool {
    let first = told.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let is_rule = |c: char| "-*=#_~".contains(c);
    let rules = first.chars().take_while(|c| is_rule(*c)).count();
    let begins = flatten_words(&told[..told.floor_char_boundary(BEGINS)]);
    rules >= 3
        && says_failed(&begins)
        && says_any(&begins, MAIL)
        && !["in-reply-to", "references", "resent-from", "list-unsubscribe"]
            .iter()
            .any(|name| headers.has(name))
        && (subject.starts_with("re:") || !is_reply(subject))
}

/// Whether a program passes on what it holds, whatever its own words are: one that does nothing else, or that shows
/// it by two of its name, its return path and its subject.
pub(super) fn is_by_machine(headers: &Fields, subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    let signs = [is_by_postmaster(headers), has_null_path(headers), is_bounce_subject(&subject)];
    is_by_daemon(headers) || (signs.iter().filter(|sign| **sign).count() >= 2 && !is_reply(&subject))
}

/// Whether words (flattened) may be a bounce's.
pub(super) fn speaks_of_failure(told: &str) -> bool {
    says_failed(told)
        || says_way_failed(told)
        || is_still_tried(told)
        || tells_kind(told)
        || Enhanced::find(told).is_some_and(|status| status.class != 2)
}

/// Whether a program that returns mail says by its subject that it failed, in whatever language it goes on.
pub(super) fn is_of_failure(headers: &Fields, subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    is_by_daemon(headers)
        && is_bounce_subject(&subject)
        && !["success", "relay", "delivered"].iter().any(|word| subject.contains(word))
}

/// Whether the sender is a program that returns mail and nothing else.
pub(super) fn is_by_daemon(headers: &Fields) -> bool {
    let from = headers.find("from").unwrap_or_default().to_lowercase();
    DAEMONS.iter().any(|name| from.contains(name)) || from.trim() == "<>"
}

/// Whether the mail has the null return path that notifications and automatic answers have (RFC 5321, 4.5.5).
pub(super) fn has_null_path(headers: &Fields) -> bool {
    headers.all("return-path").any(|path| {
        let path = path.trim().to_lowercase();
        path == "<>" || path.starts_with("<mailer-daemon")
    })
}

/// Whether a person wrote it: an answer, something forwarded, a list's mail.
pub(super) fn is_a_person_s(headers: &Fields, subject: &str) -> bool {
    let is_list_s = LISTS.iter().any(|name| headers.has(name));
    (is_reply(&subject.trim().to_lowercase()) || is_list_s || headers.has("in-reply-to"))
        && !is_by_daemon(headers)
}

fn is_reply(subject: &str) -> bool {
    ANSWERS.iter().any(|beginning| subject.starts_with(beginning))
}

/// Whether the sender is one that returns mail, among other things.
pub(super) fn is_by_postmaster(headers: &Fields) -> bool {
    let from = headers.find("from").unwrap_or_default().to_lowercase();
    from.contains("postmaster") || DAEMON_NAMES.iter().any(|name| from.contains(name))
}

/// The words without lines that quote another mail, and without what a person forwards.
pub(super) fn unquoted(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('>') || line.trim_start().starts_with(">>>"))
        .fold(String::with_capacity(text.len()), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        })
}
