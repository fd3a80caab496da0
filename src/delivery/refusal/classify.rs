//! From codes and words to a kind.

use super::Refusal;
use super::capacity::{says_full, says_too_large};
use super::flat::bare;
use super::phrases::{answers_mail, kind_of_words, says_policy, says_sender_is_refused, says_we_are_refused};
use crate::delivery::smtp::Enhanced;

/// What a failure is, from its enhanced code and its words. Words count only where the code says
/// nothing in particular: x.0.0, x.x.0, none, and 5.4.z, with which some directories answer for an address that
/// they do not have. And whatever the code: that an address does not exist is not learnt from the answer to MAIL or from a
/// blocklist, nor where the words say that its mailbox is full or the letter too large; and a refusal of our own address is nobody
/// else's fault. Nor is one by policy, unless the code (x.1.z) speaks of the address. What was not refused for good is never hard.
pub fn classify_failure(status: Option<Enhanced>, words: &str) -> Refusal {
    temper(by_code(status, words), status, words)
}

/// What would be held against the recipient is softened where words tell better than the code that it is not theirs.
fn temper(kind: Refusal, status: Option<Enhanced>, words: &str) -> Refusal {
    let is_of_address = status.is_some_and(|status| status.subject == 1);
    match kind {
        Refusal::Hard | Refusal::Soft if says_sender_is_refused(words) => Refusal::Policy,
        Refusal::Hard if says_we_are_refused(words) => Refusal::Policy,
        Refusal::Hard if !is_for_good(status, words) => Refusal::Soft,
        Refusal::Hard if says_full(words) || says_too_large(words) => Refusal::Soft,
        Refusal::Hard | Refusal::Soft if !is_of_address && !says_full(words) && says_policy(words) => {
            Refusal::Policy
        }
        kind => kind,
    }
}

/// Whether a refusal is one for good: by its code, or where that says no more than the class, by the reply codes among its words.
fn is_for_good(status: Option<Enhanced>, words: &str) -> bool {
    let replies = |class: char| words.lines().any(|line| holds_reply(line, class));
    match status {
        Some(status) if status.class != 5 => false,
        Some(status) if !is_general(status) => true,
        _ => !replies('4') || replies('5'),
    }
}

/// Behind such signs another program's words begin.
const SIGNS: [char; 9] = [':', ';', '(', '[', '<', '>', '#', '"', '\''];

/// Behind such words as well.
#[rustfmt::skip]
const ANSWERED: &[&str] = &[
    "code", "error", "smtp", "status", "reply", "replied", "response", "responded", "returned", "said", "with", "kode", "koden", "feil",
    "feilkode", "svar", "svarte",
];

/// Whether a line holds a reply code of that class (RFC 5321, 4.2.1) where one stands: at its beginning, behind what leads to
/// another program's words, or before an enhanced code. "Ring 412 34 567" and "dial 415" hold a telephone number.
fn holds_reply(line: &str, class: char) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_led_to = |at: usize| {
        let Some(before) = at.checked_sub(1).map(|before| words[before]) else { return true };
        let is_answer = |answered: &&str| before.eq_ignore_ascii_case(answered);
        before.ends_with(SIGNS) || words[at].starts_with(SIGNS) || ANSWERED.iter().any(is_answer)
    };
    (0..words.len()).any(|at| {
        let behind = match reply_at(words[at], class) {
            None => return false,
            Some("") => words.get(at + 1).copied().unwrap_or_default(),
            Some(behind) => behind,
        };
        let digits = bare(behind);
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '-');
        !is_number && (is_led_to(at) || Enhanced::find(behind).is_some())
    })
}

/// What stands behind a reply code of that class in a word that is one or begins with one: "450", "450-4.1.1".
fn reply_at(word: &str, class: char) -> Option<&str> {
    let word = bare(word);
    let (code, behind) = word.split_once('-').unwrap_or((word, ""));
    let is_code = matches!(code.as_bytes(), [_, b'0'..=b'5', b'0'..=b'9']) && code.starts_with(class);
    is_code.then_some(behind)
}

fn by_code(status: Option<Enhanced>, words: &str) -> Refusal {
    let Some(status) = status else { return kind_of_words(words).unwrap_or(Refusal::Soft) };
    match (status.subject, status.detail) {
        (7, _) => Refusal::Policy,
        _ if is_about_sender(status) => Refusal::Policy,
        (1, 1 | 3 | 6 | 10) if status.class == 5 => Refusal::Hard,
        (0, _) | (_, 0) => kind_of_words(words).unwrap_or(Refusal::Soft),
        (4, _) if status.class == 5 => kind_of_words(words).unwrap_or(Refusal::Soft),
        _ => Refusal::Soft,
    }
}

/// Whether a code speaks of our own address: 5.1.7 and 5.1.8 (RFC 3463, 3.2), and Exchange's 5.1.90 (more than we may
/// send in a day) and 5.2.252 (not allowed to send as this address).
fn is_about_sender(status: Enhanced) -> bool {
    matches!((status.subject, status.detail), (1, 7 | 8 | 90) | (2, 252))
}

/// Whether words alone say what kind of failure it is.
pub fn says_kind(words: &str) -> bool {
    kind_of_words(words).is_some()
}

/// The code that says more: that of the diagnostic text if the status field has only a general one, and in a text
/// with several the first that says anything in particular.
pub fn best_status(field: Option<Enhanced>, diagnostic: &str) -> Option<Enhanced> {
    let failures = || Enhanced::list(diagnostic).filter(|code| code.class != 2);
    let telling = failures().find(|code| !is_general(*code));
    match field {
        Some(field) if is_general(field) && field.class != 2 => telling.or(Some(field)),
        Some(field) => Some(field),
        None => telling.or_else(|| failures().next()).or_else(|| Enhanced::find(diagnostic)),
    }
}

fn is_general(status: Enhanced) -> bool {
    status.subject == 0 || status.detail == 0
}

/// What a relay's reply says of its recipient, and the code that says it; `words` is the reply in words that the tables know.
pub(super) fn judge_reply(reply: &str, words: &str) -> Option<(Refusal, Enhanced)> {
    let status = Enhanced::find(reply).filter(|_| !answers_mail(reply))?;
    let kind = || temper(by_code(Some(status), ""), Some(status), words);
    (matches!(status.subject, 1 | 2) && !is_about_sender(status)).then(|| (kind(), status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_codes_are_hard_and_7_is_policy() {
        let kind = |code: &str| classify_failure(Enhanced::parse(code), "");
        for code in ["5.1.1", "5.1.3", "5.1.6", "5.1.10"] {
            assert_eq!(kind(code), Refusal::Hard, "{code}");
        }
        for code in ["5.7.1", "5.7.26", "4.7.0", "5.7.0", "5.1.7", "5.1.8"] {
            assert_eq!(kind(code), Refusal::Policy, "{code}");
        }
        for code in ["5.1.2", "5.2.2", "4.4.7", "4.1.1", "5.3.4", "5.0.0", "5.1.0"] {
            assert_eq!(kind(code), Refusal::Soft, "{code}");
        }
    }

    #[test]
    fn words_count_where_the_code_is_general() {
        let kind = |code: &str, words| classify_failure(Enhanced::parse(code), words);
        assert_eq!(kind("5.0.0", "550 No such user here"), Refusal::Hard);
        assert_eq!(kind("5.2.2", "no such user"), Refusal::Soft);
        assert_eq!(kind("", "550 blocked using a blacklist"), Refusal::Policy);
        assert_eq!(kind("5.0.0", "mailbox full"), Refusal::Soft);
        assert_eq!(kind("5.0.0", "550 User (kari@example.test) unknown."), Refusal::Hard);
        assert_eq!(kind("5.0.0", "550 Mailbox ( kari@example.test ) not found"), Refusal::Hard);
    }

    #[test]
    fn policy_is_held_against_nobody_whose_mailbox_is_named_beside_it() {
        let kind = |words| classify_failure(None, words);
        assert_eq!(kind("550 mailbox not available"), Refusal::Hard);
        assert_eq!(kind("550 mailbox not available - not local"), Refusal::Hard);
        assert_eq!(kind("550 mailbox not available due to spam policy"), Refusal::Policy);
        for words in [
            "550 mailbox unavailable: message rejected due to security policy",
            "550 Requested action not taken: mailbox unavailable. Reject due to policy restrictions",
            "550 mailbox does not accept this message: violates our policy",
        ] {
            assert_eq!(kind(words), Refusal::Policy, "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.2.1"), words), Refusal::Policy, "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.7.1"), words), Refusal::Policy, "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.1.1"), words), Refusal::Hard, "{words}");
        }
        assert_eq!(kind("550 Requested action not taken: mailbox unavailable"), Refusal::Hard);
        assert_eq!(kind("550 Adressen saknas i vårt register"), Refusal::Hard);
        assert_eq!(kind("550 Avsändaradressen saknas"), Refusal::Policy);
        assert_eq!(kind("550 Behörighet att skicka till den här mottagaren saknas"), Refusal::Policy);
        assert_ne!(kind("550 Plats för fler brev till mottagarens adress saknas"), Refusal::Hard);
    }

    #[test]
    fn what_was_not_refused_for_good_is_never_hard() {
        for (code, words) in [
            ("4.0.0", "450 <kari@example.test>: Recipient address rejected: User unknown"),
            ("4.1.0", "450 4.1.0 Recipient unknown"),
            ("4.4.0", "450 Recipient unknown, directory lookup"),
            ("2.0.0", "251 User not local; will forward"),
            ("5.0.0", "450 user unknown"),
            ("", "451 Recipient address rejected: User unknown in local recipient table"),
            ("", "host mx.example.test said: 450-no such user"),
        ] {
            assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Soft, "{code} {words}");
        }
        for (code, words) in [
            ("", "450 try the next host; 550 no such user"),
            ("", "user unknown"),
            ("5.0.0", "551 User not local; please try <kari@new.example.test>"),
            ("5.1.1", "450 user unknown"),
            ("", "user 4501 unknown: no such user"),
        ] {
            assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Hard, "{code} {words}");
        }
    }

    #[test]
    fn a_telephone_number_is_no_reply() {
        for words in [
            "Brukeren finnes ikke. Ring 412 34 567 for hjelp",
            "Mottakeren er ukjent. Kontakt Kari, tlf. +47 400 00 000.",
            "Brukeren finnes ikke, telefon 450 12 345",
            "Brukeren finnes ikke. Telefon: 450 12 345.",
            "Brukeren finnes ikke (450-12-345)",
            "Brukeren finnes ikke: 400 00.",
            "User unknown, dial 415 for help",
            "user unknown in room 412",
        ] {
            assert_eq!(classify_failure(None, words), Refusal::Hard, "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.0.0"), words), Refusal::Hard, "{words}");
        }
        for words in [
            "smtp; 450 user unknown",
            "The server replied\n450 user unknown",
            "error -> 450 user unknown",
            "it failed (450 user unknown)",
            "450 - user unknown",
            "it failed with 450 user unknown",
            "user unknown, so 450 4.1.1 for now",
            "450 user unknown. Ring 512 34 567",
            "450",
        ] {
            assert_eq!(classify_failure(None, words), Refusal::Soft, "{words}");
            let told = super::super::classify_told(Enhanced::parse("5.0.0"), words);
            assert_eq!(told, Refusal::Soft, "{words}");
        }
    }

    #[test]
    fn what_an_address_or_a_condition_is_called_is_no_fact() {
        for words in [
            "<kari@sorbs.test>: Recipient address rejected: User unknown",
            "User unknown; please see https://mx.example.test/postmaster/blacklist",
            "<human.resources@example.test>: Recipient address rejected: User unknown",
            "<dkim@example.test>: user unknown",
            "<security@example.test>: mailbox not available",
            "RecipientNotFound; Recipient not found by SMTP address lookup; sender domain example.test",
            "No such user here. If your sender address is refused, tell us",
        ] {
            for code in ["5.1.1", "5.1.10", "5.0.0", ""] {
                assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Hard, "{code} {words}");
            }
        }
        let asks = "Your server requires confirmation. Visit https://mx.example.test/Whitelist to confirm it";
        assert_eq!(classify_failure(None, asks), Refusal::Policy);
        for words in [
            "mailbox unavailable; see https://www.spamhaus.example/query/ip/192.0.2.1",
            "rejected, listed in sorbs",
            "no such user in the sending domain",
            "sender <forum@example.test> rejected",
            "the domain of sender address <forum@example.test> does not resolve",
        ] {
            for code in ["5.1.1", "5.0.0", ""] {
                assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Policy, "{code} {words}");
            }
        }
    }

    #[test]
    fn a_limit_on_us_is_held_against_nobody() {
        for words in [
            "550 Too many invalid recipients",
            "421 Too many invalid recipients, closing connection",
            "550 Remote server returned an error -> 550 Too many invalid recipients",
            "550 Too many unknown users",
            "550 Too many bad recipients",
            "550 maximum number of invalid recipients exceeded",
            "550 We do not accept mail to multiple bad recipients",
            "550 No valid recipients because of policy",
        ] {
            assert_eq!(classify_failure(None, words), Refusal::Policy, "{words}");
        }
        for words in ["503 no recipients specified", "550 Too many errors, unknown recipients"] {
            assert_eq!(classify_failure(None, words), Refusal::Soft, "{words}");
        }
    }

    #[test]
    fn what_is_said_of_a_recipient_is_hard_only_if_it_is_that_there_is_none() {
        let kind = |words: &str| classify_failure(None, &format!("550 {words}"));
        for words in [
            "because the recipient is not accepting mail with attachments",
            "The recipient is not authorized to receive messages from outside the organization",
            "This mailbox is not accepting mail at this time",
            "User does not accept bulk mail",
            "user not allowed to receive external mail",
            "recipient does not want to receive your mail",
            "This account does not allow mail from outside",
            "user not on the approved senders list",
            "invalid address in From header",
            "message contains invalid address in To: header",
            "invalid email in Reply-To",
            "bad address syntax in header field",
            "This user doesn't accept messages from outside",
        ] {
            assert_eq!(kind(words), Refusal::Policy, "{words}");
        }
        for words in [
            "user does not have enough storage",
            "user does not have access to this account",
            "user not available at the moment",
            "user not currently reachable",
            "User mailbox is not mounted",
            "mailbox is not monitored",
            "unknown error occurred while delivering",
            "unknown command",
            "not local, use the other host",
        ] {
            assert!(says_kind(&format!("550 {words}")), "{words}");
            assert_eq!(kind(words), Refusal::Soft, "{words}");
        }
        for words in [
            "user unknown",
            "unknown user",
            "no such user",
            "recipient does not exist",
            "user not found",
            "mailbox does not exist",
            "account does not exist",
            "user not exist",
            "recipient not exist",
            "recipient is not local",
            "user is not known",
            "mailbox is not valid",
            "is not a known user",
            "invalid address",
            "invalid mailbox",
            "bad address",
            "dd This user doesn't have a example.test account",
            "user does not have an account here",
            "Unknown <kari@example.test> recipient unknown",
        ] {
            assert_eq!(kind(words), Refusal::Hard, "{words}");
        }
    }

    #[test]
    fn the_diagnostic_s_code_beats_a_general_status() {
        let best = |field, words| best_status(Enhanced::parse(field), words).map(|e| e.to_string());
        assert_eq!(best("5.0.0", "smtp; 550 5.1.1 unknown").as_deref(), Some("5.1.1"));
        assert_eq!(best("5.1.1", "smtp; 550 5.7.1 no").as_deref(), Some("5.1.1"));
        assert_eq!(best("", "550 5.7.1 no").as_deref(), Some("5.7.1"));
        assert_eq!(best("5.0.0", "no code"), Some("5.0.0".to_owned()));
    }

    #[test]
    fn a_relay_s_words_alone_are_held_against_nobody() {
        let kind = |text| judge_reply(text, text).map(|(kind, _)| kind);
        assert_eq!(kind("550 5.1.1 <kari@example.test>: unknown"), Some(Refusal::Hard));
        assert_eq!(kind("552 5.2.2 mailbox full"), Some(Refusal::Soft));
        assert_eq!(kind("552 5.2.2 mailbox full, quota exceeded by policy"), Some(Refusal::Soft));
        assert_eq!(kind("552 5.1.1 <kari@example.test>: over quota"), Some(Refusal::Soft));
        assert_eq!(kind("550 5.2.1 mailbox unavailable: rejected due to policy"), Some(Refusal::Policy));
        assert_eq!(kind("550 5.2.1 Account disabled for policy violation"), Some(Refusal::Soft));
        assert_eq!(kind("550 5.2.1 mailbox disabled by policy"), Some(Refusal::Soft));
        assert_eq!(kind("550 5.1.0 no such user"), Some(Refusal::Soft));
        assert_eq!(kind("550 5.1.1 rejected, see spamhaus.example"), Some(Refusal::Policy));
        assert_eq!(kind("550 5.1.0 <forum@example.test>: Sender address rejected"), Some(Refusal::Policy));
        assert_eq!(kind("550 5.1.1 <forum@example.test>: Sender address rejected"), Some(Refusal::Policy));
        assert_eq!(kind("554 5.2.0 not allowed to send as forum@example.test"), Some(Refusal::Policy));
        assert_eq!(kind("554 5.2.252 SendAsDenied"), None);
        assert_eq!(kind("554 5.1.90 limit"), None);
        assert_eq!(kind("550 the sender does not exist"), None);
        assert_eq!(kind("550 5.1.8 bad sender"), None);
        assert_eq!(kind("554 5.7.1 no"), None);
        assert_eq!(kind("550 5.1.1 <forum@example.test>: unknown (in reply to MAIL FROM command)"), None);
    }
}
