//! Saving the forum's settings.

use axum::response::Response;
use axum_extra::extract::Form;

use super::form::{Mistakes, RHYTHMS, Said};
use super::page::{Page, page_of};
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;

/// POST: these from now on, or what is wrong with them.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let old = &staff.forum.settings;
    let new = match said.read(old) {
        Ok(new) => new,
        Err(wrong) => return refuse(&reading, &staff, &page_of(&reading, &staff, &said, wrong)),
    };
    let gone = RHYTHMS
        .into_iter()
        .filter(|rhythm| old.cadences.contains_key(rhythm) && !new.cadences.contains_key(rhythm));
    let used = writing.used_rhythms(&gone.collect::<Vec<_>>()).await?;
    if !used.is_empty() {
        let wrong = Mistakes { used, ..Mistakes::default() };
        return refuse(&reading, &staff, &page_of(&reading, &staff, &said, wrong));
    }
    let staff = writing.change_settings(staff, new).await?;
    let said = Said::of(&staff.forum.settings);
    reading.0.desk_page(&staff, &page_of(&reading, &staff, &said, Mistakes::default()).saved())
}

fn refuse(reading: &Reading, staff: &Staff, page: &Page) -> Result<Response, Refusal> {
    Ok(unprocessable(reading.0.desk_page(staff, page)?))
}
