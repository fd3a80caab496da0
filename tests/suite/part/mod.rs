//! Taking part: events answered, help offered, things sent in; by page, by command, in rows.

mod answers;
mod calendar;
mod cancelling;
mod commands;
mod desk;
mod devices;
mod drafts;
mod helping;
mod mailed;
mod passing_on;
mod reminders;
mod rows;
