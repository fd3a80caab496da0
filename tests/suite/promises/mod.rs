//! Promises of minutes: made by files and at the desk, told to who owns them, settled by them and by the next minutes.

mod form;
mod letters;
mod minutes;
mod own;
mod reminders;
mod rows;

/// Minutes of the group for health with a promise of whoever, which is to be kept by that day.
fn minutes_with(promises: &str) -> String {
    format!(
        "kind = \"minutes\"\ngroup = \"health\"\nmet_on = 2027-02-20\naudience = \"group:health\"\nvisibility = \"group:health\"\n\
         achieved = \"Alt\"\nhow = \"Slik\"\nnext = \"Mer\"\nwhy = \"Derfor\"\npromises = [{promises}]"
    )
}
