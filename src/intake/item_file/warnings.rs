//! What a file had better say: never an error.

use super::ItemFile;
use crate::content::Fields;
use crate::intake::link::list_walled_hosts;

/// Warnings about one file, each beginning with its name.
pub fn list_warnings(file: &ItemFile) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Fields::Minutes { .. } = file.shared.fields {
        let answers = &file.text.minutes;
        let missing: Vec<_> = [
            ("achieved", &answers.achieved),
            ("how", &answers.how),
            ("next", &answers.next),
            ("why", &answers.why),
        ]
        .into_iter()
        .filter(|(_, answer)| answer.is_none())
        .map(|(key, _)| key)
        .collect();
        if !missing.is_empty() {
            warnings.push(format!("{}: the minutes lack an answer: {}", file.file, missing.join(", ")));
        }
    }
    if let Fields::Event { starts_at: None, .. } = file.shared.fields {
        warnings.push(format!(
            "{}: the event lacks starts_at: letters show no date and no calendar file",
            file.file
        ));
    }
    let registration = match &file.shared.fields {
        Fields::Event { registration_url: Some(url), .. } => url.as_str(),
        _ => "",
    };
    for host in list_walled_hosts(&format!("{}\n{registration}", file.text.body)) {
        warnings.push(format!(
            "{}: a link to {host} may ask for a login; see that everyone who gets it can open it",
            file.file
        ));
    }
    warnings.dedup();
    warnings
}
