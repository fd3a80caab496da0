//! The commented `treff.toml` that `treff init` writes.

const TEMPLATE: &str = include_str!("treff.toml");

/// What the file says beside its defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// See `ConfigFile::relay_url`.
    pub relay_url: Option<String>,
    /// The address in From.
    pub sender: Option<String>,
    /// Who reads replies.
    pub reply_name: Option<String>,
    /// Where replies go.
    pub reply_address: Option<String>,
}

/// The text of the file.
pub(super) fn config_text(answers: &Answers) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let line = |key: &str, value: &Option<String>, example: &str| match value {
        Some(value) => format!("{key} = {}", quoted(value)),
        None => format!("# {key} = {}", quoted(example)),
    };
    TEMPLATE
        .replace("{relay_url}", &quoted(answers.relay_url.as_deref().unwrap_or("maildir:outbox")))
        .replace("{address}", &line("address", &answers.sender, "forum@nordfjella.example"))
        .replace("{reply_name}", &line("reply_name", &answers.reply_name, "Kari Nes"))
        .replace("{reply_address}", &line("reply_address", &answers.reply_address, "kari@nordfjella.example"))
}

/// A first `forum.toml` for a forum called `name`.
pub(super) fn forum_text(name: &str) -> String {
    include_str!("forum.toml").replace("{name}", &toml::Value::String(name.to_owned()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::serve::LISTEN;
    use crate::config::{Config, ConfigFile, Overrides};

    #[test]
    fn the_file_says_what_holds_without_it() {
        let file: ConfigFile = toml::from_str(&config_text(&Answers::default())).unwrap();
        let written = Config::resolve("/forum".into(), file, Overrides::default()).unwrap();
        let without = Config::resolve("/forum".into(), ConfigFile::default(), Overrides::default()).unwrap();
        assert_eq!(written.database_url, without.database_url);
        assert_eq!(written.base_url, without.base_url);
        assert_eq!(written.mailbox_folder(), without.mailbox_folder());
        assert_eq!(written.file.delivery.connections, without.file.delivery.connections);
        assert_eq!(written.file.worker.lease_seconds, without.file.worker.lease_seconds);
        assert_eq!(written.file.listen.map(|address| address.0).as_deref(), Some(LISTEN));
    }

    /// Whether a line is `word = ...`.
    fn is_setting(line: &str) -> bool {
        let word = line.split_once(" = ").map_or("", |(word, _)| word);
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    }

    #[test]
    fn every_line_that_is_off_can_be_turned_on() {
        let on: String = config_text(&Answers::default())
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if is_setting(rest) || rest.starts_with('[') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let file: ConfigFile = toml::from_str(&on).unwrap();
        assert_eq!(file.sender.address.as_deref(), Some("forum@nordfjella.example"));
        assert_eq!(file.sender.reply_name.as_deref(), Some("Kari Nes"));
        assert_eq!(file.sender.reply_address.as_deref(), Some("kari@nordfjella.example"));
        assert_eq!(file.sender.postal_address.as_deref(), Some("Postboks 1, 1234 Nordfjella"));
        assert_eq!(file.privacy.controller.as_deref(), Some("Nordfjella fylkeskommune"));
        assert_eq!(file.privacy.contact.as_deref(), Some("personvern@nordfjella.example"));
        assert_eq!(file.privacy.officer.as_deref(), Some("personvernombud@nordfjella.example"));
        assert_eq!(file.accessibility.contact.as_deref(), Some("tilgjengelighet@nordfjella.example"));
        assert_eq!(file.delivery.user.as_deref(), Some("treff"));
        assert_eq!(file.pace.per_minute.map(|most| most.0), Some(600));
        let domain = file.pace.domain.values().next().unwrap();
        assert_eq!((domain.per_minute.unwrap().0, domain.connections.unwrap().0), (60, 2));
        assert!(file.approval.required);
        assert_eq!(file.privacy.processors, ["Nordfjella IKT (drift)"]);
        assert_eq!(file.places.ask_months, [2, 9]);
        assert!(file.delivery.password_file.is_some() && file.delivery.trust_file.is_some());
        assert!(file.templates.is_some());
        assert_eq!(file.dkim[0].domain, "nordfjella.example");
        assert!(file.returned.maildir.is_some());
        let imap = file.returned.imap.unwrap();
        assert_eq!(imap.user, "bounce@nordfjella.example");
        assert_eq!(imap.oauth2.unwrap().tenant.as_deref(), Some("nordfjella.example"));
        assert_eq!((file.relay.len(), file.relay[0].oauth2.is_some()), (2, true));
    }

    #[test]
    fn answers_stand_in_the_file_whatever_they_hold() {
        let answers = Answers {
            relay_url: Some("smtp://127.0.0.1:2525?tls=none".to_owned()),
            sender: Some("forum@example.test".to_owned()),
            reply_name: Some("Kari \"K\" Nes".to_owned()),
            reply_address: Some("kari@example.test".to_owned()),
        };
        let file: ConfigFile = toml::from_str(&config_text(&answers)).unwrap();
        assert_eq!(file.relay_url, answers.relay_url);
        assert_eq!(file.sender.address, answers.sender);
        assert_eq!(file.sender.reply_name, answers.reply_name);
        assert_eq!(file.sender.reply_address, answers.reply_address);
    }

    #[test]
    fn the_first_forum_file_is_a_forum_file() {
        let file =
            crate::intake::forum_file::read_forum_file("forum.toml", &forum_text("Forum \"Nord\"")).unwrap();
        assert_eq!(file.settings.name, "Forum \"Nord\"");
        assert_eq!(file.warnings, Vec::<String>::new());
    }
}
