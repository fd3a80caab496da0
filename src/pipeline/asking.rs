//! Asking holders, in some months of the year, whether they still have their places (N4). One short mail each, whatever
//! the number of their places; it names none, since the employer runs the mail system.

use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, Timelike as _, Utc, Weekday};

use super::{Pipeline, PipelineError};
use crate::edition::schedule::instant_of;
use crate::feedback::notices::{NoticeReader, write_notice};
use crate::feedback::rights::{STILL_YOURS_DAYS, link_to_answer};
use crate::forum::ForumSettings;
use crate::letter::Notice;
use crate::store::AskedHolder;
use crate::world::load_forum;

/// How many are asked in one step.
const AT_ONCE: i64 = 200;
/// Who has a place for less than this long is not asked yet.
const HELD_FOR: TimeDelta = TimeDelta::days(60);

impl Pipeline {
    /// Asks whom it is time to ask at the clock's now, each once in a month of asking; how many they were.
    pub async fn ask_who_still_has_places(&self) -> Result<usize, PipelineError> {
        let (now, months) = (self.clock.now(), &self.config.file.places.ask_months);
        // A day is gained or lost between UTC and the forum's own month.
        let near = |days: i64| months.contains(&(now + TimeDelta::days(days)).month());
        if !(near(-1) || near(0) || near(1)) {
            return Ok(0);
        }
        let forum = load_forum(&self.store).await?;
        let Some(since) = round_of(&forum.settings, months, now) else { return Ok(0) };
        let today = now.with_timezone(&forum.settings.zone).date_naive();
        let holders = self.store.list_holders_to_ask((now, today), now - HELD_FOR, since, AT_ONCE).await?;
        let mut asked = 0;
        for holder in &holders {
            asked += usize::from(self.ask(holder, since, now).await?);
        }
        Ok(asked)
    }

    async fn ask(
        &self,
        holder: &AskedHolder,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, PipelineError> {
        let Ok(address) = holder.email.parse() else { return Ok(false) };
        let mut tx = self.store.begin().await?;
        if !tx.record_asking(holder.recipient, since, now).await? {
            tx.undo().await?;
            return Ok(false);
        }
        let link = link_to_answer(&mut tx, holder.recipient, now).await?;
        let language = holder.language.parse().unwrap_or(crate::forum::Language::Nb);
        let notice = Notice::StillYours { link, days: STILL_YOURS_DAYS };
        let to = NoticeReader { recipient: Some(holder.recipient), address: &address, language };
        tx.queue_notice(now, &write_notice(&notice, to, now, TimeDelta::days(3))).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// When the month of asking began, if it is one, on a working day between eight and four; none else.
fn round_of(settings: &ForumSettings, months: &[u32], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let local = now.with_timezone(&settings.zone);
    let works = !matches!(local.weekday(), Weekday::Sat | Weekday::Sun) && (8..16).contains(&local.hour());
    if !works || !months.contains(&local.month()) {
        return None;
    }
    let first = local.date_naive().with_day(1)?;
    Some(instant_of(settings.zone, first.and_time(NaiveTime::MIN)))
}
