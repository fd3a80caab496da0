//! SPF, DKIM and DMARC in plain words, with the records to publish.

use super::told::{Mark, Told};
use crate::checkup::dkim::{OwnKey, Shown, Signing};
use crate::checkup::dmarc::{Dmarc, Policy};
use crate::checkup::dns::DnsError;
use crate::checkup::domain::Domain;
use crate::checkup::relay::Opened;
use crate::checkup::spf::{Rest, Spf, are_too_many};
use crate::checkup::trial::{Standing, Trial};
use crate::config::is_loopback;
use crate::web::words::{MailDomain as Words, fill};

/// The servers of Microsoft 365, and what its customers publish for them.
const MICROSOFT: (&[&str], &str) =
    (&["office365.com", "outlook.com"], "v=spf1 include:spf.protection.outlook.com -all");

/// What a domain without any DMARC record begins with: nothing is refused yet.
const DMARC_TO_BEGIN: &str = "v=DMARC1; p=none";

/// What is known of the sender's domain, with a trial if there was one.
pub(super) fn tell(words: &Words, standing: &Standing, trial: Option<&Trial>) -> Vec<Told> {
    let mut told = tell_domain(words, standing, trial);
    told.extend(tell_signing(words, standing, trial));
    told
}

fn tell_domain(words: &Words, standing: &Standing, trial: Option<&Trial>) -> Vec<Told> {
    let Some(domain) = &standing.domain else {
        let text = if standing.stays_here { &words.local } else { &words.no_domain };
        return vec![Told::plain(Mark::Unknown, text)];
    };
    let own = |text: &str| fill(text, &[("domain", domain)]);
    match trial.map(|trial| &trial.domain) {
        None | Some(Domain::NotNeeded) => vec![Told::plain(Mark::Unknown, own(&words.untried))],
        Some(Domain::NotAsked { why: DnsError::Reserved(_), .. }) => {
            vec![Told::plain(Mark::Unknown, own(&words.reserved))]
        }
        Some(Domain::NotAsked { .. }) => {
            vec![Told::plain(Mark::Look, own(&words.not_asked)).with(&words.not_asked_do)]
        }
        Some(Domain::Asked { spf, lookups, dmarc, .. }) => {
            let mut told = vec![tell_spf(words, domain, spf, &standing.relay)];
            if are_too_many(*lookups) {
                told.push(Told::plain(Mark::Wrong, own(&words.spf_lookups)).with(&words.spf_lookups_do));
            }
            told.push(tell_dmarc(words, domain, dmarc));
            told.extend(tell_strictness(words, domain, dmarc, &standing.signing));
            told
        }
    }
}

fn tell_spf(words: &Words, domain: &str, spf: &Spf, relay: &Opened) -> Told {
    let own = |text: &str| fill(text, &[("domain", domain)]);
    let mark = Mark::from(spf.verdict());
    match spf {
        Spf::Missing => {
            let told = Told::plain(mark, own(&words.spf_missing));
            match suggest_spf(relay) {
                Some(value) => told.with(&own(&words.spf_missing_do)).with_record(domain, value),
                None => told.with(&own(&words.spf_missing_ask)),
            }
        }
        Spf::Several(count) => {
            let text = fill(&words.spf_several, &[("domain", domain), ("count", &count.to_string())]);
            Told::plain(mark, text).with(&words.spf_several_do)
        }
        Spf::One { rest, .. } => match rest {
            Rest::Refused => Told::plain(mark, own(&words.spf_refused)),
            Rest::Doubted => Told::plain(mark, own(&words.spf_doubted)),
            Rest::SaidElsewhere => Told::plain(mark, own(&words.spf_elsewhere)),
            Rest::Admitted => Told::plain(mark, own(&words.spf_open)).with(&words.spf_open_do),
        },
    }
}

/// A record that lets the relay send; none where it is this machine, whose name out on the net nobody here knows.
fn suggest_spf(relay: &Opened) -> Option<String> {
    let Opened::Servers(relays) = relay else { return None };
    let host = &relays.first().filter(|relay| !is_loopback(&relay.host))?.host;
    let is_under = |suffix: &&str| host.strip_suffix(*suffix).is_some_and(|rest| rest.ends_with('.'));
    if MICROSOFT.0.iter().any(is_under) {
        return Some(MICROSOFT.1.to_owned());
    }
    Some(match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => format!("v=spf1 ip4:{ip} -all"),
        Ok(std::net::IpAddr::V6(ip)) => format!("v=spf1 ip6:{ip} -all"),
        Err(_) => format!("v=spf1 a:{host} -all"),
    })
}

fn tell_dmarc(words: &Words, domain: &str, dmarc: &Dmarc) -> Told {
    let own = |text: &str| fill(text, &[("domain", domain)]);
    let mark = Mark::from(dmarc.verdict());
    let record = format!("_dmarc.{domain}");
    let (above, policy) = match dmarc {
        Dmarc::Missing => {
            let told = Told::plain(mark, own(&words.dmarc_missing)).with(&own(&words.dmarc_missing_do));
            return told.with_record(record, DMARC_TO_BEGIN);
        }
        Dmarc::Several => {
            return Told::plain(mark, own(&words.dmarc_several)).with(&words.dmarc_several_do);
        }
        Dmarc::One { domain, policy, .. } => (domain, policy),
    };
    let text = match policy {
        Policy::None => &words.dmarc_none,
        Policy::Quarantine => &words.dmarc_quarantine,
        Policy::Reject => &words.dmarc_reject,
        Policy::Unreadable => {
            return Told::plain(mark, own(&words.dmarc_unreadable)).with(&words.dmarc_unreadable_do);
        }
    };
    let inherited = if above == domain {
        String::new()
    } else {
        format!(" {}", fill(&words.dmarc_above, &[("above", above)]))
    };
    Told::plain(mark, own(text) + &inherited)
}

fn tell_strictness(words: &Words, domain: &str, dmarc: &Dmarc, signing: &Signing) -> Option<Told> {
    let other = signing.find_unaligned(domain, dmarc)?;
    let own = |text: &str| fill(text, &[("domain", domain), ("signed", &other.domain)]);
    Some(Told::plain(Mark::Wrong, own(&words.dmarc_strict)).with(&own(&words.dmarc_strict_do)))
}

fn tell_signing(words: &Words, standing: &Standing, trial: Option<&Trial>) -> Vec<Told> {
    match &standing.signing {
        Signing::Nobody if standing.stays_here => Vec::new(),
        Signing::Nobody => {
            let domain = standing.domain.as_deref().unwrap_or("forum.example");
            let steps = fill(&words.unsigned_do, &[("domain", domain)]);
            vec![Told::plain(Mark::Unknown, &words.unsigned).with(&steps)]
        }
        Signing::NoSender => vec![Told::plain(Mark::Wrong, &words.no_sender).with(&words.no_sender_do)],
        Signing::Unusable(_) => vec![Told::plain(Mark::Wrong, &words.bad_key).with(&words.bad_key_do)],
        Signing::Keys(keys) => {
            let shown = |at: usize| trial.and_then(|trial| trial.keys.get(at)).and_then(Option::as_ref);
            keys.iter().enumerate().flat_map(|(at, key)| tell_key(words, standing, key, shown(at))).collect()
        }
    }
}

fn tell_key(words: &Words, standing: &Standing, key: &OwnKey, shown: Option<&Shown>) -> Vec<Told> {
    let own = |text: &str| fill(text, &[("name", &key.record_name), ("domain", &key.domain)]);
    let mut told = Vec::new();
    if let Some(path) = &key.open_file {
        let path = standing.as_written(path);
        let filled = |text: &str| fill(text, &[("path", &path)]);
        told.push(Told::plain(Mark::Look, filled(&words.open_key)).with(&filled(&words.open_key_do)));
    }
    let Ok(ours) = &key.public else {
        told.push(Told::plain(Mark::Wrong, own(&words.bad_key)).with(&words.bad_key_do));
        return told;
    };
    let Some(shown) = shown else {
        let untried = Told::plain(Mark::Unknown, own(&words.dkim_untried));
        told.push(untried.with_record(&key.record_name, ours.value()));
        return told;
    };
    let (text, steps) = match shown {
        Shown::Same => (&words.dkim_same, ""),
        Shown::Testing => (&words.dkim_testing, words.dkim_testing_do.as_str()),
        Shown::Nothing => (&words.dkim_nothing, words.dkim_publish.as_str()),
        Shown::Several => (&words.dkim_several, words.dkim_several_do.as_str()),
        Shown::Revoked => (&words.dkim_revoked, words.dkim_publish.as_str()),
        Shown::Other => (&words.dkim_other, words.dkim_publish.as_str()),
        Shown::NotAsked(_) => (&words.dkim_not_asked, words.dkim_publish.as_str()),
    };
    let one = Told::plain(Mark::from(shown.verdict()), own(text)).with(&own(steps));
    let is_shown = matches!(shown, Shown::Same | Shown::Testing);
    told.push(if is_shown { one } else { one.with_record(&key.record_name, ours.value()) });
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigFile, Overrides};

    fn suggested(relay_url: &str) -> Option<String> {
        let file = ConfigFile { relay_url: Some(relay_url.to_owned()), ..ConfigFile::default() };
        let config = Config::resolve("/forum".into(), file, Overrides::default()).unwrap();
        suggest_spf(&crate::checkup::relay::open(&config, &crate::clock::Clock::system()))
    }

    #[test]
    fn the_record_that_is_suggested_names_the_relay() {
        let is = |url: &str, value: &str| assert_eq!(suggested(url).as_deref(), Some(value));
        is("smtp://smtp.office365.com:587", "v=spf1 include:spf.protection.outlook.com -all");
        is("smtp://forum.mail.protection.outlook.com", "v=spf1 include:spf.protection.outlook.com -all");
        is("smtps://relay.example", "v=spf1 a:relay.example -all");
        is("smtps://notoffice365.com", "v=spf1 a:notoffice365.com -all");
        is("smtps://192.0.2.25", "v=spf1 ip4:192.0.2.25 -all");
        for none in ["maildir:outbox", "smtp://127.0.0.1:2525?tls=none", "smtp://localhost"] {
            assert_eq!(suggested(none), None, "{none}");
        }
    }
}
