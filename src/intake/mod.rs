//! How people, items and the forum come in: files, CSV and XLSX; later mail, feeds, an API.

pub mod attachment;
pub mod draft_file;
pub mod effects;
pub mod forum_apply;
pub mod forum_file;
pub mod forwarded;
pub mod goals;
pub mod item_file;
pub mod item_form;
pub mod item_index;
pub mod item_queue;
pub mod link;
pub mod merging;
pub mod people;
pub mod places;
pub mod promises;
pub mod sheet;
pub mod suggest;
mod toml_faults;
pub mod union_grounds;
