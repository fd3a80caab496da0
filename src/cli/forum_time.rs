//! Instants as people read them on the command line: in the forum's zone. `--json` stays in UTC.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

use crate::app::App;
use crate::world;

/// The zone that a command's text tells times in.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForumTime(Tz);

impl ForumTime {
    /// The forum's zone; UTC before a forum was applied.
    pub(super) async fn of(app: &App) -> ForumTime {
        ForumTime(world::load_forum(&app.store).await.map_or(Tz::UTC, |forum| forum.settings.zone))
    }

    /// The instants of `forum`.
    pub(super) fn in_zone(zone: Tz) -> ForumTime {
        ForumTime(zone)
    }

    /// To the minute, for tables: `2027-03-08 07:30`.
    pub(super) fn minute(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.0).format("%Y-%m-%d %H:%M").to_string()
    }

    /// RFC 3339 with the zone's offset: what `--at` takes.
    pub(super) fn instant(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.0).to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stands_in_the_forums_zone() {
        let time = ForumTime::in_zone(Tz::Europe__Oslo);
        let at = "2027-03-08T06:30:00Z".parse().unwrap();
        assert_eq!(time.minute(at), "2027-03-08 07:30");
        assert_eq!(time.instant(at), "2027-03-08T07:30:00+01:00");
        assert_eq!(ForumTime::in_zone(Tz::UTC).instant(at), "2027-03-08T06:30:00Z");
    }
}
