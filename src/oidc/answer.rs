//! What a browser brings back from another house, in the address.

use serde::{Deserialize, Serialize};

/// The parameters of the answer (RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207, section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Answer {
    /// What gets the token, once.
    pub code: String,
    /// What we gave along.
    pub state: String,
    /// Who answers; empty: the house does not say.
    pub iss: String,
    /// Why there is no code.
    pub error: String,
}

/// Why a house sends somebody back without a code, as far as it makes a difference to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They, or the house, said no.
    Denied,
    /// The house cannot now.
    Busy,
    /// What we asked is not as the house wants it: the operator's to mend.
    Misconfigured,
}

/// No parameter is longer: codes of Entra ID have some 1,500 characters.
const LONGEST: usize = 8_000;

impl Answer {
    /// What went wrong at the house; none if it sent a code.
    pub fn refused(&self) -> Option<Refused> {
        match self.error.as_str() {
            "" => None,
            // OpenID Connect Core 1.0, section 3.1.2.6, counts the other four among what the person has to do.
            "access_denied"
            | "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Some(Refused::Denied),
            "server_error" | "temporarily_unavailable" => Some(Refused::Busy),
            _ => Some(Refused::Misconfigured),
        }
    }

    /// Whether there is all that a token needs.
    pub fn is_whole(&self) -> bool {
        let is_kept = |text: &String| text.len() <= LONGEST;
        let all = [&self.code, &self.state, &self.iss].into_iter().all(is_kept);
        all && !self.code.is_empty() && !self.state.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_house_is_one_of_three() {
        let of = |error: &str| Answer { error: error.to_owned(), ..Answer::default() }.refused();
        assert_eq!(of(""), None);
        assert_eq!(of("access_denied"), Some(Refused::Denied));
        assert_eq!(of("login_required"), Some(Refused::Denied));
        assert_eq!(of("temporarily_unavailable"), Some(Refused::Busy));
        for ours in ["invalid_scope", "unauthorized_client", "<script>"] {
            assert_eq!(of(ours), Some(Refused::Misconfigured));
        }
    }

    #[test]
    fn an_answer_without_a_code_or_a_state_is_not_whole() {
        let whole = Answer { code: "c".to_owned(), state: "s".to_owned(), ..Answer::default() };
        assert!(whole.is_whole());
        assert!(!Answer { code: String::new(), ..whole.clone() }.is_whole());
        assert!(!Answer { state: String::new(), ..whole.clone() }.is_whole());
        assert!(!Answer { code: "c".repeat(LONGEST + 1), ..whole }.is_whole());
    }
}
