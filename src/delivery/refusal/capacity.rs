//! What is full, and what is too large for it: tables of facts, in lower case. Neither says that the address does not exist,
//! whatever the code beside them. Whole clauses of other words stand in [`clauses`](super::clauses).

use super::conditions::{facts_of, list_sentences};
use super::flat::says_any;

/// There is no room: of mailboxes and their quotas, and of the disks on which they lie.
#[rustfmt::skip]
pub(super) const FULL: &[&str] = &[
    "mailbox full", "mailbox is full", "mailbox too full", "mailbox has exceeded", "mailbox exceeded", "mailbox exceeds",
    "mailbox would exceed", "exceeds allowed", "exceeds its", "exceeding its", "exceeding their", "exceeding receiving",
    "mailbox has reached", "mailbox for user is full", "mailfolder is full",
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
pub(super) const TOO_LARGE: &[&str] = &[
    "too large", "too big", "exceeds size", "exceeds maximum", "exceeds the maximum", "exceeds the size",
    "exceeds limit", "exceeded the local limit", "larger than", "overskrider størrelsesgrensen", "er for stor", "zu groß",
    "trop volumineux", "demasiado grande", "サイズを超",
];

/// What has a limit. Alone such words tell only of a failure without a code of its own: "see mailbox size policy".
#[rustfmt::skip]
pub(super) const SIZES: &[&str] = &[
    "mailbox size", "mailbox limit", "mailbox space", "mail box space", "maximum size", "size limit", "message size",
];

/// In the same sentence: that it is reached.
#[rustfmt::skip]
const OVER: &[&str] = &["exceed", "violat", "reached", "is over", "insufficient", "enough", "out of", "used up", "no more"];

/// Whether words say that a mailbox is full.
pub(super) fn says_full(words: &str) -> bool {
    says_any(&facts_of(words), FULL)
}

/// Whether words say that the letter is too large, or that it or the mailbox exceeds what it may have.
pub(super) fn says_too_large(words: &str) -> bool {
    let facts = facts_of(words);
    let is_over = |sentence: &str| says_any(sentence, SIZES) && says_any(sentence, OVER);
    says_any(&facts, TOO_LARGE) || list_sentences(&facts).any(is_over)
}

#[cfg(test)]
mod tests {
    use super::super::Refusal;
    use super::super::{classify_failure, classify_reply, classify_told};
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
        for words in [
            "user unknown, see the full list",
            "no such user: give the full name",
            "mailbox not found",
            "<quotations@example.test>: Recipient address rejected: User unknown",
            "User unknown; see https://example.test/quota/exceeded",
            "No such user here. If the mailbox is full, the sender is told so",
        ] {
            assert!(!says_full(words) && !says_too_large(words), "{words}");
            assert_eq!(classify_failure(Enhanced::parse("5.1.1"), words), Refusal::Hard, "{words}");
            assert_eq!(classify_failure(None, words), Refusal::Hard, "{words}");
        }
    }

    #[test]
    fn a_size_alone_says_nothing_against_a_code() {
        for words in ["User unknown; see mailbox size policy", "RecipNotFound; not found; message size 45012"]
        {
            for code in ["5.1.1", "5.1.10"] {
                assert_eq!(classify_failure(Enhanced::parse(code), words), Refusal::Hard, "{code} {words}");
            }
            assert_eq!(classify_failure(None, words), Refusal::Soft, "{words}");
        }
        for words in
            ["mailbox space used up", "message size violates a limit", "the maximum size is exceeded"]
        {
            assert_eq!(classify_failure(Enhanced::parse("5.1.1"), words), Refusal::Soft, "{words}");
        }
    }
}
