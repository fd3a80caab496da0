//! `treff doctor`: is all well, and if not, what to do.
//!
//! Nothing is changed and no letter is sent: tables of an older program stay theirs, and are not asked. What of it the
//! desk shows too is found out in `checkup`; here it is put into words for who runs the server. Each check stands alone,
//! so that one run tells all.

mod check;
mod database;
mod dkim;
mod dns;
mod relay;
mod returned;
mod settings;
mod sign_in;
mod workers;

use std::path::Path;

use self::check::Check;
use super::{Exit, Report};
use crate::checkup::Verdict;
use crate::checkup::dns::Resolver;
use crate::config::{Config, Overrides};
use crate::store::{Found, Store};

/// Prints `{"checks": [{"name", "result": "ok"|"warning"|"error", "detail", "remedy"}]}`; exit 1 if there
/// is an error among them. `path` is where the configuration stands, or should.
pub async fn run(path: &Path, overrides: Overrides) -> anyhow::Result<Report> {
    let checks = match Config::load(path, overrides) {
        Ok(config) => check_all(path, &config).await,
        Err(e) => vec![Check::error("configuration", e.to_string(), e.remedy(path))],
    };
    let failed = checks.iter().any(|check| check.result == Verdict::Error);
    let mut report = Report::done(text(&checks), serde_json::json!({ "checks": checks }));
    if failed {
        report.exit = Exit::Partly;
    }
    Ok(report)
}

async fn check_all(path: &Path, config: &Config) -> Vec<Check> {
    let mut checks = vec![settings::check_file(path)];
    let found = Store::look(&config.database_url).await;
    let store = match &found {
        Ok(Found::Current(store)) => Some(store),
        _ => None,
    };
    checks.extend(database::check(config, &found).await);
    checks.push(settings::check_templates(config));
    checks.push(settings::check_pages(config));
    if !matches!(found, Ok(Found::Older { .. })) {
        let house = database::find_house(store).await;
        checks.push(settings::check_sender(config, &house));
        checks.push(settings::check_privacy(config, &house));
    }
    checks.extend(relay::check(config).await);
    let resolver = Resolver::of(config);
    checks.extend(dns::check(config, &resolver).await);
    checks.extend(dkim::check(config, &resolver).await);
    checks.extend(returned::check(config).await);
    checks.extend(sign_in::check(config).await);
    checks.extend(workers::check(config, store).await);
    if let Some(store) = store {
        store.close().await;
    }
    checks
}

fn text(checks: &[Check]) -> String {
    let mut lines = Vec::new();
    for check in checks {
        let word = match check.result {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Error => "error",
        };
        lines.push(format!("{word:<8} {:<14} {}", check.name, check.detail));
        lines.extend(check.remedy.iter().map(|remedy| format!("{:24}-> {remedy}", "")));
    }
    lines.join("\n")
}
