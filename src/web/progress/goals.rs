//! The goals of one group: a form of at most five lines, each with its sign and the day on which it was reached.

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::told::{GoalView, view_goals};
use crate::forum::{Facet, Term, TermIx};
use crate::intake::goals::{GoalFault, GoalLine, GoalsError, LONGEST_LINE, MOST_GOALS, name_goals};
use crate::letter::name_in_sentence;
use crate::staff::Right;
use crate::store::GoalRow;
use crate::web::needs::SEES_WHAT_GOES;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{GoalWords, fill};

/// Lines that one form is read for: what stood there, what there was room for, and what others added while it was filled
/// in, more than once.
const MOST_LINES: usize = 10 * MOST_GOALS;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

/// One goal in the form.
#[derive(Debug, Serialize)]
struct Fields {
    /// From 1.
    number: usize,
    /// Which one it is; empty: a new one.
    id: String,
    goal: String,
    sign: String,
    reached: String,
    gone: bool,
    /// What is wrong with what it says; empty: nothing.
    goal_error: String,
    /// What is wrong with its day; empty: nothing.
    reached_error: String,
}

impl Fields {
    /// The line as a field of days can hold it: what is no day is said in its error, and the field stands empty.
    fn of(number: usize, line: GoalLine, words: &GoalWords) -> Fields {
        let typed = line.reached.trim();
        let is_day = |day: &NaiveDate| (1..=9999).contains(&day.year());
        let day = typed.parse::<NaiveDate>().ok().filter(is_day);
        let is_wrong = !typed.is_empty() && day.is_none();
        Fields {
            number,
            id: line.id.map(|id| id.to_string()).unwrap_or_default(),
            reached: day.map(|day| day.to_string()).unwrap_or_default(),
            reached_error: if is_wrong { fill(&words.no_day, &[("text", typed)]) } else { String::new() },
            goal: line.goal,
            sign: line.sign,
            gone: line.gone,
            goal_error: String::new(),
        }
    }

    fn tell(&mut self, fault: GoalFault, words: &GoalWords) {
        match fault {
            GoalFault::NoGoal => self.goal_error.clone_from(&words.no_goal),
            GoalFault::TooMany => self.goal_error.clone_from(&words.too_many),
            GoalFault::Day if self.reached_error.is_empty() => self.reached_error.clone_from(&words.day),
            GoalFault::Day => {}
        }
    }
}

#[derive(Serialize)]
struct Page {
    slug: String,
    title: String,
    /// The reader may open the group's own page.
    opens_group: bool,
    /// The reader may open the page of all groups.
    opens_progress: bool,
    /// What stands now.
    goals: Vec<GoalView>,
    lines: Vec<Fields>,
    longest: usize,
    /// Names what is shown of the goals.
    seen: String,
    note: String,
    /// What stands in the way.
    problem: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "progress_goals.html";
}

/// Whether they may set the goals of the group with this slug: who writes for groups alone sets those of their own.
pub(super) fn may_set_goals(staff: &Staff, slug: &str) -> bool {
    let writes = staff.may(Right::Write) && staff.works_for_group(slug);
    staff.may(Right::People) || staff.may(Right::Administer) || writes
}

/// The group, if the reader may set its goals.
fn find(staff: &Staff, slug: &str) -> Result<TermIx, Refusal> {
    let refuse = |why: Why| Refusal::from(why).in_language(staff.language);
    let found = staff.forum.terms.find(&Term::new(Facet::Group, slug));
    let group = found.ok_or_else(|| refuse(Why::NotFound))?;
    if may_set_goals(staff, slug) { Ok(group) } else { Err(refuse(Why::NoRight)) }
}

/// GET: the form.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let group = find(&staff, &slug)?;
    let rows = reading.goals_of(&slug).await?;
    let mut page = page_of(&reading, &staff, group, &rows, rows.iter().map(line_of).collect());
    if done == "saved" {
        page.note = reading.0.words(staff.language).progress.goals.saved.clone();
    }
    reading.0.desk_page(&staff, &page)
}

/// The page with these lines in its form, and as many empty ones as there is room for.
fn page_of(reading: &Reading, staff: &Staff, group: TermIx, rows: &[GoalRow], lines: Vec<GoalLine>) -> Page {
    let words = &reading.0.words(staff.language).progress.goals;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let count = lines.len().max(MOST_GOALS);
    let lines = lines.into_iter().chain(std::iter::repeat_with(GoalLine::default)).take(count);
    let fields = |(at, line): (usize, GoalLine)| Fields::of(at + 1, line, words);
    Page {
        slug: staff.forum.terms.term(group).slug.clone(),
        title: fill(&words.title, &[("group", &name_in_sentence(&staff.forum, group, staff.language))]),
        opens_group: staff.may(Right::People),
        opens_progress: staff.meets(SEES_WHAT_GOES),
        goals: view_goals(&pen, rows),
        lines: lines.enumerate().map(fields).collect(),
        longest: LONGEST_LINE,
        seen: name_goals(rows),
        note: String::new(),
        problem: String::new(),
    }
}

fn line_of(row: &GoalRow) -> GoalLine {
    GoalLine {
        id: Some(row.id),
        goal: row.goal.clone(),
        sign: row.sign.clone().unwrap_or_default(),
        reached: row.reached_on.clone().unwrap_or_default(),
        gone: false,
    }
}

/// The lines that say something, and what stands that none of them names: there is room for so many goals alone, and to make
/// it one must be able to take away what others added.
fn with_unnamed(mut lines: Vec<GoalLine>, rows: &[GoalRow]) -> Vec<GoalLine> {
    lines.retain(|line| !line.is_blank());
    let unnamed = rows.iter().filter(|row| lines.iter().all(|line| line.id != Some(row.id)));
    let unnamed: Vec<GoalLine> = unnamed.map(line_of).collect();
    lines.extend(unnamed);
    lines
}

/// What came with the form: the fields of one goal stand at one place of each list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    id: Vec<String>,
    goal: Vec<String>,
    sign: Vec<String>,
    reached: Vec<String>,
    /// Keys of goals that are to be taken away.
    gone: Vec<String>,
    /// Names what was shown of the goals.
    seen: String,
}

impl Said {
    fn lines(&self) -> Vec<GoalLine> {
        let at = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
        let line = |place: usize| {
            let id = at(&self.id, place);
            GoalLine {
                gone: !id.is_empty() && self.gone.contains(&id),
                id: id.parse().ok(),
                goal: at(&self.goal, place),
                sign: at(&self.sign, place),
                reached: at(&self.reached, place),
            }
        };
        (0..self.goal.len().min(MOST_LINES)).map(line).collect()
    }
}

/// POST: the goals are these from now on.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let group = find(&staff, &slug)?;
    let lines = said.lines();
    let error = match writing.change_goals(&staff, (&slug, &said.seen), &lines).await? {
        Ok(()) => return Ok(reading.0.go_to(&format!("/desk/groups/{slug}/goals?done=saved"))),
        Err(error) => error,
    };
    let all = reading.0.words(staff.language);
    let rows = reading.goals_of(&slug).await?;
    let is_overtaken = matches!(error, GoalsError::Overtaken);
    let lines = if is_overtaken { with_unnamed(lines, &rows) } else { lines };
    let mut page = page_of(&reading, &staff, group, &rows, lines);
    match error {
        GoalsError::Overtaken => {
            page.problem = all.progress.goals.overtaken.clone();
            Ok(overtaken(reading.0.desk_page(&staff, &page)?))
        }
        GoalsError::Faults(faults) => {
            page.problem = all.settings.page.wrong.clone();
            for (at, fault) in faults {
                page.lines[at].tell(fault, &all.progress.goals);
            }
            Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
        }
        GoalsError::NoGroup(_) => Err(staff.nothing_there()),
        other => Err(Refusal::broken(&other)),
    }
}
