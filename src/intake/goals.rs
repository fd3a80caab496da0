//! Goals of a group as a form says them: each one line, perhaps with the sign by which one sees that it is reached, and
//! perhaps with the day on which it was. What there is to do is decided beside what stands; a page names what it showed, and
//! if somebody else changed the goals meanwhile, nothing is done.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};

use crate::forum::one_line;
use crate::store::{GoalRow, NewGoal, Store, StoreError, Tx};

/// So many goals a group has at most: what is more, nobody keeps in mind.
pub const MOST_GOALS: usize = 5;

/// Characters of a goal or of a sign, at most.
pub const LONGEST_LINE: usize = 300;

/// A goal as a form says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoalLine {
    /// Which one it was when it was shown; none of a new one.
    pub id: Option<i64>,
    /// What the group wants to reach.
    pub goal: String,
    /// By what one sees that it is reached.
    pub sign: String,
    /// The day on which it was, as it was typed.
    pub reached: String,
    /// It is to be taken away.
    pub gone: bool,
}

impl GoalLine {
    /// Whether it is a new one that says nothing.
    pub fn is_blank(&self) -> bool {
        self.id.is_none()
            && [&self.goal, &self.sign, &self.reached].into_iter().all(|field| field.trim().is_empty())
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoalFault {
    /// It says no goal.
    NoGoal,
    /// The day is none, or it is yet to come.
    Day,
    /// The group would have more than [`MOST_GOALS`].
    TooMany,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum GoalsError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such group.
    #[error("there is no group {0}; look at the groups again")]
    NoGroup(String),
    /// Somebody changed the goals since they were shown.
    #[error("somebody changed the goals of this group since they were shown; look again")]
    Overtaken,
    /// Lines are wrong: by their places in the form.
    #[error("{} of the goals cannot be used as they are written; put them right", .0.len())]
    Faults(Vec<(usize, GoalFault)>),
}

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GoalChange {
    Add(Goal),
    Change(i64, Goal),
    Remove(i64),
}

/// A goal as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Goal {
    goal: String,
    sign: Option<String>,
    reached_on: Option<String>,
}

impl Goal {
    fn as_new(&self) -> NewGoal<'_> {
        NewGoal { goal: &self.goal, sign: self.sign.as_deref(), reached_on: self.reached_on.as_deref() }
    }

    fn is(&self, row: &GoalRow) -> bool {
        NewGoal::from(row) == self.as_new()
    }
}

/// Who changes the goals, and what they saw of them.
#[derive(Debug, Clone, Copy)]
pub struct GoalsBy<'a> {
    /// As the log names them: never an address.
    pub actor: &'a str,
    /// What was shown of the goals ([`name_goals`]).
    pub seen: &'a str,
    /// The present day where the forum is.
    pub today: NaiveDate,
    /// Real time.
    pub now: DateTime<Utc>,
}

/// Names what a page shows of a group's goals, SHA-256 in lower-case hex. Pure.
pub fn name_goals(rows: &[GoalRow]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(format!("{:?}\n", (row.id, &row.goal, &row.sign, &row.reached_on)));
    }
    hex::encode(hash.finalize())
}

/// Lets the group's goals be what `lines` say, in one transaction; how many were changed. A goal that no line names stays.
/// What says already what the lines say is not overtaken: whoever presses twice has done it once.
pub async fn change_goals(
    store: &Store,
    by: GoalsBy<'_>,
    group: &str,
    lines: &[GoalLine],
) -> Result<usize, GoalsError> {
    let mut tx = store.begin().await?;
    let changed = change_in(&mut tx, by, group, lines).await;
    tx.close(changed).await
}

async fn change_in(
    tx: &mut Tx,
    by: GoalsBy<'_>,
    group: &str,
    lines: &[GoalLine],
) -> Result<usize, GoalsError> {
    let Some(id) = tx.lock_group(group).await? else { return Err(GoalsError::NoGroup(group.to_owned())) };
    let standing = tx.list_goals_of(group).await?;
    if is_said(&standing, lines) {
        return Ok(0);
    }
    if name_goals(&standing) != by.seen {
        return Err(GoalsError::Overtaken);
    }
    let changes = plan_goals(&standing, lines, by.today).map_err(GoalsError::Faults)?;
    let find = |id: i64| standing.iter().find(|row| row.id == id);
    for change in &changes {
        match change {
            GoalChange::Add(goal) => tx.add_goal((id, group), &goal.as_new(), by.actor, by.now).await?,
            GoalChange::Change(own, goal) => {
                if let Some(row) = find(*own) {
                    tx.change_goal(row, &goal.as_new(), by.actor, by.now).await?;
                }
            }
            GoalChange::Remove(own) => {
                if let Some(row) = find(*own) {
                    tx.remove_goal(row, by.actor, by.now).await?;
                }
            }
        }
    }
    Ok(changes.len())
}

/// What the lines make of what stands, or what is wrong with which of them.
fn plan_goals(
    standing: &[GoalRow],
    lines: &[GoalLine],
    today: NaiveDate,
) -> Result<Vec<GoalChange>, Vec<(usize, GoalFault)>> {
    let (mut changes, mut faults) = (Vec::new(), Vec::new());
    // Whatever is taken away makes room, wherever in the form it stands.
    let stays = |row: &&GoalRow| !lines.iter().any(|line| line.gone && line.id == Some(row.id));
    let mut count = standing.iter().filter(stays).count();
    for (at, line) in lines.iter().enumerate() {
        let own = line.id.and_then(|id| standing.iter().find(|row| row.id == id));
        match (own, read_line(line, today)) {
            (Some(row), _) if line.gone => changes.push(GoalChange::Remove(row.id)),
            (None, _) if line.gone || line.is_blank() => {}
            (_, Err(fault)) => faults.push((at, fault)),
            (Some(row), Ok(goal)) if goal.is(row) => {}
            (Some(row), Ok(goal)) => changes.push(GoalChange::Change(row.id, goal)),
            (None, Ok(goal)) => {
                count += 1;
                changes.push(GoalChange::Add(goal));
                if count > MOST_GOALS {
                    faults.push((at, GoalFault::TooMany));
                }
            }
        }
    }
    if faults.is_empty() { Ok(changes) } else { Err(faults) }
}

fn read_line(line: &GoalLine, today: NaiveDate) -> Result<Goal, GoalFault> {
    let (goal, sign) = (one_line(&line.goal, LONGEST_LINE), one_line(&line.sign, LONGEST_LINE));
    let day = match line.reached.trim() {
        "" => None,
        text => Some(text.parse::<NaiveDate>().map_err(|_| GoalFault::Day)?),
    };
    if goal.is_empty() {
        return Err(GoalFault::NoGoal);
    }
    if day.is_some_and(|day| day > today) {
        return Err(GoalFault::Day);
    }
    let sign = Some(sign).filter(|sign| !sign.is_empty());
    Ok(Goal { goal, sign, reached_on: day.map(|day| day.to_string()) })
}

/// Whether what stands says what the lines say: each goal once, and nothing that is to be taken away.
fn is_said(standing: &[GoalRow], lines: &[GoalLine]) -> bool {
    let mut left: Vec<&GoalRow> = standing.iter().collect();
    lines.iter().filter(|line| !line.is_blank()).all(|line| {
        if line.gone {
            return standing.iter().all(|row| Some(row.id) != line.id);
        }
        // Whether a day lies ahead is asked where something is to be changed.
        let Ok(goal) = read_line(line, NaiveDate::MAX) else { return false };
        let own = |row: &&GoalRow| line.id.is_none_or(|id| id == row.id) && goal.is(row);
        left.iter().position(own).map(|at| left.swap_remove(at)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, goal: &str) -> GoalRow {
        GoalRow {
            id,
            group: "health".to_owned(),
            goal: goal.to_owned(),
            sign: None,
            reached_on: None,
            written_by: "account:1".to_owned(),
            written_at: DateTime::UNIX_EPOCH,
        }
    }

    fn line(id: Option<i64>, goal: &str, reached: &str) -> GoalLine {
        GoalLine { id, goal: goal.to_owned(), reached: reached.to_owned(), ..GoalLine::default() }
    }

    fn today() -> NaiveDate {
        "2027-03-08".parse().expect("a day")
    }

    fn plan(standing: &[GoalRow], lines: &[GoalLine]) -> Result<Vec<GoalChange>, Vec<(usize, GoalFault)>> {
        plan_goals(standing, lines, today())
    }

    #[test]
    fn lines_add_change_and_take_away_and_what_no_line_names_stays() {
        let standing = [row(1, "Ti læreplasser"), row(2, "Felles plan"), row(3, "Står")];
        let goal = |goal: &str, day: Option<&str>| Goal {
            goal: goal.to_owned(),
            sign: None,
            reached_on: day.map(str::to_owned),
        };
        let lines = [
            line(Some(1), " Ti   læreplasser ", "2027-03-08"),
            GoalLine { gone: true, ..line(Some(2), "Felles plan", "") },
            line(None, "", " "),
            line(None, "Nytt", ""),
        ];
        let expected = [
            GoalChange::Change(1, goal("Ti læreplasser", Some("2027-03-08"))),
            GoalChange::Remove(2),
            GoalChange::Add(goal("Nytt", None)),
        ];
        assert_eq!(plan(&standing, &lines), Ok(expected.to_vec()));
        assert_eq!(plan(&standing, &[line(Some(3), "Står", "")]), Ok(vec![]), "nothing to do");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        let standing = [row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d")];
        let sign_alone = GoalLine { sign: "Ses".to_owned(), ..GoalLine::default() };
        let lines =
            [line(Some(1), "", ""), line(None, "e", "2027-03-09"), line(None, "f", "i fjor"), sign_alone];
        let faults =
            [(0, GoalFault::NoGoal), (1, GoalFault::Day), (2, GoalFault::Day), (3, GoalFault::NoGoal)];
        assert_eq!(plan(&standing, &lines), Err(faults.to_vec()));
        let two = [line(None, "e", ""), line(None, "f", "")];
        assert_eq!(plan(&standing, &two), Err(vec![(1, GoalFault::TooMany)]));
        let instead = [GoalLine { gone: true, ..line(Some(1), "a", "") }, two[0].clone(), two[1].clone()];
        assert!(plan(&standing, &instead).is_ok(), "one goes, two come");
        let behind = [two[0].clone(), two[1].clone(), instead[0].clone()];
        assert!(plan(&standing, &behind).is_ok(), "wherever in the form it goes");
    }

    #[test]
    fn whoever_presses_twice_has_said_it_once() {
        let before = [row(1, "a")];
        let lines = [line(Some(1), "b", ""), line(None, "ny", "")];
        assert!(!is_said(&before, &lines));
        assert!(is_said(&[row(1, "b"), row(9, "ny")], &lines));
        assert!(!is_said(&[row(1, "b")], &lines));
        let gone = [GoalLine { gone: true, ..line(Some(1), "a", "") }];
        assert!(!is_said(&before, &gone) && is_said(&[], &gone));
    }

    #[test]
    fn what_was_shown_has_another_name_once_anything_of_it_is_different() {
        let other = GoalRow { sign: Some("Ses".to_owned()), ..row(1, "a") };
        let names =
            [name_goals(&[]), name_goals(&[row(1, "a")]), name_goals(&[row(2, "a")]), name_goals(&[other])];
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
