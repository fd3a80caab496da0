//! Automatic answers (RFC 3834): out of office, has left, "we have received your mail", challenges.

use super::fields::Fields;
use super::leaving::asks_to_leave;
use super::origin::{has_null_path, is_by_daemon, is_by_postmaster};
use super::parts::Parts;
use super::successor::find_successor;
use super::{BounceKind, BounceReport};

/// How subjects of automatic answers begin, in lower case.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    "automatic reply", "automatic response", "automated reply", "automated response", "auto reply",
    "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "autoresponder", "auto:",
    "autosvar", "automatisk svar", "automatisk e-postsvar",
    "automatisk besked", "automatiskt svar", "automatiskt meddelande", "frånvaro",
    "fråværsmelding", "fråvær:", "fravær", "ikke til stede", "ikke på kontoret",
    "ikkje på kontoret", "borte fra kontoret", "på ferie", "out of office", "out of the office",
    "out-of-office", "i am out of", "i'm out of", "away from the office", "away from my", "on vacation",
    "vacation reply", "vacation:", "holiday reply", "on leave", "ooo:", "abwesenheit", "automatische antwort",
    "autom. antwort", "automatische rückmeldung", "ich bin nicht im", "nicht im büro", "nicht im haus",
    "reponse automatique", "réponse auto", "absence du bureau", "absent du bureau",
    "message d'absence", "absence :", "absence:", "absent(e)", "je suis absent", "respuesta automática",
    "respuesta automatica", "respuesta automàtica", "fuera de la oficina", "fuera de oficina", "ausente",
    "ausencia", "resposta automática", "resposta automatica", "ausência temporária", "fora do escritório",
    "risposta automatica", "fuori sede", "fuori ufficio", "assente", "automatisch antwoord",
    "automatisch bericht", "afwezig", "niet aanwezig", "automaattinen vastaus", "automaattivastaus", "poissa",
    "automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "nieobecn", "automatická odpověď",
    "automatická odpoveď", "nepřítomnost", "automatikus válasz", "házon kívül", "răspuns automat",
    "otomatik yanıt", "ofis dışında", "automaatvastus", "automatinis atsakymas", "automātiska atbilde",
    "ārpus biroja", "arpus biroja", "atvaļinājum", "away until",
    "автоответ", "автоматический ответ", "автоматична відповідь", "автоматичен отговор",
    "нет на рабочем месте", "нет в офисе", "αυτόματη απάντηση", "自动回复", "自动答复", "自動回覆", "外出", "自動応答", "自動返信",
    "不在通知", "부재 중", "자동 회신", "자동 응답",
];

/// Subjects of programs that want a first-time sender to prove that they are human.
#[rustfmt::skip]
const CHALLENGES: &[&str] = &[
    "your email requires verification", "your mail requires verification",
    "your message requires verification", "confirm your message",
    "confirmation required to deliver", "spam arrest", "sender verification",
    "verification required to deliver", "your message is awaiting your confirmation",
];

/// Headers that only automatic answers have.
#[rustfmt::skip]
const HEADERS: &[&str] = &[
    "x-autoreply", "x-autorespond", "x-auto-reply", "x-autoreply-from", "x-autoresponder",
    "x-autoreply-domain", "x-vacation", "x-mail-autoreply", "x-ms-exchange-generated-message-source",
    "x-notes-autoreply", "x-challenge-response", "x-boxtrapper",
];

/// Whether it answers by itself, whatever its words say of failure: by its subject; or headers say so, no program that
/// returns mail wrote it, and it returns nothing.
pub(super) fn answers_by_itself(headers: &Fields, subject: &str, parts: &Parts<'_>) -> bool {
    // What it holds is no letter of ours if a program that returns mail wrote it.
    let is_letter = |copied: &Fields| !is_by_daemon(copied) && !has_null_path(copied);
    let returns_something = parts.copied.as_ref().is_some_and(is_letter)
        || parts.receipt.is_some()
        || !parts.status.is_empty()
        || headers.has("x-failed-recipients");
    !is_by_daemon(headers)
        && (is_automatic_subject(subject)
            || (is_automatic(headers, subject) && !is_by_postmaster(headers) && !returns_something))
}

/// Whether it answers by itself whatever it returns: a ticket system attaches and quotes the bounce that it got.
pub(super) fn replies(headers: &Fields, subject: &str) -> bool {
    let submitted = headers.find("auto-submitted").unwrap_or_default().to_ascii_lowercase();
    let says_so = submitted.starts_with("auto-replied") || HEADERS.iter().any(|name| headers.has(name));
    !is_by_daemon(headers) && (is_automatic_subject(subject) || (says_so && !is_by_postmaster(headers)))
}

/// What the very address says that is told to have failed: of the null path (RFC 3834, 3.3) an answer.
pub(super) fn read_own_word(
    headers: &Fields,
    subject: &str,
    text: &str,
    from: Option<String>,
) -> Option<BounceReport> {
    (has_null_path(headers) || is_automatic(headers, subject)).then(|| answer(subject, text, from))
}

/// What an automatic answer reports; none if a human answered.
pub(super) fn read_answer(
    headers: &Fields,
    subject: &str,
    text: &str,
    from: Option<String>,
) -> Option<BounceReport> {
    // A mail program's own way to unsubscribe is sent by itself, but is somebody's word.
    if !is_automatic(headers, subject) || asks_to_leave(subject) {
        return None;
    }
    Some(answer(subject, text, from))
}

fn answer(subject: &str, text: &str, from: Option<String>) -> BounceReport {
    let own: Vec<String> = from.into_iter().collect();
    let mut report = BounceReport::of(BounceKind::AutoReply, own, None, subject);
    report.suggests = find_successor(text, report.recipient.as_deref());
    report
}

/// Whether a mail of the null return path (RFC 3834, 3.3) is an answer to another.
fn answers_a_mail(headers: &Fields) -> bool {
    headers.has("in-reply-to")
        || headers.has("x-auto-response-suppress")
        || headers
            .find("precedence")
            .is_some_and(|p| ["bulk", "junk"].contains(&p.to_ascii_lowercase().as_str()))
}

/// Whether the subject says that no human answered: also in a bracket, or behind the one of a gateway or a list, `[EXTERN]`.
fn is_automatic_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    let bare = without_answer(&subject);
    let inside = bare.trim_start_matches(['[', '(']).trim_start();
    let behind = bare
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(_, rest)| without_answer(rest.trim_start()));
    let begins = |text: &str| SUBJECTS.iter().any(|beginning| text.starts_with(beginning));
    begins(bare)
        || begins(inside)
        || behind.is_some_and(begins)
        || CHALLENGES.iter().any(|words| bare.contains(words))
}

/// A subject without its "Re:".
fn without_answer(subject: &str) -> &str {
    let answered = ["re:", "sv:", "vs:", "aw:"].iter().find_map(|answer| subject.strip_prefix(answer));
    answered.unwrap_or(subject).trim_start()
}

fn is_automatic(headers: &Fields, subject: &str) -> bool {
    let value = |name: &str| headers.find(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = value("auto-submitted");
    submitted.starts_with("auto-")
        || HEADERS.iter().any(|name| headers.has(name))
        || ["precedence", "x-precedence", "preference"]
            .iter()
            .any(|name| value(name).starts_with("auto_reply"))
        || value("x-autogenerated").starts_with("reply")
        || value("x-mailer").contains("vacation")
        || value("x-fc-machinegenerated") == "true"
        || value("delivered-to").starts_with("autoresponder")
        || value("x-post-messageclass").contains("autoresponder")
        || (has_null_path(headers) && !is_by_postmaster(headers) && answers_a_mail(headers))
        || is_automatic_subject(subject)
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{begins, find_idle, stands_in};
    use super::*;

    #[test]
    fn no_subject_begins_with_another_and_no_challenge_stands_within_one() {
        assert_eq!((find_idle(SUBJECTS, begins), find_idle(CHALLENGES, stands_in)), (None, None));
    }

    #[test]
    fn a_bracket_hides_no_automatic_answer() {
        for subject in [
            "Automatisk svar: Nytt",
            "SV: Automatisk svar",
            "[Automatyczna odpowiedź ] test",
            "[Auto-Reply] Nytt",
            "(Automatisk svar) Nytt",
            "[EKSTERN] Automatisk svar",
            "Re: [EXTERN] SV: Out of office",
        ] {
            assert!(is_automatic_subject(subject), "{subject}");
        }
        for subject in ["[styret] Referat", "Nytt [automatisk svar]", "[", "[] ", ""] {
            assert!(!is_automatic_subject(subject), "{subject}");
        }
    }
}
