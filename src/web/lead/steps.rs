//! The first steps of a new forum, for whoever may take them: ticked off by what stands in the database, gone with the
//! first mailing.

use serde::Serialize;

use crate::checkup::settings::is_sender_settled;
use crate::staff::Right;
use crate::store::BeginningRow;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;

/// A step on the way to the first mailing.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    path: &'static str,
    title: String,
    told: String,
    done: bool,
}

/// The steps that the account may take, in their order; none once letters were written, or if they are all done.
pub(super) async fn list_steps(reading: &Reading, staff: &Staff) -> Result<Vec<Step>, Refusal> {
    let Some(row) = reading.beginning().await? else { return Ok(Vec::new()) };
    let steps = steps_of(reading, staff, &row);
    Ok(if steps.iter().all(|step| step.done) { Vec::new() } else { steps })
}

fn steps_of(reading: &Reading, staff: &Staff, row: &BeginningRow) -> Vec<Step> {
    let words = &reading.0.words(staff.language).desk.steps;
    let writes = staff.may(Right::Write) && !staff.writes_for_groups_only();
    let (runs, keeps) = (staff.may(Right::Administer), staff.may(Right::People));
    let is_settled = is_sender_settled(reading.0.config(), &staff.forum.settings.house);
    let all = [
        (runs, "/desk/settings", &words.settings, &words.settings_line, row.is_looked_over),
        (runs, "/desk/settings/sender", &words.sender, &words.sender_line, is_settled),
        (keeps, "/desk/topics", &words.groups, &words.groups_line, row.has_groups),
        (keeps, "/desk/people/import", &words.people, &words.people_line, row.has_people),
        (writes, "/desk/items/new", &words.item, &words.item_line, row.has_items),
        // What was sent is what was looked at; then the list is gone.
        (writes, "/desk/mailing", &words.mailing, &words.mailing_line, false),
    ];
    let step = |(_, path, title, told, done): (bool, &'static str, &String, &String, bool)| Step {
        path,
        title: title.clone(),
        told: told.clone(),
        done,
    };
    all.into_iter().filter(|(may, ..)| *may).map(step).collect()
}
