//! Whether the sender's domain says who may send for it: SPF (RFC 7208) and DMARC (RFC 7489).

use super::check::Check;
use crate::checkup::dmarc::Dmarc;
use crate::checkup::dns::{DnsError, Resolver};
use crate::checkup::domain::{self, Domain};
use crate::checkup::spf::Spf;
use crate::config::Config;

const NAME: &str = "dns";

pub(super) async fn check(config: &Config, resolver: &Resolver) -> Check {
    tell(domain::check(config, resolver).await)
}

fn tell(found: Domain) -> Check {
    match found {
        Domain::NotNeeded => {
            Check::ok(NAME, "not asked: letters stay on this machine, or no sender is named")
        }
        Domain::NotAsked { domain, why: DnsError::Reserved(_) } => {
            Check::ok(NAME, format!("not asked: {domain} is a name for examples"))
        }
        Domain::NotAsked { domain, why } => Check::warning(
            NAME,
            format!("SPF and DMARC of {domain} were not checked: {why}"),
            format!("look yourself: dig +short TXT {domain}; dig +short TXT _dmarc.{domain}"),
        ),
        Domain::Asked { domain, spf, dmarc } => judge(&domain, spf != Spf::Missing, dmarc != Dmarc::Missing),
    }
}

fn judge(domain: &str, has_spf: bool, has_dmarc: bool) -> Check {
    match (has_spf, has_dmarc) {
        (true, true) => Check::ok(NAME, format!("{domain} has SPF and DMARC")),
        (false, true) => Check::warning(
            NAME,
            format!("{domain} has no SPF record: letters may land among spam"),
            format!(
                "add a TXT record to {domain} that names the relay, such as \"v=spf1 include:relay.example -all\""
            ),
        ),
        (true, false) => Check::warning(
            NAME,
            format!("{domain} has no DMARC record: large mail providers may refuse bulk mail"),
            format!("add a TXT record to _dmarc.{domain}, such as \"v=DMARC1; p=none\""),
        ),
        (false, false) => Check::warning(
            NAME,
            format!("{domain} has neither SPF nor DMARC: letters will land among spam"),
            format!(
                "add TXT records to {domain} (v=spf1 ...) and _dmarc.{domain} (v=DMARC1 ...), as the relay's owner says"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkup::Verdict;

    #[test]
    fn spf_and_dmarc_are_told_apart() {
        assert_eq!(judge("a.no", true, true).result, Verdict::Ok);
        assert!(judge("a.no", false, true).detail.contains("no SPF"));
        assert!(judge("a.no", true, false).detail.contains("no DMARC"));
    }
}
