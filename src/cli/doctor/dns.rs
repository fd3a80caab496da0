//! Whether the sender's domain says who may send for it: SPF (RFC 7208) and DMARC (RFC 7489).

use super::check::Check;
use crate::checkup::Verdict;
use crate::checkup::dkim::{OwnKey, Signing, read_keys};
use crate::checkup::dmarc::{Dmarc, Policy};
use crate::checkup::dns::{DnsError, Resolver};
use crate::checkup::domain::{self, Domain};
use crate::checkup::spf::{LOOKUPS_AT_MOST, Rest, Spf, are_too_many};
use crate::config::Config;

const NAME: &str = "dns";

/// One check for each record; one that says so if nobody was asked.
pub(super) async fn check(config: &Config, resolver: &Resolver) -> Vec<Check> {
    tell(domain::check(config, resolver).await, &read_keys(config))
}

fn tell(found: Domain, signing: &Signing) -> Vec<Check> {
    match found {
        Domain::NotNeeded => {
            vec![Check::ok(NAME, "not asked: letters stay on this machine, or no sender is named")]
        }
        Domain::NotAsked { domain, why: DnsError::Reserved(_) } => {
            vec![Check::ok(NAME, format!("not asked: {domain} is a name for examples"))]
        }
        Domain::NotAsked { domain, why } => vec![Check::warning(
            NAME,
            format!("SPF and DMARC of {domain} were not checked: {why}"),
            format!("look yourself: dig +short TXT {domain}; dig +short TXT _dmarc.{domain}"),
        )],
        Domain::Asked { domain, spf, lookups, dmarc } => {
            let mut checks = vec![tell_spf(&domain, &spf)];
            if are_too_many(lookups) {
                checks.push(Check::error(
                    NAME,
                    format!(
                        "the SPF record of {domain} takes more than {LOOKUPS_AT_MOST} look-ups: receivers count it as \
                         broken"
                    ),
                    "take out include: for services that are no longer used, and write fixed addresses straight in \
                     (ip4:, ip6:)",
                ));
            }
            checks.push(tell_dmarc(&domain, &dmarc));
            checks.extend(signing.find_unaligned(&domain, &dmarc).map(|key| tell_strictness(&domain, key)));
            checks
        }
    }
}

fn tell_spf(domain: &str, spf: &Spf) -> Check {
    let (detail, remedy) = match spf {
        Spf::Missing => (
            format!("{domain} has no SPF record: letters may land among spam"),
            format!(
                "add a TXT record to {domain} that names the relay, such as \"v=spf1 include:relay.example -all\""
            ),
        ),
        Spf::Several(count) => (
            format!("{domain} has {count} SPF records: none of them counts"),
            "make them one that begins with v=spf1 and ends with -all".to_owned(),
        ),
        Spf::One { rest: Rest::Admitted, .. } => (
            format!("the SPF record of {domain} shuts nobody out, so it does not help"),
            "change its end to -all (others are refused) or ~all (others are suspected)".to_owned(),
        ),
        Spf::One { .. } => (format!("{domain} has SPF"), String::new()),
    };
    make_check(spf.verdict(), detail, remedy)
}

fn tell_dmarc(domain: &str, dmarc: &Dmarc) -> Check {
    let (detail, remedy) = match dmarc {
        Dmarc::Missing => (
            format!("{domain} has no DMARC record: large mail providers may refuse bulk mail"),
            format!("add a TXT record to _dmarc.{domain}, such as \"v=DMARC1; p=none\""),
        ),
        Dmarc::Several => (
            format!("{domain} has several DMARC records: none of them counts"),
            "let one of them stand".to_owned(),
        ),
        Dmarc::One { domain: at, policy: Policy::Unreadable, .. } => (
            format!("the DMARC record at _dmarc.{at} does not say what receivers are to do"),
            "write p=none, p=quarantine or p=reject in it".to_owned(),
        ),
        Dmarc::One { domain: at, .. } => (format!("{domain} has DMARC, at _dmarc.{at}"), String::new()),
    };
    make_check(dmarc.verdict(), detail, remedy)
}

fn tell_strictness(domain: &str, key: &OwnKey) -> Check {
    Check::error(
        NAME,
        format!(
            "the DMARC record wants a signature for exactly {domain} (adkim=s), but letters are signed for {}",
            key.domain
        ),
        format!(
            "make a key for it with treff dkim generate --domain {domain} --selector t2026, or take adkim=s out of the \
             record"
        ),
    )
}

fn make_check(result: Verdict, detail: String, remedy: String) -> Check {
    let remedy = (result != Verdict::Ok).then_some(remedy);
    Check { name: NAME, result, detail, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Algorithm, PrivateKey, PublishedKey};

    fn asked(spf: Spf, lookups: Option<usize>, dmarc: Dmarc) -> Vec<Check> {
        tell(Domain::Asked { domain: "forum.example".into(), spf, lookups, dmarc }, &Signing::Nobody)
    }

    fn one(text: &str) -> Spf {
        crate::checkup::spf::read(&[text.to_owned()])
    }

    fn dmarc(policy: Policy) -> Dmarc {
        Dmarc::One { domain: "forum.example".into(), policy, is_strict: false }
    }

    #[test]
    fn records_that_are_there_and_help_are_well() {
        let told = asked(one("v=spf1 mx -all"), Some(1), dmarc(Policy::None));
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|check| check.result == Verdict::Ok && check.remedy.is_none()), "{told:?}");
    }

    #[test]
    fn a_signature_for_a_domain_above_is_told_where_the_very_same_is_asked() {
        let keys = |domain: &str| {
            Signing::Keys(vec![OwnKey {
                domain: domain.to_owned(),
                record_name: format!("t._domainkey.{domain}"),
                open_file: None,
                public: PublishedKey::of(&PrivateKey::generate(Algorithm::Ed25519).unwrap().0),
            }])
        };
        let strict = Dmarc::One { domain: "forum.example".into(), policy: Policy::Reject, is_strict: true };
        assert!(keys("example").find_unaligned("forum.example", &strict).is_some());
        assert!(keys("forum.example").find_unaligned("forum.example", &strict).is_none());
        assert!(keys("example").find_unaligned("forum.example", &dmarc(Policy::Reject)).is_none());
        let domain = "forum.example".to_owned();
        let told = tell(
            Domain::Asked { domain, spf: one("v=spf1 -all"), lookups: Some(0), dmarc: strict },
            &keys("example"),
        );
        assert_eq!(told.last().map(|check| check.result), Some(Verdict::Error), "{told:?}");
    }

    #[test]
    fn records_that_do_not_help_are_told_with_their_remedies() {
        for (spf, lookups, policy, wrong) in [
            (Spf::Missing, None, dmarc(Policy::None), "no SPF"),
            (Spf::Several(2), None, dmarc(Policy::None), "2 SPF records"),
            (one("v=spf1 +all"), Some(0), dmarc(Policy::None), "shuts nobody out"),
            (one("v=spf1 mx -all"), Some(11), dmarc(Policy::None), "more than 10 look-ups"),
            (one("v=spf1 mx -all"), None, Dmarc::Missing, "no DMARC"),
            (one("v=spf1 mx -all"), None, Dmarc::Several, "several DMARC"),
            (one("v=spf1 mx -all"), None, dmarc(Policy::Unreadable), "does not say"),
        ] {
            let told = asked(spf, lookups, policy);
            let bad: Vec<&Check> = told.iter().filter(|check| check.result != Verdict::Ok).collect();
            assert!(
                matches!(bad[..], [one] if one.detail.contains(wrong) && one.remedy.is_some()),
                "{told:?}"
            );
        }
    }
}
