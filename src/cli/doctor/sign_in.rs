//! Whether the houses whose word opens the desk answer, and are who the configuration says.

use super::check::Check;
use crate::config::{Config, OidcSettings};
use crate::delivery::trusting;
use crate::oidc::{House, HouseError};

const NAME: &str = "sign-in";

/// One check for each house; none if there is none.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    for settings in &config.file.sign_in.oidc {
        checks.push(match open(settings, config) {
            Ok(house) => check_house(&house).await,
            Err(problem) => Check::error(NAME, problem, "correct [[sign_in.oidc]] in treff.toml"),
        });
    }
    checks
}

fn open(settings: &OidcSettings, config: &Config) -> Result<House, String> {
    let file = settings.trust_file.as_ref().map(|file| config.folder.join(file));
    let tls = trusting(file.as_deref())?;
    House::open(settings, config, &tls).map_err(|e: HouseError| e.to_string())
}

async fn check_house(house: &House) -> Check {
    let name = &house.settings().name;
    match house.look().await {
        Ok(keys) => {
            let redirect = house.redirect();
            Check::ok(NAME, format!("{name} answers with {keys} keys; it has to know the address {redirect}"))
        }
        Err(e) => Check::error(
            NAME,
            format!("{name}: {e}"),
            "correct issuer in [[sign_in.oidc]], or let this machine reach the provider; links by mail work meanwhile",
        ),
    }
}
