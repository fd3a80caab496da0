//! A contact as people write it: `Kari Nes <kari@example.test>, 900 00 000`.

use crate::content::Contact;
use crate::forum::{EmailAddress, EmailError};

/// Why a text is no contact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ContactError {
    /// What stands in angle brackets is no address.
    #[error(transparent)]
    Address(#[from] EmailError),
    /// Two people.
    #[error("{0} and {1}: a contact is one person; keep one, and name the other in the text")]
    Two(EmailAddress, EmailAddress),
}

/// Takes a contact apart. A bare name, address or telephone will do; only an address in angle
/// brackets that is none, and a second address, are errors.
pub(super) fn read_contact(text: &str) -> Result<Contact, ContactError> {
    let (mut address, mut phone): (Option<EmailAddress>, Option<&str>) = (None, None);
    let mut names: Vec<String> = Vec::new();
    for part in split(text) {
        let found = match bracketed(part) {
            Some((name, found)) => {
                names.extend((!name.is_empty()).then(|| unquoted(name)));
                Some(found.parse::<EmailAddress>()?)
            }
            None => part.parse::<EmailAddress>().ok(),
        };
        match (found, &address) {
            (Some(second), Some(first)) if second != *first => {
                return Err(ContactError::Two(first.clone(), second));
            }
            (Some(found), _) => address = Some(found),
            (None, _) if phone.is_none() && is_phone(part) => phone = Some(part),
            (None, _) => names.push(unquoted(part)),
        }
    }
    let email = address.map(|address| address.to_string());
    let name = match (names.is_empty(), &email, phone) {
        (false, _, _) => names.join(", "),
        (true, Some(email), _) => email.clone(),
        (true, None, Some(phone)) => phone.to_owned(),
        (true, None, None) => text.trim().to_owned(),
    };
    Ok(Contact { name, email, phone: phone.map(str::to_owned) })
}

/// The parts between commas; one within quotation marks parts nothing (RFC 5322, 3.2.4), and a mark that nothing closes is
/// text.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = text[at..].find([',', '"']).map(|found| at + found) {
        at = found + 1;
        if text[found..].starts_with(',') {
            parts.push(&text[start..found]);
            start = at;
        } else {
            at += length_of_quoted(&text[at..]).unwrap_or(0);
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// How much of a text belongs to the quoted string that was opened before it, with the closing mark.
fn length_of_quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let closing = text.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        closes
    });
    closing.map(|(at, mark)| at + mark.len_utf8())
}

/// Name and address of `Name <address>`.
fn bracketed(part: &str) -> Option<(&str, &str)> {
    let (name, rest) = part.split_once('<')?;
    let address = rest.strip_suffix('>')?;
    Some((name.trim(), address.trim()))
}

/// The text of a quoted string, or the text as it stands.
fn unquoted(text: &str) -> String {
    let whole = text.strip_prefix('"').filter(|rest| length_of_quoted(rest) == Some(rest.len()));
    let Some(inner) = whole.and_then(|rest| rest.strip_suffix('"')) else { return text.to_owned() };
    let mut plain = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// At least five digits, and nothing but what stands in telephone numbers.
fn is_phone(part: &str) -> bool {
    let digits = part.trim_start_matches(|c: char| c.is_alphabetic() || ". :".contains(c));
    digits.chars().filter(char::is_ascii_digit).count() >= 5
        && digits.chars().all(|c| c.is_ascii_digit() || "+()-./ \u{a0}".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>, Option<String>) {
        let contact = read_contact(text).unwrap();
        (contact.name, contact.email, contact.phone)
    }

    #[test]
    fn a_contact_is_taken_apart_into_name_address_and_telephone() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("Kari Nes <kari@example.test>, 900 00 000"),
            ("Kari Nes".into(), some("kari@example.test"), some("900 00 000"))
        );
        assert_eq!(read("Kari Nes"), ("Kari Nes".into(), None, None));
        assert_eq!(
            read("Nes, Kari, tlf. +47 900 00 000"),
            ("Nes, Kari".into(), None, some("tlf. +47 900 00 000"))
        );
        assert_eq!(read("kari@example.test"), ("kari@example.test".into(), some("kari@example.test"), None));
        assert_eq!(read("Servicetorget, rom 12"), ("Servicetorget, rom 12".into(), None, None));
    }

    #[test]
    fn a_comma_within_quotation_marks_parts_nothing() {
        let kari = Some("kari@example.test".to_owned());
        assert_eq!(
            read("\"Nes, Kari\" <kari@example.test>, +47 900 00 000"),
            ("Nes, Kari".into(), kari.clone(), Some("+47 900 00 000".into()))
        );
        assert_eq!(
            read("\"Nes, \\\"KK\\\" Kari\", kari@example.test"),
            ("Nes, \"KK\" Kari".into(), kari.clone(), None)
        );
        assert_eq!(read("Kari \"K, den eldre\" Nes <kari@example.test>").0, "Kari \"K, den eldre\" Nes");
        // A mark that nothing closes is text.
        assert_eq!(read("Rom 5\", Kari <kari@example.test>"), ("Rom 5\", Kari".into(), kari, None));
    }

    #[test]
    fn two_people_are_refused_and_one_who_is_named_twice_is_not() {
        for text in [
            "Kari Nes <kari@example.test>, 900 00 000, Per Moe <per@example.test>, 911 11 111",
            "kari@example.test, per@example.test",
        ] {
            assert_eq!(
                read_contact(text).unwrap_err().to_string(),
                "kari@example.test and per@example.test: a contact is one person; keep one, and name the other in the text"
            );
        }
        let twice = read("kari@example.test, Kari Nes <Kari@example.test>");
        assert_eq!(twice, ("Kari Nes".into(), Some("kari@example.test".into()), None));
    }

    #[test]
    fn an_address_in_brackets_must_be_one() {
        let error = read_contact("Kari Nes <kari>, 900 00 000").unwrap_err().to_string();
        assert_eq!(error, "\"kari\" is not an e-mail address: the @ is missing");
    }
}
