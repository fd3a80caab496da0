//! What there is to choose from, and the lines of what was chosen. Pure: rows and the forum come in.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::content::Item;
use crate::forum::{Facet, Forum, GroupKind, Language, TermIx};
use crate::ids::ItemId;
use crate::insight::effects::{Days, Line, LineKind, Openness, Span, list_gains, own_words};
use crate::insight::progress::{Meeting, gather_meetings};
use crate::intake::effects::{Draft, GainDraft};
use crate::store::{GoalRow, GroupRow};

/// So many gains are offered at most, the newest: a form with more would not be read.
pub const MOST_GAINS: usize = 100;

/// A goal that may stand on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalOffer {
    /// The goal.
    pub goal: GoalRow,
    /// It is chosen; before anybody said so, if it is not reached yet or was in these days.
    pub chosen: bool,
}

/// A gain that may stand on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GainOffer {
    /// The minutes.
    pub item: ItemId,
    /// Their slug.
    pub slug: String,
    /// Their version.
    pub version: i64,
    /// The day of the meeting.
    pub met_on: NaiveDate,
    /// Who may read them.
    pub openness: Openness,
    /// The language of what is said.
    pub language: Language,
    /// What the minutes say was gained, and how.
    pub own: (String, String),
    /// What is to stand on the page.
    pub words: String,
    /// How it was done; may be empty.
    pub how: String,
    /// It is chosen; before anybody said so, if everybody may read the minutes anyway.
    pub chosen: bool,
    /// Other words were found for it, and the minutes were corrected since.
    pub outdated: bool,
}

/// What one group has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOffer {
    /// The `group:` term.
    pub group: TermIx,
    /// Its goals, oldest first.
    pub goals: Vec<GoalOffer>,
    /// Its gains, the newest first.
    pub gains: Vec<GainOffer>,
}

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The days.
    pub days: Days,
    /// The groups that have something to show: those where the work is done before those that lead it.
    pub groups: Vec<GroupOffer>,
    /// There were more gains than [`MOST_GAINS`].
    pub is_cut: bool,
}

/// What is chosen from: everything that the database holds of it.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The forum.
    pub forum: &'a Forum,
    /// Every item.
    pub items: &'a [Item],
    /// Every group.
    pub groups: &'a [GroupRow],
    /// Every goal.
    pub goals: &'a [GoalRow],
    /// The present instant.
    pub now: DateTime<Utc>,
}

impl Sources<'_> {
    /// The present day where the forum is.
    fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.forum.settings.zone).date_naive()
    }
}

/// The days that a draft asks for; of days that are none, those of this year.
pub fn days_of(draft: &Draft, today: NaiveDate) -> Days {
    let asked = Span::of(&draft.span).days(today, (draft.first, draft.last));
    asked.or_else(|| Span::ThisYear.days(today, (None, None))).unwrap_or(Days { first: today, last: today })
}

/// What there is to choose from in the days of `draft`, with what it chose.
pub fn offer_effects(sources: Sources<'_>, draft: &Draft) -> Offer {
    let forum = sources.forum;
    let days = days_of(draft, sources.today());
    let meetings = gather_meetings(sources.items, forum.settings.zone, sources.now);
    let of = |group: TermIx| meetings.get(&group).map_or(&[][..], Vec::as_slice);
    let order = list_order(sources);
    let mut newest: Vec<NaiveDate> =
        order.iter().flat_map(|group| list_gains(of(*group), days)).map(|meeting| meeting.met_on).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    let is_cut = newest.len() > MOST_GAINS;
    let mut left = MOST_GAINS;
    let from = newest.get(MOST_GAINS - 1).copied().filter(|_| is_cut).unwrap_or(days.first);
    let mut groups = Vec::new();
    for group in order {
        let slug = &forum.terms.term(group).slug;
        let goals = sources.goals.iter().filter(|goal| goal.group == *slug);
        let gains: Vec<GainOffer> = list_gains(of(group), Days { first: from, ..days })
            .take(left)
            .filter_map(|meeting| offer_gain(*meeting, draft))
            .collect();
        left -= gains.len();
        let goals: Vec<GoalOffer> = goals.map(|goal| offer_goal(goal, draft, days)).collect();
        if !goals.is_empty() || !gains.is_empty() {
            groups.push(GroupOffer { group, goals, gains });
        }
    }
    Offer { days, groups, is_cut }
}

/// All groups, those where the work is done before those that lead it.
fn list_order(sources: Sources<'_>) -> Vec<TermIx> {
    let forum = sources.forum;
    let kinds: HashMap<&str, Option<GroupKind>> =
        sources.groups.iter().map(|row| (row.slug.as_str(), kind_of(row))).collect();
    let leads = |group: &TermIx| {
        let kind = kinds.get(forum.terms.term(*group).slug.as_str()).copied().flatten();
        matches!(kind, Some(GroupKind::Steering | GroupKind::Coordination))
    };
    let tree = forum.list_tree(Facet::Group, forum.settings.language);
    let mut groups: Vec<TermIx> = tree.into_iter().map(|(group, _)| group).collect();
    groups.sort_by_key(leads);
    groups
}

fn kind_of(row: &GroupRow) -> Option<GroupKind> {
    row.kind.as_deref()?.parse().ok()
}

fn offer_goal(goal: &GoalRow, draft: &Draft, days: Days) -> GoalOffer {
    let is_of_now = reached_on(goal).is_none_or(|day| days.include(day));
    GoalOffer { goal: goal.clone(), chosen: draft.goals.get(&goal.id).copied().unwrap_or(is_of_now) }
}

fn reached_on(goal: &GoalRow) -> Option<NaiveDate> {
    goal.reached_on.as_deref()?.parse().ok()
}

fn offer_gain(meeting: Meeting<'_>, draft: &Draft) -> Option<GainOffer> {
    let item = meeting.item;
    let (achieved, how, language) = own_words(item)?;
    let said = draft.gains.get(&item.id.0);
    let openness = Openness::of(item);
    let is_reworded = |said: &GainDraft| said.words.is_some() || said.how.is_some();
    Some(GainOffer {
        item: item.id,
        slug: item.slug.clone(),
        version: item.version,
        met_on: meeting.met_on,
        openness,
        language,
        words: said.and_then(|said| said.words.clone()).unwrap_or_else(|| achieved.clone()),
        how: said.and_then(|said| said.how.clone()).unwrap_or_else(|| how.clone()),
        own: (achieved, how),
        chosen: said.map_or(openness == Openness::Public, |said| said.shown),
        outdated: said.is_some_and(|said| is_reworded(said) && said.version != item.version),
    })
}

/// The lines of the page that was chosen.
pub fn list_lines(forum: &Forum, offer: &Offer) -> Vec<Line> {
    let mut lines = Vec::new();
    for of in &offer.groups {
        let group = &forum.terms.term(of.group).slug;
        let goals = of.goals.iter().filter(|offered| offered.chosen).map(|offered| Line {
            group: group.clone(),
            kind: LineKind::Goal,
            words: offered.goal.goal.clone(),
            beside: offered.goal.sign.clone().unwrap_or_default(),
            happened_on: reached_on(&offered.goal),
            language: forum.settings.language,
            minutes: None,
        });
        let gains = of.gains.iter().filter(|offered| offered.chosen).map(|offered| Line {
            group: group.clone(),
            kind: LineKind::Gain,
            words: offered.words.clone(),
            beside: offered.how.clone(),
            happened_on: Some(offered.met_on),
            language: offered.language,
            minutes: Some((offered.item, offered.version)),
        });
        lines.extend(goals.chain(gains).filter(|line| !line.words.trim().is_empty()));
    }
    lines
}
