//! Which versions of an item went out, by its rows and the log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::store::{ItemLogRow, ItemRow};

/// What the log tells of a version.
struct Told {
    action: String,
    by: String,
    /// From when it was to go out, as that stood last.
    release_at: Option<DateTime<Utc>>,
    /// Somebody held it back at last.
    held: bool,
}

/// What the log tells of an item.
#[derive(Default)]
pub(super) struct Past {
    versions: BTreeMap<i64, Told>,
    /// It became a draft again.
    undone: bool,
}

impl Past {
    /// That of each item, by what the log calls it. The rows come the oldest first.
    pub(super) fn of_items(rows: Vec<ItemLogRow>) -> BTreeMap<String, Past> {
        let mut pasts: BTreeMap<String, Past> = BTreeMap::new();
        for row in rows {
            pasts.entry(row.subject.clone()).or_default().take(row);
        }
        pasts
    }

    fn take(&mut self, row: ItemLogRow) {
        let after = row.after.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let after: serde_json::Value = after.unwrap_or_default();
        let release_at = || after["release_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        match (row.action.as_str(), self.versions.values_mut().next_back()) {
            ("item.withdrawn", _) => self.undone = after["undone"] == true,
            ("item.moved", Some(told)) => told.release_at = release_at(),
            ("item.held", Some(told)) => told.held = true,
            ("item.let_go", Some(told)) => told.held = false,
            (_, last) => {
                let Some(version) = after["version"].as_i64() else { return };
                let (held, release_at) = (last.is_some_and(|told| told.held), release_at());
                let (action, by) = (row.action, row.account.unwrap_or(row.actor));
                self.versions.insert(version, Told { action, by, release_at, held });
            }
        }
    }

    /// Whoever wrote the version: an account's name; of one that ended, and of what is none, what the log calls it.
    pub(super) fn find_writer(&self, version: i64) -> Option<String> {
        self.versions.get(&version).map(|told| told.by.clone())
    }

    /// Whether somebody may have read a version without a letter: its time came, by the release that stood then, before the next
    /// one was written or the item was taken back; and nobody held it back, changed it in time or took it back as a draft. Of
    /// versions that were written at once only the last ever stood.
    pub(super) fn tells_out(&self, row: &ItemRow, next: Option<&ItemRow>, now: DateTime<Utc>) -> bool {
        let Some(next) = next else {
            let is_due = row.held_at.is_none() && row.release_at <= row.withdrawn_at.unwrap_or(now);
            return row.number.is_some() || (is_due && !self.undone);
        };
        let told = self.versions.get(&row.version);
        let release_at = told.and_then(|told| told.release_at).unwrap_or(row.release_at);
        let is_held = told.is_some_and(|told| told.held);
        let is_changed_in_time =
            self.versions.get(&next.version).is_some_and(|told| told.action == "item.changed");
        let has_stood = row.written_at < next.written_at && release_at <= next.written_at;
        has_stood && !is_held && !is_changed_in_time
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ids::ItemId;

    fn minute(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    /// A version of an item that goes out from the instant at which its first one was written.
    fn row(version: i64, written_at: DateTime<Utc>) -> ItemRow {
        let text = String::new;
        ItemRow {
            id: ItemId(1),
            public_id: text(),
            slug: "sak".to_owned(),
            version,
            release_at: minute(0),
            number: None,
            numbered_at: None,
            withdrawn_at: None,
            held_at: None,
            changed_at: None,
            written_at,
            kind: text(),
            audience: None,
            about: text(),
            interested: false,
            visibility: text(),
            importance: text(),
            lane: text(),
            expires_at: None,
            source: None,
            contact: None,
            first_language: text(),
            fields: text(),
            given: text(),
            language: text(),
            text: text(),
            files: 0,
        }
    }

    fn past(log: &[(&str, serde_json::Value)]) -> Past {
        let row = |(action, after): &(&str, serde_json::Value)| ItemLogRow {
            subject: "item:sak".to_owned(),
            after: Some(after.to_string()),
            action: (*action).to_owned(),
            actor: "account:1".to_owned(),
            account: None,
        };
        Past::of_items(log.iter().map(row).collect()).remove("item:sak").unwrap_or_default()
    }

    fn version(version: i64, release_at: DateTime<Utc>) -> serde_json::Value {
        serde_json::json!({ "version": version, "release_at": release_at })
    }

    #[test]
    fn what_was_due_and_not_taken_back_before_is_out_and_what_was_undone_is_not() {
        let (due, now) = (row(1, minute(0)), minute(9));
        let withdrawn = ItemRow { withdrawn_at: Some(minute(2)), ..row(1, minute(0)) };
        let queued = ("item.added", version(1, minute(0)));
        for (rows, log, out) in [
            (&due, vec![], true),
            (&withdrawn, vec![("item.withdrawn", serde_json::Value::Null)], true),
            (&withdrawn, vec![queued, ("item.withdrawn", serde_json::json!({ "undone": true }))], false),
            (&ItemRow { held_at: Some(minute(1)), ..row(1, minute(0)) }, vec![], false),
            (&ItemRow { release_at: minute(10), ..row(1, minute(0)) }, vec![], false),
            (&ItemRow { release_at: minute(10), number: Some(1), ..row(1, minute(0)) }, vec![], true),
        ] {
            assert_eq!(past(&log).tells_out(rows, None, now), out, "{rows:?} {log:?}");
        }
    }

    #[test]
    fn of_versions_that_were_written_at_once_only_the_last_was_out() {
        let [first, second, third] = [row(1, minute(0)), row(2, minute(5)), row(3, minute(5))];
        let is_out = |row, next| Past::default().tells_out(row, next, minute(9));
        assert!(is_out(&first, Some(&second)) && is_out(&third, None));
        assert!(!is_out(&second, Some(&third)));
    }

    #[test]
    fn the_release_that_stood_decides_and_not_todays() {
        let moved = |version, at| ItemRow { release_at: minute(60), ..row(version, at) };
        let (first, second) = (moved(1, minute(0)), moved(2, minute(5)));
        let is_out = |log: &[_]| past(log).tells_out(&first, Some(&second), minute(9));
        let queued = ("item.added", version(1, minute(1)));
        let corrected = ("item.corrected", version(2, minute(60)));
        assert!(is_out(&[queued.clone(), corrected.clone()]), "it waits again, and was out before");
        let later = ("item.moved", serde_json::json!({ "release_at": minute(6) }));
        assert!(!is_out(&[queued.clone(), later, corrected.clone()]));
        let [held, let_go] = ["item.held", "item.let_go"].map(|action| (action, serde_json::Value::Null));
        assert!(!is_out(&[queued.clone(), held.clone(), corrected.clone()]));
        assert!(is_out(&[queued.clone(), held, let_go, corrected]));
        assert!(!is_out(&[queued, ("item.changed", version(2, minute(60)))]));
        assert!(!is_out(&[]), "without a log today's release decides");
    }

    #[test]
    fn a_version_is_by_whom_the_log_calls_so() {
        let mut past = past(&[("item.added", version(1, minute(0)))]);
        past.take(ItemLogRow {
            subject: "item:sak".to_owned(),
            after: Some(version(2, minute(0)).to_string()),
            action: "item.corrected".to_owned(),
            actor: "account:2".to_owned(),
            account: Some("Lise Lund".to_owned()),
        });
        let by: Vec<_> = (1..=3).map(|version| past.find_writer(version)).collect();
        assert_eq!(by, [Some("account:1".to_owned()), Some("Lise Lund".to_owned()), None]);
    }
}
