//! A contact as people write it: `Kari Nes <kari@example.test>, 900 00 000`.

use crate::content::Contact;
use crate::forum::{EmailAddress, EmailError};

/// Takes a contact apart. A bare name, address or telephone will do; only an address in angle
/// brackets that is none is an error.
pub(super) fn read_contact(text: &str) -> Result<Contact, EmailError> {
    let mut contact = Contact { name: String::new(), email: None, phone: None };
    let mut names: Vec<&str> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((name, address)) = bracketed(part) {
            contact.email = Some(address.parse::<EmailAddress>()?.to_string());
            names.extend((!name.is_empty()).then_some(name));
        } else if contact.email.is_none() && part.contains('@') && part.parse::<EmailAddress>().is_ok() {
            contact.email = part.parse::<EmailAddress>().ok().map(|address| address.to_string());
        } else if contact.phone.is_none() && is_phone(part) {
            contact.phone = Some(part.to_owned());
        } else {
            names.push(part);
        }
    }
    contact.name = match (names.is_empty(), &contact.email, &contact.phone) {
        (false, _, _) => names.join(", "),
        (true, Some(email), _) => email.clone(),
        (true, None, Some(phone)) => phone.clone(),
        (true, None, None) => text.trim().to_owned(),
    };
    Ok(contact)
}

/// Name and address of `Name <address>`.
fn bracketed(part: &str) -> Option<(&str, &str)> {
    let (name, rest) = part.split_once('<')?;
    let address = rest.strip_suffix('>')?;
    Some((name.trim().trim_matches('"'), address.trim()))
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
    fn an_address_in_brackets_must_be_one() {
        let error = read_contact("Kari Nes <kari>, 900 00 000").unwrap_err().to_string();
        assert_eq!(error, "\"kari\" is not an e-mail address: the @ is missing");
    }
}
