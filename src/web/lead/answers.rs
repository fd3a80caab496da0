//! On "Today": the events and requests to which people said something new, for who arranges them.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::lines::{Line, Part};
use crate::content::Item;
use crate::staff::Right;
use crate::store::NewAnswersRow;
use crate::web::queue::rights::may_see;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::unions::TELLING;
use crate::web::words::{counted, fill};

/// So long an answer is new.
const NEW_FOR: TimeDelta = TimeDelta::days(7);

/// Those that the account may see. Few answers to what goes by unions are not told to who may not know who is with one.
pub(super) async fn list(reading: &Reading, staff: &Staff) -> Result<Part, Refusal> {
    let may = staff.may(Right::Write) || staff.may(Right::Send);
    let rows = if may { reading.new_answers(reading.0.now() - NEW_FOR).await? } else { Vec::new() };
    if rows.is_empty() {
        return Ok(Part::default());
    }
    let library = reading.library().await?;
    let find = |row: &NewAnswersRow| library.items.iter().find(|item| item.id == row.item);
    let by_unions = match staff.may(Right::People) {
        true => BTreeSet::new(),
        false => reading.answered_by_unions(&library.forum, rows.iter().filter_map(find)).await?,
    };
    let staff = &staff.among(&library.forum);
    let words = &reading.0.words(staff.language).desk.today;
    let number = |row: &NewAnswersRow| usize::try_from(row.people).unwrap_or_default();
    let may_tell = |(item, row): &(&Item, &NewAnswersRow)| {
        may_see(staff, item) && !(by_unions.contains(&item.id) && number(row) < TELLING)
    };
    let line = |(item, row): (&Item, &NewAnswersRow)| Line {
        text: fill(
            &counted(&words.answers_of_one, &words.answers_of, number(row)),
            &[("title", &item.text_for(staff.language).1.title)],
        ),
        quiet: String::new(),
        path: format!("/desk/items/{}#answers", item.slug),
    };
    let told: Vec<_> =
        rows.iter().filter_map(|row| Some((find(row)?, row))).filter(may_tell).map(line).collect();
    Ok(Part::first_of(told.into_iter()))
}
