//! Rows into values: the one place that builds `forum` and `content` values from `store` rows, and the rows of an item's
//! versions from their values ([`version_row`]).

mod error;
mod forum;
mod item_fields;
mod item_version;
mod items;
mod kept;
mod kept_index;
mod place;
mod recipients;
mod represented;

pub use error::WorldError;
pub use forum::{load_former_settings, load_forum, load_organisations, read_forum};
pub use item_fields::{fields_json, load_promised_seats};
pub use item_version::{list_new_stems, version_row};
pub use items::{
    find_item, load_choices, load_items, load_items_by_ids, load_open_items, load_versions, read_items,
};
pub use kept::KeptForum;
pub use kept_index::KeptIndex;
pub use recipients::{
    find_recipient, load_recipients, load_recipients_by_ids, load_workplace, read_recipients,
};
pub use represented::find_represented;
