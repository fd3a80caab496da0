//! What is full, and what is too large for it: tables of facts, in lower case. Neither says that the address does not exist,
//! whatever the code beside them. Whole clauses of other words stand in [`clauses`](super::clauses).

use super::phrases::{flatten_front, says_any};

/// There is no room: of mailboxes and their quotas, and of the disks on which they lie.
#[rustfmt::skip]
const FULL: &[&str] = &[
    "mailbox full", "mailbox is full", "mailbox too full", "mailbox has exceeded", "mailbox exceeded", "mailbox exceeds",
    "mailbox would exceed", "exceeds allowed", "exceeds its", "exceeding its", "exceeding their", "exceeding receiving", "mailbox size",
    "mailbox has reached", "mailbox for user is full", "mailbox limit", "mailbox space", "mail box space", "mailfolder is full",
    "mailfolder too full", "mail folder is full", "inbox is full", "inbox full", "storage is full", "full mailbox", "temporarily full",
    "account is full", "account full", "quota", "over limit", "overlimit", "exceeded storage", "storage limit", "storage allocation",
    "allowed storage", "out of storage", "insufficient disk", "insufficient storage", "insufficient system storage", "disk full",
    "full disk", "no space left", "space left", "disk space", "enough space", "enough storage", "space not enough", "space has been used",
    "too many messages", "too much mail", "over capacity",
    // de
    "postfach voll", "postfach ist voll", "empfängers ist voll", "mailbox voll", "mailbox ist voll", "überfüllt", "speicherplatz",
    // fr, es, pt, it, nl
    "pleine", "saturée", "espace disponible", "buzón lleno", "está lleno", "mailbox lleno", "está llena", "caixa postal cheia",
    "está cheia", "caixa cheia", "casella piena", "è piena", "postbus vol", "postvak is vol", "mailbox vol", "mailbox is vol",
    // pl, cs, ru, zh, ja, ko, tr
    "skrzynka pełna", "skrzynka jest pełna", "przepełniona", "je plná", "переполнен", "квот", "邮箱已满", "空间不足", "容量不足",
    "已满", "容量を超", "容量オーバー", "容量がいっぱい", "용량이 초과", "용량을 초과", "kotası",
];

/// The letter is too large.
#[rustfmt::skip]
const TOO_LARGE: &[&str] = &[
    "maximum size", "too large", "too big", "exceeds size", "exceeds maximum", "exceeds the maximum", "exceeds the size", "size limit",
    "exceeds limit", "exceeded the local limit", "message size", "larger than", "overskrider størrelsesgrensen", "er for stor", "zu groß",
    "trop volumineux", "demasiado grande", "サイズを超",
];

/// Whether words say that a mailbox is full.
pub(super) fn says_full(words: &str) -> bool {
    says_any(&flatten_front(words), FULL)
}

/// Whether words say that the letter is too large.
pub(super) fn says_too_large(words: &str) -> bool {
    says_any(&flatten_front(words), TOO_LARGE)
}

#[cfg(test)]
mod tests {
    use super::super::Refusal;
    use super::super::clauses::classify_told;
    use super::super::{classify_failure, classify_reply};
    use super::*;
    use crate::delivery::smtp::Enhanced;

    #[test]
    fn what_is_full_or_too_large_is_no_unknown_address_whatever_the_code() {
        for words in [
            "Boite du destinataire pleine. Recipient overquota",
            "mailbox has exceeded its disk space limit",
            "mailbox size limit exceeded",
            "full mailbox",
            "exceeding its mailbox quota",
            "account is over-quota",
            "account disabled temporarily for exceeding receiving limits",
            "does not have enough space",
            "user doesn't have space left",
            "the user's space has been used up",
            "user has too many messages on the server",
            "mailbox temporarily full",
            "Postfach voll",
            "Das Postfach ist überfüllt",
            "Buzón lleno",
            "La casilla del usuario está llena",
            "Mailbox vol",
            "Почтовый ящик переполнен",
            "RCPT TO:<kari@example.test> max message size exceeded",
            "message too large for this recipient",
        ] {
            for code in ["5.1.1", "5.0.0", "5.1.10"] {
                assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Soft, "{code} {words}");
            }
            let reply = classify_reply(&format!("552 5.1.1 {words}")).map(|(kind, _)| kind);
            assert_eq!(reply, Some(Refusal::Soft), "{words}");
        }
        let reply = classify_reply("552 5.1.1 Mottakers postboks er full").map(|(kind, _)| kind);
        assert_eq!(reply, Some(Refusal::Soft));
        let full = "postboksen til kari@example.test er full";
        assert_eq!(classify_told(Enhanced::parse("5.1.1"), full), Refusal::Soft);
    }

    #[test]
    fn an_unknown_address_is_hard_whatever_is_full_of_what() {
        for words in
            ["user unknown, see the full list", "no such user: give the full name", "mailbox not found"]
        {
            assert!(!says_full(words) && !says_too_large(words), "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.1.1"), words), Refusal::Hard, "{words}");
            assert_eq!(classify_failure(None, words), Refusal::Hard, "{words}");
        }
    }
}
