//! `treff.toml` as it is written, those of its tables that are a few plain values, and which relays hold.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::dkim::DkimKey;
use super::error::{ConfigError, without_user};
use super::listen::ListenAddress;
use super::name_server::NameServer;
use super::pace::PaceSettings;
use super::relay::RelaySettings;
use super::returned::MailPlaces;
use super::sender::Sender;
use super::sign_in::SignIn;
use super::worker::WorkerSettings;

/// `treff.toml` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// See [`Config::database_url`](super::Config::database_url).
    pub database_url: Option<String>,
    /// See [`Config::base_url`](super::Config::base_url).
    pub base_url: Option<String>,
    /// The one relay: `smtps://user@host`, `smtp://host:port?tls=none`, `maildir:FOLDER`.
    pub relay_url: Option<String>,
    /// Address and port that `serve` listens on.
    pub listen: Option<ListenAddress>,
    /// Whom to ask what DNS says of the sender's domain; by default the machine's own.
    pub name_server: Option<NameServer>,
    /// A folder of templates that replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// Who sends.
    pub sender: Sender,
    /// Who answers for personal data.
    pub privacy: Privacy,
    /// Whom to tell of what keeps people out.
    pub accessibility: Accessibility,
    /// How letters leave.
    pub delivery: DeliverySettings,
    /// Several processes that send.
    pub worker: WorkerSettings,
    /// Who signs letters, if anyone.
    pub dkim: Vec<DkimKey>,
    /// How fast letters go, and in which hours.
    pub pace: PaceSettings,
    /// Relays in order of preference, instead of `relay_url`.
    pub relay: Vec<RelaySettings>,
    /// Where returned mail comes in by itself.
    pub returned: MailPlaces,
    /// Where what people write to the forum comes in, and becomes a draft.
    pub drafts: MailPlaces,
    /// Whether a second person approves what is sent.
    pub approval: Approval,
    /// Places in groups.
    pub places: Places,
    /// How staff come in besides a link by mail and a password.
    pub sign_in: SignIn,
}

impl ConfigFile {
    /// The relays that hold, at least one. The environment's URL beats the file and is then the only one.
    pub(super) fn list_relays(
        &self,
        from_environment: Option<String>,
    ) -> Result<Vec<RelaySettings>, ConfigError> {
        let fail =
            |what, value: &str, remedy| Err(ConfigError::Value { what, value: value.to_owned(), remedy });
        let single = |url: String| {
            let delivery = &self.delivery;
            vec![RelaySettings {
                url,
                user: delivery.user.clone(),
                password_file: delivery.password_file.clone(),
                trust_file: delivery.trust_file.clone(),
                ..RelaySettings::default()
            }]
        };
        if let Some(url) = from_environment {
            return Ok(single(url));
        }
        if self.relay.is_empty() {
            return Ok(single(self.relay_url.clone().unwrap_or_else(|| "maildir:outbox".to_owned())));
        }
        if let Some(url) = &self.relay_url {
            return fail(
                "relay_url",
                &without_user(url),
                "take it out, or move it into the first [[relay]] as url",
            );
        }
        let delivery = &self.delivery;
        if delivery.user.is_some() || delivery.password_file.is_some() || delivery.trust_file.is_some() {
            let remedy = "user, password_file and trust_file belong into the [[relay]] that they are for";
            return fail("[delivery]", "not empty", remedy);
        }
        if self.relay.len() > 1
            && let Some(folder) = self.relay.iter().find(|relay| relay.url.starts_with("maildir:"))
        {
            return fail(
                "a [[relay]]'s url",
                &folder.url,
                "a mailbox folder stands alone: letters end there",
            );
        }
        Ok(self.relay.clone())
    }
}

/// Places in groups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Places {
    /// In these months (1 to 12) holders are asked whether they still have their places; none: never.
    #[serde(deserialize_with = "read_months")]
    pub ask_months: Vec<u32>,
}

impl Default for Places {
    fn default() -> Places {
        Places { ask_months: vec![2, 9] }
    }
}

/// The number of a month.
#[derive(Deserialize)]
#[serde(try_from = "i64")]
struct Month(u32);

impl TryFrom<i64> for Month {
    type Error = String;

    fn try_from(number: i64) -> Result<Month, String> {
        match u32::try_from(number) {
            Ok(month @ 1..=12) => Ok(Month(month)),
            _ => Err(format!("{number} is no month; write numbers from 1 to 12, or [] for never")),
        }
    }
}

fn read_months<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    let months = Vec::<Month>::deserialize(deserializer)?;
    Ok(months.into_iter().map(|Month(number)| number).collect())
}

/// A second person before a mailing goes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Approval {
    /// An edition waits until somebody approved its plan at the desk.
    pub required: bool,
}

/// Who answers for personal data (GDPR art. 13 and 14).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// The controller's name.
    pub controller: Option<String>,
    /// Where to turn.
    pub contact: Option<String>,
    /// The data protection officer, if the controller has one.
    pub officer: Option<String>,
    /// Who handles the data on the controller's behalf (GDPR art. 28), such as who runs the server and the mail relay.
    pub processors: Vec<String>,
    /// Where to complain; the page names the Norwegian authority if nobody is set.
    pub authority: Option<String>,
}

/// What the accessibility statement says of the operator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accessibility {
    /// Whom to tell of a hindrance; else the contact for privacy.
    pub contact: Option<String>,
    /// Who watches over accessibility; the page names the Norwegian authority if nobody is set.
    pub authority: Option<String>,
}

/// How letters leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySettings {
    /// Kept SMTP connections; at most one uncertain letter each after a crash.
    pub connections: usize,
    /// The user for PLAIN or LOGIN, if the URL names none.
    pub user: Option<String>,
    /// A file whose first line is the relay's password.
    pub password_file: Option<PathBuf>,
    /// A file with one more trusted root certificate in PEM.
    pub trust_file: Option<PathBuf>,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        DeliverySettings { connections: 10, user: None, password_file: None, trust_file: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_stands_twice_is_told_without_its_password() {
        let twice =
            "relay_url = \"smtps://kari:treasure@relay.example\"\n[[relay]]\nurl = \"smtps://relay.example\"";
        let file: ConfigFile = toml::from_str(twice).unwrap();
        let told = file.list_relays(None).unwrap_err().to_string();
        assert!(told.contains("...@relay.example") && !told.contains("treasure"), "{told}");
    }

    #[test]
    fn a_month_or_an_address_that_is_none_is_told_with_its_line_and_remedy() {
        let refusal = |text: &str| toml::from_str::<ConfigFile>(text).unwrap_err().to_string();
        let listen = refusal("\nlisten = \"127.0.0.1\"");
        assert!(listen.starts_with("TOML parse error at line 2"), "{listen}");
        assert!(listen.contains("such as 127.0.0.1:8080"), "{listen}");
        for month in ["13", "0", "-1"] {
            let told = refusal(&format!("[places]\nask_months = [2, {month}]"));
            assert!(told.starts_with("TOML parse error at line 2"), "{told}");
            assert!(told.contains(&format!("{month} is no month; write numbers from 1 to 12")), "{told}");
        }
        let never: ConfigFile = toml::from_str("[places]\nask_months = []").unwrap();
        assert!(never.places.ask_months.is_empty());
    }
}
