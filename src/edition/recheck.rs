//! Just before a letter is sent: lines 0 to 2 of the rule are asked again.

use chrono::{DateTime, Utc};

use crate::content::Item;
use crate::forum::{Forum, Standing};
use crate::ids::ItemId;
use crate::matching::{Profile, Release, check_open_and_entitled};

/// What is left of an unsent letter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recheck {
    /// The items that stay, in order, with the version to send.
    pub kept: Vec<Kept>,
    /// The items that leave and are returned.
    pub lost: Vec<ItemId>,
    /// The carried titles that stay.
    pub carried: Vec<ItemId>,
    /// Whether the letter differs from the one that was written.
    pub is_changed: bool,
}

/// An item that stays in an unsent letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Which item.
    pub item: ItemId,
    /// Its newest version.
    pub version: i64,
}

/// Asks lines 0 to 2 again for each (item, written version) of a letter and for each carried title,
/// at `now`; unsent letters take the newest version.
pub fn recheck<'a>(
    forum: &Forum,
    standing: &Standing,
    now: DateTime<Utc>,
    items: impl IntoIterator<Item = (&'a Item, i64)>,
    carried: impl IntoIterator<Item = &'a Item>,
) -> Recheck {
    let profile = Profile::new(forum, standing, now);
    let may_go = |item: &Item| check_open_and_entitled(forum, item, &profile, Release::ByNumber).is_ok();
    let mut answer = Recheck::default();
    for (item, written) in items {
        if may_go(item) {
            answer.is_changed |= item.version != written;
            answer.kept.push(Kept { item: item.id, version: item.version });
        } else {
            answer.is_changed = true;
            answer.lost.push(item.id);
        }
    }
    for item in carried {
        if may_go(item) {
            answer.carried.push(item.id);
        } else {
            answer.is_changed = true;
        }
    }
    answer
}
