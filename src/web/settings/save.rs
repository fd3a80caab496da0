//! Saving the forum's settings.

use axum::response::Response;
use axum_extra::extract::Form;

use super::form::{Mistakes, RHYTHMS, Said};
use super::page::{Page, page_of};
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;

/// POST: these from now on, or what is wrong with them; or what stands now, if that is not what was shown.
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
    match writing.change_seen_settings(staff, |standing| said.read_over(standing)).await? {
        Ok(staff) => {
            let said = Said::of(&staff.forum.settings);
            let page = page_of(&reading, &staff, &said, Mistakes::default());
            reading.0.desk_page(&staff, &page.saved())
        }
        Err(staff) => {
            let page = page_of(&reading, &staff, &said, Mistakes::default());
            Ok(overtaken(reading.0.desk_page(&staff, &page.overtaken(&reading, &staff, &said))?))
        }
    }
}

fn refuse(reading: &Reading, staff: &Staff, page: &Page) -> Result<Response, Refusal> {
    Ok(unprocessable(reading.0.desk_page(staff, page)?))
}
