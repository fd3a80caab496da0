//! Who sends, how letters look, what is said and why data may be kept, as far as the lead settles it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::basis::Grounds;
use super::colour::Colour;
use super::logo::Logo;
use super::names::Names;
use super::recipient::EmailAddress;
use super::texts::Texts;

/// What the lead settles of it; what is none here is the operator's (`treff.toml`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct House {
    /// The address in From. Its domain is the operator's, who signs for it and stands in its DNS: another is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<EmailAddress>,
    /// The person who reads replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_name: Option<String>,
    /// Where replies go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_address: Option<EmailAddress>,
    /// At the foot of letters and pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_address: Option<String>,
    /// Who answers for personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<String>,
    /// Where to turn about personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_contact: Option<String>,
    /// The data protection officer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// The colour of headings, links and buttons in letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// A sentence about the forum at the foot of its letters.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub about: Names,
    /// Why the data of those who come in may be kept.
    #[serde(skip_serializing_if = "Grounds::is_empty")]
    pub grounds: Grounds,
    /// What the forum says in its own words.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub texts: Texts,
    /// At the head of letters. A forum file cannot say it; applying one leaves it.
    #[serde(skip)]
    pub logo: Option<Arc<Logo>>,
}

/// Why letters cannot name an address as their sender's or as where replies go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// RFC 6531: a letter with such a From would go over few relays, and to nobody else's mailbox.
    #[error("it is not in ASCII; many relays take no such sender")]
    NotAscii,
    /// What comes there is read by the program.
    #[error(
        "mail to bounce@ and bounce+...@ is returned mail, which nobody reads; write an address that a person reads"
    )]
    ReturnedMail,
}

impl House {
    /// Whether letters can name `address`.
    pub fn check_address(address: &EmailAddress) -> Result<(), SenderError> {
        let local = address.as_str().rsplit_once('@').map_or(address.as_str(), |(local, _)| local);
        if local == "bounce" || local.starts_with("bounce+") {
            return Err(SenderError::ReturnedMail);
        }
        if address.as_str().is_ascii() { Ok(()) } else { Err(SenderError::NotAscii) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_name_no_address_that_nobody_reads_or_few_relays_take() {
        let check = |text: &str| House::check_address(&text.parse().expect("an address"));
        assert_eq!(check("kari@nord.example"), Ok(()));
        assert_eq!(check("bouncer@nord.example"), Ok(()));
        assert_eq!(check("Bounce@nord.example"), Err(SenderError::ReturnedMail));
        assert_eq!(check("bounce+kari@nord.example"), Err(SenderError::ReturnedMail));
        assert_eq!(check("kåre@nord.example"), Err(SenderError::NotAscii));
    }

    #[test]
    fn a_house_is_kept_as_it_is_and_an_empty_one_says_nothing() {
        let house = House {
            sender: "post@nord.example".parse().ok(),
            colour: "#7a0019".parse().ok(),
            about: Names::one(crate::forum::Language::Nn, "Eit forum."),
            ..House::default()
        };
        let kept = serde_json::to_string(&house).expect("a house is plain");
        assert_eq!(serde_json::from_str::<House>(&kept).expect("it was just written"), house);
        assert_eq!(serde_json::from_str::<House>("{}").expect("nothing is settled"), House::default());
    }
}
