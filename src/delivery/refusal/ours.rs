//! What is said of us, who sent the letter: of "your address", of a header of ours, of "you".

use std::ops::Range;

use super::flat::says_any;

/// Us, who sent it.
#[rustfmt::skip]
pub(super) const SENDERS: &[&str] = &[
    "sender", "sender address", "mail from", "from address", "from: address", "return path", "return-path", "return address", "reverse path",
    "reverse-path", "reply-to", "reply to address", "your ip", "your ip address", "your domain", "avsender", "avsendar", "avsändare", "afsender",
    "absender", "expéditeur", "remitente", "remetente", "mittente", "afzender", "отправител", "发件人", "差出人",
    "送信者", "발신자",
];

/// What is ours.
#[rustfmt::skip]
const OURS: &[&str] = &[
    "your address", "your email address", "your e-mail address", "your mail address", "your account", "your email account",
    "your mailbox", "din adresse", "din e-postadresse", "din epostadresse", "din e-mailadresse", "din konto", "adressen din", "adressa di",
    "kontoen din", "kontoen di", "din adress", "din e-postadress", "ditt konto", "ihre adresse", "ihre e-mail-adresse", "ihre mailadresse", "ihr konto",
    "votre adresse", "votre compte", "tu dirección", "seu endereço", "tuo indirizzo", "uw adres", "uw e-mailadres",
];

/// Right before what is said: it is said of whoever reads it.
#[rustfmt::skip]
const YOU: &[&str] = &["you", "you are", "you're", "du", "du er", "du är", "sie sind", "ihr seid", "vous", "vous êtes", "ni", "ni är"];

/// Behind what is said of an address: in which part of the letter it stands, or that it is the sender's.
#[rustfmt::skip]
const IN_LETTER: &[&str] = &[
    "header", "in from", "in the from", "in to:", "in cc", "in reply-to", "in the reply-to", "as sender", "for sender", "of sender",
    "i from-", "kopfzeile", "en-tête",
];

/// So far behind it is looked for.
const REACH: usize = 40;

/// Whether what stands at `at` in a sentence is said of what is ours, and of no other that `names_another` finds between.
pub(super) fn is_said_of_ours(
    sentence: &str,
    at: &Range<usize>,
    names_another: impl Fn(&str) -> bool,
) -> bool {
    let before = &sentence[..at.start];
    let of_you = || YOU.iter().any(|you| ends_with_words(before, you));
    // "Your address is invalid" is said of it where "address is invalid" is found.
    let of_ours = || {
        let nearest = |ours: &&str| {
            sentence[..at.end]
                .rmatch_indices(*ours)
                .find(|(from, _)| *from < at.start)
                .map(|(from, _)| from + ours.len())
        };
        let end = OURS.iter().filter_map(nearest).max();
        // A phrase may begin with its own subject: "user does not exist".
        let word = sentence[at.start..at.end].find(' ').map_or(at.end, |word| at.start + word);
        end.is_some_and(|end| end > at.start || !names_another(&sentence[end..word]))
    };
    of_you() || of_ours()
}

/// Whether words begin with what is ours.
pub(super) fn begins_with_ours(words: &str) -> bool {
    OURS.iter().any(|ours| words.trim_start().starts_with(ours))
}

/// Whether what stands behind words of an address, in their sentence, tells that it is one in the letter's own lines.
pub(super) fn is_said_of_letter(behind: &str) -> bool {
    says_any(&behind[..behind.floor_char_boundary(REACH)], IN_LETTER)
}

fn ends_with_words(text: &str, words: &str) -> bool {
    let before = text.trim_end().strip_suffix(words);
    before.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::super::{Refusal, classify_failure};

    #[test]
    fn what_is_said_of_our_address_is_held_against_nobody() {
        for words in [
            "Din adresse finnes ikke i vår liste over tillatte avsendere",
            "Adressen din finnes ikke på hvitlisten",
            "Du finnes ikke i mottakerens adressebok",
            "E-postadressen din er ikke registrert hos oss som avsender",
            "Din adress finns inte i mottagarens adressbok",
            "Ihre Adresse ist dem Empfänger nicht bekannt",
            "Votre adresse est introuvable dans la liste du destinataire",
            "Your email address could not be found in the recipient's safe senders list",
            "Your address was not found in the recipient's contacts",
            "You are not a known user; please authenticate",
            "Your account does not exist",
            "Your email address is invalid",
            "Could not find your address in our register",
            "return-path verification failed: mailbox not found",
            "Reverse path verification failed: mailbox not found",
        ] {
            assert_eq!(classify_failure(None, &format!("550 {words}")), Refusal::Policy, "{words}");
        }
    }

    #[test]
    fn what_is_said_of_the_recipient_beside_ours_stays_hard() {
        for words in [
            "The account you are writing to does not exist",
            "Mottakeren du skrev til finnes ikke",
            "Your message from your address failed: the user does not exist",
            "Die Adresse, an die Sie schrieben, existiert nicht",
            "Adressen du skrev til finnes ikke",
            "The address in your message does not exist",
            "Your message was not delivered because the recipient was not found",
        ] {
            assert_eq!(classify_failure(None, &format!("550 {words}")), Refusal::Hard, "{words}");
        }
    }
}
